"""The sampled softmax: with many words to choose from, a training step weighs its targets against a draw of them.

The words drawn serve all targets of a batch. They are drawn with chances that follow the counts, flattened, and each
one's score is lowered by the logarithm of how often it is expected in the draw: so the sum of the softmax is, on
average, the one over all words (Bengio & Senecal 2008; Jean et al. 2015, arXiv:1412.2007; the power of the counts is
that of Mikolov et al. 2013, arXiv:1310.4546). What is held out is measured with all words, exactly.
"""

import keras
import numpy as np
from keras import ops

from train.lyrics.trainers import LSTMTrainer

MIN_VOCABULARY = 32_000  # words that a vocabulary has when the softmax is sampled unasked
NUM_SAMPLED = 4096
POWER = 0.75
NEVER = -1e9


class SampledSoftmaxTrainer(LSTMTrainer):
    """Trains a Stream. While it does, loss and accuracy are among the words drawn.

    counts: how often each word of the vocabulary stands in the songs; drawn: words drawn for a batch, with repeats.
    """

    def __init__(self, network, lanes, counts, drawn):
        super().__init__(network, lanes)
        chances = np.maximum(counts, 1.0) ** POWER
        chances /= chances.sum()
        self.drawn, self.ends = drawn, np.cumsum(chances)[:-1].astype("float32")
        self.expected = np.log(drawn * chances).astype("float32")
        self.seeds = keras.random.SeedGenerator()

    def score(self, vectors, training):
        """The vectors themselves in training: what is scored hangs on the targets."""
        return vectors if training else super().score(vectors, training)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Mean nats a target; y_pred: vectors in training, else logits."""
        if not training:
            return super().compute_loss(x, y, y_pred, sample_weight, training)
        words = ops.searchsorted(
            ops.convert_to_tensor(self.ends),
            keras.random.uniform((self.drawn,), seed=self.seeds),
            "right",
        )
        y, sample_weight = ops.reshape(y, (-1,)), ops.reshape(sample_weight, (-1,))
        vectors = ops.reshape(y_pred, (-1, self.network.width))
        table, bias = self._weights(words)
        often = ops.take(ops.convert_to_tensor(self.expected), words)
        others = ops.matmul(vectors, ops.transpose(table)) + bias - often
        others = ops.where(
            ops.equal(words[None], y[:, None]), NEVER, others
        )  # the target, drawn by chance
        table, bias = self._weights(y)
        own = ops.sum(vectors * table, axis=-1, keepdims=True) + bias[:, None]
        logits = ops.concatenate([own, others], axis=1)
        return super().compute_loss(x, ops.zeros_like(y), logits, sample_weight, training)

    def _weights(self, words):
        """Rows of the table, and biases."""
        return ops.take(self.network.words.table, words, axis=0), ops.take(
            self.network.words.bias, words
        )
