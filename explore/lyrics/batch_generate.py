"""Songs to measure: those of people, cut to the length that the page asks for, and as many of a network.

Every song of a network begins as one of people does, with its first words, and goes on to as many lines.
"""

import numpy as np
from keras import ops

from common.progress import Progress
from data.lyrics.tokenizer import NEWLINE_TEXT
from data.lyrics.vocabulary import PAD
from generate.lyrics.decoder import compose
from generate.lyrics.rhyme import sounds_of

LINES = 16  # of a song, as on the page
BEGIN = 3  # words that a network is given
TOGETHER = 100  # songs sung side by side


def pieces(songs, most):
    """Songs of LINES lines out of longer ones, at most so many, evenly spread. songs: lists of words."""
    found = [piece for song in songs for piece in _cut(song) if NEWLINE_TEXT not in piece[:BEGIN]]
    return [found[i * len(found) // min(most, len(found))] for i in range(min(most, len(found)))]


def beginnings(songs, most):
    """The first words of lines of songs, different ones, at most so many, evenly spread."""
    found = [tuple(song[i : i + BEGIN]) for song in songs for i in _line_starts(song)]
    found = [
        begin for begin in dict.fromkeys(found) if len(begin) == BEGIN and NEWLINE_TEXT not in begin
    ]
    return [found[i * len(found) // min(most, len(found))] for i in range(min(most, len(found)))]


def _line_starts(song):
    return [
        i
        for i, word in enumerate(song)
        if word != NEWLINE_TEXT and (i == 0 or song[i - 1] == NEWLINE_TEXT)
    ]


def _cut(song):
    starts = _line_starts(song)[::LINES]
    return [_trim(song[a:b]) for a, b in zip(starts, starts[1:])]


def _trim(words):
    words = list(words)
    while words and words[-1] == NEWLINE_TEXT:
        words.pop()
    return words


def sing_all(network, vocabulary, begins, sampling, lines=LINES):
    """What a network sings after each of the beginnings (of equal length): lists of words, the beginning left out."""
    progress, sung, sounds = Progress(len(begins)), [], sounds_of(vocabulary.words)
    for i in range(0, len(begins), TOGETHER):
        seeds = [vocabulary.encode(begin).tolist() for begin in begins[i : i + TOGETHER]]
        sung += [
            vocabulary.decode(song) for song in _sing(network, seeds, sampling, lines, i, sounds)
        ]
        progress.show(len(sung), lambda speed: f"{len(sung)} of {len(begins)} songs")
    progress.end()
    return sung


def _sing(network, seeds, sampling, lines, number, sounds):
    """Songs side by side; the one of place i has the random number `number` + i."""
    songs = [compose(seed, sampling, lines, number + i, sounds) for i, seed in enumerate(seeds)]
    sung, singing = [[] for _ in seeds], set(range(len(seeds)))
    step = stepper(network, len(seeds))
    for column in np.array([[*network.prompt_prefix(), *seed] for seed in seeds], "int32").T:
        scores = step(column)
    for song in songs:
        next(song)
    while singing:
        words = np.full(len(seeds), PAD, "int32")
        for i in sorted(singing):
            word = songs[i].send(scores[i])
            if word is None:
                singing.remove(i)
            else:
                sung[i].append(word)
                words[i] = word
        scores = step(words)
    return sung


def stepper(network, lanes):
    """A function of the next word of each lane, int32 (lanes,), that gives the scores after it, (lanes, words)."""
    state = network.start(lanes)

    def step(words):
        nonlocal state
        scores, state = network.step(words, state)
        return ops.convert_to_numpy(scores)

    return step
