"""Find phrases that a song copies from training songs."""

from collections.abc import Sequence

from metrics.diversity import ngrams

# A phrase counts as copied if it has at least this many words, including punctuation and line
# breaks. The song index of the web page (`export/song_index.py`) uses the same length.
COPIED_PHRASE_LENGTH = 6


class CopiedPhrases:
    """Looks up phrases in training songs.

    Args:
        songs: The training songs, each a list of words.
        length: Length of the shortest phrase that counts as copied, in words.
    """

    def __init__(self, songs: Sequence[Sequence[str]], length: int = COPIED_PHRASE_LENGTH):
        self.songs = songs
        self.length = length
        self._positions: dict[tuple, list[tuple[int, int]]] = {}  # n-gram: (song, position) pairs
        for song_index, song in enumerate(songs):
            for position, ngram in enumerate(ngrams(song, length)):
                self._positions.setdefault(ngram, []).append((song_index, position))

    def is_copied(self, song: Sequence[str]) -> list[bool]:
        """Return, for each word of a song, whether it is part of a copied phrase."""
        copied = [False] * len(song)
        for i, ngram in enumerate(ngrams(song, self.length)):
            if ngram in self._positions:
                copied[i : i + self.length] = [True] * self.length
        return copied

    def longest(self, song: Sequence[str]) -> int:
        """Return the length of the longest copied phrase of a song in words; 0 if there is none."""
        longest = 0
        for i, ngram in enumerate(ngrams(song, self.length)):
            for song_index, position in self._positions.get(ngram, []):
                source = self.songs[song_index]
                longest = max(longest, _common_prefix(song[i:], source[position:]))
        return longest


def _common_prefix(one: Sequence[str], other: Sequence[str]) -> int:
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length
