"""The measures of songs, on songs with known answers; and songs sung side by side, which are those sung alone."""

import keras
import pytest

from data.lyrics.vocabulary import SPECIAL_TOKENS, Vocabulary
from explore.lyrics.batch_generate import beginnings, pieces, sing_all
from generate.lyrics.decoder import sing
from generate.lyrics.samplers import Sampling
from generate.lyrics.song import step_of
from metrics.copied_phrases import Memory
from metrics.diversity import distinct, loops, self_bleu
from metrics.rhyme_rate import line_lengths, rhyme, rhymed, stanzas
from models.bigru import WindowedBiGRU
from models.lyrics import LSTMLanguageModel
from models.seq2seq import LineSeq2Seq


def words(text):
    return text.replace("/", "\n").split(" ")


def test_distinct():
    assert distinct([words("a b a b a")], 2) == pytest.approx(2 / 4)
    assert distinct([words("a b"), words("a b"), words("b c")], 2) == pytest.approx(2 / 3)
    assert distinct([words("a")], 2) == 0


def test_self_bleu():
    song = words("a b c d e f")
    assert self_bleu([song, song, song]) == pytest.approx(1)
    assert self_bleu([song, words("u v w x y z")]) == 0
    # a b c d e against a b c d x: 4 of 5, 3 of 4, 2 of 3 and 1 of 2 runs are shared
    assert self_bleu([words("a b c d e"), words("a b c d x")]) == pytest.approx(
        (4 / 5 * 3 / 4 * 2 / 3 / 2) ** 0.25
    )
    # a word counts as often as it stands in the other song: 2 of 4; and the first is brief
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
    assert loops(words(text)) == loop


def test_memory():
    memory = Memory([words("a b c d e f"), words("x y z c d e q")], run=3)
    assert memory.copied(words("q c d e z")) == [False, True, True, True, False]
    assert memory.longest(words("q b c d e z")) == 4
    assert memory.longest(words("z c d e q")) == 5, "the longer of two places"
    assert memory.copied(words("a b")) == [False, False] and memory.longest(words("a b")) == 0


@pytest.mark.parametrize(
    "one, other",
    [
        ("night", "light"),
        ("day", "they"),
        ("stone", "alone"),
        ("tree", "me"),
        ("sky", "goodbye"),
        ("blue", "new"),
        ("rain", "lane"),
        ("money", "city"),
    ],
)
def test_words_that_rhyme(one, other):
    assert rhyme(one) == rhyme(other) != ""


@pytest.mark.parametrize(
    "one, other", [("night", "day"), ("tree", "sky"), ("table", "me"), ("horse", "say")]
)
def test_words_that_do_not_rhyme(one, other):
    assert rhyme(one) != rhyme(other)


def test_lines():
    song = words("in the night , / oh ! / a light / / the sea")
    assert stanzas(song) == [[["in", "the", "night"], ["oh"], ["a", "light"]], [["the", "sea"]]]
    assert rhymed([song]) == pytest.approx(1 / 3), "of night-oh, oh-light and night-light"
    assert rhymed([words("a night / a night")]) == 0, "a word does not rhyme with itself"
    assert line_lengths([song]) == (2.0, pytest.approx(0.5**0.5))
    assert rhymed([]) == 0 and rhyme("...") == rhyme("tsk") == ""


def test_songs_of_people_are_cut():
    song = words(" / ".join(f"{i} is a line" for i in range(33)))
    first, second = pieces([song], 9)
    assert first[0] == "0" and second[0] == "16" and first[-1] == second[-1] == "line"
    assert first.count("\n") == second.count("\n") == 15
    assert pieces([song] * 10, 2) == [first, first]
    assert beginnings([song, song], 3) == [("0", "is", "a"), ("11", "is", "a"), ("22", "is", "a")]
    assert len(beginnings([song, song], 99)) == 33, "each once"


@pytest.mark.parametrize(
    "network",
    [
        lambda: LSTMLanguageModel(12, 8, [12]),
        lambda: WindowedBiGRU(12, 5, 8, 6),
        lambda: LineSeq2Seq(12, 5, 8, 6, reach=3),
    ],
)
def test_side_by_side_they_sing_as_alone(network):
    keras.utils.set_random_seed(3)
    network, vocabulary = network(), Vocabulary([*SPECIAL_TOKENS, *"abcdefgh"], [1] * 12)
    begins, sampling = [("a", "b"), ("c", "d"), ("a", "zebra")], Sampling(1.5)
    together = sing_all(network, vocabulary, begins, sampling, 5)
    alone = [
        vocabulary.decode(
            sing(step_of(network), vocabulary.encode(begin).tolist(), sampling, 5, number)
        )
        for number, begin in enumerate(begins)
    ]
    assert together == alone and len(set(map(len, together))) > 1
