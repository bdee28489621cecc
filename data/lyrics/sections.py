"""Write every section tag of lyrics, such as `(Chorus)` or `Verse 2:`, in the form `[tag]`.

The tokenizer then removes all tags, and lines that contain nothing else. A tag is:

1. anything in square brackets, even if it is nested, long or spans several lines, such as
   `[Hook: A & B]`;
2. a line with a section name or a repetition in other brackets or marks: `(Chorus)`, `{Bridge}`,
   `【Hook】`, `<Outro>`, `*spoken*`, `~ solo ~`, `== Verse ==`, `# Chorus`, `(x2)`,
   `(Repeat chorus)`;
3. a line with only a section name, optionally with a number, a repetition or a colon: `Verse 2:`,
   `CHORUS x2`, `Repeat chorus`.

A repetition in brackets at the end of a line, such as `(x2)`, is removed. A line of `---` becomes
an empty line. Short tags in square brackets are not changed.
"""

import re

MAX_TAG = 60  # maximum length of a tag that the tokenizer recognizes, in characters
_NAMES = (
    "(?:pre|post)?[- ]?chorus(?:es)?|(?:pre|post)?[- ]?hook|verses?|bridge|intro(?:duction)?|"
    "outro|refrain|interlude|break(?:down)?|drop|build[- ]?up|solo|(?:guitar|piano|drum|bass|sax) "
    "(?:solo|break)|instrumental(?: break)?|spoken(?: word)?|skit|coda|part|section|"
    "estribillo|coro|verso|estrofa|puente|couplet|pont|strophe|vers|refr[aã]o|ponte|ritornello|"
    "strofa|zwrotka|refren|nakarat|kupl[eé]|припев|куплет|бридж|проигрыш|サビ|副歌|主歌|후렴|코러스"
)
_REPETITION = r"(?:repeat(?:ed)?\b[^\n]{0,30}|[x×]\s?\d+|\d+\s?[x×]|\d+ times|bis)"
_SECTION = rf"(?:(?:{_NAMES})(?![\w'])[^\n\[\](){{}}]{{0,80}}|{_REPETITION})"
_FLAGS = re.IGNORECASE | re.MULTILINE
_LONG_TAG = re.compile(r"\[([^\[\]]*(?:\[[^\[\]]*\])?[^\[\]]*)\]")
_PLAIN = (
    rf"(?:repeat[ \t]+(?:the[ \t]+)?)?(?:{_NAMES})[ \t]*+(?:\d+|[ivx]+)?"
    rf"[ \t]*+(?:{_REPETITION}|\({_REPETITION}\))?"
)
_MARKS = "[-–—=~_#/|«»]"  # around a name
_OTHER_BRACKETS = re.compile(
    rf"^[ \t]*+(?:\((?P<a>{_SECTION})\)|\{{(?P<b>[^{{}}\n]{{0,60}})\}}|"
    rf"【(?P<c>[^【】\n]{{0,60}})】|"
    rf"<(?P<d>{_SECTION})>|\*+(?P<e>{_SECTION})\*+|~+\s*(?P<f>{_SECTION})\s*~+|"
    rf"{_MARKS}+[ \t]*+(?P<g>{_PLAIN})[ \t]*+:?[ \t]*+{_MARKS}*)"
    r"[ \t]*+:?[ \t]*+$",
    _FLAGS,
)
_BARE = re.compile(rf"^[ \t]*+(?P<a>{_PLAIN}[ \t]*+:?)[ \t]*+$", _FLAGS)
_END_OF_LINE = re.compile(rf"(?<![ \t])[ \t]*+[(\[]{_REPETITION}[)\]][ \t]*+$", _FLAGS)
_RULE = re.compile(r"^[ \t]*+(?:[-=_*~][ \t]*+){3,}$", re.MULTILINE)


def mark_sections(text: str) -> str:
    """Return lyrics in which every section tag has the form `[tag]`."""
    text = _LONG_TAG.sub(_shorten, text)
    text = _OTHER_BRACKETS.sub(_bracket, text)
    text = _BARE.sub(_bracket, text)
    text = _END_OF_LINE.sub(_keep_tag_lines, text)
    return _RULE.sub("", text)


def _shorten(match: re.Match) -> str:
    """Shorten a tag in square brackets to its beginning if it is long, nested or multi-line."""
    tag = match[1]
    if len(tag) <= MAX_TAG and not re.search(r"[\n\[\]]", tag):
        return match[0]
    if len(tag) > 500:
        return match[0]
    name = re.split(r"[:\n[]", tag)[0].strip()
    return f"[{name[:MAX_TAG]}]"


def _bracket(match: re.Match) -> str:
    tag = next(part for part in match.groups() if part is not None)
    return f"[{tag.strip(' :')[:MAX_TAG]}]"


def _keep_tag_lines(match: re.Match) -> str:
    """Remove a repetition after words, but keep a tag that has a line of its own."""
    before = match.string[: match.start()]
    return match[0] if not before or before.endswith("\n") else ""
