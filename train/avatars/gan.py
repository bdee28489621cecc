"""What `fit` trains for the avatars: a generator and a discriminator against each other, in one loss.

Both learn in the same step of one optimizer: the discriminator sees the pictures without a way back to the generator,
the generator is scored by a discriminator whose weights are held. So plain `fit` trains them, on every engine.
"""

import keras
from keras import ops

SPARED = 4  # the penalty is taken on every fourth picture: the same in the mean, for less work


class Gan(keras.Model):
    """Base of both trainers. Batches are x = (pictures, labels); `generator` learns, `network` is what ships.

    `network` averages the generator's weights over about `memory` steps; with a memory of 1 it is the generator itself.
    """

    def __init__(self, generator, discriminator, memory):
        super().__init__()
        self.generator, self.discriminator, self.memory = generator, discriminator, memory
        self.network = generator
        if memory > 1:
            self.network = type(generator).from_config(generator.get_config())
            self.network.trainable = False
            self.network.set_weights(generator.get_weights())
            self.age = self.add_weight(shape=(), initializer="zeros", trainable=False, name="age")
        self.seeds = keras.random.SeedGenerator()
        self.means = {name: keras.metrics.Mean(name=name) for name in self.names}

    def build(self, input_shape=None):
        self.built = True

    def call(self, x, training=False):
        """The pictures that the generator makes for the labels of the batch."""
        images, labels = x
        noise = keras.random.normal((ops.shape(images)[0], self.generator.latent), seed=self.seeds)
        return self.generator(noise, labels, training=training)

    def held(self, images, labels):
        """Scores by the discriminator with its weights held: the way back leads to the pictures alone."""
        weights = [ops.stop_gradient(v.value) for v in self.discriminator.trainable_variables]
        others = [v.value for v in self.discriminator.non_trainable_variables]
        return self.discriminator.stateless_call(weights, others, images, labels, training=True)[0]

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The sum of all parts; keeps their running means, and the averaged generator, by the way."""
        if self.memory > 1:
            self._average()
        parts = self.parts(*x, y_pred)
        for name, value in parts.items():
            self.means[name].update_state(value)
        return sum(parts.values())

    def _average(self):
        self.age.assign_add(1.0)
        keep = ops.minimum(1 - 1 / self.memory, self.age / (self.age + 10))
        for mean, now in zip(self.network.weights, self.generator.weights):
            mean.assign(keep * mean + (1 - keep) * ops.stop_gradient(now.value))


class PlainGan(Gan):
    """As the original trained: cross-entropy, real pictures labelled 0.9 (Salimans et al. 2016, arXiv:1606.03498)."""

    names = ("discriminator_loss", "generator_loss")

    def parts(self, images, labels, fake):
        """The losses of one batch, by name."""
        real, seen = (
            self.discriminator(pictures, labels, training=True)
            for pictures in (images, ops.stop_gradient(fake))
        )
        against = ops.mean(ops.softplus(real) - 0.9 * real) + ops.mean(ops.softplus(seen))
        return {
            "discriminator_loss": against,
            "generator_loss": ops.mean(ops.softplus(-self.held(fake, labels))),
        }


class PairedGan(Gan):
    """Relativistic pairing with zero-centred penalties (Huang et al. 2024, arXiv:2501.05441).

    The penalties are finite differences, so that no second derivative is needed: the squared change of the score when
    a picture gets noise of `sigma`, `penalty` times. `nearness` is the weight of the mean distance between a made
    picture and the very face with the same labels (Isola et al. 2017, arXiv:1611.07004), 0 where there are no labels.
    """

    names = ("discriminator_loss", "generator_loss", "penalty", "nearness")

    def __init__(self, generator, discriminator, memory, penalty, sigma, nearness):
        super().__init__(generator, discriminator, memory)
        self.penalty, self.sigma = penalty, sigma
        self.nearness = nearness if generator.labels else 0.0

    def parts(self, images, labels, fake):
        """The losses of one batch, by name."""
        both = ops.concatenate([images, ops.stop_gradient(fake)])
        twice = ops.tile(labels, (2, 1))
        noisy = both[::SPARED] + self.sigma * keras.random.normal(
            ops.shape(both[::SPARED]), seed=self.seeds
        )
        scores = self.discriminator(
            ops.concatenate([both, noisy]), ops.concatenate([twice, twice[::SPARED]]), training=True
        )
        scores, shaken = scores[: ops.shape(both)[0]], scores[ops.shape(both)[0] :]
        real, seen = ops.split(scores, 2)
        change = 2 * ops.mean(ops.square(scores[::SPARED] - shaken))
        score = self.held(fake, labels)
        return {
            "discriminator_loss": ops.mean(ops.softplus(seen - real)),
            "generator_loss": ops.mean(ops.softplus(ops.stop_gradient(real) - score)),
            "penalty": self.penalty * change,
            "nearness": self.nearness * ops.mean(ops.abs(fake - images)),
        }
