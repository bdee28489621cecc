"""Trainers of the lyrics networks: what Keras `fit` trains, with the loss of each network."""

from typing import Any

import keras
from keras import ops

from data.lyrics.vocabulary import BOS_EOS
from models.lyrics import LSTMLanguageModel
from models.seq2seq import LineSeq2Seq
from train.core.classification import ClassificationTrainer


class NextTokenTrainer(ClassificationTrainer):
    """Base class: mean cross-entropy per token, in nats, and accuracy."""

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
    """Trainer of `WindowedBiGRU`."""

    def call(self, token_ids: Any, training: bool = False) -> Any:
        """Return the logits (batch, vocabulary)."""
        return self.network(token_ids, training=training)


class LineSeq2SeqTrainer(NextTokenTrainer):
    """Trainer of `LineSeq2Seq`.

    About half of a batch is padding, so the logits, the costliest part, are only computed where
    there is a target.
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
        """Compute the loss; `y_pred` holds the vectors before the output layer, not logits."""
        [positions] = ops.nonzero(ops.reshape(sample_weight, (-1,)))
        vectors = ops.reshape(y_pred, (-1, self.network.embedding_dim))
        vectors = ops.take(vectors, positions, axis=0)
        targets = ops.take(ops.reshape(y, (-1,)), positions)
        weights = ops.take(ops.reshape(sample_weight, (-1,)), positions)
        logits = self.network.token_embedding.logits(vectors)
        return super().compute_loss(x, targets, logits, weights, training)


class LSTMTrainer(NextTokenTrainer):
    """Trainer of `LSTMLanguageModel` with truncated backpropagation through time.

    Each row continues with the state that the previous batch left, except where a song starts
    (see `StatefulBatches`).

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
            for size in self.network.state_sizes
        ]

    def call(self, token_ids: Any, training: bool = False) -> Any:
        """Return what `compute_logits` makes of the batch, and keep the state after it."""
        state = self.training_state if training else self.validation_state
        continues = ops.cast(ops.not_equal(token_ids[:, :1], BOS_EOS), "float32")
        previous = [variable * continues for variable in state]
        vectors, following = self.network.hidden_states(token_ids, previous, training=training)
        for variable, value in zip(state, following, strict=True):
            variable.assign(ops.stop_gradient(value))
        return self.compute_logits(vectors, training)

    def compute_logits(self, vectors: Any, training: bool) -> Any:
        """Return the logits (batch, time, vocabulary)."""
        return self.network.token_embedding.logits(vectors)
