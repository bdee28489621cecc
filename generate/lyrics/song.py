"""Songs out of a Keras network: seed text in, song text out."""

import common.keras_quiet  # noqa: F401

from keras import ops

from data.lyrics.tokenizer import detokenize, tokenize
from data.lyrics.vocabulary import PAD
from generate.lyrics.decoder import sing
from generate.lyrics.rhyme import sounds_of
from models.lyrics import WindowedBiGRU


def step_of(network):
    """The network as the writer wants it: a function (word number, state or None) -> (logits, state)."""
    if isinstance(network, WindowedBiGRU):
        return lambda word, words: _slide(network, word, words)

    def step(word, state):
        logits, state = network.step(
            ops.convert_to_tensor([word], "int32"), network.start(1) if state is None else state
        )
        return ops.convert_to_numpy(logits)[0], state

    return step


def _slide(network, word, words):
    words = [*(words or [PAD] * network.span)[1:], word]
    return ops.convert_to_numpy(network(ops.convert_to_tensor([words], "int32")))[0], words


def song_text(network, vocabulary, text, sampling, lines, seed, band=0):
    """A song that begins with `text`; band: as of `Stream.opening`; the rest are those of `generate.lyrics.decoder.sing`."""
    words = tokenize(text)
    sung = sing(
        step_of(network),
        vocabulary.encode(words).tolist(),
        sampling,
        lines,
        seed,
        network.opening(band),
        sounds_of(vocabulary.words),
    )
    return detokenize(words + vocabulary.decode(sung))
