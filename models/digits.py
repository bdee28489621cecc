"""Networks that classify handwritten digits.

All of them map images (batch, 28, 28) from 0 (paper) to 1 (ink) to logits (batch, classes). Their
static methods `cross_entropy` and `confidences` define the meaning of the logits.
"""

import common.keras_quiet  # noqa: F401

import keras
from keras import ops

from data.digits.mnist import IMAGE_SIDE

NUM_PIXELS = IMAGE_SIDE * IMAGE_SIDE
_INPUT_SHAPE = (None, IMAGE_SIDE, IMAGE_SIDE, 1)


@keras.saving.register_keras_serializable("gene")
class SigmoidMLP(keras.Model):
    """One hidden layer of sigmoids, and one independent sigmoid output per digit.

    This is the network from chapter 3 of Nielsen, Neural Networks and Deep Learning (2015), with
    the same initialization.

    Args:
        hidden: Number of hidden units.
        classes: Number of outputs.
    """

    def __init__(self, hidden=100, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.hidden = hidden
        self.classes = classes
        self.first = _nielsen_dense("first", NUM_PIXELS, hidden)
        self.last = _nielsen_dense("last", hidden, classes)
        self.built = True

    def call(self, images, training=False):
        """Return the logits (batch, classes)."""
        pixels = ops.reshape(images, (-1, NUM_PIXELS))
        return self.last(ops.sigmoid(self.first(pixels)))

    def get_config(self):
        """Return the constructor arguments."""
        return super().get_config() | {"hidden": self.hidden, "classes": self.classes}

    @staticmethod
    def cross_entropy(logits, targets):
        """Return the cross-entropy (batch,) with targets (batch, classes), summed over classes."""
        return ops.sum(ops.softplus(logits) - targets * logits, axis=-1)

    @staticmethod
    def confidences(logits):
        """Return one independent confidence per digit (batch, classes), from 0 to 1."""
        return ops.sigmoid(logits)


def _nielsen_dense(name, inputs, units):
    layer = keras.layers.Dense(
        units,
        name=name,
        bias_initializer=keras.initializers.RandomNormal(stddev=1.0),
        kernel_initializer=keras.initializers.RandomNormal(stddev=inputs**-0.5),
    )
    layer.build((None, inputs))
    return layer


class SoftmaxClassifier(keras.Model):
    """Base class of the networks that output one probability distribution over the classes."""

    @staticmethod
    def cross_entropy(logits, targets):
        """Return the cross-entropy (batch,) with target distributions (batch, classes)."""
        return -ops.sum(targets * ops.log_softmax(logits), axis=-1)

    @staticmethod
    def confidences(logits):
        """Return the probabilities (batch, classes), which sum to 1."""
        return ops.softmax(logits)


@keras.saving.register_keras_serializable("gene")
class ConvNet(SoftmaxClassifier):
    """3x3 convolutions with batch normalization, max pooling and a softmax.

    Args:
        channels: Channels of each convolution.
        downsample: For each convolution, 1 if it has stride 2 and halves the resolution, else 0.
        classes: Number of outputs.
    """

    def __init__(
        self, channels=(16, 32, 48, 64, 64), downsample=(0, 1, 0, 1, 0), classes=10, **kwargs
    ):
        super().__init__(**kwargs)
        self.channels = tuple(channels)
        self.downsample = tuple(downsample)
        self.classes = classes
        # Create all convolutions before all norms: saved optimizer states depend on this order.
        self.convolutions = [
            keras.layers.Conv2D(
                count, 3, strides=1 + half, padding="same", use_bias=False, name=f"conv_{i}"
            )
            for i, (count, half) in enumerate(zip(self.channels, self.downsample, strict=True))
        ]
        self.norms = [
            keras.layers.BatchNormalization(momentum=0.95, name=f"norm_{i}")
            for i in range(len(self.channels))
        ]
        self.pool = keras.layers.MaxPooling2D(2)
        self.flat = keras.layers.Flatten()
        self.last = keras.layers.Dense(classes, name="last")
        self.build()

    def build(self, input_shape=None):
        """Create all weights; the input shape is fixed."""
        shape = _INPUT_SHAPE
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            convolution.build(shape)
            shape = convolution.compute_output_shape(shape)
            norm.build(shape)
        self.last.build(self.flat.compute_output_shape(self.pool.compute_output_shape(shape)))
        self.built = True

    def call(self, images, training=False):
        """Return the logits (batch, classes)."""
        maps = ops.reshape(images, (-1, *_INPUT_SHAPE[1:]))
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            maps = ops.relu(norm(convolution(maps), training=training))
        return self.last(self.flat(self.pool(maps)))

    def get_config(self):
        """Return the constructor arguments."""
        return super().get_config() | {
            "channels": self.channels,
            "downsample": self.downsample,
            "classes": self.classes,
        }


@keras.saving.register_keras_serializable("gene")
class LeNet(SoftmaxClassifier):
    """Two 5x5 convolutions and a dense layer with dropout, based on LeCun et al. (1998).

    Args:
        channels: Channels of the convolutions; 2x2 max pooling follows each.
        units: Units of the dense layer.
        dropout: Dropout rate after the dense layer.
        classes: Number of outputs.
    """

    def __init__(self, channels=(16, 32), units=128, dropout=0.4, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.channels = tuple(channels)
        self.units = units
        self.dropout = dropout
        self.classes = classes
        self.convolutions = [
            keras.layers.Conv2D(count, 5, padding="same", activation="relu", name=f"conv_{i}")
            for i, count in enumerate(self.channels)
        ]
        self.pool = keras.layers.MaxPooling2D(2)
        self.flat = keras.layers.Flatten()
        self.dense = keras.layers.Dense(units, activation="relu", name="dense")
        self.drop = keras.layers.Dropout(dropout)
        self.last = keras.layers.Dense(classes, name="last")
        self.build()

    def build(self, input_shape=None):
        """Create all weights; the input shape is fixed."""
        shape = _INPUT_SHAPE
        for convolution in self.convolutions:
            convolution.build(shape)
            shape = self.pool.compute_output_shape(convolution.compute_output_shape(shape))
        self.dense.build(self.flat.compute_output_shape(shape))
        self.last.build((None, self.units))
        self.built = True

    def call(self, images, training=False):
        """Return the logits (batch, classes)."""
        maps = ops.reshape(images, (-1, *_INPUT_SHAPE[1:]))
        for convolution in self.convolutions:
            maps = self.pool(convolution(maps))
        return self.last(self.drop(self.dense(self.flat(maps)), training=training))

    def get_config(self):
        """Return the constructor arguments."""
        return super().get_config() | {
            "channels": self.channels,
            "units": self.units,
            "dropout": self.dropout,
            "classes": self.classes,
        }


NETWORKS = [SigmoidMLP, ConvNet, LeNet]
