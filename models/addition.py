"""The addition networks: two numbers in, some sigmoid nodes, one linear node out.

    f(a, b) = sum_j last_j S(first_0j a + first_1j b + bias_j) + offset,   S(z) = 1 / (1 + exp(-z))

The original's have no biases: bias and offset are 0 there.

adder   one of them, of plain Keras layers
answer  what one of them does
Stack   many of them, side by side along a leading axis: what a run saves, and what is exported
"""

import common.keras_quiet  # noqa: F401

import keras
from keras import ops


def adder(hidden, biases):
    """One network as a Keras model, (batch, 2) to (batch, 1)."""
    return keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(hidden, activation="sigmoid", use_bias=biases),
            keras.layers.Dense(1, use_bias=biases),
        ]
    )


def answer(weights, pairs):
    """The nodes (batch, h) and the sums (batch,) that the weights of one network make of pairs (batch, 2)."""
    first, bias, last, offset = weights
    nodes = ops.sigmoid(ops.matmul(pairs, first) + bias)
    return nodes, ops.matmul(nodes, ops.reshape(last, (-1, 1)))[:, 0] + offset


@keras.saving.register_keras_serializable("gene")
class Stack(keras.Model):
    """Networks of different sizes, each padded with nodes of weight 0 to the size of the largest.

    hidden, biases (0 or 1), max_sums: lists, one value a network. Weights, n networks of up to h nodes:
    first (n, 2, h), bias (n, h), last (n, h), offset (n,).
    """

    def __init__(self, hidden, biases, max_sums, **kwargs):
        super().__init__(**kwargs)
        self.hidden, self.biases, self.max_sums = list(hidden), list(biases), list(max_sums)
        n, h = len(self.hidden), max(self.hidden)
        for name, shape in (
            ("first", (n, 2, h)),
            ("bias", (n, h)),
            ("last", (n, h)),
            ("offset", (n,)),
        ):
            setattr(self, name, self.add_weight(shape=shape, initializer="zeros", name=name))
        self.built = True

    def pick(self, network):
        """The weights of one network, a whole number: first (2, h), bias (h,), last (h,), offset ()."""
        return [
            ops.take(part, network, axis=0)
            for part in (self.first, self.bias, self.last, self.offset)
        ]

    def call(self, pairs, network):
        """Ask one network for the sums of pairs (batch, 2): its nodes (batch, h) and sums (batch,)."""
        return answer(self.pick(network), pairs)

    def find(self, hidden, biases, max_sum):
        """The place of a network in the stack, or None."""
        wanted = (hidden, int(biases), max_sum)
        return next(
            (
                i
                for i, key in enumerate(zip(self.hidden, self.biases, self.max_sums))
                if key == wanted
            ),
            None,
        )

    def get_config(self):
        return super().get_config() | {
            "hidden": self.hidden,
            "biases": self.biases,
            "max_sums": self.max_sums,
        }
