"""Many streams of random numbers side by side: each is what `sampling.random.Random` gives for its seed."""

import numpy as np


class Streams:
    """Streams seeded by whole numbers `seeds` of any shape; their numbers come as uint32 of that shape."""

    def __init__(self, seeds):
        counter, state = np.asarray(seeds).astype("uint32"), []
        for _ in range(4):
            counter = counter + np.uint32(0x9E3779B9)
            z = (counter ^ counter >> 16) * np.uint32(0x85EBCA6B)
            z = (z ^ z >> 13) * np.uint32(0xC2B2AE35)
            state.append(z ^ z >> 16)
        self._state = state

    def integers(self):
        """The next whole number of each stream, from 0 to 2^32 - 1."""
        a, b, c, d = self._state
        result = _turn(b * np.uint32(5), 7) * np.uint32(9)
        c = c ^ a
        d = d ^ b
        self._state = [a ^ d, b ^ c, c ^ b << 9, _turn(d, 11)]
        return result

    def several(self, count):
        """The next `count` numbers of each stream, along a last axis."""
        return np.stack([self.integers() for _ in range(count)], axis=-1)


def _turn(x, k):
    return x << k | x >> 32 - k
