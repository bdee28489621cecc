"""A classifier that recognizes the attributes of a face: hair, glasses, beard and so on."""

from collections.abc import Sequence

import common.keras_quiet  # noqa: F401

import keras
import numpy as np
from keras import layers, ops

BATCH = 500  # images per forward pass of `predict_with_embeddings`
LEAKY_SLOPE = 0.1


@keras.saving.register_keras_serializable("gene")
class AttributeClassifier(keras.Model):
    """Strided convolutions, one dense layer, and a softmax head per attribute.

    The activations of the dense layer are the embedding of an image. The embeddings of images with
    the same attributes are close to each other. Metrics use these embeddings to compare generated
    faces with real ones.

    Args:
        variants: Number of variants of each attribute.
        channels: Channels of each convolution; each convolution halves the resolution.
        embedding_dim: Size of the embedding.
        image_side: Height and width of the images in pixels.
        dropout: Dropout rate of the embedding.
    """

    def __init__(
        self,
        variants: Sequence[int],
        channels: Sequence[int] = (32, 64, 96, 96),
        embedding_dim: int = 96,
        image_side: int = 64,
        dropout: float = 0.1,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.variants = list(variants)
        self.channels = list(channels)
        self.embedding_dim = embedding_dim
        self.image_side = image_side
        self.dropout = dropout
        self.convolutions = [
            layers.Conv2D(
                width, 4, strides=2, padding="same", use_bias=False, name=f"convolution_{i}"
            )
            for i, width in enumerate(self.channels)
        ]
        self.norms = [
            layers.BatchNormalization(momentum=0.97, name=f"norm_{i}")
            for i in range(len(self.channels))
        ]
        self.dense = layers.Dense(embedding_dim, activation="relu", name="dense")
        self.drop = layers.Dropout(dropout, name="drop")
        self.heads = layers.Dense(sum(self.variants), name="heads")
        self.build()

    def build(self, input_shape=None) -> None:
        """Create the weights of all layers."""
        side = self.image_side
        inputs = 3
        for convolution, norm, width in zip(
            self.convolutions, self.norms, self.channels, strict=True
        ):
            convolution.build((None, side, side, inputs))
            side = -(-side // 2)
            inputs = width
            norm.build((None, side, side, inputs))
        self.dense.build((None, side * side * inputs))
        self.heads.build((None, self.embedding_dim))
        self.built = True

    def call(self, images, training=False):
        """Classify images.

        Args:
            images: Shape (batch, image_side, image_side, 3), from -1 to 1.
            training: Whether to apply dropout and normalize with the statistics of the batch.

        Returns:
            The concatenated logits of all attributes, shape (batch, total number of variants), and
            the embeddings, shape (batch, embedding_dim).
        """
        x = images
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            x = ops.leaky_relu(norm(convolution(x), training=training), LEAKY_SLOPE)
        embeddings = self.dense(ops.reshape(x, (-1, self.dense.kernel.shape[0])))
        return self.heads(self.drop(embeddings, training=training)), embeddings

    def split_logits(self, logits) -> list:
        """Split logits of shape (batch, total number of variants) into one array per attribute."""
        return ops.split(logits, np.cumsum(self.variants)[:-1].tolist(), axis=-1)

    def predict_with_embeddings(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Recognize the attributes of images.

        Args:
            images: uint8 array of shape (n, image_side, image_side, 3).

        Returns:
            The most likely variant of each attribute, int16 of shape (n, attributes), and the
            embeddings, shape (n, embedding_dim).
        """
        variants = []
        embeddings = []
        for start in range(0, len(images), BATCH):
            batch = np.float32(images[start : start + BATCH]) / 127.5 - 1
            logits, embedding = self(batch)
            best = [
                ops.convert_to_numpy(ops.argmax(part, axis=-1))
                for part in self.split_logits(logits)
            ]
            variants.append(np.stack(best, axis=1).astype("int16"))
            embeddings.append(ops.convert_to_numpy(embedding))
        return np.concatenate(variants), np.concatenate(embeddings)

    def get_config(self) -> dict:
        """Return the arguments of the constructor."""
        return super().get_config() | {
            "variants": self.variants,
            "channels": self.channels,
            "embedding_dim": self.embedding_dim,
            "image_side": self.image_side,
            "dropout": self.dropout,
        }
