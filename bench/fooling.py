"""Genetic search for fooling images: many searches at once, compared with one search in C."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import common.keras_quiet  # noqa: F401

import keras
import numpy as np

from bench.report import ratios, row
from common.cli import GeneError
from data.digits.mnist import IMAGE_SIDE, load_digits
from data.digits.pixel_quantiles import pixel_quantiles
from generate.digits.genetic_search import POPULATION, breed, cross_entropy, start
from generate.digits.logits import logits_fn
from metrics.pixel_statistics import distance, statistics
from models.digits import SigmoidMLP

ROUNDS = 3
SEARCHES = 50
SECONDS = 3.0
DIGIT = 3


def measure() -> list[dict]:
    """Run this benchmark without and with pixel statistics; return rows for the results table."""
    network = SigmoidMLP()
    images = load_digits().training.images_of(DIGIT)
    target = statistics(images).mean(axis=0)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        run_c = _compile_rival(Path(folder), network, target)
        for label, with_statistics in (("", False), (", with pixel statistics", True)):
            batched = []
            rival = []
            for _ in range(ROUNDS):
                batched.append(_images_per_second(network, images, target, with_statistics))
                rival.append(run_c(with_statistics))
            rows.append(
                row(
                    f"genetic search, images/s{label}, compared with one search at a time in C",
                    ratios(batched, rival),
                    "x",
                    10,
                    "more",
                    f"{max(batched):,.0f} and {max(rival):,.0f} images/s; {SEARCHES} searches "
                    f"of {POPULATION} images at once; cc -O2, one thread",
                )
            )
    return rows


def _compile_rival(
    folder: Path, network: keras.Model, target: np.ndarray
) -> Callable[[bool], float]:
    """Compile fooling.c and return a function that measures its speed in images/s.

    That function takes one bool: whether the pixel statistics are part of the cost of an image.
    """
    compiler = shutil.which("cc")
    if not compiler:
        raise GeneError(
            "cc: not found; this benchmark needs a C compiler, so install one: apt-get install gcc"
        )
    program = folder / "fooling"
    weights = folder / "weights"
    source = Path(__file__).with_suffix(".c")
    subprocess.run([compiler, "-O2", "-o", program, source, "-lm"], check=True)
    kernel_1, bias_1, kernel_2, bias_2 = network.get_weights()
    with open(weights, "wb") as file:
        for array in (kernel_1.T, bias_1, kernel_2.T, bias_2, target):
            file.write(array.astype("float64").tobytes())

    def run(with_statistics: bool) -> float:
        command = [str(program), str(weights), str(SECONDS), str(int(with_statistics))]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    return run


def _images_per_second(
    network: keras.Model, images: np.ndarray, target: np.ndarray, with_statistics: bool
) -> float:
    """Run our search for `SECONDS` seconds after compilation; return its images per second."""
    logits = logits_fn(network)
    ink = pixel_quantiles(images, nonzero=True)
    streams, population = start(np.arange(SEARCHES), POPULATION, ink)
    started_at = None
    generations = 0
    while started_at is None or time.monotonic() - started_at < SECONDS:
        flat = np.asarray(population).reshape(-1, IMAGE_SIDE, IMAGE_SIDE)
        costs = cross_entropy(logits(flat), DIGIT, softmax=False)
        if with_statistics:
            costs += distance(statistics(flat), target)
        streams, population = breed(streams, population, costs.reshape(SEARCHES, POPULATION), ink)
        if generations == 1:
            started_at = time.monotonic()
        generations += 1
    np.asarray(population)  # wait for the last generation
    return (generations - 2) * SEARCHES * POPULATION / (time.monotonic() - started_at)
