"""Random numbers that are the same in Python and in the browser: xoshiro128** 1.1.

The generator is David Blackman and Sebastiano Vigna's (Scrambled linear pseudorandom number generators, 2021,
arXiv:1805.01407), seeded by SplitMix32 (Steele, Lea & Flood 2014, with the constants of MurmurHash3's finaliser).
`web/core/prng.js` is the twin of this file.
"""

import numpy as np

_MASK, _GOLDEN = 0xFFFFFFFF, 0x9E3779B9


class Random:
    """A stream of numbers from a seed, a whole number from 0 to 2^32 - 1."""

    def __init__(self, seed):
        self._state = []
        counter = seed & _MASK
        for _ in range(4):
            counter = (counter + _GOLDEN) & _MASK
            self._state.append(murmur3_finalizer(counter))

    def integer(self):
        """The next whole number from 0 to 2^32 - 1."""
        a, b, c, d = self._state
        result = (_rotate_left((b * 5) & _MASK, 7) * 9) & _MASK
        c ^= a
        d ^= b
        self._state = [a ^ d, b ^ c, c ^ (b << 9 & _MASK), _rotate_left(d, 11)]
        return result

    def uniform(self):
        """The next number in [0, 1), a multiple of 2^-32."""
        return self.integer() / 4294967296.0


def counter_uniforms(seed, stream, count):
    """`count` numbers in [0, 1), float64, multiples of 2^-32: SplitMix32 from a place that hangs on seed and stream.

    Each hangs on its place alone, so they come all at once: for draws by the thousand. Seed and stream are whole
    numbers from 0 to 2^32 - 1.
    """
    begin = murmur3_finalizer((murmur3_finalizer(seed) + stream) & _MASK)
    places = np.arange(1, count + 1, dtype="uint64") * _GOLDEN + begin
    return murmur3_finalizer(places & _MASK) / 4294967296.0


def murmur3_finalizer(z):
    """MurmurHash3's finaliser, of a whole number or an array (uint64) of 32-bit numbers."""
    z = ((z ^ z >> 16) * 0x85EBCA6B) & _MASK
    z = ((z ^ z >> 13) * 0xC2B2AE35) & _MASK
    return z ^ z >> 16


def _rotate_left(x, k):
    return (x << k & _MASK) | x >> (32 - k)
