"""Measure accuracy and confidence on digits with scrambled backgrounds.

Run with `python -m explore.digits background`.
"""

import argparse

import numpy as np
from matplotlib.figure import Figure

from common.tables import format_percent
from data.digits.mnist import NUM_CLASSES, Digits
from data.digits.pixel_quantiles import pixel_quantiles
from explore.digits.image_grid import image_grid
from explore.digits.report import Column, save_and_print_figure, save_table
from explore.plotting import BLUE, INK, MUTED, ORANGE, set_title, styled_subplots
from generate.digits import load
from generate.digits.logits import logits_fn

AMOUNTS = np.linspace(0, 1, 11)
FILLINGS = {
    "uniform": "uniform noise",
    "histogram": "pixels of random digits",
    "another_digit": "pixels of another digit",
}
RUNS = {"original": MUTED, "modern": ORANGE, "robust": BLUE}  # the color of each run's curves
NUM_DIGITS = 2000  # number of test digits to scramble
BLOG_POST = {2: 0.46, 3: 0.22}  # confidences for the single scrambled 2 of the blog post

COLUMNS = [
    Column("background", "background", lambda filling: FILLINGS[filling]),
    Column("amount", "amount", format_percent),
    *(
        column
        for run in RUNS
        for column in (
            Column(f"{run}_accuracy", f"{run}: accuracy", format_percent),
            Column(f"{run}_confidence", f"{run}: confidence", format_percent),
        )
    ),
]
TWOS_COLUMNS = [
    Column("amount", "amount", format_percent),
    *(Column(f"output_{i}", f"output {i}", format_percent) for i in range(NUM_CLASSES)),
]


def scramble(
    images: np.ndarray,
    filling: str,
    amount: float,
    random: np.random.Generator,
    others: np.ndarray,
) -> np.ndarray:
    """Replace blank pixels.

    Args:
        images: Images, uint8 of shape (n, 28, 28).
        filling: The kind of replacement, a key of `FILLINGS`.
        amount: Probability that a blank pixel is replaced.
        random: Source of random numbers.
        others: Digits from which "histogram" and "another_digit" take pixels, uint8 of shape
            (m, 28, 28); m >= n.

    Returns:
        The changed images. Pixels with ink are unchanged.
    """
    if filling == "uniform":
        pixels = random.integers(0, 256, images.shape, dtype="uint8")
    elif filling == "histogram":
        pixels = pixel_quantiles(others)[random.integers(0, 256, images.shape)]
    else:
        pixels = others[random.permutation(len(others))[: len(images)]]
    is_replaced = (images == 0) & (random.random(images.shape) < amount)
    return np.where(is_replaced, pixels, images)


def main(args: argparse.Namespace, digits: Digits) -> None:
    """Run the command `background`."""
    images = digits.test.images[:NUM_DIGITS]
    labels = digits.test.labels[:NUM_DIGITS]
    networks = {run: load(run, args.checkpoint_dir) for run in RUNS}
    rows = []
    twos = []
    for filling in FILLINGS:
        for amount in AMOUNTS:
            random = np.random.default_rng(args.seed)
            scrambled = scramble(images, filling, amount, random, digits.test.images)
            answers = {
                run: np.asarray(network.confidences(logits_fn(network)(scrambled)))
                for run, network in networks.items()
            }
            rows.append({"background": filling, "amount": float(amount)} | _rate(answers, labels))
            if filling == "uniform":
                means = answers["original"][labels == 2].mean(axis=0)
                twos.append(
                    {"amount": float(amount)}
                    | {f"output_{i}": float(mean) for i, mean in enumerate(means)}
                )
    save_table(args.out, "background", rows, COLUMNS)
    save_table(args.out, "background-twos", twos, TWOS_COLUMNS)
    save_and_print_figure(args.out, "background", _examples(digits.test.images, args.seed))
    save_and_print_figure(args.out, "background-curves", plot_curves(rows))
    _compare_with_blog_post(twos)


def _rate(answers: dict[str, np.ndarray], labels: np.ndarray) -> dict:
    row = {}
    for run, confidences in answers.items():
        row[f"{run}_accuracy"] = float(np.mean(confidences.argmax(axis=1) == labels))
        row[f"{run}_confidence"] = float(confidences.max(axis=1).mean())
    return row


def _examples(images: np.ndarray, seed: int) -> Figure:
    """Plot two digits with an increasing amount of the background replaced."""
    amounts = AMOUNTS[::2]
    rows = [
        [
            scramble(images[i : i + 1], filling, amount, np.random.default_rng(seed), images)[0]
            for i in (0, 1)
            for amount in amounts
        ]
        for filling in FILLINGS
    ]
    column_names = [f"{amount:.0%}" for amount in amounts] * 2
    return image_grid(rows, list(FILLINGS.values()), column_names)


def plot_curves(rows: list[dict]) -> Figure:
    """Plot accuracy and confidence against the amount, with one panel per filling."""
    figure, axes = styled_subplots(len(FILLINGS), 11, 4.2)
    for axis, (filling, title) in zip(axes, FILLINGS.items(), strict=True):
        chosen = [row for row in rows if row["background"] == filling]
        for run, color in RUNS.items():
            for metric, style in (("accuracy", "-"), ("confidence", (0, (4, 2)))):
                values = [row[f"{run}_{metric}"] * 100 for row in chosen]
                label = f"{run}: {metric}"
                axis.plot(AMOUNTS * 100, values, linestyle=style, color=color, label=label)
        axis.set(ylim=(0, 101), xlabel="background pixels replaced, %")
        set_title(axis, f"Replaced by {title}")
    axes[0].set_ylabel("accuracy, mean confidence, %")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside lower center", ncols=3, frameon=False, labelcolor=INK
    )
    return figure


def _compare_with_blog_post(twos: list[dict]) -> None:
    def error(row):
        return sum(abs(row[f"output_{digit}"] - share) for digit, share in BLOG_POST.items())

    nearest = min(twos, key=error)
    print(
        f"The network of the blog post classified its scrambled 2 as a 2 with a confidence of "
        f"{BLOG_POST[2]:.0%} and as a 3 with {BLOG_POST[3]:.0%}. Here, the mean confidences over "
        f"all 2s are closest to these when {format_percent(nearest['amount'])} of the background "
        f"is replaced: {format_percent(nearest['output_2'])} and "
        f"{format_percent(nearest['output_3'])}."
    )
