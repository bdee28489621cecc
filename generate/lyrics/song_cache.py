"""Make phrases that the song already contains more likely, because songs repeat themselves.

Refrains return word for word, but a small network forgets them. A cache does not: it finds where
the last tokens of the song occurred before, and predicts the tokens that followed there. The
prediction is a mixture, mostly of the network and a little of the cache. The idea of mixing
a language model with a cache is from Kuhn and De Mori (1990, doi:10.1109/34.56193). The idea of
using only the longest match is from Cleary and Witten (1984, doi:10.1109/TCOM.1984.1096090).

`web/core/song-cache.js` does the same; `tests/golden/song_cache.json` checks both.
"""

from collections.abc import Sequence

import numpy as np

from generate.lyrics.samplers import log_sum_exp

MIN_MATCH = 2  # tokens; shorter phrases occur too often to predict what follows
MAX_MATCH = 8  # tokens; all longer matches count as this long


def following_tokens(song: Sequence[int]) -> list[int]:
    """Return the tokens that followed earlier occurrences of the last tokens of a song.

    Args:
        song: Token ids of the song so far.

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
    """Return how many tokens before `end`, up to `MAX_MATCH`, equal the last ones of the song."""
    limit = min(end, MAX_MATCH)
    length = 0
    while length < limit and song[end - 1 - length] == song[-1 - length]:
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
    added = log_sum_exp(logits) + np.log(odds)
    for token in following:
        logits[token] = np.logaddexp(logits[token], added)
