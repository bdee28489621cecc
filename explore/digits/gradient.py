"""Generate images by gradient descent on the pixels: `python -m explore.digits gradient`.

Images are generated with and without priors (`activation_maximization.Prior`). A separately trained
network, `judge`, classifies the results.
"""

import argparse

import numpy as np
from matplotlib import pyplot
from matplotlib.figure import Figure

from common.tables import format_percent
from data.digits.eigen_digits import fit_pca, scaled_components
from data.digits.mnist import NUM_CLASSES, Digits, DigitSplit
from explore.digits.activation_maximization import Basis, Prior, maximize_activation
from explore.digits.image_grid import DIGITS, image_grid
from explore.digits.report import (
    Column,
    format_confidence,
    save_and_print_figure,
    save_table,
)
from explore.plotting import GRID, INK, MUTED, ORANGE, style_axis
from generate.digits import load
from generate.digits.genetic_search import CONFIDENCE_THRESHOLD
from generate.digits.logits import logits_fn

STARTS = {"noise": 1.0, "faint_noise": 0.1}  # initial pixels are uniform from 0 to this value
LEARNING_RATE = 0.1
STEPS = 1000
PRIOR_STEPS = 200
COMPONENTS = 40

_SMOOTH = Prior(blur=1.0, total_variation=0.01, jitter=2)
_SMOOTH_ROBUST = Prior(blur=0.7, total_variation=0.01, jitter=1)
_PCA = Prior(components=COMPONENTS, code_penalty=0.02)
PRIORS = [  # run, name of the prior, prior
    ("original", "none", Prior()),
    ("original", "blur", Prior(blur=1.0)),
    ("original", "total variation", Prior(total_variation=0.02)),
    ("original", "jitter", Prior(jitter=2)),
    ("original", "blur, variation, jitter", _SMOOTH),
    ("original", "principal components", _PCA),
    ("modern", "none", Prior()),
    ("modern", "blur, variation, jitter", _SMOOTH),
    ("modern", "principal components", _PCA),
    ("robust", "none", Prior()),
    ("robust", "blur, variation, jitter", _SMOOTH_ROBUST),
    ("robust", "principal components", _PCA),
]

START_COLUMNS = [
    Column("digit", "digit"),
    Column("blog_post", "blog post"),
    Column("noise_confidence", "from noise: confidence", format_confidence),
    Column("noise_steps", "from noise: steps to 99.99%"),
    Column("faint_noise_confidence", "from faint noise: confidence", format_confidence),
    Column("faint_noise_steps", "from faint noise: steps to 99.99%"),
]
PRIOR_COLUMNS = [
    Column("run", "network"),
    Column("prior", "prior"),
    Column("median_confidence", "confidence, median", format_confidence),
    Column("named_by_itself", "recognized by the network itself", format_percent),
    Column("named_by_judge", "recognized by the judge", format_percent),
    Column("digits_of_ten", "digits of ten"),
]


def main(args: argparse.Namespace, digits: Digits) -> None:
    """Run the command `gradient`."""
    descend_from_noise(args)
    compare_priors(args, digits)


def descend_from_noise(args: argparse.Namespace) -> None:
    """Generate an image of each digit, starting from strong and from faint noise."""
    network = load(args.run, args.checkpoint_dir)
    images = []
    curves: dict[str, list[tuple[int, np.ndarray]]] = {}
    for start, noise in STARTS.items():
        curves[start] = []
        images.append(
            maximize_activation(
                network,
                np.arange(NUM_CLASSES),
                Prior(),
                STEPS,
                LEARNING_RATE,
                args.seed,
                noise=noise,
                on_progress=_recorder(curves[start]),
            )
        )
    rows = [_start_row(digit, curves) for digit in range(NUM_CLASSES)]
    name = f"gradient-{args.run}"
    save_table(args.out, name, rows, START_COLUMNS)
    captions = [[format_confidence(row[f"{start}_confidence"]) for row in rows] for start in STARTS]
    row_names = [f"from {_title(start)}" for start in STARTS]
    save_and_print_figure(args.out, name, image_grid(images, row_names, DIGITS, captions))
    save_and_print_figure(args.out, f"{name}-steps", plot_steps(curves))


def _recorder(curve):
    """Return a callback that records the confidence in the target digit of each image."""
    return lambda step, confidences: curve.append((step, confidences.diagonal()))


def _start_row(digit: int, curves: dict) -> dict:
    row: dict[str, object] = {
        "digit": digit,
        "blog_post": "12%" if digit == 1 else "96% to 99.8%",
    }
    for start, curve in curves.items():
        row[f"{start}_confidence"] = float(curve[-1][1][digit])
        row[f"{start}_steps"] = next(
            (step for step, values in curve if values[digit] > CONFIDENCE_THRESHOLD), "never"
        )
    return row


def _title(start: str) -> str:
    return start.replace("_", " ")


def plot_steps(curves: dict[str, list]) -> Figure:
    """Plot the confidences over the steps, with one column per digit and one row per start."""
    figure, axes = _small_panels(len(curves))
    for row, (start, curve) in zip(axes, curves.items(), strict=True):
        steps = np.array([step for step, _ in curve]) + 1
        doubts = np.maximum(1 - np.array([values for _, values in curve]), 1e-7)
        for digit, axis in enumerate(row):
            axis.plot(steps, doubts, color=GRID, linewidth=0.8)
            axis.plot(steps, doubts[:, digit], color=ORANGE, linewidth=1.8)
            axis.axhline(1 - CONFIDENCE_THRESHOLD, color=INK, linewidth=0.6, linestyle=":")
            axis.text(
                0.5, 1.02, str(digit), transform=axis.transAxes, ha="center", fontsize=10, color=INK
            )
        row[0].set_ylabel(f"confidence,\nfrom {_title(start)}", color=MUTED)
    figure.supxlabel("step (logarithmic)", color=MUTED, fontsize=9)
    figure.suptitle(
        "Confidence in each digit during gradient descent; gray: the other digits, dotted: 99.99%",
        x=0.01,
        ha="left",
        color=INK,
        fontsize=11,
    )
    return figure


def _small_panels(rows: int):
    figure, axes = pyplot.subplots(
        rows,
        NUM_CLASSES,
        figsize=(13, 2.4 * rows + 0.6),
        sharex=True,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    for axis in axes.ravel():
        style_axis(axis)
        axis.set(xscale="log", yscale="log", ylim=(1.5, 0.7e-7), xlim=(1, STEPS + 1))
        axis.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1k"], fontsize=7)
        axis.set_yticks([1, 0.1, 1e-2, 1e-4, 1e-6], ["0", "90%", "99%", "99.99%", "99.9999%"])
        axis.minorticks_off()
    return figure, axes


def compare_priors(args: argparse.Namespace, digits: Digits) -> None:
    """Generate images with each prior, and classify them with the network and with the judge."""
    judge = logits_fn(load("judge", args.checkpoint_dir))
    basis = digit_basis(digits.training)
    wanted = np.tile(np.arange(NUM_CLASSES), args.each)
    rows = []
    shown = []
    for run, name, prior in PRIORS:
        network = load(run, args.checkpoint_dir)
        images = descend(network, wanted, prior, PRIOR_STEPS, args.seed, basis)
        rows.append({"run": run, "prior": name} | _rate(network, judge, images, wanted))
        shown.append(images[:NUM_CLASSES])
        agreement = format_percent(rows[-1]["named_by_judge"])
        print(f"{run}, {name}: the judge network agrees on {agreement} of the images", flush=True)
    save_table(args.out, "priors", rows, PRIOR_COLUMNS)
    row_names = [f"{run}\n{name}" for run, name, _ in PRIORS]
    save_and_print_figure(args.out, "priors", image_grid(shown, row_names, DIGITS))


def digit_basis(split: DigitSplit) -> Basis:
    """Return the principal components of the digits."""
    pca = fit_pca(split.images / 255, COMPONENTS)
    return Basis(pca.mean_, scaled_components(pca))


def descend(network, wanted, prior, steps, seed, basis=None) -> np.ndarray:
    """Generate images, uint8 of shape (n, 28, 28), of the target digits (n,) from faint noise."""
    images = maximize_activation(
        network,
        wanted,
        prior,
        steps,
        LEARNING_RATE,
        seed,
        basis if prior.components else None,
        noise=STARTS["faint_noise"],
    )
    return np.round(images * 255).astype("uint8")


def _rate(network, judge, images, wanted) -> dict:
    logits = logits_fn(network)(images)
    confidences = np.asarray(network.confidences(logits))[np.arange(len(wanted)), wanted]
    is_right = judge(images).argmax(axis=1) == wanted
    majority = [is_right[wanted == digit].mean() > 0.5 for digit in range(NUM_CLASSES)]
    return {
        "median_confidence": float(np.median(confidences)),
        "named_by_itself": float(np.mean(logits.argmax(axis=1) == wanted)),
        "named_by_judge": float(is_right.mean()),
        "digits_of_ten": sum(map(int, majority)),
    }
