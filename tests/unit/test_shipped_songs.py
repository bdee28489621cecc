"""Metrics of songs with known results, and songs that are the same in a batch as on their own."""

import keras
import numpy as np
import pytest

from data.lyrics.vocabulary import SPECIAL_TOKENS, Vocabulary
from explore.lyrics.batch_generate import generate_all, prompts_from, reference_excerpts
from generate.lyrics.config import GenerationConfig
from generate.lyrics.generation import generate
from generate.lyrics.line_score import TokenProperties, token_properties
from metrics.copied_phrases import CopiedPhrases
from metrics.diversity import distinct_n, has_loop, self_bleu
from metrics.rhyme_rate import (
    dangling_end_rate,
    line_lengths,
    promised_rhyme_rate,
    rhyme_rate,
    split_stanzas,
)
from models.bigru import WindowedBiGRU
from models.lyrics import LSTMLanguageModel
from models.seq2seq import LineSeq2Seq


def words(text):
    return text.replace("/", "\n").split(" ")


def test_distinct_n():
    assert distinct_n([words("a b a b a")], 2) == pytest.approx(2 / 4)
    assert distinct_n([words("a b"), words("a b"), words("b c")], 2) == pytest.approx(2 / 3)
    assert distinct_n([words("a")], 2) == 0


def test_self_bleu():
    song = words("a b c d e f")
    assert self_bleu([song, song, song]) == pytest.approx(1)
    assert self_bleu([song, words("u v w x y z")]) == 0
    # a b c d e against a b c d x: 4 of 5, 3 of 4, 2 of 3 and 1 of 2 runs are shared
    assert self_bleu([words("a b c d e"), words("a b c d x")]) == pytest.approx(
        (4 / 5 * 3 / 4 * 2 / 3 / 2) ** 0.25
    )
    # a word counts as often as it occurs in the other song: 2 of 4; and the first is short
    assert self_bleu([words("a a a a"), words("a a b c")], order=1) == pytest.approx(
        (2 / 4 + 2 / 4) / 2
    )
    assert self_bleu([words("a b"), words("a b c d")], order=1) == pytest.approx(
        (2.718281828459045**-1 + 2 / 4) / 2
    )


@pytest.mark.parametrize(
    "text, loop",
    [
        ("la la la", False),
        ("la la la la", True),
        ("x a b a b a b a b y", True),
        ("x a b a b a b y", False),
        ("oh no / on / oh no / up / oh no / in / oh no", True),
        ("oh no / on / oh no / up / oh no / in", False),
        ("a b c d e f g h " * 3 + "a b c d e f g h", True),
    ],
)
def test_loops(text, loop):
    assert has_loop(words(text)) == loop


def test_copied_phrases():
    copied = CopiedPhrases([words("a b c d e f"), words("x y z c d e q")], length=3)
    assert copied.is_copied(words("q c d e z")) == [False, True, True, True, False]
    assert copied.longest(words("q b c d e z")) == 4
    assert copied.longest(words("z c d e q")) == 5, "the longer of two sources"
    assert copied.is_copied(words("a b")) == [False, False] and copied.longest(words("a b")) == 0


def test_lines_and_rhymes():
    song = words("in the night , / oh ! / a light / / the sea")
    assert split_stanzas(song) == [
        [["in", "the", "night"], ["oh"], ["a", "light"]],
        [["the", "sea"]],
    ]
    assert rhyme_rate([song]) == pytest.approx(1 / 3), "of night-oh, oh-light and night-light"
    assert rhyme_rate([words("a night / a night")]) == 0, "a word does not rhyme with itself"
    assert line_lengths([song]) == (2.0, pytest.approx(0.5**0.5))
    assert rhyme_rate([]) == 0 and line_lengths([]) == (0.0, 0.0)


def test_promised_rhymes_and_lines_that_end_in_mid_sentence():
    song = words("in the night / oh / a light / / the sea / the sea / / by the")
    assert promised_rhyme_rate([song], "abab aa b") == 0.5, "light does; sea is the same word"
    assert promised_rhyme_rate([song], "abc ab c") == 0
    chorus = words("the night / a light / / the night / a light")
    assert promised_rhyme_rate([chorus, song], "AA AA") == 0.5, "a repeated chorus counts once"
    assert dangling_end_rate([song]) == 1 / 6 and dangling_end_rate([]) == 0


def test_human_songs_are_cut_into_excerpts_and_prompts():
    song = words(" / ".join(f"{i} is a line" for i in range(33)))
    first, second = reference_excerpts([song], 9)
    assert first[0] == "0" and second[0] == "16" and first[-1] == second[-1] == "line"
    assert first.count("\n") == second.count("\n") == 15
    assert reference_excerpts([song] * 10, 2) == [first, first]
    assert prompts_from([song, song], 3) == [("0", "is", "a"), ("11", "is", "a"), ("22", "is", "a")]
    assert len(prompts_from([song, song], 99)) == 33, "each once"


@pytest.mark.slow
@pytest.mark.parametrize(
    "network",
    [
        lambda: LSTMLanguageModel(12, 8, [12]),
        lambda: WindowedBiGRU(12, 5, 8, 6),
        lambda: LineSeq2Seq(12, 5, 8, 6, max_line_length=3),
    ],
)
def test_a_batch_gives_the_songs_that_are_generated_alone(network):
    keras.utils.set_random_seed(3)
    network = network()
    vocabulary = Vocabulary([*SPECIAL_TOKENS, *"abcdefgh"], [1] * 12)
    prompts = [("a", "b"), ("c", "d"), ("a", "zebra")]
    config = GenerationConfig(temperature=1.5, lines=5, form="none")
    batch = generate_all(network, vocabulary, prompts, config)
    alone = [
        vocabulary.decode(
            generate(
                network,
                [vocabulary.encode(prompt).tolist()],
                config,
                [seed],
                token_properties(vocabulary),
            )[0]
        )
        for seed, prompt in enumerate(prompts)
    ]
    assert batch == alone and len(set(map(len, batch))) > 1


def test_prompts_of_a_batch_may_differ_in_length():
    keras.utils.set_random_seed(3)
    network = LSTMLanguageModel(12, 8, [12])
    prompts = [[4], [], [5, 6, 7]]
    config = GenerationConfig(temperature=1.5, lines=5, form="none")
    nothing = TokenProperties(*np.zeros((4, 12), int))
    batch = generate(network, prompts, config, [7, 8, 9], nothing)
    for prompt, seed, song in zip(prompts, [7, 8, 9], batch, strict=True):
        assert generate(network, [prompt], config, [seed], nothing) == [song]
