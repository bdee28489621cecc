"""The digit networks: which digit is on a picture?

Sigmoids      784 inputs, a layer of sigmoids, ten sigmoids: the network of the third chapter of Nielsen's Neural
              Networks and Deep Learning (2015), whose outputs are ten separate yes or no
Convolutions  3x3 convolutions with batch normalisation, ending in a softmax
LeNet         two 5x5 convolutions and a dense layer with dropout (after LeCun et al. 1998), ending in a softmax

All take pictures (batch, 28, 28) from 0 (paper) to 1 (ink) and give logits (batch, classes). `cross_entropy` and
`confidences` say what the logits mean.
"""

import common.keras_quiet  # noqa: F401

import keras
from keras import ops

PIXELS = 784


@keras.saving.register_keras_serializable("gene")
class SigmoidMLP(keras.Model):
    """hidden: sigmoids between the pixels and the ten outputs. Weights start as they do in the book."""

    def __init__(self, hidden=100, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.hidden, self.classes = hidden, classes
        self.first, self.last = (
            keras.layers.Dense(
                size,
                name=name,
                bias_initializer=keras.initializers.RandomNormal(stddev=1.0),
                kernel_initializer=keras.initializers.RandomNormal(stddev=inputs**-0.5),
            )
            for name, size, inputs in (("first", hidden, PIXELS), ("last", classes, hidden))
        )
        self.first.build((None, PIXELS))
        self.last.build((None, hidden))
        self.built = True

    def call(self, pictures, training=False):
        return self.last(ops.sigmoid(self.first(ops.reshape(pictures, (-1, PIXELS)))))

    def get_config(self):
        return super().get_config() | {"hidden": self.hidden, "classes": self.classes}

    @staticmethod
    def cross_entropy(logits, wanted):
        """Cross-entropy (batch,) of all the outputs against wanted (batch, classes)."""
        return ops.sum(ops.softplus(logits) - wanted * logits, axis=-1)

    @staticmethod
    def confidences(logits):
        """What each output says, 0 to 1; the outputs know nothing of each other."""
        return ops.sigmoid(logits)


class SoftmaxClassifier(keras.Model):
    """Base of the networks whose outputs share one certainty."""

    @staticmethod
    def cross_entropy(logits, wanted):
        """Cross-entropy (batch,) against wanted (batch, classes), whose rows add up to 1."""
        return -ops.sum(wanted * ops.log_softmax(logits), axis=-1)

    @staticmethod
    def confidences(logits):
        """What each output says, 0 to 1, all together 1."""
        return ops.softmax(logits)


@keras.saving.register_keras_serializable("gene")
class ConvNet(SoftmaxClassifier):
    """widths: channels of each 3x3 convolution; halved: of each, 1 if it halves the picture, 0 if not."""

    def __init__(self, widths=(16, 32, 48, 64, 64), halved=(0, 1, 0, 1, 0), classes=10, **kwargs):
        super().__init__(**kwargs)
        self.widths, self.halved, self.classes = tuple(widths), tuple(halved), classes
        self.convolutions = [
            keras.layers.Conv2D(
                width, 3, strides=1 + half, padding="same", use_bias=False, name=f"conv_{i}"
            )
            for i, (width, half) in enumerate(zip(widths, halved))
        ]
        self.norms = [
            keras.layers.BatchNormalization(momentum=0.95, name=f"norm_{i}")
            for i in range(len(widths))
        ]
        self.pool = keras.layers.MaxPooling2D(2)
        self.flat = keras.layers.Flatten()
        self.last = keras.layers.Dense(classes, name="last")
        self.build()

    def build(self, input_shape=None):
        shape = (None, 28, 28, 1)
        for convolution, norm in zip(self.convolutions, self.norms):
            convolution.build(shape)
            shape = convolution.compute_output_shape(shape)
            norm.build(shape)
        self.last.build(self.flat.compute_output_shape(self.pool.compute_output_shape(shape)))
        self.built = True

    def call(self, pictures, training=False):
        maps = ops.reshape(pictures, (-1, 28, 28, 1))
        for convolution, norm in zip(self.convolutions, self.norms):
            maps = ops.relu(norm(convolution(maps), training=training))
        return self.last(self.flat(self.pool(maps)))

    def get_config(self):
        return super().get_config() | {
            "widths": self.widths,
            "halved": self.halved,
            "classes": self.classes,
        }


@keras.saving.register_keras_serializable("gene")
class LeNet(SoftmaxClassifier):
    """widths: channels of the two convolutions, each followed by a 2x2 maximum; units: of the dense layer."""

    def __init__(self, widths=(16, 32), units=128, dropout=0.4, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.widths, self.units, self.dropout, self.classes = tuple(widths), units, dropout, classes
        self.convolutions = [
            keras.layers.Conv2D(width, 5, padding="same", activation="relu", name=f"conv_{i}")
            for i, width in enumerate(widths)
        ]
        self.pool, self.flat = keras.layers.MaxPooling2D(2), keras.layers.Flatten()
        self.dense = keras.layers.Dense(units, activation="relu", name="dense")
        self.drop = keras.layers.Dropout(dropout)
        self.last = keras.layers.Dense(classes, name="last")
        self.build()

    def build(self, input_shape=None):
        shape = (None, 28, 28, 1)
        for convolution in self.convolutions:
            convolution.build(shape)
            shape = self.pool.compute_output_shape(convolution.compute_output_shape(shape))
        self.dense.build(self.flat.compute_output_shape(shape))
        self.last.build((None, self.units))
        self.built = True

    def call(self, pictures, training=False):
        maps = ops.reshape(pictures, (-1, 28, 28, 1))
        for convolution in self.convolutions:
            maps = self.pool(convolution(maps))
        return self.last(self.drop(self.dense(self.flat(maps)), training=training))

    def get_config(self):
        return super().get_config() | {
            "widths": self.widths,
            "units": self.units,
            "dropout": self.dropout,
            "classes": self.classes,
        }


NETWORKS = [SigmoidMLP, ConvNet, LeNet]
