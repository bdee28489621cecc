"""A row of the table: what was measured, against what, and whether the goal is met."""

from statistics import median


def row(what, values, unit, goal, better, detail):
    """values: one of each round; the median counts. better: "more" or "less"."""
    return {"what": what, "value": median(values), "spread": f"{min(values):,.4g} to {max(values):,.4g}",
            "unit": unit, "goal": goal, "better": better, "detail": detail}


def ratios(ours, theirs):
    """The ratio of each round."""
    return [a / b for a, b in zip(ours, theirs)]
