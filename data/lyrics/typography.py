"""Restore the typography of songs: capitals and curly quotes.

Networks read and write lowercase tokens (`data/lyrics/tokenizer.py`). The usual form of a word
inside a line ("I", "I'm", "Anna") is counted when the songs are read, and stored in vocabulary.tsv.
The rules for everything else:

1. The first word of a line and of a sentence starts with a capital.
2. Apostrophes are curly. Double quotes within a line alternate between opening and closing.

`tokenize` undoes all of this, so text can be pasted and continued.

`web/core/typography.js` does exactly the same; `tests/golden/words.json` checks both.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from data.lyrics.tokenizer import NEWLINE_TEXT, is_word, spacing, tokenize

_ENDS_SENTENCE = frozenset(".!?")
_QUOTES = {True: "\u201c", False: "\u201d"}
_END = [("\n", "\n", True)]  # after a song
_MIN_SHARE = 0.5  # the usual form of a word needs more than this fraction of its occurrences
# A form counts as a title before names, such as "Miss", if it comes before a capital in more than
# this fraction of its occurrences ...
_TITLE_SHARE = 0.7
# ... and if more than this fraction of the word's occurrences have other forms.
_OTHER_SHARE = 0.02


def typeset(tokens: Iterable[str], forms: Mapping[str, str]) -> str:
    """Join tokens into text with capitals and curly quotes.

    Args:
        tokens: Tokens of a song.
        forms: The forms of words that are not lowercase inside a line: {"i": "I"}.
    """
    tokens = list(tokens)
    pairs = zip(spacing(tokens), written_words(tokens, forms), strict=True)
    return "".join(space + word for space, word in pairs)


def written_words(tokens: Iterable[str], forms: Mapping[str, str]) -> list[str]:
    """Return each token with its capitals and curly quotes; see `typeset` for the arguments."""
    written = []
    quote_is_open = False
    for token, is_first in _with_sentence_starts(tokens):
        if token == '"':
            quote_is_open = not quote_is_open
            written.append(_QUOTES[quote_is_open])
            continue
        quote_is_open = quote_is_open and token != NEWLINE_TEXT
        word = forms.get(token, token)
        if is_first:
            word = _capitalize(word, forms)
        written.append(word.replace("'", "\u2019"))
    return written


def _with_sentence_starts(tokens: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Yield each token, and whether it is at the start of a line or a sentence."""
    is_start = True
    for token in tokens:
        yield token, is_start
        if token == NEWLINE_TEXT or token in _ENDS_SENTENCE:
            is_start = True
        elif is_word(token):
            is_start = False


def _capitalize(word: str, forms: Mapping[str, str]) -> str:
    """Capitalize the first letter; in Turkish, `forms` contains the capital of "i"."""
    for i, letter in enumerate(word):
        if letter.isalnum():
            return word[:i] + forms.get(letter, _capital(letter)) + word[i + 1 :]
    return word


def _capital(letter: str) -> str:
    """Return the capital of a letter, or the letter itself if its capital is not one letter."""
    capital = letter.upper()
    # Georgian has capitals, but sentences do not start with them.
    is_georgian = "\u10d0" <= letter <= "\u10ff"
    return letter if len(capital) > 1 or is_georgian else capital


def typed_forms(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the forms of those words in a text that are not lowercase.

    Args:
        text: Text that the user typed.

    Returns:
        The certain forms, such as {"anna": "Anna"}, and the doubtful ones: forms of words that
        start a sentence or are all capitals. Use doubtful forms only for unknown words.
    """
    certain: dict[str, str] = {}
    doubtful: dict[str, str] = {}
    for token, form, is_first in _forms(text):
        if form != token:
            is_loud = len(form) > 1 and form == form.upper()
            (doubtful if is_first or is_loud else certain).setdefault(token, form)
    return certain, doubtful


def _forms(text: str) -> list[tuple[str, str, bool]]:
    """Return each token of a text, its form in the text, and whether it starts a sentence."""
    tokens = tokenize(text)
    forms = tokenize(text, lowercase=False)
    if len(forms) != len(tokens):
        return []
    starts = [is_first for _, is_first in _with_sentence_starts(tokens)]
    return list(zip(tokens, forms, starts, strict=True))


class FormCounter:
    """Counts the forms of words inside the lines of songs.

    A word that is capitalized mainly before other capitals but also occurs in lowercase ("Miss
    Pike", "I miss you") stays lowercase, because its form depends on the next word.
    """

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()  # by word and form
        self._before_capitals: Counter[tuple[str, str]] = Counter()  # the same, before capitals
        self._totals: Counter[str] = Counter()  # by word

    def add(self, text: str) -> None:
        """Count the words of a song, except in lines that are all capitals."""
        lines = [line for line in text.splitlines() if line != line.upper()]
        for (word, form, is_first), (_, next_form, _) in pairwise(_forms("\n".join(lines)) + _END):
            if not is_first:
                self._counts[word, form] += 1
                self._totals[word] += 1
                if form != word and next_form[:1].isupper():
                    self._before_capitals[word, form] += 1

    def forms(self, words: Iterable[str]) -> dict[str, str]:
        """Return {word: usual form} for those of the given words that are usually not lowercase."""
        known = set(words)
        usual = {
            word: form
            for (word, form), count in self._counts.items()
            if form != word
            and word in known
            and count > _MIN_SHARE * self._totals[word]
            and not self._is_title(word, form)
        }
        is_turkish = any("\u0131" in word for word in known)
        return usual | ({"i": "\u0130"} if is_turkish else {})

    def _is_title(self, word: str, form: str) -> bool:
        """Return whether a form is that of a title before names, such as "Miss"."""
        count = self._counts[word, form]
        is_before_names = self._before_capitals[word, form] > _TITLE_SHARE * count
        return is_before_names and self._totals[word] - count > _OTHER_SHARE * self._totals[word]
