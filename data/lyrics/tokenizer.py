"""Words as the networks know them: text becomes a list of words, and a list of words becomes text again.

Lower-cased, split at blanks, a new line is a word of its own, and nothing else is cleaned: `runnin`, `runnin'` and
`running` stay three words. `web/core/tokenizer.js` is the twin of this file, to the letter; `tests/golden/words.json`
holds the two together. The rules, in order:

1. Unicode NFC. Every kind of line end is a new line. Byte order marks, zero-width blanks and control characters go.
2. Curly apostrophes become `'`, curly and angle quotes `"`, dashes of two hyphens or more, en and em dashes a word
   `–` of its own, the ellipsis character three dots.
3. Tags like `[Chorus]` or `[x2]` go, and so does a line that held nothing else.
4. Blank lines at either end go; a run of blank lines is one stanza break, which is two new lines in succession.
5. Punctuation that sticks out of a word, `( "` before it and `. , ! ? ; : ) "` after it, is a word of its own.
"""

import re
import unicodedata

NEWLINE_TEXT = "\n"

_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_NOTHING = re.compile("[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff]")
_APOSTROPHE = re.compile("[\u2018\u2019\u201b\u02bc\u00b4`]")
_QUOTE = re.compile("[\u201c\u201d\u201e\u00ab\u00bb]")
_DASH = re.compile("-{2,}|[\u2013\u2014\u2015]")
_TAG = re.compile(r"\[[^\[\]\n]{0,60}\]")
_BLANKS = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_CHUNK = re.compile(r"""(["(]*)(.*?)((?:\.\.\.|[.,!?;:)"])*)""", re.DOTALL)
_MARK = re.compile(r"\.\.\.|.", re.DOTALL)

NO_SPACE_BEFORE = frozenset(
    [".", ",", "!", "?", ";", ":", ")", "..."]
)  # marks that close up to the word before them


def tokenize(text):
    """The list of words of `text`; new lines are the word "\\n", a stanza break is two of them."""
    text = _LINE_END.sub("\n", unicodedata.normalize("NFC", text))
    text = _QUOTE.sub('"', _APOSTROPHE.sub("'", _NOTHING.sub("", text)))
    text = _DASH.sub(" – ", text.replace("\u2026", "...")).lower()
    words, breaks = [], 0
    for line in text.split("\n"):
        chunks = _chunks(_TAG.sub(" ", line))
        if not chunks and _TAG.search(line):
            continue
        if chunks and words:
            words.extend([NEWLINE_TEXT] * min(breaks, 2))
        if chunks:
            breaks = 0
            for chunk in chunks:
                words.extend(_stick_out(chunk))
        breaks += 1
    return words


def _chunks(line):
    return [chunk for chunk in _BLANKS.split(line) if chunk]


def _stick_out(chunk):
    if chunk.isalpha():
        return [chunk]
    before, word, after = _CHUNK.fullmatch(chunk).groups()
    return [*before, *([word] if word else []), *_MARK.findall(after)]


def detokenize(words):
    """The text of a list of words: marks close up to their word, double quotes open and close in turn on a line."""
    return "".join(gap + word for gap, word in zip(spacing(words), words))


def spacing(words):
    """For each word, the blank or nothing that stands before it."""
    result, close_up, quoted = [], True, False
    for word in words:
        closes = word == '"' and quoted
        opens = word == '"' and not quoted
        result.append(
            "" if close_up or closes or word == NEWLINE_TEXT or word in NO_SPACE_BEFORE else " "
        )
        close_up = opens or word in (NEWLINE_TEXT, "(")
        quoted = opens or (quoted and not closes and word != NEWLINE_TEXT)
    return result
