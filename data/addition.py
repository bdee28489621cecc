"""Pairs of whole numbers and their sum: what the addition networks learn from, and what they are asked.

The lessons are those of the original: 10,000 pairs with both numbers under half of the maximum sum, drawn with
repetition, the last fifth held out. So the largest sum of all is asked and never taught.

Lessons and orders are those that the page draws from the same seed (web/core/trainer.js); tests/golden holds the two.
"""

from functools import lru_cache

import numpy as np

from common.prng import counter_uniforms

PAIRS, HELD_OUT = 10_000, 2_000
LESSONS, START, ORDER = 0, 1, 2  # streams of random numbers; the epoch is added to the last
MOST = 1 << 20  # pairs that are asked; where there are more, so many are drawn


def lessons(max_sum, seed):
    """Pairs (10000, 2) and their sums (10000, 1), float32; the last HELD_OUT of them are held out."""
    pairs = (
        np.floor(counter_uniforms(seed, LESSONS, 2 * PAIRS) * (max_sum // 2))
        .astype("float32")
        .reshape(PAIRS, 2)
    )
    return pairs, pairs.sum(axis=1, keepdims=True)


def order(seed, epoch):
    """The order (8000,) in which an epoch, counted from 0, goes through the lessons that are not held out."""
    return np.argsort(counter_uniforms(seed, ORDER + epoch, PAIRS - HELD_OUT), kind="stable")


@lru_cache(maxsize=4)
def square(max_sum):
    """The original's test, whole: every pair (n, 2) of numbers from 0 to half of the maximum sum, float64."""
    side = max_sum // 2 + 1
    if side * side > MOST:
        return np.random.default_rng([max_sum, 2]).integers(0, side, (MOST, 2)).astype("float64")
    return np.indices((side, side)).reshape(2, -1).T.astype("float64")


@lru_cache(maxsize=4)
def triangle(max_sum):
    """Every pair (n, 2) whose sum is at most the maximum, float64: 153 of them for 16, 33,153 for 256.

    Where there are more than MOST: one pair of every sum, and MOST pairs drawn, each as likely as any other.
    """
    sums = np.arange(max_sum + 1)
    if (max_sum + 1) * (max_sum + 2) // 2 > MOST:
        halves = np.stack([sums // 2, sums - sums // 2], axis=1)
        return np.concatenate([halves, _draw_triangle(max_sum)]).astype("float64")
    first = np.concatenate([np.arange(s + 1) for s in sums])
    return np.stack([first, np.repeat(sums, sums + 1) - first], axis=1).astype("float64")


def _draw_triangle(max_sum):
    """Points of a rectangle twice as large; those beyond the diagonal are turned back into the triangle."""
    pairs = np.random.default_rng([max_sum, 3]).integers(0, [max_sum + 1, max_sum + 2], (MOST, 2))
    beyond = pairs.sum(axis=1) > max_sum
    pairs[beyond] = [max_sum, max_sum + 1] - pairs[beyond]
    return pairs
