"""Generators and discriminators for 64x64 avatars.

`Generator` and `Discriminator` are conditional: they take the attributes of a face as labels.
`DCGANGenerator` and `DCGANDiscriminator` are a plain DCGAN (Radford et al., 2016,
arXiv:1511.06434) without labels.

Images are float32 arrays of shape (batch, 64, 64, 3) from -1 to 1. Labels are float32 arrays of
shape (batch, num_labels): the concatenated one-hot vectors of all attributes. The vector of an
attribute that cannot be seen, such as the color of absent glasses, is all zeros. A network without
labels takes an array of shape (batch, 0).
"""

from collections.abc import Sequence

import common.keras_quiet  # noqa: F401

import keras
from keras import layers, ops

from data.avatars.labelled_images import IMAGE_SIDE

LEAKY_SLOPE = 0.2
DISCRIMINATOR_UNITS = 128  # units of the hidden dense layer


@keras.saving.register_keras_serializable("gene")
class Generator(keras.Model):
    """Conditional generator: maps latent noise and attribute labels to RGB images.

    A dense layer creates the lowest resolution. Nearest-neighbor upsampling and a 3x3 convolution
    create each of the others. At each resolution, a FiLM layer (Perez et al., 2018,
    arXiv:1709.07871) scales and shifts each channel depending on the style vector.

    Args:
        latent_dim: Size of the noise vector.
        num_labels: Size of the one-hot label vector; 0 for an unconditional generator.
        style_dim: Size of the style vector, which is computed from noise and labels.
        channels: Channels per resolution, lowest first. The last one is the output resolution, so
            four entries start at 8x8 and five at 4x4.
        output_activation: "tanh", or "linear" if values slightly outside [-1, 1] are acceptable.
    """

    def __init__(
        self,
        latent_dim: int = 32,
        num_labels: int = 0,
        style_dim: int = 128,
        channels: Sequence[int] = (64, 64, 48, 24),
        output_activation: str = "tanh",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.num_labels = num_labels
        self.style_dim = style_dim
        self.channels = tuple(channels)
        self.output_activation = output_activation
        self.initial_side = IMAGE_SIDE >> len(channels) - 1
        self.mapping = [layers.Dense(style_dim, name=f"mapping_{i}") for i in range(2)]
        self.projection = layers.Dense(self.initial_side**2 * channels[0], name="projection")
        self.convolutions = [
            layers.Conv2D(
                width, 3, padding="same", kernel_initializer="he_normal", name=f"convolution_{i}"
            )
            for i, width in enumerate(channels[1:])
        ]
        self.scales = [layers.Dense(width, name=f"scale_{i}") for i, width in enumerate(channels)]
        self.shifts = [layers.Dense(width, name=f"shift_{i}") for i, width in enumerate(channels)]
        self.to_rgb = layers.Conv2D(
            3,
            3,
            padding="same",
            activation=output_activation,
            name="to_rgb",
            kernel_initializer=keras.initializers.RandomNormal(stddev=0.01),
        )
        self.build()

    def build(self, input_shape=None) -> None:
        """Create the weights of all layers."""
        self.mapping[0].build((None, self.latent_dim + self.num_labels))
        for layer in (self.mapping[1], self.projection, *self.scales, *self.shifts):
            layer.build((None, self.style_dim))
        for layer, width in zip([*self.convolutions, self.to_rgb], self.channels, strict=True):
            layer.build((None, None, None, width))
        self.built = True

    def call(self, noise, labels=None, training=False):
        """Generate images.

        Args:
            noise: Standard normal noise, shape (batch, latent_dim).
            labels: One-hot labels, shape (batch, num_labels); ignored if `num_labels` is 0.
            training: Ignored; the network has no layer that depends on it.

        Returns:
            Images, shape (batch, 64, 64, 3).
        """
        return self.to_rgb(self.feature_maps(self.style(noise, labels)))

    def style(self, noise, labels):
        """Return the style vectors, shape (batch, style_dim)."""
        style = ops.concatenate([noise, labels], axis=1) if self.num_labels else noise
        for layer in self.mapping:
            style = ops.leaky_relu(layer(style), LEAKY_SLOPE)
        return style

    def feature_maps(self, style):
        """Return the last feature maps, shape (batch, 64, 64, channels[-1])."""
        x = self.projection(style)
        x = ops.reshape(x, (-1, self.initial_side, self.initial_side, self.channels[0]))
        x = self._modulate(x, style, 0)
        for i in range(1, len(self.channels)):
            side = self.initial_side << i
            x = ops.image.resize(x, (side, side), interpolation="nearest")
            x = self._modulate(self.convolutions[i - 1](x), style, i)
        return x

    def _modulate(self, x, style, i: int):
        """Scale and shift the channels of resolution `i` (FiLM), then apply the activation."""
        shape = (-1, 1, 1, self.channels[i])
        scale = ops.reshape(self.scales[i](style), shape)
        shift = ops.reshape(self.shifts[i](style), shape)
        return ops.leaky_relu(x * (1 + scale) + shift, LEAKY_SLOPE)

    def get_config(self) -> dict:
        """Return the arguments of the constructor."""
        return super().get_config() | {
            "latent_dim": self.latent_dim,
            "num_labels": self.num_labels,
            "style_dim": self.style_dim,
            "channels": self.channels,
            "output_activation": self.output_activation,
        }


@keras.saving.register_keras_serializable("gene")
class Discriminator(keras.Model):
    """Conditional discriminator: strided convolutions without normalization.

    The discriminator is conditioned on labels by projection (Miyato & Koyama, 2018,
    arXiv:1802.05637).

    Args:
        num_labels: Size of the one-hot label vector; 0 for an unconditional discriminator.
        channels: Channels per resolution, from 64x64 down to 4x4.
    """

    def __init__(
        self, num_labels: int = 0, channels: Sequence[int] = (16, 32, 64, 96, 128), **kwargs
    ):
        super().__init__(**kwargs)
        self.num_labels = num_labels
        self.channels = tuple(channels)
        self.from_rgb = layers.Conv2D(
            channels[0], 3, padding="same", kernel_initializer="he_normal", name="from_rgb"
        )
        self.convolutions = [
            layers.Conv2D(
                width,
                4,
                strides=2,
                padding="same",
                kernel_initializer="he_normal",
                name=f"convolution_{i}",
            )
            for i, width in enumerate(channels[1:])
        ]
        self.hidden = layers.Dense(DISCRIMINATOR_UNITS, name="hidden")
        self.logit = layers.Dense(1, name="logit")
        if num_labels:
            self.label_projection = layers.Dense(
                DISCRIMINATOR_UNITS, use_bias=False, name="label_projection"
            )
        self.build()

    def build(self, input_shape=None) -> None:
        """Create the weights of all layers."""
        inputs = (3, *self.channels[:-1])
        for layer, width in zip([self.from_rgb, *self.convolutions], inputs, strict=True):
            layer.build((None, None, None, width))
        self.hidden.build((None, 16 * self.channels[-1]))
        self.logit.build((None, DISCRIMINATOR_UNITS))
        if self.num_labels:
            self.label_projection.build((None, self.num_labels))
        self.built = True

    def call(self, images, labels, training=False):
        """Score images.

        Args:
            images: Shape (batch, 64, 64, 3).
            labels: One-hot labels, shape (batch, num_labels).
            training: Ignored; the network has no layer that depends on it.

        Returns:
            Logits, shape (batch,); higher for images that look more like real images with these
            labels.
        """
        x = ops.leaky_relu(self.from_rgb(images), LEAKY_SLOPE)
        for layer in self.convolutions:
            x = ops.leaky_relu(layer(x), LEAKY_SLOPE)
        x = ops.reshape(x, (-1, 16 * self.channels[-1]))
        x = ops.leaky_relu(self.hidden(x), LEAKY_SLOPE)
        logit = self.logit(x)[:, 0]
        if not self.num_labels:
            return logit
        return logit + ops.mean(self.label_projection(labels) * x, axis=1)

    def get_config(self) -> dict:
        """Return the arguments of the constructor."""
        return super().get_config() | {"num_labels": self.num_labels, "channels": self.channels}


@keras.saving.register_keras_serializable("gene")
class DCGANGenerator(keras.Model):
    """DCGAN generator: 5x5 transposed convolutions with batch normalization.

    Args:
        latent_dim: Size of the noise vector.
        channels: Channels at 4x4, 8x8, 16x16 and 32x32.
    """

    num_labels = 0

    def __init__(
        self, latent_dim: int = 100, channels: Sequence[int] = (1024, 512, 256, 128), **kwargs
    ):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.channels = tuple(channels)
        self.projection = layers.Dense(16 * channels[0], use_bias=False, name="projection")
        self.norms = [layers.BatchNormalization(name=f"norm_{i}") for i in range(len(channels))]
        self.convolutions = [
            layers.Conv2DTranspose(
                width, 5, strides=2, padding="same", use_bias=False, name=f"convolution_{i}"
            )
            for i, width in enumerate(channels[1:])
        ]
        self.to_rgb = layers.Conv2DTranspose(
            3, 5, strides=2, padding="same", activation="tanh", name="to_rgb"
        )
        self.build()

    def build(self, input_shape=None) -> None:
        """Create the weights of all layers."""
        self.projection.build((None, self.latent_dim))
        for layer, width in zip([*self.convolutions, self.to_rgb], self.channels, strict=True):
            layer.build((None, None, None, width))
        for layer, width in zip(self.norms, self.channels, strict=True):
            layer.build((None, None, None, width))
        self.built = True

    def call(self, noise, labels=None, training=False):
        """Generate images.

        Args:
            noise: Standard normal noise, shape (batch, latent_dim).
            labels: Ignored.
            training: Whether batch normalization uses the statistics of the batch.

        Returns:
            Images, shape (batch, 64, 64, 3).
        """
        x = ops.reshape(self.projection(noise), (-1, 4, 4, self.channels[0]))
        for norm, layer in zip(self.norms, [*self.convolutions, self.to_rgb], strict=True):
            x = layer(ops.leaky_relu(norm(x, training=training), LEAKY_SLOPE))
        return x

    def get_config(self) -> dict:
        """Return the arguments of the constructor."""
        return super().get_config() | {"latent_dim": self.latent_dim, "channels": self.channels}


@keras.saving.register_keras_serializable("gene")
class DCGANDiscriminator(keras.Model):
    """DCGAN discriminator: strided 5x5 convolutions with dropout.

    Args:
        channels: Channels at 32x32, 16x16 and 8x8.
        dropout: Dropout rate after each convolution.
    """

    def __init__(self, channels: Sequence[int] = (64, 128, 256), dropout: float = 0.3, **kwargs):
        super().__init__(**kwargs)
        self.channels = tuple(channels)
        self.dropout = dropout
        self.convolutions = [
            layers.Conv2D(width, 5, strides=2, padding="same", name=f"convolution_{i}")
            for i, width in enumerate(channels)
        ]
        self.dropouts = [layers.Dropout(dropout, name=f"dropout_{i}") for i in range(len(channels))]
        self.logit = layers.Dense(1, name="logit")
        self.build()

    def build(self, input_shape=None) -> None:
        """Create the weights of all layers."""
        inputs = (3, *self.channels[:-1])
        for layer, width in zip(self.convolutions, inputs, strict=True):
            layer.build((None, None, None, width))
        last_side = IMAGE_SIDE >> len(self.channels)
        self.logit.build((None, self.channels[-1] * last_side**2))
        self.built = True

    def call(self, images, labels=None, training=False):
        """Score images.

        Args:
            images: Shape (batch, 64, 64, 3).
            labels: Ignored.
            training: Whether dropout is active.

        Returns:
            Logits, shape (batch,); higher for images that look more like real ones.
        """
        x = images
        for layer, dropout in zip(self.convolutions, self.dropouts, strict=True):
            x = dropout(ops.leaky_relu(layer(x), LEAKY_SLOPE), training=training)
        return self.logit(ops.reshape(x, (-1, self.logit.kernel.shape[0])))[:, 0]

    def get_config(self) -> dict:
        """Return the arguments of the constructor."""
        return super().get_config() | {"channels": self.channels, "dropout": self.dropout}
