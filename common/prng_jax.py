"""Many streams of random numbers side by side: each is what `common.prng.Random` gives for its seed."""

from jax import lax
from jax import numpy as jnp


def open_streams(seeds):
    """The state of streams seeded by whole numbers `seeds` of any shape: four arrays uint32 of that shape."""
    counter, state = jnp.asarray(seeds, "uint32"), []
    for _ in range(4):
        counter = counter + jnp.uint32(0x9E3779B9)
        z = (counter ^ counter >> 16) * jnp.uint32(0x85EBCA6B)
        z = (z ^ z >> 13) * jnp.uint32(0xC2B2AE35)
        state.append(z ^ z >> 16)
    return tuple(state)


def draw(state, count):
    """The next `count` numbers of each stream, uint32 (count, ...), and the state after them."""
    state, numbers = lax.scan(_step, state, length=count)
    return numbers, state


def _step(state, _):
    a, b, c, d = state
    result = _turn(b * 5, 7) * 9
    c = c ^ a
    d = d ^ b
    return (a ^ d, b ^ c, c ^ b << 9, _turn(d, 11)), result


def _turn(x, k):
    return x << k | x >> 32 - k
