"""Write the tables of a run: every row as CSV, and medians over the seeds as Markdown."""

from statistics import median

from common import tables
from common.files import write_text
from common.tables import as_csv, format_percent
from train.addition.spec import Trained
from train.core.run import Run

# The accuracies that the original blog post reported. Its networks had no biases. It gave figures
# for some networks, keyed here by (nodes, maximum sum), and only a word for the others, keyed by
# maximum sum.
ORIGINAL_FIGURES = {(1, 16): "20%", (2, 16): "above 90%", (2, 256): "2%", (16, 256): "6%"}
ORIGINAL_WORDS = {16: "high", 256: "poor", 65536: "abysmal"}


def as_markdown(rows: list[dict], solved: bool) -> str:
    """Format rows as a Markdown table with one line per network.

    Each cell contains the median over the seeds, followed by the range if their values differ.

    Args:
        rows: Rows from `evaluate`.
        solved: Whether the rows come from the solver. If so, the table has the number of attempts
            ("starts") instead of epochs, and also the accuracy in float64.

    Returns:
        The table.
    """
    columns = _columns(solved)
    groups: dict[tuple, list[dict]] = {}
    for row in rows:
        groups.setdefault((row["biases"], row["max_sum"], row["nodes"]), []).append(row)
    seeds = max(len(group) for group in groups.values())
    title = f"Median of {seeds} seeds (least–largest)." if seeds > 1 else "One seed."
    lines = [_line(group, columns) for _, group in sorted(groups.items())]
    return f"{title}\n\n{tables.as_markdown(lines)}"


def _line(group: list[dict], columns: dict) -> dict[str, str]:
    """Return the cells of a network, given its rows of all seeds."""
    network = group[0]
    nodes = network["nodes"]
    max_sum = network["max_sum"]
    cells = {
        "nodes": str(nodes),
        "biases": "with" if network["biases"] else "without",
        "maximum sum": f"{max_sum:,}",
        "the original said": "" if network["biases"] else _original_result(nodes, max_sum),
    }
    for title, (key, format_value) in columns.items():
        cells[title] = _cell([row[key] for row in group], format_value)
    return cells


def _columns(solved: bool) -> dict:
    """Return {title: (key of a row, function that formats a value)}."""
    columns = {
        "accuracy": ("accuracy", format_percent),
        "MSE": ("mse", format_number),
        "all pairs": ("all_float32", format_percent),
    }
    if solved:
        columns["all pairs, float64"] = ("all_float64", format_percent)
    columns["starts" if solved else "epochs"] = ("epochs", "{:.0f}".format)
    columns["seconds"] = ("seconds", format_number)
    return columns


def _original_result(nodes: int, max_sum: int) -> str:
    return ORIGINAL_FIGURES.get((nodes, max_sum), ORIGINAL_WORDS.get(max_sum, ""))


def _cell(values: list, format_value) -> str:
    low = format_value(min(values)).removesuffix("%")
    high = format_value(max(values)).removesuffix("%")
    middle = format_value(median(values))
    return middle if low == high else f"{middle} ({low}–{high})"


def format_number(value: float) -> str:
    """Format a number of any size with three digits: 0.115, 1,460, 1.24e9."""
    if value >= 1e6 or 0 < value < 1e-4:
        digits, power = f"{value:.2e}".split("e")
        return f"{digits}e{int(power)}"
    return f"{float(f'{value:.3g}'):,g}"


def save_tables(run: Run, rows: list[dict], solved: bool) -> None:
    """Write table.csv and table.md to the folder of a run; see `as_markdown`."""
    write_text(run.path("table.csv"), as_csv(rows))
    write_text(run.path("table.md"), as_markdown(rows, solved))


def loss_column(hidden: int, biases: bool, max_sum: int) -> str:
    """Return the name of a network's column in losses.csv."""
    prefix = "biased-" if biases else ""
    return f"{prefix}{hidden}-{max_sum}"


def save_losses(run: Run, trained: list[Trained]) -> None:
    """Write losses.csv: the held-out loss after each epoch, one column per network."""
    columns = {}
    for network in trained:
        spec = network.spec
        columns[loss_column(spec.hidden, spec.biases, spec.max_sum)] = network.losses
    rows = []
    for i in range(max(len(losses) for losses in columns.values())):
        values = {name: losses[i] if i < len(losses) else "" for name, losses in columns.items()}
        rows.append({"epoch": i + 1} | values)
    write_text(run.path("losses.csv"), as_csv(rows))
