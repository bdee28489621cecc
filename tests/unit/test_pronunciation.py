"""Rhyme classes: the shipped part of the CMU dictionary, the spelling rule, and vocabularies."""

import shutil

import pytest

from data.lyrics.pronunciation import (
    CLOSING_PUNCTUATION,
    NO_RHYME,
    _dictionary,
    phonemes_from_last_stress,
    read_npm_dictionary,
    rhyme_classes,
    rhyming_part,
    rhyming_spelling,
)


@pytest.mark.skipif(
    not shutil.which("node"), reason="Node is needed to read the original dictionary"
)
def test_the_shipped_extract_is_that_of_the_npm_package():
    assert _dictionary() == read_npm_dictionary()


@pytest.mark.parametrize(
    "one, other",
    [
        ("night", "light"),
        ("night", "bite"),
        ("day", "they"),
        ("stone", "alone"),
        ("tree", "me"),
        ("sky", "goodbye"),
        ("blue", "new"),
        ("rain", "lane"),
        ("head", "bed"),
        ("station", "nation"),
        ("mother-in-law", "saw"),
        ("writin'", "bitin'"),
        ("splorking", "zorking"),
    ],
)
def test_words_that_rhyme(one, other):
    assert rhyming_part(one) == rhyming_part(other) != ""


@pytest.mark.parametrize(
    "one, other",
    [
        ("night", "day"),
        ("tree", "sky"),
        ("table", "me"),
        ("horse", "say"),
        ("come", "home"),
        ("money", "city"),
    ],
)
def test_words_that_do_not_rhyme(one, other):
    assert rhyming_part(one) != rhyming_part(other)


def test_the_last_stressed_vowel_counts():
    assert phonemes_from_last_stress("T AH0 N AY1 T") == "AY T"
    assert phonemes_from_last_stress("M AH1 N IY0") == "AH N IY"
    assert phonemes_from_last_stress("G UH2 D B AY1") == "AY"
    assert phonemes_from_last_stress("DH AH0") == "AH"
    assert phonemes_from_last_stress("SH") == ""


def test_spelling_stands_in_for_words_that_the_dictionary_lacks():
    assert (
        rhyming_spelling("light")
        == rhyming_spelling("night")
        == rhyming_spelling("bite")
        != rhyming_spelling("late")
    )
    assert rhyming_spelling("...") == rhyming_spelling("tsk") == ""
    assert rhyming_part("zzblight") == f"<{rhyming_spelling('night')}>"


def test_classes_of_a_vocabulary():
    words = ["<new line>", "light", "-", ".", "...", "night", "boat", "", "日本語"]
    assert rhyme_classes(words) == [
        NO_RHYME,
        1,
        NO_RHYME,
        CLOSING_PUNCTUATION,
        CLOSING_PUNCTUATION,
        1,
        2,
        NO_RHYME,
        NO_RHYME,
    ]
