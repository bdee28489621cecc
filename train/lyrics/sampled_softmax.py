"""Sampled softmax: in training, compute logits for only a sample of a large vocabulary.

In each training step, all targets share one sample of negatives, drawn with a probability
proportional to count^0.75 (Mikolov et al., 2013, arXiv:1310.4546). Subtracting log(expected count)
from each logit makes the sum over the sample an estimate of the sum over the vocabulary (Bengio &
Senecal, 2008; Jean et al., 2015, arXiv:1412.2007). Validation uses the full softmax.
"""

from typing import Any

import keras
import numpy as np
from keras import ops

from models.lyrics import LSTMLanguageModel
from train.lyrics.trainers import LSTMTrainer

COUNT_EXPONENT = 0.75
MASKED_LOGIT = -1e9


class SampledSoftmaxTrainer(LSTMTrainer):
    """Trainer for `LSTMLanguageModel` with a sampled softmax.

    In training, cross-entropy and accuracy consider only the target and the sampled tokens.

    Args:
        network: The network.
        batch_size: Rows per batch.
        counts: Number of occurrences of each token in the training songs, (vocabulary,).
        num_sampled: Number of negatives per step, drawn with replacement.
    """

    def __init__(
        self, network: LSTMLanguageModel, batch_size: int, counts: np.ndarray, num_sampled: int
    ):
        super().__init__(network, batch_size)
        weights = np.maximum(counts, 1.0) ** COUNT_EXPONENT
        probabilities = weights / weights.sum()
        self.num_sampled = num_sampled
        self.cumulative = np.cumsum(probabilities)[:-1].astype("float32")
        self.log_expected = np.log(num_sampled * probabilities).astype("float32")
        self.seeds = keras.random.SeedGenerator()

    def compute_logits(self, vectors: Any, training: bool) -> Any:
        """Return the logits; in training, the vectors, because sampled logits need the targets."""
        return vectors if training else super().compute_logits(vectors, training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Compute the loss; `y_pred` is the output of `compute_logits`."""
        if not training:
            return super().compute_loss(x, y, y_pred, sample_weight, training)
        targets = ops.reshape(y, (-1,))
        weights = ops.reshape(sample_weight, (-1,))
        vectors = ops.reshape(y_pred, (-1, self.network.embedding_dim))
        target_logits = self._target_logits(vectors, targets)
        negative_logits = self._negative_logits(vectors, targets)
        logits = ops.concatenate([target_logits, negative_logits], axis=1)
        return super().compute_loss(x, ops.zeros_like(targets), logits, weights, training)

    def _target_logits(self, vectors: Any, targets: Any) -> Any:
        """Return the logit of each target, (targets, 1)."""
        rows, bias = self._output_weights(targets)
        return ops.sum(vectors * rows, axis=-1, keepdims=True) + bias[:, None]

    def _negative_logits(self, vectors: Any, targets: Any) -> Any:
        """Draw negatives and return their corrected logits, (targets, num_sampled)."""
        uniforms = keras.random.uniform((self.num_sampled,), seed=self.seeds)
        sampled = ops.searchsorted(ops.convert_to_tensor(self.cumulative), uniforms, "right")
        rows, bias = self._output_weights(sampled)
        correction = ops.take(ops.convert_to_tensor(self.log_expected), sampled)
        logits = ops.matmul(vectors, ops.transpose(rows)) + bias - correction
        is_target = ops.equal(sampled[None], targets[:, None])
        return ops.where(is_target, MASKED_LOGIT, logits)

    def _output_weights(self, token_ids: Any) -> tuple[Any, Any]:
        """Return the rows of the embedding table and the output biases of tokens."""
        embedding = self.network.token_embedding
        return ops.take(embedding.table, token_ids, axis=0), ops.take(embedding.bias, token_ids)
