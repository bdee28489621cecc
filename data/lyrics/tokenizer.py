r"""Tokenizer: text becomes a list of words and punctuation, and such a list becomes text again.

Text is lowercased and split at whitespace; a line break is a token of its own. Nothing else is
cleaned: `runnin`, `runnin'` and `running` stay three words. The rules, in order:

1. Unicode NFC. Every kind of line end becomes a line break. Byte order marks, zero-width spaces and
   control characters are removed.
2. Curly apostrophes become `'`, curly and angle quotes `"`. Two or more hyphens, en dashes and em
   dashes become the token `–`, the ellipsis character three dots.
3. Tags such as `[Chorus]` or `[x2]` are removed, and with them a line that has nothing else.
4. Blank lines at both ends are removed. A run of blank lines is one stanza break: two line breaks.
5. Punctuation at the edge of a word, `( "` before it and `. , ! ? ; : ) "` after it, is a token of
   its own.

`web/core/tokenizer.js` does exactly the same; `tests/golden/words.json` keeps both identical.
"""

import re
import unicodedata
from collections.abc import Iterable

NEWLINE_TEXT = "\n"

# Punctuation without a space before it.
NO_SPACE_BEFORE = frozenset([".", ",", "!", "?", ";", ":", ")", "..."])

_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff]")
_APOSTROPHE = re.compile("[\u2018\u2019\u201b\u02bc\u00b4`]")
_QUOTE = re.compile("[\u201c\u201d\u201e\u00ab\u00bb]")
_DASH = re.compile("-{2,}|[\u2013\u2014\u2015]")
_TAG = re.compile(r"\[[^\[\]\n]{0,60}\]")
_WHITESPACE = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_WORD_WITH_PUNCTUATION = re.compile(r"""(["(]*)(.*?)((?:\.\.\.|[.,!?;:)"])*)""", re.DOTALL)
_PUNCTUATION = re.compile(r"\.\.\.|.", re.DOTALL)


def tokenize(text: str) -> list[str]:
    r"""Split text into tokens; a line break is the token "\n", a stanza break two of them."""
    text = _LINE_END.sub("\n", unicodedata.normalize("NFC", text))
    text = _QUOTE.sub('"', _APOSTROPHE.sub("'", _INVISIBLE.sub("", text)))
    text = _DASH.sub(" – ", text.replace("\u2026", "...")).lower()
    tokens: list[str] = []
    line_breaks = 0  # since the last token
    for line in text.split("\n"):
        chunks = _whitespace_split(_TAG.sub(" ", line))
        if not chunks and _TAG.search(line):
            continue
        if chunks:
            if tokens:
                tokens.extend([NEWLINE_TEXT] * min(line_breaks, 2))
            line_breaks = 0
            for chunk in chunks:
                tokens.extend(_split_punctuation(chunk))
        line_breaks += 1
    return tokens


def _whitespace_split(line: str) -> list[str]:
    return [chunk for chunk in _WHITESPACE.split(line) if chunk]


def _split_punctuation(chunk: str) -> list[str]:
    if chunk.isalpha():
        return [chunk]
    found = _WORD_WITH_PUNCTUATION.fullmatch(chunk)
    assert found is not None, "the pattern matches any text"
    before, word, after = found.groups()
    words = [word] if word else []
    return [*before, *words, *_PUNCTUATION.findall(after)]


def detokenize(tokens: Iterable[str]) -> str:
    """Join tokens into text.

    There is no space before closing punctuation; double quotes open and close in turn on a line.
    """
    tokens = list(tokens)
    pairs = zip(spacing(tokens), tokens, strict=True)
    return "".join(space + token for space, token in pairs)


def spacing(tokens: Iterable[str]) -> list[str]:
    """Return what goes before each token, " " or ""."""
    spaces = []
    no_space = True  # because of the token before
    quote_is_open = False
    for token in tokens:
        closes = token == '"' and quote_is_open
        opens = token == '"' and not quote_is_open
        if no_space or closes or token == NEWLINE_TEXT or token in NO_SPACE_BEFORE:
            spaces.append("")
        else:
            spaces.append(" ")
        no_space = opens or token in (NEWLINE_TEXT, "(")
        quote_is_open = opens or (quote_is_open and not closes and token != NEWLINE_TEXT)
    return spaces
