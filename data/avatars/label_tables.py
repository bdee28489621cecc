"""Read label files in the usual layouts: one table for all pictures, or one file per picture.

A table for all pictures has a column of file names; the header of that column does not matter. A
file next to a picture contains `name, value` rows, or a header and one row, or one row of values.
"""

import csv
import io
import itertools
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

Rows = list[list[str]]
Values = dict[str, str]  # value by column

MAX_ROWS = 300_000
_DELIMITERS = ",;\t|:="
_MAX_CELL = 200  # characters; longer cells are captions, not labels
_MAX_COLUMNS = 200  # only the first 200 columns are searched for file names
_MIN_MATCHES = 0.5  # fraction of the rows of a table that must name a picture


def read_rows(data: bytes) -> Rows:
    """Return the cells of a CSV or JSON table in any common encoding, with any common delimiter.

    Raises:
        ValueError: If the data are not a table.
    """
    text = _decode(data)
    if "\0" in text:
        raise ValueError("not text")
    if text.lstrip()[:1] in ("{", "["):
        return _json_rows(text)
    delimiter = max(_DELIMITERS, key=text.lstrip().partition("\n")[0].count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        cells = ([cell.strip() for cell in row] for row in itertools.islice(lines, MAX_ROWS))
        return [row for row in cells if any(row)]
    except csv.Error as error:
        raise ValueError(f"not a table ({error})") from None


def _json_rows(text: str) -> Rows:
    """Return the rows of JSON Lines, an array of objects, or {picture: label or {name: label}}."""
    try:
        value = json.loads(text)
    except RecursionError:
        raise ValueError("not valid JSON") from None
    except ValueError:
        value = [_json_object(line) for line in text.splitlines() if line.strip()]
    if isinstance(value, dict):
        value = [
            {"file": name} | (item if isinstance(item, dict) else {"label": item})
            for name, item in value.items()
        ]
    objects = [item for item in value if isinstance(item, dict)][:MAX_ROWS]
    names = list(dict.fromkeys(name for item in objects for name in item))
    rows = [[_json_cell(item.get(name)) for name in names] for item in objects]
    return [names, *rows]


def _json_object(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("not valid JSON") from None


def _json_cell(value: Any) -> str:
    return str(value).strip() if isinstance(value, (str, int, float)) else ""


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


class PictureNames:
    """Finds the picture that a cell of a table refers to.

    Args:
        names: Paths of all pictures.
    """

    def __init__(self, names: Iterable[str]):
        self._by_path = {_normalized(name): name for name in names}
        bare: dict[str, list[str]] = {}
        for path, name in self._by_path.items():
            for key in {path.rpartition("/")[2], PurePosixPath(path).stem}:
                bare.setdefault(key, []).append(name)
        self._by_bare_name = {key: found[0] for key, found in bare.items() if len(found) == 1}

    def find(self, cell: str, folder: str) -> str | None:
        """Return the path of the picture that a cell refers to; None if there is none.

        Args:
            cell: A path relative to the whole set or to the folder of the table, or a file name
                with or without suffix if only one picture has that name.
            folder: The folder of the table.
        """
        key = _normalized(cell)
        candidates = (_normalized(f"{folder}/{cell}"), key)
        for candidate in candidates:
            if candidate in self._by_path:
                return self._by_path[candidate]
        return self._by_bare_name.get(key.rpartition("/")[2])


def _normalized(name: str) -> str:
    return str(PurePosixPath(name.replace("\\", "/").lower().lstrip("/")))


def rows_by_picture(rows: Rows, folder: str, names: PictureNames) -> dict[str, Values]:
    """Read the labels in a table for all pictures.

    Args:
        rows: The cells of the table, with or without a header.
        folder: The folder of the table.
        names: The pictures.

    Returns:
        The labels of each picture in the table, as text; empty if no column has picture names.
    """
    if not rows:
        return {}
    width = min(max(map(len, rows[:100])), _MAX_COLUMNS)
    column = max(range(width), key=lambda i: _count_matches(rows[:1000], i, folder, names))
    if _count_matches(rows, column, folder, names) < max(1, _MIN_MATCHES * (len(rows) - 1)):
        return {}
    has_header = names.find(_cell(rows[0], column), folder) is None
    header = rows[0] if has_header else _numbered(width - 1, column)
    found = {}
    for row in rows[has_header:]:
        name = names.find(_cell(row, column), folder)
        if name is not None:
            found[name] = _values(header, row, column)
    return found


def _count_matches(rows: Rows, column: int, folder: str, names: PictureNames) -> int:
    """Return how many different pictures a column names."""
    found = {names.find(_cell(row, column), folder) for row in rows}
    return len(found - {None})


def _cell(row: Sequence[str], column: int) -> str:
    return row[column] if column < len(row) else ""


def _numbered(count: int, column: int | None = None) -> list[str]:
    """Return names for columns without a header."""
    names = ["label"] if count == 1 else [f"label {i}" for i in range(1, count + 1)]
    if column is not None:
        names.insert(column, "")
    return names


def _values(header: Sequence[str], row: Sequence[str], without: int | None = None) -> Values:
    return {
        name: value
        for i, (name, value) in enumerate(zip(header, row, strict=False))
        if i != without and name and len(value) <= _MAX_CELL
    }


def values_of_pictures(tables: Mapping[str, Rows]) -> dict[str, Values]:
    """Read label files that each describe one picture.

    Args:
        tables: The cells of each label file, by picture.

    Returns:
        The labels of each picture, as text. Files whose layout differs from most are left out.
    """
    forms = {name: _form(rows) for name, rows in tables.items() if rows}
    if not forms:
        return {}
    common = Counter(forms.values()).most_common(1)[0][0]
    kept = {name: tables[name] for name, form in forms.items() if form == common}
    if common == "row":
        return {name: _values(_numbered(len(rows[0])), rows[0]) for name, rows in kept.items()}
    headers = Counter(tuple(rows[0]) for rows in kept.values())
    header, count = headers.most_common(1)[0]
    if common == "pairs" and not (count == len(kept) > 1 and _has_two_rows(kept)):
        return {name: _values(*_transposed(rows)) for name, rows in kept.items()}
    return {
        name: _values(header, rows[1]) for name, rows in kept.items() if tuple(rows[0]) == header
    }


def _form(rows: Rows) -> str:
    """Return "row" for one row, "pairs" for `name, value` rows, "table" for a header and rows."""
    if len(rows) == 1 and (len(rows[0]) != 2 or _is_number(rows[0][0])):
        return "row"
    return "pairs" if all(len(row) == 2 for row in rows) else "table"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _has_two_rows(tables: Mapping[str, Rows]) -> bool:
    return all(len(rows) == 2 for rows in tables.values())


def _transposed(rows: Rows) -> tuple[list[str], list[str]]:
    return [row[0] for row in rows], [row[1] for row in rows]
