"""The vocabulary of a lyrics network: which token has which id, as a readable file.

    # 4549 words, minimum count 2
    <no word>	0	0
    <song start>	0	0
    <unknown word>	1480	0
    <new line>	30621	0
    ,	6143	-1
    the	4519	1

`vocabulary.tsv` is tab-separated: token, count in the training songs, rhyme class. The first token
has id 0. The first four are special tokens; their names contain a space, so no word of a song can
equal one. Words of one rhyme class rhyme with each other; `data/lyrics/pronunciation.py` defines
the classes. Files without the third column, from earlier versions, can still be read.

`web/core/vocabulary.js` reads the same file.
"""

import functools
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from common.cli import GeneError
from common.files import write_text
from data.lyrics.pronunciation import rhyme_classes
from data.lyrics.tokenizer import NEWLINE_TEXT

PAD = 0
BOS_EOS = 1  # the token that both begins and ends a song
UNK = 2
NEWLINE = 3
SPECIAL_TOKENS = ["<no word>", "<song start>", "<unknown word>", "<new line>"]

_COUNT = re.compile("[0-9]{1,18}")
_RHYME_CLASS = re.compile("-1|[0-9]{1,9}")


class Vocabulary:
    """The tokens of a network, their counts in the training songs and their rhyme classes.

    Args:
        words: Tokens by id, special tokens first.
        counts: Occurrences of each token in the training songs.
        minimum_count: Occurrences that a word needed to get in.
        classes: Rhyme class of each token; computed when first needed if None.
    """

    def __init__(
        self,
        words: Iterable[str],
        counts: Iterable[int],
        minimum_count: int = 1,
        classes: Iterable[int] | None = None,
    ):
        self.words = list(words)
        self.counts = list(counts)
        self.minimum_count = minimum_count
        if classes is not None:
            self.rhyme_classes = np.array(list(classes), dtype="int32")
        self._ids = {word: i for i, word in enumerate(self.words)}
        self._ids[NEWLINE_TEXT] = NEWLINE

    def __len__(self) -> int:
        return len(self.words)

    @functools.cached_property
    def rhyme_classes(self) -> np.ndarray:
        """Rhyme class of each token, int32 (tokens,).

        0 stands for a token that rhymes with nothing, -1 for punctuation that cannot begin a line.
        """
        return np.array(rhyme_classes(self.words), dtype="int32")

    @classmethod
    def from_counts(cls, counts: dict[str, int], minimum_count: int, limit: int) -> "Vocabulary":
        """Choose the most frequent words.

        Args:
            counts: Occurrences of each word in the training songs.
            minimum_count: Leave out words with fewer occurrences.
            limit: Maximum size of the vocabulary, special tokens included.
        """
        candidates = [
            word
            for word, count in counts.items()
            if count >= minimum_count and word != NEWLINE_TEXT
        ]
        candidates.sort(key=lambda word: (-counts[word], word))
        kept = candidates[: limit - len(SPECIAL_TOKENS)]
        kept_counts = [counts[word] for word in kept]
        newlines = counts.get(NEWLINE_TEXT, 0)
        unknown = sum(counts.values()) - newlines - sum(kept_counts)
        return cls(SPECIAL_TOKENS + kept, [0, 0, unknown, newlines, *kept_counts], minimum_count)

    def encode(self, words: Iterable[str]) -> np.ndarray:
        """Return the ids of words, int32; `UNK` for a word that is not in the vocabulary."""
        return np.array([self._ids.get(word, UNK) for word in words], dtype="int32")

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Return the words of ids. `NEWLINE` becomes a line break, other special tokens a name."""
        return [NEWLINE_TEXT if i == NEWLINE else self.words[i] for i in ids]

    def out_of_vocabulary(self, words: Iterable[str]) -> list[str]:
        """Return the distinct words that are not in the vocabulary, in order."""
        return list(dict.fromkeys(word for word in words if word not in self._ids))

    def sha256(self) -> str:
        """Return a hash of the words and their counts, which does not change with rhyme classes."""
        lines = [f"{word}\t{count}\n" for word, count in zip(self.words, self.counts, strict=True)]
        return hashlib.sha256((self._header() + "".join(lines)).encode()).hexdigest()

    def save(self, path: str | Path) -> None:
        """Write the file atomically."""
        columns = zip(self.words, self.counts, self.rhyme_classes, strict=True)
        lines = [f"{word}\t{count}\t{rhyme}\n" for word, count, rhyme in columns]
        write_text(path, self._header() + "".join(lines))

    def _header(self) -> str:
        return f"# {len(self)} words, minimum count {self.minimum_count}\n"

    @classmethod
    def load(cls, path: str | Path) -> "Vocabulary":
        """Read the file.

        Raises:
            GeneError: The file is missing or damaged; the message names the line.
        """
        try:
            header, *lines = Path(path).read_text(encoding="utf-8").rstrip("\n").split("\n")
            minimum_count = int(header.rpartition(" ")[2])
        except FileNotFoundError:
            raise GeneError(
                f"{path}: no such file; the vocabulary must be next to model.keras"
            ) from None
        except (ValueError, UnicodeDecodeError):
            raise GeneError(f"{path}: not a vocabulary file") from None
        rows = [_parse(path, number, line) for number, line in enumerate(lines, 2)]
        words = [row[0] for row in rows]
        if words[: len(SPECIAL_TOKENS)] != SPECIAL_TOKENS:
            raise GeneError(f"{path}: the special tokens {', '.join(SPECIAL_TOKENS)} must be first")
        if len(set(words)) != len(words):
            raise GeneError(f"{path}: a word occurs twice")
        counts = [int(row[1]) for row in rows]
        if len(rows[0]) == 2:  # written by an earlier version
            return cls(words, counts, minimum_count)
        if any(len(row) == 2 for row in rows):
            raise GeneError(f"{path}: some lines have no rhyme class")
        return cls(words, counts, minimum_count, [int(row[2]) for row in rows])


def _parse(path: str | Path, number: int, line: str) -> list[str]:
    """Split one line into word, count and, in current files, rhyme class."""
    cells = line.split("\t")
    if (
        len(cells) not in (2, 3)
        or not _COUNT.fullmatch(cells[1])
        or (len(cells) == 3 and not _RHYME_CLASS.fullmatch(cells[2]))
    ):
        raise GeneError(f"{path}: line {number} must be: word, tab, count, tab, rhyme class")
    return cells
