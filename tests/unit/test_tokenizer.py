"""Tokenizer and vocabulary: properties that the golden file does not cover."""

import random
import time

import pytest

from common.cli import GeneError
from data.lyrics.tokenizer import detokenize, tokenize
from data.lyrics.vocabulary import BOS_EOS, NEWLINE, SPECIAL_TOKENS, UNK, Vocabulary


def test_three_spellings_stay_three_words():
    assert tokenize("runnin runnin' running") == ["runnin", "runnin'", "running"]


def test_tags_vanish_and_stanzas_stay():
    text = "[Verse 1]\r\nOne,  \r\n  \r\n\r\n[Chorus]\r\nTwo [x2]\r\n\r\n"
    assert tokenize(text) == ["one", ",", "\n", "\n", "two"]


def test_joined_words_split_into_the_same_words():
    alphabet = [*list("ab c.,!?;:()\"'–-\n[]…’"), "...", " \n ", "é", "🙂"]
    alphabet += list("¿¡،।。、「」人あกิำเI\u3099\u0131")
    source = random.Random(3)
    for _ in range(3000):
        words = tokenize("".join(source.choice(alphabet) for _ in range(source.randrange(25))))
        again = tokenize(detokenize(words))
        assert tokenize(detokenize(again)) == again


def test_punctuation_within_an_endless_word_takes_no_time():
    text = "x" + '",' * 50_000 + "y"
    start = time.process_time()
    assert tokenize(text) == [text]
    assert time.process_time() - start < 5


def test_no_word_of_a_song_can_be_taken_for_a_sign():
    assert all(len(tokenize(sign)) > 1 for sign in SPECIAL_TOKENS)


def test_a_vocabulary_comes_back_from_its_file(tmp_path):
    made = Vocabulary.from_counts({"\n": 9, "sea": 5, "boat": 2, "rare": 1}, 2, 100)
    assert made.words == [*SPECIAL_TOKENS, "sea", "boat"]
    assert made.counts == [0, 0, 1, 9, 5, 2]
    made.save(tmp_path / "v.tsv")
    read = Vocabulary.load(tmp_path / "v.tsv")
    assert (read.words, read.counts, read.minimum_count) == (made.words, made.counts, 2)
    assert read.encode(["sea", "\n", "rare"]).tolist() == [4, NEWLINE, UNK]
    assert read.decode([5, NEWLINE, BOS_EOS]) == ["boat", "\n", "<song start>"]
    assert read.rhyme_classes.tolist() == made.rhyme_classes.tolist()
    assert read.out_of_vocabulary(["rare", "sea", "rare", "odd"]) == ["rare", "odd"]


def test_rhyme_classes_are_stored_and_old_files_without_them_load(tmp_path):
    words = [*SPECIAL_TOKENS, ",", "light", "tonight", "sea"]
    vocabulary = Vocabulary(words, [0, 0, 0, 2, 2, 1, 1, 1])
    classes = vocabulary.rhyme_classes.tolist()
    assert classes[:5] == [0, 0, 0, 0, -1]
    assert classes[5] == classes[6] > 0 and classes[7] not in (0, classes[5])
    vocabulary.save(tmp_path / "v.tsv")
    stored = (tmp_path / "v.tsv").read_text()
    assert f"light\t1\t{classes[5]}\t0\n" in stored
    (tmp_path / "v.tsv").write_text(stored.replace(f"light\t1\t{classes[5]}", "light\t1\t77"))
    assert Vocabulary.load(tmp_path / "v.tsv").rhyme_classes[5] == 77, "stored, not computed"

    lines = [line.rpartition("\t")[0] if "\t" in line else line for line in stored.splitlines()]
    (tmp_path / "old.tsv").write_text("\n".join(lines) + "\n")
    old = Vocabulary.load(tmp_path / "old.tsv")
    assert old.words == words and old.rhyme_classes.tolist() == classes
    assert old.sha256() == vocabulary.sha256()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no head\n",
        "# 4 words, minimum count 1\nsea\t1\n",
        "# 5 words, minimum count 1\n" + "".join(f"{s}\t0\n" for s in SPECIAL_TOKENS) + "sea 1\n",
        "# 5 words, minimum count 1\n"
        + "".join(f"{s}\t0\t0\n" for s in SPECIAL_TOKENS)
        + "sea\t1\n",
        "# 4 words, minimum count 1\n" + "".join(f"{s}\t0\t-2\n" for s in SPECIAL_TOKENS),
    ],
)
def test_a_damaged_vocabulary_is_refused(tmp_path, text):
    (tmp_path / "v.tsv").write_text(text)
    with pytest.raises(GeneError, match=r"v\.tsv"):
        Vocabulary.load(tmp_path / "v.tsv")


def test_a_word_that_occurs_twice_is_named(tmp_path):
    rows = "".join(f"{word}\t1\n" for word in [*SPECIAL_TOKENS, "sea", "boat", "sea"])
    (tmp_path / "v.tsv").write_text("# 7 words, minimum count 1\n" + rows)
    with pytest.raises(GeneError, match="contains 'sea' twice; restore the run"):
        Vocabulary.load(tmp_path / "v.tsv")


def test_scripts_without_spaces_become_characters():
    text = "静かな梯子、答える。"
    assert tokenize(text) == list(text) and detokenize(tokenize(text)) == text
    assert tokenize("น้ำที่") == ["น้ำ", "ที่"]


def test_a_turkish_i():
    assert tokenize("IRMAK \u0131\u015f\u0131k") == ["\u0131rmak", "\u0131\u015f\u0131k"]
    assert tokenize("\u0130yi") == ["iyi"] and tokenize("IN IT") == ["in", "it"]
