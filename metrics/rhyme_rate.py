"""Rhyme and the lengths of lines of whole songs. What rhymes is rough (`generate/lyrics/rhyme.py`), but as rough for songs of
people as for those of networks, and only the two are compared.
"""

from itertools import pairwise

import numpy as np

from data.lyrics.tokenizer import NEWLINE_TEXT
from generate.lyrics.rhyme import rhyme


def stanzas(song):
    """The lines of each stanza of a song, each a list of words without marks. song: a list of words."""
    result, line = [[]], []
    for before, word in pairwise([*song, NEWLINE_TEXT, NEWLINE_TEXT]):
        if before != NEWLINE_TEXT:
            line += [before] if any(map(str.isalnum, before)) else []
        elif line:
            result[-1].append(line)
            line = []
            result += [[]] if word == NEWLINE_TEXT else []
    return [stanza for stanza in result if stanza]


def rhymed(songs):
    """The share of pairs of lines, neighbours or with one between them in a stanza, that end in rhyming words."""
    ends = [[line[-1] for line in stanza] for song in songs for stanza in stanzas(song)]
    pairs = [pair for stanza in ends for gap in (1, 2) for pair in zip(stanza, stanza[gap:])]
    return (
        float(np.mean([a != b and rhyme(a) == rhyme(b) != "" for a, b in pairs])) if pairs else 0.0
    )


def line_lengths(songs):
    """The mean and the standard deviation of the words of a line, marks not counted."""
    lengths = [len(line) for song in songs for stanza in stanzas(song) for line in stanza]
    return (float(np.mean(lengths)), float(np.std(lengths))) if lengths else (0.0, 0.0)
