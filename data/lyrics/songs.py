"""Read songs from a table: a CSV file with at least the columns `artist` and `text`.

The file may be gzipped and must be UTF-8. An optional column `song` holds the title; other
columns are ignored. The Kaggle table "55000+ Song Lyrics" (`artist,song,link,text`) works as is.
`data/lyrics/songbook.csv`, the songbook that comes with Gene, has the same columns. Files are read
row by row and never held in memory as a whole.
"""

import csv
import gzip
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from common.cli import GeneError, printable

SONGBOOK = Path(__file__).with_name("songbook.csv")
MAX_LINE_BYTES = 1 << 20  # a real line of lyrics has 45
MAX_TEXT_CHARACTERS = 1 << 24  # a real song has 1,200
MAX_SONG_WORDS = 20_000  # a real song has 212


class Song(NamedTuple):
    """One song.

    Attributes:
        row: Its row in the table; the header is row 1.
        artist: Name of the artist.
        title: Title, or "" if the table has no titles.
        text: Lyrics.
    """

    row: int
    artist: str
    title: str
    text: str


class _Columns(NamedTuple):
    """Positions of the columns in the table."""

    total: int
    artist: int
    title: int | None
    text: int


def read_songs(
    path: str | Path,
    artists: Iterable[str] | None = None,
    top_artists: int | None = None,
    min_songs: int = 1,
    first_rows: int | None = None,
    max_songs: int | None = None,
) -> Iterator[Song]:
    """Yield the songs of a table.

    Args:
        path: The table, CSV or gzipped CSV.
        artists: Read only these artists; letter case does not matter.
        top_artists: Read only this many artists, those with the most songs.
        min_songs: Read only artists with at least this many songs.
        first_rows: Read only this many rows of the file; `top_artists` and `min_songs` count in
            these.
        max_songs: Stop after this many songs.

    Raises:
        GeneError: The file is not such a table, or no songs are left. The message names the row.
    """
    wanted = {name.casefold() for name in artists} if artists else None
    if wanted:
        _refuse_unknown_artists(path, wanted, first_rows)
    prolific = None
    if top_artists or min_songs > 1:
        prolific = _prolific_artists(path, top_artists, min_songs, first_rows)

    count = 0
    for song in _rows(path, first_rows):
        if wanted and song.artist.casefold() not in wanted:
            continue
        if prolific is not None and song.artist not in prolific:
            continue
        if max_songs is not None and count >= max_songs:
            return
        count += 1
        yield song
    if not count:
        raise GeneError(f"{path}: no songs are left; relax --artists, --min-songs or --first-rows")


def _prolific_artists(
    path: str | Path, top_artists: int | None, min_songs: int, first_rows: int | None
) -> set[str]:
    counts = Counter(song.artist for song in _rows(path, first_rows))
    return {artist for artist, count in counts.most_common(top_artists) if count >= min_songs}


def _refuse_unknown_artists(path: str | Path, wanted: set[str], first_rows: int | None) -> None:
    missing = wanted - {song.artist.casefold() for song in _rows(path, first_rows)}
    if missing:
        raise GeneError(f"{path}: --artists: no songs by {', '.join(sorted(missing))}")


def _rows(path: str | Path, first_rows: int | None) -> Iterator[Song]:
    csv.field_size_limit(MAX_TEXT_CHARACTERS)
    with _open(path) as file:
        reader = csv.reader(_lines(path, file), strict=True)
        row = 1
        try:
            columns = _find_columns(path, next(reader, []))
            for row, cells in enumerate(reader, 2):
                if first_rows is not None and row - 1 > first_rows:
                    return
                song = _song(path, row, cells, columns)
                if song:
                    yield song
        except csv.Error as error:
            raise GeneError(f"{path}: row {row + 1}: not CSV ({error})") from None


def _find_columns(path: str | Path, header: list[str]) -> _Columns:
    names = [name.strip().casefold() for name in header]
    missing = [name for name in ("artist", "text") if name not in names]
    if missing:
        raise GeneError(
            f"{path}: row 1: no column {' or '.join(missing)}; the header must name at "
            f"least artist,text, separated by commas; found: {printable(','.join(header))}"
        )
    title = names.index("song") if "song" in names else None
    return _Columns(len(names), names.index("artist"), title, names.index("text"))


def _song(path: str | Path, row: int, cells: list[str], columns: _Columns) -> Song | None:
    if not cells:
        return None
    if len(cells) != columns.total:
        raise GeneError(
            f"{path}: row {row}: {len(cells)} columns, but the header has {columns.total}"
        )
    text = cells[columns.text].strip()
    if not text:
        return None
    if text.count(" ") + text.count("\n") > MAX_SONG_WORDS:
        print(f"{path}: row {row}: more than {MAX_SONG_WORDS:,} words, skipped", file=sys.stderr)
        return None
    title = "" if columns.title is None else cells[columns.title].strip()
    return Song(row, cells[columns.artist].strip(), title, text)


def _open(path: str | Path) -> BinaryIO | gzip.GzipFile:
    try:
        file = open(path, "rb")
        magic = file.read(2)
        file.seek(0)
    except OSError as error:
        raise GeneError(f"{path}: {error.strerror}; --songs takes a CSV file") from None
    if not magic:
        file.close()
        raise GeneError(f"{path}: the file is empty")
    is_gzip = magic == b"\x1f\x8b"
    return gzip.GzipFile(fileobj=file) if is_gzip else file


def _lines(path: str | Path, file: BinaryIO | gzip.GzipFile) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        try:
            line = file.readline(MAX_LINE_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise GeneError(f"{path}: line {number}: damaged gzip ({error})") from None
        if not line:
            return
        if len(line) > MAX_LINE_BYTES:
            raise GeneError(
                f"{path}: line {number} is longer than {MAX_LINE_BYTES:,} bytes; "
                "this is not a table of songs"
            )
        if b"\0" in line:
            raise GeneError(f"{path}: line {number} has a zero byte; this is not a text file")
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise GeneError(
                f"{path}: line {number}: not UTF-8 (byte {line[error.start]:#04x}); "
                "save the file as UTF-8"
            ) from None
