"""Tables as CSV, for machines, and as Markdown, for people."""

import csv
import io


def as_csv(rows):
    """Rows, dicts with the same keys, as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {k: f"{v:.6g}" if isinstance(v, float) else v for k, v in row.items()} for row in rows
    )
    return text.getvalue()


def as_markdown(rows):
    """Rows, dicts with the same keys and text or whole numbers as values, as a Markdown table."""
    head = list(rows[0])
    lines = ["| " + " | ".join(head) + " |", "|" + " ---: |" * len(head)]
    lines += [
        "| "
        + " | ".join(f"{row[name]:,}" if isinstance(row[name], int) else row[name] for name in head)
        + " |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"
