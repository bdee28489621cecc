"""CMA-ES search for images of 7x7 coarse pixels, using Nikolaus Hansen's library."""

from collections.abc import Callable

import cma
import numpy as np

from data.digits.mnist import IMAGE_SIDE
from generate.digits.genetic_search import (
    SearchResult,
    confidence,
    cross_entropy,
    is_confident,
    result_of,
)
from generate.digits.logits import LogitsFn

COARSE_SIDE = 7
POPULATION = 100
_FIRST_VALUE = 0.3  # mean and standard deviation of the initial coarse pixels


def search(
    logits_of: LogitsFn,
    digit: int,
    seeds: np.ndarray,
    softmax: bool = False,
    extra_cost: Callable[[np.ndarray], np.ndarray] | None = None,
    max_generations: int = 300,
    on_progress: Callable[[int, int], None] | None = None,
) -> SearchResult:
    """Search for one image per seed; arguments as in `generate.digits.genetic_search.evolve`."""
    strategies = [_strategy(int(seed)) for seed in seeds]
    found: dict[int, tuple] = {}
    for generation in range(max_generations + 1):
        running = [i for i in range(len(strategies)) if i not in found]
        if not running:
            break
        codes = [strategies[i].ask() for i in running]
        images = to_images(np.concatenate(codes))
        logits = logits_of(images).reshape(len(running), POPULATION, -1)
        extra = extra_cost(images) if extra_cost else np.zeros(len(images))
        extra = extra.reshape(len(running), POPULATION)
        costs = cross_entropy(logits, digit, softmax) + extra
        for row, search_index in enumerate(running):
            best = int(costs[row].argmin())
            best_logits = logits[row, best]
            succeeded = bool(is_confident(best_logits, digit, softmax) and extra[row, best] <= 0)
            strategies[search_index].tell(codes[row], costs[row].tolist())
            if succeeded or generation == max_generations:
                image = images[row * POPULATION + best]
                certainty = confidence(best_logits, digit, softmax)
                found[search_index] = image, best_logits, certainty, generation, succeeded
        if on_progress:
            on_progress(generation, len(found))
    return result_of([found[i] for i in range(len(strategies))])


def _strategy(seed: int) -> cma.CMAEvolutionStrategy:
    options = {
        "popsize": POPULATION,
        "verbose": -9,
        "tolflatfitness": 10**6,
        "maxiter": 10**6,
        "seed": seed + 1,  # 0 would select a random seed
    }
    return cma.CMAEvolutionStrategy(COARSE_SIDE**2 * [_FIRST_VALUE], _FIRST_VALUE, options)


def to_images(codes: np.ndarray) -> np.ndarray:
    """Convert codes (n, 49), clipped to [0, 1], to images, uint8 of shape (n, 28, 28)."""
    pixels = np.round(np.clip(codes, 0, 1) * 255).astype("uint8")
    block = np.ones((1, IMAGE_SIDE // COARSE_SIDE, IMAGE_SIDE // COARSE_SIDE), "uint8")
    return np.kron(pixels.reshape(-1, COARSE_SIDE, COARSE_SIDE), block)
