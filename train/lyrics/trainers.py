"""The Keras models that train the lyrics networks; each computes the loss of one network."""

from typing import Any

import keras
from keras import ops

from data.lyrics.vocabulary import BOS_EOS
from models.lyrics import LSTMLanguageModel
from models.seq2seq import LineSeq2Seq
from train.core.classification import ClassificationTrainer


class NextTokenTrainer(ClassificationTrainer):
    """Base class of the trainers: minimizes the mean cross-entropy per token, in nats."""

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Compute the mean cross-entropy and update the metrics.

        Args:
            x: Inputs; not used.
            y: Target token ids, int32 (...).
            y_pred: Logits (..., vocabulary).
            sample_weight: 1 for a target, 0 for padding, (...).
            training: Whether this is a training step.
        """
        losses = keras.losses.sparse_categorical_crossentropy(y, y_pred, from_logits=True)
        predicted = ops.cast(ops.argmax(y_pred, axis=-1), "int32")
        is_right = ops.equal(predicted, ops.cast(y, "int32"))
        self.cross_entropy.update_state(losses, sample_weight)
        self.accuracy.update_state(is_right, sample_weight)
        return ops.sum(losses * sample_weight) / ops.maximum(ops.sum(sample_weight), 1.0)


class WindowTrainer(NextTokenTrainer):
    """Trainer for `WindowedBiGRU`."""

    def call(self, token_ids: Any, training: bool = False) -> Any:
        """Return the logits (batch, vocabulary)."""
        return self.network(token_ids, training=training)


class LineSeq2SeqTrainer(NextTokenTrainer):
    """Trainer for `LineSeq2Seq`.

    About half of each batch is padding, so the logits, which take most of the time, are computed
    only where there is a target.
    """

    network: LineSeq2Seq

    def call(self, token_ids: Any, training: bool = False) -> Any:
        """Return the vectors that the logits are computed from, (batch, time, embedding_dim)."""
        return self.network.hidden_states(token_ids, training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Compute the loss; `y_pred` is the input of the output layer, not its logits."""
        [positions] = ops.nonzero(ops.reshape(sample_weight, (-1,)))
        vectors = ops.reshape(y_pred, (-1, self.network.embedding_dim))
        vectors = ops.take(vectors, positions, axis=0)
        targets = ops.take(ops.reshape(y, (-1,)), positions)
        weights = ops.take(ops.reshape(sample_weight, (-1,)), positions)
        logits = self.network.token_embedding.logits(vectors)
        return super().compute_loss(x, targets, logits, weights, training)


class LSTMTrainer(NextTokenTrainer):
    """Trainer for `LSTMLanguageModel` with truncated backpropagation through time.

    Each row starts with the final state of the same row in the previous batch, or with a zero state
    if a song starts there (see `StatefulBatches`).

    Args:
        network: The network.
        batch_size: Rows per batch.
    """

    network: LSTMLanguageModel

    def __init__(self, network: LSTMLanguageModel, batch_size: int):
        super().__init__(network)
        self.training_state = self._zero_state(batch_size)
        self.validation_state = self._zero_state(batch_size)

    def _zero_state(self, batch_size: int) -> list[keras.Variable]:
        return [
            self.add_weight(shape=(batch_size, size), initializer="zeros", trainable=False)
            for size in self.network.recurrent_sizes
        ]

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the output of `compute_logits` for a batch, and store the final state."""
        token_ids, *titles = inputs if isinstance(inputs, (tuple, list)) else (inputs,)
        state = self.training_state if training else self.validation_state
        topics = [self.network.topics(each, training=training) for each in titles]
        continues = ops.cast(ops.not_equal(token_ids[:, :1], BOS_EOS), "float32")
        previous = [variable * continues for variable in state]
        vectors, following = self.network.hidden_states(
            token_ids, [*previous, *topics], training=training
        )
        for variable, value in zip(state, following, strict=False):  # the topics stay the same
            variable.assign(ops.stop_gradient(value))
        return self.compute_logits(vectors, training)

    def compute_logits(self, vectors: Any, training: bool) -> Any:
        """Return the logits (batch, time, vocabulary)."""
        return self.network.token_embedding.logits(vectors)
