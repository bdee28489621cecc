"""GAN trainers with a single loss, so that Keras `fit` can train them on every backend.

One step of one optimizer updates both networks. Gradients of the discriminator's loss do not reach
the generator, and gradients of the generator's loss do not reach the discriminator.
"""

from typing import Any

import keras
from keras import ops

from train.avatars.diff_augment import augment
from train.core.ema import Ema

CODE_STRIDE = 2  # every second image is generated from its code
PENALTY_STRIDE = 4  # the penalty uses every fourth image: same expected value, less computation


class GANTrainer(keras.Model):
    """Base class of the GAN trainers. A batch is x = (images, labels, codes).

    A code is the noise vector from which the generator should reproduce an image. Codes have shape
    (batch, latent_dim), or (batch, 0) if there are none. With codes, every second image is
    generated from its code; all others are generated from random noise.

    Args:
        generator: The generator to train.
        discriminator: The discriminator; None for a trainer without one.
        ema_decay: Decay of the moving average of the generator's weights, per step; 0 for none.

    Attributes:
        network: The generator that is saved: the averaged one, or `generator` itself if
            `ema_decay` is 0.
        loss_names: Names of the losses, which are logged as metrics. Set by the subclass.
    """

    loss_names: tuple[str, ...]

    def __init__(self, generator: keras.Model, discriminator: keras.Model | None, ema_decay: float):
        super().__init__()
        self.generator = generator
        self.discriminator: Any = discriminator  # Any, because some trainers have none
        self.network = generator
        self.ema = None
        if ema_decay:
            self.network = type(generator).from_config(generator.get_config())
            self.network.trainable = False
            self.network.set_weights(generator.get_weights())
            self.ema = Ema(self, generator, self.network, ema_decay)
        self.seeds = keras.random.SeedGenerator()
        self.means = {name: keras.metrics.Mean(name=name) for name in self.loss_names}

    def build(self, input_shape=None) -> None:
        """Do nothing; the networks are already built."""
        self.built = True

    def call(self, x, training=False):
        """Generate an image for the labels of each image of the batch."""
        images, labels, codes = x
        count = ops.shape(images)[0]
        noise = keras.random.normal((count, self.generator.latent_dim), seed=self.seeds)
        if codes.shape[1]:
            is_coded = ops.arange(count)[:, None] % CODE_STRIDE == 0
            noise = ops.where(is_coded, codes, noise)
        return self.generator(noise, labels, training=training)

    def frozen_scores(self, images, labels):
        """Score images with the discriminator; gradients flow only to the images."""
        weights = [ops.stop_gradient(v.value) for v in self.discriminator.trainable_variables]
        others = [v.value for v in self.discriminator.non_trainable_variables]
        return self.discriminator.stateless_call(weights, others, images, labels, training=True)[0]

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the sum of all losses, and update their metrics and the averaged generator."""
        if self.ema:
            self.ema.update()
        losses = self.losses_of_batch(*x, y_pred)
        for name, value in losses.items():
            self.means[name].update_state(value)
        return sum(losses.values())

    def losses_of_batch(self, images, labels, codes, fake) -> dict:
        """Return the losses of a batch by name.

        Args:
            images: Real images, shape (batch, 64, 64, 3), from -1 to 1.
            labels: Their one-hot labels, shape (batch, num_labels).
            codes: Their codes, shape (batch, latent_dim) or (batch, 0).
            fake: Generated images with the same labels.
        """
        raise NotImplementedError


class DCGANTrainer(GANTrainer):
    """GAN trainer with the non-saturating cross-entropy loss and one-sided label smoothing.

    Real images have the target 0.9 (Salimans et al., 2016, arXiv:1606.03498).
    """

    loss_names = ("discriminator_loss", "generator_loss")

    def losses_of_batch(self, images, labels, codes, fake) -> dict:
        """Return the losses of a batch by name."""
        real_scores = self.discriminator(images, labels, training=True)
        fake_scores = self.discriminator(ops.stop_gradient(fake), labels, training=True)
        real_loss = ops.mean(ops.softplus(real_scores) - 0.9 * real_scores)
        fake_loss = ops.mean(ops.softplus(fake_scores))
        return {
            "discriminator_loss": real_loss + fake_loss,
            "generator_loss": ops.mean(ops.softplus(-self.frozen_scores(fake, labels))),
        }


class RelativisticGANTrainer(GANTrainer):
    """Relativistic pairing GAN with zero-centered gradient penalties (R3GAN).

    See Huang et al., 2024, arXiv:2501.05441. A penalty is the squared change of the score when
    noise is added to an image: a finite difference, which needs no second derivative.

    Args:
        generator: The generator to train.
        discriminator: The discriminator.
        ema_decay: As in `GANTrainer`.
        gradient_penalty: Weight of the penalties.
        sigma: Standard deviation of the noise that the penalties add to images, whose values range
            from -1 to 1.
        l1_weight: Weight of the mean absolute difference between a generated image and the real one
            with the same labels (Isola et al., 2017, arXiv:1611.07004) or the same code. Ignored if
            there are neither labels nor codes.
        augmented: Whether the discriminator sees only augmented images.
    """

    loss_names = ("discriminator_loss", "generator_loss", "gradient_penalty", "reconstruction")

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        ema_decay: float,
        gradient_penalty: float,
        sigma: float,
        l1_weight: float,
        augmented: bool = False,
    ):
        super().__init__(generator, discriminator, ema_decay)
        self.gradient_penalty = gradient_penalty
        self.sigma = sigma
        self.l1_weight = l1_weight
        self.augmented = augmented

    def seen(self, images):
        """Return the images for the discriminator, augmented if `augmented` is True."""
        return augment(images, self.seeds) if self.augmented else images

    def reconstruction(self, images, codes, fake):
        """Return the weighted L1 loss between real images and their reproductions."""
        if codes.shape[1]:
            images = images[::CODE_STRIDE]
            fake = fake[::CODE_STRIDE]
        elif not self.generator.num_labels:
            return 0.0 * ops.mean(fake)
        return self.l1_weight * ops.mean(ops.abs(fake - images))

    def losses_of_batch(self, images, labels, codes, fake) -> dict:
        """Return the losses of a batch by name."""
        both = self.seen(ops.concatenate([images, ops.stop_gradient(fake)]))
        both_labels = ops.tile(labels, (2, 1))
        penalized = both[::PENALTY_STRIDE]
        noise = keras.random.normal(ops.shape(penalized), seed=self.seeds)
        scores = self.discriminator(
            ops.concatenate([both, penalized + self.sigma * noise]),
            ops.concatenate([both_labels, both_labels[::PENALTY_STRIDE]]),
            training=True,
        )
        count = ops.shape(both)[0]
        noisy_scores = scores[count:]
        scores = scores[:count]
        real_scores, fake_scores = ops.split(scores, 2)
        change = 2 * ops.mean(ops.square(scores[::PENALTY_STRIDE] - noisy_scores))
        generator_scores = self.frozen_scores(self.seen(fake), labels)
        return {
            "discriminator_loss": ops.mean(ops.softplus(fake_scores - real_scores)),
            "generator_loss": ops.mean(
                ops.softplus(ops.stop_gradient(real_scores) - generator_scores)
            ),
            "gradient_penalty": self.gradient_penalty * change,
            "reconstruction": self.reconstruction(images, codes, fake),
        }
