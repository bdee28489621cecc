"""The golden files of the digits: MNIST-style drawings, pixel statistics, genetic search, softmax heads.

    python -m tests.golden.digits     regenerates them with Python

`tests/unit/test_digits_golden.py` checks Python against them, and `tests/js/digits.test.js` checks
JavaScript. Images are lists of integers, row by row.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from common.prng import Random
from data.digits.mnist_style import as_mnist
from generate.digits.genetic_search import breed, cross_entropy, start
from metrics.pixel_statistics import distance, statistics

FOLDER = Path(__file__).parent


def blots(seed, height, width, count):
    """An image uint8 (height, width): blank, with this many rectangles."""
    draw, image = Random(seed), np.zeros((height, width), "uint8")
    for _ in range(count):
        y, x, h, w = (int(draw.uniform() * size) for size in (height, width, height / 2, width / 2))
        image[y : y + 1 + h, x : x + 1 + w] = int(draw.uniform() * 256)
    return image


def drawings():
    """Drawings of many sizes and what they become; null for an empty one."""
    result = []
    sizes = (28, 28, 4), (90, 90, 5), (96, 31, 3), (7, 200, 2), (1, 1, 1), (5, 5, 0), (120, 40, 6)
    for height, width, count in sizes:
        image = blots(height * width, height, width, count)
        picture = as_mnist(image / 255)
        result.append(
            {
                "height": height,
                "width": width,
                "image": image.ravel().tolist(),
                "picture": None if picture is None else picture.ravel().tolist(),
            }
        )
    return result


def pixels():
    """Images with their statistics, right and with the bug, and how far these are from those of the first."""
    images = np.stack([blots(seed, 28, 28, seed) for seed in range(1, 7)])
    found = statistics(images)
    cases = zip(
        images, found, statistics(images, lag_bug=True), distance(found, found[0]), strict=True
    )
    return [
        {
            "image": image.ravel().tolist(),
            "statistics": right.tolist(),
            "bug": wrong.tolist(),
            "distance": float(far),
        }
        for image, right, wrong, far in cases
    ]


def doubts():
    """Logits and digits, and the cross-entropy of both kinds of network."""
    draw, result = Random(3), []
    for scale in (1, 10, 100):
        logits = [(draw.uniform() - 0.5) * scale for _ in range(10)]
        result += [
            {
                "logits": logits,
                "digit": digit,
                "sigmoids": float(cross_entropy(logits, digit, False)),
                "softmax": float(cross_entropy(logits, digit, True)),
            }
            for digit in (0, 9)
        ]
    return result


def searches():
    """Searches that minimize the sum of weighted pixels: checksums of each population, the best image."""
    result = []
    for seed, population in ((1, 12), (4294967295, 8)):
        draw = Random(seed)
        weights = np.array([draw.uint32() % 17 - 8 for _ in range(784)])
        ink = np.sort(np.array([draw.uint32() % 255 + 1 for _ in range(256)])).astype("uint8")
        streams, images = start([seed], population, ink)
        sums = []
        for _ in range(6):
            flat = np.asarray(images).reshape(population, 784).astype("int64")
            sums.append((flat * (np.arange(784) % 251 + 1)).sum(axis=1).tolist())
            costs = flat @ weights
            streams, images = breed(streams, images, costs[None], ink)
        result.append(
            {
                "seed": seed,
                "population": population,
                "weights": weights.tolist(),
                "ink": ink.tolist(),
                "sums": sums,
                "best": np.asarray(images)[0, 0].ravel().tolist(),
            }
        )
    return result


def heads():
    """Examples and what softmax regression learns from them, according to scikit-learn."""
    result = []
    for seed, num_classes, count, size, weight_decay in ((1, 3, 9, 12, 0.01), (2, 6, 24, 40, 0.2)):
        draw = Random(seed)
        labels = np.arange(count) % num_classes
        features = np.float32([[draw.uniform() * 2 for _ in range(size)] for _ in range(count)])
        # scikit-learn weighs the sum of the losses, not their mean.
        model = LogisticRegression(
            C=1 / (weight_decay * count), solver="newton-cg", tol=1e-10, max_iter=10_000
        ).fit(features.astype("float64"), labels)
        result.append(
            {
                "features": features.ravel().tolist(),
                "labels": labels.tolist(),
                "weight_decay": weight_decay,
                "weights": model.coef_.ravel().round(7).tolist(),
                "biases": model.intercept_.round(7).tolist(),
            }
        )
    return result


GOLDEN = {
    "drawing": drawings,
    "pixels": pixels,
    "evolve": lambda: {"doubts": doubts(), "searches": searches()},
    "softmax_head": heads,
}


def read(name):
    """The cases of a golden file."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    for name, make in GOLDEN.items():
        (FOLDER / f"{name}.json").write_text(
            json.dumps(make(), separators=(",", ":")) + "\n", encoding="utf-8"
        )
