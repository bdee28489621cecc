"""Songs that follow a form: stanzas and lines, a chorus that returns, lines that rhyme."""

from dataclasses import replace

import numpy as np
import pytest

from data.lyrics.vocabulary import BOS_EOS, NEWLINE
from generate.lyrics.config import GenerationConfig
from generate.lyrics.decoder import LyricsDecoder
from generate.lyrics.song_form import apply_form, forced_token, is_last_line, split_stanzas
from tests.golden import RHYMES, pretend_song

CLASSES = RHYMES.rhyme_classes
CONFIG = GenerationConfig(temperature=0.8, lines=20, num_candidates=1)


def song(form, seed=1, prompt=()):
    """The stanzas of a song of a fake network, the prompt included."""
    config = replace(CONFIG, form=form)
    return split_stanzas([*prompt, *pretend_song(list(prompt), config, seed, RHYMES)])


def end(line):
    return next((token for token in reversed(line) if CLASSES[token] > 0), None)


def rhyme(one, other):
    return CLASSES[end(one)] == CLASSES[end(other)] and end(one) != end(other)


@pytest.mark.parametrize("form", ["abab AABB abab AABB", "aabba", "ab cd ef gh ij"])
@pytest.mark.parametrize("seed", range(5))
def test_a_form_has_its_stanzas_lines_and_chorus(form, seed):
    stanzas = song(form, seed)
    plan = form.split()
    assert [len(stanza) for stanza in stanzas] == [len(letters) for letters in plan]
    assert all(line and CLASSES[line[0]] >= 0 for stanza in stanzas for line in stanza)
    choruses = [stanza for letters, stanza in zip(plan, stanzas, strict=True) if letters.isupper()]
    assert all(chorus == choruses[0] for chorus in choruses)


def test_lines_with_the_same_letter_rhyme():
    pairs = [
        (stanza[a], stanza[b])
        for seed in range(20)
        for stanza in song("abab abab", seed)
        for a, b in ((0, 2), (1, 3))
    ]
    free_pairs = [
        (stanza[a], stanza[b])
        for seed in range(20)
        for stanza in song("abcd abcd", seed)
        for a, b in ((0, 2), (1, 3))
    ]
    rhymed = [rhyme(a, b) for a, b in pairs if end(a) and end(b)]
    free = [rhyme(a, b) for a, b in free_pairs if end(a) and end(b)]
    assert np.mean(rhymed) > 0.8 > 0.6 > np.mean(free)


def test_the_prompt_is_a_part_of_the_form():
    stanzas = song("aa", prompt=[4, 5, NEWLINE, 7])
    assert len(stanzas) == 1 and len(stanzas[0]) == 2
    assert stanzas[0][0] == [4, 5] and stanzas[0][1][0] == 7


def test_a_chorus_that_the_visitor_changed_continues_freely():
    tokens = [4, 5, NEWLINE, 6, NEWLINE, NEWLINE, 4, 9]  # the chorus was 4 5, 6; 9 was chosen
    assert forced_token(tokens, "AA AA") is None
    assert forced_token(tokens[:-1], "AA AA") == 5
    assert forced_token([*tokens[:-1], 5], "AA AA") == NEWLINE


def test_a_prompt_that_is_longer_than_the_form_ends_the_song():
    assert forced_token([4, NEWLINE, NEWLINE, 5, NEWLINE, NEWLINE, 6], "a a") == BOS_EOS
    assert is_last_line([4, NEWLINE, NEWLINE, 5], "a a") and not is_last_line([4], "a a")


def test_the_bonus_of_rhyming_words_grows_with_the_line():
    config = replace(CONFIG, form="aa", rhyme_bonus=6.0)
    bonuses = []
    for length in range(1, 6):
        logits = np.zeros(len(CLASSES))
        apply_form([12, 13, 12, 4, NEWLINE, *[12] * length], logits, config, CLASSES)
        assert logits[5] == logits[6] and logits[4] == logits[7] == 0, "4 is the word itself"
        assert logits[BOS_EOS] == -np.inf
        bonuses.append(logits[5])
    assert bonuses == sorted(bonuses) and bonuses[0] < bonuses[-1] == config.rhyme_bonus


def test_the_last_candidates_of_a_line_are_made_to_rhyme():
    config = replace(CONFIG, form="aa", rhyme_bonus=0.0, rhyme_bonus_per_token=100.0)
    config = replace(config, num_candidates=8, rhyme_bonus_per_candidate=50.0)
    decoder = LyricsDecoder([12, 4, NEWLINE, 12, 12], config, 1, RHYMES)
    drawn = decoder.draw(np.zeros((8, len(CLASSES))))
    assert drawn[0] not in (5, 6), "the first one writes what it likes"
    assert set(drawn[1:]) == {5, 6}
