"""Songs out of a table: CSV with at least the columns `artist` and `text`, plain or gzip, UTF-8.

The format is that of the well-known table of 55,000 songs, header `artist,song,link,text`; `data/lyrics/songbook.csv`
has it too. The file is read row by row and never held whole.
"""

import csv
import gzip
import sys
import zlib
from collections import Counter, namedtuple
from pathlib import Path

from common.cli import GeneError

SONGBOOK = Path(__file__).with_name("songbook.csv")
LONGEST_LINE = 1 << 20  # characters; a real lyric line has 45
LONGEST_TEXT = 1 << 24  # characters; a real song has 1,200
LONGEST_SONG = 20_000  # words; a real song has 212

Song = namedtuple("Song", "row artist title text")


def read_songs(path, artists=None, most_artists=None, min_songs=1, first=None, limit=None):
    """Yield the songs of a table.

    artists: only these (letter case does not matter); most_artists: only so many, those with the most songs;
    min_songs: only artists with at least that many songs in what is read; first: only the first rows of the file;
    limit: stop after so many songs.
    GeneError that names the file and the row for anything that is not such a table, or when no song is left.
    """
    wanted = {name.casefold() for name in artists} if artists else None
    if wanted:
        _refuse_unknown_artists(path, wanted, first)
    many = (
        _artists_with_many(path, most_artists, min_songs, first)
        if most_artists or min_songs > 1
        else None
    )
    given = 0
    for song in _rows(path, first):
        if (
            wanted
            and song.artist.casefold() not in wanted
            or many is not None
            and song.artist not in many
        ):
            continue
        if limit is not None and given >= limit:
            return
        given += 1
        yield song
    if not given:
        raise GeneError(f"{path}: no song is left; loosen --artists, --min-songs or --first")


def _artists_with_many(path, most, least, first):
    counts = Counter(song.artist for song in _rows(path, first))
    return {artist for artist, count in counts.most_common(most) if count >= least}


def _refuse_unknown_artists(path, wanted, first):
    missing = wanted - {song.artist.casefold() for song in _rows(path, first)}
    if missing:
        raise GeneError(f"{path}: --artists: no song by {', '.join(sorted(missing))}")


def _rows(path, first):
    csv.field_size_limit(LONGEST_TEXT)
    with _open(path) as file:
        reader = csv.reader(_lines(path, file), strict=True)
        row = 1
        try:
            header = [name.strip().casefold() for name in next(reader, [])]
            columns = _columns(path, header)
            for row, cells in enumerate(reader, 2):
                if first is not None and row - 1 > first:
                    return
                song = _song(path, row, cells, len(header), columns)
                if song:
                    yield song
        except csv.Error as error:
            raise GeneError(f"{path}: row {row + 1}: not CSV ({error})") from None


def _columns(path, header):
    missing = {"artist", "text"} - set(header)
    if missing:
        raise GeneError(
            f"{path}: row 1: no column {' and no column '.join(sorted(missing))}; "
            "the header must name at least artist,text"
        )
    return (
        header.index("artist"),
        header.index("song") if "song" in header else None,
        header.index("text"),
    )


def _song(path, row, cells, width, columns):
    if not cells:
        return None
    if len(cells) != width:
        raise GeneError(f"{path}: row {row}: {len(cells)} columns where the header has {width}")
    artist, title, text = (cells[i].strip() if i is not None else "" for i in columns)
    if text.count(" ") + text.count("\n") > LONGEST_SONG:
        print(f"{path}: row {row}: more than {LONGEST_SONG:,} words, skipped", file=sys.stderr)
        return None
    return Song(row, artist, title, text) if text else None


def _open(path):
    try:
        file = open(path, "rb")
        magic = file.read(2)
        file.seek(0)
    except OSError as error:
        raise GeneError(f"{path}: {error.strerror}; --songs takes a CSV file") from None
    if not magic:
        file.close()
        raise GeneError(f"{path}: the file is empty")
    return gzip.GzipFile(fileobj=file) if magic == b"\x1f\x8b" else file


def _lines(path, file):
    number = 0
    while True:
        number += 1
        try:
            line = file.readline(LONGEST_LINE + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise GeneError(f"{path}: line {number}: damaged gzip ({error})") from None
        if not line:
            return
        if len(line) > LONGEST_LINE:
            raise GeneError(
                f"{path}: line {number} is longer than {LONGEST_LINE:,} bytes; this is no table of songs"
            )
        if b"\0" in line:
            raise GeneError(f"{path}: line {number} holds a zero byte; this is no text file")
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise GeneError(
                f"{path}: line {number}: not UTF-8 (byte {line[error.start]:#04x}); "
                "save the file as UTF-8"
            ) from None
