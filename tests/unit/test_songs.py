"""Reading songs: every valid table, and a one-line error for anything else."""

import gzip
import tracemalloc

import numpy as np
import pytest

from common.cli import GeneError
from data.lyrics import corpus
from data.lyrics.corpus import open_corpus
from data.lyrics.songs import read_songs
from data.lyrics.vocabulary import BOS_EOS, NEWLINE, UNK
from tests.helpers import write_table

ROWS = [
    ("Ann", "One", "x", "first song"),
    ("Bob", "Two", "x", "second\nsong"),
    ("Ann", "Three", "x", 'third, "song"'),
]


def titles(*args, **kwargs):
    return [song.title for song in read_songs(*args, **kwargs)]


def test_a_table_plain_and_gzip(tmp_path):
    path = write_table(tmp_path / "songs.csv", ROWS)
    packed = tmp_path / "songs.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    assert list(read_songs(path)) == list(read_songs(packed))
    assert [(s.artist, s.title, s.text) for s in read_songs(path)] == [
        (a, t, x) for a, t, _, x in ROWS
    ]


def test_the_big_tables_own_way(tmp_path):
    text = 'a lamp is in the hall  \nit\'s lit  \n  \n[Chorus]  \nlit ""all night""  \n\n'
    (tmp_path / "t.csv").write_bytes(
        f'\ufeffartist,song,link,text\r\nX,Y,/z.html,"{text}"\r\n'.encode()
    )
    [song] = read_songs(tmp_path / "t.csv")
    assert (song.row, song.artist, song.text.count("\n")) == (2, "X", 4)


def test_filters(tmp_path):
    path = write_table(tmp_path / "songs.csv", ROWS)
    assert titles(path, artists=["ANN"]) == ["One", "Three"]
    assert titles(path, min_songs=2) == ["One", "Three"]
    assert titles(path, top_artists=1) == ["One", "Three"]
    assert titles(path, first_rows=2) == ["One", "Two"]
    assert titles(path, artists=["Ann"], max_songs=1) == ["One"]


def test_columns_in_any_order(tmp_path):
    path = write_table(tmp_path / "t.csv", [("words", "Ann")], header=("TEXT", "Artist"))
    assert [(s.artist, s.title, s.text) for s in read_songs(path)] == [("Ann", "", "words")]


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "empty"),
        (b"artist,song\nA,B\n", "no column text"),
        (b"Artist;Lyrics\nA;B\n", "found: Artist;Lyrics"),
        (b"artist,text\nA,B,C\n", "row 2: 3 columns"),
        (b"PK\x03\x04\x00\x00", "zero byte"),
        (b"artist,text\nA,caf\xe9\n", "line 2: not UTF-8 (byte 0xe9)"),
        (b'artist,text\nA,"never closed\n', "row 2: not CSV"),
        (b"artist,text\n", "no songs are left"),
        (b"artist,text\n" + b"x" * (2 << 20), "line 2 is longer"),
        (gzip.compress(b"artist,text\nA,B\n" * 1000, mtime=0)[:40], "damaged gzip"),
        (b"\x1f\x8b not gzip", "damaged gzip"),
        (gzip.compress(b"artist,text\nA,B\n" * 1000, mtime=0)[:12] + b"\xff" * 40, "damaged gzip"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, content, words):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(GeneError) as caught:
        list(read_songs(tmp_path / "t.csv"))
    assert (
        words in str(caught.value)
        and "t.csv" in str(caught.value)
        and "\n" not in str(caught.value)
    )


def test_a_missing_file_and_a_folder(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(GeneError, match="--songs takes a CSV file"):
            list(read_songs(path))


def test_nothing_left_after_the_filters(tmp_path):
    path = write_table(tmp_path / "t.csv", ROWS)
    with pytest.raises(GeneError, match="no songs by zoe"):
        titles(path, artists=["Zoe"])
    with pytest.raises(GeneError, match="no songs are left"):
        titles(path, min_songs=50)


def test_a_row_of_a_million_words_is_skipped_aloud(tmp_path, capsys):
    path = write_table(
        tmp_path / "t.csv", [("A", "long", "", "\n".join(["la " * 100] * 10000)), ROWS[0]]
    )
    assert titles(path) == ["One"]
    assert "row 2: more than 20,000 words, skipped" in capsys.readouterr().err


def test_a_huge_single_line_is_refused_without_being_read(tmp_path):
    path = tmp_path / "t.csv"
    with open(path, "wb") as file:
        file.truncate(1 << 30)  # a sparse gigabyte
    tracemalloc.start()
    with pytest.raises(GeneError, match="line 1"):
        list(read_songs(path))
    assert tracemalloc.get_traced_memory()[1] < 16 << 20
    tracemalloc.stop()


def test_a_corpus_holds_the_songs(tmp_path):
    path = write_table(
        tmp_path / "t.csv", [(f"A{i}", "t", "", f"la la {i}\n\nla") for i in range(200)]
    )
    made = open_corpus(tmp_path / "cache", path, 1, 1000)
    spans = np.concatenate([made.songs(split) for split in corpus.SPLITS])
    assert len(spans) == 200 and all(made.tokens[begin] == BOS_EOS for begin, _ in spans)
    begin, end = made.songs("training")[0]
    words = made.vocabulary.decode(made.tokens[begin + 1 : end])
    assert words[:2] + words[3:] == ["la", "la", "\n", "\n", "la"]
    assert made.tokens[begin + 4] == NEWLINE
    assert (
        0
        < made.count_tokens("validation")
        < made.count_tokens("training")
        > made.count_tokens("test")
        > 0
    )


def test_held_out_words_are_not_counted_and_parts_do_not_move(tmp_path):
    rows = [(f"A{i}", "t", "", f"only{i} la") for i in range(200)]
    whole = open_corpus(tmp_path / "c", write_table(tmp_path / "t.csv", rows), 1, 1000)
    held_out = [made for split in corpus.SPLITS[1:] for made in whole.songs(split)]
    assert held_out and all(whole.tokens[begin + 1] == UNK for begin, _ in held_out)
    half = open_corpus(tmp_path / "c", write_table(tmp_path / "u.csv", rows[:100]), 1, 1000)
    assert list(half._splits) == list(whole._splits[:100])


def test_a_corpus_tells_the_artists(tmp_path):
    path = write_table(
        tmp_path / "t.csv",
        [(f"Band {i % 3}", "t", "", f"word{i} again\nand again") for i in range(9)],
    )
    plain, made = (
        open_corpus(tmp_path / "cache", path, 1, 1000, condition_on_artist=told)
        for told in (False, True)
    )
    assert (
        made.meta["artists"] == ["Band 0", "Band 1", "Band 2"]
        and made.meta["words"] == plain.meta["words"]
    )
    for (begin, end), (start, stop) in zip(
        *(np.concatenate([one.songs(split) for split in corpus.SPLITS]) for one in (made, plain)),
        strict=False,
    ):
        song = made.tokens[begin:end]
        assert song[0] == 1 and song[2:].tolist() == plain.tokens[start + 1 : stop].tolist()
        assert 1 <= song[1] - len(made.vocabulary) <= 3


def test_a_corpus_is_made_once(tmp_path, monkeypatch):
    path = write_table(tmp_path / "t.csv", [(f"A{i}", "t", "", "la la") for i in range(50)])
    made = open_corpus(tmp_path / "cache", path, 1, 1000)
    monkeypatch.setattr(corpus, "_build", None)
    assert open_corpus(tmp_path / "cache", path, 1, 1000).meta == made.meta
