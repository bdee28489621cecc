"""Pictures by descent on the pixels, plain and with priors; a second network, trained apart, says what it sees.

python -m explore.digits gradient
"""

import numpy as np
from matplotlib import pyplot

from explore.addition.plots import DASHES, INK, SIZES, entitle, panels
from explore.digits.activation_maximization import Prior, dream
from explore.digits.image_grid import sheet
from explore.digits.report import keep_picture, keep_table, percent, sure
from generate.digits.genetic_search import SURE
from generate.digits.logits import ask_of
from generate.runs import load_digit_network

NOISE = {"noise": 1.0, "faint noise": 0.1}  # how the pictures begin: pixels from 0 to so much
ORIGINAL = ["96 % to 99.8 %", "12 %"]  # what the original told of its ten: of nine, and of the 1
RATE, STEPS, PRIOR_STEPS = 0.1, 1000, 200
PRIORS = [
    ("seed", "none", Prior()),
    ("seed", "blur", Prior(blur=1.0)),
    ("seed", "total variation", Prior(variation=0.02)),
    ("seed", "shifts", Prior(shift=2)),
    ("seed", "blur, variation, shifts", Prior(blur=1.0, variation=0.01, shift=2)),
    ("seed", "the digits' statistics", Prior(components=40, likely=0.02)),
    ("modern", "none", Prior()),
    ("modern", "blur, variation, shifts", Prior(blur=1.0, variation=0.01, shift=2)),
    ("modern", "the digits' statistics", Prior(components=40, likely=0.02)),
    ("robust", "none", Prior()),
    ("robust", "blur, variation, shifts", Prior(blur=0.7, variation=0.01, shift=1)),
    ("robust", "the digits' statistics", Prior(components=40, likely=0.02)),
]


def main(args, digits):
    plain(args)
    judged(args, digits)


def plain(args):
    """The original's ten pictures, from its noise and from faint noise; confidences, and how these came about."""
    network, pictures, curve, columns = (
        load_digit_network(args.checkpoint_dir, args.network),
        [],
        {},
        {},
    )
    for name, noise in NOISE.items():
        points = curve[name] = []
        pictures.append(
            dream(
                network,
                np.arange(10),
                Prior(),
                STEPS,
                RATE,
                args.seed,
                noise=noise,
                watch=lambda step, said: points.append((step, said.diagonal())),
            )
        )
        steps, said = zip(*points)
        reached = [
            next((step for step, one in zip(steps, said) if one[digit] > SURE), "never")
            for digit in range(10)
        ]
        columns |= {f"{name}: confidence": said[-1].tolist(), f"{name}: steps to 99.99 %": reached}
    rows = [
        {"digit": digit, "the original": ORIGINAL[digit == 1]}
        | {k: v[digit] for k, v in columns.items()}
        for digit in range(10)
    ]
    confidences = [columns[f"{name}: confidence"] for name in NOISE]
    keep_table(
        args.out,
        f"gradient-{args.network}",
        rows,
        {f"{name}: confidence": sure for name in NOISE},
    )
    captions = [[sure(one) for one in row] for row in confidences]
    keep_picture(args.out, f"gradient-{args.network}", sheet(pictures, list(NOISE), captions))
    keep_picture(args.out, f"gradient-{args.network}-steps", curves(curve))


def curves(curve):
    """Confidence over the steps, a panel a noise, a line a digit."""
    figure, axes = panels(len(curve), 10)
    for axis, (name, points) in zip(axes, curve.items()):
        steps, said = zip(*points)
        for digit in range(10):
            axis.plot(
                np.array(steps) + 1,
                np.maximum(1 - np.array(said)[:, digit], 1e-7),
                color=SIZES(digit / 9),
                linestyle=DASHES[digit % 5],
                linewidth=1.4,
                label=str(digit),
            )
        axis.axhline(1 - SURE, color=INK, linewidth=0.8)
        axis.set(xscale="log", yscale="log", ylim=(1.5, 0.7e-7), xlabel="step")
        axis.set_yticks([1, 0.1, 1e-2, 1e-4, 1e-6], ["0", "90 %", "99 %", "99.99 %", "99.9999 %"])
        axis.yaxis.minorticks_off()
        entitle(axis, f"confidence in the wanted digit, from {name}")
    axes[-1].legend(frameon=False, labelcolor=INK, ncols=2, fontsize=8, loc="lower right")
    return figure


def components(part, count):
    """The mean (784,) of a part's digits and its first principal components, each as long as it usually is."""
    pixels = part.images.reshape(len(part.images), -1) / 255
    mean = pixels.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(pixels, rowvar=False))
    return mean, (vectors[:, ::-1][:, :count] * np.sqrt(values[::-1][:count])).T


def judged(args, digits):
    """The table of priors: what the network itself and the judge say of the pictures."""
    judge, wanted = (
        ask_of(load_digit_network(args.checkpoint_dir, "judge")),
        np.tile(np.arange(10), args.each),
    )
    rows, shown, names = [], [], []
    for run, name, prior in PRIORS:
        network = load_digit_network(args.checkpoint_dir, run)
        basis = components(digits.training, prior.components) if prior.components else None
        images = np.round(
            dream(network, wanted, prior, PRIOR_STEPS, RATE, args.seed, basis, noise=0.1) * 255
        )
        images = images.astype("uint8")
        logits = ask_of(network)(images)
        own = np.asarray(network.confidences(logits))[np.arange(len(wanted)), wanted]
        right = judge(images).argmax(axis=1) == wanted
        rows.append(
            {
                "network": run,
                "prior": name,
                "confidence, median": float(np.median(own)),
                "named right by itself": float(np.mean(logits.argmax(axis=1) == wanted)),
                "by the judge": float(right.mean()),
                "digits of ten": int(
                    sum(right[wanted == digit].mean() > 0.5 for digit in range(10))
                ),
            }
        )
        shown.append(images[:10])
        names.append(f"{run}\n{name}")
        print(f"{run}, {name}: the judge agrees with {percent(right.mean())}", flush=True)
    keep_table(
        args.out,
        "priors",
        rows,
        {"confidence, median": sure, "named right by itself": percent, "by the judge": percent},
    )
    keep_picture(args.out, "priors", sheet(shown, names=names))
    pyplot.close("all")
