"""How various songs are: distinct n-grams, likeness to each other, loops.

distinct-n after Li et al. 2016 (arXiv:1510.03055), self-BLEU after Zhu et al. 2018 (arXiv:1802.01886). Songs are lists
of words; a new line is a word.
"""

import math
from collections import Counter
from itertools import islice

from data.lyrics.tokenizer import NEWLINE_TEXT

SAME_LENGTH = 15_000  # words that distinct-n is counted over: it falls the longer a text is
TIMES = 4  # that a line or a run of words stands before it is a loop
LONGEST_RUN = 8  # words


def ngrams(song, n):
    """The n-grams of a song in order."""
    return [tuple(song[i : i + n]) for i in range(len(song) - n + 1)]


def distinct(songs, n):
    """The share of different ones among the n-grams of the first SAME_LENGTH words."""
    found = list(islice((ngram for song in songs for ngram in ngrams(song, n)), SAME_LENGTH))
    return len(set(found)) / len(found) if found else 0.0


def self_bleu(songs, order=4):
    """The mean BLEU of each song against all the others: 1 when all are the same, 0 when they share no run of words."""
    songs = [song for song in songs if len(song) >= order]
    precisions = [_precisions(songs, n) for n in range(1, order + 1)]
    lengths = sorted(map(len, songs))
    scores = []
    for song, *shares in zip(songs, *precisions):
        brevity = min(0.0, 1 - _nearest(lengths, len(song)) / len(song))
        scores.append(
            math.exp(brevity + sum(map(math.log, shares)) / order) if all(shares) else 0.0
        )
    return sum(scores) / len(scores) if scores else 0.0


def _precisions(songs, n):
    """For each song the share of its n-grams that stand in another song, each counted as often as it does there."""
    counts = [Counter(ngrams(song, n)) for song in songs]
    first, second = Counter(), Counter()  # the two largest counts of each n-gram in any song
    for count in counts:
        for ngram, times in count.items():
            if times > first[ngram]:
                first[ngram], second[ngram] = times, first[ngram]
            elif times > second[ngram]:
                second[ngram] = times
    return [
        sum(
            min(times, second[ngram] if times == first[ngram] else first[ngram])
            for ngram, times in count.items()
        )
        / count.total()
        for count in counts
    ]


def _nearest(lengths, length):
    """The length of another song that is nearest to `length`."""
    others = lengths.copy()
    others.remove(length)
    return min(others, key=lambda other: (abs(other - length), other)) if others else length


def loops(song):
    """Does a song fall into a loop: one line TIMES times, or a run of up to LONGEST_RUN words TIMES in succession?"""
    lines = Counter(line.strip() for line in " ".join(song).split(NEWLINE_TEXT) if line.strip())
    return any(times >= TIMES for times in lines.values()) or any(
        _runs(song, n) for n in range(1, LONGEST_RUN + 1)
    )


def _runs(song, length):
    same = 0
    for before, word in zip(song, song[length:]):
        same = same + 1 if before == word else 0
        if same >= length * (TIMES - 1):
            return True
    return False
