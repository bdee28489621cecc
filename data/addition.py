"""Training and test data for the addition networks: pairs of whole numbers and their sums.

The training data follow the original experiment: 10,000 pairs, drawn with replacement, of numbers
below half of the maximum sum; the last fifth is held out. The network is therefore tested on the
largest sum but never trained on it.

The browser draws the same pairs, weights and permutations from the same seed
(`web/core/trainer.js`). The files in `tests/golden` check both.
"""

from functools import lru_cache

import numpy as np

from common.prng import counter_uniforms

NUM_PAIRS = 10_000
NUM_HELD_OUT = 2_000
MAX_TEST_PAIRS = 1 << 20  # larger sets of test pairs are sampled

# Independent streams of random numbers from one seed.
PAIRS_STREAM = 0
WEIGHTS_STREAM = 1
PERMUTATION_STREAM = 2  # the stream of epoch e is this number plus e


def training_pairs(max_sum: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw the training data of a network.

    Args:
        max_sum: Maximum sum of the network; the numbers are below half of it.
        seed: Random seed, from 0 to 2^32 - 1.

    Returns:
        The pairs, shape (10000, 2), and their sums, shape (10000, 1), both float32. The last
        `NUM_HELD_OUT` of them are held out.
    """
    uniforms = counter_uniforms(seed, PAIRS_STREAM, 2 * NUM_PAIRS)
    numbers = np.floor(uniforms * (max_sum // 2)).astype("float32")
    pairs = numbers.reshape(NUM_PAIRS, 2)
    return pairs, pairs.sum(axis=1, keepdims=True)


def epoch_permutation(seed: int, epoch: int) -> np.ndarray:
    """Return the order of the training pairs in one epoch.

    Args:
        seed: Random seed.
        epoch: Number of the epoch, counted from 0.

    Returns:
        A permutation of the indices 0 to 7,999 of the pairs that are not held out.
    """
    keys = counter_uniforms(seed, PERMUTATION_STREAM + epoch, NUM_PAIRS - NUM_HELD_OUT)
    return np.argsort(keys, kind="stable")


@lru_cache(maxsize=4)
def half_range_grid(max_sum: int) -> np.ndarray:
    """Return the test pairs of the original experiment: both numbers up to half of the maximum sum.

    Args:
        max_sum: Maximum sum of the network.

    Returns:
        All such pairs, float64 of shape (n, 2). If there are more than `MAX_TEST_PAIRS`, a random
        sample of that size, drawn with replacement.
    """
    side = max_sum // 2 + 1
    if side * side > MAX_TEST_PAIRS:
        rng = np.random.default_rng([max_sum, 2])
        return rng.integers(0, side, (MAX_TEST_PAIRS, 2)).astype("float64")
    return np.indices((side, side)).reshape(2, -1).T.astype("float64")


@lru_cache(maxsize=4)
def all_pairs(max_sum: int) -> np.ndarray:
    """Return all pairs whose sum is at most `max_sum`: 153 pairs for 16 and 33,153 for 256.

    Args:
        max_sum: Maximum sum of the network.

    Returns:
        The pairs, float64 of shape (n, 2). If there are more than `MAX_TEST_PAIRS`, one pair for
        each sum, followed by `MAX_TEST_PAIRS` pairs drawn uniformly.
    """
    sums = np.arange(max_sum + 1)
    if (max_sum + 1) * (max_sum + 2) // 2 > MAX_TEST_PAIRS:
        one_per_sum = np.stack([sums // 2, sums - sums // 2], axis=1)
        return np.concatenate([one_per_sum, _sample_triangle(max_sum)]).astype("float64")
    first = np.concatenate([np.arange(total + 1) for total in sums])
    second = np.repeat(sums, sums + 1) - first
    return np.stack([first, second], axis=1).astype("float64")


def _sample_triangle(max_sum: int) -> np.ndarray:
    """Sample pairs with a sum up to the maximum by folding a rectangle along its diagonal."""
    rng = np.random.default_rng([max_sum, 3])
    pairs = rng.integers(0, [max_sum + 1, max_sum + 2], (MAX_TEST_PAIRS, 2))
    too_large = pairs.sum(axis=1) > max_sum
    pairs[too_large] = [max_sum, max_sum + 1] - pairs[too_large]
    return pairs
