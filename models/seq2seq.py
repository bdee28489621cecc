"""The lyrics network that is given the words so far and writes the whole next line: sequence to sequence.

Word numbers are int32; the logits are over the vocabulary.
"""

import common.keras_quiet  # noqa: F401

import keras
from keras import ops

from data.lyrics.vocabulary import BOS_EOS, NEWLINE, PAD
from models.lyrics import LyricsModel, TiedEmbedding


@keras.saving.register_keras_serializable("gene")
class LineSeq2Seq(LyricsModel):
    """A GRU reads the last words; another begins with its state and writes the line (Cho et al. 2014, arXiv:1406.1078).

    vocabulary: words known; span: words read; width: numbers a word; units: size of both GRU layers; dropout: of the
    numbers of a word on the way in and of the writer's on the way on, the same all along a line; reach: words of a
    line, the new line counted in; the rest of a longer one is a line of its own.
    """

    def __init__(self, vocabulary, span=28, width=128, units=256, dropout=0.0, reach=16, **kwargs):
        super().__init__(**kwargs)
        self.vocabulary, self.span, self.width = vocabulary, span, width
        self.units, self.dropout, self.reach = units, dropout, reach
        self.words = TiedEmbedding(vocabulary, width, name="words")
        self.reader = keras.layers.GRU(units, name="reader")
        self.writer = keras.layers.GRU(units, return_sequences=True, name="writer")
        self.drops = [keras.layers.SpatialDropout1D(dropout, name=f"drop_{i}") for i in range(3)]
        self.narrow = keras.layers.Dense(width, name="narrow")
        self.build()

    def build(self, input_shape=None):
        self.words.build()
        for layer in (self.reader, self.writer):
            layer.build((None, None, self.width))
        self.narrow.build((None, None, self.units))
        self.built = True

    def call(self, words, training=False):
        """Words (batch, span + reach - 1) to logits (batch, reach, vocabulary).

        words: `span` before a line, then the line but its last word. The writer begins with the last one before it.
        """
        return self.words.score(self.vectors(words, training))

    def vectors(self, words, training=False):
        """The same words to what is scored, (batch, reach, width)."""
        state = self._read(words[:, : self.span], training)
        vectors = self.drops[1](self.words(words[:, self.span - 1 :]), training=training)
        vectors = self.writer(vectors, initial_state=state, training=training)
        return self.narrow(self.drops[2](vectors, training=training))

    def _read(self, words, training=False):
        return self.reader(self.drops[0](self.words(words), training=training), training=training)

    def start(self, lanes):
        """The state before a song: the last words (lanes, span), the place in the line (lanes,), the writer's state."""
        return [
            ops.full((lanes, self.span), PAD, "int32"),
            ops.full((lanes,), -1, "int32"),
            ops.zeros((lanes, self.units)),
        ]

    def step(self, word, state):
        """One word a lane (lanes,) and a state to logits (lanes, vocabulary) and the next state.

        Where a line begins the last words are read anew. The same numbers as `call`.
        """
        read, place, writer = state
        read = ops.concatenate([read[:, 1:], ops.expand_dims(word, 1)], axis=1)
        place = ops.where((word == NEWLINE) | (word == BOS_EOS), 0, place + 1)
        begins = ops.expand_dims(place % self.reach == 0, 1)
        writer = ops.cond(
            ops.any(begins), lambda: ops.where(begins, self._read(read), writer), lambda: writer
        )
        vectors, [writer] = self.writer.cell(self.words(word), [writer])
        return self.words.score(self.narrow(vectors)), [read, place, writer]

    def get_config(self):
        return super().get_config() | {
            "vocabulary": self.vocabulary,
            "span": self.span,
            "width": self.width,
            "units": self.units,
            "dropout": self.dropout,
            "reach": self.reach,
        }
