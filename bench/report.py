"""A row of the table: what was measured, against what, and whether the goal is met; and how the table is written."""

from statistics import median

HEADER = ["| what | figure | rounds | goal | how |", "| --- | ---: | ---: | --- | --- |"]


def row(what, values, unit, goal, better, detail):
    """values: one of each round; the median counts. better: "more" or "less"."""
    return {
        "what": what,
        "value": median(values),
        "spread": f"{min(values):,.4g} to {max(values):,.4g}",
        "unit": unit,
        "goal": goal,
        "better": better,
        "detail": detail,
    }


def ratios(ours, theirs):
    """The ratio of each round."""
    return [a / b for a, b in zip(ours, theirs)]


def is_met(row):
    """Is the goal reached?"""
    return row["value"] >= row["goal"] if row["better"] == "more" else row["value"] <= row["goal"]


def line(row):
    """The row in Markdown."""
    goal = f"{'at least' if row['better'] == 'more' else 'at most'} {row['goal']:,.4g}"
    return (
        f"| {row['what']} | {row['value']:,.4g} {row['unit']} | {row['spread']} | "
        f"{goal}{'' if is_met(row) else ', missed'} | {row['detail']} |"
    )
