"""Songs that keep to a form: stanzas of so many lines, a chorus that comes back, lines that end in rhyme."""

import numpy as np
import pytest

from data.lyrics.vocabulary import BOS_EOS, NEWLINE
from generate.lyrics.decoder import sing
from generate.lyrics.rhyme import rhyme, sounds_of
from generate.lyrics.samplers import Sampling
from generate.lyrics.song_form import forced, is_last, stanzas, steer
from tests.golden import pretend_step

SOUNDS = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 0, -1])


def song(form, number=1, seed=(), randomness=0.8):
    """The stanzas of a song of a pretended network; `seed` is a part of it."""
    sung = sing(
        pretend_step(), list(seed), Sampling(randomness, form=form), 20, number, sounds=SOUNDS
    )
    return stanzas([*seed, *sung])


def end(line):
    return next((word for word in reversed(line) if SOUNDS[word] > 0), None)


@pytest.mark.parametrize("form", ["abab AABB abab AABB", "aabba", "ab cd ef gh ij"])
@pytest.mark.parametrize("number", range(5))
def test_a_form_has_its_stanzas_lines_and_chorus(form, number):
    sung, plan = song(form, number), form.split()
    assert [len(stanza) for stanza in sung] == [len(letters) for letters in plan]
    assert all(line and SOUNDS[line[0]] >= 0 for stanza in sung for line in stanza)
    choruses = [stanza for letters, stanza in zip(plan, sung) if letters.isupper()]
    assert all(chorus == choruses[0] for chorus in choruses)


def test_lines_of_one_letter_rhyme():
    pairs = [
        (stanza[a], stanza[b])
        for number in range(20)
        for stanza in song("abab abab", number)
        for a, b in ((0, 2), (1, 3))
    ]
    rhymed = [
        SOUNDS[end(a)] == SOUNDS[end(b)] and end(a) != end(b) for a, b in pairs if end(a) and end(b)
    ]
    free = [
        SOUNDS[end(a)] == SOUNDS[end(b)] and end(a) != end(b)
        for number in range(20)
        for stanza in song("abcd abcd", number)
        for a, b in ((stanza[0], stanza[2]), (stanza[1], stanza[3]))
        if end(a) and end(b)
    ]
    assert np.mean(rhymed) > 0.8 > 0.6 > np.mean(free)


def test_the_seed_counts_as_a_part_of_the_form():
    seed = [4, 5, NEWLINE, 7]
    sung = song("aa", seed=seed)
    assert len(sung) == 1 and len(sung[0]) == 2 and sung[0][0] == [4, 5] and sung[0][1][0] == 7


def test_a_chorus_that_was_changed_by_hand_goes_on_as_it_likes():
    sung = [4, 5, NEWLINE, 6, NEWLINE, NEWLINE, 4, 9]  # the chorus was 4 5, 6; a visitor chose 9
    assert forced(sung, "AA AA") is None
    assert forced(sung[:-1], "AA AA") == 5
    assert forced([*sung[:-1], 5], "AA AA") == NEWLINE


def test_a_longer_seed_than_the_form_ends_the_song():
    assert forced([4, NEWLINE, NEWLINE, 5, NEWLINE, NEWLINE, 6], "a a") == BOS_EOS
    assert is_last([4, NEWLINE, NEWLINE, 5], "a a") and not is_last([4], "a a")


def test_rhyming_words_rise_as_the_line_grows():
    rises = []
    for words in range(1, 6):
        scores = np.zeros(len(SOUNDS))
        steer([12, 13, 12, 4, NEWLINE, *[12] * words], scores, "aa", SOUNDS)
        assert scores[5] == scores[6] and scores[4] == scores[7] == 0 and scores[BOS_EOS] == -np.inf
        rises.append(scores[5])
    assert rises == sorted(rises) and rises[0] < rises[-1] == 6


def test_rhymes():
    assert rhyme("light") == rhyme("night") == rhyme("bite") != rhyme("late")
    assert rhyme("...") == "" and sounds_of(["light", "-", ".", "...", "night"]).tolist() == [
        1,
        0,
        -1,
        -1,
        1,
    ]
