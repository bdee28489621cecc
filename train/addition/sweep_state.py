"""Initialize, save and load the state of a sweep, which trains many networks at once."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import numpy as np

from train.addition.spec import AdderSpec, Array, Weights, initial_weights
from train.core.run import Run

NO_LOSS = -1  # marks the epochs in which a network was not trained


class NetworkStates(NamedTuple):
    """Training state of the networks in the stack; the first axis of each array is the network.

    The order of the fields is the order of the arrays in state.npz.

    Attributes:
        best_weights: Weights with the lowest held-out loss.
        epochs: Epochs trained so far, int32.
        is_training: False once a network has stopped early.
        loss: Held-out loss after the last epoch.
        lowest_loss: Lowest held-out loss so far.
        first_moment: Adam's running mean of the gradient.
        second_moment: Adam's running mean of the squared gradient.
        trainable: 1 where a network has a weight, 0 for padding and missing biases.
        wait: Epochs since the lowest loss, int32.
        weights: Current weights.
    """

    best_weights: Weights
    epochs: Array
    is_training: Array
    loss: Array
    lowest_loss: Array
    first_moment: Weights
    second_moment: Weights
    trainable: Weights
    wait: Array
    weights: Weights


class SweepState(NamedTuple):
    """The complete state of training n networks.

    Attributes:
        epoch: Epochs trained so far.
        rows: Indices, among the n networks, of those still in the stack.
        stack: The training state of the networks in the stack.
        best_weights: Best weights of all n networks.
        losses: Held-out losses, shape (n, maximum epochs); NO_LOSS for epochs not trained.
        seconds: Training time so far, in seconds.
    """

    epoch: int
    rows: np.ndarray
    stack: NetworkStates
    best_weights: Weights
    losses: np.ndarray
    seconds: float


def initial_state(specs: Sequence[AdderSpec], epochs: int) -> SweepState:
    """Return the state before the first epoch."""
    stack = _initial_stack(specs)
    losses = np.full((len(specs), epochs), NO_LOSS, "float32")
    return SweepState(0, np.arange(len(specs)), stack, stack.best_weights, losses, 0.0)


def save_sweep(run: Run, state: SweepState) -> None:
    """Write the state of a sweep to state.npz."""
    run.save_state(jax.tree.leaves(state), {})


def load_sweep(run: Run, specs: Sequence[AdderSpec], epochs: int) -> SweepState:
    """Read the state of a sweep from state.npz.

    Raises:
        GeneError: If the state does not belong to these networks.
    """
    run.load_state(lambda record: record == {})
    expected, treedef = jax.tree.flatten(initial_state(specs, epochs))
    arrays = run.state or []
    if [_signature(array) for array in arrays] == [_signature(array) for array in expected]:
        state = jax.tree.unflatten(treedef, arrays)
        if _is_consistent(state, len(specs), epochs):
            return state._replace(epoch=int(state.epoch), seconds=float(state.seconds))
    raise run.unfit_state()


def _signature(array) -> tuple:
    """Return the kind of the data type, the number of axes, and the shape after the first axis."""
    return np.asarray(array).dtype.kind, np.ndim(array), np.shape(array)[1:]


def _is_consistent(state: SweepState, count: int, epochs: int) -> bool:
    per_network = [*state.best_weights, state.losses]
    per_row = jax.tree.leaves(state.stack)
    return (
        all(len(array) == count for array in per_network)
        and all(len(array) == len(state.rows) for array in per_row)
        and set(state.rows) <= set(range(count))
        and 0 <= state.epoch <= epochs
    )


def _initial_stack(specs: Sequence[AdderSpec]) -> NetworkStates:
    """Return the training state of all networks before the first step."""
    size = max(spec.hidden for spec in specs)
    count = len(specs)
    weights = _stack([_pad(initial_weights(spec), size) for spec in specs])
    zeros = Weights(*(np.zeros_like(array) for array in weights))
    return NetworkStates(
        best_weights=weights,
        epochs=np.zeros(count, "int32"),
        is_training=np.ones(count, bool),
        loss=np.zeros(count, "float32"),
        lowest_loss=np.full(count, np.inf, "float32"),
        first_moment=zeros,
        second_moment=zeros,
        trainable=_stack([_pad(_trainable(spec), size) for spec in specs]),
        wait=np.zeros(count, "int32"),
        weights=weights,
    )


def _stack(networks: list[Weights]) -> Weights:
    return Weights(*(np.stack(arrays) for arrays in zip(*networks, strict=True)))


def _trainable(spec: AdderSpec) -> Weights:
    """Return 1 for every weight of a network, and 0 for biases if it has none."""
    has_biases = float(spec.biases)
    return Weights(
        np.ones((2, spec.hidden)),
        np.full(spec.hidden, has_biases),
        np.ones(spec.hidden),
        np.array(has_biases),
    )


def _pad(weights: Weights, size: int) -> Weights:
    """Add hidden nodes with zero weights, up to `size` nodes."""
    missing = size - len(weights.bias)
    return Weights(
        np.pad(np.float32(weights.first), [(0, 0), (0, missing)]),
        np.pad(np.float32(weights.bias), [(0, missing)]),
        np.pad(np.float32(weights.last), [(0, missing)]),
        np.float32(weights.offset),
    )
