"""Many streams of `common.prng.Random` in parallel, in JAX."""

import jax
from jax import lax
from jax import numpy as jnp

State = tuple[jax.Array, ...]


def open_streams(seeds) -> State:
    """Return the state of one stream per seed.

    Args:
        seeds: Integers from 0 to 2**32 - 1, an array of any shape.

    Returns:
        Four uint32 arrays of the same shape as `seeds`.
    """
    counter = jnp.asarray(seeds, "uint32")
    state = []
    for _ in range(4):
        counter = counter + jnp.uint32(0x9E3779B9)
        z = (counter ^ counter >> 16) * jnp.uint32(0x85EBCA6B)
        z = (z ^ z >> 13) * jnp.uint32(0xC2B2AE35)
        state.append(z ^ z >> 16)
    return tuple(state)


def next_uint32(state: State, count: int) -> tuple[jax.Array, State]:
    """Return the next `count` numbers of each stream.

    Args:
        state: The state from `open_streams` or from the previous call.
        count: Number of random numbers per stream.

    Returns:
        The numbers, a uint32 array (count, ...), and the new state.
    """
    state, numbers = lax.scan(_step, state, length=count)
    return numbers, state


def _step(state: State, _) -> tuple[State, jax.Array]:
    a, b, c, d = state
    result = _rotate_left(b * 5, 7) * 9
    c = c ^ a
    d = d ^ b
    return (a ^ d, b ^ c, c ^ b << 9, _rotate_left(d, 11)), result


def _rotate_left(x: jax.Array, k: int) -> jax.Array:
    return x << k | x >> 32 - k
