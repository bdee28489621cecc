"""The n-gram model: its probabilities sum to one, and a small case matches a manual calculation."""

import numpy as np
import pytest

from metrics.kneser_ney import KneserNey


@pytest.fixture(scope="module")
def sequences():
    random = np.random.default_rng(1)
    chance = 1 / np.arange(1, 21)
    return [[1, *random.choice(np.arange(2, 22), 60, p=chance / chance.sum())] for _ in range(30)]


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_probabilities_sum_to_one(sequences, order):
    model = KneserNey(sequences, order, 24)
    for context in ([], [1], [1, 2], [2, 3, 4, 5, 6], [23, 2], [2, 23], [1, *sequences[0][1:4]]):
        chance = model.distribution(context)
        assert (
            chance.shape == (24,)
            and chance.sum() == pytest.approx(1, abs=1e-9)
            and chance.min() > 0
        )


def test_what_was_seen_is_likelier_and_context_helps(sequences):
    follows = [[1, *([2, 3, 4, 5] * 5)] for _ in range(5)] + sequences
    model = KneserNey(follows, 5, 24)
    assert model.distribution([5, 2, 3, 4]).argmax() == 5
    random_song = [1, *np.random.default_rng(2).integers(2, 22, 50)]
    cross_entropy, is_right = model.score(follows[0])
    assert (
        cross_entropy.mean() < model.score(random_song)[0].mean()
        and is_right.mean() > 0.9 > model.score(random_song)[1].mean()
    )
    assert cross_entropy.mean() < KneserNey(follows, 1, 24).score(follows[0])[0].mean()


def test_a_bigram_by_hand():
    """Three sequences 1 a b / 1 a b / 1 a c with a=2, b=3, c=4 and five words in all."""
    model = KneserNey([[1, 2, 3], [1, 2, 3], [1, 2, 4]], 2, 5)
    # bigrams: (1,2) 3 times, (2,3) twice, (2,4) once: n1 = n2 = n3 = 1, n4 = 0 taken as 1
    y = 1 / 3
    two = [1 - 2 * y, 2 - 3 * y, 3 - 4 * y]
    # words before: 2 after {1}, 3 after {2}, 4 after {2}: three words counted once; n1 = 3, the others taken as 1
    y = 3 / 5
    one = 1 - 2 * y / 3
    unigram = (1 - one) / 3 + one * 3 / 3 / 5
    bigram = (2 - two[1]) / 3 + (two[0] + two[1]) / 3 * unigram
    assert model.distribution([2])[3] == pytest.approx(bigram)
    assert model.distribution([])[3] == pytest.approx(unigram)
