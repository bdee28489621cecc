r"""Clean lyrics: repair their encoding, and remove markup, escapes and what websites add.

These steps are applied in order:

1. Repair mojibake with ftfy.
2. Parse text that is a Python or JSON literal, such as `['line', 'line']`.
3. Replace written-out line breaks (`\n`, or ` / ` in text of one line) with real ones. If an empty
   line follows every line, remove these empty lines.
4. Replace `<br>` with line breaks, remove other HTML tags, and replace HTML entities.
5. Remove what websites and song sheets add (see `data.lyrics.surroundings`).
6. Write every section tag as `[tag]` (see `data.lyrics.sections`).
"""

import ast
import html
import re

import ftfy

from data.lyrics.sections import mark_sections
from data.lyrics.summary import Summary
from data.lyrics.surroundings import strip_surroundings

_NOTHING = re.compile(
    r"(?:nan|null|none|#?n/?a!?|nil|undefined|unknown|tba|tbd|\?+|-+|\.+|"
    r"(?:the )?lyrics? (?:for this song )?(?:is |are )?(?:not|un) ?(?:yet )?available.*|"
    r"no lyrics.*|lyrics? not found.*|missing lyrics?|"
    r"(?:sorry,? )?(?:we|i) (?:do not|don't|dont) have .{0,20}lyrics.{0,60}|"
    r"transcription in progress.{0,20}|pending|"
    r"lyrics (?:will be|to be|coming|for this song have).{0,80})",
    re.IGNORECASE,
)
_INSTRUMENTAL = re.compile(
    r"\W*(?:this (?:song|track) is (?:an )?)?instrumental(?: track| song| version)?\W*",
    re.IGNORECASE,
)
_MOJIBAKE = re.compile(
    "[\u00c2-\u00c5\u00c6\u00d0-\u00d8\u00e2\u00e3\u00e0\u0413\u0420\u0421][^ a-z]"
)
_ESCAPES = re.compile(r"\\+r\\+n|\\+n|\\+r")
_ESCAPED_QUOTES = re.compile(r"\\(['\"])")
_BREAK = re.compile(r"(?<![ \t])[ \t]*<br\s*/?>[ \t]*\n?", re.IGNORECASE)
_BLOCK_END = re.compile(r"</(?:p|div|li|h\d)>\s*", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:p|div|span|a|i|b|u|em|strong|li|ul|ol|h\d|font|small|sub|sup|body|html|img|pre|"
    r"center|blockquote|section|code|table|t[rdh]|script|style)(?:\s[^<>]*)?/?>|<!--(?:(?!<!--).)*?-->",
    re.IGNORECASE | re.DOTALL,
)
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z]+\d*);", re.IGNORECASE)
_SLASHES = re.compile(r"(?<![ \t])[ \t]+(?:(?:/{1,2}|\||\\)[ \t]+)+")
_MIN_SLASHES = 2
_LINE_END = re.compile("\r\r?\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SINGLE_BREAK = re.compile(r"[^\n]\n[^\n]")
_MIN_DOUBLE_LINES = 6
_TAGS_OF_SECTIONS = re.compile(r"\[[^\[\]\n]{0,60}\]")
_MAX_QUOTED = 200_000  # characters
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def reason_to_skip(text: str) -> str:
    """Return why a text is not a song, or "" if it is one."""
    stripped = text.strip()
    if not stripped or _NOTHING.fullmatch(stripped):
        return "songs without lyrics"
    return "instrumentals" if _INSTRUMENTAL.fullmatch(stripped) else ""


def has_words(text: str) -> bool:
    """Return whether cleaned lyrics contain more than section tags and punctuation."""
    return any(map(str.isalnum, _TAGS_OF_SECTIONS.sub("", text)))


def clean_lyrics(text: str, summary: Summary) -> str:
    """Clean lyrics by the steps at the top of this module; count the repairs in the summary."""
    steps = {
        "mojibake": repair_mojibake,
        "quoted text": read_quoted,
        "written-out line breaks": restore_line_breaks,
        "HTML": strip_html,
        "additions of websites": strip_surroundings,
        "section tags": mark_sections,
    }
    text = _join_surrogates(_LINE_END.sub("\n", text))
    for name, step in steps.items():
        cleaned = step(text)
        if cleaned != text:
            summary.repaired[name] += 1
        text = cleaned
    return text


def repair_mojibake(text: str) -> str:
    """Repair text that was decoded with the wrong encoding."""
    return ftfy.fix_encoding(text) if _MOJIBAKE.search(text) else text


def read_quoted(text: str) -> str:
    """Return the text in a Python or JSON literal: a string, bytes, or a list of lines."""
    stripped = text.strip()
    ends = stripped[:1] + stripped[-1:]
    is_quoted = ends in ('""', "''") and "\\n" in stripped and "\n" not in stripped
    is_bytes = re.match("b['\"]", stripped) and stripped[-1] == stripped[1]
    is_list = ends == "[]" and re.match(r"\[\s*['\"]", stripped)
    if not (is_quoted or is_bytes or is_list) or len(stripped) > _MAX_QUOTED:
        return text
    try:
        value = ast.literal_eval(stripped)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        value = "\n".join(value)
    return _join_surrogates(value) if isinstance(value, str) else text


def _join_surrogates(text: str) -> str:
    """Join surrogate pairs, which JSON writes as two escapes; replace lone surrogates."""
    joined = _SURROGATES.sub(
        lambda pair: pair[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le"), text
    )
    return _SURROGATE.sub("\ufffd", joined)


def restore_line_breaks(text: str) -> str:
    """Replace written-out line breaks with real ones, and remove double spacing."""
    if "\\n" in text or "\\r" in text:
        text = _ESCAPED_QUOTES.sub(r"\1", _ESCAPES.sub("\n", text))
    if "\n" in text.strip():
        return _single_spaced(text)
    if len(_SLASHES.findall(text)) >= _MIN_SLASHES:
        return _SLASHES.sub(lambda marks: "\n" * len(marks[0].split()), text)
    return text


def _single_spaced(text: str) -> str:
    """Remove the empty lines if there is one after every line."""
    lines = text.strip()
    if _SINGLE_BREAK.search(lines) or lines.count("\n\n") < _MIN_DOUBLE_LINES:
        return text
    return re.sub(r"\n{3,}", "\0", lines).replace("\n\n", "\n").replace("\0", "\n\n")


def strip_html(text: str) -> str:
    """Remove HTML tags and replace HTML entities."""
    if "<" in text:
        text = _BREAK.sub("\n", text)
        text = _BLOCK_END.sub("\n\n", text)
        text = _TAG.sub("", text)
    if not _ENTITY.search(text):
        return text
    plain = html.unescape(text)
    return _TAG.sub("", _BREAK.sub("\n", plain)) if "<" in plain else plain
