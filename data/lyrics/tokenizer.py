r"""Tokenizer: splits text into words and punctuation, and joins such tokens back into text.

Text is lowercased and split at whitespace; a line break is a token of its own. Words are not
normalized: `runnin`, `runnin'` and `running` remain three words. Text in scripts without spaces is
split into characters and joined without spaces. The rules, in order:

1. The text is normalized to Unicode NFC. Every kind of line ending becomes a line break. Byte order
   marks, zero-width spaces and control characters are removed.
2. In a text that contains a Turkish dotless i or dotted capital I, a plain `I` becomes a dotless i
   and a dotted capital I becomes `i`.
3. Curly apostrophes become `'`; curly and angle quotes become `"`. Two or more hyphens, an en dash
   or an em dash become the token `–`. The ellipsis character becomes three dots.
4. Tags such as `[Chorus]` or `[x2]` are removed, and lines that contain only tags too.
5. Blank lines at both ends are removed. Successive blank lines are one stanza break: two line
   breaks.
6. Chinese, Japanese, Thai, Lao, Khmer and Burmese characters are separate tokens, each with the
   combining marks that follow it; so is East Asian punctuation.
7. Punctuation at the edge of a word is a separate token: `( " ¿ ¡` before a word, and
   `. , ! ? ; : ) "` or the marks of Arabic, Hindi and Burmese after it.

`web/core/tokenizer.js` does exactly the same; `tests/golden/words.json` checks both.
"""

import re
import unicodedata
from collections.abc import Iterable

NEWLINE_TEXT = "\n"

# Arabic comma, semicolon, question mark and full stop; Devanagari and Burmese full stops
_AFTER = "\u060c\u061b\u061f\u06d4\u0964\u0965\u104a\u104b"
_EAST_ASIAN_AFTER = (
    "\u3001\u3002\uff0c\uff0e\uff01\uff1f\uff1b\uff1a"
    "\u300d\u300f\u3011\uff09\u300b\u3009\u30fb\uff5e\u301c"
)
_EAST_ASIAN_BEFORE = "\u300c\u300e\u3010\uff08\u300a\u3008"
_BEFORE = "\u00bf\u00a1"

# Punctuation without a space before it.
NO_SPACE_BEFORE = frozenset([".", ",", "!", "?", ";", ":", ")", "...", *_AFTER, *_EAST_ASIAN_AFTER])
_NO_SPACE_AFTER = frozenset([NEWLINE_TEXT, "(", *_BEFORE, *_EAST_ASIAN_BEFORE])

# Han, kana, bopomofo; Thai and Lao; Burmese; Khmer
_SPACELESS = (
    "\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
    "\u0e01-\u0e5b\u0e81-\u0edf\u1000-\u1049\u104c-\u109f\u1780-\u17ff"
)
_COMBINING = (
    "\u0300-\u036f\u3099\u309a\ufe00-\ufe0f\u0e31\u0e33-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb3-\u0ebc\u0ec8-\u0ece"
    "\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u17b4-\u17d3\u17dd"
)

_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff]")
_APOSTROPHE = re.compile("[\u2018\u2019\u201b\u02bc\u00b4`]")
_QUOTE = re.compile("[\u201c\u201d\u201e\u00ab\u00bb]")
_DASH = re.compile("-{2,}|[\u2013\u2014\u2015]")
_TAG = re.compile(r"\[[^\[\]\n]{0,60}\]")
_WHITESPACE = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_BEFORE_WORDS = f'"({_BEFORE}'
_AFTER_WORDS = f'.,!?;:)"{_AFTER}'
_PIECE = re.compile(
    f"[{_EAST_ASIAN_AFTER}{_EAST_ASIAN_BEFORE}]|[{_SPACELESS}][{_COMBINING}]*|"
    f"[^{_SPACELESS}{_EAST_ASIAN_AFTER}{_EAST_ASIAN_BEFORE}]+"
)
_HAS_PIECES = re.compile(f"[{_SPACELESS}{_EAST_ASIAN_AFTER}{_EAST_ASIAN_BEFORE}]")
_TURKISH_I = re.compile("[\u0130\u0131]")
_PUNCTUATION = re.compile(r"\.\.\.|.", re.DOTALL)


def tokenize(text: str, lowercase: bool = True) -> list[str]:
    r"""Split text into tokens; a line break is the token "\n", a stanza break two of them.

    Args:
        text: Text of one or more lines.
        lowercase: Whether to lowercase the text, as networks expect.
    """
    text = _LINE_END.sub("\n", unicodedata.normalize("NFC", text))
    if lowercase and _TURKISH_I.search(text):
        text = text.replace("I", "\u0131").replace("\u0130", "i")
    text = _QUOTE.sub('"', _APOSTROPHE.sub("'", _INVISIBLE.sub("", text)))
    text = _DASH.sub(" – ", text.replace("\u2026", "..."))
    if lowercase:
        text = text.lower()
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
    if chunk.isascii() and chunk.isalpha():
        return [chunk]
    if _HAS_PIECES.search(chunk):
        return [token for piece in _PIECE.findall(chunk) for token in _split_word(piece)]
    return _split_word(chunk)


def _split_word(chunk: str) -> list[str]:
    if _HAS_PIECES.search(chunk):
        return [chunk]
    rest = chunk.lstrip(_BEFORE_WORDS)
    word = rest.rstrip(_AFTER_WORDS)
    before = chunk[: len(chunk) - len(rest)]
    words = [word] if word else []
    return [*before, *words, *_PUNCTUATION.findall(rest[len(word) :])]


def is_word(token: str) -> bool:
    """Return whether a token contains a letter or a digit, unlike punctuation and line breaks."""
    return any(character.isalnum() for character in token)


def detokenize(tokens: Iterable[str]) -> str:
    """Join tokens into text.

    There is no space before closing punctuation, nor between characters of scripts without spaces.
    Double quotes within a line alternate between opening and closing.
    """
    tokens = list(tokens)
    pairs = zip(spacing(tokens), tokens, strict=True)
    return "".join(space + token for space, token in pairs)


def spacing(tokens: Iterable[str]) -> list[str]:
    """Return the space before each token: " " or ""."""
    spaces = []
    no_space = True  # because of the previous token
    quote_is_open = False
    before_is_spaceless = False  # the previous token is in a script without spaces
    for token in tokens:
        closes = token == '"' and quote_is_open
        opens = token == '"' and not quote_is_open
        is_spaceless = bool(_HAS_PIECES.match(token))
        is_tight = token == NEWLINE_TEXT or token in NO_SPACE_BEFORE
        if no_space or closes or is_tight or (is_spaceless and before_is_spaceless):
            spaces.append("")
        else:
            spaces.append(" ")
        no_space = opens or token in _NO_SPACE_AFTER
        before_is_spaceless = is_spaceless
        quote_is_open = opens or (quote_is_open and not closes and token != NEWLINE_TEXT)
    return spaces
