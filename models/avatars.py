"""The avatar networks: a generator that paints 64x64 pictures and a discriminator that tells them from real ones.

Generator, Discriminator          ours: what a face is to have is given as labels
PlainGenerator, PlainDiscriminator    the original's, a DCGAN (Radford et al. 2016, arXiv:1511.06434), without labels

Pictures are float32 (batch, 64, 64, 3) from -1 to 1; labels are float32 (batch, labels), one-hot, the features side by
side, a feature that cannot be seen all 0; networks without labels take (batch, 0).
"""

import common.keras_quiet  # noqa: F401

import keras
from keras import layers, ops

SIZE = 64
SLOPE = 0.2  # of LeakyReLU


@keras.saving.register_keras_serializable("gene")
class Generator(keras.Model):
    """From a small picture to 64x64 by nearest up-sampling and 3x3 convolutions, each size steered by noise and labels.

    The steering scales and shifts every channel (Perez et al. 2018, arXiv:1709.07871). latent: numbers of noise;
    labels: numbers of labels; style: size of the vector made of both; widths: channels of each size, the last is 64x64:
    four of them begin at 8x8, five at 4x4. activation: of the last layer; "linear" leaves a little beyond -1 and 1.
    """

    def __init__(
        self, latent=32, labels=0, style=128, widths=(64, 64, 48, 24), activation="tanh", **kwargs
    ):
        super().__init__(**kwargs)
        self.latent, self.labels, self.style, self.widths = latent, labels, style, tuple(widths)
        self.activation = activation
        self.side = SIZE >> len(widths) - 1
        self.mix = [layers.Dense(style, name=f"mix_{i}") for i in range(2)]
        self.start = layers.Dense(self.side**2 * widths[0], name="start")
        self.convolutions = [
            layers.Conv2D(
                width, 3, padding="same", kernel_initializer="he_normal", name=f"conv_{i}"
            )
            for i, width in enumerate(widths[1:])
        ]
        self.scales = [layers.Dense(width, name=f"scale_{i}") for i, width in enumerate(widths)]
        self.shifts = [layers.Dense(width, name=f"shift_{i}") for i, width in enumerate(widths)]
        self.paint = layers.Conv2D(
            3,
            3,
            padding="same",
            activation=activation,
            name="paint",
            kernel_initializer=keras.initializers.RandomNormal(stddev=0.01),
        )
        self.build()

    def build(self, input_shape=None):
        self.mix[0].build((None, self.latent + self.labels))
        for layer in (self.mix[1], self.start, *self.scales, *self.shifts):
            layer.build((None, self.style))
        for layer, width in zip([*self.convolutions, self.paint], self.widths):
            layer.build((None, None, None, width))
        self.built = True

    def call(self, noise, labels=None, training=False):
        """Noise (batch, latent) and labels (batch, labels), where it takes any, to pictures."""
        style = ops.concatenate([noise, labels], axis=1) if self.labels else noise
        for layer in self.mix:
            style = ops.leaky_relu(layer(style), SLOPE)
        x = ops.reshape(self.start(style), (-1, self.side, self.side, self.widths[0]))
        for i, width in enumerate(self.widths):
            if i:
                x = ops.image.resize(x, (self.side << i, self.side << i), interpolation="nearest")
                x = self.convolutions[i - 1](x)
            scale, shift = (
                ops.reshape(layer(style), (-1, 1, 1, width))
                for layer in (self.scales[i], self.shifts[i])
            )
            x = ops.leaky_relu(x * (1 + scale) + shift, SLOPE)
        return self.paint(x)

    def get_config(self):
        return super().get_config() | {
            "latent": self.latent,
            "labels": self.labels,
            "style": self.style,
            "widths": self.widths,
            "activation": self.activation,
        }


@keras.saving.register_keras_serializable("gene")
class Discriminator(keras.Model):
    """Strided convolutions without any normalisation, and a projection of the labels (arXiv:1802.05637).

    labels: numbers of labels; widths: channels at 64x64, 32x32 ... 4x4.
    """

    def __init__(self, labels=0, widths=(16, 32, 64, 96, 128), **kwargs):
        super().__init__(**kwargs)
        self.labels, self.widths = labels, tuple(widths)
        self.see = layers.Conv2D(
            widths[0], 3, padding="same", kernel_initializer="he_normal", name="see"
        )
        self.convolutions = [
            layers.Conv2D(
                width,
                4,
                strides=2,
                padding="same",
                kernel_initializer="he_normal",
                name=f"conv_{i}",
            )
            for i, width in enumerate(widths[1:])
        ]
        self.narrow = layers.Dense(128, name="narrow")
        self.score = layers.Dense(1, name="score")
        self.project = layers.Dense(128, use_bias=False, name="project")
        self.build()

    def build(self, input_shape=None):
        for layer, width in zip([self.see, *self.convolutions], (3, *self.widths)):
            layer.build((None, None, None, width))
        self.narrow.build((None, 16 * self.widths[-1]))
        self.score.build((None, 128))
        self.project.build((None, max(self.labels, 1)))
        self.built = True

    def call(self, images, labels, training=False):
        """Pictures and labels to scores (batch,): the higher, the more like a real picture with these labels."""
        x = ops.leaky_relu(self.see(images), SLOPE)
        for layer in self.convolutions:
            x = ops.leaky_relu(layer(x), SLOPE)
        x = ops.leaky_relu(self.narrow(ops.reshape(x, (-1, 16 * self.widths[-1]))), SLOPE)
        score = self.score(x)[:, 0]
        return score + ops.mean(self.project(labels) * x, axis=1) if self.labels else score

    def get_config(self):
        return super().get_config() | {"labels": self.labels, "widths": self.widths}


@keras.saving.register_keras_serializable("gene")
class DCGANGenerator(keras.Model):
    """Noise to 4x4, then 5x5 transposed convolutions with batch normalisation. widths: channels at 4x4 ... 32x32."""

    labels = 0

    def __init__(self, latent=100, widths=(1024, 512, 256, 128), **kwargs):
        super().__init__(**kwargs)
        self.latent, self.widths = latent, tuple(widths)
        self.start = layers.Dense(16 * widths[0], use_bias=False, name="start")
        self.norms = [layers.BatchNormalization(name=f"norm_{i}") for i in range(len(widths))]
        self.convolutions = [
            layers.Conv2DTranspose(
                width, 5, strides=2, padding="same", use_bias=False, name=f"conv_{i}"
            )
            for i, width in enumerate(widths[1:])
        ]
        self.paint = layers.Conv2DTranspose(
            3, 5, strides=2, padding="same", activation="tanh", name="paint"
        )
        self.build()

    def build(self, input_shape=None):
        self.start.build((None, self.latent))
        for layer, width in zip([*self.convolutions, self.paint], self.widths):
            layer.build((None, None, None, width))
        for layer, width in zip(self.norms, self.widths):
            layer.build((None, None, None, width))
        self.built = True

    def call(self, noise, labels=None, training=False):
        """Noise (batch, latent) to pictures."""
        x = ops.reshape(self.start(noise), (-1, 4, 4, self.widths[0]))
        for norm, layer in zip(self.norms, [*self.convolutions, self.paint]):
            x = layer(ops.leaky_relu(norm(x, training=training), SLOPE))
        return x

    def get_config(self):
        return super().get_config() | {"latent": self.latent, "widths": self.widths}


@keras.saving.register_keras_serializable("gene")
class DCGANDiscriminator(keras.Model):
    """5x5 strided convolutions with dropout. widths: channels at 32x32, 16x16, 8x8."""

    def __init__(self, widths=(64, 128, 256), dropout=0.3, **kwargs):
        super().__init__(**kwargs)
        self.widths, self.dropout = tuple(widths), dropout
        self.convolutions = [
            layers.Conv2D(width, 5, strides=2, padding="same", name=f"conv_{i}")
            for i, width in enumerate(widths)
        ]
        self.drops = [layers.Dropout(dropout, name=f"drop_{i}") for i in range(len(widths))]
        self.score = layers.Dense(1, name="score")
        self.build()

    def build(self, input_shape=None):
        for layer, width in zip(self.convolutions, (3, *self.widths)):
            layer.build((None, None, None, width))
        self.score.build((None, self.widths[-1] * (SIZE >> len(self.widths)) ** 2))
        self.built = True

    def call(self, images, labels=None, training=False):
        """Pictures to scores (batch,): the higher, the more like a real picture."""
        x = images
        for layer, drop in zip(self.convolutions, self.drops):
            x = drop(ops.leaky_relu(layer(x), SLOPE), training=training)
        return self.score(ops.reshape(x, (-1, self.score.kernel.shape[0])))[:, 0]

    def get_config(self):
        return super().get_config() | {"widths": self.widths, "dropout": self.dropout}
