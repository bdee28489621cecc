"""Make a network follow a song form: stanzas, a chorus that returns, and rhyme.

A form is a rhyme scheme: stanzas of letters, one letter per line, such as "abab CCDD abab CCDD".
Lines with the same letter rhyme within their stanza. A stanza in capitals is a chorus: when it
returns, it is repeated word for word.

Stanza breaks and the repeated chorus are forced. No line starts with a comma or another mark that
attaches to the word before it. Rhyme is encouraged: near the target line length, rhyming words get
a bonus; after one, a line break gets a bonus; before one, it gets a penalty, unless the line is
already longer than its model.

`web/core/song-form.js` does the same; `tests/golden/song_form.json` keeps both identical.
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
        tokens: The song without the token that starts it. An empty line ends a stanza.

    Returns:
        The stanzas. The last line of the last one is the current line; it may be empty.
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
    """Return the token that the form requires next, if it leaves no choice.

    Args:
        tokens: The song so far, without the token that starts it.
        scheme: The rhyme scheme.

    Returns:
        A token id, `BOS_EOS` to end the song, or None.
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
        return None  # the visitor has changed this line
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
    """Change the logits of the next token in place, as the form requires.

    Args:
        tokens: The song so far, without the token that starts it.
        logits: float64 (vocabulary,).
        config: Its `scheme` and the sizes of bonuses.
        rhyme_classes: Rhyme class of each token, (vocabulary,); see `data.lyrics.pronunciation`.
    """
    stanzas = split_stanzas(tokens)
    *lines, current = stanzas[-1]
    logits[BOS_EOS] = -np.inf
    if not current:
        logits[NEWLINE] = -np.inf
        logits[rhyme_classes == CLOSING_PUNCTUATION] = -np.inf
        return
    model = _line_to_rhyme_with(config.scheme.split(), len(stanzas) - 1, lines)
    target = _last_rhyming_word(model, rhyme_classes)
    if target is None:
        return
    rhyming = rhyme_classes == rhyme_classes[target]
    rhyming[target] = False  # a word does not rhyme with itself
    tokens_past_start = len(current) - len(model) + config.rhyme_lead
    bonus = config.rhyme_bonus_per_token * max(0, tokens_past_start)
    logits[rhyming] += min(config.rhyme_bonus, bonus)
    last = _last_rhyming_word(current, rhyme_classes)
    if last is not None and rhyming[last]:
        logits[NEWLINE] += config.line_break_bonus
    elif len(current) <= len(model):
        logits[NEWLINE] -= config.line_break_bonus


def _line_to_rhyme_with(plan: list[str], stanza_index: int, lines: list[Line]) -> Line:
    """Return the latest line above with the current line's letter; empty if there is none."""
    letters = plan[stanza_index] if stanza_index < len(plan) else ""
    if len(lines) >= len(letters):
        return []
    letter = letters[len(lines)]
    rhyming_lines = [line for other, line in zip(letters, lines, strict=False) if other == letter]
    return rhyming_lines[-1] if rhyming_lines else []


def _last_rhyming_word(line: Line, rhyme_classes: np.ndarray) -> int | None:
    """Return the last token of a line that can rhyme, or None."""
    return next((token for token in reversed(line) if rhyme_classes[token] > NO_RHYME), None)
