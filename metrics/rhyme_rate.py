"""Measure how often lines of songs rhyme, how long they are, and how many end in mid-sentence.

`data/lyrics/pronunciation.py` decides which words rhyme.
"""

from collections.abc import Sequence

import numpy as np

from data.lyrics.pronunciation import rhyming_part
from data.lyrics.tokenizer import NEWLINE_TEXT, is_word
from data.lyrics.word_kinds import DANGLING, word_kind

Song = Sequence[str]


def split_stanzas(song: Song) -> list[list[list[str]]]:
    """Split a song into stanzas of lines of words, without punctuation.

    Args:
        song: Words and line breaks; an empty line ends a stanza.

    Returns:
        The stanzas, except lines and stanzas without words.
    """
    stanzas = []
    for stanza_text in _split(song, [NEWLINE_TEXT, NEWLINE_TEXT]):
        lines = _split(stanza_text, [NEWLINE_TEXT])
        spoken = [[word for word in line if is_word(word)] for line in lines]
        stanza = [line for line in spoken if line]
        if stanza:
            stanzas.append(stanza)
    return stanzas


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
    """Return the fraction of pairs of lines that rhyme.

    Args:
        songs: Lists of words.

    Returns:
        The fraction. A pair is two lines of the same stanza that are adjacent or have one line
        between them. A word does not rhyme with itself.
    """
    rhymes = []
    for song in songs:
        for stanza in split_stanzas(song):
            last_words = [line[-1] for line in stanza]
            for gap in (1, 2):
                pairs = zip(last_words, last_words[gap:], strict=False)
                rhymes += [_rhyme(one, other) for one, other in pairs]
    return float(np.mean(rhymes)) if rhymes else 0.0


def promised_rhyme_rate(songs: Sequence[Song], scheme: str) -> float:
    """Return the fraction of the rhymes required by a song form that the songs contain.

    Args:
        songs: Lists of words, including the prompts, since the scheme begins with the first line.
        scheme: The rhyme scheme. It requires that a line rhyme with the closest earlier line of its
            stanza that has the same letter. A repeated chorus counts once.

    Returns:
        The fraction; 0 if no rhymes are required.
    """
    plan = scheme.split()
    rhymes = []
    for song in songs:
        for i, (letters, stanza) in enumerate(zip(plan, split_stanzas(song), strict=False)):
            is_repeated = letters.isupper() and letters in plan[:i]
            last_words = [line[-1] for line in stanza][: len(letters)]
            for position, word in enumerate(last_words):
                model = letters.rfind(letters[position], 0, position)
                if model >= 0 and not is_repeated:
                    rhymes.append(_rhyme(last_words[model], word))
    return float(np.mean(rhymes)) if rhymes else 0.0


def dangling_end_rate(songs: Sequence[Song]) -> float:
    """Return the fraction of lines that end with a word such as "the", "and" or "of"."""
    ends = [line[-1] for song in songs for stanza in split_stanzas(song) for line in stanza]
    return float(np.mean([word_kind(word) == DANGLING for word in ends])) if ends else 0.0


def _rhyme(one: str, other: str) -> bool:
    part = rhyming_part(one)
    return part != "" and one != other and part == rhyming_part(other)


def line_lengths(songs: Sequence[Song]) -> tuple[float, float]:
    """Return the mean and standard deviation of the number of words per line."""
    lengths = [len(line) for song in songs for stanza in split_stanzas(song) for line in stanza]
    if not lengths:
        return 0.0, 0.0
    return float(np.mean(lengths)), float(np.std(lengths))
