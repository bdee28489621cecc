"""Each sampler, exactly: with known probabilities and known numbers, the word that must come."""

import math

import pytest

from data.lyrics.vocabulary import NEWLINE
from generate.lyrics.decoder import sing, sung_before
from generate.lyrics.samplers import Sampling, choose

SCORES = [
    9.0,
    math.log(0.4),
    9.0,
    math.log(0.1),
    math.log(0.3),
    math.log(0.2),
]  # two signs, then words 1, 3, 4, 5


class Fixed:
    """A source of one and the same number."""

    def __init__(self, number):
        self.number = number

    def uniform(self):
        return self.number


@pytest.mark.parametrize(
    "settings, ends",
    [
        ({}, {1: 0.4, 3: 0.5, 4: 0.8, 5: 1.0}),
        ({"top_k": 2}, {1: 4 / 7, 4: 1.0}),
        ({"top_k": 1}, {1: 1.0}),
        ({"nucleus": 0.69}, {1: 4 / 7, 4: 1.0}),
        ({"nucleus": 0.71}, {1: 4 / 9, 4: 7 / 9, 5: 1.0}),
        ({"nucleus": 0.0}, {1: 1.0}),
        ({"min_p": 0.3}, {1: 4 / 9, 4: 7 / 9, 5: 1.0}),
        ({"min_p": 1.0}, {1: 1.0}),
        ({"min_p": 0.3, "top_k": 2, "nucleus": 0.5}, {1: 1.0}),
        ({"randomness": 0.5}, {1: 16 / 30, 3: 17 / 30, 4: 26 / 30, 5: 1.0}),
    ],
)
def test_words_are_drawn_with_the_probabilities_that_the_settings_leave(settings, ends):
    sampling = Sampling(**{"randomness": 1.0, "min_p": 0.0} | settings)
    start = 0.0
    for word, end in ends.items():
        assert (
            choose(SCORES, sampling, Fixed(start + 1e-9))
            == choose(SCORES, sampling, Fixed(end - 1e-9))
            == word
        )
        start = end


def test_ties_go_to_the_smaller_number():
    for settings in ({"top_k": 1}, {"nucleus": 0.2}, {"randomness": 0}):
        assert choose([0, 1, 0, 0, 2, 2, 2, 1], Sampling(**settings), Fixed(0.99)) == 4


def test_a_run_that_stands_already_is_not_sung_again():
    assert sung_before([5, 6, 7, 5, 6], 7, 3) and not sung_before([5, 6, 7, 5, 6], 8, 3)
    assert sung_before([5], 5, 1) and not sung_before([5, 6], 7, 3)
    song = list(
        sing(
            lambda word, state: ([0, -9, 0, 0, 2, 1.5, 1, 0.5], None),
            [],
            Sampling(0, no_repeat=2),
            9,
            1,
        )
    )
    assert song == [4, 4, 5, 4, 6, 4, 7, 4, NEWLINE, 4], (
        "and then there is nothing left but the end"
    )
