"""Train many networks at once, stacked along a leading axis; each epoch is one compiled loop.

For each network, the batches, the Adam steps (Kingma and Ba, 2015, arXiv:1412.6980) and early
stopping are the same as with Keras `fit` (`train/addition/keras_fit.py`). The weights of a
stopped network no longer change. When half of the networks have stopped, the others continue in a
smaller stack, which is compiled again.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from data.addition import NUM_HELD_OUT, epoch_permutation, training_pairs
from train.addition.keras_fit import BATCH_SIZE, STEPS_PER_EPOCH
from train.addition.spec import AdderSpec, Trained, Weights
from train.addition.sweep_state import NO_LOSS, NetworkStates, SweepState, initial_state
from train.core.collectives import all_gather_arrays, shard_slice

# Keras' defaults for Adam.
BETA_1 = 0.9
BETA_2 = 0.999
EPSILON = 1e-7


def train_vectorized(
    specs: Sequence[AdderSpec],
    epochs: int,
    patience: int,
    learning_rate: float,
    state: SweepState | None = None,
    on_epoch: Callable[[SweepState, int], None] | None = None,
) -> list[Trained]:
    """Train all networks at the same time.

    Args:
        specs: The networks to train.
        epochs: Maximum number of epochs.
        patience: Stop a network after this many epochs without a lower held-out loss.
        learning_rate: Learning rate of Adam.
        state: The state to continue from; None to start from the beginning.
        on_epoch: Called after every epoch with the state and the number of networks that are
            still training.

    Returns:
        The trained networks, in the order of `specs`. Each is assigned an equal share of the
        training time.
    """
    data = TrainingData(specs)
    state = state or initial_state(specs, epochs)
    while len(state.rows) and state.epoch < epochs:
        state = _run_epoch(state, data, jnp.float32(learning_rate), patience)
        if on_epoch:
            on_epoch(state, int(state.stack.is_training.sum()))
    trained = []
    for i, spec in enumerate(specs):
        padded = Weights(*(array[i] for array in state.best_weights))
        losses = state.losses[i]
        weights = _unpad(padded, spec.hidden)
        known_losses = losses[losses != NO_LOSS].tolist()
        trained.append(Trained(spec, weights, known_losses, state.seconds / len(specs)))
    return trained


def _run_epoch(state: SweepState, data: "TrainingData", learning_rate, patience: int) -> SweepState:
    """Train the stack for one epoch; remove stopped networks once they are half of the stack."""
    start = time.monotonic()
    rows = state.rows
    own = shard_slice(len(rows))
    own_stack = _train_epoch(
        jax.tree.map(lambda array: array[own], state.stack),
        data.batches(state.epoch, rows[own]),
        data.held_out(rows[own]),
        learning_rate,
        patience,
    )
    stack = _gather(own_stack)

    trained = stack.epochs == state.epoch + 1
    losses = state.losses.copy()
    losses[rows[trained], state.epoch] = stack.loss[trained]
    best_weights = Weights(*(array.copy() for array in state.best_weights))
    for array, new in zip(best_weights, stack.best_weights, strict=True):
        array[rows] = new
    if stack.is_training.sum() <= len(rows) / 2:
        kept = stack.is_training
        stack = jax.tree.map(lambda array: array[kept], stack)
        rows = rows[kept]
    seconds = state.seconds + time.monotonic() - start
    return SweepState(state.epoch + 1, rows, stack, best_weights, losses, seconds)


def _gather(own_stack: NetworkStates) -> NetworkStates:
    """Concatenate the parts of the stack from all processes, as NumPy arrays."""
    leaves, treedef = jax.tree.flatten(own_stack)
    parts = zip(*all_gather_arrays(leaves), strict=True)
    return jax.tree.unflatten(treedef, [np.concatenate(part) for part in parts])


class TrainingData:
    """The training data of all networks.

    Networks with the same maximum sum and seed share one set of pairs.

    Args:
        specs: The networks.
    """

    def __init__(self, specs: Sequence[AdderSpec]):
        keys = sorted({(spec.max_sum, spec.seed) for spec in specs})
        sets = [training_pairs(max_sum, seed) for max_sum, seed in keys]
        self.seeds = [seed for _, seed in keys]
        self.pairs = np.stack([pairs for pairs, _ in sets])
        self.sums = np.stack([sums for _, sums in sets])
        self.set_of = np.array([keys.index((spec.max_sum, spec.seed)) for spec in specs])

    def batches(self, epoch: int, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the batches of an epoch.

        Args:
            epoch: Epoch, counted from 0.
            rows: Indices of the networks.

        Returns:
            The pairs (steps, sets, BATCH_SIZE, 2), the sums (steps, sets, BATCH_SIZE, 1), and the
            index of each network's set.
        """
        permutations = {seed: epoch_permutation(seed, epoch) for seed in set(self.seeds)}
        order = np.stack([permutations[seed] for seed in self.seeds])[:, :, None]
        return _to_batches(self.pairs, order), _to_batches(self.sums, order), self.set_of[rows]

    def held_out(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the held-out pairs (sets, n, 2), their sums, and each network's set index."""
        return self.pairs[:, -NUM_HELD_OUT:], self.sums[:, -NUM_HELD_OUT:], self.set_of[rows]


def _to_batches(array: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Reorder an array (sets, n, k) and split it into (steps, sets, BATCH_SIZE, k)."""
    ordered = np.take_along_axis(array, order, 1)
    return ordered.reshape(len(order), STEPS_PER_EPOCH, BATCH_SIZE, -1).swapaxes(0, 1)


def _unpad(weights: Weights, hidden: int) -> Weights:
    first, bias, last, offset = weights
    return Weights(first[:, :hidden], bias[:hidden], last[:hidden], offset)


def _mean_squared_errors(weights: Weights, pairs, sums):
    """Return the loss of each network on its own batch.

    Args:
        weights: Stacked weights of n networks.
        pairs: Shape (n, batch, 2).
        sums: Shape (n, batch, 1).

    Returns:
        The mean squared errors, shape (n,).
    """
    first, bias, last, offset = weights
    by_first = pairs[..., :1] * first[:, None, 0]
    by_second = pairs[..., 1:] * first[:, None, 1]
    nodes = jax.nn.sigmoid(by_first + by_second + bias[:, None])
    predicted = jnp.sum(nodes * last[:, None], axis=-1) + offset[:, None]
    return jnp.mean((predicted - sums[..., 0]) ** 2, axis=1)


@partial(jax.jit, static_argnames="patience")
def _train_epoch(stack: NetworkStates, batches, held_out, learning_rate, patience: int):
    """Train every network for one epoch, then apply Keras' early stopping to each."""
    pairs, sums, set_of = batches

    def step(carry, batch):
        weights, first_moment, second_moment, count = carry
        batch_pairs, batch_sums = batch

        def total_loss(weights):
            return _mean_squared_errors(weights, batch_pairs[set_of], batch_sums[set_of]).sum()

        gradient = jax.grad(total_loss)(weights)
        gradient = jax.tree.map(jnp.multiply, gradient, stack.trainable)
        first_moment = jax.tree.map(lambda m, g: m + (g - m) * (1 - BETA_1), first_moment, gradient)
        second_moment = jax.tree.map(
            lambda v, g: v + (g * g - v) * (1 - BETA_2), second_moment, gradient
        )
        count = count + 1
        rate = learning_rate * jnp.sqrt(1 - BETA_2**count) / (1 - BETA_1**count)
        weights = jax.tree.map(
            lambda w, m, v: w - _align(rate, m) * m / (jnp.sqrt(v) + EPSILON),
            weights,
            first_moment,
            second_moment,
        )
        return (weights, first_moment, second_moment, count), None

    steps_so_far = (stack.epochs * STEPS_PER_EPOCH).astype("float32")
    carry = (stack.weights, stack.first_moment, stack.second_moment, steps_so_far)
    (weights, first_moment, second_moment, _), _ = jax.lax.scan(step, carry, (pairs, sums))

    held_out_pairs, held_out_sums, held_out_set = held_out
    loss = _mean_squared_errors(weights, held_out_pairs[held_out_set], held_out_sums[held_out_set])
    training = stack.is_training
    improved = training & (loss < stack.lowest_loss)
    wait = jnp.where(improved, 0, stack.wait + training)
    stop = (wait >= patience) & (stack.epochs > 0)
    return NetworkStates(
        best_weights=_where(improved, weights, stack.best_weights),
        epochs=stack.epochs + training,
        is_training=training & ~stop,
        loss=_where(training, loss, stack.loss),
        lowest_loss=jnp.where(improved, loss, stack.lowest_loss),
        first_moment=_where(training, first_moment, stack.first_moment),
        second_moment=_where(training, second_moment, stack.second_moment),
        trainable=stack.trainable,
        wait=wait,
        weights=_where(training, weights, stack.weights),
    )


def _align(values, array):
    """Reshape values (n,) so that they broadcast against an array (n, ...)."""
    return values.reshape(-1, *[1] * (array.ndim - 1))


def _where(condition, new, old):
    """Select between two trees of arrays with a leading axis, network by network."""
    return jax.tree.map(lambda a, b: jnp.where(_align(condition, a), a, b), new, old)
