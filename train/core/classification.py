"""The base class for training classifiers."""

import keras


class ClassificationTrainer(keras.Model):
    """Trains a classifier, and tracks its cross-entropy and accuracy.

    Subclasses update two metrics in `compute_loss`: `cross_entropy`, the mean
    cross-entropy in nats, and `accuracy`, the fraction of correct predictions from 0 to 1.

    Args:
        network: The classifier, a Keras model. The run saves this model, not the trainer.
    """

    def __init__(self, network: keras.Model):
        super().__init__()
        self.network = network
        self.cross_entropy = keras.metrics.Mean(name="cross_entropy")
        self.accuracy = keras.metrics.Mean(name="accuracy")

    def build(self, input_shape=None):
        """Do nothing; the network builds itself."""
        self.built = True
