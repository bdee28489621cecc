"""Each sampler returns the expected token for known probabilities and known random numbers."""

import math

import numpy as np
import pytest

from data.lyrics.tokenizer import tokenize
from data.lyrics.vocabulary import BOS_EOS, NEWLINE, SPECIAL_TOKENS, Vocabulary
from data.lyrics.word_kinds import CONTENT, PUNCTUATION
from generate.lyrics.candidate import Candidate
from generate.lyrics.config import GenerationConfig
from generate.lyrics.decoder import LyricsDecoder
from generate.lyrics.line_score import TokenProperties, score_line, token_properties
from generate.lyrics.loop_guard import repeats_ngram
from generate.lyrics.samplers import apply_frequency_penalty, sample_token

LOGITS = np.array(  # tokens 0 and 2 are special; tokens 1, 3, 4, 5 can be drawn
    [9.0, math.log(0.4), 9.0, math.log(0.1), math.log(0.3), math.log(0.2)]
)


class Fixed:
    """A random source that always returns the same number."""

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
        ({"top_p": 0.69}, {1: 4 / 7, 4: 1.0}),
        ({"top_p": 0.71}, {1: 4 / 9, 4: 7 / 9, 5: 1.0}),
        ({"top_p": 0.0}, {1: 1.0}),
        ({"min_p": 0.3}, {1: 4 / 9, 4: 7 / 9, 5: 1.0}),
        ({"min_p": 1.0}, {1: 1.0}),
        ({"min_p": 0.3, "top_k": 2, "top_p": 0.5}, {1: 1.0}),
        ({"temperature": 0.5}, {1: 16 / 30, 3: 17 / 30, 4: 26 / 30, 5: 1.0}),
    ],
)
def test_tokens_are_drawn_with_the_expected_probabilities(settings, ends):
    config = GenerationConfig(**{"temperature": 1.0, "min_p": 0.0} | settings)
    start = 0.0
    for token, end in ends.items():
        assert (
            sample_token(LOGITS, config, Fixed(start + 1e-9))
            == sample_token(LOGITS, config, Fixed(end - 1e-9))
            == token
        )
        start = end


def test_only_content_words_lose_probability_when_they_return():
    logits = np.zeros(5)
    kinds = np.array([PUNCTUATION, PUNCTUATION, CONTENT, CONTENT, CONTENT])
    apply_frequency_penalty([1, 2, 1, 2, 3], logits, 0.5, kinds)
    assert logits.tolist() == [0, 0, -1, -0.5, 0]


@pytest.mark.parametrize(
    "song, whole, broken",
    [
        ("", "(the dog) slept", "the dog) slept"),
        ("", "(the dog) slept", "(the dog slept"),
        ("(the dog\n", "slept) late", "slept late late"),
        ("", '"the dog" slept', '"the dog slept'),
        ("", '"the dog" slept', '"" the dog slept'),
        ('"the dog\n', 'slept" late', '"slept late"'),
    ],
)
def test_a_line_without_unpaired_marks_scores_higher(song, whole, broken):
    words = [*SPECIAL_TOKENS, '"', "(", ")", "the", "dog", "slept", "late"]
    vocabulary = Vocabulary(words, [1] * len(words))

    def score(line, penalty):
        tokens = vocabulary.encode(tokenize(line))
        config = GenerationConfig(form="none", open_quotation_penalty=penalty)
        candidate = Candidate(
            Fixed(0), config, tokens, drawn_tokens=tokens, log_probabilities=[-1.0] * len(tokens)
        )
        before = vocabulary.encode(tokenize(song))
        return score_line(before, candidate, config, token_properties(vocabulary))

    assert score(whole, 5.0) == score(whole, 0.0)
    assert score(broken, 5.0) == score(broken, 0.0) - 5


def test_ties_go_to_the_smaller_id():
    for settings in ({"top_k": 1}, {"top_p": 0.2}, {"temperature": 0}):
        config = GenerationConfig(**settings)
        assert sample_token(np.array([0, 1, 0, 0, 2, 2, 2, 1]), config, Fixed(0.99)) == 4


def decode(prompt, config, logits):
    """The song that a network with the same logits everywhere makes."""
    nothing = TokenProperties(*np.zeros((4, len(logits)), int))
    decoder = LyricsDecoder(prompt, config, 3, nothing)
    while not decoder.is_over:
        decoder.draw([logits] * config.candidates_per_line)
        decoder.choose_line()
    return decoder.tokens


def test_no_repeat_ngram_size():
    assert repeats_ngram([5, 6, 7, 5, 6], 7, 3)
    assert not repeats_ngram([5, 6, 7, 5, 6], 8, 3)
    assert repeats_ngram([5], 5, 1)
    assert not repeats_ngram([5, 6], 7, 3)
    config = GenerationConfig(temperature=0, no_repeat_ngram_size=2, lines=9, form="none")
    song = decode([], config, np.array([0, -9, 0, 0, 2, 1.5, 1, 0.5]))
    assert song == [4, 4, 5, 4, 6, 4, 7, 4, NEWLINE, 4], "then only the end is left"


def test_the_decoder_leaves_the_logits_alone():
    logits = np.zeros(8, "float32")
    decode([4], GenerationConfig(form="none"), logits)
    assert not logits.any()


def test_the_longest_song():
    logits = np.zeros(8)
    logits[BOS_EOS] = -99
    for count in (1, 5):
        config = GenerationConfig(
            form="none", max_tokens=7, loop_guard=False, lines=1000, num_candidates=count
        )
        assert len(decode([4, 5], config, logits)) == 2 + 7
