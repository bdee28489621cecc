"""A generator of 128x128 avatars with an alpha channel, built on the 64x64 generator.

Images are float32 arrays of shape (batch, 128, 128, 4) from -1 to 1. The first three channels are
the picture on a white background, the last one is alpha, where -1 is transparent and 1 is opaque.
"""

from collections.abc import Sequence

import common.keras_quiet  # noqa: F401

import keras
from keras import layers, ops

from models.avatars import LEAKY_SLOPE, Generator

SCALE = 2  # sub-pixels per pixel, horizontally and vertically
OUTPUT_CHANNELS = 4


@keras.saving.register_keras_serializable("gene")
class SubPixelGenerator(keras.Model):
    """A `Generator` followed by layers that double the resolution and add an alpha channel.

    The input of these layers is the 64x64 picture of the `Generator`, concatenated with its last
    feature maps. The first layers are 3x3 convolutions with FiLM, as in `Generator`. The last one
    is a sub-pixel convolution (Shi et al., 2016, arXiv:1609.05158), which turns the 16 channels of
    each pixel into 2x2 pixels with four channels. Its output is added to the enlarged picture. The
    weights of the last layer start at zero, so before training, the result is the enlarged
    picture, fully opaque.

    Args:
        latent_dim: As in `Generator`.
        num_labels: As in `Generator`.
        style_dim: As in `Generator`.
        channels: As in `Generator`.
        detail_channels: Channels of each convolution between the generator and the last layer.
    """

    def __init__(
        self,
        latent_dim: int = 32,
        num_labels: int = 0,
        style_dim: int = 128,
        channels: Sequence[int] = (64, 64, 48, 24),
        detail_channels: Sequence[int] = (32, 32),
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.num_labels = num_labels
        self.detail_channels = tuple(detail_channels)
        self.base = Generator(latent_dim, num_labels, style_dim, channels, name="base")
        # Without normalization, feature values in the hundreds would make training very slow.
        self.norm = layers.BatchNormalization(momentum=0.97, name="norm")
        self.details = [
            layers.Conv2D(
                width, 3, padding="same", kernel_initializer="he_normal", name=f"detail_{i}"
            )
            for i, width in enumerate(detail_channels)
        ]
        self.scales = [
            layers.Dense(width, kernel_initializer="zeros", name=f"scale_{i}")
            for i, width in enumerate(detail_channels)
        ]
        self.shifts = [
            layers.Dense(width, kernel_initializer="zeros", name=f"shift_{i}")
            for i, width in enumerate(detail_channels)
        ]
        self.to_sub_pixels = layers.Conv2D(
            SCALE**2 * OUTPUT_CHANNELS,
            3,
            padding="same",
            kernel_initializer="zeros",
            name="to_sub_pixels",
        )
        self.build()

    def build(self, input_shape=None) -> None:
        """Create the weights of all layers."""
        inputs = (self.base.channels[-1] + 3, *self.detail_channels)
        self.norm.build((None, None, None, inputs[0]))
        for layer, width in zip([*self.details, self.to_sub_pixels], inputs, strict=True):
            layer.build((None, None, None, width))
        for layer in (*self.scales, *self.shifts):
            layer.build((None, self.base.style_dim))
        self.built = True

    def call(self, noise, labels=None, training=False):
        """Generate images.

        Args:
            noise: Standard normal noise, shape (batch, latent_dim).
            labels: One-hot labels, shape (batch, num_labels); ignored if `num_labels` is 0.
            training: Whether batch normalization uses the statistics of the batch.

        Returns:
            Images, shape (batch, 128, 128, 4).
        """
        style = self.base.style(noise, labels)
        features = self.base.feature_maps(style)
        picture = self.base.to_rgb(features)
        x = self.norm(ops.concatenate([features, picture], axis=-1), training=training)
        for layer, scale, shift in zip(self.details, self.scales, self.shifts, strict=True):
            factor = 1 + scale(style)[:, None, None]
            x = ops.leaky_relu(layer(x) * factor + shift(style)[:, None, None], LEAKY_SLOPE)
        opaque = ops.pad(picture, [[0, 0], [0, 0], [0, 0], [0, 1]], constant_values=1.0)
        return _depth_to_space(self.to_sub_pixels(x) + ops.tile(opaque, (1, 1, 1, SCALE**2)))

    def get_config(self) -> dict:
        """Return the arguments of the constructor."""
        base = self.base.get_config()
        names = ("latent_dim", "num_labels", "style_dim", "channels")
        return super().get_config() | {
            **{name: base[name] for name in names},
            "detail_channels": self.detail_channels,
        }


def _depth_to_space(x):
    """Arrange the channels of each pixel as SCALE x SCALE pixels.

    The channels are in the order (row, column, output channel). Each row of pixels is handled on
    its own, so that no array has more than four dimensions.
    """
    side = x.shape[1]
    rows = ops.reshape(x, (-1, side, SCALE, SCALE * OUTPUT_CHANNELS))
    rows = ops.transpose(rows, (0, 2, 1, 3))
    return ops.reshape(rows, (-1, SCALE * side, SCALE * side, OUTPUT_CHANNELS))
