"""Read songs from files, folders and archives in all common formats.

`data/lyrics/readers/` reads the formats, and `data/lyrics/cleaning.py` cleans the lyrics. Songs are
read one by one, so memory use does not depend on their number. Gene ships with two songbooks:
`data/lyrics/songbook.csv`, and `data/lyrics/plain-songbook.csv`, which uses simple words.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from common.cli import GeneError
from common.files import sha256, text_sha256
from data.lyrics.cleaning import clean_lyrics, has_words, reason_to_skip
from data.lyrics.readers.files import list_folder, refuse_pipes
from data.lyrics.readers.record import Record
from data.lyrics.readers.source import read_source
from data.lyrics.readers.tables import TOO_LONG
from data.lyrics.summary import Summary

SONGBOOK = Path(__file__).with_name("songbook.csv")
PLAIN_SONGBOOK = Path(__file__).with_name("plain-songbook.csv")
MAX_SONG_WORDS = 20_000  # longer texts are skipped; a typical song has 212 words
UNKNOWN_ARTIST = "Unknown artist"
_LONG_LINE = 60  # words; a song on one line that is longer than this is reported
_HASH_BYTES = 8
_GUESTS = re.compile(r"\s*[(\[]?\b(?:feat|ft|featuring)\b.*", re.IGNORECASE)


class Song(NamedTuple):
    """One song.

    Attributes:
        where: Where it was read, such as "songs.csv row 7".
        artist: Name of the artist.
        title: Title, or "" if there is none.
        text: Lyrics.
    """

    where: str
    artist: str
    title: str
    text: str


def read_songs(
    path: str | Path,
    artists: Iterable[str] | None = None,
    top_artists: int | None = None,
    min_songs: int = 1,
    first_rows: int | None = None,
    max_songs: int | None = None,
    columns: Mapping[str, str] | None = None,
    clean: bool = True,
    summary: Summary | None = None,
    more: str | Path | None = None,
) -> Iterator[Song]:
    """Yield the songs in a file, a folder or an archive.

    Args:
        path: The source: a file, a folder or an archive.
        artists: Read only the songs of these artists, ignoring case; None for all.
        top_artists: Read only the songs of this many artists, those with the most songs.
        min_songs: Read only the songs of artists with at least this many songs.
        first_rows: Consider only this many songs at the beginning of the source; all other filters
            apply to these.
        max_songs: Stop after this many songs.
        columns: Columns of a table, {"artist", "title" or "text": name or number}.
        clean: Whether to clean the lyrics and to drop duplicates.
        summary: Counts songs, repairs and skipped texts.
        more: A second source, whose songs follow; the same filters apply to both.

    Raises:
        GeneError: If the source cannot be read, or the filters leave no songs. The message names
            the file and, if possible, the row.
    """
    summary = summary if summary is not None else Summary(path)
    options = (first_rows, columns or {}, clean, more)
    wanted = {name.casefold() for name in artists} if artists else None
    if wanted:
        _refuse_unknown_artists(path, wanted, options)
    prolific = None
    if top_artists or min_songs > 1:
        prolific = _prolific_artists(path, top_artists, min_songs, options)

    for song in _songs(path, options, summary):
        if wanted and song.artist.casefold() not in wanted:
            continue
        if prolific is not None and song.artist not in prolific:
            continue
        if max_songs is not None and summary.songs >= max_songs:
            return
        summary.add_song(song.artist)
        yield song
    if not summary.songs:
        raise _nothing_left(path, summary, bool(wanted or prolific is not None))


# first_rows, columns, clean, more
_Options = tuple[int | None, Mapping[str, str], bool, str | Path | None]


def _nothing_left(path: str | Path, summary: Summary, has_filters: bool) -> GeneError:
    if has_filters:
        return GeneError(f"{path}: no songs are left; relax --artists, --min-songs or --first-rows")
    skipped = "; ".join(line for line in summary.lines() if line.startswith("skipped"))
    return GeneError(f"{path}: no songs found; {skipped or 'docs/own-data.md lists the formats'}")


def _prolific_artists(
    path: str | Path, top_artists: int | None, min_songs: int, options: _Options
) -> set[str]:
    counts = Counter(song.artist for song in _songs(path, options, Summary()))
    return {artist for artist, count in counts.most_common(top_artists) if count >= min_songs}


def _refuse_unknown_artists(path: str | Path, wanted: set[str], options: _Options) -> None:
    missing = wanted - {song.artist.casefold() for song in _songs(path, options, Summary())}
    if missing:
        raise GeneError(
            f"{path}: --artists: no songs by {', '.join(sorted(missing))}; check the spelling"
        )


def _songs(path: str | Path, options: _Options, summary: Summary) -> Iterator[Song]:
    first_rows, columns, is_clean, more = options
    spellings: dict[str, str] = {}
    seen: set[bytes] = set()
    sources = [read_source(source, columns, summary) for source in (path, more) if source]
    for record in chain.from_iterable(islice(source, first_rows) for source in sources):
        text = _lyrics(record, is_clean, summary)
        if not text:
            continue
        artist = record.artist
        if is_clean:
            artist = _GUESTS.sub("", artist) or UNKNOWN_ARTIST
            artist = spellings.setdefault(artist.casefold(), artist)
        song = Song(record.where, artist, record.title, text)
        if is_clean and _is_duplicate(song, seen):
            summary.skip("duplicates", record.where, f"{artist} - {record.title}")
            continue
        yield song


def _lyrics(record: Record, is_clean: bool, summary: Summary) -> str:
    """Return the cleaned lyrics of a record, or "" if the record is skipped."""
    reason = reason_to_skip(record.text) if is_clean else ""
    text = record.text if reason or not is_clean else clean_lyrics(record.text, summary)
    text = text.strip()
    spaces = text.count(" ") + text.count("\n")
    if not text or (is_clean and not has_words(text)):
        reason = reason or "songs without lyrics"
    elif spaces > MAX_SONG_WORDS:
        reason = TOO_LONG
    if reason:
        summary.skip(reason, record.where, record.title)
        return ""
    if "\n" not in text and spaces > _LONG_LINE:
        summary.without_lines += 1
    return text


def _is_duplicate(song: Song, seen: set[bytes]) -> bool:
    """Return whether a song with the same artist, title and words was read before."""
    words = " ".join(song.text.casefold().split())
    key = f"{song.artist.casefold()}\n{song.title.casefold()}\n{words}"
    digest = hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=_HASH_BYTES).digest()
    if digest in seen:
        return True
    seen.add(digest)
    return False


def has_hash(path: str | Path, digest: str) -> bool:
    """Return whether a source of songs has this hash.

    Earlier versions did not normalize line endings, so the hash of the unchanged file counts, too.
    """
    return digest == songs_sha256(path) or (Path(path).is_file() and digest == sha256(path))


def songs_sha256(path: str | Path) -> str:
    """Return the SHA-256 of a source of songs, after normalizing the line endings of text files.

    Raises:
        GeneError: If the source cannot be read.
    """
    path = Path(path)
    refuse_pipes(path)
    try:
        if not path.is_dir():
            return text_sha256(path)
        digest = hashlib.sha256()
        for name in list_folder(path):
            digest.update(f"{name}\n{text_sha256(path / name)}\n".encode("utf-8", "replace"))
        return digest.hexdigest()
    except OSError as error:
        raise GeneError(
            f"{path}: {error.strerror}; --songs takes a file, a folder or an archive of songs"
        ) from None
