"""Decode text files of unknown encoding, block by block, into lines.

Unicode encodings are recognized by their byte order marks, and UTF-16 without one by its zero
bytes. Other files are read as UTF-8, and any bytes that are not valid UTF-8 as Windows-1252. So
Windows-1252 and Latin-1 files are read correctly, and UTF-8 files with a few wrong bytes too.
DOS and old Mac encodings are chosen if they yield common letters more often than Windows-1252 does.
If many bytes are not ASCII, Cyrillic and Japanese encodings are tried, and then charset-normalizer.
"""

import codecs
import re
from collections.abc import Iterable, Iterator

from charset_normalizer import from_bytes

from data.avatars.decompress import Readable

BLOCK_BYTES = 1 << 18
MAX_LINE_CHARACTERS = 1 << 21  # longer lines lose their middle; a line of lyrics has about 45
_TAIL_CHARACTERS = 1 << 10  # kept at the end of such a line, because it may have a closing quote
_LEGACY_SHARE = 0.2  # a file with at least this fraction of bytes above 127 is not Western
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_NAMES = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "windows-1252": "Windows-1252",
    "cp850": "DOS (850)",
    "mac_roman": "Mac Roman",
    "cp1251": "Windows-1251",
    "koi8_r": "KOI8-R",
    "euc_jp": "EUC-JP",
}
_WESTERN = ("cp1252", "mac_roman", "cp850")
_WESTERN_LETTERS = frozenset("\u2019\u2018\u201c\u201d\u2013\u2026éèàçêñóíáüöäß")
_RARE_WESTERN_LETTERS = frozenset("âãåæëîïìòôõøùúûýœ")
_CYRILLIC = ("cp1251", "koi8_r", "cp866", "iso8859_5", "mac_cyrillic")
_CYRILLIC_LETTERS = frozenset(
    "\u043e\u0435\u0430\u0438\u043d\u0442\u0441\u0440\u0432\u043b\u043a\u043c\u0434\u043f\u0443\u044f"
)
_CHANGED_CASE = re.compile("[\u0430-\u044f][\u0410-\u042f]")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_MIN_SCORE = 0.5  # an encoding is accepted if more than this fraction of its letters are common
_NEWLINES = re.compile("\r\r?\n|\r")
_INVISIBLE = re.compile("[\0\x1a\ufeff]")


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Decode bytes that are not UTF-8 as Windows-1252, or as Latin-1 where that is undefined."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    characters = [bytes([byte]).decode("cp1252", "replace") for byte in wrong]
    pairs = zip(characters, wrong, strict=True)
    text = "".join(chr(byte) if letter == "\ufffd" else letter for letter, byte in pairs)
    return text, error.end


codecs.register_error("windows-1252", _windows_1252)


def detect_encoding(head: bytes) -> str:
    """Guess the encoding of a text file from its first bytes."""
    for mark, name in _MARKS.items():
        if head.startswith(mark):
            return name
    zeros = [head[start::2].count(0) for start in (0, 1)]
    if max(zeros) > len(head) * 0.3 and min(zeros) < max(zeros) / 10:
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    if b"\x1b$B" in head:
        return "iso2022_jp"
    if _is_utf8(head):
        return "utf-8"
    high = sum(byte > 127 for byte in head)
    if high < _LEGACY_SHARE * len(head):
        return _western(head)
    best = _cyrillic(head) or _japanese(head) or from_bytes(head).best()
    return (best if isinstance(best, str) else best.encoding) if best else "windows-1252"


def _western(head: bytes) -> str:
    """Return the encoding of text that consists mainly of ASCII characters."""
    scores = {
        name: _share(head, name, _WESTERN_LETTERS) + 0.9 * _share(head, name, _RARE_WESTERN_LETTERS)
        for name in _WESTERN
    }
    best = max(scores, key=lambda name: scores[name])
    is_clear = scores[best] > _MIN_SCORE > scores["cp1252"]
    return best if is_clear else "windows-1252"


def _share(head: bytes, encoding: str, letters: frozenset[str]) -> float:
    """Return the fraction of the non-ASCII characters that are among `letters`."""
    others = [letter for letter in head.decode(encoding, "replace") if letter > "\x7f"]
    return sum(letter.lower() in letters for letter in others) / max(len(others), 1)


def _cyrillic(head: bytes) -> str | None:
    """Return the encoding of a Cyrillic text, or None.

    A wrong encoding yields rare letters, or capitals inside words.
    """
    scores = {}
    for name in _CYRILLIC:
        changes = len(_CHANGED_CASE.findall(head.decode(name, "replace")))
        scores[name] = _share(head, name, _CYRILLIC_LETTERS) - 5 * changes / len(head)
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > _MIN_SCORE else None


def _japanese(head: bytes) -> str | None:
    """Recognize Japanese text in EUC-JP, which charset-normalizer takes for Thai or Chinese."""
    text = head.decode("euc_jp", "replace")
    others = sum(letter > "\x7f" for letter in text)
    return "euc_jp" if len(_KANA.findall(text)) > others * 0.3 and _is_whole(text) else None


def _is_whole(text: str) -> bool:
    return text[:-1].count("\ufffd") <= len(text) / 100


def _is_utf8(head: bytes) -> bool:
    """Return whether most bytes above 127 are UTF-8."""
    text = head.decode("utf-8", "replace")
    wrong = text[:-1].count("\ufffd")  # the last character may be cut off
    return wrong == 0 or wrong < sum(letter > "\x7f" for letter in text) / 2


def encoding_name(encoding: str) -> str:
    """Return the name of an encoding for the summary."""
    return _NAMES.get(encoding, encoding)


def is_text(head: bytes) -> bool:
    """Return whether the first bytes of a file look like text."""
    if detect_encoding(head).startswith(("utf-16", "utf-32", "iso2022")):
        return True
    head = head.rstrip(b"\0") or head  # a file that was not closed properly may end in zeros
    control = sum(byte < 9 or 13 < byte < 27 for byte in head)
    return control <= len(head) / 50


def text_blocks(blocks: Iterable[bytes], encoding: str) -> Iterator[str]:
    r"""Decode a file block by block, converting every kind of line ending to "\n"."""
    is_western = encoding in ("utf-8", "windows-1252")
    name = "utf-8" if is_western else encoding
    decoder = codecs.getincrementaldecoder(name)("windows-1252" if is_western else "replace")
    held = ""  # "\r" at the end of a block; the next block may start with the "\n" that follows it
    for block in blocks:
        text = held + decoder.decode(block)
        held = text[len(text.rstrip("\r")) :]
        yield _clean(text[: len(text) - len(held)])
    yield _clean(held + decoder.decode(b"", True))


def _clean(text: str) -> str:
    return _INVISIBLE.sub("", _NEWLINES.sub("\n", text))


def split_lines(blocks: Iterable[str]) -> Iterator[str]:
    r"""Yield lines, each with its "\n"; cut out the middle of extremely long ones."""
    rest = ""
    for block in blocks:
        *lines, rest = (rest + block).split("\n")
        for line in lines:
            yield line + "\n"
        if len(rest) > MAX_LINE_CHARACTERS + _TAIL_CHARACTERS:
            rest = rest[:MAX_LINE_CHARACTERS] + rest[-_TAIL_CHARACTERS:]
    if rest:
        yield rest


def read_blocks(stream: Readable, head: bytes = b"") -> Iterator[bytes]:
    """Yield the content of a stream from which `head` has already been read."""
    block = head or stream.read(BLOCK_BYTES)
    while block:
        yield block
        block = stream.read(BLOCK_BYTES)
