"""Networks that predict the next token of a song.

- `LSTMLanguageModel`: an LSTM that reads a song from its start, with tied embeddings.
- `models.bigru.WindowedBiGRU`: the network of the blog posts that Gene re-creates. It reads the
  last 14 tokens with bidirectional GRUs and predicts one token.
- `models.seq2seq.LineSeq2Seq`: reads the last 28 tokens and predicts a whole line.

All of them are subclasses of `LyricsModel`, so code that generates or scores songs works with any
of them. Token ids are int32; `data/lyrics/vocabulary.py` defines the special ones.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import common.keras_quiet  # noqa: F401

import keras
import numpy as np
from keras import ops

from data.lyrics.vocabulary import BOS_EOS, PAD
from models.tied_embedding import TiedEmbedding

State = list[Any]  # tensors or arrays; the first axis is the batch

LENGTH_STEP = 64  # tokens; `pad_song` rounds lengths up to a multiple of it


class LyricsModel(keras.Model):
    """Base class of the lyrics networks.

    Generating a batch of songs, and scoring one song:

        state = model.start(batch_size, title)
        for token_id in [*model.prompt_prefix(artist), *prompt]:
            logits, state = model.step([token_id] * batch_size, state)
        # sample from logits (batch, vocabulary), pass the sampled ids to model.step, and so on

        logits = model.logits([BOS_EOS, *song], artist, title)  # row i predicts the next token

    Attributes:
        vocabulary_size: Number of tokens that the network predicts.
        num_artist_tokens: Number of input-only tokens that stand for artists; their ids follow
            those of the vocabulary, and the first one stands for any artist. 0 if the network is
            not conditioned on artists.
        num_title_words: Number of words of a title that the network reads; 0 if it is not
            conditioned on titles.
    """

    vocabulary_size: int
    num_artist_tokens: int = 0
    num_title_words: int = 0

    def prompt_prefix(self, artist: int = 0) -> list[int]:
        """Return the token ids that the network reads before the first word of a song.

        Args:
            artist: The position of an artist in the list of artists, counted from 1, or 0 for any
                artist. Networks without artist tokens ignore it.
        """
        if self.num_artist_tokens:
            return [BOS_EOS, self.vocabulary_size + artist]
        return [BOS_EOS]

    def start(self, batch_size: int, title: Sequence[int] = ()) -> State:
        """Return the state before the first token of a song.

        Args:
            batch_size: Number of songs in the batch.
            title: Token ids of the title of all songs; empty for no particular title. Networks that
                are not conditioned on titles ignore it.
        """
        raise NotImplementedError

    def step(self, token_ids: Sequence[int], state: State) -> tuple[Any, State]:
        """Read one more token of each song.

        Args:
            token_ids: The next token of each song, int32 (batch,).
            state: The state that `start` or the previous `step` returned.

        Returns:
            The logits of the next token, (batch, vocabulary), and the next state.
        """
        raise NotImplementedError

    def logits(self, token_ids: Sequence[int], artist: int = 0, title: Sequence[int] = ()) -> Any:
        """Compute the logits of a whole song.

        Args:
            token_ids: The song, int32 (time,), starting with `BOS_EOS` and without artist token.
            artist: See `prompt_prefix`.
            title: See `start`.

        Returns:
            Logits (time, vocabulary). Row i predicts the token that follows `token_ids[i]`.
        """
        raise NotImplementedError


def pad_song(token_ids: Sequence[int]) -> np.ndarray:
    """Append `PAD` to a song so that songs have few different lengths.

    JAX compiles a network for each length, which takes longer than running it. The padding does
    not affect the predictions for the song, because a causal network reads it last.

    Returns:
        Token ids, int32 (time,), where time is a multiple of `LENGTH_STEP`.
    """
    return np.pad(
        np.array(token_ids, "int32"), (0, -len(token_ids) % LENGTH_STEP), constant_values=PAD
    )


@keras.saving.register_keras_serializable("gene")
class LSTMLanguageModel(LyricsModel):
    """LSTM language model with tied embeddings.

    The dropout masks are the same at every time step of a sequence (variational dropout, Gal &
    Ghahramani, 2016, arXiv:1512.05287).

    Args:
        vocabulary_size: Number of tokens.
        embedding_dim: Size of the token embeddings.
        units: Size of each LSTM layer.
        dropout: Dropout rate of the embeddings and of the output of each LSTM layer.
        recurrent_dropout: Dropout rate of the recurrent state of each LSTM layer.
        word_dropout: Fraction of the vocabulary whose embeddings are dropped; see `TiedEmbedding`.
        num_artist_tokens: See `LyricsModel`.
        num_title_words: See `LyricsModel`. The mean embedding of the words of the title is
            projected to two vectors, the topic. One is added to the embedding of each input token,
            the other to the vector from which the logits are computed. So the title has an effect
            throughout the song, at almost no cost per token.
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
        num_title_words: int = 0,
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
        self.num_title_words = num_title_words
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
        if num_title_words:
            self.topic = keras.layers.Dense(
                2 * embedding_dim, use_bias=False, kernel_initializer="zeros", name="topic"
            )
        self.build()

    def build(self, input_shape: Any = None) -> None:
        """Create all weights."""
        self.token_embedding.build()
        input_sizes = [self.embedding_dim, *self.units[:-1]]
        for lstm, size in zip(self.lstms, input_sizes, strict=True):
            lstm.build((None, None, size))
        self.projection.build((None, None, self.units[-1]))
        if self.num_title_words:
            self.topic.build((None, self.embedding_dim))
        self.built = True

    def call(self, token_ids: Any, state: State, training: bool = False) -> tuple[Any, State]:
        """Read several tokens of each song.

        Args:
            token_ids: int32 (batch, time).
            state: The state before these tokens.
            training: Whether to apply dropout.

        Returns:
            Logits (batch, time, vocabulary) and the state after the last token.
        """
        vectors, state = self.hidden_states(token_ids, state, training)
        return self.token_embedding.logits(vectors), state

    def hidden_states(
        self, token_ids: Any, state: State, training: bool = False
    ) -> tuple[Any, State]:
        """Return the vectors (batch, time, embedding_dim) from which `call` computes logits."""
        vectors = self.token_embedding(token_ids, training=training)
        if self.num_title_words:
            read_topic, written_topic = ops.split(state[-1][:, None], 2, axis=-1)
            vectors = vectors + read_topic
        vectors = self.dropouts[0](vectors, training=training)
        next_state = []
        for i, lstm in enumerate(self.lstms):
            layer_state = state[2 * i : 2 * i + 2]
            vectors, h, c = lstm(vectors, initial_state=layer_state, training=training)
            vectors = self.dropouts[i + 1](vectors, training=training)
            next_state += [h, c]
        vectors = self.projection(vectors)
        if self.num_title_words:
            return vectors + written_topic, [*next_state, state[-1]]
        return vectors, next_state

    def topics(self, titles: Any, training: bool = False) -> Any:
        """Compute the topics of titles.

        Args:
            titles: Token ids, int32 (batch, num_title_words), padded with `PAD`.
            training: Whether to apply dropout.

        Returns:
            The topics, (batch, 2 * embedding_dim); zeros for a title without words.
        """
        is_word = ops.cast(ops.not_equal(titles, PAD), "float32")[..., None]
        vectors = self.token_embedding(titles, training=training) * is_word
        count = ops.maximum(ops.sum(is_word, axis=1), 1.0)
        return self.topic(ops.sum(vectors, axis=1) / count)

    def start(self, batch_size: int, title: Sequence[int] = ()) -> State:
        """Return zeros for h and c of each layer, (batch, units) each, then the topic, if any."""
        state = [ops.zeros((batch_size, size)) for size in self.recurrent_sizes]
        if not self.num_title_words:
            return state
        padded = [*title, *[PAD] * self.num_title_words][: self.num_title_words]
        topic = self.topics(np.array([padded], "int32"))
        return [*state, ops.repeat(topic, batch_size, axis=0)]

    @property
    def recurrent_sizes(self) -> list[int]:
        """Sizes of the state tensors that change from token to token: h and c of each layer."""
        return [size for size in self.units for _ in ("h", "c")]

    @property
    def state_sizes(self) -> list[int]:
        """Sizes of all state tensors: `recurrent_sizes`, then the size of the topic, if any."""
        return self.recurrent_sizes + [2 * self.embedding_dim] * bool(self.num_title_words)

    def step(self, token_ids: Sequence[int], state: State) -> tuple[Any, State]:
        """See `LyricsModel.step`."""
        tokens = ops.convert_to_tensor(token_ids, "int32")
        logits, following, _ = self.step_for_export(tokens, state)
        return logits[:, : self.vocabulary_size], [*following, *state[len(following) :]]

    def step_for_export(
        self, token_ids: Any, state: State, take: Callable = ops.take
    ) -> tuple[Any, State, Any]:
        """Compute the same as `step`, as a graph that runs fast in the browser.

        The graph has no loops, only 2-D tensors, and fused matrix products. Each weight is read
        only once, so that the exported graph stores it only once.

        Args:
            token_ids: int32 (batch,).
            state: The state before these tokens.
            take: Function that gathers columns of a table, with the signature of `ops.take`.

        Returns:
            Three values: the logits (batch, vocabulary + num_artist_tokens), of which the last
            num_artist_tokens are meaningless; the next state without the topic, which does not
            change; and the topic of each token, (batch, 2 * embedding_dim), as if the token were
            the whole title, or None for a network without titles. The topic of a longer title is
            the mean of the topics of its words.
        """
        columns = ops.transpose(self.token_embedding.table)
        vector = ops.transpose(take(columns, token_ids, axis=1))
        topic = None
        if self.num_title_words:
            topic = ops.matmul(vector, self.topic.kernel)
            read_topic, written_topic = ops.split(state[-1], 2, axis=1)
            vector = vector + read_topic
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
        if self.num_title_words:
            vector = vector + written_topic
        # Pad the bias: the graph can fuse it with the product only if both have the same width.
        bias = ops.concatenate([self.token_embedding.bias, ops.zeros(self.num_artist_tokens)])
        return ops.matmul(vector, columns) + bias, next_state, topic

    def logits(self, token_ids: Sequence[int], artist: int = 0, title: Sequence[int] = ()) -> Any:
        """See `LyricsModel.logits`."""
        prefix = self.prompt_prefix(artist)
        inputs = pad_song([*prefix, *token_ids[1:]])
        logits = _compiled(self).predict_on_batch([inputs[None], *self.start(1, title)])
        first = len(prefix) - 1
        return logits[0, first : first + len(token_ids)]

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
            "num_title_words": self.num_title_words,
        }


class OneInput(keras.Model):
    """An `LSTMLanguageModel` with tokens and state as one input, so that Keras can compile it."""

    def __init__(self, network: LSTMLanguageModel):
        super().__init__()
        self.network = network

    def call(self, inputs: Sequence[Any], training: bool = False) -> Any:
        """Return the logits of `LSTMLanguageModel.call`."""
        token_ids, *state = inputs
        return self.network(token_ids, state, training=training)[0]


@lru_cache(maxsize=1)
def _compiled(network: LSTMLanguageModel) -> OneInput:
    """Wrap a network; the compiled `predict_on_batch` is much faster than calling the network."""
    return OneInput(network)
