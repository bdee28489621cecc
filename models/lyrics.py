"""The lyrics networks: which word comes next?

Stream   ours: an LSTM language model. Every word of a song is a target, the state is carried along the song, and the
         table of words serves at both ends. Also callable as ONE step (`Stream.advance`), which is what is exported.
Window   the original's: 14 words in, the next word out, bidirectional GRUs run again for every word.

Both give logits over the vocabulary. Word numbers are int32.
"""

import common.keras_quiet  # noqa: F401

import keras
from keras import ops

from data.lyrics.vocabulary import BOS_EOS


@keras.saving.register_keras_serializable("gene")
class TiedEmbedding(keras.layers.Layer):
    """A table of word vectors that both reads words and scores them (Press & Wolf 2017, arXiv:1608.05859).

    bands: rows after those of the words, which are read and never scored.
    """

    def __init__(self, vocabulary, width, dropout=0.0, bands=0, **kwargs):
        super().__init__(**kwargs)
        self.vocabulary, self.width, self.dropout, self.bands = vocabulary, width, dropout, bands
        self.seeds = keras.random.SeedGenerator()

    def build(self, input_shape=None):
        self.table = self.add_weight(
            shape=(self.vocabulary + self.bands, self.width),
            name="table",
            initializer=keras.initializers.RandomUniform(-0.1, 0.1),
        )
        self.bias = self.add_weight(shape=(self.vocabulary,), initializer="zeros", name="bias")
        self.built = True

    def call(self, words, training=False):
        """Vectors of word numbers: (...) to (..., width). In training, whole words of the vocabulary are dropped."""
        table = self.table
        if training and self.dropout:
            table = keras.random.dropout(
                table, self.dropout, noise_shape=(table.shape[0], 1), seed=self.seeds
            )
        return ops.take(table, words, axis=0)

    def score(self, vectors):
        """Logits of every word: (..., width) to (..., vocabulary)."""
        return ops.matmul(vectors, ops.transpose(self.table))[..., : self.vocabulary] + self.bias

    def get_config(self):
        return super().get_config() | {
            "vocabulary": self.vocabulary,
            "width": self.width,
            "dropout": self.dropout,
            "bands": self.bands,
        }


class LyricsModel(keras.Model):
    """Base of the networks that write lyrics. bands: how many numbers after those of the words say whose song it is."""

    bands = 0

    def opening(self, band=0):
        """The numbers that begin a song of a band: 0 for any, else its place among the bands, from 1 on."""
        return [BOS_EOS, self.vocabulary + band] if self.bands else [BOS_EOS]


@keras.saving.register_keras_serializable("gene")
class LSTMLanguageModel(LyricsModel):
    """LSTM layers between the two ends of one table of words.

    vocabulary: words known; width: numbers a word; units: size of each LSTM layer. What is dropped in training is the
    same all along a window (variational dropout, Gal & Ghahramani 2016, arXiv:1512.05287): `dropout`, of the numbers of
    a word on the way in and of a layer's output on the way on; `recurrent_dropout`, of a layer's own state;
    `word_dropout`, of the words of the vocabulary, whole (Merity et al. 2017, arXiv:1708.02182). bands: numbers after
    those of the words, one of which is read first in a song; the first of them says "any band".
    """

    def __init__(
        self,
        vocabulary,
        width=128,
        units=(256,),
        dropout=0.0,
        recurrent_dropout=0.0,
        word_dropout=0.0,
        bands=0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocabulary, self.width, self.units, self.bands = vocabulary, width, tuple(units), bands
        self.dropout, self.recurrent_dropout, self.word_dropout = (
            dropout,
            recurrent_dropout,
            word_dropout,
        )
        self.words = TiedEmbedding(vocabulary, width, word_dropout, bands, name="words")
        self.lstms = [
            keras.layers.LSTM(
                n,
                return_sequences=True,
                return_state=True,
                name=f"lstm_{i}",
                recurrent_dropout=recurrent_dropout,
            )
            for i, n in enumerate(units)
        ]
        self.drops = [
            keras.layers.SpatialDropout1D(dropout, name=f"drop_{i}") for i in range(len(units) + 1)
        ]
        self.narrow = keras.layers.Dense(width, name="narrow")
        self.build()

    def build(self, input_shape=None):
        self.words.build()
        for lstm, size in zip(self.lstms, (self.width, *self.units)):
            lstm.build((None, None, size))
        self.narrow.build((None, None, self.units[-1]))
        self.built = True

    def start(self, lanes):
        """The state before a song: h and c of each layer, each (lanes, units), all zero."""
        return [ops.zeros((lanes, n)) for n in self.units for _ in "hc"]

    def call(self, words, state, training=False):
        """Words (lanes, time) and a state to logits (lanes, time, vocabulary) and the state after them."""
        vectors, after = self.vectors(words, state, training)
        return self.words.score(vectors), after

    def vectors(self, words, state, training=False):
        """The same before they are scored: (lanes, time, width)."""
        vectors, after = self.words(words, training=training), []
        vectors = self.drops[0](vectors, training=training)
        for i, (lstm, drop) in enumerate(zip(self.lstms, self.drops[1:])):
            vectors, h, c = lstm(vectors, initial_state=state[2 * i : 2 * i + 2], training=training)
            vectors = drop(vectors, training=training)
            after += [h, c]
        return self.narrow(vectors), after

    def step(self, word, state):
        """One word (1,) and a state of (1, units) tensors to logits (1, vocabulary) and the next state."""
        scores, after = self.advance(word, state)
        return scores[:, : self.vocabulary], after

    def advance(self, word, state, take=ops.take):
        """What is exported of `step`: the scores (1, vocabulary + bands) of every row of the table, and the next state.

        The same numbers as `call`, in rank-2 tensors and fused products only: it has no loop and runs fast on wasm.
        Each weight is read once, so that an exported graph stores it once. take: what reads a column of a table.
        """
        table, after = ops.transpose(self.words.table), []
        vector = ops.transpose(take(table, word, axis=1))
        for lstm, h, c in zip(self.lstms, state[::2], state[1::2]):
            kernel = ops.concatenate([lstm.cell.kernel, lstm.cell.recurrent_kernel], axis=0)
            gates = ops.matmul(ops.concatenate([vector, h], axis=1), kernel) + lstm.cell.bias
            i, f, g, o = ops.split(gates, 4, axis=1)
            c = ops.sigmoid(f) * c + ops.sigmoid(i) * ops.tanh(g)
            vector = ops.sigmoid(o) * ops.tanh(c)
            after += [vector, c]
        vector = ops.matmul(vector, self.narrow.kernel) + self.narrow.bias
        bias = ops.concatenate(
            [self.words.bias, ops.zeros(self.bands)]
        )  # a bias is fused with the product
        return ops.matmul(vector, table) + bias, after

    def get_config(self):
        return super().get_config() | {
            "vocabulary": self.vocabulary,
            "width": self.width,
            "units": self.units,
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "word_dropout": self.word_dropout,
            "bands": self.bands,
        }


@keras.saving.register_keras_serializable("gene")
class WindowedBiGRU(LyricsModel):
    """Embedding, two bidirectional GRU layers, a dense layer, softmax: the original's lyrics network.

    span: words it looks back; width: numbers a word; units: GRU units each way and size of the dense layer.
    """

    def __init__(self, vocabulary, span=14, width=50, units=128, dropout=0.3, **kwargs):
        super().__init__(**kwargs)
        self.vocabulary, self.span, self.width, self.units, self.dropout = (
            vocabulary,
            span,
            width,
            units,
            dropout,
        )
        self.words = keras.layers.Embedding(vocabulary, width)
        self.grus = [
            keras.layers.Bidirectional(keras.layers.GRU(units, return_sequences=not last))
            for last in (False, True)
        ]
        self.dense = keras.layers.Dense(units, activation="relu")
        self.drop = keras.layers.Dropout(dropout)
        self.score = keras.layers.Dense(vocabulary)
        self.build()

    def build(self, input_shape=None):
        self.words.build()
        for gru, size in zip(self.grus, (self.width, 2 * self.units)):
            gru.build((None, self.span, size))
        self.dense.build((None, 2 * self.units))
        self.score.build((None, self.units))
        self.built = True

    def call(self, words, training=False):
        """Words (batch, span), the last one last, to logits (batch, vocabulary)."""
        vectors = self.words(words)
        for gru in self.grus:
            vectors = gru(vectors, training=training)
        return self.score(self.drop(self.dense(vectors), training=training))

    def glance(self, words):
        """Words (span,) to logits (1, vocabulary): the same numbers as `call`, unrolled, in rank-2 tensors.

        Each weight is read once, so that an exported graph stores it once.
        """
        vectors = self.words(words)
        first, second = self.grus
        ahead, back = (
            _sweep(first.forward_layer.cell, vectors),
            _sweep(first.backward_layer.cell, vectors, back=True),
        )
        vectors = ops.concatenate(
            [ops.concatenate(ahead, axis=0), ops.concatenate(back, axis=0)], axis=1
        )
        ahead, back = (
            _sweep(second.forward_layer.cell, vectors),
            _sweep(second.backward_layer.cell, vectors, back=True),
        )
        vector = ops.concatenate([ahead[-1], back[0]], axis=1)
        return self.score(self.dense(vector))

    def get_config(self):
        return super().get_config() | {
            "vocabulary": self.vocabulary,
            "span": self.span,
            "width": self.width,
            "units": self.units,
            "dropout": self.dropout,
        }


def _sweep(cell, vectors, back=False):
    """A GRU cell over vectors (time, size); returns the state (1, units) at each time, in the order of time."""
    recurrent, inner_bias = ops.copy(cell.recurrent_kernel), ops.copy(cell.bias[1])
    inputs = ops.matmul(vectors, cell.kernel) + cell.bias[0]
    state, states = ops.zeros((1, cell.units)), []
    times = range(vectors.shape[0])
    for t in reversed(times) if back else times:
        z, r, h = ops.split(inputs[t : t + 1], 3, axis=1)
        inner_z, inner_r, inner_h = ops.split(ops.matmul(state, recurrent) + inner_bias, 3, axis=1)
        update = ops.sigmoid(z + inner_z)
        state = update * state + (1 - update) * ops.tanh(h + ops.sigmoid(r + inner_r) * inner_h)
        states.append(state)
    return states[::-1] if back else states
