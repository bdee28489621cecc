"""Export a run of addition networks as one TensorFlow.js graph.

    inputs   network int32 () and pairs float32 (batch, 2)
    outputs  nodes (batch, h), sums (batch,), and the weights of the selected network: first (2, h),
             bias (h,), last (h,) and offset ()

The weights remain float32, because the accuracy of these networks depends on the lowest bits.
"""

from pathlib import Path

import numpy as np
import tensorflow as tf

from common.checkpoint import load_run
from export.exporter import Exporter
from models.addition import WEIGHT_NAMES, Stack, forward

FILES = ["table.csv"]  # files in the folder of the run that are copied next to the model

DTYPE = "float32"
# Maximum error of the exported graph compared with Keras, relative to the sum of the absolute
# output weights plus the maximum sum of the network, because rounding errors are proportional to
# that.
MAX_ERROR = {DTYPE: 1e-6}


def load(folder: Path) -> tuple[Stack, dict]:
    """Load the networks and the metadata of a run."""
    return load_run(folder, "addition", [Stack])


def graph(stack: Stack):
    """Return the concrete TensorFlow function to export."""

    def evaluate(network, pairs):
        weights = stack.weights_of(network)
        nodes, sums = forward(weights, pairs)
        outputs = dict(zip(WEIGHT_NAMES, weights, strict=True))
        return outputs | {"nodes": nodes, "sums": sums}

    return tf.function(evaluate, autograph=False).get_concrete_function(
        network=tf.TensorSpec((), tf.int32, "network"),
        pairs=tf.TensorSpec((None, 2), tf.float32, "pairs"),
    )


def compare(stack: Stack, exported) -> float:
    """Return the largest error of the exported graph compared with Keras; see `MAX_ERROR`.

    Args:
        stack: The networks in Keras.
        exported: Function that maps named inputs to named outputs of the exported graph.
    """
    largest = 0.0
    for index, max_sum in enumerate(stack.max_sums):
        pairs = np.linspace([0, 0], [max_sum, max_sum], 50, dtype="float32")
        _, sums = stack(pairs, index=index)
        exported_sums = exported({"network": np.int32(index), "pairs": pairs})["sums"]
        error = float(np.abs(sums.numpy() - exported_sums).max())
        scale = float(np.abs(stack.last[index]).sum()) + max_sum
        largest = max(largest, error / scale)
    return largest


EXPORTER = Exporter(load, graph, compare, DTYPE, MAX_ERROR, files=FILES)
