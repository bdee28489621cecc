"""The lyrics network that reads a window of tokens and predicts the next token."""

from collections.abc import Sequence
from typing import Any

import common.keras_quiet  # noqa: F401

import keras
import numpy as np
from keras import ops

from data.lyrics.vocabulary import PAD
from models.lyrics import LyricsModel, State, pad_song


@keras.saving.register_keras_serializable("gene")
class WindowedBiGRU(LyricsModel):
    """Bidirectional GRUs over a window of tokens.

    This is the lyrics network of the blog posts that Gene re-creates: an embedding, two
    bidirectional GRU layers, a dense layer, and a softmax over the vocabulary.

    Args:
        vocabulary_size: Number of tokens.
        context_length: Number of tokens that the network reads to predict the next one.
        embedding_dim: Size of the token embeddings.
        units: Size of each GRU, per direction, and of the dense layer.
        dropout: Dropout rate of the output of the dense layer.
    """

    def __init__(
        self,
        vocabulary_size: int,
        context_length: int = 14,
        embedding_dim: int = 50,
        units: int = 128,
        dropout: float = 0.3,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size
        self.context_length = context_length
        self.embedding_dim = embedding_dim
        self.units = units
        self.dropout = dropout
        self.token_embedding = keras.layers.Embedding(vocabulary_size, embedding_dim)
        self.grus = [
            keras.layers.Bidirectional(keras.layers.GRU(units, return_sequences=True)),
            keras.layers.Bidirectional(keras.layers.GRU(units)),
        ]
        self.dense = keras.layers.Dense(units, activation="relu")
        self.dropout_layer = keras.layers.Dropout(dropout)
        self.output_layer = keras.layers.Dense(vocabulary_size)
        self.build()

    def build(self, input_shape: Any = None) -> None:
        """Create all weights."""
        self.token_embedding.build()
        for gru, size in zip(self.grus, (self.embedding_dim, 2 * self.units), strict=True):
            gru.build((None, self.context_length, size))
        self.dense.build((None, 2 * self.units))
        self.output_layer.build((None, self.units))
        self.built = True

    def call(self, token_ids: Any, training: bool = False) -> Any:
        """Predict the token after each window.

        Args:
            token_ids: int32 (batch, context_length), padded with `PAD` before the start of a song.
            training: Whether to apply dropout.

        Returns:
            Logits (batch, vocabulary).
        """
        vectors = self.token_embedding(token_ids)
        for gru in self.grus:
            vectors = gru(vectors, training=training)
        vectors = self.dropout_layer(self.dense(vectors), training=training)
        return self.output_layer(vectors)

    def start(self, batch_size: int, title: Sequence[int] = ()) -> State:
        """Return an empty window, int32 (batch, context_length)."""
        return [np.full((batch_size, self.context_length), PAD, "int32")]

    def step(self, token_ids: Sequence[int], state: State) -> tuple[Any, State]:
        """See `LyricsModel.step`. The state is the window of the latest tokens."""
        newest = np.array(token_ids, "int32")[:, None]
        window = np.concatenate([state[0][:, 1:], newest], axis=1)
        return self.predict_on_batch(window), [window]  # compiled, unlike `self(window)`

    def forward_for_export(self, token_ids: Any) -> Any:
        """Compute the same as `call` for one window, as a graph that runs fast in the browser.

        The GRUs are unrolled into operations on 2-D tensors. Each weight is read only once, so that
        the exported graph stores it only once.

        Args:
            token_ids: int32 (context_length,).

        Returns:
            Logits (1, vocabulary).
        """
        vectors = self.token_embedding(token_ids)
        first, second = self.grus
        forward = _unroll_gru(first.forward_layer.cell, vectors)
        backward = _unroll_gru(first.backward_layer.cell, vectors, reverse=True)
        vectors = ops.concatenate(
            [ops.concatenate(forward, axis=0), ops.concatenate(backward, axis=0)], axis=1
        )
        forward = _unroll_gru(second.forward_layer.cell, vectors)
        backward = _unroll_gru(second.backward_layer.cell, vectors, reverse=True)
        vector = ops.concatenate([forward[-1], backward[0]], axis=1)
        return self.output_layer(self.dense(vector))

    def logits(self, token_ids: Sequence[int], artist: int = 0, title: Sequence[int] = ()) -> Any:
        """See `LyricsModel.logits`."""
        padding = [PAD] * (self.context_length - 1)
        padded = np.array([*padding, *pad_song(token_ids)], "int32")
        windows = np.lib.stride_tricks.sliding_window_view(padded, self.context_length)
        return ops.convert_to_numpy(self(windows))[: len(token_ids)]

    def get_config(self) -> dict:
        """Return the constructor arguments."""
        return super().get_config() | {
            "vocabulary_size": self.vocabulary_size,
            "context_length": self.context_length,
            "embedding_dim": self.embedding_dim,
            "units": self.units,
            "dropout": self.dropout,
        }


def _unroll_gru(cell: Any, vectors: Any, reverse: bool = False) -> list[Any]:
    """Run a GRU cell over a sequence without a loop in the graph.

    Args:
        cell: A `keras.layers.GRUCell`.
        vectors: Inputs (time, size).
        reverse: Whether to start at the end of the sequence.

    Returns:
        The state (1, units) at each time step, in the order of `vectors`.
    """
    recurrent_kernel = ops.copy(cell.recurrent_kernel)
    recurrent_bias = ops.copy(cell.bias[1])
    inputs = ops.matmul(vectors, cell.kernel) + cell.bias[0]
    state = ops.zeros((1, cell.units))
    states = []
    steps = range(vectors.shape[0])
    for t in reversed(steps) if reverse else steps:
        z, r, h = ops.split(inputs[t : t + 1], 3, axis=1)
        recurrent = ops.matmul(state, recurrent_kernel) + recurrent_bias
        recurrent_z, recurrent_r, recurrent_h = ops.split(recurrent, 3, axis=1)
        update = ops.sigmoid(z + recurrent_z)
        candidate = ops.tanh(h + ops.sigmoid(r + recurrent_r) * recurrent_h)
        state = update * state + (1 - update) * candidate
        states.append(state)
    return states[::-1] if reverse else states
