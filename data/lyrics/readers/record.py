"""The record of a song that all readers yield."""

from typing import NamedTuple


class Record(NamedTuple):
    """A song as it was read from a file, before cleaning.

    Attributes:
        where: Where it was read, such as "row 7" or "songs.zip/a.csv row 7", for messages.
        artist: Name of the artist, or "".
        title: Title, or "".
        text: Lyrics.
    """

    where: str
    artist: str
    title: str
    text: str
