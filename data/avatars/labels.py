"""Find the labels of the pictures in a set.

Four sources are tried in this order: label files in the format of the Cartoon Set next to the
pictures, tables with a column of picture names, other label files next to the pictures, and folders
as classes. The first one that has labels for at least half of the pictures is used, and pictures
without labels are left out. If there is none, all pictures are used without labels.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np

from data.avatars import cartoonset
from data.avatars.label_tables import (
    PictureNames,
    Values,
    read_rows,
    rows_by_picture,
    values_of_pictures,
)
from data.avatars.labelled_images import INVISIBLE, Attribute
from data.avatars.skipped import Skipped

_MIN_LABELED = 0.5  # fraction of the pictures that must have labels
_MAX_ATTRIBUTES = 100
_MAX_VARIANTS = 50
_MIN_PICTURES = 3  # minimum number of pictures per variant, on average
_MAX_NAME = 60  # characters
_MISSING = ("", "nan", "null", "n/a", "na", "-")
_SPLIT_FOLDERS = ("train", "training", "test", "testing", "val", "valid", "validation", "images")
_MIN_IN_FOLDERS = 0.9  # folders are classes only if this fraction of the pictures is in one


class Table(NamedTuple):
    """The content of a label file.

    Attributes:
        data: The content of the file; empty if `cartoon` is set.
        cartoon: Header and labels, if the file has the format of the Cartoon Set.
        problem: Why the file does not have that format; "" if it does.
    """

    data: bytes
    cartoon: tuple[cartoonset.Header, tuple[int, ...]] | None
    problem: str = ""


class Labels(NamedTuple):
    """The labels of a set.

    Attributes:
        attributes: The attributes; empty without labels.
        rows: Labels of each picture; None to use all pictures without labels.
        source: Where the labels come from, for the summary.
    """

    attributes: tuple[Attribute, ...]
    rows: dict[str, tuple[int, ...]] | None
    source: str


_FOLDERS = "folders"
_OWN_TABLES = "a label file for each picture"
CARTOON_SOURCE = "a label file for each picture, as in the Cartoon Set"
NO_LABELS = Labels((), None, "")


def read_table(data: bytes) -> Table:
    """Parse a label file if it has the format of the Cartoon Set; otherwise keep its content."""
    try:
        return Table(b"", cartoonset.read(data))
    except ValueError as error:
        return Table(data, None, str(error))


def find_labels(
    names: Sequence[str], unusable: Sequence[str], tables: Mapping[str, Table], skipped: Skipped
) -> Labels:
    """Find the labels of a set.

    Args:
        names: The pictures.
        unusable: Pictures that cannot be used; their label files are not reported.
        tables: The label files, by name.
        skipped: Skipped files and columns are added to it.
    """
    own = _tables_by_picture([*names, *unusable], tables)
    cartoon = _cartoon_labels(names, unusable, own, tables, skipped)
    if cartoon:
        return cartoon
    owned = {id(table) for table in own.values()}
    shared = {name: table for name, table in tables.items() if id(table) not in owned}
    finders: list[Callable[[], tuple[dict[str, Values], str]]] = [
        lambda: _from_shared_tables(names, shared, skipped),
        lambda: _from_own_tables(names, own, skipped),
        lambda: (_from_folders(names), _FOLDERS),
    ]
    for find in finders:
        values, source = find()
        known = {name: row for name, row in values.items() if row}
        if len(known) >= _MIN_LABELED * len(names) > 0:
            labels = _encode(known, source, skipped)
            if labels.attributes:
                _count_unlabeled(names, known, skipped)
                return labels
        elif known and source not in (_FOLDERS, _OWN_TABLES):
            reason = (
                f"labels for only {len(known):,} of {len(names):,} pictures; label at least half"
            )
            skipped.add("table", source, reason)
    _count_useless(own, skipped)
    return NO_LABELS


def _count_useless(own: Mapping[str, Table], skipped: Skipped) -> None:
    """Add the label files next to pictures to `skipped` if no label in them was recognized."""
    if own and "table" not in skipped and "column" not in skipped:
        first = _stem(next(iter(own))) + ".csv"
        skipped.add("table", first, "no labels recognized", len(own))


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def _tables_by_picture(names: Sequence[str], tables: Mapping[str, Table]) -> dict[str, Table]:
    """Return, for each picture, the label file with the same name next to it, if there is one."""
    by_stem = {_stem(name): table for name, table in tables.items()}
    by_picture_name = {
        _stem(name): by_stem[_stem(name)] for name in names if _stem(name) in by_stem
    }
    return {name: by_picture_name[_stem(name)] for name in names if _stem(name) in by_picture_name}


def _cartoon_labels(
    names: Sequence[str],
    unusable: Sequence[str],
    own: Mapping[str, Table],
    tables: Mapping[str, Table],
    skipped: Skipped,
) -> Labels | None:
    """Return labels in the format of the Cartoon Set, if most pictures have them."""
    parsed = {name: own[name].cartoon for name in names if name in own}
    valid = {name: table for name, table in parsed.items() if table}
    if not valid or len(valid) < _MIN_LABELED * len(names):
        return None
    common, differences = cartoonset.common_header([header for header, _ in valid.values()])
    stems = {_stem(name) for name in (*names, *unusable)}
    for name in tables:
        if _stem(name) not in stems:
            skipped.add("table", name, "no picture with the same name")
    for name in names:
        problem = _cartoon_problem(own.get(name), differences)
        if problem:
            skipped.add("unlabeled", name if name not in own else _stem(name) + ".csv", problem)
    rows = {name: labels for name, (header, labels) in valid.items() if header == common}
    if not rows:
        return None
    table = np.array(list(rows.values()), "int16")
    return Labels(cartoonset.attributes_of(common, table), rows, CARTOON_SOURCE)


def _cartoon_problem(table: Table | None, differences: Mapping[cartoonset.Header, str]) -> str:
    if table is None:
        return "no .csv with the same name"
    return differences.get(table.cartoon[0], "") if table.cartoon else table.problem


def _from_shared_tables(
    names: Sequence[str], tables: Mapping[str, Table], skipped: Skipped
) -> tuple[dict[str, Values], str]:
    """Find labels in tables with a column of file names.

    Returns:
        The labels of each picture, as text, and the names of the tables that contain them.
    """
    pictures = PictureNames(names)
    values: dict[str, Values] = {}
    used = []
    for name, table in sorted(tables.items()):
        try:
            rows = rows_by_picture(read_rows(table.data), str(PurePosixPath(name).parent), pictures)
        except ValueError as error:
            skipped.add("table", name, str(error))
            continue
        if not rows:
            skipped.add("table", name, "no column contains the file names of pictures")
            continue
        used.append(name)
        for picture, row in rows.items():
            values[picture] = values.get(picture, {}) | row
    return values, ", ".join(used[:3])


def _from_own_tables(
    names: Sequence[str], own: Mapping[str, Table], skipped: Skipped
) -> tuple[dict[str, Values], str]:
    """Find labels in the label files next to the pictures.

    Returns:
        The labels of each picture, as text, and where they come from, for the summary.
    """
    tables = {}
    for name in names:
        if name not in own:
            continue
        try:
            tables[name] = read_rows(own[name].data)
        except ValueError as error:
            skipped.add("table", _stem(name) + ".csv", str(error))
    return values_of_pictures(tables), _OWN_TABLES


def _from_folders(names: Sequence[str]) -> dict[str, Values]:
    """Return each picture's folder as its class; empty unless several folders hold most of them."""
    folders = {name: _inner_folders(name) for name in names}
    parts = [folder for folder in folders.values() if folder]
    while parts and len({folder[0] for folder in parts}) == 1 and all(len(f) > 1 for f in parts):
        folders = {name: folder[1:] for name, folder in folders.items()}
        parts = [folder[1:] for folder in parts]
    if len(parts) < _MIN_IN_FOLDERS * len(names) or len({folder[0] for folder in parts}) < 2:
        return {}
    return {name: {"class": folder[0]} for name, folder in folders.items() if folder}


def _inner_folders(name: str) -> tuple[str, ...]:
    """Return the folders of a picture, except names of splits such as "train" and "test"."""
    folders = PurePosixPath(name).parts[:-1]
    return tuple(folder for folder in folders if folder.lower() not in _SPLIT_FOLDERS)


def _count_unlabeled(names: Sequence[str], known: Mapping[str, Values], skipped: Skipped) -> None:
    for name in names:
        if name not in known:
            skipped.add("unlabeled", name, "left out")


def _encode(values: Mapping[str, Values], source: str, skipped: Skipped) -> Labels:
    """Convert each usable column to an attribute and its labels."""
    columns = list(dict.fromkeys(name for row in values.values() for name in row))
    attributes: list[Attribute] = []
    encoded: list[list[int]] = []
    for column in columns:
        cells = [_cleaned(row.get(column, "")) for row in values.values()]
        problem = _problem_of_column(column, cells)
        if len(attributes) == _MAX_ATTRIBUTES:
            problem = f"more than {_MAX_ATTRIBUTES} columns"
        if problem:
            skipped.add("column", column, problem)
            continue
        attribute, numbers = _encode_column(column, cells)
        attributes.append(attribute)
        encoded.append(numbers)
    rows = dict(zip(values, zip(*encoded, strict=True), strict=True)) if encoded else None
    return Labels(tuple(attributes), rows, source)


def _cleaned(cell: str) -> str:
    """Collapse whitespace in a cell; return "" for a missing value such as "n/a"."""
    text = " ".join(cell.split())
    return "" if text.lower() in _MISSING else text


def _problem_of_column(column: str, cells: Sequence[str]) -> str:
    """Return why a column cannot be used as an attribute, or "" if it can."""
    known = [cell for cell in cells if cell]
    variants = {cell.casefold() for cell in known}
    if not column.isprintable() or len(column) > _MAX_NAME:
        return "invalid name"
    if len(known) < _MIN_LABELED * len(cells):
        return "mostly empty"
    if len(variants) < 2:
        return "always the same value"
    if len(variants) > min(_MAX_VARIANTS, len(known) / _MIN_PICTURES):
        return f"{len(variants):,} different values for {len(known):,} pictures"
    if not all(cell.isprintable() and len(cell) <= _MAX_NAME for cell in variants):
        return "long text instead of labels"
    return ""


def _encode_column(column: str, cells: Sequence[str]) -> tuple[Attribute, list[int]]:
    """Return an attribute and the label of each cell; merge values that differ only in case."""
    spellings: dict[str, Counter[str]] = {}
    for cell in filter(None, cells):
        spellings.setdefault(cell.casefold(), Counter())[cell] += 1
    keys = sorted(spellings, key=_natural_order)
    numbers = {key: i for i, key in enumerate(keys)}
    known = sum(spellings[key].total() for key in keys)
    attribute = Attribute(
        column,
        tuple(spellings[key].most_common(1)[0][0] for key in keys),
        tuple(spellings[key].total() / known for key in keys),
    )
    return attribute, [numbers[cell.casefold()] if cell else INVISIBLE for cell in cells]


def _natural_order(text: str) -> list[tuple[int, int, str]]:
    """Return a key that sorts "2" before "10"."""
    parts = re.findall(r"[0-9]{1,9}|[^0-9]+", text)
    return [(0, int(part), "") if part[0] in "0123456789" else (1, 0, part) for part in parts]
