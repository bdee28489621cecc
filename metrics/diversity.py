"""Measure the diversity of songs: distinct n-grams, similarity to each other, and loops.

Songs are lists of words; line breaks count as words.
"""

import math
from collections import Counter
from collections.abc import Sequence

from data.lyrics.tokenizer import NEWLINE_TEXT

Song = Sequence[str]

NUM_NGRAMS = 15_000  # fixed, because distinct-n decreases with the number of n-grams
LOOP_REPEATS = 4  # a line or phrase that occurs this many times counts as a loop
MAX_LOOP_LENGTH = 8  # length of the longest phrase that is checked, in words


def ngrams(song: Song, n: int) -> list[tuple[str, ...]]:
    """Return the n-grams of a song in order."""
    return [tuple(song[i : i + n]) for i in range(len(song) - n + 1)]


def distinct_n(songs: Sequence[Song], n: int) -> float:
    """Return the fraction of distinct n-grams among the first `NUM_NGRAMS` n-grams of the songs.

    Li et al., 2016, arXiv:1510.03055.
    """
    all_ngrams: list[tuple[str, ...]] = []
    for song in songs:
        all_ngrams += ngrams(song, n)
        if len(all_ngrams) >= NUM_NGRAMS:
            break
    counted = all_ngrams[:NUM_NGRAMS]
    return len(set(counted)) / len(counted) if counted else 0.0


def self_bleu(songs: Sequence[Song], order: int = 4) -> float:
    """Return the mean BLEU score of each song against all others.

    Zhu et al., 2018, arXiv:1802.01886.

    Args:
        songs: Songs; those shorter than `order` are ignored.
        order: Length of the longest n-grams that are compared.

    Returns:
        The score, from 0 (no n-gram of length `order` occurs in two songs) to 1 (all songs are
        the same).
    """
    songs = [song for song in songs if len(song) >= order]
    precisions = [_precisions(songs, n) for n in range(1, order + 1)]
    lengths = sorted(len(song) for song in songs)
    scores = []
    for i, song in enumerate(songs):
        shares = [by_song[i] for by_song in precisions]
        brevity_penalty = min(0.0, 1 - _closest_length(lengths, len(song)) / len(song))
        if all(shares):
            mean_log = sum(math.log(share) for share in shares) / order
            scores.append(math.exp(brevity_penalty + mean_log))
        else:
            scores.append(0.0)
    return sum(scores) / len(scores) if scores else 0.0


def _precisions(songs: Sequence[Song], n: int) -> list[float]:
    """Return, for each song, the fraction of its n-grams that occur in another song.

    As always in BLEU, counts are clipped: an n-gram counts at most as often as it occurs in any one
    of the other songs.
    """
    counts = [Counter(ngrams(song, n)) for song in songs]
    largest: Counter = Counter()  # largest count of each n-gram in any song
    second_largest: Counter = Counter()
    for count in counts:
        for ngram, times in count.items():
            if times > largest[ngram]:
                second_largest[ngram] = largest[ngram]
                largest[ngram] = times
            elif times > second_largest[ngram]:
                second_largest[ngram] = times
    precisions = []
    for count in counts:
        matches = 0
        for ngram, times in count.items():
            # If this song has the largest count, another song has the second largest one.
            in_others = second_largest if times == largest[ngram] else largest
            matches += min(times, in_others[ngram])
        precisions.append(matches / count.total())
    return precisions


def _closest_length(lengths: list[int], length: int) -> int:
    """Return the length closest to `length` among the other songs."""
    others = lengths.copy()
    others.remove(length)
    if not others:
        return length
    return min(others, key=lambda other: (abs(other - length), other))


def has_loop(song: Song) -> bool:
    """Return whether a song contains a loop.

    A loop is a line that occurs `LOOP_REPEATS` times, or a phrase of up to `MAX_LOOP_LENGTH` words
    that occurs `LOOP_REPEATS` times in a row.
    """
    lines = [line.strip() for line in " ".join(song).split(NEWLINE_TEXT)]
    counts = Counter(line for line in lines if line)
    if any(times >= LOOP_REPEATS for times in counts.values()):
        return True
    return any(_repeats_phrase(song, n) for n in range(1, MAX_LOOP_LENGTH + 1))


def _repeats_phrase(song: Song, length: int) -> bool:
    same = 0  # number of successive words that equal the word `length` positions earlier
    for before, word in zip(song, song[length:], strict=False):
        same = same + 1 if before == word else 0
        if same >= length * (LOOP_REPEATS - 1):
            return True
    return False
