"""Slots for words that are not in the vocabulary, in songs, training and writing."""

from unittest import mock

import numpy as np
import pytest

import train.lyrics.__main__
from data.lyrics.corpus import open_corpus
from data.lyrics.slots import MAX_TITLE_WORDS, title_words
from data.lyrics.songbook_plan import everyday_words, first_names
from data.lyrics.vocabulary import PAD, SLOT_TOKENS, UNK, Vocabulary
from explore.lyrics import __main__ as explore
from explore.lyrics.prediction import measure_lost_words
from generate.lyrics import Songwriter, load
from models.lyrics import LSTMLanguageModel
from tests.helpers import TINY, assert_main_refuses, write_table
from train.lyrics.stateful_batches import StatefulBatches
from train.lyrics.word_hider import WordHider

WORDS = ["happy", "birthday", "the", "to", "you", "mary", "cake", ",", "and", "sings"]
COUNTS = {word: 9 for word in [*WORDS, "\n"]}


def make_vocabulary(has_slots=True):
    return Vocabulary.from_counts(COUNTS, 2, 100, has_slots=has_slots)


@pytest.fixture(scope="module")
def writer():
    vocabulary = make_vocabulary()
    network = LSTMLanguageModel(len(vocabulary), 6, [7], num_title_words=8)
    return Songwriter(network, vocabulary)


def test_a_vocabulary_with_slots_comes_back_from_its_file(tmp_path):
    vocabulary = make_vocabulary()
    vocabulary.save(tmp_path / "v.tsv")
    loaded = Vocabulary.load(tmp_path / "v.tsv")
    assert loaded.slots == vocabulary.slots == list(range(4, 12))
    assert make_vocabulary(has_slots=False).slots == []
    grown = Vocabulary.from_counts({"new": 5}, 2, 100, base=loaded, has_slots=True)
    assert grown.words == [*vocabulary.words, "new"] and grown.slots == vocabulary.slots


def test_no_word_is_lost():
    lost = measure_lost_words(make_vocabulary())
    assert lost == {"lost_everyday_words": 0, "lost_first_names": 0}
    lost = measure_lost_words(make_vocabulary(has_slots=False))
    assert lost["lost_first_names"] == len(first_names()) - 1
    assert lost["lost_everyday_words"] > len(everyday_words()) - len(WORDS)


def test_songs_have_slots_in_order_and_titles(tmp_path):
    table = write_table(
        tmp_path / "t.csv",
        [
            ("A", "For Otto!", "", "happy otto\nbea sings to otto\nbea " + "the " * 9),
            *[("A", "", "", f"happy cake {i % 2}\nsings the cake and" * 3) for i in range(20)],
        ],
    )
    vocabulary = make_vocabulary()
    corpus = open_corpus(
        tmp_path, table, None, None, vocabulary, condition_on_title=True, has_slots=True
    )
    tokens = np.array(corpus.tokens[corpus._starts[0] : corpus._starts[1]])
    for_, otto, bea = vocabulary.slots[:3]
    assert corpus._titles[0].tolist() == [for_, otto, *[PAD] * (MAX_TITLE_WORDS - 2)]
    assert tokens[2] == otto and tokens[4] == bea and UNK not in tokens
    assert (corpus._titles[1:] == PAD).all()
    assert corpus.unknown_share() > 0


@pytest.fixture
def hider():
    """A hider of two songs: `mary` in one, and a slot and a title in the other."""
    vocabulary = make_vocabulary()
    first, second = vocabulary.slots[:2]
    ids = {word: int(vocabulary.encode([word])[0]) for word in WORDS}
    tokens = [1, ids["happy"], ids["mary"], ids["mary"], 3, 1, ids["cake"], first, ids["cake"], 3]
    titles = np.zeros((2, MAX_TITLE_WORDS), "int32")
    titles[1, 0] = ids["cake"]
    songs = np.array([[0, 5], [5, 10]])
    return WordHider(vocabulary, np.array(tokens), songs, titles), ids, (first, second)


def test_hidden_words_get_slots_throughout_their_song_in_order(hider):
    hider, ids, (first, second) = hider
    shares = []
    for seed in range(400):
        tokens, titles = hider.hide(np.random.default_rng(seed))
        assert tokens[2] == tokens[3] in (ids["mary"], first) and tokens[1] == ids["happy"]
        assert titles[1, 0] == tokens[6] == tokens[8]
        expected = (second, first) if tokens[6] == first else (first, ids["cake"])
        assert (tokens[7], tokens[6]) == expected
        shares.append([tokens[2] == first, tokens[6] == first])
    assert 0.4 < np.mean(shares, axis=0)[0] < 0.6
    assert 0.1 < np.mean(shares, axis=0)[1] < 0.2


def test_batches_tell_or_hide_the_title_of_each_row(hider):
    hider, ids, _ = hider
    batches = StatefulBatches(
        hider._tokens, hider._songs, 2, 3, 1, titles=hider._titles, word_hider=hider
    )
    told = []
    for epoch in range(60):
        order = batches.epoch_order(np.random.default_rng(epoch))
        for step in range(batches.steps):
            (tokens, titles), _, _ = batches.batch(order, epoch, step)
            told += [int(title[0]) for row, title in zip(tokens, titles, strict=True) if row[0] > 1]
    assert set(told) > {PAD, ids["cake"]}
    (_, titles), _, _ = batches.as_one_batch()
    assert (titles == PAD).all()


BAD = [
    "x" * 10_000,
    "الأغنية عن البحر",
    "静かな梯子",
    "🙂🎂",
    "?! ... ,",
    "anna " * 2000,
    "\0\n\u200b",
]


@pytest.mark.parametrize("text", BAD)
def test_any_title_and_beginning_gives_a_song(writer, text):
    for title, beginning in ((text, "happy"), ("birthday", text)):
        song = writer.write(beginning[:500], title=title, lines=3, max_tokens=40)
        assert not any(token in song for token in SLOT_TOKENS)
        assert "<" not in song
    assert len(title_words(text)) <= MAX_TITLE_WORDS


def test_an_unknown_word_returns_and_no_other_slot_does(writer):
    songs = [
        writer.write("happy birthday Annabel", seed=seed, temperature=1.5, form="none", lines=30)
        for seed in range(3)
    ]
    assert sum(song.lower().count("annabel") for song in songs) > len(songs)
    assert not any("<" in song for song in songs)
    assert writer.unknown_words("one two three four five six seven eight nine ten") == [
        "nine",
        "ten",
    ]


def learn(table, folder, *more):
    flags = ["--songs", table, "--checkpoint-dir", folder, "--cache-dir", folder / "c"]
    arguments = ["--recipe", "gene-lyrica-three", *TINY, *flags, "--run", "r", *more]
    train.lyrics.__main__.main([str(argument) for argument in arguments])


@pytest.mark.slow
def test_forty_songs_without_titles_train_and_write(tmp_path, capsys):
    rows = [("", "", "", f"song {i} of the sea\nwe sing {i}\n" * 4) for i in range(40)]
    table = write_table(tmp_path / "t.csv", rows)
    learn(table, tmp_path, "--epochs", 1)
    assert "what to expect: with so few songs" in capsys.readouterr().out
    song = load(tmp_path / "lyrics" / "r").write("ahoy", title="The Zoo", lines=3)
    assert song.startswith("Ahoy")


def test_a_song_is_about_the_words_it_starts_with_unless_it_has_a_title(writer):
    ids = {word: i for i, word in enumerate(writer.vocabulary.words)}
    wishes = [({}, ["happy", "birthday"]), ({"title": "Cake"}, ["cake"]), ({"title": ""}, [])]
    for wish, words in wishes:
        with mock.patch.object(writer.model, "start", wraps=writer.model.start) as start:
            writer.write("Happy birthday!", lines=1, **wish)
        assert start.call_args.args[1] == [ids[word] for word in words]


def test_a_title_that_is_too_long_is_refused_in_a_line(capsys):
    assert_main_refuses(capsys, explore.main, ["--title", "x" * 10_001], "title", "10,000")


def test_titles_and_other_models_do_not_go_together(tmp_path, songs, capsys):
    flags = ["--songs", songs, "--checkpoint-dir", tmp_path, "--cache-dir", tmp_path / "c"]
    arguments = ["--recipe", "gene-lyrica-one", "--condition-on-title", *map(str, flags)]
    assert_main_refuses(capsys, train.lyrics.__main__.main, arguments, "--no-condition-on-title")
