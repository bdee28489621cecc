"""Recognize the dialect of a CSV file: delimiter, quotes, escapes and lines before the header."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from data.lyrics.columns import field_of

DELIMITERS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars", "\x1f": "one column"}
# These delimiters are also common in text, so they are recognized only by a header.
RARE_DELIMITERS = {"^": "carets", "~": "tildes", "\x01": "control characters", ":": "colons"}
SAMPLE_CHARACTERS = 1 << 18
MAX_CELL_CHARACTERS = 1 << 24  # longer cells are skipped; a typical song has 1,200 characters
_ONE_COLUMN = "\x1f"  # a delimiter that no text contains
_SEPARATOR_LINE = re.compile('"?sep=(.)"?,*\n?', re.IGNORECASE)


_KINDS: tuple[dict[str, Any], ...] = (
    {},
    {"backslash": True},
    {"quote": "'"},
    {"spaced": True},
    {"quote": ""},
    {"stray": True},
)


class Dialect(NamedTuple):
    r"""The dialect of a CSV file.

    Attributes:
        delimiter: The character between two cells.
        quote: The character around quoted cells, or "" if no cells are quoted.
        backslash: Whether quotes within a cell are escaped as \" instead of "".
        spaced: Whether there is a space between a delimiter and the next quote.
        stray: Whether quotes within a cell are not escaped at all.
    """

    delimiter: str = ","
    quote: str = '"'
    backslash: bool = False
    spaced: bool = False
    stray: bool = False

    def rows(self, lines: Iterable[str]) -> Iterator[list[str] | None]:
        """Yield the rows of a file; None for a row that cannot be read, e.g. with a huge cell."""
        csv.field_size_limit(MAX_CELL_CHARACTERS)
        if self.backslash:
            lines = (line.replace('\\"', '""') for line in lines)
        if self.stray:
            lines = _escape_stray_quotes(lines, self.delimiter)
        if self.quote:
            reader = csv.reader(
                lines,
                delimiter=self.delimiter,
                quotechar=self.quote,
                skipinitialspace=self.spaced,
            )
        else:
            reader = csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE)
        while True:
            try:
                yield next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield None

    def describe(self) -> str:
        """Return the name of the delimiter, for the summary."""
        return (DELIMITERS | RARE_DELIMITERS)[self.delimiter]


def _escape_stray_quotes(lines: Iterable[str], delimiter: str) -> Iterator[str]:
    """Double the quotes within quoted cells; only a quote before a delimiter ends a cell."""
    is_inside = False
    for line in lines:
        parts = []
        start = 0
        while (position := line.find('"', start)) >= 0:
            parts.append(line[start : position + 1])
            start = position + 1
            after = line[start : start + 1]
            if not is_inside:
                is_inside = position == 0 or line[position - 1] == delimiter
            elif after == '"' and not _ends_cell(line, start, delimiter):
                parts.append(after)
                start += 1
            elif after in (delimiter, "\n", ""):
                is_inside = False
            else:
                parts.append('"')
        yield "".join(parts) + line[start:]


def _ends_cell(line: str, position: int, delimiter: str) -> bool:
    """Return whether a quote ends a cell, and another quoted cell follows."""
    return line[position + 1 : position + 3] == f'{delimiter}"'


def strip_preamble(lines: Sequence[str]) -> tuple[int, str | None]:
    """Return the number of lines before the header, and the delimiter that they declare, if any."""
    delimiter = None
    for number, line in enumerate(lines):
        named = _SEPARATOR_LINE.fullmatch(line)
        if named:
            delimiter = named[1]
        elif line.strip() and not line.startswith("#"):
            return number, delimiter if delimiter in DELIMITERS else None
    return len(lines), None


def detect_dialect(lines: Sequence[str], delimiter: str | None) -> Dialect:
    """Return the dialect that fits the first lines of a table best.

    Args:
        lines: The first lines, starting with the header.
        delimiter: The delimiter, or None if it is not known.
    """
    marks = [*DELIMITERS, *RARE_DELIMITERS]
    delimiters = [delimiter] if delimiter else [mark for mark in marks if mark != _ONE_COLUMN]
    candidates = [Dialect(mark, **kind) for kind in _KINDS for mark in delimiters]
    scores = [_score(candidate, lines) for candidate in candidates]
    best = max(scores)
    if best[0] == 0 and best[1] == 0:
        return Dialect(_ONE_COLUMN)
    return candidates[scores.index(best)]


def _score(dialect: Dialect, lines: Sequence[str]) -> tuple[int, float]:
    """Rate how well a dialect fits the first lines of a table.

    Returns:
        The number of columns with known names (0 unless there are at least two), and the fraction
        of the text that is in rows with the expected number of cells. Larger is better.
    """
    if not _is_possible(dialect, lines):
        return 0, 0.0
    rows = [row for row in dialect.rows(lines) if row and any(row)]
    if len(rows) > 2:
        rows.pop()  # the sample may end in the middle of this row
    if not rows:
        return 0, 0.0
    known = len({field for name in rows[0] if len(name) < 40 and (field := field_of(name))})
    width = len(rows[0]) if known else Counter(map(len, rows)).most_common(1)[0][0]
    if width < 2 or (known < 2 and dialect.delimiter in RARE_DELIMITERS):
        return 0, 0.0
    sizes = [sum(map(len, row)) for row in rows]
    pairs = zip(sizes, rows, strict=True)
    fitting = sum(size for size, row in pairs if _width(row, width) == width)
    return (known if known > 1 else 0), fitting / max(sum(sizes), 1)


def _is_possible(dialect: Dialect, lines: Sequence[str]) -> bool:
    """Return whether the lines contain the characters that are typical of this dialect."""
    if dialect.delimiter in RARE_DELIMITERS and dialect.delimiter not in lines[0]:
        return False
    if dialect.backslash:
        return any('\\"' in line for line in lines)
    if dialect.spaced:
        return any(f'{dialect.delimiter} "' in line for line in lines)
    return dialect.quote != "'" or lines[0].startswith("'")


def _width(row: list[str], width: int) -> int:
    """Return the number of cells, not counting empty ones beyond the width of the header."""
    return width if len(row) > width and not any(row[width:]) else len(row)
