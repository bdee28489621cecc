"""Pictures by genetic search: `python -m explore.digits genetic` and `mean`.

Three searches behind one interface: the project's own (`generate.digits.genetic_search`), the original's (`explore.digits.baseline_search`), and
CMA-ES (Hansen & Ostermeier 2001) on pictures of 7x7 coarse pixels.
"""

import time

import numpy as np

from common.progress import Progress
from explore.digits import baseline_search as original
from explore.digits import cma_search
from explore.digits.image_grid import sheet
from explore.digits.report import keep_picture, keep_table, percent, sure
from generate.digits.genetic_search import evolve, ink_of
from generate.digits.logits import ask_of
from generate.runs import load_digit_network
from metrics.pixel_statistics import BINS, distance, statistics
from models.digits import SoftmaxClassifier

AT_ONCE = 100  # runs
NEAR = 0.05  # of the statistics, mean differences of pixels and shares: how near is near enough
WEIGHT = 10.0  # of the statistics in a cost of logits


class Search:
    """A search for pictures of one digit, made ready: call it with seeds, and it returns Evolved."""

    def __init__(self, args, part, network, digit):
        self.args, self.digit, self.network = args, digit, network
        self.images, self.ask = part.of(digit), ask_of(network)
        self.softmax = isinstance(network, SoftmaxClassifier)
        found = statistics(self.images, args.lag_bug)
        self.target, self.bins = statistics(self.images).mean(axis=0), found[:, :BINS].mean(axis=0)

    def __call__(self, seeds, say=None):
        shared = dict(softmax=self.softmax, most=self.args.generations, say=say)
        tolerance = self.args.tolerance
        if self.args.method == "original":
            cost = self._apart if self.args.statistics else None
            stop = 0.1 if cost and tolerance is None else tolerance
            return original.search(
                self.ask,
                self.digit,
                seeds,
                self.bins,
                cost=cost,
                tolerance=stop,
                mutation=self.args.mutation,
                **shared,
            )
        near = NEAR if tolerance is None else tolerance
        cost = (
            (lambda images: WEIGHT * np.maximum(self._apart(images) - near, 0))
            if self.args.statistics
            else None
        )
        if self.args.method == "cma":
            return cma_search.search(self.ask, self.digit, seeds, cost=cost, **shared)
        return evolve(self.ask, self.digit, seeds, ink_of(self.images), cost=cost, **shared)

    def _apart(self, images):
        return distance(statistics(images, self.args.lag_bug), self.target)

    def many(self, runs, seed):
        """So many runs, some at once, with progress; returns the images, confidences, generations and who is sure."""
        progress, parts = Progress(runs), []
        for done in range(0, runs, AT_ONCE):
            seeds = np.arange(done, min(done + AT_ONCE, runs)) + seed * 1_000_003
            parts.append(
                self(
                    seeds,
                    say=lambda generation, more: progress.show(
                        done + more,
                        lambda speed: (
                            f"digit {self.digit}: {done + more} of {runs} runs, generation {generation}"
                        ),
                    ),
                )
            )
        progress.end()
        return [np.concatenate(column) for column in zip(*parts)]


def name_of(args):
    """What the results of these flags are called."""
    extras = (
        [args.network] * (args.network != "seed")
        + ["statistics"] * args.statistics
        + ["bug"] * args.lag_bug
    )
    extras += [f"mutation-{args.mutation:g}"] * (args.mutation != 1)
    return "-".join([args.what, args.method, *extras])


def main(args, digits):
    network = load_digit_network(args.checkpoint_dir, args.network)
    runs = args.runs or (1000 if args.what == "mean" else 100)
    rows, found, all_generations = [], [], []
    for digit in range(10):
        search, begun = Search(args, digits.training, network, digit), time.monotonic()
        images, _, confidences, generations, done = search.many(runs, args.seed)
        seconds = time.monotonic() - begun
        found.append(images)
        all_generations.append(generations)
        rows.append(
            average(search, images)
            if args.what == "mean"
            else {
                "digit": digit,
                "runs": runs,
                "sure": int(done.sum()),
                "generations, median": float(np.median(generations)),
                "most": int(generations.max()),
                "confidence, least": float(confidences.min()),
                "statistics apart": float(search._apart(images).mean()),
                "images/s": float((generations + 1).sum() * original.POPULATION / seconds),
            }
        )
    keep_table(args.out, name_of(args), rows, {"confidence, least": sure, "confidence": sure})
    if args.what == "mean":
        show_means(args, found)
        return
    print(
        f"{sum(row['sure'] for row in rows):,} of {10 * runs:,} runs above 99.99 %, median "
        f"{np.median(all_generations):g} generations"
    )
    keep_picture(
        args.out,
        name_of(args),
        sheet([[images[i] for images in found] for i in range(min(4, runs))]),
    )


def average(search, images):
    """The row of a digit's mean picture: what the network says of it."""
    logits = search.ask(np.round(images.mean(axis=0, keepdims=True)).astype("uint8"))
    says = np.asarray(search.network.confidences(logits))[0]
    return {
        "digit": search.digit,
        "pictures": len(images),
        "called": int(says.argmax()),
        "confidence": float(says.max()),
        "confidence in the digit": percent(float(says[search.digit])),
    }


def show_means(args, found):
    """The mean pictures, as they are and stretched to black and white."""
    means = np.array([images.mean(axis=0) for images in found])
    low, high = means.min(axis=(1, 2), keepdims=True), means.max(axis=(1, 2), keepdims=True)
    keep_picture(
        args.out,
        name_of(args),
        sheet([means / 255, (means - low) / (high - low)], ["mean", "stretched"]),
    )
