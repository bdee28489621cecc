"""Train networks one after another, saving each, so that a stopped run can resume."""

from collections.abc import Callable, Iterator

import numpy as np

from train.addition.spec import AdderSpec, Trained, Weights
from train.core.collectives import all_gather_arrays, process_count, shard_slice
from train.core.run import Run

ARRAYS_PER_NETWORK = 5  # four arrays of weights, and the losses


def train_sequentially(
    run: Run, specs: list[AdderSpec], train_one: Callable[[AdderSpec], Trained], resume: bool
) -> Iterator[Trained]:
    """Train networks one after another; in distributed training, one per process at a time.

    A network whose training was interrupted starts from the beginning. It ends with the same
    weights, because its random numbers depend only on its seed.

    Args:
        run: The open run; its state contains the finished networks.
        specs: The networks to train.
        train_one: Trains one network.
        resume: Whether to read finished networks from the state of the run.

    Yields:
        The trained networks, in the order of `specs`.
    """
    trained = _load(run, specs) if resume else []
    _save(run, trained)
    yield from trained
    while len(trained) < len(specs):
        start = len(trained)
        new = _train_batch(specs[start : start + process_count()], train_one)
        trained = trained + new
        _save(run, trained)
        yield from new


def _train_batch(
    specs: list[AdderSpec], train_one: Callable[[AdderSpec], Trained]
) -> list[Trained]:
    """Train at most one network per process, and return the networks of all processes."""
    own = [train_one(spec) for spec in specs[shard_slice(len(specs))]]
    seconds = np.array([network.seconds for network in own])
    batch: list[Trained] = []
    for *arrays, times in all_gather_arrays([*_to_arrays(own), seconds]):
        batch += _from_arrays(specs[len(batch) :], arrays, times.tolist())
    return batch


def _to_arrays(trained: list[Trained]) -> list:
    arrays: list = []
    for network in trained:
        arrays += [*network.weights, network.losses]
    return arrays


def _from_arrays(
    specs: list[AdderSpec], arrays: list[np.ndarray], seconds: list[float]
) -> list[Trained]:
    """Convert arrays from `_to_arrays` back to networks, one for each of `seconds`."""
    trained = []
    for i, elapsed in enumerate(seconds):
        *weights, losses = arrays[i * ARRAYS_PER_NETWORK : (i + 1) * ARRAYS_PER_NETWORK]
        trained.append(Trained(specs[i], Weights(*weights), losses.tolist(), elapsed))
    return trained


def _save(run: Run, trained: list[Trained]) -> None:
    run.save_state(_to_arrays(trained), {"seconds": [network.seconds for network in trained]})


def _load(run: Run, specs: list[AdderSpec]) -> list[Trained]:
    """Read the finished networks.

    Raises:
        GeneError: If the state does not belong to these networks.
    """
    record = run.load_state(lambda record: all(isinstance(t, float) for t in record["seconds"]))
    seconds = record["seconds"]
    arrays = run.state or []
    if (
        len(seconds) > len(specs)
        or len(arrays) != ARRAYS_PER_NETWORK * len(seconds)
        or not _shapes_match(arrays, specs[: len(seconds)])
    ):
        raise run.unfit_state()
    return _from_arrays(specs, arrays, seconds)


def _shapes_match(arrays: list[np.ndarray], specs: list[AdderSpec]) -> bool:
    for i, spec in enumerate(specs):
        *weights, losses = arrays[i * ARRAYS_PER_NETWORK : (i + 1) * ARRAYS_PER_NETWORK]
        expected = [(2, spec.hidden), (spec.hidden,), (spec.hidden,), ()]
        if [array.shape for array in weights] != expected or losses.ndim != 1:
            return False
    return True
