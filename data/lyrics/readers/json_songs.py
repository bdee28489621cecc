"""Read songs from JSON with any nesting, and from JSON Lines.

A song is an object with a field that has one of the common names for lyrics. If the object has no
artist, that of an enclosing object is used.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from common.cli import GeneError
from data.lyrics.columns import MIN_LYRICS_CHARACTERS, field_of, normalize
from data.lyrics.readers.record import Record
from data.lyrics.readers.tables import read_rows
from data.lyrics.summary import Summary

MAX_CHARACTERS = 1 << 27  # limit for a JSON file, which must be read into memory as a whole
MAX_DEPTH = 40
MAX_VERSES_DEPTH = 3
_MAX_FAILURES = 100  # number of errors after which the rest of a damaged file is skipped
_BROKEN = "lines that are not JSON"
_NO_LYRICS = "lines without lyrics (--columns text=NAME names their field)"
_START = re.compile(r"[{\[]")


def read_json_lines(
    name: str, lines: Iterable[str], chosen: Mapping[str, str], summary: Summary
) -> Iterator[Record]:
    """Yield the songs in a file with a JSON object per line."""
    summary.sources["JSON Lines"] += 1
    for number, line in enumerate(lines, 1):
        where = f"{name} line {number}"
        if not line.strip():
            continue
        try:
            value = json.loads(line.strip().rstrip(","))
        except (ValueError, RecursionError):
            summary.skip(_BROKEN, where, line)
            continue
        records = list(_songs(where, value, {}, chosen, 0))
        if not records:
            summary.skip(_NO_LYRICS, where, line)
        yield from records


def read_json(
    name: str, blocks: Iterable[str], chosen: Mapping[str, str], summary: Summary
) -> Iterator[Record]:
    """Yield the songs in a JSON file.

    Raises:
        GeneError: If the file is not JSON, is too large, or contains no lyrics.
    """
    value = _parse(name, _join(name, blocks), summary)
    if _is_table(value):
        yield from read_rows(name, (list(map(_cell, row)) for row in value), chosen, summary)
        return
    summary.sources["JSON"] += 1
    count = 0
    for count, record in enumerate(_songs(name, value, {}, chosen, 0), 1):
        yield record._replace(where=f"{name} song {count}")
    if count:
        return
    for count, record in enumerate(_loose_songs(name, value, "", "", 0), 1):
        yield record._replace(where=f"{name} song {count}")
    if not count:
        raise GeneError(
            f"{name}: no object contains lyrics; name the fields with --columns artist=... text=..."
        )


def _parse(name: str, text: str, summary: Summary) -> Any:
    """Parse JSON; if it is damaged or contains several values, return the list of valid values."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        values = list(_whole_values(name, text, summary))
        if not values:
            raise GeneError(
                f"{name}: not valid JSON ({error}); export it again as JSON or as CSV"
            ) from None
        return values


def _whole_values(name: str, text: str, summary: Summary) -> Iterator[Any]:
    """Yield the complete objects and arrays in a damaged file."""
    decoder = json.JSONDecoder()
    start = _START.search(text)
    failures = 0
    while start and failures < _MAX_FAILURES:
        position = start.end() - 1
        try:
            value, position = decoder.raw_decode(text, position)
            yield value
        except (ValueError, RecursionError):
            is_outer = text[position] == "[" and not failures
            failures += 1
            if not is_outer:
                where = f"{name} character {position + 1:,}"
                summary.skip("damaged JSON objects", where, text[position : position + 100])
            position += 1
        start = _START.search(text, position)


def _is_table(value: Any) -> bool:
    """Return whether a value is an array of rows."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(row, list) and not any(map(_is_nested, row)) for row in value)
        and max(map(len, value)) > 1
    )


def _is_nested(cell: Any) -> bool:
    return isinstance(cell, (dict, list))


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _join(name: str, blocks: Iterable[str]) -> str:
    parts = []
    size = 0
    for block in blocks:
        parts.append(block)
        size += len(block)
        if size > MAX_CHARACTERS:
            raise GeneError(
                f"{name}: JSON of more than {MAX_CHARACTERS:,} characters; convert it to JSON "
                "Lines, one song per line"
            )
    return "".join(parts)


def _songs(
    where: str, value: Any, around: dict[str, str], chosen: Mapping[str, str], depth: int
) -> Iterator[Record]:
    """Yield the songs in a JSON value.

    Args:
        where: Place of the value, for messages.
        value: The value.
        around: Fields from the enclosing objects, such as {"artist": "Tin Orchard"}.
        chosen: Names of fields that the user has given, {field: name}.
        depth: Number of enclosing objects and arrays.
    """
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _songs(where, item, around, chosen, depth + 1)
    elif isinstance(value, dict):
        fields = around | _fields(value, chosen)
        if fields.get("text"):
            yield Record(where, fields.get("artist", ""), fields.get("title", ""), fields["text"])
            return
        columns = _as_rows(value)
        if columns is not None:
            yield from _songs(where, columns, around, chosen, depth + 1)
            return
        inner = {"artist": fields.get("artist") or fields.get("title", "")}
        for key, item in value.items():
            known = inner if inner["artist"] else {"artist": key if isinstance(item, list) else ""}
            yield from _songs(where, item, known, chosen, depth + 1)


def _fields(value: dict[str, Any], chosen: Mapping[str, str]) -> dict[str, str]:
    by_name = {normalize(name): field for field, name in chosen.items()}
    found: dict[str, str] = {}
    for name, item in value.items():
        field = by_name.get(normalize(name)) or field_of(name)
        text = _text(item, field == "text")
        if field and text and field not in found:
            found[field] = text
    return found


def _text(item: Any, is_lyrics: bool) -> str:
    if isinstance(item, str):
        return item
    if is_lyrics:
        return _joined_lines(item, 0)
    if isinstance(item, list) and item and all(isinstance(part, str) for part in item):
        return ", ".join(item)
    if isinstance(item, dict):
        name = item.get("name") or item.get("title")
        return name if isinstance(name, str) else ""
    return ""


def _joined_lines(item: Any, depth: int) -> str:
    """Join lyrics that are a list of lines, of verses, or of objects with one line each."""
    if isinstance(item, str):
        return item
    if isinstance(item, dict):
        texts = (part for name, part in item.items() if field_of(name) == "text" or name == "line")
        item = next(texts, "")
        return item if isinstance(item, str) else ""
    if not isinstance(item, list) or depth > MAX_VERSES_DEPTH:
        return ""
    separator = "\n\n" if any(isinstance(part, list) for part in item) else "\n"
    parts = [(part, _joined_lines(part, depth + 1)) for part in item]
    return separator.join(text for part, text in parts if text or part == "")


def _loose_songs(where: str, value: Any, artist: str, title: str, depth: int) -> Iterator[Record]:
    """Yield every string that looks like lyrics, for JSON without known field names.

    Such files are lists of lyrics, {title: lyrics} or {artist: {title: lyrics}}.
    """
    if isinstance(value, str) and (len(value) >= MIN_LYRICS_CHARACTERS or "\n" in value):
        yield Record(where, artist, title, value)
    elif isinstance(value, list) and depth < MAX_DEPTH:
        for item in value:
            yield from _loose_songs(where, item, artist or title, "", depth + 1)
    elif isinstance(value, dict) and depth < MAX_DEPTH:
        for name, item in value.items():
            yield from _loose_songs(where, item, artist or title, name, depth + 1)


def _as_rows(value: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the rows of a table that pandas wrote (orient "columns" or "split"), or None."""
    names, rows = value.get("columns"), value.get("data")
    if isinstance(names, list) and isinstance(rows, list):
        named = [row for row in rows if isinstance(row, list)]
        return [dict(zip(map(str, names), row, strict=False)) for row in named]
    text = next((v for k, v in value.items() if field_of(k) == "text"), None)
    if not isinstance(text, dict):
        return None
    columns = {name: item for name, item in value.items() if isinstance(item, dict)}
    return [{name: item[key] for name, item in columns.items() if key in item} for key in text]
