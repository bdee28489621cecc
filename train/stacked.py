"""Many addition networks trained at once: stacked along a leading axis, an epoch one compiled loop (JAX, XLA).

Each network sees the batches, takes the Adam steps (Kingma & Ba 2015, arXiv:1412.6980) and stops when it would have
stopped under Keras `fit` (train/plain.py). One that has stopped is frozen; when half of them have, those that go on
are compiled anew as a smaller stack.
"""

import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from datasets.sums import HELD_OUT, PAIRS, lessons, order
from models.addition import adder as network_of
from train.adders import Trained, Weights
from train.plain import BATCH, weights_of

FIRST, SECOND, EPSILON = 0.9, 0.999, 1e-7       # Keras' numbers for Adam
STEPS = (PAIRS - HELD_OUT) // BATCH


def train_stacked(adders, epochs, patience, learning_rate, say=lambda done, left: None):
    """The Adders as a list of Trained. say(epochs done, networks left) is called after every epoch."""
    start, school = time.monotonic(), School(adders)
    rows, stack, losses, finished = np.arange(len(adders)), _begin(adders), [[] for _ in adders], {}
    for epoch in range(epochs):
        stack = _epoch(stack, school.batches(epoch, rows), school.held_out(rows), jnp.float32(learning_rate), patience)
        for row, loss, learned in zip(rows, np.array(stack["loss"]), np.array(stack["epochs"]) == epoch + 1):
            if learned:
                losses[row].append(float(loss))
        learning = np.array(stack["learning"])
        say(epoch + 1, int(learning.sum()))
        if learning.sum() <= len(rows) / 2 or epoch + 1 == epochs:
            keep = learning if epoch + 1 < epochs else np.zeros(len(rows), bool)
            best = jax.tree.map(np.array, stack["best"])
            finished |= {row: Weights(*(part[i] for part in best)) for i, row in enumerate(rows) if not keep[i]}
            stack, rows = jax.tree.map(lambda part: part[keep], stack), rows[keep]
            if not len(rows):
                break
    seconds = (time.monotonic() - start) / len(adders)
    return [Trained(adder, _unpad(finished[row], adder.hidden), losses[row], seconds) for row, adder in enumerate(adders)]


class School:
    """The lessons of every network: those with the same maximum sum and seed share them."""

    def __init__(self, adders):
        keys = sorted({(adder.max_sum, adder.seed) for adder in adders})
        self.seeds = [seed for _, seed in keys]
        self.pairs, self.sums = (np.stack(part) for part in zip(*(lessons(*key) for key in keys)))
        self.of = np.array([keys.index((adder.max_sum, adder.seed)) for adder in adders])

    def batches(self, epoch, rows):
        """An epoch's pairs (STEPS, lessons, BATCH, 2) and sums, and which of the lessons each network takes."""
        orders = {seed: order(seed, epoch) for seed in set(self.seeds)}
        index = np.stack([orders[seed] for seed in self.seeds])[:, :, None]
        return tuple(np.take_along_axis(part, index, 1).reshape(len(index), STEPS, BATCH, -1).swapaxes(0, 1)
                     for part in (self.pairs, self.sums)) + (self.of[rows],)

    def held_out(self, rows):
        """The pairs (lessons, HELD_OUT, 2) and sums that are held out, and which of them each network takes."""
        return self.pairs[:, -HELD_OUT:], self.sums[:, -HELD_OUT:], self.of[rows]


def _begin(adders):
    """The stack before the first step: the very start that Keras gives each network, padded to the largest."""
    size = max(adder.hidden for adder in adders)
    kernels = {key: weights_of(network_of(*key)) for key in {(a.hidden, a.biases, a.seed) for a in adders}}
    padded = [_pad(kernels[adder.hidden, adder.biases, adder.seed], size) for adder in adders]
    weights = Weights(*(jnp.stack(part) for part in zip(*padded)))
    used = [_pad(Weights(np.ones((2, a.hidden)), np.full(a.hidden, a.biases), np.ones(a.hidden), np.array(a.biases)), size)
            for a in adders]
    n, zeros = len(adders), jax.tree.map(jnp.zeros_like, weights)
    return {"weights": weights, "used": Weights(*(jnp.stack(part) for part in zip(*used))), "mean": zeros,
            "square": zeros, "best": weights, "lowest": jnp.full(n, jnp.inf), "loss": jnp.zeros(n),
            "wait": jnp.zeros(n, "int32"), "epochs": jnp.zeros(n, "int32"), "learning": jnp.ones(n, bool)}


def _pad(weights, size):
    return [np.pad(np.float32(part), [(0, 0)] * (np.ndim(part) - 1) + [(0, size - np.shape(part)[-1])])
            if np.ndim(part) else np.float32(part) for part in weights]


def _unpad(weights, hidden):
    first, bias, last, offset = weights
    return Weights(first[:, :hidden], bias[:hidden], last[:hidden], offset)


def _losses(weights, pairs, sums):
    """Mean squared error (n,) of each network on its own pairs (n, batch, 2) and sums (n, batch, 1)."""
    first, bias, last, offset = weights
    nodes = jax.nn.sigmoid(pairs[..., :1] * first[:, None, 0] + pairs[..., 1:] * first[:, None, 1] + bias[:, None])
    return jnp.mean((jnp.sum(nodes * last[:, None], axis=-1) + offset[:, None] - sums[..., 0]) ** 2, axis=1)


@partial(jax.jit, static_argnames="patience")
def _epoch(stack, batches, held_out, learning_rate, patience):
    """One epoch of every network that still learns, then Keras' early stopping for each."""
    pairs, sums, lesson = batches
    before = stack["epochs"] * STEPS

    def step(carried, batch):
        weights, mean, square, count = carried
        slope = jax.grad(lambda w: _losses(w, batch[0][lesson], batch[1][lesson]).sum())(weights)
        slope = jax.tree.map(jnp.multiply, slope, stack["used"])
        mean = jax.tree.map(lambda m, g: m + (g - m) * (1 - FIRST), mean, slope)
        square = jax.tree.map(lambda v, g: v + (g * g - v) * (1 - SECOND), square, slope)
        count = count + 1
        rate = learning_rate * jnp.sqrt(1 - SECOND ** count) / (1 - FIRST ** count)
        weights = jax.tree.map(lambda w, m, v: w - _along(rate, m) * m / (jnp.sqrt(v) + EPSILON), weights, mean, square)
        return (weights, mean, square, count), None

    started = (stack["weights"], stack["mean"], stack["square"], before.astype("float32"))
    (weights, mean, square, _), _ = jax.lax.scan(step, started, (pairs, sums))
    loss = _losses(weights, held_out[0][held_out[2]], held_out[1][held_out[2]])
    learning, better = stack["learning"], stack["learning"] & (loss < stack["lowest"])
    wait = jnp.where(better, 0, stack["wait"] + learning)
    stop = (wait >= patience) & (stack["epochs"] > 0)
    new = {"weights": weights, "mean": mean, "square": square, "loss": loss}
    kept = {name: _where(learning, part, stack[name]) for name, part in new.items()}
    return stack | kept | {"best": _where(better, weights, stack["best"]), "wait": wait, "learning": learning & ~stop,
                           "lowest": jnp.where(better, loss, stack["lowest"]), "epochs": stack["epochs"] + learning}


def _along(values, like):
    """Values (n,) shaped to be multiplied with an array (n, ...)."""
    return values.reshape(-1, *[1] * (like.ndim - 1))


def _where(which, new, old):
    return jax.tree.map(lambda a, b: jnp.where(_along(which, a), a, b), new, old)
