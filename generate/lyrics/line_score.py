"""Score the candidates for a line of a song; the decoder keeps the one with the highest score.

The most likely line is not the best one, because networks are most confident when they repeat
themselves. What people write is about as predictable as the language is on average
(arXiv:2202.00666), so the closer the mean log-probability of a line is to a typical value, the
higher the line scores. Penalties are subtracted for a missed rhyme, an unfinished sentence or
quotation, repeated words, and an unusual length. The weights are in `generation_config.json`.

`web/core/line-score.js` does the same; `tests/golden/decoder.json` checks both.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from data.lyrics.pronunciation import NO_RHYME
from data.lyrics.vocabulary import NEWLINE, Vocabulary
from data.lyrics.word_kinds import CONTENT, DANGLING, PUNCTUATION
from generate.lyrics.candidate import Candidate
from generate.lyrics.config import GenerationConfig
from generate.lyrics.song_form import (
    Line,
    Stanza,
    last_rhyming_word,
    line_to_rhyme_with,
    split_stanzas,
)

MIN_LOG_PROBABILITY = -9.0  # nats; lower log-probabilities of words are raised to this value
SHORT_LINE = 5  # words; each missing word costs `short_line_penalty`
LONG_LINE = 9  # words; each additional word costs `long_line_penalty`
MIN_CONTENT_WORDS = 2  # distinct words; each missing one costs `few_content_words_penalty`


class TokenProperties(NamedTuple):
    """The properties of the tokens of a vocabulary that the decoder needs.

    Attributes:
        rhyme_classes: Rhyme class of each token, (vocabulary,); see `data.lyrics.pronunciation`.
        kinds: Kind of each token, (vocabulary,); see `data.lyrics.word_kinds`.
        log_frequencies: Logarithm of each token's relative frequency in the training songs, at
            least `MIN_LOG_PROBABILITY`, float64 (vocabulary,).
        num_rhymes: Number of other tokens that rhyme with each token, (vocabulary,).
        slots: Ids of the slots; see `data.lyrics.slots`.
        quotation_mark: Id of the quotation mark, or None if it is not in the vocabulary.
        brackets: Ids of the opening and the closing bracket; None for one that is not in the
            vocabulary.
    """

    rhyme_classes: np.ndarray
    kinds: np.ndarray
    log_frequencies: np.ndarray
    num_rhymes: np.ndarray
    slots: Sequence[int] = ()
    quotation_mark: int | None = None
    brackets: tuple[int | None, int | None] = (None, None)


def token_properties(vocabulary: Vocabulary) -> TokenProperties:
    """Return the properties of the tokens of a vocabulary."""
    classes = vocabulary.rhyme_classes
    sizes = np.bincount(np.maximum(classes, NO_RHYME))
    num_rhymes = np.where(classes > NO_RHYME, sizes[classes] - 1, 0)
    return TokenProperties(
        classes,
        vocabulary.word_kinds,
        log_frequencies(vocabulary.counts),
        num_rhymes,
        vocabulary.slots,
        vocabulary.id_of('"'),
        (vocabulary.id_of("("), vocabulary.id_of(")")),
    )


def log_frequencies(counts: Sequence[int]) -> np.ndarray:
    """Return the logarithm of each token's relative frequency, after adding 1 to each count."""
    shares = (np.array(counts, "float64") + 1) / sum(counts)
    return np.maximum(MIN_LOG_PROBABILITY, np.log(shares))


def score_line(
    song: Sequence[int],
    candidate: Candidate,
    config: GenerationConfig,
    properties: TokenProperties,
) -> float:
    """Score a candidate for the next line of a song.

    Args:
        song: The song so far; it may end in the middle of a line.
        candidate: The rest of that line, or the next line, with at least one drawn token.
        config: The weights and penalties.
        properties: Properties of the tokens of the vocabulary.

    Returns:
        The score; higher is better.
    """
    tokens = candidate.tokens
    stanzas = split_stanzas([*song, *_without_breaks(tokens)])
    *earlier, line = [line for stanza in stanzas for line in stanza]
    words = [token for token in line if properties.kinds[token] != PUNCTUATION]
    likelihood = _relative_log_probability(candidate, config, properties)
    return (
        -abs(likelihood - config.typical_log_probability)
        + config.unlikely_word_weight * _limited(min(candidate.log_probabilities))
        + config.line_break_weight * _limited(candidate.line_break)
        - config.few_content_words_penalty * _missing_content_words(words, properties)
        - config.missed_rhyme_penalty * misses_rhyme(stanzas, config, properties.rhyme_classes)
        - config.rare_rhyme_penalty * _is_hard_to_rhyme(stanzas, config, properties)
        - config.repeated_rhyme_penalty * _repeats_rhyme(stanzas, config, properties)
        - config.dangling_end_penalty * _dangles(words, properties)
        - config.open_quotation_penalty * _has_unpaired_marks([*song, *tokens], properties)
        - config.repeated_line_penalty * (line in earlier)
        - config.repeated_word_penalty * _count_repeated(earlier, words, properties)
        - config.short_line_penalty * max(0, SHORT_LINE - len(words))
        - config.long_line_penalty * max(0, len(words) - LONG_LINE)
    )


def _without_breaks(tokens: Sequence[int]) -> list[int]:
    """Return the tokens without the line breaks at their end."""
    end = len(tokens)
    while end > 0 and tokens[end - 1] == NEWLINE:
        end -= 1
    return list(tokens[:end])


def _relative_log_probability(
    candidate: Candidate, config: GenerationConfig, properties: TokenProperties
) -> float:
    """Return the mean log-probability of the drawn tokens, minus part of their log-frequency.

    This is the idea behind SLOR, which predicts better than probability alone which sentences
    people find acceptable (Lau, Clark and Lappin 2017, doi:10.1111/cogs.12414).
    """
    count = len(candidate.drawn_tokens)
    mean = sum(candidate.log_probabilities) / count
    frequency = sum(properties.log_frequencies[token] for token in candidate.drawn_tokens) / count
    return mean - config.word_frequency_weight * float(frequency)


def _limited(log_probability: float) -> float:
    return max(MIN_LOG_PROBABILITY, log_probability)


def _missing_content_words(words: Line, properties: TokenProperties) -> int:
    different = {token for token in words if properties.kinds[token] == CONTENT}
    return max(0, MIN_CONTENT_WORDS - len(different))


def misses_rhyme(
    stanzas: list[Stanza], config: GenerationConfig, rhyme_classes: np.ndarray
) -> bool:
    """Return whether the last line of a song should rhyme with another one but does not.

    Args:
        stanzas: The song, as `split_stanzas` returns it.
        config: The settings, which include the rhyme scheme.
        rhyme_classes: Rhyme class of each token, (vocabulary,).
    """
    *lines, line = stanzas[-1]
    model = line_to_rhyme_with(config.scheme.split(), len(stanzas) - 1, lines)
    target = last_rhyming_word(model, rhyme_classes)
    if target is None:
        return False
    last = last_rhyming_word(line, rhyme_classes)
    return last is None or last == target or rhyme_classes[last] != rhyme_classes[target]


def _is_hard_to_rhyme(
    stanzas: list[Stanza], config: GenerationConfig, properties: TokenProperties
) -> bool:
    """Return whether a line to come must rhyme with the newest one, whose rhyme is rare."""
    if not _must_be_rhymed(stanzas, config):
        return False
    last = last_rhyming_word(stanzas[-1][-1], properties.rhyme_classes)
    return last is None or properties.num_rhymes[last] < config.min_rhymes


def _repeats_rhyme(
    stanzas: list[Stanza], config: GenerationConfig, properties: TokenProperties
) -> bool:
    """Return whether a line to come must repeat the newest rhyme, which an earlier stanza has."""
    if not _must_be_rhymed(stanzas, config):
        return False
    classes = properties.rhyme_classes
    last = last_rhyming_word(stanzas[-1][-1], classes)
    ends = [last_rhyming_word(line, classes) for stanza in stanzas[:-1] for line in stanza]
    return last is not None and any(
        end is not None and classes[end] == classes[last] for end in ends
    )


def _must_be_rhymed(stanzas: list[Stanza], config: GenerationConfig) -> bool:
    """Return whether a line to come in the stanza must rhyme with the newest one."""
    plan = config.scheme.split()
    letters = plan[len(stanzas) - 1] if len(stanzas) <= len(plan) else ""
    position = len(stanzas[-1]) - 1
    return position < len(letters) and letters[position] in letters[position + 1 :]


def _dangles(words: Line, properties: TokenProperties) -> bool:
    return len(words) > 0 and properties.kinds[words[-1]] == DANGLING


def _has_unpaired_marks(song: Sequence[int], properties: TokenProperties) -> bool:
    """Return whether a song leaves a quotation or a bracket open, or has an empty quotation."""
    mark = properties.quotation_mark
    opening, closing = properties.brackets
    marks = [i for i, token in enumerate(song) if token == mark]
    quotations = zip(marks[::2], marks[1::2], strict=False)
    return (
        len(marks) % 2 == 1
        or any(end == start + 1 for start, end in quotations)
        or sum(token == opening for token in song) != sum(token == closing for token in song)
    )


def _count_repeated(earlier: list[Line], words: Line, properties: TokenProperties) -> int:
    """Count the content words of a line that occurred before, in the song or in the line."""
    seen = {token for line in earlier for token in line}
    count = 0
    for token in words:
        if properties.kinds[token] == CONTENT:
            count += token in seen
            seen.add(token)
    return count
