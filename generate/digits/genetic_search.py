"""A genetic search for pictures that a network is sure of: many runs at once, each with its own population.

    seeds of a run's streams     seed * population + place, modulo 2^32; every place of the population has a stream
    a stroke, one number n       a rectangle of one value: middle row (n & 255) * 28 >> 8, middle column
                                 (n >> 8 & 255) * 28 >> 8, height 1 + (n >> 16 & 3), width 1 + (n >> 18 & 3), from
                                 middle - (side >> 1) on, cut off at the edges; value 0 where n >> 22 & 1, else
                                 ink[n >> 24]
    the first population         blank paper and 20 strokes each, the first drawn lowest
    the next one                 the 5 pictures of least cost are parents (of equal ones the earlier); the best stays
                                 at place 0, and its stream draws nothing. Each other place draws one number n for its
                                 parents, (n & 65535) * 5 >> 16 and the one (n >> 16) * 4 >> 16 + 1 places after it,
                                 modulo 5; a number a row, whose bit x says that pixel x is the second parent's; and a
                                 number for each of 4 strokes

The cost is the cross-entropy of the logits, which says where to go however wrong all pictures are; the best is never
lost; and what changes does not grow less as the cost falls. Strokes are small and at first few, because a picture inked
all over saturates the sigmoids, and then hardly any change of it changes what they say. `web/core/genetic-search.js` is the
twin of this file for one run; `tests/golden/evolve.json` holds the two together.
"""

from typing import NamedTuple

import jax
import numpy as np
from jax import numpy as jnp

from common.prng_jax import draw, open_streams

SIDE, POPULATION, PARENTS, FIRST_STROKES, STROKES = 28, 100, 5, 20, 4
SURE = 0.9999


class Evolved(NamedTuple):
    """The best picture of each run: images uint8 (runs, 28, 28), logits (runs, classes), confidences (runs,) of the
    wanted answer, and the generations that each run took, the first population not counted; `sure` says which got
    there."""

    images: np.ndarray
    logits: np.ndarray
    confidences: np.ndarray
    generations: np.ndarray
    sure: np.ndarray


def ink_of(images):
    """256 values uint8, ascending, spread as the pixels of the images that are not blank."""
    values = np.bincount(images.ravel(), minlength=256)
    values[0] = 0
    total = values.cumsum()
    return np.searchsorted(total, (2 * np.arange(256) + 1) * total[-1] / 512, side="right").astype(
        "uint8"
    )


@jax.jit
def _paint(images, numbers, ink):
    """Strokes (count, ...) over images (..., 28, 28)."""
    rows = jnp.arange(SIDE, dtype="uint32")

    def stroke(images, n):
        n = n[..., None]
        inside = []
        for place, size in ((n & 255, n >> 16 & 3), (n >> 8 & 255, n >> 18 & 3)):
            since = (
                rows + (size + 1 >> 1) - (place * SIDE >> 8)
            )  # wraps far beyond the side where it is before
            inside.append(since <= size)
        value = jnp.where(n >> 22 & 1, 0, ink[n >> 24])[..., None]
        return jnp.where(inside[0][..., :, None] & inside[1][..., None, :], value, images), None

    return jax.lax.scan(stroke, images, numbers, unroll=STROKES)[0]


def start(seeds, population, ink):
    """The streams and the first populations uint8 (runs, population, 28, 28) of runs with these seeds."""
    places = np.asarray(seeds, "uint64")[:, None] * population + np.arange(
        population, dtype="uint64"
    )
    numbers, streams = draw(open_streams((places & 0xFFFFFFFF).astype("uint32")), FIRST_STROKES)
    return streams, _paint(
        jnp.zeros((*places.shape, SIDE, SIDE), "uint8"), numbers, jnp.asarray(ink)
    )


def breed(streams, images, costs, ink):
    """The streams and the populations after the next generation. costs: (runs, population), the less the better."""
    return _breed(streams, images, np.argsort(costs, axis=1, kind="stable")[:, :PARENTS], ink)


@jax.jit
def _breed(streams, images, order, ink):
    parents = jnp.take_along_axis(images, order[:, :, None, None], axis=1)
    rest = tuple(part[:, 1:] for part in streams)
    numbers, rest = draw(rest, 1 + SIDE + STROKES)
    first = (numbers[0] & 65535) * PARENTS >> 16
    second = (first + ((numbers[0] >> 16) * (PARENTS - 1) >> 16) + 1) % PARENTS
    mothers, fathers = (
        jnp.take_along_axis(parents, which[:, :, None, None].astype("int32"), axis=1)
        for which in (first, second)
    )
    rows = jnp.moveaxis(numbers[1 : 1 + SIDE], 0, -1)[..., None]
    children = jnp.where(rows >> jnp.arange(SIDE, dtype="uint32") & 1, fathers, mothers)
    children = _paint(children, numbers[1 + SIDE :], ink)
    streams = tuple(jnp.concatenate([old[:, :1], new], axis=1) for old, new in zip(streams, rest))
    return streams, jnp.concatenate([parents[:, :1], children], axis=1)


def doubt(logits, digit, softmax):
    """Cross-entropy (...) of logits (..., classes) with the answer `digit`: of one softmax, or of separate sigmoids."""
    logits = np.asarray(logits, "float64")
    total = (
        np.logaddexp.reduce(logits, axis=-1) if softmax else np.logaddexp(0, logits).sum(axis=-1)
    )
    return total - logits[..., digit]


def confidence(logits, digit, softmax):
    """What the network says of the answer `digit`, 0 to 1 (...), and whether it says more of it than of any other."""
    logits = np.asarray(logits, "float64")
    other = np.logaddexp.reduce(logits, axis=-1) if softmax else np.zeros(logits.shape[:-1])
    wanted = logits[..., digit]
    return np.exp(-np.logaddexp(0, other - wanted)) if not softmax else np.exp(
        wanted - other
    ), logits.argmax(axis=-1) == digit


def evolve(
    ask, digit, seeds, ink, softmax=False, cost=None, most=300, population=POPULATION, say=None
):
    """Evolve a picture of `digit` for each of the seeds; returns Evolved.

    ask: a function from images uint8 (n, 28, 28) to logits (n, classes); ink: as of `ink_of`; softmax: what the logits
    mean; cost: a function from images to a cost (n,) that is added, and 0 where it asks for nothing more; most:
    generations at most; say: is told (generation, runs that are done) after each generation.
    """
    seeds = np.asarray(seeds)
    streams, images = start(seeds, population, ink)
    places, found = np.arange(len(seeds)), [None] * len(seeds)
    for generation in range(most + 1):
        flat = np.asarray(images).reshape(-1, SIDE, SIDE)
        logits = ask(flat).reshape(len(places), population, -1)
        extra = cost(flat).reshape(len(places), population) if cost else 0.0
        costs = doubt(logits, digit, softmax) + extra
        best = costs.argmin(axis=1)
        tops = np.arange(len(places)), best
        sure, named = confidence(logits[tops], digit, softmax)
        done = (sure > SURE) & named & ((extra[tops] if cost else 0.0) <= 0)
        for i in np.flatnonzero(done | (generation == most)):
            if found[places[i]] is None:
                image = flat[i * population + best[i]].copy()
                found[places[i]] = image, logits[i, best[i]], sure[i], generation, done[i]
        left = np.array([i for i, place in enumerate(places) if found[place] is None], "int64")
        if say:
            say(generation, len(seeds) - len(left))
        if not len(left):
            break
        size = len(places)
        while size >= 2 * len(left) and size > 1:
            size = -(-size // 2)
        if size < len(places):  # few sizes, because each is compiled
            kept = np.concatenate(
                [left, np.flatnonzero([found[place] is not None for place in places])]
            )[:size]
            places, costs = places[kept], costs[kept]
            streams, images = tuple(part[kept] for part in streams), images[kept]
        streams, images = breed(streams, images, costs, ink)
    return Evolved(*(np.array(column) for column in zip(*found)))
