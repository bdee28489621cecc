"""Songs in all formats, valid and damaged, become a corpus or are refused with a one-line error."""

import bz2
import csv
import gzip
import io
import json
import lzma
import tarfile
import tempfile
from pathlib import PurePosixPath
from unittest import mock

import duckdb
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.lyrics.corpus import SPLITS, open_corpus
from data.lyrics.songs import SONGBOOK
from data.lyrics.vocabulary import BOS_EOS
from tests.robustness.damage import muddled, odd, rezip, spoiled
from tests.robustness.sandbox import case, cases, line_or

with open(SONGBOOK, newline="", encoding="utf-8") as table:
    ROWS = [row for _, row in zip(range(12), csv.reader(table), strict=False)]


def as_csv(rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(errors="surrogatepass")


def as_parquet(rows):
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (artist TEXT, song TEXT, text TEXT)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", [row[:3] for row in rows])
        connection.execute(f"COPY t TO '{folder}/t.parquet' (FORMAT parquet)")
        with open(f"{folder}/t.parquet", "rb") as file:
            return file.read()


def as_tar(members):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            if name.endswith("link"):
                member.type = tarfile.SYMTYPE
                member.linkname = "/etc/passwd"
                member.size = 0
            archive.addfile(member, io.BytesIO(data))
    return file.getvalue()


WHOLE = as_csv(ROWS)
OBJECTS = [dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]]
LINES = "\n".join(map(json.dumps, OBJECTS)).encode()
SONG_TEXT = "\n---\n".join(row[-1] for row in ROWS[1:]).encode()
HEADED = "\n\n".join(f"# {row[1]}\nArtist: {row[0]}\n\n{row[-1]}" for row in ROWS[1:]).encode()
STRAY = "\n".join(",".join(f'"{cell}"' for cell in row) for row in ROWS).encode()
LRC = b"[ar:A]\n[ti:B]\n[00:01.5]la la <00:02.1>lo\n[00:05]lu\n"
SRT = b"1\n00:00:01,0 --> 00:00:02,0\n<i>la la</i>\n\n2\n00:00:03,0 --> 00:00:04,0\nlo\n"
MEMBERS = [("a/t.csv", WHOLE), ("A - B.txt", SONG_TEXT[:400]), ("x.lrc", LRC), ("y.jsonl", LINES)]
HOSTILE = [("../t.csv", WHOLE), ("/etc/t.csv", WHOLE), ("a/link", b""), ("b.csv", bytes(1 << 20))]
TEXTS = st.text(
    st.sampled_from("ab 'é\"\n\r,;\t|\\\x0b\x1c\x85\u2028\u00a0<>[](){}/-’…🙂\ufeff\u200d。ก"),
    max_size=60,
)
TABLES = st.one_of(
    spoiled(WHOLE),
    spoiled(gzip.compress(WHOLE, mtime=0)),
    spoiled(WHOLE).map(lambda data: gzip.compress(data, 1)),
    spoiled(bz2.compress(WHOLE)),
    spoiled(lzma.compress(WHOLE)),
    spoiled(WHOLE.decode().encode("utf-16")),
    spoiled(WHOLE.replace(b'","', b'";"')),
    spoiled(STRAY.replace(b" the ", b' "the" ')),
    muddled(ROWS).map(as_csv),
    st.binary(max_size=300),
    st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=8).map(
        lambda rows: as_csv([["artist", "text"], *rows])
    ),
)
OTHERS = st.one_of(
    st.tuples(st.just("t.jsonl"), spoiled(LINES)),
    st.tuples(st.just("t.json"), odd(OBJECTS).map(lambda value: json.dumps(value).encode())),
    st.tuples(st.just("t.json"), spoiled(json.dumps({"songs": OBJECTS}).encode())),
    st.tuples(st.just("t.json"), spoiled(json.dumps(ROWS).encode())),
    st.tuples(st.just("t.json"), spoiled(json.dumps({row[1]: row[-1] for row in ROWS}).encode())),
    st.tuples(st.just("t.txt"), spoiled(SONG_TEXT)),
    st.tuples(st.just("t.md"), spoiled(HEADED)),
    st.tuples(st.just("t.txt"), TEXTS.map(str.encode)),
    st.tuples(st.just("t.lrc"), spoiled(LRC)),
    st.tuples(st.just("t.srt"), spoiled(SRT)),
)
ARCHIVES = st.lists(st.sampled_from(MEMBERS + HOSTILE), min_size=1, max_size=5).flatmap(
    lambda members: st.sampled_from([rezip(members, True), as_tar(members)]).flatmap(
        lambda data: st.one_of(st.just(data), spoiled(data))
    )
)
PARQUET = as_parquet(ROWS[1:])
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "artists": st.lists(st.sampled_from([ROWS[1][0], "x", ""]), min_size=1),
        "top_artists": st.integers(1, 3),
        "min_songs": st.integers(1, 9),
        "first_rows": st.integers(1, 9),
        "max_songs": st.integers(1, 9),
        "clean": st.booleans(),
        "columns": st.sampled_from([{"text": "3"}, {"text": "text", "artist": "2"}, {"text": "x"}]),
    },
)


def check(name, data, filters):
    """Read a source within the sandbox; DuckDB's copies of files stay in its folder too."""
    suffix = PurePosixPath(name).suffix
    with case(f"songs {suffix}") as folder, mock.patch.object(tempfile, "tempdir", str(folder)):
        (folder / name).write_bytes(data)
        request = (folder / "cache", folder / name, 1, 1000)
        corpus = line_or(open_corpus, *request, **filters)
        if corpus:
            spans = np.concatenate([corpus.songs(part) for part in SPLITS])
            assert len(spans) and all(corpus.tokens[begin] == BOS_EOS for begin, _ in spans)
            assert corpus.tokens.max() < len(corpus.vocabulary)
            assert corpus.count_tokens("training") and corpus.count_tokens("validation")
            assert all(line and "\n" not in line for line in corpus.summary())
            assert line_or(open_corpus, *request, **filters).meta == corpus.meta
        assert {path.name for path in folder.iterdir()} <= {name, "cache"}
        assert not list(folder.glob("cache/.*-*")), "no temporary file is left"


@cases(fast=80, nightly=3500)
@given(TABLES, FILTERS)
@example(WHOLE, {})
def test_a_table_becomes_a_corpus_or_a_line(data, filters):
    check("t.csv", data, filters)


@cases(fast=60, nightly=2500)
@given(OTHERS, FILTERS)
def test_other_formats_become_a_corpus_or_a_line(source, filters):
    check(*source, filters)


@cases(fast=60, nightly=2000)
@given(ARCHIVES, FILTERS)
def test_an_archive_becomes_a_corpus_or_a_line(data, filters):
    check("t.zip", data, filters)


@cases(fast=40, nightly=1000)
@given(spoiled(PARQUET), FILTERS)
@example(PARQUET, {})
def test_a_parquet_file_becomes_a_corpus_or_a_line(data, filters):
    check("t.parquet", data, filters)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_bomb_is_refused(pack):
    bomb = pack(b"artist,text\nA," + b"a" * (180 << 20))
    with case("songs bombs", seconds=60) as folder:
        (folder / "t.csv").write_bytes(bomb)
        assert line_or(open_corpus, folder / "cache", folder / "t.csv", 1, 1000) is None
