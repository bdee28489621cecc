"""The embedding layer of the lyrics networks, which is also their output layer."""

from typing import Any

import common.keras_quiet  # noqa: F401

import keras
from keras import ops


@keras.saving.register_keras_serializable("gene")
class TiedEmbedding(keras.layers.Layer):
    """Embedding whose weights also compute the logits (Press & Wolf, 2017, arXiv:1608.05859).

    Unlike `keras.layers.ReversibleEmbedding`, it has an output bias, input-only tokens, and
    dropout of whole embeddings (Merity et al., 2017, arXiv:1708.02182).

    Args:
        vocabulary_size: Number of tokens that can be read and predicted.
        embedding_dim: Size of an embedding.
        dropout: Fraction of the tokens whose embeddings are set to zero in a training step.
        num_artist_tokens: Number of input-only tokens, whose ids follow those of the vocabulary.
    """

    def __init__(
        self,
        vocabulary_size: int,
        embedding_dim: int,
        dropout: float = 0.0,
        num_artist_tokens: int = 0,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size
        self.embedding_dim = embedding_dim
        self.dropout = dropout
        self.num_artist_tokens = num_artist_tokens
        self.seeds = keras.random.SeedGenerator()

    def build(self, input_shape: Any = None) -> None:
        """Create the table and the output bias."""
        self.table = self.add_weight(
            shape=(self.vocabulary_size + self.num_artist_tokens, self.embedding_dim),
            name="table",
            initializer=keras.initializers.RandomUniform(-0.1, 0.1),
        )
        self.bias = self.add_weight(shape=(self.vocabulary_size,), initializer="zeros", name="bias")
        self.built = True

    def call(self, token_ids: Any, training: bool = False) -> Any:
        """Return the embeddings (..., embedding_dim) of token ids (...)."""
        table = self.table
        if training and self.dropout:
            table = keras.random.dropout(
                table, self.dropout, noise_shape=(table.shape[0], 1), seed=self.seeds
            )
        return ops.take(table, token_ids, axis=0)

    def logits(self, vectors: Any) -> Any:
        """Compute logits (..., vocabulary) from vectors (..., embedding_dim)."""
        products = ops.matmul(vectors, ops.transpose(self.table))
        return products[..., : self.vocabulary_size] + self.bias

    def get_config(self) -> dict:
        """Return the constructor arguments."""
        return super().get_config() | {
            "vocabulary_size": self.vocabulary_size,
            "embedding_dim": self.embedding_dim,
            "dropout": self.dropout,
            "num_artist_tokens": self.num_artist_tokens,
        }
