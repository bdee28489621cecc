"""The table of all measured lyrics networks."""

from typing import NamedTuple

PERCENT = "percent"
ONE_DECIMAL = "one decimal"
NUMBER = "number"


class Row(NamedTuple):
    """A row of the table.

    Attributes:
        label: What the row is called.
        style: `PERCENT`, `ONE_DECIMAL` or `NUMBER` (two decimals below 10, else one).
        goal: What gene-lyrica-two is meant to reach.
    """

    label: str
    style: str
    goal: str = ""


# Keys are those of metrics.test in a run's meta.json.
ROWS = {
    "perplexity": Row("perplexity", NUMBER),
    "perplexity_ratio_5gram": Row("relative to the 5-gram model", NUMBER, "at most 0.65"),
    "perplexity_ratio_gene_lyrica_one": Row("relative to gene-lyrica-one", NUMBER, "at most 0.65"),
    "perplexity_artist_given": Row("perplexity, artist given", NUMBER),
    "accuracy": Row("accuracy", PERCENT),
    "accuracy_5gram": Row("accuracy of the 5-gram model", PERCENT),
    "accuracy_training_songs": Row("accuracy on training songs", PERCENT),
    "vocabulary_coverage": Row("words in the vocabulary", PERCENT),
    "loop_rate_greedy": Row("loops, temperature 0", PERCENT, "under 5 %"),
    "loop_rate_temperature_05": Row("loops, temperature 0.5", PERCENT),
    "loop_rate_temperature_1": Row("loops, temperature 1", PERCENT),
    "loop_rate_greedy_unguarded": Row("loops, temperature 0, no loop guard", PERCENT),
    "loop_rate_default": Row("loops, default settings", PERCENT, "0 %"),
    "distinct_2": Row("distinct-2", NUMBER, "within 10 %"),
    "distinct_3": Row("distinct-3", NUMBER, "within 10 %"),
    "self_bleu": Row("self-BLEU", NUMBER, "within 10 %"),
    "copied_words": Row("copied words", PERCENT, "under 1 %"),
    "longest_copied_phrase": Row("longest copied phrase, words", NUMBER),
    "rhyme_rate": Row("rhyming pairs of lines", PERCENT, "within 20 %"),
    "words_per_line": Row("words per line", ONE_DECIMAL),
    "words_per_line_std": Row("their standard deviation", ONE_DECIMAL, "within 20 %"),
}
LABELS = {key: row.label for key, row in ROWS.items()}


def as_table(columns: dict[str, dict[str, float]]) -> str:
    """Format measurements as Markdown, with the goals in the last column.

    Args:
        columns: {name of a run: {key of `ROWS`: value}}. Rows without any value are left out.
    """
    lines = [["", *columns, "goal"], ["---"] * (len(columns) + 2)]
    for key, row in ROWS.items():
        if any(key in column for column in columns.values()):
            cells = [_format(row.style, column.get(key)) for column in columns.values()]
            lines.append([row.label, *cells, row.goal])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _format(style: str, value: float | None) -> str:
    if value is None:
        return ""
    if style == PERCENT:
        return f"{value:.1%}"
    if style == ONE_DECIMAL or value >= 10:
        return f"{value:,.1f}"
    return f"{value:.2f}"
