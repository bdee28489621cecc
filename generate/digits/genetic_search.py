"""Genetic search for images that a network classifies with high confidence.

Many searches run at once, each with its own population. `web/core/genetic-search.js` runs one
search by the same rules; `tests/golden/evolve.json` checks both. The rules are:

Random numbers. Every slot of a population has its own stream of 32-bit numbers, with the seed
    `search_seed * population + slot` modulo 2^32.
Stroke. A stroke is a rectangle of one pixel value, defined by one number n. Its middle row is
    (n & 255) * 28 >> 8, its middle column (n >> 8 & 255) * 28 >> 8, its height 1 + (n >> 16 & 3)
    and its width 1 + (n >> 18 & 3). It begins at middle - (size >> 1) and is clipped at the edges
    of the image. Its value is 0 if n >> 22 & 1, otherwise ink[n >> 24].
First population. Each image is blank paper with 20 strokes; later strokes cover earlier ones.
Next population. The 5 images with the lowest cost are the parents; in a tie, the image in the
    earlier slot comes first. The best image stays in slot 0, whose stream is not used. Each other
    slot draws one number n to choose two parents: the first is (n & 65535) * 5 >> 16, the second
    is ((n >> 16) * 4 >> 16) + 1 places after it, modulo 5. Then it draws one number per row: pixel
    x comes from the second parent if bit x is set. Then it draws one number for each of 4 strokes.

The cost is the cross-entropy of the logits, which distinguishes better images from worse ones even
if all are far from the goal. The best image is never lost, and mutations do not become smaller as
the cost falls. Strokes are small, and few at first: an image covered with ink saturates the
sigmoids, so that changes to the image would hardly change the logits.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import numpy as np
from jax import numpy as jnp

from common.prng_jax import next_uint32, open_streams
from data.digits.mnist import IMAGE_SIDE
from generate.digits.logits import LogitsFn

POPULATION = 100
PARENTS = 5
FIRST_STROKES = 20
STROKES = 4
CONFIDENCE_THRESHOLD = 0.9999


class SearchResult(NamedTuple):
    """The best image of each search.

    Attributes:
        images: Images, uint8 of shape (searches, 28, 28).
        logits: Logits of these images, of shape (searches, classes).
        confidences: Confidence in the target digit, of shape (searches,).
        generations: Number of generations of each search, not counting the first population, of
            shape (searches,).
        succeeded: Whether each search reached its goal, bool of shape (searches,).
    """

    images: np.ndarray
    logits: np.ndarray
    confidences: np.ndarray
    generations: np.ndarray
    succeeded: np.ndarray


def result_of(found: list[tuple]) -> SearchResult:
    """Combine tuples of the fields of `SearchResult`, one tuple per search, into one result."""
    return SearchResult(*(np.array(field) for field in zip(*found, strict=True)))


def cross_entropy(logits: np.ndarray, digit: int, softmax: bool) -> np.ndarray:
    """Return the cross-entropy of logits against the target digit, in float64.

    Args:
        logits: Array of shape (..., classes).
        digit: The target class.
        softmax: Whether the logits are the inputs of one softmax; False for independent sigmoids.

    Returns:
        Array of shape (...).
    """
    logits = np.asarray(logits, "float64")
    if softmax:
        normalizer = np.logaddexp.reduce(logits, axis=-1)
    else:
        normalizer = np.logaddexp(0, logits).sum(axis=-1)
    return normalizer - logits[..., digit]


def confidence(logits: np.ndarray, digit: int, softmax: bool) -> np.ndarray:
    """Return the confidence in the target digit, from 0 to 1; see `cross_entropy`."""
    logits = np.asarray(logits, "float64")
    wanted = logits[..., digit]
    if softmax:
        return np.exp(wanted - np.logaddexp.reduce(logits, axis=-1))
    return np.exp(-np.logaddexp(0, -wanted))


def is_confident(logits: np.ndarray, digit: int, softmax: bool) -> np.ndarray:
    """Return whether the confidence exceeds the threshold and no class has a higher logit."""
    is_first = np.asarray(logits).argmax(axis=-1) == digit
    return (confidence(logits, digit, softmax) > CONFIDENCE_THRESHOLD) & is_first


def start(seeds: np.ndarray, population: int, ink: np.ndarray):
    """Create the first populations.

    Args:
        seeds: One seed per search.
        population: Number of images per search.
        ink: 256 pixel values, see `evolve`.

    Returns:
        The state of the random streams and the images, uint8 of shape
        (searches, population, 28, 28).
    """
    slots = np.arange(population, dtype="uint64")
    stream_seeds = np.asarray(seeds, "uint64")[:, None] * population + slots
    streams = open_streams((stream_seeds & 0xFFFFFFFF).astype("uint32"))
    numbers, streams = next_uint32(streams, FIRST_STROKES)
    blank = jnp.zeros((*stream_seeds.shape, IMAGE_SIDE, IMAGE_SIDE), "uint8")
    return streams, _paint(blank, numbers, jnp.asarray(ink))


def breed(streams, images, costs: np.ndarray, ink: np.ndarray):
    """Create the next generation.

    Args:
        streams: State of the random streams.
        images: The current images, uint8 of shape (searches, population, 28, 28).
        costs: Costs of these images, of shape (searches, population).
        ink: 256 pixel values, see `evolve`.

    Returns:
        The new state of the streams and the new images.
    """
    order = np.argsort(costs, axis=1, kind="stable")[:, :PARENTS]
    return _breed(streams, images, order, ink)


@jax.jit
def _breed(streams, images, order, ink):
    parents = jnp.take_along_axis(images, order[:, :, None, None], axis=1)
    child_streams = tuple(part[:, 1:] for part in streams)
    numbers, child_streams = next_uint32(child_streams, 1 + IMAGE_SIDE + STROKES)
    first, second = _choose_parents(numbers[0])
    row_bits = jnp.moveaxis(numbers[1 : 1 + IMAGE_SIDE], 0, -1)[..., None]
    from_second = row_bits >> jnp.arange(IMAGE_SIDE, dtype="uint32") & 1
    children = jnp.where(from_second, _take(parents, second), _take(parents, first))
    children = _paint(children, numbers[1 + IMAGE_SIDE :], ink)
    streams = tuple(
        jnp.concatenate([old[:, :1], new], axis=1)
        for old, new in zip(streams, child_streams, strict=True)
    )
    return streams, jnp.concatenate([parents[:, :1], children], axis=1)


def _choose_parents(n):
    first = (n & 65535) * PARENTS >> 16
    distance = ((n >> 16) * (PARENTS - 1) >> 16) + 1
    return first, (first + distance) % PARENTS


def _take(parents, which):
    return jnp.take_along_axis(parents, which[:, :, None, None].astype("int32"), axis=1)


@jax.jit
def _paint(images, numbers, ink):
    """Paint strokes over each image, one after another.

    Args:
        images: Images, shape (..., 28, 28).
        numbers: Strokes, uint32 of shape (strokes, ...) with the same leading axes as `images`;
            the bits of each number encode position, size and ink.
        ink: Pixel value of each of the 256 ink levels.
    """

    def paint_one(images, n):
        n = n[..., None]
        rows = _covered(n & 255, n >> 16 & 3)
        columns = _covered(n >> 8 & 255, n >> 18 & 3)
        value = jnp.where(n >> 22 & 1, 0, ink[n >> 24])[..., None]
        return jnp.where(rows[..., :, None] & columns[..., None, :], value, images), None

    return jax.lax.scan(paint_one, images, numbers, unroll=STROKES)[0]


def _covered(position, size):
    """Return a mask of the 28 rows (or columns) that a stroke covers.

    Args:
        position: Middle of the stroke, in 256ths of the side of the image.
        size: Height (or width) of the stroke in pixels, minus 1.
    """
    begin = (position * IMAGE_SIDE >> 8) - (size + 1 >> 1)
    # The offset is unsigned: before the beginning it wraps around to a very large number.
    offset = jnp.arange(IMAGE_SIDE, dtype="uint32") - begin
    return offset <= size


def evolve(
    logits_of: LogitsFn,
    digit: int,
    seeds: np.ndarray,
    ink: np.ndarray,
    softmax: bool = False,
    extra_cost: Callable[[np.ndarray], np.ndarray] | None = None,
    max_generations: int = 300,
    population: int = POPULATION,
    on_progress: Callable[[int, int], None] | None = None,
) -> SearchResult:
    """Search for one image per seed.

    Args:
        logits_of: Function from images, uint8 (n, 28, 28), to logits (n, classes).
        digit: The target digit.
        seeds: One seed per search. A search does not depend on the others.
        ink: Pixel values of strokes, see `data.digits.pixel_quantiles`.
        softmax: Whether the logits are the inputs of one softmax.
        extra_cost: Function from images to an additional cost (n,). A search succeeds only with
            an image whose additional cost is at most 0.
        max_generations: Number of generations after which a search gives up.
        population: Number of images per search.
        on_progress: Called after each generation with the number of the generation and the number
            of searches that have ended.

    Returns:
        The best image of each search.
    """
    streams, images = start(seeds, population, ink)
    running = np.arange(len(seeds))  # index of the search that each row of `images` belongs to
    found: dict[int, tuple] = {}
    for generation in range(max_generations + 1):
        flat = np.asarray(images).reshape(-1, IMAGE_SIDE, IMAGE_SIDE)
        logits = logits_of(flat).reshape(len(running), population, -1)
        extra = _extra(extra_cost, flat).reshape(len(running), population)
        costs = cross_entropy(logits, digit, softmax) + extra
        best = np.arange(len(running)), costs.argmin(axis=1)
        succeeded = is_confident(logits[best], digit, softmax) & (extra[best] <= 0)
        for row in np.flatnonzero(succeeded | (generation == max_generations)):
            image = flat[row * population + best[1][row]].copy()
            best_logits = logits[best][row]
            certainty = confidence(best_logits, digit, softmax)
            entry = (image, best_logits, certainty, generation, succeeded[row])
            found.setdefault(int(running[row]), entry)
        if on_progress:
            on_progress(generation, len(found))
        if len(found) == len(seeds):
            break
        rows = _rows_to_keep(running, found)
        if len(rows) < len(running):
            running = running[rows]
            costs = costs[rows]
            streams = tuple(part[rows] for part in streams)
            images = images[rows]
        streams, images = breed(streams, images, costs, ink)
    return result_of([found[search] for search in range(len(seeds))])


def _extra(extra_cost, images):
    return extra_cost(images) if extra_cost else np.zeros(len(images))


def _rows_to_keep(running: np.ndarray, found: dict) -> np.ndarray:
    """Return the rows to keep: those of all searches that have not ended, and some of the others.

    The number of rows is only ever halved, because JAX compiles a function for each size.
    """
    ended = np.isin(running, list(found))
    rows = np.concatenate([np.flatnonzero(~ended), np.flatnonzero(ended)])
    size = len(running)
    while size > 1 and size >= 2 * np.count_nonzero(~ended):
        size = -(-size // 2)
    return rows[:size]
