"""Collect trained networks in the stack that a run saves."""

from collections.abc import Sequence

import numpy as np

from models.addition import WEIGHT_NAMES, Stack
from train.addition.spec import AdderSpec, Trained


def empty_stack(specs: Sequence[AdderSpec]) -> Stack:
    """Create a stack of networks with zero weights."""
    return Stack(
        [spec.hidden for spec in specs],
        [int(spec.biases) for spec in specs],
        [spec.max_sum for spec in specs],
    )


def fill_stack(stack: Stack, trained: Sequence[Trained]) -> None:
    """Copy the weights of trained networks into a stack."""
    for name in WEIGHT_NAMES:
        variable = getattr(stack, name)
        values = np.zeros(variable.shape, "float32")
        for i, network in enumerate(trained):
            weights = np.asarray(getattr(network.weights, name))
            if weights.ndim:
                values[i, ..., : weights.shape[-1]] = weights
            else:
                values[i] = weights
        variable.assign(values)


def select_median(trained: Sequence[Trained], rows: Sequence[dict]) -> list[Trained]:
    """Choose, for each network, the seed with the median error.

    Args:
        trained: All networks, with all seeds.
        rows: The table row of each network, in the same order.
    """
    groups: dict[tuple, list[tuple[float, int, Trained]]] = {}
    for network, row in zip(trained, rows, strict=True):
        spec = network.spec
        key = (spec.hidden, spec.biases, spec.max_sum)
        groups.setdefault(key, []).append((row["mse"], spec.seed, network))
    medians = []
    for group in groups.values():
        by_error = sorted(group, key=lambda entry: entry[:2])
        medians.append(by_error[(len(group) - 1) // 2][2])
    return medians
