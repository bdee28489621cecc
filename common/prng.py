"""Random numbers that are the same in Python and in the browser: xoshiro128** 1.1.

The generator is by Blackman and Vigna ("Scrambled linear pseudorandom number generators", 2021,
arXiv:1805.01407), seeded with SplitMix32 (Steele, Lea and Flood, 2014, with the constants of
MurmurHash3's finalizer). `web/core/prng.js` is the JavaScript version.
"""

import numpy as np

_MASK = 0xFFFFFFFF
_GOLDEN = 0x9E3779B9


class Random:
    """A stream of random numbers.

    Args:
        seed: Integer from 0 to 2**32 - 1.
    """

    def __init__(self, seed: int):
        self._state = []
        counter = seed & _MASK
        for _ in range(4):
            counter = (counter + _GOLDEN) & _MASK
            self._state.append(murmur3_finalizer(counter))

    def uint32(self) -> int:
        """Return the next integer from 0 to 2**32 - 1."""
        a, b, c, d = self._state
        result = (_rotate_left((b * 5) & _MASK, 7) * 9) & _MASK
        c ^= a
        d ^= b
        self._state = [a ^ d, b ^ c, c ^ (b << 9 & _MASK), _rotate_left(d, 11)]
        return result

    def uniform(self) -> float:
        """Return the next number in [0, 1), a multiple of 2**-32."""
        return self.uint32() / 4294967296.0


def counter_uniforms(seed: int, stream: int, count: int) -> np.ndarray:
    """Return random numbers, all of them computed at once with NumPy.

    This is SplitMix32 with a starting point that depends on seed and stream. Each number depends
    only on the starting point and its index.

    Args:
        seed: Integer from 0 to 2**32 - 1.
        stream: Integer from 0 to 2**32 - 1; streams of the same seed are independent.
        count: Number of random numbers.

    Returns:
        Float64 array (count,) of multiples of 2**-32 in [0, 1).
    """
    start = murmur3_finalizer((murmur3_finalizer(seed) + stream) & _MASK)
    counters = np.arange(1, count + 1, dtype="uint64") * _GOLDEN + start
    return murmur3_finalizer(counters & _MASK) / 4294967296.0


def murmur3_finalizer(z):
    """Apply MurmurHash3's finalizer to an integer or a uint64 array of 32-bit integers."""
    z = ((z ^ z >> 16) * 0x85EBCA6B) & _MASK
    z = ((z ^ z >> 13) * 0xC2B2AE35) & _MASK
    return z ^ z >> 16


def _rotate_left(x: int, k: int) -> int:
    return (x << k & _MASK) | x >> (32 - k)
