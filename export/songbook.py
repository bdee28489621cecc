"""Write the songbooks for the site: a list of all songs, and one file of lyrics for each artist.

    python -m export.songbook            (make site runs this command)

Writes web/songs/index.json and web/songs/ARTIST.json. The page first loads the list, 100 KB when
compressed, and loads the lyrics of an artist when someone opens them.
"""

import csv
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from common.cli import Parser, run_cli
from common.files import write_text
from data.lyrics.songs import PLAIN_SONGBOOK, SONGBOOK

FOLDER = "songs"
INDEX = "index.json"
HASH_LENGTH = 12
_QUOTED = re.compile(r'"([^"]*)"')


class Song(NamedTuple):
    """One song; its link is artist/title, in characters that need no escaping in a URL."""

    artist: str
    title: str
    link: str
    text: str


def read_songbooks() -> Iterator[Song]:
    """Yield the songs of the songbook and then of the plain songbook, with curly quotes."""
    for path in (SONGBOOK, PLAIN_SONGBOOK):
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                text = _with_curly_quotes(row["text"].strip())
                yield Song(row["artist"], row["song"].replace("'", "\u2019"), row["link"], text)


def write_songs(site: Path) -> int:
    """Write the list and the lyrics to the folder of a site; return the number of songs."""
    folder = site / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    by_artist: dict[str, list[Song]] = defaultdict(list)
    for song in read_songbooks():
        by_artist[song.artist].append(song)
    artists = [_write_artist(folder, songs) for songs in by_artist.values()]
    write_text(folder / INDEX, _json({"artists": artists}))
    return sum(map(len, by_artist.values()))


def _write_artist(folder: Path, songs: Sequence[Song]) -> dict:
    """Write the lyrics of an artist; return the entry of the artist in the list."""
    slug = songs[0].link.partition("/")[0]
    text = _json({_slug(song): song.text for song in songs})
    write_text(folder / f"{slug}.json", text)
    return {
        "name": songs[0].artist,
        "slug": slug,
        "hash": hashlib.sha256(text.encode()).hexdigest()[:HASH_LENGTH],
        "songs": [[_slug(song), song.title] for song in songs],
    }


def _slug(song: Song) -> str:
    return song.link.partition("/")[2]


def _json(value: dict) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _with_curly_quotes(text: str) -> str:
    return _QUOTED.sub("\u201c\\1\u201d", text).replace("'", "\u2019")


def main(argv: Sequence[str]) -> None:
    """Write the songbooks.

    Args:
        argv: The command line without the program.
    """
    parser = Parser(__doc__, prog="python -m export.songbook")
    parser.add_argument(
        "--site", metavar="DIR", default="web", help="folder of the site (default: %(default)s)"
    )
    site = Path(parser.parse_args(argv).site)
    print(f"{site / FOLDER}: {write_songs(site):,} songs")


if __name__ == "__main__":
    run_cli(main)
