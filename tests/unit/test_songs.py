"""Reading songs: every valid table is read, and anything else leads to a one-line error."""

import gzip
import tracemalloc

import numpy as np
import pytest

from common.cli import GeneError
from common.files import sha256, text_sha256
from data.lyrics import corpus
from data.lyrics.corpus import open_corpus
from data.lyrics.songs import SONGBOOK, read_songs
from data.lyrics.splits import split_of
from data.lyrics.summary import Summary
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
    assert [s[1:] for s in read_songs(path)] == [s[1:] for s in read_songs(packed)]
    assert [(s.artist, s.title, s.text) for s in read_songs(path)] == [
        (a, t, x) for a, t, _, x in ROWS
    ]


def test_the_big_tables_own_way(tmp_path):
    text = 'a lamp is in the hall  \nit\'s lit  \n  \n[Chorus]  \nlit ""all night""  \n\n'
    (tmp_path / "t.csv").write_bytes(
        f'\ufeffartist,song,link,text\r\nX,Y,/z.html,"{text}"\r\n'.encode()
    )
    [song] = read_songs(tmp_path / "t.csv")
    assert song.where.endswith("t.csv row 2")
    assert (song.artist, song.text.count("\n")) == ("X", 4)


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
        (b"artist,song\nA,B\n", "no column contains lyrics; found: artist, song"),
        (b"PK\x03\x04\x00\x00", "not a complete .zip archive"),
        pytest.param(bytes(range(9)) * 50, "not a text file", id="binary"),
        (b"artist,text\n", "no songs found"),
        (gzip.compress(b"artist,text\nA,B\n" * 1000, mtime=0)[:9], "damaged"),
        (b"\x1f\x8b not gzip", "damaged"),
        (b"%PDF-1.7 ...", "a PDF document; save it as plain text"),
        (b"\x80\x04\x95 pickle", "pickle"),
        (b"PAR1 and nothing else", "not a Parquet file"),
        (b'{"a": {"b": [1, 2]}}', "no object contains lyrics"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, content, words):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(GeneError) as caught:
        list(read_songs(tmp_path / "t.csv"))
    assert words in str(caught.value)
    assert "t.csv" in str(caught.value) and "\n" not in str(caught.value)


def test_a_missing_file_and_an_empty_folder(tmp_path):
    with pytest.raises(GeneError, match="--songs takes a file, a folder or an archive"):
        list(read_songs(tmp_path / "none.csv"))
    with pytest.raises(GeneError, match="no songs found"):
        list(read_songs(tmp_path))


@pytest.mark.parametrize("path", ["/dev/stdin", "/dev/null", "-"])
def test_a_pipe_is_refused_with_what_to_do(path):
    with pytest.raises(GeneError, match="save them to a file"):
        list(read_songs(path))


def test_nothing_left_after_the_filters(tmp_path):
    path = write_table(tmp_path / "t.csv", ROWS)
    with pytest.raises(GeneError, match="no songs by zoe"):
        titles(path, artists=["Zoe"])
    with pytest.raises(GeneError, match="no songs are left"):
        titles(path, min_songs=50)


def test_a_row_of_a_million_words_is_skipped_aloud(tmp_path):
    path = write_table(
        tmp_path / "t.csv", [("A", "long", "", "\n".join(["la " * 100] * 10000)), ROWS[0]]
    )
    summary = Summary(path)
    assert titles(path, summary=summary) == ["One"]
    assert "skipped: songs of more than 20,000 words: 1 (row 2, long)" in summary.lines()


def test_a_huge_single_line_is_refused_without_being_read(tmp_path):
    path = tmp_path / "t.csv"
    with open(path, "wb") as file:
        file.truncate(1 << 30)  # a sparse gigabyte
    tracemalloc.start()
    with pytest.raises(GeneError, match="not a text file"):
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


def test_windows_line_ends_make_no_other_songs(tmp_path):
    unix = tmp_path / "unix.csv"
    unix.write_bytes(SONGBOOK.read_bytes())
    windows = tmp_path / "windows.csv"
    windows.write_bytes(unix.read_bytes().replace(b"\n", b"\r\n"))
    splits = [[split_of(song) for song in read_songs(path)] for path in (unix, windows)]
    assert splits[0] == splits[1]
    assert text_sha256(windows) == text_sha256(unix) == sha256(unix)
    first, second = (open_corpus(tmp_path / "cache", path, 2, 1000) for path in (unix, windows))
    assert first.meta == second.meta and len(list((tmp_path / "cache").glob("*/meta.json"))) == 1


def test_a_gzip_table_is_hashed_as_it_is(tmp_path):
    path = tmp_path / "songs.csv.gz"
    path.write_bytes(gzip.compress(b"artist,text\r\n") + b"\r\n")
    assert text_sha256(path) == sha256(path)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 12, 40])
@pytest.mark.parametrize("artist", ["Ann", "Bob"])
def test_a_small_collection_has_something_held_out(tmp_path, count, artist):
    text = "\n".join(f"line {i} of a song by the sea" for i in range(8))
    rows = [(artist, f"{i}", "", f"{text} {i}\n" + f"only {i} here\n" * 3) for i in range(count)]
    rows = [(a, t, x, f"song {t} has a word {t}\n" * 9 + f"end of {t} now") for a, t, x, _ in rows]
    made = open_corpus(tmp_path / "c", write_table(tmp_path / "t.csv", rows), 1, 1000)
    assert made.count_tokens("validation") > 0
    assert made.count_tokens("training") > made.count_tokens("validation")


def test_the_end_of_a_single_song_is_held_out(tmp_path):
    text = "\n".join(f"line{i} la" for i in range(8))
    table = write_table(tmp_path / "t.csv", [("Ann", "t", "", text)])
    made = open_corpus(tmp_path / "c", table, 1, 1000, condition_on_artist=True)
    [[begin, end]] = made.songs("validation")
    assert made.tokens[begin] == BOS_EOS and made.tokens[begin + 1] == len(made.vocabulary) + 1
    assert end - begin == 2 + 5, "two lines and the line break between them"
    assert made.meta["songs"] == {"training": 1, "validation": 1}
    with pytest.raises(GeneError, match="too few to learn from"):
        open_corpus(tmp_path / "c", write_table(tmp_path / "u.csv", [("A", "", "", "la")]), 1, 9)


def test_live_versions_stay_in_one_split(tmp_path):
    lines = [[f"word{i} and word{i + j} by the sea" for j in range(12)] for i in range(100)]
    rows = [("Ann", f"{i}", "", "\n".join(lines[i])) for i in range(100)]
    live = [
        ("Ann feat. Bob", f"{i} (Live)", "", "\n".join(["hello!", *lines[i]])) for i in range(100)
    ]
    made = open_corpus(tmp_path / "c", write_table(tmp_path / "t.csv", rows + live), 1, 1000)
    splits = list(made._splits)
    assert splits[:100] == splits[100:] and set(splits) == {0, 1, 2}


def test_the_share_of_unknown_words(tmp_path):
    text = "a song of words that come only once"
    table = write_table(tmp_path / "t.csv", [(f"A{i}", "", "", f"{text} x{i}") for i in range(30)])
    made = open_corpus(tmp_path / "c", table, 1000, 1000)
    assert made.unknown_share() == 1
