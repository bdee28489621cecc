"""Prevent songs from repeating themselves endlessly.

The loop guard rejects a token if it would complete a line that already occurs `max_repeats` times
in the song, or a phrase of up to `max_loop_length` tokens that was just repeated `max_repeats`
times in a row. In addition, a token is rejected if it would repeat a phrase of
`no_repeat_ngram_size` tokens.

`web/core/loop-guard.js` does the same; `tests/golden/decoder.json` checks both.
"""

from collections.abc import Sequence

from data.lyrics.vocabulary import BOS_EOS, NEWLINE
from generate.lyrics.config import GenerationConfig


def is_banned(tokens: Sequence[int], token: int, config: GenerationConfig) -> bool:
    """Return whether the loop guard or `no_repeat_ngram_size` forbids `token` after `tokens`."""
    song = [BOS_EOS, *tokens]
    if config.loop_guard and completes_loop(song, token, config):
        return True
    size = config.no_repeat_ngram_size
    return size > 0 and repeats_ngram(song, token, size)


def repeats_ngram(tokens: Sequence[int], token: int, size: int) -> bool:
    """Return whether `token` after `tokens` completes an n-gram that already occurs in `tokens`."""
    if len(tokens) < size:
        return False
    ngram = [*tokens[len(tokens) - size + 1 :], token]
    return any(tokens[i : i + size] == ngram for i in range(len(tokens) - size + 1))


def completes_loop(tokens: Sequence[int], token: int, config: GenerationConfig) -> bool:
    """Return whether `token` after `tokens` repeats a phrase or a line too many times."""
    song = [*tokens, token]
    copies = config.max_repeats + 1
    if any(_repeats_phrase(song, n, copies) for n in range(1, config.max_loop_length + 1)):
        return True
    return _repeats_line(tokens, token, config)


def _repeats_phrase(song: list[int], length: int, copies: int) -> bool:
    """Return whether a song ends with `copies` copies of its last `length` tokens."""
    if len(song) < length * copies:
        return False
    end = song[len(song) - length * copies :]
    return end == end[:length] * copies


def _repeats_line(tokens: Sequence[int], token: int, config: GenerationConfig) -> bool:
    """Return whether `token` ends a line that then occurs more than `max_repeats` times."""
    if token != NEWLINE or not tokens or tokens[-1] == NEWLINE:
        return False
    lines: list[list[int]] = [[]]
    for each in tokens:
        if each == NEWLINE:
            lines.append([])
        elif each != BOS_EOS:
            lines[-1].append(each)
    return lines.count(lines[-1]) > config.max_repeats
