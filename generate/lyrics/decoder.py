"""Choose the tokens of one song from a network's logits, line by line.

For each line, several candidates are drawn in parallel, and the one with the highest score
(`line_score`) is kept. With one candidate, this is plain sampling.

`web/core/decoder.js` does the same; `tests/golden/decoder.json` checks both.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from common.prng import Random
from data.lyrics.vocabulary import BOS_EOS, NEWLINE, PAD
from generate.lyrics.candidate import Candidate
from generate.lyrics.config import GenerationConfig
from generate.lyrics.line_score import TokenProperties, score_line
from generate.lyrics.loop_guard import is_banned
from generate.lyrics.samplers import apply_frequency_penalty, log_probability, sample_token
from generate.lyrics.song_cache import apply_song_cache
from generate.lyrics.song_form import apply_form, forced_token, is_last_line
from generate.lyrics.title_affinity import apply_title_bonus

SEED_STEP = 0x85EBCA6B  # difference between the seeds of successive candidates, modulo 2^32


class LyricsDecoder:
    """Decodes one song.

    The decoder does not run the network, so that one batch can feed many decoders:

        while not decoder.is_over:
            tokens = decoder.draw(logits)     # one per candidate
            # Run the network on these tokens; PAD does not change the state of a candidate.
            row = decoder.choose_line()
            # If row is not None, copy the network's state of this row to all candidates.

    Args:
        prompt: Token ids that the song starts with.
        config: Sampling settings, song form and maximum length.
        seed: Random seed, 0 to 2^32 - 1.
        properties: Properties of the tokens of the vocabulary.
        title: Token ids of the title. Slots (see `data.lyrics.slots`) that occur neither in the
            title nor in the prompt stand for no word, so they are never drawn.
        affinity: How well each token fits the title (see `title_affinity`), (vocabulary,).

    Attributes:
        tokens: The song so far, without the candidates.
        is_over: Whether the song has ended.
    """

    def __init__(
        self,
        prompt: Sequence[int],
        config: GenerationConfig,
        seed: int,
        properties: TokenProperties,
        title: Sequence[int] = (),
        affinity: np.ndarray | None = None,
    ):
        self.config = config
        self.tokens = list(prompt)
        self.is_over = False
        self._properties = properties
        self._affinity = affinity
        self._banned = [slot for slot in properties.slots if slot not in {*title, *prompt}]
        self._max_length = len(prompt) + config.max_tokens
        seeds = [(seed + i * SEED_STEP) % 2**32 for i in range(config.candidates_per_line)]
        self._candidates = [
            Candidate(Random(each), _config_of_candidate(config, i)) for i, each in enumerate(seeds)
        ]

    def draw(self, logits: Iterable[np.ndarray]) -> list[int]:
        """Draw the next token of each candidate.

        Args:
            logits: Logits of the next token, (candidates, vocabulary); not modified.

        Returns:
            A token id for each candidate; `PAD` for a candidate that is finished.
        """
        pairs = zip(self._candidates, logits, strict=True)
        return [self._extend(candidate, row) for candidate, row in pairs]

    def choose_line(self) -> int | None:
        """Append the best candidate to the song if all candidates are finished.

        Returns:
            The index of the best candidate, or None if some candidates are not finished yet.
        """
        if not all(candidate.is_finished for candidate in self._candidates):
            return None
        best = self._best()
        chosen = self._candidates[best]
        self.tokens += chosen.tokens
        self.is_over = chosen.ends_song
        self._candidates = [Candidate(each.random, each.config) for each in self._candidates]
        return best

    def _extend(self, candidate: Candidate, logits: np.ndarray) -> int:
        """Draw the next token of a candidate; see `draw`."""
        if candidate.is_finished:
            return PAD
        song = self.tokens + candidate.tokens
        predicted = np.array(logits, "float64")
        apply_song_cache(song, predicted, self.config.cache_weight)
        forced = self._forced(song)
        token = self._choose(song, predicted, candidate) if forced is None else forced
        if len(self._candidates) > 1:
            self._record(candidate, token, predicted, is_drawn=forced is None)
        if token == BOS_EOS or (token == NEWLINE and self._is_complete(song)):
            candidate.is_finished = True
            candidate.ends_song = True
            return PAD
        candidate.tokens.append(token)
        is_full = len(candidate.tokens) == self.config.max_line_length
        candidate.is_finished = is_full or self._ends_line(song, token)
        return token

    def _record(
        self, candidate: Candidate, token: int, predicted: np.ndarray, is_drawn: bool
    ) -> None:
        """Record the log-probability of the next token of a candidate, for its score."""
        breaks_line = token == NEWLINE and len(candidate.tokens) > 0
        if not is_drawn and not breaks_line:
            return
        value = log_probability(predicted, token)
        if is_drawn:
            candidate.drawn_tokens.append(token)
            candidate.log_probabilities.append(value)
        if breaks_line:
            candidate.line_break += value

    def _ends_line(self, song: list[int], token: int) -> bool:
        """Return whether `token` completes a line, and the blank line after it if one is due."""
        if token != NEWLINE or not song:
            return False
        if song[-1] != NEWLINE:
            return self._forced([*song, NEWLINE]) != NEWLINE
        return len(song) > max(1, len(self.tokens)) and song[-2] != NEWLINE

    def _forced(self, song: list[int]) -> int | None:
        """Return the token that must follow `song`, or None if there is a choice."""
        if len(song) >= self._max_length:
            return BOS_EOS
        scheme = self.config.scheme
        return forced_token(song, scheme) if scheme else None

    def _choose(self, song: list[int], predicted: np.ndarray, candidate: Candidate) -> int:
        """Draw the token that follows `song`."""
        config = candidate.config
        logits = predicted.copy()
        logits[self._banned] = -np.inf
        if self._affinity is not None:
            apply_title_bonus(song, logits, config.title_bonus, self._affinity)
        apply_frequency_penalty(song, logits, config.frequency_penalty, self._properties.kinds)
        if config.scheme:
            apply_form(song, logits, config, self._properties.rhyme_classes)
        token = sample_token(logits, config, candidate.random)
        while token != BOS_EOS and is_banned(song, token, config):
            logits[token] = -np.inf
            token = sample_token(logits, config, candidate.random)
        return token

    def _is_complete(self, song: list[int]) -> bool:
        """Return whether a line break would end the song."""
        scheme = self.config.scheme
        if scheme and is_last_line(song, scheme):
            return True
        return count_lines(song) >= self.config.lines

    def _best(self) -> int:
        """Return the index of the candidate with the highest score; in a tie, the first one.

        The first candidate alone decides whether the song ends here. So the probability of an end
        is that of the network, and does not depend on the number of candidates.
        """
        first = self._candidates[0]
        if not first.log_probabilities or _ends_at_once(first):
            return 0
        scores = [self._score(candidate) for candidate in self._candidates]
        return scores.index(max(scores))

    def _score(self, candidate: Candidate) -> float:
        if _ends_at_once(candidate):
            return -np.inf
        return score_line(self.tokens, candidate, self.config, self._properties)


def _config_of_candidate(config: GenerationConfig, index: int) -> GenerationConfig:
    """Return the settings with which a candidate is drawn."""
    bonus = config.rhyme_bonus + index * config.rhyme_bonus_per_candidate
    return replace(config, rhyme_bonus=bonus)


def _ends_at_once(candidate: Candidate) -> bool:
    """Return whether the candidate ends the song without adding a word."""
    return candidate.ends_song and all(token == NEWLINE for token in candidate.tokens)


def count_lines(tokens: Sequence[int]) -> int:
    """Return the number of lines that are not empty."""
    previous = [NEWLINE, *tokens]
    return sum(
        token != NEWLINE and before == NEWLINE
        for before, token in zip(previous, tokens, strict=False)
    )
