"""The cache predicts what followed the last tokens earlier in the song."""

import numpy as np
import pytest

from generate.lyrics.song_cache import MAX_MATCH, apply_song_cache, following_tokens


@pytest.mark.parametrize(
    "song, following",
    [
        ([], []),
        ([4], []),
        ([4, 4], []),
        ([4, 5, 6, 5], []),  # a single token is no phrase
        ([4, 5, 6, 4, 5], [6]),
        ([4, 5, 6, 4, 5, 7, 4, 5], [6, 7]),
        ([4, 5, 6, 4, 5, 6, 4, 5], [6]),
        ([3, 4, 5, 6, 9, 4, 5, 7, 3, 4, 5], [6]),  # the longest phrase decides
        ([4, 4, 4, 4], [4]),
    ],
)
def test_the_longest_phrase_decides_what_follows(song, following):
    assert following_tokens(song) == following


def test_phrases_are_compared_up_to_a_length():
    phrase = list(range(10, 10 + MAX_MATCH))
    song = [1, *phrase, 2, 3, *phrase, 4, 1, *phrase]
    assert following_tokens(song) == [2, 4]


@pytest.mark.parametrize("weight", [0.01, 0.2, 0.99])
def test_predictions_are_mixed(weight):
    song = [4, 5, 6, 4, 5, 7, 4, 5]
    before = np.log(np.arange(1, 9) / 36)
    logits = before + 3
    apply_song_cache(song, logits, weight)
    probabilities = np.exp(logits) / np.exp(logits).sum()
    expected = (1 - weight) * np.exp(before)
    expected[[6, 7]] += weight / 2
    assert probabilities == pytest.approx(expected)


def test_nothing_changes_without_a_repeated_phrase_or_a_weight():
    for song, weight in (([4, 5, 6], 0.2), ([4, 5, 4, 5], 0.0)):
        logits = np.arange(8.0)
        apply_song_cache(song, logits, weight)
        assert logits.tolist() == list(range(8))
