"""Tables and figures that a command of `explore.digits` prints and saves."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from matplotlib.figure import Figure

from common.files import write_text
from common.tables import as_csv, as_markdown
from explore.plotting import save_figure


class Column(NamedTuple):
    """One column of a table.

    Attributes:
        key: Key of the value in a row, and header of the CSV file.
        label: Header of the printed and the Markdown table.
        format: Function that formats the value for the Markdown table.
    """

    key: str
    label: str
    format: Callable[[Any], str] | None = None


def save_table(folder: str | Path, name: str, rows: list[dict], columns: list[Column]) -> None:
    """Write rows to NAME.csv and, as a formatted table, to NAME.md; print the table."""
    folder = Path(folder)
    ordered = [{column.key: row[column.key] for column in columns} for row in rows]
    labeled = [{column.label: row[column.key] for column in columns} for row in rows]
    formatters = {column.label: column.format for column in columns if column.format}
    table = as_markdown(labeled, formatters)
    write_text(folder / f"{name}.csv", as_csv(ordered))
    write_text(folder / f"{name}.md", table)
    print(table, flush=True)


def save_and_print_figure(folder: str | Path, name: str, figure: Figure) -> None:
    """Write a figure to NAME.png and NAME.svg and print its path."""
    path = Path(folder) / name
    save_figure(figure, path)
    print(f"{path}.png", flush=True)


def format_confidence(share: float) -> str:
    """Format a confidence as a percentage, rounded down: two decimals, four above 99.9%."""
    if share > 0.999999:
        return "> 99.9999%"
    if share > 0.999:
        return f"{int(share * 1e6) / 1e4:.4f}%"
    return f"{int(share * 1e4) / 1e2:.2f}%"
