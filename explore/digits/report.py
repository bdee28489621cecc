"""What a command of `explore` found out: a table, printed and kept as CSV and Markdown, and pictures."""

from pathlib import Path

from common.files import write_text
from common.tables import as_csv, as_markdown
from explore.addition import plots


def keep_table(out, name, rows, shown=None):
    """Write rows to out/name.csv and, as text, to name.md, and print them. shown: {column: how to write it}."""
    texts = [
        {key: (shown or {}).get(key, _plain)(value) for key, value in row.items()} for row in rows
    ]
    table = as_markdown(texts)
    write_text(Path(out) / f"{name}.csv", as_csv(rows))
    write_text(Path(out) / f"{name}.md", table)
    print(table, flush=True)


def keep_picture(out, name, figure):
    """Write a figure to out/name.png and .svg."""
    path = Path(out) / name
    plots.save(figure, path)
    print(f"{path}.png", flush=True)


def percent(share):
    """A share in percent, never rounded up to 100."""
    return (
        "100 %"
        if share == 1
        else f"{min(share, 0.9999) * 100:.2f} %"
        if share > 0.99
        else f"{share * 100:.1f} %"
    )


def sure(share):
    """A confidence in percent, rounded down, with as many nines as it has."""
    if share > 0.999999:
        return "> 99.9999 %"
    return f"{int(share * 1e6) / 1e4:.4f} %" if share > 0.999 else f"{int(share * 1e4) / 1e2:.2f} %"


def _plain(value):
    return value if isinstance(value, (int, str)) else f"{value:,.4g}"
