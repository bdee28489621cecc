"""What a network sings by heart: runs of words that stand in its training songs."""

from itertools import takewhile

from metrics.diversity import ngrams


class Memory:
    """The n-grams of the training songs, each a list of words. run: the shortest run that counts as copied."""

    def __init__(self, songs, run=8):
        self.songs, self.run, self.places = songs, run, {}
        for i, song in enumerate(songs):
            for j, ngram in enumerate(ngrams(song, run)):
                self.places.setdefault(ngram, []).append((i, j))

    def copied(self, song):
        """For each word of a song whether it stands inside a copied run."""
        marks = [False] * len(song)
        for i, ngram in enumerate(ngrams(song, self.run)):
            if ngram in self.places:
                marks[i : i + self.run] = [True] * self.run
        return marks

    def longest(self, song):
        """The length of the longest run of a song that stands in one training song; 0 when none is long enough."""
        return max(
            (
                self._extend(song, i, *place)
                for i, ngram in enumerate(ngrams(song, self.run))
                for place in self.places.get(ngram, [])
            ),
            default=0,
        )

    def _extend(self, song, i, source, j):
        same = takewhile(lambda pair: pair[0] == pair[1], zip(song[i:], self.songs[source][j:]))
        return sum(1 for _ in same)
