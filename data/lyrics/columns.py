"""Find the columns of a table that contain the artist, the title and the lyrics.

Columns are recognized by their names, ignoring case and punctuation. If no name is known, they are
recognized by their content: the column with the longest cells contains the lyrics. The option
`--columns text=NAME` overrides both; NAME is the name of a column or its number, counted from 1.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from common.cli import GeneError, printable

FIELDS = ("artist", "title", "text")
MIN_LYRICS_CHARACTERS = 60  # minimum mean length of lyrics that are recognized by their content

# Known names, normalized. If a table has several of them, the one that comes first here is used.
NAMES = {
    "artist": (
        *("artist", "artistname", "artists", "singer", "singername", "band", "bandname"),
        *("performer", "group", "musician", "primaryartist", "trackartist", "interpret", "artista"),
        *("cantor", "interprete", "artiste", "kunstler", "alink", "author", "writer"),
    ),
    "title": (
        *("song", "title", "track", "songname", "songtitle", "tracktitle", "trackname", "sname"),
        *("texttitle", "name", "titulo", "titre", "titolo", "titel", "cancion", "musica"),
    ),
    "text": (
        *("text", "lyrics", "lyric", "songlyrics", "songlyric", "slyric", "slyrics", "songtext"),
        *("lyricstext", "lyrictext", "fulllyrics", "tracklyrics", "letra", "letras", "paroles"),
        *("testo", "liedtext", "words", "verse", "verses", "body", "content", "lines"),
    ),
}
LINE_NUMBERS = {"line", "lineno", "linenumber", "linenum", "lineid", "lineindex"}
_NOT_LYRICS = re.compile("url|link|id$|lang|count|state|path")
_SLUG = re.compile(r"/([\w-]+)/")
_ACCENTS = re.compile("[\u0300-\u036f]")
_ADDRESS = re.compile(r"(?:https?:/)?/\S+|\S+\.html?")
HEADER_ROWS = 5  # number of rows to search for a header, which may follow a title or a note


class Columns(NamedTuple):
    """Indices of the columns of a table.

    Attributes:
        total: Number of columns.
        artist: Index of the column of artists, or None.
        title: Index of the column of titles, or None.
        text: Index of the column of lyrics.
        has_header: Whether the first row is a header.
        has_line_numbers: Whether a column numbers the lines of a song.
    """

    total: int
    artist: int | None
    title: int | None
    text: int
    has_header: bool
    has_line_numbers: bool

    def describe(self, first_row: Sequence[str]) -> str:
        """Return the names of the columns that were found, for the summary."""
        found = []
        for field in FIELDS:
            position = getattr(self, field)
            if position is not None:
                is_named = self.has_header and position < len(first_row)
                name = first_row[position].strip() if is_named else ""
                shown = printable(name) if name else f"number {position + 1}"
                found.append(f"{field} = {shown}")
        return ", ".join(found)


def normalize(name: str) -> str:
    """Normalize the name of a column: lowercase letters and digits only, without accents."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", _ACCENTS.sub("", plain)))


def field_of(name: str) -> str | None:
    """Return the field in FIELDS that a column with this name contains, or None."""
    normalized = normalize(name)
    for field in FIELDS:
        if normalized in NAMES[field]:
            return field
    is_lyrics = "lyric" in normalized and not _NOT_LYRICS.search(normalized)
    return "text" if is_lyrics else None


def find_columns(where: str, rows: Sequence[Sequence[str]], chosen: Mapping[str, str]) -> Columns:
    """Find the columns of a table.

    Args:
        where: The file, for messages.
        rows: The first rows of the table; row 0 may be a header.
        chosen: Columns that the user has named, {field: name or number}.

    Raises:
        GeneError: If no column contains lyrics, or a chosen column does not exist. The message
            lists the columns of the table.
    """
    first = list(rows[0])
    named = _by_name(first)
    picked = {field: _position(where, first, value) for field, value in chosen.items()}
    positions = named | picked
    widths = [len(row) for row in rows]
    total = max(set(widths), key=lambda width: (widths.count(width), width))
    is_named = "text" in named or any(not value.isdigit() for value in chosen.values())
    if is_named:
        total = max(len(first), *(position + 1 for position in positions.values()))
    if "text" not in positions:
        positions |= _by_content(where, rows, positions, total)
    text = positions["text"]
    has_header = is_named or _looks_like_header(rows, text)
    names = {normalize(name) for name in first}
    return Columns(
        total,
        positions.get("artist"),
        positions.get("title"),
        text,
        has_header,
        is_named and bool(names & LINE_NUMBERS),
    )


def _by_name(header: Sequence[str]) -> dict[str, int]:
    names = [normalize(name) for name in header]
    found = {}
    for field, known in NAMES.items():
        position = next((names.index(name) for name in known if name in names), None)
        if position is None:
            same = [i for i, name in enumerate(header) if field_of(name) == field]
            position = same[0] if same else None
        if position is not None:
            found[field] = position
    return found


def _position(where: str, header: Sequence[str], value: str) -> int:
    names = [normalize(name) for name in header]
    if normalize(value) in names:
        return names.index(normalize(value))
    if value.isdigit() and 1 <= int(value) <= len(header):
        return int(value) - 1
    raise GeneError(f"{where}: --columns: no column {printable(value)}; {_found(header)}")


def _found(header: Sequence[str]) -> str:
    return "found: " + ", ".join(printable(name.strip()[:40]) for name in header[:20])


def _by_content(
    where: str, rows: Sequence[Sequence[str]], known: Mapping[str, int], total: int
) -> dict[str, int]:
    """Find the lyrics by the longest cells, and the artist by the fewest distinct values."""
    body = [row for row in rows[1:] if len(row) >= total] or [
        row for row in rows if len(row) >= total
    ]
    free = [i for i in range(total) if i not in known.values()]
    lengths = {i: sum(len(row[i]) for row in body) / len(body) for i in free}
    text = max(free, key=lambda i: lengths[i], default=None)
    if text is None or lengths[text] < MIN_LYRICS_CHARACTERS:
        raise GeneError(
            f"{where}: no column contains lyrics; {_found(rows[0])}; name the columns with "
            "--columns artist=... title=... text=..."
        )
    found = {"text": text}
    short = [i for i in free if i != text and 0 < lengths[i] < MIN_LYRICS_CHARACTERS]
    names = [i for i in short if not all(_is_no_name(row[i]) for row in body)]
    distinct = {i: len({row[i] for row in body}) for i in names}
    names.sort(key=lambda i: distinct[i])
    if len(names) == 1 and len(body) > 1 and distinct[names[0]] == len(body):
        return found | ({"title": names[0]} if "title" not in known else {})
    for field in ("artist", "title"):
        if field not in known and names:
            found[field] = names.pop(0)
    return found


def _is_no_name(cell: str) -> bool:
    """Return whether a cell is empty, a number, or an address such as /a/abba/waterloo.html."""
    cell = cell.strip()
    return cell.replace(".", "").isdigit() or bool(_ADDRESS.fullmatch(cell)) or not cell


def lines_before_header(rows: Sequence[Sequence[str]]) -> int:
    """Return the number of rows before the header; 0 if no header is found."""
    fields = [{field_of(cell) for cell in row if len(cell) < 40} for row in rows[:HEADER_ROWS]]
    if not fields or "text" in fields[0]:
        return 0
    return next((i for i, found in enumerate(fields) if {"text", "artist"} <= found), 0)


def _looks_like_header(rows: Sequence[Sequence[str]], text: int) -> bool:
    """Return whether the lyrics of the first row are much shorter than those of the others."""
    lengths = [len(row[text]) for row in rows if len(row) > text]
    if len(rows[0]) <= text or len(lengths) < 2 or "\n" in rows[0][text]:
        return False
    return lengths[0] < 30 and lengths[0] * 4 < sum(lengths[1:]) / len(lengths[1:])


def artist_name(cell: str) -> str:
    """Return the name of an artist; convert an address such as /tin-orchard/ to "Tin Orchard"."""
    slug = _SLUG.fullmatch(cell.strip())
    return slug[1].replace("-", " ").title() if slug else " ".join(cell.split())
