"""The network that looks at faces: which variant of every feature does a picture show?

Its last layer but one, a vector of a hundred numbers or so, is the space in which generated faces are compared with
real ones: near each other there is what looks alike to whoever names hair, glasses and beards.
"""

import common.keras_quiet  # noqa: F401

import keras
import numpy as np
from keras import layers, ops

BLOCK = 500  # pictures looked at in one go


@keras.saving.register_keras_serializable("gene")
class AttributeClassifier(keras.Model):
    """Convolutions that each halve the picture, one dense layer, and a softmax head for every feature.

    variants: how many each feature has; widths: channels of the convolutions; size: numbers of the feature vector;
    side: pixels of the square picture; dropout: of the feature vector, in training.
    """

    def __init__(self, variants, widths=(32, 64, 96, 96), size=96, side=64, dropout=0.1, **kwargs):
        super().__init__(**kwargs)
        self.variants, self.widths, self.size = list(variants), list(widths), size
        self.side, self.dropout = side, dropout
        self.convolutions = [
            layers.Conv2D(
                width, 4, strides=2, padding="same", use_bias=False, name=f"convolution_{i}"
            )
            for i, width in enumerate(self.widths)
        ]
        self.norms = [
            layers.BatchNormalization(momentum=0.97, name=f"norm_{i}")
            for i in range(len(self.widths))
        ]
        self.dense = layers.Dense(size, activation="relu", name="dense")
        self.drop = layers.Dropout(dropout, name="drop")
        self.heads = layers.Dense(sum(self.variants), name="heads")
        self.build()

    def build(self, input_shape=None):
        side, channels = self.side, 3
        for convolution, norm, width in zip(self.convolutions, self.norms, self.widths):
            convolution.build((None, side, side, channels))
            side, channels = -(-side // 2), width
            norm.build((None, side, side, channels))
        self.dense.build((None, side * side * channels))
        self.heads.build((None, self.size))
        self.built = True

    def call(self, images, training=False):
        """Images (batch, side, side, 3) in [-1, 1] to logits (batch, sum of variants), one feature after another, and
        the feature vectors (batch, size)."""
        for convolution, norm in zip(self.convolutions, self.norms):
            images = ops.leaky_relu(norm(convolution(images), training=training), 0.1)
        vectors = self.dense(ops.reshape(images, (-1, self.dense.kernel.shape[0])))
        return self.heads(self.drop(vectors, training=training)), vectors

    def split(self, logits):
        """Logits (batch, sum of variants) as a list of (batch, variants), one a feature."""
        return ops.split(logits, np.cumsum(self.variants)[:-1].tolist(), axis=-1)

    def look(self, images):
        """What uint8 images (n, side, side, 3) show: variants (n, features) int16, and feature vectors (n, size)."""
        seen, vectors = [], []
        for begin in range(0, len(images), BLOCK):
            logits, found = self(np.float32(images[begin : begin + BLOCK]) / 127.5 - 1)
            best = [ops.convert_to_numpy(ops.argmax(part, axis=-1)) for part in self.split(logits)]
            seen.append(np.stack(best, axis=1).astype("int16"))
            vectors.append(ops.convert_to_numpy(found))
        return np.concatenate(seen), np.concatenate(vectors)

    def get_config(self):
        return super().get_config() | {
            "variants": self.variants,
            "widths": self.widths,
            "size": self.size,
            "side": self.side,
            "dropout": self.dropout,
        }
