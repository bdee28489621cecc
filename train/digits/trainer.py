"""What `fit` trains for the digits: batches of them, and the trainers that the recipes use."""

import keras
import numpy as np
from keras import ops

from common.cli import GeneError
from train.digits.augment import distort


class Batches:
    """Batches (pictures, wanted), float32 (batch, 28, 28) and (batch, classes), of digits in a new order each epoch.

    replays: how often each batch comes, one time after another; moved: keyword arguments of `distort`; smooth: share of
    certainty that is given to all classes alike (label smoothing, Szegedy et al. 2016, arXiv:1512.00567).
    """

    def __init__(self, part, batch, classes, seed, replays=1, smooth=0.0, **moved):
        self.part, self.batch, self.classes, self.seed = part, batch, classes, seed
        self.replays, self.smooth, self.moved = replays, smooth, moved
        self.steps = len(part.labels) // batch * replays
        if not self.steps:
            raise GeneError(
                f"--batch: {batch} is more than the {len(part.labels)} training digits; give a smaller one"
            )

    item_name = "digits"

    @property
    def items_per_step(self):
        return self.batch

    def batches(self, epoch, step):
        """Batches without end, from a step of an epoch on."""
        while True:
            order = np.random.default_rng([self.seed, epoch]).permutation(len(self.part.labels))
            for place in range(step, self.steps):
                if place % self.replays == 0 or place == step:
                    batch = self._batch(order, epoch, place // self.replays)
                yield batch
            epoch, step = epoch + 1, 0

    def _batch(self, order, epoch, number):
        places = order[number * self.batch : (number + 1) * self.batch]
        random = np.random.default_rng([self.seed, epoch, number])
        images = self.part.images[places]
        pictures = (
            distort(images, random, **self.moved)
            if any(self.moved.values())
            else as_pictures(images)
        )
        return pictures, wanted(self.part.labels[places], self.classes, self.smooth)


def as_pictures(images):
    """Images uint8 as pictures float32 from 0 to 1."""
    return images / np.float32(255)


def wanted(labels, classes, smooth=0.0):
    """The outputs (n, classes) that labels (n,) ask for."""
    return np.eye(classes, dtype="float32")[labels] * np.float32(1 - smooth) + np.float32(
        smooth / classes
    )


class Classifier(keras.Model):
    """Trains `learner`, and keeps in `network`, which has no gradient, the running average of its weights.

    average: the share of the average that each step keeps (Polyak & Juditsky 1992), less at the start; 0 keeps the
    learner as it is. The average is that of the weights before the step.
    """

    def __init__(self, network, average=0.0):
        super().__init__()
        self.learner, self.network, self.average = (
            network.from_config(network.get_config()),
            network,
            average,
        )
        self.learner.set_weights(network.get_weights())
        self.seen = self.add_weight(shape=(), initializer="zeros", trainable=False, name="seen")
        network.trainable = False
        self.cross_entropy = keras.metrics.Mean(name="cross_entropy")
        self.accuracy = keras.metrics.Mean(name="accuracy")

    def build(self, input_shape=None):
        self.built = True

    def call(self, pictures, training=False):
        if not training:
            return self.network(pictures, training=False)
        self.seen.assign_add(1.0)
        share = ops.minimum(self.average, self.seen / (self.seen + 10))
        for kept, new in zip(self.network.weights, self.learner.weights):
            kept.assign(share * kept + (1 - share) * new)
        return self.learner(self.changed(pictures), training=True)

    def changed(self, pictures):
        """The pictures as the learner is shown them."""
        return pictures

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Mean nats a picture; keeps the running means by the way."""
        nats = self.network.cross_entropy(y_pred, y)
        self.cross_entropy.update_state(nats)
        self.accuracy.update_state(ops.equal(ops.argmax(y_pred, axis=-1), ops.argmax(y, axis=-1)))
        return ops.mean(nats)


class Attacked(Classifier):
    """A Classifier whose pictures are changed against it, by `strength` at most in Euclidean length.

    The same pass that teaches the weights tells the attack where to go ("free" adversarial training, Shafahi et al.
    2019, arXiv:1904.12843): batches must come several times in a row. The optimizer must be an `Attacker`.
    """

    def __init__(self, network, average, batch, strength):
        super().__init__(network, average)
        self.strength = strength
        self.attack = self.add_weight(shape=(batch, 28, 28), initializer="zeros", name="attack")

    def changed(self, pictures):
        return ops.clip(pictures + self.attack, 0.0, 1.0)

    def optimizer_for(self, schedule, weight_decay):
        """The optimizer that teaches the weights and moves the attack."""
        return Attacker(self.attack, self.strength, schedule, weight_decay=weight_decay)


class Attacker(keras.optimizers.AdamW):
    """AdamW, but for one variable, the attack, which climbs half its strength along its gradient in each step."""

    def __init__(self, attack, strength, *arguments, **options):
        super().__init__(*arguments, **options)
        self.shape, self.strength = tuple(attack.shape), strength
        self.exclude_from_weight_decay([attack])

    def update_step(self, gradient, variable, learning_rate):
        if tuple(variable.shape) != self.shape:
            super().update_step(gradient, variable, learning_rate)
            return
        moved = variable + self.strength / 2 * gradient / _length(gradient)
        self.assign(variable, moved * ops.minimum(1.0, self.strength / _length(moved)))


def _length(arrows):
    """The Euclidean length of each of arrows (n, 28, 28), as (n, 1, 1)."""
    return ops.sqrt(ops.sum(ops.square(arrows), axis=(1, 2), keepdims=True)) + 1e-12
