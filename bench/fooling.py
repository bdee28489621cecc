"""The genetic search: images bred and scored a second, many runs in one batch, against a loop in C, one at a time."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from bench.report import ratios, row
from common.cli import GeneError
from data.digits.mnist import load_digits
from data.digits.pixel_quantiles import pixel_quantiles
from generate.digits.genetic_search import POPULATION, breed, cross_entropy, start
from generate.digits.logits import logits_fn
from metrics.pixel_statistics import distance, statistics
from models.digits import SigmoidMLP

ROUNDS, RUNS, SECONDS, WANTED = 3, 50, 3.0, 3


def measure():
    network, threes = SigmoidMLP(), load_digits().training.images_of(WANTED)
    target = statistics(threes).mean(axis=0)
    with tempfile.TemporaryDirectory() as folder:
        loop = _compiled(Path(folder), network, target)
        rows = []
        for name, asks in (("", False), (", with pixel statistics", True)):
            ours, theirs = zip(
                *((_batched(network, threes, target, asks), loop(asks)) for _ in range(ROUNDS))
            )
            detail = (
                f"{max(ours):,.0f} against {max(theirs):,.0f} images/s; {RUNS} runs of {POPULATION} at once; "
                "cc -O2, one thread"
            )
            rows.append(
                row(
                    f"genetic search, images/s{name}, against one at a time in C",
                    ratios(ours, theirs),
                    "x",
                    10,
                    "more",
                    detail,
                )
            )
    return rows


def _compiled(folder, network, target):
    """The rival, ready to run: a function (with statistics?) -> images a second."""
    compiler = shutil.which("cc")
    if not compiler:
        raise GeneError("cc: not found; the bench compiles its rival (apt-get install gcc)")
    program, weights = folder / "fooling", folder / "weights"
    subprocess.run(
        [compiler, "-O2", "-o", program, Path(__file__).with_suffix(".c"), "-lm"], check=True
    )
    first, bias, last, offset = network.get_weights()
    with open(weights, "wb") as file:
        for part in (first.T, bias, last.T, offset, target):
            file.write(np.ascontiguousarray(part, "float64"))

    def run(asks):
        command = [program, weights, str(SECONDS), str(int(asks))]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    return run


def _batched(network, images, target, asks):
    """Images a second of our search, once it is compiled."""
    ask, ink = logits_fn(network), pixel_quantiles(images, nonzero=True)
    streams, population = start(np.arange(RUNS), POPULATION, ink)
    begun, generations = None, 0
    while begun is None or time.monotonic() - begun < SECONDS:
        flat = np.asarray(population).reshape(-1, 28, 28)
        costs = cross_entropy(ask(flat), WANTED, softmax=False)
        if asks:
            costs += distance(statistics(flat), target)
        streams, population = breed(streams, population, costs.reshape(RUNS, POPULATION), ink)
        if generations == 1:
            begun = time.monotonic()
        generations += 1
    np.asarray(population)
    return (generations - 2) * RUNS * POPULATION / (time.monotonic() - begun)
