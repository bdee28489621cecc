"""Networks that predict the next token of a song.

- `LSTMLanguageModel`: an LSTM that reads a song from its start, with tied embeddings.
- `models.bigru.WindowedBiGRU`: the network of the blog posts that Gene re-creates. It reads the
  last 14 tokens with bidirectional GRUs and predicts one token.
- `models.seq2seq.LineSeq2Seq`: reads the last 28 tokens and writes a whole line.

All of them are a `LyricsModel`, so code that generates or scores songs works with any of them.
Token ids are int32; `data/lyrics/vocabulary.py` defines the special ones.
"""

from collections.abc import Callable, Sequence
from typing import Any

import common.keras_quiet  # noqa: F401

import keras
import numpy as np
from keras import ops

from data.lyrics.vocabulary import BOS_EOS

State = list[Any]  # tensors or arrays, the songs of a batch along the first axis


class LyricsModel(keras.Model):
    """Base class of the lyrics networks.

    Generating a batch of songs, and scoring one song:

        state = model.start(batch_size)
        for token_id in [*model.prompt_prefix(artist), *prompt]:
            logits, state = model.step([token_id] * batch_size, state)
        # sample from logits (batch, vocabulary), pass the sampled ids to model.step, and so on

        logits = model.logits([BOS_EOS, *song], artist)  # row i predicts the token after token i

    Attributes:
        vocabulary_size: Number of tokens that the network predicts.
        num_artist_tokens: Number of input-only tokens after the vocabulary that name the artist of
            a song: the first one stands for any artist. 0 if the network is not told the artist.
    """

    vocabulary_size: int
    num_artist_tokens: int = 0

    def prompt_prefix(self, artist: int = 0) -> list[int]:
        """Return the token ids that the network reads before the first word of a song.

        Args:
            artist: 0 for any artist, or the position of one in the artist list, from 1 on.
                Networks without artist tokens ignore it.
        """
        if self.num_artist_tokens:
            return [BOS_EOS, self.vocabulary_size + artist]
        return [BOS_EOS]

    def start(self, batch_size: int) -> State:
        """Return the state before the first token of a song.

        Args:
            batch_size: Number of songs that are generated side by side.
        """
        raise NotImplementedError

    def step(self, token_ids: Sequence[int], state: State) -> tuple[Any, State]:
        """Read one more token of each song.

        Args:
            token_ids: The token of each song, int32 (batch,).
            state: What `start` or the previous `step` returned.

        Returns:
            The logits of the next token, (batch, vocabulary), and the next state.
        """
        raise NotImplementedError

    def logits(self, token_ids: Sequence[int], artist: int = 0) -> Any:
        """Score one whole song.

        Args:
            token_ids: The song, int32 (time,), beginning with `BOS_EOS`, without artist token.
            artist: See `prompt_prefix`.

        Returns:
            Logits (time, vocabulary). Row i predicts the token that follows `token_ids[i]`.
        """
        raise NotImplementedError


@keras.saving.register_keras_serializable("gene")
class TiedEmbedding(keras.layers.Layer):
    """Embedding whose table also computes the logits (Press & Wolf, 2017, arXiv:1608.05859).

    Unlike `keras.layers.ReversibleEmbedding` it has an output bias, embedding dropout (whole
    tokens, Merity et al., 2017, arXiv:1708.02182) and tokens that can only be read.

    Args:
        vocabulary_size: Number of tokens that are read and predicted.
        embedding_dim: Size of an embedding.
        dropout: Share of the tokens whose embedding is zero during a training step.
        num_artist_tokens: Number of tokens after the vocabulary that are only read.
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
        """Look up token ids (...) as embeddings (..., embedding_dim)."""
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


@keras.saving.register_keras_serializable("gene")
class LSTMLanguageModel(LyricsModel):
    """LSTM language model with tied embeddings.

    The dropout masks are the same at every time step of a sequence (variational dropout, Gal &
    Ghahramani, 2016, arXiv:1512.05287).

    Args:
        vocabulary_size: Number of tokens.
        embedding_dim: Size of the token embeddings.
        units: Size of each LSTM layer.
        dropout: Dropout on the embeddings and on the output of each LSTM layer.
        recurrent_dropout: Dropout on the state of each LSTM layer.
        word_dropout: Share of the tokens that are dropped as a whole; see `TiedEmbedding`.
        num_artist_tokens: See `LyricsModel`.
    """

    def __init__(
        self,
        vocabulary_size: int,
        embedding_dim: int = 128,
        units: Sequence[int] = (256,),
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        word_dropout: float = 0.0,
        num_artist_tokens: int = 0,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size
        self.embedding_dim = embedding_dim
        self.units = tuple(units)
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.word_dropout = word_dropout
        self.num_artist_tokens = num_artist_tokens
        self.token_embedding = TiedEmbedding(
            vocabulary_size, embedding_dim, word_dropout, num_artist_tokens, name="token_embedding"
        )
        self.lstms = [
            keras.layers.LSTM(
                size,
                return_sequences=True,
                return_state=True,
                name=f"lstm_{i}",
                recurrent_dropout=recurrent_dropout,
            )
            for i, size in enumerate(units)
        ]
        self.dropouts = [
            keras.layers.SpatialDropout1D(dropout, name=f"dropout_{i}")
            for i in range(len(units) + 1)
        ]
        self.projection = keras.layers.Dense(embedding_dim, name="projection")
        self.build()

    def build(self, input_shape: Any = None) -> None:
        """Create all weights."""
        self.token_embedding.build()
        input_sizes = [self.embedding_dim, *self.units[:-1]]
        for lstm, size in zip(self.lstms, input_sizes, strict=True):
            lstm.build((None, None, size))
        self.projection.build((None, None, self.units[-1]))
        self.built = True

    def call(self, token_ids: Any, state: State, training: bool = False) -> tuple[Any, State]:
        """Read several tokens of each song.

        Args:
            token_ids: int32 (batch, time).
            state: State before them.
            training: Whether to apply dropout.

        Returns:
            Logits (batch, time, vocabulary) and the state after the last token.
        """
        vectors, state = self.hidden_states(token_ids, state, training)
        return self.token_embedding.logits(vectors), state

    def hidden_states(
        self, token_ids: Any, state: State, training: bool = False
    ) -> tuple[Any, State]:
        """Do the same as `call`, but return (batch, time, embedding_dim) instead of logits."""
        vectors = self.token_embedding(token_ids, training=training)
        vectors = self.dropouts[0](vectors, training=training)
        next_state = []
        for i, lstm in enumerate(self.lstms):
            layer_state = state[2 * i : 2 * i + 2]
            vectors, h, c = lstm(vectors, initial_state=layer_state, training=training)
            vectors = self.dropouts[i + 1](vectors, training=training)
            next_state += [h, c]
        return self.projection(vectors), next_state

    def start(self, batch_size: int) -> State:
        """Return h and c of each layer, (batch, units) each: zero before a song."""
        return [ops.zeros((batch_size, size)) for size in self.state_sizes]

    @property
    def state_sizes(self) -> list[int]:
        """Sizes of the state tensors: h and c of each layer."""
        return [size for size in self.units for _ in ("h", "c")]

    def step(self, token_ids: Sequence[int], state: State) -> tuple[Any, State]:
        """See `LyricsModel.step`."""
        logits, state = self.step_for_export(ops.convert_to_tensor(token_ids, "int32"), state)
        return logits[:, : self.vocabulary_size], state

    def step_for_export(
        self, token_ids: Any, state: State, take: Callable = ops.take
    ) -> tuple[Any, State]:
        """Do the same as `step`, as a graph that runs fast in the browser.

        It has no loop and only 2-D tensors and fused products, and it reads each weight once, so
        that an exported graph stores it once.

        Args:
            token_ids: int32 (batch,).
            state: State before them.
            take: Function that gathers columns of a table.

        Returns:
            Logits (batch, vocabulary + num_artist_tokens), of which the last ones mean nothing,
            and the next state.
        """
        columns = ops.transpose(self.token_embedding.table)
        vector = ops.transpose(take(columns, token_ids, axis=1))
        next_state = []
        for i, lstm in enumerate(self.lstms):
            h, c = state[2 * i : 2 * i + 2]
            kernel = ops.concatenate([lstm.cell.kernel, lstm.cell.recurrent_kernel], axis=0)
            gates = ops.matmul(ops.concatenate([vector, h], axis=1), kernel) + lstm.cell.bias
            input_gate, forget_gate, candidate, output_gate = ops.split(gates, 4, axis=1)
            c = ops.sigmoid(forget_gate) * c + ops.sigmoid(input_gate) * ops.tanh(candidate)
            vector = ops.sigmoid(output_gate) * ops.tanh(c)
            next_state += [vector, c]
        vector = ops.matmul(vector, self.projection.kernel) + self.projection.bias
        # The bias covers the whole table, because a graph fuses a bias only with a whole product.
        bias = ops.concatenate([self.token_embedding.bias, ops.zeros(self.num_artist_tokens)])
        return ops.matmul(vector, columns) + bias, next_state

    def logits(self, token_ids: Sequence[int], artist: int = 0) -> Any:
        """See `LyricsModel.logits`."""
        prefix = self.prompt_prefix(artist)
        inputs = np.array([*prefix, *token_ids[1:]], "int32")
        logits, _ = self(inputs[None], self.start(1))
        return logits[0, len(prefix) - 1 :]

    def get_config(self) -> dict:
        """Return the constructor arguments."""
        return super().get_config() | {
            "vocabulary_size": self.vocabulary_size,
            "embedding_dim": self.embedding_dim,
            "units": self.units,
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "word_dropout": self.word_dropout,
            "num_artist_tokens": self.num_artist_tokens,
        }
