"""The rows of the benchmark table, and their Markdown format."""

from collections.abc import Sequence
from statistics import median

HEADER = ["| what | figure | rounds | goal | how |", "| --- | ---: | ---: | --- | --- |"]


def row(
    what: str, values: Sequence[float], unit: str, goal: float, better: str, detail: str
) -> dict:
    """Return a row of the table.

    Args:
        what: What was measured.
        values: One value per round; their median is the figure.
        unit: Unit of the values.
        goal: The target value.
        better: "more" if the figure should be at least the goal, "less" if it should be at most
            the goal.
        detail: How the figure was measured.
    """
    return {
        "what": what,
        "value": median(values),
        "spread": f"{min(values):,.4g} to {max(values):,.4g}",
        "unit": unit,
        "goal": goal,
        "better": better,
        "detail": detail,
    }


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Return the ratio of the two measurements of each round."""
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def is_met(row: dict) -> bool:
    """Return whether a row meets its goal."""
    if row["better"] == "more":
        return row["value"] >= row["goal"]
    return row["value"] <= row["goal"]


def markdown_line(row: dict) -> str:
    """Format a row as a line of the table."""
    goal = f"{'at least' if row['better'] == 'more' else 'at most'} {row['goal']:,.4g}"
    if not is_met(row):
        goal += ", missed"
    unit = row["unit"] if row["unit"] == "%" else f" {row['unit']}"
    return (
        f"| {row['what']} | {row['value']:,.4g}{unit} | {row['spread']} | {goal} | "
        f"{row['detail']} |"
    )


def markdown_table(rows: Sequence[dict]) -> str:
    """Format rows as a Markdown table."""
    return "\n".join([*HEADER, *map(markdown_line, rows)]) + "\n"
