"""Rhyme and the lengths of lines, told from spelling alone.

A word's rhyme is its spelling from the last vowel on that is heard, with the commonest spellings of one sound made one.
That is rough (it takes "come" and "home" for a rhyme and misses "head" and "bed"), but as rough for songs of people as
for those of networks, and only the two are compared.
"""

import re
from itertools import pairwise

import numpy as np

from datasets.words import NEW_LINE

_SOUNDS = [(re.compile(pattern), sound) for pattern, sound in (
    ("(?<=th|gr)ey$|eigh|ay|ai", "A"), ("igh|(?<=^[^aeiou])y$|(?<=^[^aeiou]{2})y$|ie$|ye$", "I"),
    ("ew|ue$|oo", "U"), ("oa|ow|oe$|o$", "O"), ("ee|ea|ey$|ie|y$|(?<=^[^aeiou])e$|(?<=^[^aeiou]{2})e$", "E"),
    ("([aeiou])([^aeiouy])e$", lambda found: found[1].upper() + found[2]), ("([aeiouyAEIOU][^aeiouy]+)e$", r"\1"),
    ("aw|au", "a"), ("ck", "k"), ("ph", "f"), (r"([^aeiou])\1", r"\1"))]
_TAIL = re.compile("[aeiouyAEIOU]+[^aeiouyAEIOU]*$")


def rhyme(word):
    """What a word rhymes on, or "" for a mark or a word without a vowel."""
    letters = re.sub(r"'s$|[^a-z]", "", word)
    for pattern, sound in _SOUNDS:
        letters = pattern.sub(sound, letters)
    found = _TAIL.search(letters)
    return found[0] if found else ""


def stanzas(song):
    """The lines of each stanza of a song, each a list of words without marks. song: a list of words."""
    result, line = [[]], []
    for before, word in pairwise([*song, NEW_LINE, NEW_LINE]):
        if before != NEW_LINE:
            line += [before] if any(map(str.isalnum, before)) else []
        elif line:
            result[-1].append(line)
            line = []
            result += [[]] if word == NEW_LINE else []
    return [stanza for stanza in result if stanza]


def rhymed(songs):
    """The share of pairs of lines, neighbours or with one between them in a stanza, that end in rhyming words."""
    ends = [[line[-1] for line in stanza] for song in songs for stanza in stanzas(song)]
    pairs = [pair for stanza in ends for gap in (1, 2) for pair in zip(stanza, stanza[gap:])]
    return float(np.mean([a != b and rhyme(a) == rhyme(b) != "" for a, b in pairs])) if pairs else 0.0


def line_lengths(songs):
    """The mean and the standard deviation of the words of a line, marks not counted."""
    lengths = [len(line) for song in songs for stanza in stanzas(song) for line in stanza]
    return (float(np.mean(lengths)), float(np.std(lengths))) if lengths else (0.0, 0.0)
