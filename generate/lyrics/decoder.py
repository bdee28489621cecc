"""The writer: a network, a seed text and some randomness become a song, word by word.

`web/core/decoder.js` is the twin of this file; `tests/golden/writer.json` holds the two together.

The guard against loops strikes out a word, and another is chosen, when it would complete a line already sung REPEATS
times, or a run of 1 to LONGEST_RUN words already sung REPEATS times in succession.
"""

import numpy as np

from common.prng import Random
from data.lyrics.vocabulary import BOS_EOS, NEWLINE
from generate.lyrics.samplers import choose
from generate.lyrics.song_form import forced, is_last, steer

REPEATS = 3
LONGEST_RUN = 8
LONGEST_SONG = 800  # words


def sing(step, seed, sampling, lines, number, opening=(BOS_EOS,), sounds=None):
    """Yield the numbers of the words that follow the seed, until the song ends by itself or has `lines` lines.

    step: (word number, state) to (scores, state), the state None before a song; opening: the signs that the network
    reads before the seed; the rest as for `compose`.
    """
    state = None
    for word in [*opening, *seed]:
        scores, state = step(word, state)
    song = compose(seed, sampling, lines, number, sounds)
    next(song)
    for word in iter(lambda: song.send(scores), None):
        yield word
        scores, state = step(word, state)


def compose(seed, sampling, lines, number, sounds=None):
    """The same without a network: a generator that is sent the scores of the next word and yields the word, then None.

    seed: word numbers; sampling: a `Sampling`; lines: those of the seed counted in, stanza breaks not; number: seed of
    the random numbers; sounds: what words rhyme on, where a form asks. Many songs can be composed side by side from
    one network's batches.
    """
    words, random = [BOS_EOS, *seed], Random(number)
    word = yield
    for _ in range(LONGEST_SONG):
        word = _next(words, np.array(word, dtype="float64"), sampling, random, sounds)
        if word == BOS_EOS or word == NEWLINE and _is_over(words[1:], sampling.form, lines):
            break
        words.append(word)
        word = yield word
    yield None


def count_lines(words):
    """How many lines with a word on them."""
    return sum(
        word != NEWLINE and before == NEWLINE for before, word in zip([NEWLINE, *words], words)
    )


def _is_over(words, form, lines):
    return count_lines(words) >= lines or bool(form) and is_last(words, form)


def _next(words, scores, sampling, random, sounds):
    if sampling.form:
        word = forced(words[1:], sampling.form)
        if word is not None:
            return word
        steer(words[1:], scores, sampling.form, sounds)
    word = choose(scores, sampling, random)
    while word != BOS_EOS and _struck(words, word, sampling):
        scores[word] = -np.inf
        word = choose(scores, sampling, random)
    return word


def _struck(words, word, sampling):
    return (
        sampling.guard
        and repeats(words, word)
        or sampling.no_repeat
        and sung_before(words, word, sampling.no_repeat)
    )


def sung_before(words, word, length):
    """Does `word` after `words` complete a run of `length` words that stands in them already?"""
    run = [*words[len(words) - length + 1 :], word]
    return len(words) >= length and any(
        words[i : i + length] == run for i in range(len(words) - length + 1)
    )


def repeats(words, word):
    """Does `word` after `words` complete a loop: a run or a line sung more than REPEATS times?"""
    return _runs(words, word) or _lines(words, word)


def _runs(words, word):
    sung = [*words, word]
    for length in range(1, LONGEST_RUN + 1):
        last = sung[-length:]
        if len(sung) > length * REPEATS and all(
            sung[-length * (i + 1) : len(sung) - length * i] == last for i in range(1, REPEATS + 1)
        ):
            return True
    return False


def _lines(words, word):
    """True when the line that `word` (a new line) ends stood already REPEATS times."""
    if word != NEWLINE or not words or words[-1] == NEWLINE:
        return False
    lines, line = [], []
    for number in [*words, NEWLINE]:
        if number == NEWLINE:
            lines.append(line)
            line = []
        elif number != BOS_EOS:
            line.append(number)
    return lines.count(lines[-1]) > REPEATS
