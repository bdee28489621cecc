"""Songs out of a Keras network: seed text in, song text out."""

import common.keras_quiet  # noqa: F401

from keras import ops

from data.lyrics.tokenizer import detokenize, tokenize
from generate.lyrics.decoder import sing
from generate.lyrics.rhyme import sounds_of


def step_of(network):
    """The network as the writer wants it: a function (word number, state or None) -> (logits, state)."""

    def step(word, state):
        logits, state = network.step([word], network.start(1) if state is None else state)
        return ops.convert_to_numpy(logits)[0], state

    return step


def song_text(network, vocabulary, text, sampling, lines, seed, band=0):
    """A song that begins with `text`; band: as of `Stream.opening`; the rest are those of `generate.lyrics.decoder.sing`."""
    words = tokenize(text)
    sung = sing(
        step_of(network),
        vocabulary.encode(words).tolist(),
        sampling,
        lines,
        seed,
        network.prompt_prefix(band),
        sounds_of(vocabulary.words),
    )
    return detokenize(words + vocabulary.decode(sung))
