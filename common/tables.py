"""Write tables as CSV for programs and as Markdown for people."""

import csv
import io
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]


def as_csv(rows: Sequence[Row]) -> str:
    """Format rows as CSV with a header.

    Args:
        rows: At least one row; all have the same columns. Floats are written with six significant
            digits.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _csv_value(value) for name, value in row.items()})
    return text.getvalue()


def _csv_value(value):
    return f"{value:.6g}" if isinstance(value, float) else value


def as_markdown(
    rows: Sequence[Row],
    formatters: Mapping[str, Callable[[Any], str]] | None = None,
    left: Collection[str] = (),
) -> str:
    """Format rows as a Markdown table.

    Args:
        rows: At least one row; all have the same columns.
        formatters: Function that formats the values of a column, by column name. The default is
            `format_number` for numbers, an empty cell for None, and text unchanged.
        left: Columns to align left; the others are aligned right.
    """
    columns = list(rows[0])
    formatters = formatters or {}
    lines = [
        _markdown_line(columns),
        _markdown_line([":---" if name in left else "---:" for name in columns]),
    ]
    for row in rows:
        lines.append(
            _markdown_line([formatters.get(name, _markdown_value)(row[name]) for name in columns])
        )
    return "\n".join(lines) + "\n"


def _markdown_line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _markdown_value(value) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else format_number(value)


def format_number(value: float) -> str:
    """Format a number: integers in full, others with four significant digits."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"


def format_percent(share: float) -> str:
    """Format a fraction as a percentage.

    Percentages have one decimal, two above 99%, and one significant digit below 0.1%. Only a
    fraction of exactly 1 becomes "100%"; smaller fractions are never rounded up to it.

    Args:
        share: The fraction, from 0 to 1.
    """
    if share == 1:
        return "100%"
    percent = share * 100
    if share > 0.99:
        return f"{min(percent, 99.99):.2f}%"
    if share >= 0.001:
        return f"{percent:.1f}%"
    return f"{Decimal(f'{percent:.0e}'):f}%"
