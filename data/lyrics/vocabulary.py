"""The vocabulary: a readable file of words with their counts, and the numbers the networks know them by.

The file is tab-separated, one word a line, the commonest first; its line number is the word's number. The first four
are not words but signs. Their names hold a blank, so that no word of a song can be mistaken for one.
`web/core/vocabulary.js` reads the same file.
"""

import re
from pathlib import Path

import numpy as np

from common.cli import GeneError
from common.files import write_text
from data.lyrics.tokenizer import NEWLINE_TEXT

PAD, BOS_EOS, UNK, NEWLINE = range(4)
_COUNT = re.compile("[0-9]{1,18}")
SPECIAL_TOKENS = ["<no word>", "<song start>", "<unknown word>", "<new line>"]


class Vocabulary:
    """A list of words and their counts in the training songs."""

    def __init__(self, words, counts, minimum_count=1):
        self.words, self.counts, self.minimum_count = list(words), list(counts), minimum_count
        self._ids = {word: i for i, word in enumerate(self.words)}
        self._ids[NEWLINE_TEXT] = NEWLINE

    def __len__(self):
        return len(self.words)

    @classmethod
    def from_counts(cls, counts, minimum_count, limit):
        """From {word: count}: words seen `minimum_count` times or more, at most `limit` of them with the signs."""
        kept = sorted(
            (
                (-n, word)
                for word, n in counts.items()
                if n >= minimum_count and word != NEWLINE_TEXT
            )
        )
        kept = kept[: limit - len(SPECIAL_TOKENS)]
        unknown = sum(counts.values()) - counts.get(NEWLINE_TEXT, 0) + sum(n for n, _ in kept)
        return cls(
            SPECIAL_TOKENS + [word for _, word in kept],
            [0, 0, unknown, counts.get(NEWLINE_TEXT, 0)] + [-n for n, _ in kept],
            minimum_count,
        )

    def encode(self, words):
        """The numbers of `words`, int32; a word that is not here becomes UNKNOWN."""
        return np.array([self._ids.get(word, UNK) for word in words], dtype="int32")

    def decode(self, ids):
        """The words of `ids`; the sign for a new line becomes a new line, other signs their names."""
        return [NEWLINE_TEXT if i == NEWLINE else self.words[i] for i in ids]

    def unknown(self, words):
        """Those of `words` that are not here, once each, in order."""
        return list(dict.fromkeys(word for word in words if word not in self._ids))

    def text(self):
        """The file's text."""
        head = f"# {len(self)} words, minimum count {self.minimum_count}\n"
        return head + "".join(f"{word}\t{count}\n" for word, count in zip(self.words, self.counts))

    def save(self, path):
        """Write the file, atomically."""
        write_text(path, self.text())

    @classmethod
    def load(cls, path):
        """Read the file. GeneError that names the line when it is damaged."""
        try:
            head, *lines = Path(path).read_text(encoding="utf-8").rstrip("\n").split("\n")
            minimum_count = int(head.rpartition(" ")[2])
        except FileNotFoundError:
            raise GeneError(
                f"{path}: no such file; the vocabulary belongs beside its network"
            ) from None
        except (ValueError, UnicodeDecodeError):
            raise GeneError(f"{path}: not a vocabulary file") from None
        words, counts = [], []
        for number, line in enumerate(lines, 2):
            word, tab, count = line.rpartition("\t")
            if not tab or not _COUNT.fullmatch(count):
                raise GeneError(f"{path}: line {number} is not a word, a tab and a count")
            words.append(word)
            counts.append(int(count))
        if words[: len(SPECIAL_TOKENS)] != SPECIAL_TOKENS or len(set(words)) != len(words):
            raise GeneError(
                f"{path}: the four signs do not come first, or a word stands there twice"
            )
        return cls(words, counts, minimum_count)
