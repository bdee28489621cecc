"""Pictures by descent on the pixels, plain and with priors; a second network, trained apart, says what it sees.

    python -m explore.digits gradient
"""

import numpy as np
from matplotlib import pyplot

from explore.dream import Prior, dream
from explore.plots import DASHES, INK, SIZES, entitle, panels
from explore.results import keep_picture, keep_table, percent, sure
from explore.runs import load_digit_network
from explore.sheets import sheet
from sampling.scores import ask_of

ORIGINAL = ["96 % to 99.8 %", "12 %"]       # what the original told of its ten: of nine, and of the 1
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


def main(flags, digits):
    plain(flags)
    judged(flags, digits)


def plain(flags):
    """The original's ten pictures, their confidences, and how these came about."""
    network, curve = load_digit_network(flags.checkpoints, flags.network), []
    pictures = dream(network, np.arange(10), Prior(), STEPS, RATE, flags.seed,
                     watch=lambda step, said: curve.append((step, said[np.arange(10), np.arange(10)])))
    steps, said = zip(*curve)
    said = np.array(said)
    reached = [next((step for step, one in zip(steps, said[:, digit]) if one >= 0.9999), None) for digit in range(10)]
    rows = [{"digit": digit, "confidence": float(said[-1, digit]), "the original": ORIGINAL[digit == 1],
             "steps to 99.99 %": "never" if reached[digit] is None else reached[digit]} for digit in range(10)]
    keep_table(flags.out, f"gradient-{flags.network}", rows, {"confidence": sure})
    captions = [[f"{digit}: {sure(said[-1, digit])}" for digit in range(10)]]
    keep_picture(flags.out, f"gradient-{flags.network}", sheet([pictures], captions=captions))
    keep_picture(flags.out, f"gradient-{flags.network}-steps", curves(steps, said))


def curves(steps, said):
    """Confidence over the steps, a line a digit."""
    figure, (axis,) = panels()
    for digit in range(10):
        axis.plot(np.array(steps) + 1, np.maximum(1 - said[:, digit], 1e-7), color=SIZES(digit / 9),
                  linestyle=DASHES[digit % 5], linewidth=1.4, label=str(digit))
    axis.axhline(1e-4, color=INK, linewidth=0.8)
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_yticks([1, 0.1, 1e-2, 1e-4, 1e-6], ["0", "90 %", "99 %", "99.99 %", "99.9999 %"])
    axis.invert_yaxis()
    axis.set_xlabel("step")
    entitle(axis, "confidence in the wanted digit")
    axis.legend(frameon=False, labelcolor=INK, ncols=2, fontsize=8, loc="lower right")
    return figure


def components(part, count):
    """The mean (784,) of a part's digits and its first principal components, each as long as it usually is."""
    pixels = part.images.reshape(len(part.images), -1) / 255
    mean = pixels.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(pixels, rowvar=False))
    return mean, (vectors[:, ::-1][:, :count] * np.sqrt(values[::-1][:count])).T


def judged(flags, digits):
    """The table of priors: what the network itself and the judge say of the pictures."""
    judge, wanted = ask_of(load_digit_network(flags.checkpoints, "judge")), np.tile(np.arange(10), flags.each)
    rows, shown, names = [], [], []
    for run, name, prior in PRIORS:
        network = load_digit_network(flags.checkpoints, run)
        basis = components(digits.training, prior.components) if prior.components else None
        images = np.round(dream(network, wanted, prior, PRIOR_STEPS, 0.1 if basis else RATE, flags.seed, basis) * 255)
        images = images.astype("uint8")
        logits = ask_of(network)(images)
        own = np.asarray(network.confidences(logits))[np.arange(len(wanted)), wanted]
        right = judge(images).argmax(axis=1) == wanted
        rows.append({"network": run, "prior": name, "confidence, median": float(np.median(own)),
                     "named right by itself": float(np.mean(logits.argmax(axis=1) == wanted)),
                     "by the judge": float(right.mean()),
                     "digits of ten": int(sum(right[wanted == digit].mean() > 0.5 for digit in range(10)))})
        shown.append(images[:10])
        names.append(f"{run}\n{name}")
        print(f"{run}, {name}: the judge agrees with {percent(right.mean())}", flush=True)
    keep_table(flags.out, "priors", rows, {"confidence, median": sure, "named right by itself": percent,
                                           "by the judge": percent})
    keep_picture(flags.out, "priors", sheet(shown, names=names))
    pyplot.close("all")
