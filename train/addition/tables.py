"""The tables of the addition networks: every row as CSV, median and spread over the seeds as Markdown."""

from statistics import median

import numpy as np

from common.files import write_text
from common.tables import as_csv

# In the original's prose: words of all sums, figures of some.
SAID = {16: "high", 256: "poor", 65536: "abysmal"}
STATED = {(1, 16): "20 %", (2, 16): "above 90 %", (2, 256): "2 %", (16, 256): "6 %"}


def as_markdown(rows, solved):
    """The rows grouped by network: the median over the seeds, and from the least to the largest where they differ.

    solved: of recipe `solve`, whose epochs are starts, and which has float64 beside float32.
    """
    groups = {}
    for row in rows:
        groups.setdefault((row["biases"], row["max_sum"], row["nodes"]), []).append(row)
    columns = {
        "accuracy": ("accuracy", percent),
        "MSE": ("mse", brief),
        "all pairs": ("all_float32", percent),
    }
    columns |= {"all pairs, float64": ("all_float64", percent)} if solved else {}
    columns |= {
        "starts" if solved else "epochs": ("epochs", "{:.0f}".format),
        "seconds": ("seconds", brief),
    }
    head = ["nodes", "biases", "maximum sum", "the original said", *columns]
    seeds = max(map(len, groups.values()))
    lines = [
        f"Median of {seeds} seeds (least–largest)." if seeds > 1 else "One seed.",
        "",
        "| " + " | ".join(head) + " |",
        "|" + " ---: |" * len(head),
    ]
    for (biases, max_sum, nodes), group in sorted(groups.items()):
        stated = "" if biases else STATED.get((nodes, max_sum), SAID.get(max_sum, ""))
        cells = [str(nodes), "with" if biases else "without", f"{max_sum:,}", stated]
        cells += [_cell([row[name] for row in group], show) for name, show in columns.values()]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(values, show):
    low, high = (show(end).removesuffix(" %") for end in (min(values), max(values)))
    return show(median(values)) + (f" ({low}–{high})" if low != high else "")


def brief(value):
    """A number of any size in three digits: 0.115, 1,460, 1.24e9."""
    if value >= 1e6 or 0 < value < 1e-4:
        digits, power = f"{value:.2e}".split("e")
        return f"{digits}e{int(power)}"
    return f"{float(f'{value:.3g}'):,g}"


def percent(share):
    """A share in percent. 100 % is said of all, never of nearly all."""
    if share == 1:
        return "100 %"
    if share >= 0.001:
        return f"{min(share * 100, 99.99):.{2 if share > 0.99 else 1}f} %"
    return (
        f"{np.format_float_positional(share * 100, 1, unique=False, fractional=False, trim='-')} %"
    )


def save_tables(run, rows, solved):
    """Write table.csv and table.md into the run's folder."""
    write_text(run.path("table.csv"), as_csv(rows))
    write_text(run.path("table.md"), as_markdown(rows, solved))


def save_losses(run, trained):
    """Write losses.csv: the held-out loss after each epoch, one column a network, empty once it has stopped."""
    columns = {
        f"{'biased-' * t.adder.biases}{t.adder.hidden}-{t.adder.max_sum}": t.losses for t in trained
    }
    rows = [
        {"epoch": i + 1}
        | {name: losses[i] if i < len(losses) else "" for name, losses in columns.items()}
        for i in range(max(map(len, columns.values())))
    ]
    write_text(run.path("losses.csv"), as_csv(rows))
