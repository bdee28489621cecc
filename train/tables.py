"""The tables of the addition networks: every row as CSV, median and spread over the seeds as Markdown."""

from statistics import median

from common.files import write_text
from common.tables import as_csv

STATED = {(1, 16): "20 %", (2, 16): "above 90 %", (2, 256): "2 %", (16, 256): "6 %"}    # in the original's prose


def as_markdown(rows, solved):
    """The rows grouped by network: the median over the seeds, and from the least to the largest where they differ.

    solved: of recipe `solve`, which has starts instead of epochs, and float64 beside float32.
    """
    groups = {}
    for row in rows:
        groups.setdefault((row["biases"], row["max_sum"], row["nodes"]), []).append(row)
    columns = {"accuracy": ("accuracy", percent), "MSE": ("mse", "{:.3g}".format), "all pairs": ("all_float32", percent)}
    columns |= {"all pairs, float64": ("all_float64", percent)} if solved else {}
    columns |= {"starts" if solved else "epochs": ("epochs", "{:.0f}".format), "seconds": ("seconds", "{:.2g}".format)}
    head = ["nodes", "biases", "maximum sum", "the original said", *columns]
    seeds = max(map(len, groups.values()))
    lines = [f"Median of {seeds} seeds (least to largest)." if seeds > 1 else "One seed.", "",
             "| " + " | ".join(head) + " |", "|" + " ---: |" * len(head)]
    for (biases, max_sum, nodes), group in sorted(groups.items()):
        stated = "" if biases else STATED.get((nodes, max_sum), "")
        cells = [str(nodes), "with" if biases else "without", f"{max_sum:,}", stated]
        cells += [_cell([row[name] for row in group], show) for name, show in columns.values()]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(values, show):
    low, high = show(min(values)), show(max(values))
    return show(median(values)) + (f" ({low} to {high})" if low != high else "")


def percent(share):
    """A share in percent. 100 % is said of all, never of nearly all."""
    if share == 1:
        return "100 %"
    return f"{min(share * 100, 99.99):.{2 if share > 0.99 else 1}f} %" if share >= 0.001 else f"{share * 100:.1g} %"


def save_tables(run, rows, solved):
    """Write table.csv and table.md into the run's folder."""
    write_text(run.path("table.csv"), as_csv(rows))
    write_text(run.path("table.md"), as_markdown(rows, solved))


def save_losses(run, trained):
    """Write losses.csv: the held-out loss after each epoch, one column a network, empty once it has stopped."""
    columns = {f"{'biased-' * t.adder.biases}{t.adder.hidden}-{t.adder.max_sum}": t.losses for t in trained}
    rows = [{"epoch": i + 1} | {name: losses[i] if i < len(losses) else "" for name, losses in columns.items()}
            for i in range(max(map(len, columns.values())))]
    write_text(run.path("losses.csv"), as_csv(rows))
