"""The writer: a network, a seed text and some randomness become a song, word by word.

`web/core/writer.js` is the twin of this file; `tests/golden/writer.json` holds the two together.

The guard against loops strikes out a word, and another is chosen, when it would complete a line already sung REPEATS
times, or a run of 1 to LONGEST_RUN words already sung REPEATS times in succession.
"""

from itertools import islice

import numpy as np

from datasets.vocabulary import LINE, SONG
from sampling.random import Random
from sampling.samplers import choose

REPEATS = 3
LONGEST_RUN = 8
LONGEST_SONG = 800      # words


def sing(step, seed, randomness, lines, number, guard=True):
    """Yield the numbers of the words that follow the seed, until the song ends by itself or has `lines` lines.

    step: (word number, state) to (scores, state), the state None before a song; seed: word numbers; randomness: 0 or
    above; lines: those of the seed counted in, stanza breaks not; number: seed of the random numbers.
    """
    sung = list(seed)
    for word in islice(write(step, seed, randomness, Random(number), guard), LONGEST_SONG):
        if word == LINE and count_lines(sung) >= lines:
            return
        yield word
        sung.append(word)


def count_lines(words):
    """How many lines with a word on them."""
    return sum(word != LINE and before == LINE for before, word in zip([LINE, *words], words))


def write(step, seed, randomness, random, guard=True):
    """Yield the numbers of the words that follow the seed, until the song ends by itself (SONG is not yielded)."""
    words, state = [], None
    for word in [SONG, *seed]:
        scores, state = step(word, state)
        words.append(word)
    while True:
        scores = np.array(scores, dtype="float64")
        word = choose(scores, randomness, random)
        while guard and word != SONG and repeats(words, word):
            scores[word] = -np.inf
            word = choose(scores, randomness, random)
        if word == SONG:
            return
        yield word
        words.append(word)
        scores, state = step(word, state)


def repeats(words, word):
    """Does `word` after `words` complete a loop: a run or a line sung more than REPEATS times?"""
    return _runs(words, word) or _lines(words, word)


def _runs(words, word):
    sung = [*words, word]
    for length in range(1, LONGEST_RUN + 1):
        last = sung[-length:]
        if len(sung) > length * REPEATS and all(
                sung[-length * (i + 1):len(sung) - length * i] == last for i in range(1, REPEATS + 1)):
            return True
    return False


def _lines(words, word):
    """True when the line that `word` (a new line) ends stood already REPEATS times."""
    if word != LINE or not words or words[-1] == LINE:
        return False
    lines, line = [], []
    for number in [*words, LINE]:
        if number == LINE:
            lines.append(line)
            line = []
        elif number != SONG:
            line.append(number)
    return lines.count(lines[-1]) > REPEATS
