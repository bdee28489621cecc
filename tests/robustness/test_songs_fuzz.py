"""Tables of songs, valid and damaged, become a corpus or are refused in one line."""

import csv
import gzip
import io

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from data.lyrics.corpus import SPLITS, open_corpus
from data.lyrics.songs import SONGBOOK
from data.lyrics.vocabulary import BOS_EOS
from tests.robustness.damage import muddled, spoiled
from tests.robustness.sandbox import case, cases, line_or

with open(SONGBOOK, newline="", encoding="utf-8") as table:
    ROWS = [row for _, row in zip(range(12), csv.reader(table), strict=False)]


def as_csv(rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(errors="surrogatepass")


WHOLE = as_csv(ROWS)
TEXTS = st.text(
    st.sampled_from("ab 'é\"\n\r,\t\x0b\x1c\x85\u2028\u00a0<>-’…🙂\ufeff\u200d"), max_size=60
)
TABLES = st.one_of(
    spoiled(WHOLE),
    spoiled(gzip.compress(WHOLE, mtime=0)),
    spoiled(WHOLE).map(lambda data: gzip.compress(data, 1)),
    spoiled(WHOLE.decode().encode("utf-16")),
    muddled(ROWS).map(as_csv),
    st.binary(max_size=300),
    st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=8).map(
        lambda rows: as_csv([["artist", "text"], *rows])
    ),
)
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "artists": st.lists(st.sampled_from([ROWS[1][0], "x", ""]), min_size=1),
        "top_artists": st.integers(1, 3),
        "min_songs": st.integers(1, 9),
        "first_rows": st.integers(1, 9),
        "max_songs": st.integers(1, 9),
    },
)


@cases(fast=80, nightly=3500)
@given(TABLES, FILTERS)
@example(WHOLE, {})
def test_a_table_becomes_a_corpus_or_a_line(data, filters):
    with case("songs tables") as folder:
        (folder / "t.csv").write_bytes(data)
        corpus = line_or(open_corpus, folder / "cache", folder / "t.csv", 1, 1000, **filters)
        if corpus:
            spans = np.concatenate([corpus.songs(part) for part in SPLITS])
            assert len(spans) and all(corpus.tokens[begin] == BOS_EOS for begin, _ in spans)
            assert corpus.tokens.max() < len(corpus.vocabulary)
            assert (
                line_or(open_corpus, folder / "cache", folder / "t.csv", 1, 1000, **filters).meta
                == corpus.meta
            )
        assert {path.name for path in folder.iterdir()} <= {"t.csv", "cache"}
        assert not list(folder.glob("cache/.*-*")), "no temporary file is left"
