"""How often the lines of songs rhyme, and how long lines are.

What rhymes is decided by `data/lyrics/pronunciation.py`.
"""

from collections.abc import Sequence

import numpy as np

from data.lyrics.pronunciation import rhyming_part
from data.lyrics.tokenizer import NEWLINE_TEXT

Song = Sequence[str]


def split_stanzas(song: Song) -> list[list[list[str]]]:
    """Split a song into stanzas of lines of words, without punctuation.

    Args:
        song: Words and line breaks; an empty line ends a stanza.

    Returns:
        The stanzas. Lines and stanzas without a word are left out.
    """
    stanzas = []
    for stanza_text in _split(song, [NEWLINE_TEXT, NEWLINE_TEXT]):
        lines = _split(stanza_text, [NEWLINE_TEXT])
        spoken = [[word for word in line if _is_word(word)] for line in lines]
        stanza = [line for line in spoken if line]
        if stanza:
            stanzas.append(stanza)
    return stanzas


def _is_word(token: str) -> bool:
    return any(character.isalnum() for character in token)


def _split(words: Song, separator: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    i = 0
    while i < len(words):
        if list(words[i : i + len(separator)]) == separator:
            parts.append([])
            i += len(separator)
        else:
            parts[-1].append(words[i])
            i += 1
    return parts


def rhyme_rate(songs: Sequence[Song]) -> float:
    """Return the share of pairs of lines that rhyme.

    Args:
        songs: Lists of words.

    Returns:
        The share among all pairs of lines of one stanza that are adjacent or have one line between
        them. A word does not rhyme with itself.
    """
    rhymes = []
    for song in songs:
        for stanza in split_stanzas(song):
            last_words = [line[-1] for line in stanza]
            for gap in (1, 2):
                pairs = zip(last_words, last_words[gap:], strict=False)
                rhymes += [_rhyme(one, other) for one, other in pairs]
    return float(np.mean(rhymes)) if rhymes else 0.0


def _rhyme(one: str, other: str) -> bool:
    part = rhyming_part(one)
    return part != "" and one != other and part == rhyming_part(other)


def line_lengths(songs: Sequence[Song]) -> tuple[float, float]:
    """Return mean and standard deviation of the number of words per line, without punctuation."""
    lengths = [len(line) for song in songs for stanza in split_stanzas(song) for line in stanza]
    if not lengths:
        return 0.0, 0.0
    return float(np.mean(lengths)), float(np.std(lengths))
