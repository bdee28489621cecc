"""Make what the song has already said more likely, because songs repeat themselves.

Refrains return word for word, but a small network forgets them. A cache does not: it finds where
the last tokens of the song occurred before, and predicts the tokens that followed there (Kuhn and
De Mori 1990, doi:10.1109/34.56193). The prediction is a mixture, mostly of the network and a little
of the cache.

`web/core/song-cache.js` does the same; `tests/golden/song_cache.json` checks both.
"""

from collections.abc import Sequence

import numpy as np

MIN_MATCH = 2  # tokens; shorter phrases return too often to say what follows
MAX_MATCH = 8  # tokens; longer phrases are compared no further


def following_tokens(song: Sequence[int]) -> list[int]:
    """Return what followed the end of a song where it occurred earlier in the song.

    Args:
        song: Token ids.

    Returns:
        The next token of each earlier occurrence of the longest phrase, of `MIN_MATCH` to
        `MAX_MATCH` tokens, that ends the song and occurred before. Empty if none did.
    """
    longest = MIN_MATCH
    following: list[int] = []
    for end in range(1, len(song)):
        length = _match_length(song, end)
        if length > longest:
            longest = length
            following = []
        if length == longest:
            following.append(song[end])
    return following


def _match_length(song: Sequence[int], end: int) -> int:
    """Return how many of the last tokens of a song, up to `MAX_MATCH`, precede position `end`."""
    length = 0
    while length < min(end, MAX_MATCH) and song[end - 1 - length] == song[-1 - length]:
        length += 1
    return length


def apply_song_cache(song: Sequence[int], logits: np.ndarray, weight: float) -> None:
    """Mix the predictions of a network with those of the cache.

    Args:
        song: Token ids of the song so far.
        logits: Logits of the next token, float64 (vocabulary,); modified.
        weight: Share of the cache in the mixture, from 0 to less than 1. Without an earlier
            occurrence of the last tokens, the network decides alone.
    """
    following = following_tokens(song) if weight else []
    if not following:
        return
    # Probabilities only depend on differences between logits. So instead of lowering those of all
    # other tokens, raise those of the cache, relative to the sum of all.
    odds = weight / (1 - weight) / len(following)
    added = np.logaddexp.reduce(logits) + np.log(odds)
    for token in following:
        logits[token] = np.logaddexp(logits[token], added)
