"""The index of training songs: small, without words, and correct for nearly every phrase."""

import json
import subprocess

import numpy as np
import pytest

from common.files import read_json
from data.lyrics.songs import SONGBOOK, read_songs
from data.lyrics.splits import SPLITS, split_of
from data.lyrics.vocabulary import Vocabulary
from export import song_index
from export.song_index import MAX_BYTES, build_index, training_songs
from metrics.copied_phrases import COPIED_PHRASE_LENGTH
from tests.helpers import ROOT

ASK = """
import { readFileSync } from "node:fs";
import { SongIndex } from "%s";
import { Random } from "%s";
const songIndex = new SongIndex(new Uint8Array(readFileSync(0))), draw = new Random(1);
let found = 0;
for (let i = 0; i < 200000; i++) {
  found += songIndex.owner(Array.from({ length: songIndex.phraseLength }, () => 3 + draw.integer() %% 4000)) !== undefined;
}
console.log(found);
"""


@pytest.fixture(scope="module")
def run():
    """The meta and the vocabulary of the default network."""
    folder = ROOT / "checkpoints" / "lyrics" / "gene-lyrica-two"
    return read_json(folder / "meta.json"), Vocabulary.load(folder / "vocabulary.tsv")


def test_the_songbook(run):
    songs = training_songs(*run)
    training = [song for song in read_songs(SONGBOOK) if SPLITS[split_of(song)] == "training"]
    assert [song[:2] for song in songs] == [[song.artist, song.title] for song in training]
    packed = build_index(songs)
    head = json.loads(packed.split(b"\n")[0])
    assert len(packed) <= MAX_BYTES and head["share"] == 1
    assert head.keys() == {"phrase_length", "count", "rice", "bits", "share", "songs"} and head[
        "songs"
    ] == [s[:2] for s in songs]
    script = ASK % tuple(
        (ROOT / "web" / "core" / name).as_uri() for name in ("song-index.js", "prng.js")
    )
    node = subprocess.run(
        ["node", "--input-type=module", "-e", script], input=packed, capture_output=True, check=True
    )
    wrong, expected = int(node.stdout), 200_000 * head["count"] / 2**32
    assert 0 < wrong < 3 * expected < 25, "runs of no song that are taken for copied"


def test_a_songbook_with_windows_line_ends(run, tmp_path, monkeypatch):
    songbook = tmp_path / "songbook.csv"
    songbook.write_bytes(SONGBOOK.read_bytes().replace(b"\n", b"\r\n"))
    expected = build_index(training_songs(*run))
    monkeypatch.setattr(song_index, "SONGBOOK", songbook)
    monkeypatch.chdir(tmp_path)  # where data/lyrics/songbook.csv does not exist
    assert build_index(training_songs(*run)) == expected != b""


def test_songs_that_are_not_there(run, tmp_path):
    meta, vocabulary = run
    assert (
        training_songs(meta | {"data": meta["data"] | {"songs_sha256": "0" * 64}}, vocabulary) == []
    )
    gone = meta | {"flags": meta["args"] | {"songs": str(tmp_path / "gone.csv")}}
    assert len(training_songs(gone, vocabulary)) == meta["data"]["songs"]["training"], (
        "the songbook is always there"
    )
    assert (
        build_index([])
        == build_index([["A", "B", np.arange(3, 3 + COPIED_PHRASE_LENGTH - 1)]])
        == b""
    )


def test_songs_that_are_too_many():
    songs = [["A", str(i), np.random.default_rng(i).integers(3, 4000, 100)] for i in range(60)]
    sizes = {limit: len(build_index(songs, limit)) for limit in (10**6, 12_000, 6000, 3700, 500)}
    assert (
        sizes[10**6]
        > 12_000
        >= sizes[12_000]
        > 6000
        >= sizes[6000]
        > 3700
        >= sizes[3700]
        > 0
        == sizes[500]
    )
