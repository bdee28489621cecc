"""Who is near whom: exact Euclidean distances in blocks, so that 10,000 x 10,000 takes little memory."""

import numpy as np

BLOCK = 1000  # points compared at once with
CHUNK = 10_000  # so many others


def distances(points, others):
    """Yield (rows, d) block by block: a slice of `points` and its distances to all `others`, (rows, m).

    By |a - b|^2 = |a|^2 + |b|^2 - 2ab in the points' own precision; both are centred first, or much of it were lost.
    """
    centre = others.mean(axis=0, dtype="float64").astype(others.dtype)
    others = others - centre
    lengths = np.einsum("ij,ij->i", others, others)
    for begin in range(0, len(points), BLOCK):
        rows = slice(begin, begin + BLOCK)
        block = points[rows] - centre
        squares = block @ others.T
        squares *= -2
        squares += np.einsum("ij,ij->i", block, block)[:, None]
        squares += lengths
        yield rows, np.sqrt(np.maximum(squares, 0, out=squares), out=squares)


def radii(points, k):
    """Distance (n,) of every point to its k-th nearest other one."""
    found = np.empty(len(points))
    for rows, block in distances(points, points):
        block[np.arange(len(block)), np.arange(rows.start, rows.start + len(block))] = np.inf
        found[rows] = np.partition(block, k - 1, axis=1)[:, k - 1]
    return found


def nearest(points, others):
    """Of every point the place of the nearest other one, (n,), and its distance, (n,)."""
    places, found = np.zeros(len(points), "int64"), np.full(len(points), np.inf)
    for begin in range(0, len(others), CHUNK):
        for rows, block in distances(points, others[begin : begin + CHUNK]):
            closest = block.argmin(axis=1)
            apart = block[np.arange(len(block)), closest]
            places[rows] = np.where(apart < found[rows], begin + closest, places[rows])
            found[rows] = np.minimum(apart, found[rows])
    return places, found
