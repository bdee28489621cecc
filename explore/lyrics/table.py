"""The table of all measured lyrics networks."""

from typing import NamedTuple

PERCENT = "percent"
ONE_DECIMAL = "one decimal"
NUMBER = "number"
COUNT = "count"


class Row(NamedTuple):
    """A row of the table.

    Attributes:
        label: The text in the first column.
        style: `PERCENT`, `ONE_DECIMAL`, `COUNT` or `NUMBER` (two decimals below 10, else one).
        goal: The goal in words; "" if there is none.
    """

    label: str
    style: str
    goal: str = ""


# The keys are those of metrics.test in the meta.json of a run.
ROWS = {
    "perplexity": Row("perplexity", NUMBER),
    "perplexity_ratio_5gram": Row("relative to the 5-gram model", NUMBER, "at most 0.65"),
    "perplexity_ratio_gene_lyrica_one": Row("relative to gene-lyrica-one", NUMBER, "at most 0.65"),
    "perplexity_with_cache": Row("perplexity with the song cache", NUMBER),
    "perplexity_with_cache_ratio_5gram": Row(
        "with the song cache, relative to the 5-gram model", NUMBER, "at most 0.38"
    ),
    "perplexity_artist_given": Row("perplexity, artist given", NUMBER),
    "perplexity_title_given": Row("perplexity, title given", NUMBER),
    "perplexity_both_given": Row("perplexity, artist and title given", NUMBER),
    "accuracy": Row("accuracy", PERCENT),
    "accuracy_5gram": Row("accuracy of the 5-gram model", PERCENT),
    "accuracy_training_songs": Row("accuracy on training songs", PERCENT),
    "vocabulary_coverage": Row("words in the vocabulary", PERCENT),
    "lost_everyday_words": Row("lost everyday words, of 391", COUNT, "0"),
    "lost_first_names": Row("lost first names, of 208", COUNT, "0"),
    "loop_rate_greedy": Row("loops, temperature 0", PERCENT, "under 5%"),
    "loop_rate_temperature_05": Row("loops, temperature 0.5", PERCENT),
    "loop_rate_temperature_1": Row("loops, temperature 1", PERCENT),
    "loop_rate_greedy_unguarded": Row("loops, temperature 0, no loop guard", PERCENT),
    "loop_rate_default": Row("loops, default settings", PERCENT, "0%"),
    "distinct_2": Row("distinct-2", NUMBER, "within 10%"),
    "distinct_3": Row("distinct-3", NUMBER, "within 10%"),
    "self_bleu": Row("self-BLEU", NUMBER, "within 10%"),
    "copied_words": Row("copied words", PERCENT, "under 1%"),
    "longest_copied_phrase": Row("longest copied phrase, words", NUMBER),
    "rhyme_rate": Row("rhyming pairs of lines", PERCENT, "within 20%"),
    "promised_rhymes": Row("promised rhymes that are rhymes", PERCENT, "at least 90%"),
    "dangling_ends": Row("lines that end in mid-sentence", PERCENT, "at most 0.5%"),
    "words_per_line": Row("words per line", ONE_DECIMAL),
    "words_per_line_std": Row("their standard deviation", ONE_DECIMAL, "within 20%"),
}
LABELS = {key: row.label for key, row in ROWS.items()}


def as_table(columns: dict[str, dict[str, float]]) -> str:
    """Format measurements as Markdown, with the goals in the last column.

    Args:
        columns: {name of a run: {key of `ROWS`: value}}. Rows without any value are omitted.
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
    if style == COUNT:
        return f"{value:,}"
    if style == ONE_DECIMAL or value >= 10:
        return f"{value:,.1f}"
    return f"{value:.2f}"
