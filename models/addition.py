"""The addition networks: two inputs, one hidden layer of sigmoid nodes, one linear output.

    f(a, b) = sum_j last_j S(first_0j a + first_1j b + bias_j) + offset,   S(z) = 1 / (1 + exp(-z))

Networks without biases have bias = 0 and offset = 0.

`build_mlp` builds one network from Keras layers, and `forward` evaluates one network from its
weights. `Stack` stores the weights of many networks in arrays with a leading axis; a run saves and
exports a `Stack`.
"""

from collections.abc import Sequence

import common.keras_quiet  # noqa: F401

import keras
from keras import ops

WEIGHT_NAMES = ("first", "bias", "last", "offset")


def build_mlp(hidden: int, biases: bool) -> keras.Model:
    """Build one network.

    Args:
        hidden: Number of hidden nodes.
        biases: Whether the hidden nodes and the output have biases.

    Returns:
        A Keras model from pairs, shape (batch, 2), to sums, shape (batch, 1).
    """
    return keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(hidden, activation="sigmoid", use_bias=biases),
            keras.layers.Dense(1, use_bias=biases),
        ]
    )


def forward(weights, pairs):
    """Evaluate one network.

    Args:
        weights: Tensors in the order of WEIGHT_NAMES: first (2, hidden), bias (hidden,),
            last (hidden,) and offset ().
        pairs: Pairs of numbers, shape (batch, 2).

    Returns:
        The activations of the hidden nodes, shape (batch, hidden), and the sums, shape (batch,).
    """
    first, bias, last, offset = weights
    nodes = ops.sigmoid(ops.matmul(pairs, first) + bias)
    sums = ops.matmul(nodes, ops.reshape(last, (-1, 1)))[:, 0] + offset
    return nodes, sums


@keras.saving.register_keras_serializable("gene")
class Stack(keras.Model):
    """Many addition networks, each padded with zero weights to the size of the largest.

    For n networks of up to h hidden nodes, the weights are first (n, 2, h), bias (n, h),
    last (n, h) and offset (n,).

    Args:
        hidden: Number of hidden nodes of each network.
        biases: For each network, 1 if it has biases, else 0.
        max_sums: Maximum sum that each network was trained for.
        **kwargs: Arguments of `keras.Model`.
    """

    def __init__(
        self, hidden: Sequence[int], biases: Sequence[int], max_sums: Sequence[int], **kwargs
    ):
        super().__init__(**kwargs)
        self.hidden = list(hidden)
        self.biases = list(biases)
        self.max_sums = list(max_sums)
        count = len(self.hidden)
        size = max(self.hidden)
        self.first = self._add_zeros("first", (count, 2, size))
        self.bias = self._add_zeros("bias", (count, size))
        self.last = self._add_zeros("last", (count, size))
        self.offset = self._add_zeros("offset", (count,))
        self.built = True

    def _add_zeros(self, name: str, shape: tuple[int, ...]):
        return self.add_weight(shape=shape, initializer="zeros", name=name)

    def weights_of(self, index) -> list:
        """Return the weights of one network: first (2, h), bias (h,), last (h,) and offset ().

        Args:
            index: Position of the network in the stack; may be a tensor.
        """
        return [ops.take(getattr(self, name), index, axis=0) for name in WEIGHT_NAMES]

    def call(self, pairs, index):
        """Evaluate one network; see `forward`.

        Args:
            pairs: Pairs of numbers, shape (batch, 2).
            index: Position of the network in the stack.
        """
        return forward(self.weights_of(index), pairs)

    def index_of(self, hidden: int, biases: bool, max_sum: int) -> int | None:
        """Return the position of a network in the stack, or None if it is not there."""
        networks = list(zip(self.hidden, self.biases, self.max_sums, strict=True))
        wanted = (hidden, int(biases), max_sum)
        return networks.index(wanted) if wanted in networks else None

    def get_config(self) -> dict:
        """Return the constructor arguments."""
        return super().get_config() | {
            "hidden": self.hidden,
            "biases": self.biases,
            "max_sums": self.max_sums,
        }
