"""Assign a subject, words, a name, a mood and a form to each song of the plain songbook.

The songs in `data/lyrics/plain-songbook.csv` are written one at a time. To make sure that no two
songs are alike and that every everyday word occurs, each song starts from an assignment, which
depends only on the artist and the number of the song:

    python -m data.lyrics.songbook_plan "Walter Fenn" --first 21 --count 20

Artists, subjects, words and names are in the text files `songbook_plan_*.txt` next to this module.
"""

import argparse
import configparser
import functools
import random
from pathlib import Path
from typing import NamedTuple

from common.cli import GeneError, run_cli

SONGS_PER_ARTIST = 100
WORDS_PER_SONG = 3
_SEED = "plain songbook"

_MOODS = (
    "funny",
    "warm",
    "wistful",
    "proud",
    "cross",
    "shy",
    "tender",
    "cheeky",
    "sad, with a smile at the end",
    "excited",
    "calm",
    "surprised",
    "grateful",
    "stubborn",
    "hopeful",
)
_LAYOUTS = (
    "verse, chorus, verse, chorus, verse, changed chorus",
    "verse, chorus, verse, chorus, verse that ends the story",
    "verse, chorus, verse, chorus, bridge, changed chorus",
    "verse, verse, chorus, verse, chorus",
    "chorus, verse, chorus, verse, changed chorus",
    "verse, chorus, verse, verse, changed chorus",
    "two verses, chorus, two verses, changed chorus, all stanzas short",
)


class Artist(NamedTuple):
    """An invented artist.

    Attributes:
        name: Name in the column `artist`.
        genre: Genre, in a word or two.
        voice: Who sings, to whom and in what manner, and what the artist never does.
        lines: Rhyme schemes and line lengths to choose from.
    """

    name: str
    genre: str
    voice: str
    lines: tuple[str, ...]


class Assignment(NamedTuple):
    """The assignment of one song: what to write.

    Attributes:
        number: Number of the song among those of its artist, counted from 1.
        subject: What the song is about.
        words: Everyday words that must occur in the song.
        first_name: A name to use, or "".
        mood: Mood of the song.
        layout: Order of verses and choruses.
        lines: Rhyme scheme and line length.
    """

    number: int
    subject: str
    words: tuple[str, ...]
    first_name: str
    mood: str
    layout: str
    lines: str

    def __str__(self) -> str:
        name = f"; name: {self.first_name}" if self.first_name else ""
        return (
            f"{self.number}. {self.subject}\n"
            f"   words: {', '.join(self.words)}{name}; {self.mood}\n"
            f"   {self.layout}; {self.lines}"
        )


@functools.cache
def artists() -> tuple[Artist, ...]:
    """Return the artists in the order of their file."""
    table = configparser.ConfigParser(delimiters=("=",), interpolation=None)
    table.read_string(_read("artists"))
    return tuple(
        Artist(name, row["genre"], row["voice"], tuple(row["lines"].split(" | ")))
        for name, row in table.items()
        if name != table.default_section
    )


def everyday_words() -> list[str]:
    """Return everyday words that visitors are likely to type, in lowercase."""
    return _read("words").split()


def first_names() -> list[str]:
    """Return common first names, capitalized."""
    return _read("names").split()


def subjects() -> list[str]:
    """Return the subjects of songs."""
    return _read("subjects").splitlines()


def assignment(artist: Artist, number: int) -> Assignment:
    """Return the assignment of one song.

    No artist gets a subject twice, and each subject goes to about the same number of artists. Words
    and names are dealt like cards: none is repeated until all others have been used.

    Args:
        artist: One of `artists()`.
        number: Number of the song, from 1 to `SONGS_PER_ARTIST`.
    """
    place = artists().index(artist) * SONGS_PER_ARTIST + number - 1
    rng = random.Random(f"{_SEED} {artist.name} {number}")
    wants_name = rng.random() < 0.5
    return Assignment(
        number,
        _subjects_of(artist.name)[number - 1],
        tuple(_deal("words", place, WORDS_PER_SONG)),
        _deal("names", place, 1)[0] if wants_name else "",
        rng.choice(_MOODS),
        rng.choice(_LAYOUTS),
        rng.choice(artist.lines),
    )


@functools.cache
def _subjects_of(name: str) -> list[str]:
    """Return the subjects of an artist: a section of the shuffled list, shuffled again."""
    everything = random.Random(_SEED).sample(subjects(), len(subjects()))
    names = [artist.name for artist in artists()]
    place = names.index(name) * SONGS_PER_ARTIST
    stretch = [everything[(place + i) % len(everything)] for i in range(SONGS_PER_ARTIST)]
    return random.Random(f"{_SEED} {name}").sample(stretch, len(stretch))


def _deal(kind: str, place: int, count: int) -> list[str]:
    """Deal `count` words or names to the song at `place`; reshuffle when the deck runs out."""
    deck = _read(kind).split()
    hands = len(deck) // count
    shuffled = random.Random(f"{_SEED} {kind} {place // hands}").sample(deck, len(deck))
    start = place % hands * count
    return shuffled[start : start + count]


@functools.cache
def _read(kind: str) -> str:
    return Path(__file__).with_name(f"songbook_plan_{kind}.txt").read_text(encoding="utf-8")


def find_artist(name: str) -> Artist:
    """Return the artist with the given name, ignoring case.

    Raises:
        GeneError: If there is no such artist.
    """
    for artist in artists():
        if artist.name.casefold() == name.casefold():
            return artist
    names = ", ".join(artist.name for artist in artists())
    raise GeneError(f"no artist {name!r} in songbook_plan_artists.txt; choose one of {names}")


def main(argv: list[str]) -> None:
    """Print the voice of an artist and the assignments of some songs."""
    parser = argparse.ArgumentParser("python -m data.lyrics.songbook_plan", description=__doc__)
    parser.add_argument("artist", help="name of an artist")
    parser.add_argument(
        "--first", type=int, default=1, help="number of the first song, from 1 (default: 1)"
    )
    parser.add_argument("--count", type=int, default=20, help="number of songs (default: 20)")
    args = parser.parse_args(argv)

    artist = find_artist(args.artist)
    last = args.first + args.count - 1
    if not 1 <= args.first <= last <= SONGS_PER_ARTIST:
        raise GeneError(
            f"songs {args.first} to {last}: each artist has songs 1 to {SONGS_PER_ARTIST}; "
            "choose other values for --first and --count"
        )
    print(f"{artist.name} ({artist.genre}): {artist.voice}\n")
    for number in range(args.first, last + 1):
        print(assignment(artist, number))


if __name__ == "__main__":
    run_cli(main)
