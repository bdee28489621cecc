"""Many addition networks trained at once: stacked along a leading axis, an epoch one compiled loop (JAX, XLA).

Each network sees the batches, takes the Adam steps (Kingma & Ba 2015, arXiv:1412.6980) and stops when it would have
stopped under Keras `fit` (train/addition/keras_fit.py). One that has stopped is frozen; when half of them have, those that go on
are compiled anew as a smaller stack.
"""

import time
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from common.cli import GeneError
from data.addition import HELD_OUT, lessons, order
from train.addition.keras_fit import BATCH, STEPS
from train.addition.spec import Trained, Weights, begin
from train.core.distributed import all_gather_arrays, shard_slice

FIRST, SECOND, EPSILON = 0.9, 0.999, 1e-7  # Keras' numbers for Adam


class Course(NamedTuple):
    """Where the training of n networks has come to: all that its next epoch hangs on, and what those before gave."""

    epoch: int
    rows: np.ndarray  # which networks are in the stack
    stack: dict  # their weights, Adam's memory, early stopping: a leading axis each
    best: Weights  # of all n
    losses: np.ndarray  # (n, epochs) of the held-out lessons; -1 where a network has not learned
    seconds: float


def train_stacked(
    adders, epochs, patience, learning_rate, course=None, say=lambda course, left: None
):
    """The Adders as a list of Trained; of the seconds each has an equal share.

    course: where a stopped training had come to. say(course, networks left) is called after every epoch.
    """
    school, course = School(adders), course or first_course(adders, epochs)
    while len(course.rows) and course.epoch < epochs:
        course = _next(course, school, jnp.float32(learning_rate), patience)
        say(course, int(course.stack["learning"].sum()))
    return [
        Trained(
            adder,
            _unpad(Weights(*(part[i] for part in course.best)), adder.hidden),
            losses[losses != -1].tolist(),
            course.seconds / len(adders),
        )
        for i, (adder, losses) in enumerate(zip(adders, course.losses))
    ]


def first_course(adders, epochs):
    """The Course before the first epoch."""
    stack = _begin(adders)
    return Course(
        0,
        np.arange(len(adders)),
        stack,
        stack["best"],
        np.full((len(adders), epochs), -1, "float32"),
        0.0,
    )


def save_course(run, course):
    """Write a Course as the state of a run."""
    run.save_state(jax.tree.leaves(course), {})


def load_course(run, adders, epochs):
    """The Course that a run was stopped at."""
    run.load_state(lambda record: record == {})
    begun, form = jax.tree.flatten(first_course(adders, epochs))
    if list(map(_kind, run.state)) == list(map(_kind, begun)):
        course = jax.tree.unflatten(form, run.state)
        all_of, some_of = (*course.best, course.losses), jax.tree.leaves(course.stack)
        if (
            {len(part) for part in all_of} == {len(adders)}
            and {len(part) for part in some_of} == {len(course.rows)}
            and set(course.rows) <= set(range(len(adders)))
            and 0 <= course.epoch <= epochs
        ):
            return course._replace(epoch=int(course.epoch), seconds=float(course.seconds))
    raise GeneError(
        f"{run.path('state.npz')}: does not fit these networks; start again with --overwrite"
    )


def _kind(part):
    """Whole numbers, real ones or truths, and how many of them each network has."""
    return np.asarray(part).dtype.kind, np.ndim(part), np.shape(part)[1:]


def _next(course, school, learning_rate, patience):
    """The Course an epoch later."""
    start, epoch, rows, losses = time.monotonic(), course.epoch, course.rows, course.losses.copy()
    mine = shard_slice(len(rows))
    stack = _whole(
        _epoch(
            jax.tree.map(lambda part: part[mine], course.stack),
            school.batches(epoch, rows[mine]),
            school.held_out(rows[mine]),
            learning_rate,
            patience,
        )
    )
    learned, learning = stack["epochs"] == epoch + 1, stack["learning"]
    losses[rows[learned], epoch] = stack["loss"][learned]
    best = Weights(*map(np.copy, course.best))
    for part, new in zip(best, stack["best"]):
        part[rows] = new
    if learning.sum() <= len(rows) / 2:
        stack, rows = jax.tree.map(lambda part: part[learning], stack), rows[learning]
    return Course(epoch + 1, rows, stack, best, losses, course.seconds + time.monotonic() - start)


def _whole(stack):
    """The whole stack of the shares that the processes have of it, in NumPy."""
    leaves, form = jax.tree.flatten(stack)
    return jax.tree.unflatten(
        form, [np.concatenate(part) for part in zip(*all_gather_arrays(leaves))]
    )


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
        return tuple(
            np.take_along_axis(part, index, 1).reshape(len(index), STEPS, BATCH, -1).swapaxes(0, 1)
            for part in (self.pairs, self.sums)
        ) + (self.of[rows],)

    def held_out(self, rows):
        """The pairs (lessons, HELD_OUT, 2) and sums that are held out, and which of them each network takes."""
        return self.pairs[:, -HELD_OUT:], self.sums[:, -HELD_OUT:], self.of[rows]


def _begin(adders):
    """The stack before the first step: the very start that Keras gives each network, padded to the largest."""
    size = max(adder.hidden for adder in adders)
    weights = Weights(
        *(np.stack(part) for part in zip(*(_pad(begin(adder), size) for adder in adders)))
    )
    used = Weights(
        *(np.stack(part) for part in zip(*(_pad(_used(adder), size) for adder in adders)))
    )
    n, zeros = len(adders), jax.tree.map(np.zeros_like, weights)
    return {
        "weights": weights,
        "used": used,
        "mean": zeros,
        "square": zeros,
        "best": weights,
        "lowest": np.full(n, np.inf, "float32"),
        "loss": np.zeros(n, "float32"),
        "wait": np.zeros(n, "int32"),
        "epochs": np.zeros(n, "int32"),
        "learning": np.ones(n, bool),
    }


def _used(adder):
    """1 where an Adder has a weight that learns, 0 where it has none."""
    hidden, biases = adder.hidden, adder.biases
    return Weights(np.ones((2, hidden)), np.full(hidden, biases), np.ones(hidden), np.array(biases))


def _pad(weights, size):
    return [
        np.pad(np.float32(part), [(0, 0)] * (np.ndim(part) - 1) + [(0, size - np.shape(part)[-1])])
        if np.ndim(part)
        else np.float32(part)
        for part in weights
    ]


def _unpad(weights, hidden):
    first, bias, last, offset = weights
    return Weights(first[:, :hidden], bias[:hidden], last[:hidden], offset)


def _losses(weights, pairs, sums):
    """Mean squared error (n,) of each network on its own pairs (n, batch, 2) and sums (n, batch, 1)."""
    first, bias, last, offset = weights
    nodes = jax.nn.sigmoid(
        pairs[..., :1] * first[:, None, 0] + pairs[..., 1:] * first[:, None, 1] + bias[:, None]
    )
    return jnp.mean(
        (jnp.sum(nodes * last[:, None], axis=-1) + offset[:, None] - sums[..., 0]) ** 2, axis=1
    )


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
        rate = learning_rate * jnp.sqrt(1 - SECOND**count) / (1 - FIRST**count)
        weights = jax.tree.map(
            lambda w, m, v: w - _along(rate, m) * m / (jnp.sqrt(v) + EPSILON), weights, mean, square
        )
        return (weights, mean, square, count), None

    started = (stack["weights"], stack["mean"], stack["square"], before.astype("float32"))
    (weights, mean, square, _), _ = jax.lax.scan(step, started, (pairs, sums))
    loss = _losses(weights, held_out[0][held_out[2]], held_out[1][held_out[2]])
    learning, better = stack["learning"], stack["learning"] & (loss < stack["lowest"])
    wait = jnp.where(better, 0, stack["wait"] + learning)
    stop = (wait >= patience) & (stack["epochs"] > 0)
    new = {"weights": weights, "mean": mean, "square": square, "loss": loss}
    kept = {name: _where(learning, part, stack[name]) for name, part in new.items()}
    return (
        stack
        | kept
        | {
            "best": _where(better, weights, stack["best"]),
            "wait": wait,
            "learning": learning & ~stop,
            "lowest": jnp.where(better, loss, stack["lowest"]),
            "epochs": stack["epochs"] + learning,
        }
    )


def _along(values, like):
    """Values (n,) shaped to be multiplied with an array (n, ...)."""
    return values.reshape(-1, *[1] * (like.ndim - 1))


def _where(which, new, old):
    return jax.tree.map(lambda a, b: jnp.where(_along(which, a), a, b), new, old)
