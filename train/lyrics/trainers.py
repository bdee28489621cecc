"""What `fit` trains for the lyrics: a network, its loss, and for the stream network the state it carries along."""

import keras
from keras import ops

from data.lyrics.vocabulary import BOS_EOS
from train.core.classification import ClassificationTrainer


class NextTokenTrainer(ClassificationTrainer):
    """Base of both trainers of lyrics: cross-entropy of the next word in nats, and the share that is guessed right."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Mean nats a target; keeps the running means by the way. Weights are 1 for a target, 0 for padding."""
        nats = keras.losses.sparse_categorical_crossentropy(y, y_pred, from_logits=True)
        self.cross_entropy.update_state(nats, sample_weight)
        guessed = ops.cast(ops.argmax(y_pred, axis=-1), "int32")
        self.accuracy.update_state(ops.equal(guessed, ops.cast(y, "int32")), sample_weight)
        return ops.sum(nats * sample_weight) / ops.maximum(ops.sum(sample_weight), 1.0)


class WindowTrainer(NextTokenTrainer):
    """Trains a Window: nothing to carry."""

    def call(self, words, training=False):
        return self.network(words, training=training)


class LineSeq2SeqTrainer(NextTokenTrainer):
    """Trains a Lines. Half of the places of a batch are padding, so only the others' vectors are scored."""

    def call(self, words, training=False):
        return self.network.vectors(words, training=training)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Mean nats a target; y_pred: vectors, not logits."""
        [places] = ops.nonzero(ops.reshape(sample_weight, (-1,)))
        vectors = ops.take(ops.reshape(y_pred, (-1, self.network.width)), places, axis=0)
        y, weights = (ops.take(ops.reshape(part, (-1,)), places) for part in (y, sample_weight))
        return super().compute_loss(x, y, self.network.words.score(vectors), weights, training)


class LSTMTrainer(NextTokenTrainer):
    """Trains a Stream: each lane goes on with the state that its last batch left, or anew where a song begins."""

    def __init__(self, network, lanes):
        super().__init__(network)
        self.carried = {
            training: [
                self.add_weight(shape=(lanes, n), initializer="zeros", trainable=False)
                for n in network.units
                for _ in "hc"
            ]
            for training in (True, False)
        }

    def call(self, words, training=False):
        carried = self.carried[bool(training)]
        goes_on = ops.cast(ops.not_equal(words[:, :1], BOS_EOS), "float32")
        vectors, after = self.network.vectors(
            words, [variable * goes_on for variable in carried], training=training
        )
        for variable, value in zip(carried, after):
            variable.assign(ops.stop_gradient(value))
        return self.score(vectors, training)

    def score(self, vectors, training):
        """What the loss is computed of: the logits of every word."""
        return self.network.words.score(vectors)
