"""The genetic search of the original blog post on digits; it runs many searches in parallel.

1. Generate 100 images, whose pixels are sampled from the histogram of a digit's pixels.
2. Compute the cost of each image: the sum of absolute differences between the ten outputs and their
   targets and, optionally, the distance of the pixel statistics. Stop if the lowest cost is below a
   tolerance.
3. The five images with the lowest cost are the parents of the next 100 images. Each pixel comes
   from one of two parents or, with a probability of 0.01 times the lowest cost times `mutation`, is
   sampled from the histogram again. So mutations become rarer as the cost falls.

Two bugs of the original code are fixed here: `statistics` uses the correct lags, and the best image
of the last generation is returned.
"""

from collections.abc import Callable

import numpy as np

from data.digits.mnist import IMAGE_SIDE
from generate.digits.genetic_search import (
    SearchResult,
    confidence,
    is_confident,
    result_of,
)
from generate.digits.logits import LogitsFn
from metrics.pixel_statistics import NUM_BINS

POPULATION = 100
PARENTS = 5
_NUM_PIXELS = IMAGE_SIDE * IMAGE_SIDE
_MAX_MUTATION_RATE = 0.5


def search(
    logits_of: LogitsFn,
    digit: int,
    seeds: np.ndarray,
    histogram: np.ndarray,
    softmax: bool = False,
    extra_cost: Callable[[np.ndarray], np.ndarray] | None = None,
    max_generations: int = 300,
    tolerance: float | None = None,
    mutation: float = 1.0,
    on_progress: Callable[[int, int], None] | None = None,
) -> SearchResult:
    """Search for one image per seed.

    Args:
        logits_of: Function from images to logits; see `generate.digits.genetic_search.evolve`.
        digit: The target digit.
        seeds: One seed per search.
        histogram: Fraction of pixels in each of ten bins of pixel values, of shape (10,).
        softmax: Whether the network has one softmax over all classes, rather than independent
            sigmoids.
        extra_cost: Function from images to an additional cost (n,).
        max_generations: Maximum number of generations.
        tolerance: Cost below which a search stops; None to stop at a confidence of 99.99%, as in
            the blog post.
        mutation: Factor for the mutation rate.
        on_progress: Called after each generation with its number and the number of finished
            searches.

    Returns:
        The best image of each search.
    """
    random = np.random.default_rng(np.asarray(seeds))
    images = _sample_pixels(random, histogram, (len(seeds), POPULATION, _NUM_PIXELS))
    running = np.arange(len(seeds))
    found: dict[int, tuple] = {}
    for generation in range(max_generations + 1):
        flat = images.reshape(-1, IMAGE_SIDE, IMAGE_SIDE)
        logits = logits_of(flat).reshape(len(running), POPULATION, -1).astype("float64")
        costs = _output_error(logits, digit, softmax)
        if extra_cost:
            costs = costs + extra_cost(flat).reshape(len(running), POPULATION)
        order = np.argsort(costs, axis=1)[:, :PARENTS]
        best = np.arange(len(running)), order[:, 0]
        confident = is_confident(logits[best], digit, softmax)
        reached = confident if tolerance is None else costs[best] < tolerance
        ended = reached | (generation == max_generations)
        certainty = confidence(logits[best], digit, softmax)
        for row in np.flatnonzero(ended):
            image = images[best][row].reshape(IMAGE_SIDE, IMAGE_SIDE)
            entry = (image, logits[best][row], certainty[row], generation, confident[row])
            found[int(running[row])] = entry
        if on_progress:
            on_progress(generation, len(found))
        if ended.all():
            break
        running = running[~ended]
        parents = np.take_along_axis(images, order[:, :, None], axis=1)[~ended]
        rates = np.minimum(_MAX_MUTATION_RATE, costs[best][~ended] * mutation / 100)
        images = _breed(random, parents, rates, histogram)
    return result_of([found[i] for i in range(len(seeds))])


def _output_error(logits: np.ndarray, digit: int, softmax: bool) -> np.ndarray:
    """Return the sum of absolute differences between each image's outputs and its target."""
    if softmax:
        outputs = np.exp(logits - np.logaddexp.reduce(logits, axis=-1)[..., None])
    else:
        outputs = np.exp(-np.logaddexp(0, -logits))
    return outputs.sum(axis=-1) + 1 - 2 * outputs[..., digit]


def _sample_pixels(random: np.random.Generator, histogram: np.ndarray, shape) -> np.ndarray:
    """Sample pixels, uint8 of any shape, from a histogram; they are uniform within each bin.

    So blank pixels, which make up most of the first bin, become values from 0 to a tenth of 255.
    """
    ends = np.round(np.append(0, np.cumsum(histogram)) * 4096).astype(int)
    table = np.repeat(np.arange(NUM_BINS), np.diff(ends))
    drawn = random.integers(0, 1 << 16, shape, dtype="uint16")
    tenths = table[np.minimum(drawn >> 4, len(table) - 1)] + (drawn & 15) / 16
    return np.round(tenths * (255 / NUM_BINS)).astype("uint8")


def _breed(random, parents, mutation_rates, histogram):
    """Return a generation (searches, population, 784) bred from parents (searches, 5, 784)."""
    searches = len(parents)
    first = random.integers(0, PARENTS, (searches, POPULATION))
    second = (first + random.integers(1, PARENTS, (searches, POPULATION))) % PARENTS
    from_first = np.take_along_axis(parents, first[..., None], axis=1)
    from_second = np.take_along_axis(parents, second[..., None], axis=1)
    bits = random.integers(0, 256, (searches, POPULATION, _NUM_PIXELS // 8), dtype="uint8")
    children = np.where(np.unpackbits(bits, axis=-1), from_second, from_first)
    counts = random.binomial(children[0].size, mutation_rates)
    for images, count in zip(children, counts, strict=True):
        values = _sample_pixels(random, histogram, count)
        images.ravel()[random.integers(0, images.size, count)] = values
    return children
