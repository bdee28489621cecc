"""Batches of songs: each word is a target once per epoch, and any step can be requested."""

from itertools import islice, pairwise

import numpy as np
import pytest

from data.lyrics.vocabulary import BOS_EOS, PAD
from train.lyrics.batches import LineBatches, WindowBatches, repeat_batches
from train.lyrics.stateful_batches import StatefulBatches


@pytest.fixture
def corpus():
    """(tokens, songs): 40 songs of 2 to 30 words, all words different."""
    lengths = np.random.default_rng(0).integers(3, 31, 40)
    ends = np.cumsum(lengths)
    tokens = np.arange(100, 100 + ends[-1])
    tokens[ends - lengths] = BOS_EOS
    return tokens, np.stack([ends - lengths, ends], axis=1)


def targets_of(tokens, songs):
    """{word: the word that follows} within songs; the last word is followed by SONG."""
    return {
        tokens[i]: tokens[i + 1] if i + 1 < end else BOS_EOS
        for begin, end in songs
        for i in range(begin + 1, end)
    }


def test_rows_give_every_target_at_most_once_and_nearly_all(corpus):
    batches, follows = (
        StatefulBatches(*corpus, batch_size=4, sequence_length=5, seed=1),
        targets_of(*corpus),
    )
    seen = []
    for words, targets, weights in islice(batches.batches(0, 0), batches.steps):
        for word, target in zip(words[weights > 0], targets[weights > 0], strict=False):
            if word != BOS_EOS:
                assert follows[word] == target
                seen.append(word)
        assert (words[weights == 0] == PAD).all()
    assert len(seen) == len(set(seen)) > 0.9 * len(follows)


def test_an_artist_is_told_or_hidden_and_never_a_target(corpus):
    tokens, songs = corpus
    tokens[songs[:, 0] + 1] = 1000 + np.arange(len(songs)) % 5  # every song begins with its artist
    batches, told = StatefulBatches(tokens, songs, 4, 5, 1, any_artist=999), []
    for words, targets, weights in islice(batches.batches(0, 0), 5 * batches.steps):
        begins = words[:, 0] == BOS_EOS
        told += words[begins, 1].tolist()
        assert (
            (weights[begins, 0] == 0).all() and (targets < 999).all() and (words[:, 2:] < 999).all()
        )
    assert set(told) == set(range(999, 1005)) and 0.15 < np.mean(np.array(told) == 999) < 0.45
    words, _, weights = batches.as_one_batch()
    assert (words[words[:, 0] == BOS_EOS, 1] == 999).all() and weights.sum() == len(tokens) - len(
        songs
    )


def test_a_row_goes_on_where_it_stopped(corpus):
    batches, last = StatefulBatches(*corpus, batch_size=4, sequence_length=5, seed=1), [None] * 4
    for words, targets, weights in islice(batches.batches(0, 0), batches.steps):
        for row in range(4):
            if words[row, 0] not in (BOS_EOS, PAD):
                assert words[row, 0] == last[row]
            last[row] = targets[row, -1] if weights[row, -1] else None


def test_as_one_batch_gives_every_target(corpus):
    words, _, weights = StatefulBatches(
        *corpus, batch_size=4, sequence_length=5, seed=1
    ).as_one_batch()
    assert (
        weights.sum() == len(corpus[0])
        and len(set(words[weights > 0])) == len(targets_of(*corpus)) + 1
    )


@pytest.mark.parametrize(
    "kind",
    [
        lambda tokens, songs: StatefulBatches(tokens, songs, 4, 5, 1),
        lambda tokens, songs: WindowBatches(tokens, songs, 8, 5, 1),
        lambda tokens, songs: LineBatches(tokens, songs, 8, 5, 1, 4),
    ],
)
def test_any_step_can_be_asked_for(corpus, kind):
    batches = kind(*corpus)
    whole = list(islice(batches.batches(0, 0), 2 * batches.steps))
    for epoch, step in ((0, 3), (1, 0), (1, batches.steps - 1)):
        for a, b in zip(
            whole[epoch * batches.steps + step], next(batches.batches(epoch, step)), strict=False
        ):
            np.testing.assert_array_equal(a, b)
    assert any((a != b).any() for a, b in zip(whole[0][0], whole[batches.steps][0], strict=False))


def test_windows_hold_what_stood_before(corpus):
    windows, follows = WindowBatches(*corpus, 16, 5, 1), targets_of(*corpus)
    words, targets, _ = windows.as_one_batch()
    firsts = {corpus[0][begin + 1] for begin, _ in corpus[1]}
    assert len(words) == len(corpus[0])
    for row, target in zip(words, targets, strict=False):
        if row[-1] != BOS_EOS:
            assert follows[row[-1]] == target
        for before, after in pairwise(row):
            assert before == PAD or (
                after in firsts if before == BOS_EOS else after == follows[before]
            )


def test_windows_take_every_word_once(corpus):
    windows = WindowBatches(*corpus, 7, 3, 1)
    seen = np.concatenate(
        [words[:, -1] for words, _, _ in islice(windows.batches(0, 0), windows.steps)]
    )
    inner = seen[seen != BOS_EOS]
    assert len(set(inner)) == len(inner) and len(seen) > len(corpus[0]) - 7


def test_few_held_out_songs_are_evaluated_with_every_target(corpus):
    tokens, songs = corpus
    _, _, weights = StatefulBatches(tokens, songs[:3], 50, 32, 1).as_one_batch()
    assert np.count_nonzero(weights) >= len(targets_of(tokens, songs[:3]))


def test_few_songs_fill_a_smaller_batch(corpus):
    tokens, songs = corpus
    for batches in (WindowBatches(*corpus, 5000, 5, 1), LineBatches(*corpus, 5000, 5, 1, 4)):
        inputs, _, weights = next(batches.batches(0, 0))
        assert batches.steps == 1 and len(inputs) == batches.batch_size == len(weights)
    rows = StatefulBatches(tokens, songs[:3], 16, 5, 1)
    batches = list(islice(rows.batches(0, 0), rows.steps))
    seen = {token for inputs, _, weights in batches for token in inputs[weights > 0].tolist()}
    assert {int(token) for a, b in songs[:3] for token in tokens[a:b]} == seen


def test_an_epoch_of_few_songs_repeats_them(corpus):
    once = StatefulBatches(*corpus, 4, 5, 1)
    assert repeat_batches(once, 1) is once
    again = repeat_batches(once, 3 * once.steps)
    assert again.steps == 3 * once.steps
    whole = list(islice(again.batches(0, 0), 2 * again.steps))
    resumed = next(again.batches(1, once.steps + 1))
    for a, b in zip(whole[again.steps + once.steps + 1], resumed, strict=True):
        np.testing.assert_array_equal(a, b)
