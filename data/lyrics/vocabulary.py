"""The vocabulary of a lyrics network: the token of each id, stored as a text file.

    # 4549 words, minimum count 2
    <no word>	0	0	3
    <song start>	0	0	3
    <unknown word>	1480	0	3
    <new line>	30621	0	3
    ,	6143	-1	3
    the	4519	1	2
    i	3210	2	2	I

The columns of `vocabulary.tsv` are separated by tabs: token, count in the training songs, rhyme
class, kind of word and, for words that are not lowercase inside a line, their usual form. The first
token has id 0. The first four are special tokens; their names contain a space, so no word of a song
can equal one. In vocabularies with slots, `<unknown 1>` to `<unknown 8>` follow: in each song, they
stand for the words that are not in the vocabulary (`data/lyrics/slots.py`). Words of the same rhyme
class rhyme. `data/lyrics/pronunciation.py` defines the classes, `data/lyrics/word_kinds.py` the
kinds, and `data/lyrics/typography.py` the forms. Files of earlier versions, which do not have the
last columns, can still be read.

`web/core/vocabulary.js` reads the same file.
"""

import functools
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from common.cli import GeneError, printable
from common.files import write_text
from common.runs import RESTORE_RUN
from data.lyrics.pronunciation import rhyme_classes
from data.lyrics.tokenizer import NEWLINE_TEXT
from data.lyrics.word_kinds import word_kinds

PAD = 0
BOS_EOS = 1  # the token that both begins and ends a song
UNK = 2
NEWLINE = 3
SPECIAL_TOKENS = ["<no word>", "<song start>", "<unknown word>", "<new line>"]
SLOT_TOKENS = [f"<unknown {number}>" for number in range(1, 9)]

_COUNT = re.compile("[0-9]{1,18}")
_RHYME_CLASS = re.compile("-1|[0-9]{1,9}")
_WORD_KIND = re.compile("[0-3]")
_COLUMNS = [_COUNT, _RHYME_CLASS, _WORD_KIND, re.compile(".+")]
_NUM_COLUMNS = 4  # columns in every line; some lines have a form after them


class Vocabulary:
    """The tokens of a network, their counts in the training songs and their rhyme classes.

    Args:
        words: Tokens by id, special tokens first.
        counts: Occurrences of each token in the training songs.
        minimum_count: Minimum number of occurrences of the words in the vocabulary.
        classes: Rhyme class of each token; if None, they are computed when first needed.
        kinds: Kind of each token; if None, they are computed when first needed.
        forms: The forms of words that are not lowercase inside a line: {"i": "I"}.

    Attributes:
        slots: Ids of the slots; empty if there are none.
    """

    def __init__(
        self,
        words: Iterable[str],
        counts: Iterable[int],
        minimum_count: int = 1,
        classes: Iterable[int] | None = None,
        kinds: Iterable[int] | None = None,
        forms: Mapping[str, str] | None = None,
    ):
        self.words = list(words)
        self.forms = dict(forms or {})
        self.counts = list(counts)
        self.minimum_count = minimum_count
        if classes is not None:
            self.rhyme_classes = np.array(list(classes), dtype="int32")
        if kinds is not None:
            self.word_kinds = np.array(list(kinds), dtype="int32")
        self._ids = {word: i for i, word in enumerate(self.words)}
        self._ids[NEWLINE_TEXT] = NEWLINE
        self.slots = [self._ids[token] for token in SLOT_TOKENS if token in self._ids]

    def __len__(self) -> int:
        return len(self.words)

    @functools.cached_property
    def rhyme_classes(self) -> np.ndarray:
        """Rhyme class of each token, int32 (tokens,).

        0 means that the token rhymes with nothing, -1 that it is punctuation that cannot begin a
        line.
        """
        return np.array(rhyme_classes(self.words), dtype="int32")

    @functools.cached_property
    def word_kinds(self) -> np.ndarray:
        """Kind of each token, int32 (tokens,); `data.lyrics.word_kinds` defines them."""
        return np.array(word_kinds(self.words), dtype="int32")

    @classmethod
    def from_counts(
        cls,
        counts: dict[str, int],
        minimum_count: int,
        limit: int,
        base: "Vocabulary | None" = None,
        has_slots: bool = False,
    ) -> "Vocabulary":
        """Choose the most frequent words.

        Args:
            counts: Occurrences of each word in the training songs.
            minimum_count: Leave out words with fewer occurrences.
            limit: Maximum size of the vocabulary, including special tokens.
            base: A vocabulary whose words are all included, even beyond the limit.
            has_slots: Whether to add slots for unknown words.
        """
        special = SPECIAL_TOKENS + (SLOT_TOKENS if has_slots else [])
        inherited = [word for word in base.words if word not in special] if base else []
        is_inherited = set(inherited)
        candidates = [
            word
            for word, count in counts.items()
            if count >= minimum_count and word != NEWLINE_TEXT and word not in is_inherited
        ]
        candidates.sort(key=lambda word: (-counts[word], word))
        room = max(limit - len(special) - len(inherited), 0)
        kept = [*inherited, *candidates[:room]]
        kept_counts = [counts.get(word, 0) for word in kept]
        newlines = counts.get(NEWLINE_TEXT, 0)
        unknown = sum(counts.values()) - newlines - sum(kept_counts)
        counts_of_special = [0, 0, unknown, newlines, *[0] * (len(special) - len(SPECIAL_TOKENS))]
        return cls(
            special + kept,
            counts_of_special + kept_counts,
            minimum_count,
            forms=base.forms if base else None,
        )

    def encode(self, words: Iterable[str]) -> np.ndarray:
        """Return the ids of words, int32; `UNK` for a word that is not in the vocabulary."""
        return np.array([self._ids.get(word, UNK) for word in words], dtype="int32")

    def id_of(self, word: str) -> int | None:
        """Return the id of a word, or None if it is not in the vocabulary."""
        return self._ids.get(word)

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Return the words for ids: a line break for `NEWLINE`, a name for other special tokens."""
        return [NEWLINE_TEXT if i == NEWLINE else self.words[i] for i in ids]

    def out_of_vocabulary(self, words: Iterable[str]) -> list[str]:
        """Return the distinct words that are not in the vocabulary, in order."""
        return list(dict.fromkeys(word for word in words if word not in self._ids))

    def sha256(self) -> str:
        """Return a hash of the words and their counts; it does not depend on rhyme classes."""
        lines = [f"{word}\t{count}\n" for word, count in zip(self.words, self.counts, strict=True)]
        return hashlib.sha256((self._header() + "".join(lines)).encode()).hexdigest()

    def save(self, path: str | Path) -> None:
        """Write vocabulary.tsv atomically."""
        write_text(path, self.as_text())

    def as_text(self) -> str:
        """Return the content of vocabulary.tsv."""
        numbers = zip(self.counts, self.rhyme_classes, self.word_kinds, strict=True)
        lines = [
            "\t".join([word, *map(str, row), *self._form_cells(word)]) + "\n"
            for word, row in zip(self.words, numbers, strict=True)
        ]
        return self._header() + "".join(lines)

    def _form_cells(self, word: str) -> list[str]:
        """Return the last cell of a word's line; no cell if the word is written in lowercase."""
        return [self.forms[word]] if word in self.forms else []

    def _header(self) -> str:
        return f"# {len(self)} words, minimum count {self.minimum_count}\n"

    @classmethod
    def load(cls, path: str | Path) -> "Vocabulary":
        """Read vocabulary.tsv.

        Raises:
            GeneError: If the file is missing or damaged; the message names the line.
        """
        try:
            return cls.parse(Path(path).read_bytes(), path)
        except FileNotFoundError:
            raise GeneError(
                f"{path}: no such file; the vocabulary must be in the same folder as model.keras"
            ) from None

    @classmethod
    def parse(cls, content: bytes, source: str | Path) -> "Vocabulary":
        """Parse the content of vocabulary.tsv.

        Args:
            content: The content of the file.
            source: Where the content is from, for error messages.

        Raises:
            GeneError: If the content is damaged; the message names the line.
        """
        try:
            text = re.sub("\r\n?", "\n", content.decode("utf-8"))
            header, *lines = text.rstrip("\n").split("\n")
            minimum_count = int(header.rpartition(" ")[2])
        except ValueError:
            raise GeneError(f"{source}: not a vocabulary file; {RESTORE_RUN}") from None
        rows = [_parse(source, number, line) for number, line in enumerate(lines, 2)]
        words = [row[0] for row in rows]
        if words[: len(SPECIAL_TOKENS)] != SPECIAL_TOKENS:
            raise GeneError(f"{source}: must start with {', '.join(SPECIAL_TOKENS)}; {RESTORE_RUN}")
        if len(set(words)) != len(words):
            [(word, _)] = Counter(words).most_common(1)
            raise GeneError(f"{source}: contains {printable(repr(word))} twice; {RESTORE_RUN}")
        counts = [int(row[1]) for row in rows]
        if len({min(len(row), _NUM_COLUMNS) for row in rows}) > 1:
            raise GeneError(f"{source}: some lines have fewer columns than others; {RESTORE_RUN}")
        # Files of earlier versions have neither rhyme classes nor kinds.
        classes, kinds = (
            [int(row[i]) for row in rows] if len(rows[0]) > i else None for i in (2, 3)
        )
        forms = {row[0]: row[_NUM_COLUMNS] for row in rows if len(row) > _NUM_COLUMNS}
        return cls(words, counts, minimum_count, classes, kinds, forms)


def _parse(path: str | Path, number: int, line: str) -> list[str]:
    """Split a line into its cells: two to five, depending on the version and on the word."""
    cells = line.split("\t")
    pairs = zip(_COLUMNS, cells[1:], strict=False)
    is_valid = all(pattern.fullmatch(cell) for pattern, cell in pairs)
    if not 2 <= len(cells) <= _NUM_COLUMNS + 1 or not is_valid:
        raise GeneError(
            f"{path}: line {number} must contain a word, its count, its rhyme class and its kind, "
            f"separated by tabs; {RESTORE_RUN}"
        )
    return cells
