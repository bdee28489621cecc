"""The original's genetic search, as it ran, with many runs at once.

A hundred pictures drawn from the histogram of a digit's pixels; the five of least cost breed, each pixel coming from
one of two of them or, now and then, from the histogram again; all others die. The cost is the sum of absolute
differences between the ten outputs and the wanted ones, plus, where asked, that of the pixel statistics. A pixel
changes with a chance of a hundredth of the best one's cost, times `mutation`, so that less changes the nearer the end
is; the search stops where that cost falls under a tolerance. What is mended here: `statistics` has its lags right, and
the best of the last generation is returned.
"""

import numpy as np

from generate.digits.genetic_search import SURE, Evolved, confidence
from metrics.pixel_statistics import BINS

POPULATION, PARENTS = 100, 5


def search(
    ask,
    digit,
    seeds,
    bins,
    softmax=False,
    cost=None,
    most=300,
    tolerance=None,
    mutation=1.0,
    say=None,
):
    """Evolve a picture of `digit` for each of the seeds; returns Evolved. bins: shares (10,) of the histogram.

    tolerance: of the cost; None stops where the network is sure, which is where the original looked at its pictures.
    cost: a function from images to a cost (n,) that is added; the other arguments are those of
    `generate.digits.genetic_search.evolve`.
    """
    random = np.random.default_rng(np.asarray(seeds))
    images, found = _pixels(random, bins, (len(seeds), POPULATION, 784)), [None] * len(seeds)
    places = np.arange(len(seeds))
    for generation in range(most + 1):
        flat = images.reshape(-1, 28, 28)
        logits = ask(flat).reshape(len(places), POPULATION, -1).astype("float64")
        costs = _outputs(logits, digit, softmax) + (
            cost(flat).reshape(len(places), POPULATION) if cost else 0.0
        )
        order = np.argsort(costs, axis=1)[:, :PARENTS]
        tops = np.arange(len(places)), order[:, 0]
        says, named = confidence(logits[tops], digit, softmax)
        sure = (says > SURE) & named
        ended = (sure if tolerance is None else costs[tops] < tolerance) | (generation == most)
        for i in np.flatnonzero(ended):
            found[places[i]] = (
                images[tops][i].reshape(28, 28),
                logits[tops][i],
                says[i],
                generation,
                sure[i],
            )
        if say:
            say(generation, len(seeds) - int((~ended).sum()))
        if ended.all():
            break
        places, kept = places[~ended], np.take_along_axis(images, order[:, :, None], axis=1)[~ended]
        images = _breed(random, kept, np.minimum(0.5, costs[tops][~ended] * mutation / 100), bins)
    return Evolved(*(np.array(column) for column in zip(*found)))


def _outputs(logits, digit, softmax):
    """The sum of absolute differences (...) between outputs and wanted outputs."""
    if softmax:
        outputs = np.exp(logits - np.logaddexp.reduce(logits, axis=-1)[..., None])
    else:
        outputs = np.exp(-np.logaddexp(0, -logits))
    return outputs.sum(axis=-1) + 1 - 2 * outputs[..., digit]


def _pixels(random, bins, shape):
    """Pixels uint8 from a histogram, even within each bin: the first one, of background, reaches from 0 to 0.1."""
    ends = np.round(np.append(0, np.cumsum(bins)) * 4096).astype(int)
    table = np.repeat(np.arange(BINS), np.diff(ends))
    drawn = random.integers(0, 1 << 16, shape, dtype="uint16")
    tenths = table[np.minimum(drawn >> 4, len(table) - 1)] + (drawn & 15) / 16
    return np.round(tenths * (255 / BINS)).astype("uint8")


def _breed(random, parents, chances, bins):
    """The next populations (runs, population, 784) of parents (runs, 5, 784). chances: (runs,) that a pixel changes."""
    runs = len(parents)
    first = random.integers(0, PARENTS, (runs, POPULATION))
    second = (first + random.integers(1, PARENTS, (runs, POPULATION))) % PARENTS
    mothers, fathers = (
        np.take_along_axis(parents, which[..., None], axis=1) for which in (first, second)
    )
    coin = np.unpackbits(random.integers(0, 256, (runs, POPULATION, 98), dtype="uint8"), axis=-1)
    children = np.where(coin, fathers, mothers)
    count = random.binomial(children[0].size, chances)
    for run, n in zip(children, count):
        run.ravel()[random.integers(0, run.size, n)] = _pixels(random, bins, n)
    return children
