"""The lyrics network that reads the last tokens of a song and predicts the whole next line."""

from collections.abc import Sequence
from typing import Any

import common.keras_quiet  # noqa: F401

import keras
import numpy as np
from keras import ops

from data.lyrics.lines import line_examples, split_lines
from data.lyrics.vocabulary import BOS_EOS, NEWLINE, PAD
from models.lyrics import LyricsModel, State
from models.tied_embedding import TiedEmbedding


@keras.saving.register_keras_serializable("gene")
class LineSeq2Seq(LyricsModel):
    """Encoder-decoder of two GRUs (Cho et al., 2014, arXiv:1406.1078).

    The encoder reads the last tokens of the song. Its final state is the initial state of the
    decoder, which predicts one line. `data/lyrics/lines.py` defines what counts as a line.

    Args:
        vocabulary_size: Number of tokens.
        context_length: Number of tokens that the encoder reads.
        embedding_dim: Size of the token embeddings.
        units: Size of both GRUs.
        dropout: Dropout rate of the embeddings and of the output of the decoder; the mask is the
            same at every time step of a line.
        max_line_length: Maximum number of tokens of a line, including the line break.
    """

    def __init__(
        self,
        vocabulary_size: int,
        context_length: int = 28,
        embedding_dim: int = 128,
        units: int = 256,
        dropout: float = 0.0,
        max_line_length: int = 16,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size
        self.context_length = context_length
        self.embedding_dim = embedding_dim
        self.units = units
        self.dropout = dropout
        self.max_line_length = max_line_length
        self.token_embedding = TiedEmbedding(vocabulary_size, embedding_dim, name="token_embedding")
        self.encoder = keras.layers.GRU(units, name="encoder")
        self.decoder = keras.layers.GRU(units, return_sequences=True, name="decoder")
        self.dropouts = [
            keras.layers.SpatialDropout1D(dropout, name=f"dropout_{i}") for i in range(3)
        ]
        self.projection = keras.layers.Dense(embedding_dim, name="projection")
        self.build()

    def build(self, input_shape: Any = None) -> None:
        """Create all weights."""
        self.token_embedding.build()
        for gru in (self.encoder, self.decoder):
            gru.build((None, None, self.embedding_dim))
        self.projection.build((None, None, self.units))
        self.built = True

    def call(self, token_ids: Any, training: bool = False) -> Any:
        """Predict each token of a line from the tokens before it.

        Args:
            token_ids: int32 (batch, context_length + max_line_length - 1); see
                `data.lyrics.lines.LineExamples`.
            training: Whether to apply dropout.

        Returns:
            Logits (batch, max_line_length, vocabulary).
        """
        return self.token_embedding.logits(self.hidden_states(token_ids, training))

    def hidden_states(self, token_ids: Any, training: bool = False) -> Any:
        """Return the vectors (batch, max_line_length, embedding_dim) that `call` maps to logits."""
        state = self._encode(token_ids[:, : self.context_length], training)
        # The decoder starts with the last token before the line.
        vectors = self.token_embedding(token_ids[:, self.context_length - 1 :])
        vectors = self.dropouts[1](vectors, training=training)
        vectors = self.decoder(vectors, initial_state=state, training=training)
        return self.projection(self.dropouts[2](vectors, training=training))

    def _encode(self, token_ids: Any, training: bool = False) -> Any:
        vectors = self.dropouts[0](self.token_embedding(token_ids), training=training)
        return self.encoder(vectors, training=training)

    def start(self, batch_size: int, title: Sequence[int] = ()) -> State:
        """Return the state before a song.

        The state consists of the last tokens (batch, context_length), the position within the line
        (batch,) and the state of the decoder (batch, units).
        """
        return [
            ops.full((batch_size, self.context_length), PAD, "int32"),
            ops.full((batch_size,), -1, "int32"),
            ops.zeros((batch_size, self.units)),
        ]

    def step(self, token_ids: Sequence[int], state: State) -> tuple[Any, State]:
        """See `LyricsModel.step`. The encoder runs at the start of each line."""
        token_ids = ops.convert_to_tensor(token_ids, "int32")
        context, position, decoder_state = state
        context = ops.concatenate([context[:, 1:], ops.expand_dims(token_ids, 1)], axis=1)
        is_break = (token_ids == NEWLINE) | (token_ids == BOS_EOS)
        position = ops.where(is_break, 0, position + 1)
        begins_line = ops.expand_dims(position % self.max_line_length == 0, 1)
        decoder_state = ops.cond(
            ops.any(begins_line),
            lambda: ops.where(begins_line, self._encode(context), decoder_state),
            lambda: decoder_state,
        )
        vectors, [decoder_state] = self.decoder.cell(
            self.token_embedding(token_ids), [decoder_state]
        )
        logits = self.token_embedding.logits(self.projection(vectors))
        return logits, [context, position, decoder_state]

    def logits(self, token_ids: Sequence[int], artist: int = 0, title: Sequence[int] = ()) -> Any:
        """See `LyricsModel.logits`."""
        song = np.array(token_ids, "int32")
        lines = split_lines(song, 0, len(song), self.max_line_length)
        examples = line_examples(song, lines, self.context_length, self.max_line_length)
        return ops.convert_to_numpy(self(examples.inputs))[examples.weights > 0]

    def get_config(self) -> dict:
        """Return the constructor arguments."""
        return super().get_config() | {
            "vocabulary_size": self.vocabulary_size,
            "context_length": self.context_length,
            "embedding_dim": self.embedding_dim,
            "units": self.units,
            "dropout": self.dropout,
            "max_line_length": self.max_line_length,
        }
