"""Generate images by genetic search: `python -m explore.digits genetic` and `mean`.

There are three search methods: Gene's own (`generate.digits.genetic_search`), the one from the
original blog post (`explore.digits.baseline_search`), and CMA-ES (Hansen & Ostermeier, 2001) on 7x7
coarse pixels.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np

from common.progress import Progress
from common.tables import format_percent
from data.digits.mnist import NUM_CLASSES, Digits, DigitSplit
from data.digits.pixel_quantiles import pixel_quantiles
from explore.digits import baseline_search, cma_search
from explore.digits.image_grid import DIGITS, image_grid
from explore.digits.report import (
    Column,
    format_confidence,
    save_and_print_figure,
    save_table,
)
from generate.digits import load
from generate.digits.genetic_search import POPULATION, SearchResult, evolve
from generate.digits.logits import logits_fn
from metrics.pixel_statistics import NUM_BINS, distance, statistics
from models.digits import SoftmaxClassifier

SEARCHES_AT_ONCE = 100
STATISTICS_TOLERANCE = 0.05  # a distance of pixel statistics up to this costs nothing
STATISTICS_WEIGHT = 10.0  # weight of the distance beyond that, relative to cross-entropy
BASELINE_TOLERANCE = 0.1  # the tolerance of the blog post with pixel statistics
SHOWN_ROWS = 4
_SEED_STRIDE = 1_000_003  # so that different --seed values use different searches

SEARCH_COLUMNS = [
    Column("digit", "digit"),
    Column("searches", "searches"),
    Column("succeeded", "above 99.99%"),
    Column("median_generations", "generations, median"),
    Column("max_generations", "generations, maximum"),
    Column("min_confidence", "confidence, minimum", format_confidence),
    Column("statistics_distance", "distance of pixel statistics"),
    Column("images_per_second", "images/s"),
]
MEAN_COLUMNS = [
    Column("digit", "digit"),
    Column("images", "images"),
    Column("predicted", "classified as"),
    Column("confidence", "confidence", format_confidence),
    Column("digit_confidence", "confidence in the digit", format_percent),
]


class SearchSettings(NamedTuple):
    """Settings of a search.

    Attributes:
        method: "own", "original" (the blog post's), or "cma".
        statistics: Whether the cost includes the distance of pixel statistics.
        lag_bug: Whether to compute these statistics with the bug of the blog post.
        max_generations: Maximum number of generations.
        tolerance: Accepted distance of statistics (own, cma) or total cost (original); None for
            the default of the method.
        mutation: Factor for the mutation rate (original only).
    """

    method: str = "own"
    statistics: bool = False
    lag_bug: bool = False
    max_generations: int = 1000
    tolerance: float | None = None
    mutation: float = 1.0

    @classmethod
    def from_args(cls, args: argparse.Namespace) -> "SearchSettings":
        """Create the settings from the flags of the commands `genetic` and `mean`."""
        return cls(**{field: getattr(args, field) for field in cls._fields})


class DigitSearch:
    """A search for images that a network classifies as one digit.

    Args:
        settings: The settings.
        split: Digits whose pixel values and statistics the search uses.
        network: The network to fool.
        digit: The target digit.
    """

    def __init__(
        self, settings: SearchSettings, split: DigitSplit, network: keras.Model, digit: int
    ):
        self.settings = settings
        self.digit = digit
        self.network = network
        self.logits_of = logits_fn(network)
        self.softmax = isinstance(network, SoftmaxClassifier)
        images = split.images_of(digit)
        self.ink = pixel_quantiles(images, nonzero=True)
        self.target_statistics = statistics(images).mean(axis=0)
        self.histogram = self.target_statistics[:NUM_BINS]

    def __call__(
        self, seeds: np.ndarray, on_progress: Callable[[int, int], None] | None = None
    ) -> SearchResult:
        """Search for one image per seed."""
        shared: dict[str, Any] = dict(
            softmax=self.softmax,
            max_generations=self.settings.max_generations,
            on_progress=on_progress,
        )
        if self.settings.method == "original":
            return self._baseline(seeds, shared)
        extra_cost = self._excess_distance if self.settings.statistics else None
        if self.settings.method == "cma":
            return cma_search.search(
                self.logits_of, self.digit, seeds, extra_cost=extra_cost, **shared
            )
        return evolve(self.logits_of, self.digit, seeds, self.ink, extra_cost=extra_cost, **shared)

    def _baseline(self, seeds, shared):
        tolerance = self.settings.tolerance
        if self.settings.statistics and tolerance is None:
            tolerance = BASELINE_TOLERANCE
        return baseline_search.search(
            self.logits_of,
            self.digit,
            seeds,
            self.histogram,
            extra_cost=self.statistics_distance if self.settings.statistics else None,
            tolerance=tolerance,
            mutation=self.settings.mutation,
            **shared,
        )

    def statistics_distance(self, images: np.ndarray) -> np.ndarray:
        """Return the distance (n,) of the images' pixel statistics from those of the digit."""
        return distance(statistics(images, self.settings.lag_bug), self.target_statistics)

    def _excess_distance(self, images):
        tolerance = self.settings.tolerance
        accepted = STATISTICS_TOLERANCE if tolerance is None else tolerance
        return STATISTICS_WEIGHT * np.maximum(self.statistics_distance(images) - accepted, 0)

    def run(self, count: int, seed: int) -> SearchResult:
        """Run `count` searches, up to SEARCHES_AT_ONCE at a time, and print the progress."""
        progress = Progress(count)
        results = []
        for done in range(0, count, SEARCHES_AT_ONCE):
            searches = np.arange(done, min(done + SEARCHES_AT_ONCE, count))
            report = self._reporter(progress, done, count)
            results.append(self(searches + seed * _SEED_STRIDE, report))
        progress.end()
        return SearchResult(*map(np.concatenate, zip(*results, strict=True)))

    def _reporter(self, progress, done, count):
        def report(generation, ended):
            text = (
                f"digit {self.digit}: {done + ended} of {count} searches, generation {generation}"
            )
            progress.show(done + ended, lambda speed: text)

        return report


def main(args: argparse.Namespace, digits: Digits) -> None:
    """Run the command `genetic`."""
    network = load(args.run, args.checkpoint_dir)
    settings = SearchSettings.from_args(args)
    rows = []
    results = []
    for digit in range(NUM_CLASSES):
        search = DigitSearch(settings, digits.training, network, digit)
        started = time.monotonic()
        result = search.run(args.searches, args.seed)
        rows.append(_search_row(search, result, time.monotonic() - started))
        results.append(result)
    save_table(args.out, output_name("genetic", args), rows, SEARCH_COLUMNS)
    _print_summary(results)
    shown = range(min(SHOWN_ROWS, args.searches))
    grid = image_grid([[found.images[i] for found in results] for i in shown], column_names=DIGITS)
    save_and_print_figure(args.out, output_name("genetic", args), grid)


def _search_row(search: DigitSearch, result: SearchResult, seconds: float) -> dict:
    tried = (result.generations + 1).sum() * POPULATION
    return {
        "digit": search.digit,
        "searches": len(result.images),
        "succeeded": int(result.succeeded.sum()),
        "median_generations": float(np.median(result.generations)),
        "max_generations": int(result.generations.max()),
        "min_confidence": float(result.confidences.min()),
        "statistics_distance": float(search.statistics_distance(result.images).mean()),
        "images_per_second": float(tried / seconds),
    }


def _print_summary(results: list[SearchResult]) -> None:
    succeeded = sum(int(result.succeeded.sum()) for result in results)
    generations = np.concatenate([result.generations for result in results])
    print(
        f"{succeeded:,} of {len(generations):,} searches reached a confidence of 99.99%, "
        f"median {np.median(generations):g} generations"
    )


def main_mean(args: argparse.Namespace, digits: Digits) -> None:
    """Run the command `mean`: average many images of each digit and classify the averages."""
    network = load(args.run, args.checkpoint_dir)
    settings = SearchSettings.from_args(args)
    rows = []
    means = []
    for digit in range(NUM_CLASSES):
        search = DigitSearch(settings, digits.training, network, digit)
        images = search.run(args.searches, args.seed).images
        rows.append(_mean_row(search, images))
        means.append(images.mean(axis=0) / 255)
    save_table(args.out, output_name("mean", args), rows, MEAN_COLUMNS)
    low = np.min(means, axis=(1, 2), keepdims=True)
    high = np.max(means, axis=(1, 2), keepdims=True)
    stretched = (np.array(means) - low) / (high - low)
    grid = image_grid([means, stretched], ["mean", "mean, full contrast"], DIGITS)
    save_and_print_figure(args.out, output_name("mean", args), grid)


def _mean_row(search: DigitSearch, images: np.ndarray) -> dict:
    mean = np.round(images.mean(axis=0, keepdims=True)).astype("uint8")
    confidences = np.asarray(search.network.confidences(search.logits_of(mean)))[0]
    return {
        "digit": search.digit,
        "images": len(images),
        "predicted": int(confidences.argmax()),
        "confidence": float(confidences.max()),
        "digit_confidence": float(confidences[search.digit]),
    }


def output_name(command: str, args: argparse.Namespace) -> str:
    """Return the file name, without suffix, for the results of a command with these flags."""
    parts = [command, args.method]
    if args.run != "original":
        parts.append(args.run)
    if args.statistics:
        parts.append("statistics")
    if args.lag_bug:
        parts.append("bug")
    if args.mutation != 1:
        parts.append(f"mutation-{args.mutation:g}")
    return "-".join(parts)
