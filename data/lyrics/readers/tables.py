"""Read songs from the rows of a table: CSV in any dialect, or rows from another reader.

A row with the wrong number of cells is repaired if possible: empty cells at its end are dropped,
and unquoted lyrics that contain the delimiter are joined again. Rows that are too short to be used
are skipped and reported.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, dropwhile, groupby, islice

from common.cli import GeneError
from data.lyrics.columns import (
    Columns,
    artist_name,
    find_columns,
    lines_before_header,
    normalize,
)
from data.lyrics.readers.dialect import (
    SAMPLE_CHARACTERS,
    Dialect,
    detect_dialect,
    strip_preamble,
)
from data.lyrics.readers.record import Record
from data.lyrics.summary import Summary

BROKEN = "broken rows, with more or fewer cells than the header"
CUT_OFF = "rows cut off at the end of the file"
TOO_LONG = "songs of more than 20,000 words"
HEADER_AGAIN = "repeated header rows"
_SAMPLE_ROWS = 200
_MAX_HEADER_CELL = 100  # characters
_MIN_LINES = 3  # with at least this many rows per song on average, each row is a line of a song
# Added after the last line of a file. If it ends up inside a cell, a quote was never closed.
_END = "\ue000end of file\n"

Row = tuple[int, list[str] | None]  # row number, counted from 1, and cells


def read_csv(
    name: str, lines: Iterator[str], chosen: Mapping[str, str], summary: Summary
) -> Iterator[Record]:
    """Yield the songs in a CSV file.

    Args:
        name: Name of the file, for messages.
        lines: Lines of the file.
        chosen: Columns that the user named, {field: name or number}.
        summary: Counts the tables read and the rows skipped.
    """
    sample = _sample(lines)
    start, delimiter = strip_preamble(sample)
    if start == len(sample):
        raise GeneError(f"{name}: the file is empty")
    dialect = detect_dialect(sample[start:], delimiter)
    rows = dialect.rows(chain(sample[start:], lines, [_END]))
    yield from read_rows(name, _finished(name, rows, summary), chosen, summary, dialect)


def _sample(lines: Iterator[str]) -> list[str]:
    sample = []
    size = 0
    for line in lines:
        sample.append(line)
        size += len(line)
        if size > SAMPLE_CHARACTERS:
            break
    return sample


def _finished(
    name: str, rows: Iterator[list[str] | None], summary: Summary
) -> Iterator[list[str] | None]:
    """Yield all rows; skip a last row that is cut off."""
    for number, row in enumerate(rows, 1):
        if row and _END.strip() in row[-1]:
            if row != [_END.strip()]:
                summary.skip(CUT_OFF, f"{name} row {number}", " ".join(row[:2]))
        else:
            yield row


def read_rows(
    name: str,
    rows: Iterator[list[str] | None],
    chosen: Mapping[str, str],
    summary: Summary,
    dialect: Dialect | None = None,
) -> Iterator[Record]:
    """Yield the songs in a table.

    Args:
        name: Name of the file, for messages.
        rows: The rows, starting with the header if there is one; None for a row that cannot be
            read.
        chosen: Columns that the user named, {field: name or number}.
        summary: Counts the tables read and the rows skipped.
        dialect: Dialect of the file if it is a CSV file.
    """
    numbered: Iterator[Row] = enumerate(rows, 1)
    first = list(islice(numbered, _SAMPLE_ROWS))
    samples = [row for _, row in first if row and any(cell.strip() for cell in row)]
    if not samples:
        raise GeneError(f"{name}: the file is empty")
    samples = samples[lines_before_header(samples) :]
    columns = find_columns(name, samples, chosen)
    found = columns.describe(samples[0])
    header = "" if columns.has_header else ", no header"
    kind = f"table, {dialect.describe()}{header}" if dialect else "table"
    summary.sources[f"{kind}, {found}"] += 1
    header_row = samples[0] if columns.has_header else None
    first = list(dropwhile(lambda numbered_row: numbered_row[1] is not samples[0], first))
    records = _records(name, chain(first, numbered), columns, header_row, summary)
    if _has_a_row_per_line(samples, columns):
        summary.sources["  with a row per line of a song"] += 1
        records = _join_lines(records)
    yield from records


def _records(
    name: str,
    rows: Iterator[Row],
    columns: Columns,
    header: Sequence[str] | None,
    summary: Summary,
) -> Iterator[Record]:
    names = [normalize(cell) for cell in header] if header else None
    was_broken = False
    for number, row in rows:
        where = f"{name} row {number}"
        if row is None:
            summary.skip(TOO_LONG, where)
            continue
        if not any(cell.strip() for cell in row):
            continue
        if names and _is_header(row, names):
            if number > 1 and row is not header:
                summary.skip(HEADER_AGAIN, where, ",".join(row))
            continue
        cells = _fit(row, columns)
        if cells is None:
            if not was_broken:  # a single stray quote can break many successive rows
                summary.skip(BROKEN, where, ",".join(row))
            was_broken = True
            continue
        was_broken = False
        yield _record(where, cells, columns)


def _is_header(row: Sequence[str], names: Sequence[str]) -> bool:
    """Return whether a row repeats the header; the first cell is compared first, for speed."""
    if len(row[0]) > _MAX_HEADER_CELL or normalize(row[0]) != names[0]:
        return False
    return [normalize(cell) for cell in row[: len(names)]] == names


def _fit(row: list[str], columns: Columns) -> list[str] | None:
    """Return the cells of a row, repaired if necessary, or None if they do not fit the columns."""
    row = list(row)
    while len(row) > columns.total and not row[-1].strip():
        row.pop()
    extra = len(row) - columns.total
    if extra < 0:
        return row if len(row) > columns.text and len(row) > 1 else None
    if extra > 0:
        joined = ",".join(row[columns.text : columns.text + extra + 1])
        if "\n" not in joined:
            row[columns.text : columns.text + extra + 1] = [joined]
    return row


def _record(where: str, cells: list[str], columns: Columns) -> Record:
    artist, title = (
        "" if position is None or position >= len(cells) else cells[position].strip()
        for position in (columns.artist, columns.title)
    )
    return Record(where, artist_name(artist), title, cells[columns.text])


def _has_a_row_per_line(rows: Sequence[Sequence[str]], columns: Columns) -> bool:
    body = [row for row in rows[columns.has_header :] if len(row) == columns.total]
    if columns.title is None or any("\n" in row[columns.text].strip() for row in body):
        return False
    keys = [
        (columns.artist is not None and row[columns.artist], row[columns.title]) for row in body
    ]
    songs = sum(1 for _ in groupby(keys))
    return columns.has_line_numbers or len(body) >= _MIN_LINES * songs > 0


def _join_lines(records: Iterator[Record]) -> Iterator[Record]:
    """Join successive rows with the same artist and title into one song."""
    for (artist, title), lines in groupby(records, lambda record: (record.artist, record.title)):
        song = list(lines)
        text = "\n".join(line.text for line in song)
        yield Record(song[0].where, artist, title, text)
