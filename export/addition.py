"""The addition networks as one graph for the browser: which network and pairs of numbers in, its nodes and sums out.

    inputs  network int32 (), pairs float32 (batch, 2)
    outputs nodes (batch, h), sums (batch,), and the weights of the one asked: first (2, h), bias (h,), last (h,),
            offset ()

The weights stay float32: how well these networks add hangs on their last bits.
"""

import numpy as np
import tensorflow as tf

from common.checkpoint import load_run
from models.addition import Stack, answer

FILES = ["table.csv"]  # of the run's folder, wanted by the page
BOUNDS = {
    "float32": 1e-6
}  # largest difference from Keras, as a share of what passes through the last weights


def load(folder):
    """The network and the meta of a run."""
    return load_run(folder, "addition", [Stack])


def graph(stack):
    """The concrete function to export."""

    def ask(network, pairs):
        weights = stack.pick(network)
        nodes, sums = answer(weights, pairs)
        return dict(zip(("first", "bias", "last", "offset"), weights)) | {
            "nodes": nodes,
            "sums": sums,
        }

    return tf.function(ask, autograph=False).get_concrete_function(
        network=tf.TensorSpec((), tf.int32, "network"),
        pairs=tf.TensorSpec((None, 2), tf.float32, "pairs"),
    )


def compare(stack, exported):
    """The largest difference of a sum between Keras and the exported graph, over all networks, as BOUNDS says."""
    largest = 0.0
    for i, max_sum in enumerate(stack.max_sums):
        pairs = np.linspace([0, 0], [max_sum, max_sum], 50, dtype="float32")
        ours, theirs = (
            stack(pairs, network=i)[1].numpy(),
            exported({"network": np.int32(i), "pairs": pairs})["sums"],
        )
        through = float(np.abs(stack.last[i]).sum()) + max_sum
        largest = max(largest, float(np.abs(ours - theirs).max()) / through)
    return largest
