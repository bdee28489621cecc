"""Find the artist and the title of a song in the path or in the first lines of a text file.

    Tin Orchard - Rain.txt, 03 - Tin Orchard - Rain.txt, Tin_Orchard-Rain.txt
    Tin Orchard/Rain.txt, lyrics/Tin Orchard/Album/Rain.txt, Tin Orchard/Rain/lyrics.txt

First lines such as `Title: Rain`, `Artist: Tin Orchard` or `# Rain` take precedence over the path,
and are removed from the lyrics.
"""

import re
from pathlib import PurePosixPath

from data.lyrics.columns import field_of
from data.lyrics.readers.files import SongFile
from data.lyrics.readers.record import Record

_GENERIC = re.compile(
    r"(?:lyrics?|songs?|data|dataset|txts?|texts?|corpus|raw|clean|train|test|.*-(?:main|master))",
    re.IGNORECASE,
)
# A track number is followed by a punctuation mark or begins with a zero, unlike 50 Cent or 311.
_TRACK_NUMBER = re.compile(r"\d{1,3}[.)_](?=\D)\s*|\d{1,2}\s+[-–—]\s+|0\d\s+(?=\S)")
_DASH = re.compile(r"\s+[-–—]\s+")
_FIELD = re.compile(r"\s*([A-Za-z][A-Za-z ]{1,14})\s*[:=]\s*(.{0,200})")
_OTHER_FIELDS = re.compile(r"(?:album|year|genre|by|language|label|released?|date|key|tempo|capo)")
_HEADING = re.compile(r"\s*(?:#{1,3}|\d{1,4}[.)])[ \t]+(.{1,200})")  # "# Title", "3. Title"
_MAX_FIELDS = 12


def names_of(file: SongFile) -> tuple[str, str]:
    """Return the artist and the title according to the path of a file; "" if unknown."""
    path = PurePosixPath(file.name.replace("\\", "/"))
    stem = path.stem if path.suffix[1:].isalnum() else path.name
    folders = [] if file.is_alone else _folders(path)
    if _GENERIC.fullmatch(stem) and folders:
        stem = folders.pop()
    if "_" in stem and " " not in stem:
        stem = stem.replace("_", " ")
        stem = stem.replace("-", " - ") if stem.count("-") == 1 else stem
    stem = _TRACK_NUMBER.sub("", stem, count=1) if _TRACK_NUMBER.match(stem) else stem
    parts = _DASH.split(stem, maxsplit=1)
    if len(parts) == 2:
        return parts[0].strip(), parts[1].strip()
    return folders[0] if folders else "", stem


def _folders(path: PurePosixPath) -> list[str]:
    """Return the folders of a file without generic ones, such as "lyrics", at the beginning."""
    folders = [part for part in path.parts[:-1] if part not in ("/", ".")]
    while len(folders) > 0 and _GENERIC.fullmatch(folders[0]):
        folders.pop(0)
    return folders


def with_fields(record: Record) -> Record:
    """Take the artist and the title from the first lines of a song, and remove these lines."""
    lines = record.text.split("\n")
    found: dict[str, str] = {}
    count = 0
    for line in lines[:_MAX_FIELDS]:
        field, value = _field(line, found)
        if line.strip()[:1].isdigit() and any(map(str.strip, lines[count + 1 : count + 2])):
            field = ""  # it is a line of lyrics that begins with a number
        if line.strip() and not field:
            break
        if field:
            found.setdefault(field, value)
        count += 1
    if not found.keys() & {"artist", "title"}:
        return record
    return record._replace(
        artist=found.get("artist", record.artist),
        title=found.get("title", record.title),
        text="\n".join(lines[count:]),
    )


def _field(line: str, found: dict[str, str]) -> tuple[str, str]:
    """Return the field that a line specifies ("" if none), and its value."""
    heading = _HEADING.fullmatch(line)
    if heading and not found:
        return "title", heading[1].strip()
    match = _FIELD.fullmatch(line)
    if not match:
        return "", ""
    name = match[1].strip().lower()
    field = {"by": "artist"}.get(name) or field_of(name)
    if field == "text":
        return ("text", "") if not match[2].strip() else ("", "")
    return field or ("other" if _OTHER_FIELDS.fullmatch(name) else ""), match[2].strip()
