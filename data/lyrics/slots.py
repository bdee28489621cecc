"""Slots: tokens that stand for the words of a song that are not in the vocabulary.

In each song, the first unknown word is replaced with `<unknown 1>`, the next different one with
`<unknown 2>`, and so on, first in the title and then in the lyrics. So a network can repeat a word
that it has never seen; the word itself is inserted again when the song is shown. If a song has more
unknown words than there are slots, the remaining ones are `UNK`. When a song is continued, its
words keep their slots.

`web/core/slots.js` does the same; `tests/golden/slots.json` checks both.
"""

from collections.abc import Iterable

from data.lyrics.tokenizer import is_word, tokenize
from data.lyrics.vocabulary import UNK, Vocabulary

MAX_TITLE_WORDS = 8


def title_words(title: str) -> list[str]:
    """Return the part of a title that networks read: its first 8 words, without punctuation."""
    words = [token for token in tokenize(title) if is_word(token)]
    return words[:MAX_TITLE_WORDS]


class SongSlots:
    """Encodes the words of one song as token ids, and decodes token ids.

    Args:
        vocabulary: The vocabulary. If it has no slots, all unknown words are `UNK`.

    Attributes:
        words: The words that have slots, in the order of the slots.
    """

    def __init__(self, vocabulary: Vocabulary):
        self.words: list[str] = []
        self._vocabulary = vocabulary

    def encode(self, words: Iterable[str]) -> list[int]:
        """Return the ids of words; a new unknown word gets the next slot, or `UNK` if none is left.

        Args:
            words: The next words of the title or the lyrics.
        """
        words = list(words)
        ids = self._vocabulary.encode(words).tolist()
        return [
            self._slot(word) if token == UNK else token
            for word, token in zip(words, ids, strict=True)
        ]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Return the words for ids; a slot is replaced with the word that it stands for."""
        slots = self._vocabulary.slots
        own = dict(zip(slots, self.words, strict=False))
        ids = list(ids)
        words = self._vocabulary.decode(ids)
        return [own.get(token, word) for token, word in zip(ids, words, strict=True)]

    def without_slot(self, words: Iterable[str]) -> list[str]:
        """Return the distinct unknown words that do not have a slot, in order."""
        unknown = self._vocabulary.out_of_vocabulary(words)
        return [word for word in unknown if word not in self.words]

    def _slot(self, word: str) -> int:
        slots = self._vocabulary.slots
        if word not in self.words:
            if len(self.words) == len(slots):
                return UNK
            self.words.append(word)
        return slots[self.words.index(word)]
