"""Base class of the trainers of classifying networks."""

import keras


class ClassificationTrainer(keras.Model):
    """Trainer of a classifying `network` that tracks cross-entropy and accuracy.

    Subclasses update `cross_entropy` (mean, in nats) and `accuracy` (share of correct answers, 0 to
    1) in `compute_loss`.

    Args:
        network: The Keras model to train; it is the model that a run saves.
    """

    def __init__(self, network: keras.Model):
        super().__init__()
        self.network = network
        self.cross_entropy = keras.metrics.Mean(name="cross_entropy")
        self.accuracy = keras.metrics.Mean(name="accuracy")

    def build(self, input_shape=None):
        """Do nothing; the network builds itself."""
        self.built = True
