"""Make a network follow a song form: stanzas, a repeated chorus, and rhyme.

A form is a rhyme scheme: stanzas of letters, one letter per line, such as "abab CCDD abab CCDD".
Lines with the same letter rhyme within their stanza. A stanza in capitals is a chorus: when the
same letters occur again, it is repeated word for word.

Stanza breaks and the repeated chorus are forced. No line starts with closing punctuation, such as a
comma. Rhyme is encouraged: near the target length, which is the length of the line to rhyme with,
rhyming words get a bonus. After a rhyming word, a line break gets a bonus. Otherwise, a line break
gets a penalty unless the line is longer than the target length.

`web/core/song-form.js` does the same; `tests/golden/song_form.json` checks both.
"""

from collections.abc import Sequence

import numpy as np

from data.lyrics.pronunciation import CLOSING_PUNCTUATION, NO_RHYME
from data.lyrics.vocabulary import BOS_EOS, NEWLINE
from generate.lyrics.config import GenerationConfig

Line = list[int]
Stanza = list[Line]


def split_stanzas(tokens: Sequence[int]) -> list[Stanza]:
    """Split a song into stanzas of lines of tokens.

    Args:
        tokens: The song without its initial `BOS_EOS`. An empty line ends a stanza.

    Returns:
        The stanzas. The last line of the last stanza is the current line; it may be empty.
    """
    stanzas: list[Stanza] = [[[]]]
    for token in tokens:
        stanza = stanzas[-1]
        if token != NEWLINE:
            stanza[-1].append(token)
        elif stanza[-1]:
            stanza.append([])
        elif len(stanza) > 1:
            stanza.pop()
            stanzas.append([[]])
    return stanzas


def forced_token(tokens: Sequence[int], scheme: str) -> int | None:
    """Return the next token if the form leaves no choice.

    Args:
        tokens: The song so far, without its initial `BOS_EOS`.
        scheme: The rhyme scheme.

    Returns:
        A token id; `BOS_EOS` to end the song; None if the form leaves a choice.
    """
    plan = scheme.split()
    stanzas = split_stanzas(tokens)
    index = len(stanzas) - 1
    if index >= len(plan):
        return BOS_EOS
    *lines, current = stanzas[index]
    if not current and len(lines) >= len(plan[index]):
        return NEWLINE if index + 1 < len(plan) else BOS_EOS
    first = plan.index(plan[index])
    is_repeated_chorus = plan[index].isupper() and first < index
    if not is_repeated_chorus or len(lines) >= len(stanzas[first]):
        return None
    expected = [*stanzas[first][len(lines)], NEWLINE]
    position = len(current)
    if current != expected[:position] or position == len(expected):
        return None  # the user has edited this line
    return expected[position]


def is_last_line(tokens: Sequence[int], scheme: str) -> bool:
    """Return whether the current line is the last one of the form."""
    plan = scheme.split()
    stanzas = split_stanzas(tokens)
    return len(stanzas) >= len(plan) and len(stanzas[-1]) >= len(plan[-1])


def apply_form(
    tokens: Sequence[int],
    logits: np.ndarray,
    config: GenerationConfig,
    rhyme_classes: np.ndarray,
) -> None:
    """Modify the logits of the next token in place according to the form.

    Args:
        tokens: The song so far, without its initial `BOS_EOS`.
        logits: Logits of the next token, float64 of shape (vocabulary,).
        config: The settings, which include the rhyme scheme and the bonuses.
        rhyme_classes: Rhyme class of each token, (vocabulary,); see `data.lyrics.pronunciation`.
    """
    stanzas = split_stanzas(tokens)
    *lines, current = stanzas[-1]
    logits[BOS_EOS] = -np.inf
    if not current:
        logits[NEWLINE] = -np.inf
        logits[rhyme_classes == CLOSING_PUNCTUATION] = -np.inf
        return
    model = line_to_rhyme_with(config.scheme.split(), len(stanzas) - 1, lines)
    target = last_rhyming_word(model, rhyme_classes)
    if target is None:
        return
    rhyming = rhyme_classes == rhyme_classes[target]
    rhyming[target] = False  # a word does not rhyme with itself
    tokens_past_start = len(current) - len(model) + config.rhyme_lead
    bonus = config.rhyme_bonus_per_token * max(0, tokens_past_start)
    logits[rhyming] += min(config.rhyme_bonus, bonus)
    last = last_rhyming_word(current, rhyme_classes)
    if last is not None and rhyming[last]:
        logits[NEWLINE] += config.line_break_bonus
    elif len(current) <= len(model):
        logits[NEWLINE] -= config.line_break_bonus


def line_to_rhyme_with(plan: list[str], stanza_index: int, lines: list[Line]) -> Line:
    """Return the line that the current line of a stanza must rhyme with.

    Args:
        plan: The letters of each stanza of the rhyme scheme.
        stanza_index: Index of the current stanza.
        lines: The lines of this stanza before the current one.

    Returns:
        The closest earlier line with the same letter; empty if there is none.
    """
    letters = plan[stanza_index] if stanza_index < len(plan) else ""
    if len(lines) >= len(letters):
        return []
    letter = letters[len(lines)]
    rhyming_lines = [line for other, line in zip(letters, lines, strict=False) if other == letter]
    return rhyming_lines[-1] if rhyming_lines else []


def last_rhyming_word(line: Line, rhyme_classes: np.ndarray) -> int | None:
    """Return the last token of a line that can rhyme, or None."""
    return next((token for token in reversed(line) if rhyme_classes[token] > NO_RHYME), None)
