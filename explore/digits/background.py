"""Digits whose background is scrambled by degrees: what that does to accuracy and confidence.

python -m explore.digits background
"""

import numpy as np

from explore.addition.plots import DASHES, INK, SIZES, entitle, panels
from explore.digits.image_grid import sheet
from explore.digits.report import keep_picture, keep_table, percent
from generate.digits.logits import ask_of
from generate.runs import load_digit_network
from metrics.pixel_statistics import palette

AMOUNTS = np.linspace(0, 1, 11)
RUNS = ["seed", "modern", "robust"]
ASKED = 2000  # test digits
TOLD = {2: "46 %", 3: "22 %"}  # the original's one scrambled 2, by output


def scrambled(images, way, amount, random, others):
    """Images with a share `amount` of their blank pixels filled: "uniform", "histogram" or "another" digit's."""
    if way == "uniform":
        filling = random.integers(0, 256, images.shape, dtype="uint8")
    elif way == "histogram":
        filling = palette(others)[random.integers(0, 256, images.shape)]
    else:
        filling = others[random.permutation(len(others))[: len(images)]]
    return np.where((images == 0) & (random.random(images.shape) < amount), filling, images)


def main(args, digits):
    part = digits.test
    images, labels = part.images[:ASKED], part.labels[:ASKED]
    networks = {run: load_digit_network(args.checkpoint_dir, run) for run in RUNS}
    rows, shown, twos = [], [], []
    for way in ("uniform", "histogram", "another"):
        for amount in AMOUNTS:
            changed = scrambled(images, way, amount, np.random.default_rng(args.seed), part.images)
            row = {"background": way, "amount": float(amount)}
            for run, network in networks.items():
                said = np.asarray(network.confidences(ask_of(network)(changed)))
                row |= {
                    f"{run}: right": float(np.mean(said.argmax(axis=1) == labels)),
                    f"{run}: confidence": float(said.max(axis=1).mean()),
                }
                if run == "seed" and way == "uniform":
                    twos.append(
                        {"amount": float(amount)}
                        | {
                            f"output {i}": float(v)
                            for i, v in enumerate(said[labels == 2].mean(axis=0))
                        }
                    )
            rows.append(row)
        shown.append(
            [
                scrambled(
                    images[i : i + 1], way, amount, np.random.default_rng(args.seed), part.images
                )[0]
                for i in (0, 1)
                for amount in AMOUNTS[::2]
            ]
        )
    columns = [name for name in rows[0] if ":" in name]
    keep_table(
        args.out, "background", rows, {name: percent for name in columns} | {"amount": percent}
    )
    keep_table(args.out, "background-twos", twos, {name: percent for name in twos[0]})
    keep_picture(args.out, "background", sheet(shown, ["uniform", "histogram", "another"]))
    keep_picture(args.out, "background-curves", curves(rows))
    near = min(
        twos,
        key=lambda row: sum(
            abs(row[f"output {i}"] - float(text[:-2]) / 100) for i, text in TOLD.items()
        ),
    )
    print(
        f"The original's one 2 gave {TOLD[2]} to the 2 and {TOLD[3]} to the 3. The mean of the 2s here comes nearest "
        f"at an amount of {percent(near['amount'])}: {percent(near['output 2'])} and {percent(near['output 3'])}."
    )


def curves(rows):
    """Accuracy and confidence over the amount, a panel a way."""
    figure, axes = panels(3, 11, 3.6)
    for axis, way in zip(axes, ("uniform", "histogram", "another")):
        ours = [row for row in rows if row["background"] == way]
        for k, run in enumerate(RUNS):
            for what, style in (("right", "-"), ("confidence", DASHES[2])):
                axis.plot(
                    AMOUNTS * 100,
                    [row[f"{run}: {what}"] * 100 for row in ours],
                    linestyle=style,
                    color=SIZES(k / (len(RUNS) - 1)),
                    label=f"{run}, {what}",
                )
        axis.set(ylim=(0, 101), xlabel="background scrambled, %")
        entitle(axis, {"another": "from another digit"}.get(way, f"{way} noise"))
    axes[1].legend(frameon=False, labelcolor=INK, fontsize=7, loc="lower left")
    return figure
