"""Choose the tokens of one song from a network's logits, one at a time.

`web/core/decoder.js` does the same; `tests/golden/decoder.json` keeps both identical.

The loop guard rejects a token, and another one is chosen, if it would complete a line that the song
already has `max_repeats` times, or a phrase of up to `max_loop_length` tokens that was just sung
`max_repeats` times in a row.
"""

from collections.abc import Sequence

import numpy as np

from common.prng import Random
from data.lyrics.vocabulary import BOS_EOS, NEWLINE
from generate.lyrics.config import GenerationConfig
from generate.lyrics.samplers import sample_token
from generate.lyrics.song_form import apply_form, forced_token, is_last_line


class LyricsDecoder:
    """Decode one song. Feed it logits until it returns None.

    It is independent of the network, so that one batch can feed many decoders.

    Args:
        prompt: Token ids that the song starts with.
        config: Sampling settings, song form and longest song.
        seed: Random seed, 0 to 2^32 - 1.
        rhyme_classes: Rhyme class of each token, (vocabulary,); only needed for a form.
    """

    def __init__(
        self,
        prompt: Sequence[int],
        config: GenerationConfig,
        seed: int,
        rhyme_classes: np.ndarray | None = None,
    ):
        self.config = config
        self.tokens = list(prompt)
        self._random = Random(seed)
        self._rhyme_classes = np.zeros(0) if rhyme_classes is None else rhyme_classes
        self._tokens_left = config.max_tokens

    def next_token(self, logits: np.ndarray) -> int | None:
        """Choose the next token and append it to `tokens`.

        Args:
            logits: The network's scores of the next token, (vocabulary,); not modified.

        Returns:
            The token id, or None when the song is over.
        """
        if self._tokens_left == 0:
            return None
        token = self._choose(np.array(logits, dtype="float64"))
        if token == BOS_EOS or (token == NEWLINE and self._is_complete()):
            self._tokens_left = 0
            return None
        self.tokens.append(token)
        self._tokens_left -= 1
        return token

    def _choose(self, logits: np.ndarray) -> int:
        scheme = self.config.scheme
        if scheme:
            forced = forced_token(self.tokens, scheme)
            if forced is not None:
                return forced
            apply_form(self.tokens, logits, self.config, self._rhyme_classes)
        token = sample_token(logits, self.config, self._random)
        while token != BOS_EOS and is_banned(self.tokens, token, self.config):
            logits[token] = -np.inf
            token = sample_token(logits, self.config, self._random)
        return token

    def _is_complete(self) -> bool:
        """Whether a line break would end the song."""
        scheme = self.config.scheme
        if scheme and is_last_line(self.tokens, scheme):
            return True
        return count_lines(self.tokens) >= self.config.lines


def count_lines(tokens: Sequence[int]) -> int:
    """Return the number of lines that are not empty."""
    previous = [NEWLINE, *tokens]
    return sum(
        token != NEWLINE and before == NEWLINE
        for before, token in zip(previous, tokens, strict=False)
    )


def is_banned(tokens: Sequence[int], token: int, config: GenerationConfig) -> bool:
    """Return whether the loop guard or `no_repeat_ngram_size` forbids `token` after `tokens`."""
    song = [BOS_EOS, *tokens]
    if config.loop_guard and completes_loop(song, token, config):
        return True
    size = config.no_repeat_ngram_size
    return size > 0 and repeats_ngram(song, token, size)


def repeats_ngram(tokens: Sequence[int], token: int, size: int) -> bool:
    """Return whether `token` after `tokens` completes an n-gram that occurs in them already."""
    if len(tokens) < size:
        return False
    ngram = [*tokens[len(tokens) - size + 1 :], token]
    return any(tokens[i : i + size] == ngram for i in range(len(tokens) - size + 1))


def completes_loop(tokens: Sequence[int], token: int, config: GenerationConfig) -> bool:
    """Return whether `token` after `tokens` completes a phrase or a line once too often."""
    song = [*tokens, token]
    copies = config.max_repeats + 1
    if any(_repeats_phrase(song, n, copies) for n in range(1, config.max_loop_length + 1)):
        return True
    return _repeats_line(tokens, token, config)


def _repeats_phrase(song: list[int], length: int, copies: int) -> bool:
    """Whether a song ends in that many copies of its last `length` tokens."""
    if len(song) < length * copies:
        return False
    end = song[len(song) - length * copies :]
    return end == end[:length] * copies


def _repeats_line(tokens: Sequence[int], token: int, config: GenerationConfig) -> bool:
    """Whether the line that `token` ends would occur more than `max_repeats` times."""
    if token != NEWLINE or not tokens or tokens[-1] == NEWLINE:
        return False
    lines: list[list[int]] = [[]]
    for each in tokens:
        if each == NEWLINE:
            lines.append([])
        elif each != BOS_EOS:
            lines[-1].append(each)
    return lines.count(lines[-1]) > config.max_repeats
