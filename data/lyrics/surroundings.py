"""Remove what websites and song sheets put around and between lyrics.

- Genius: "2 ContributorsSong Lyrics", "See ... LiveGet tickets as low as $39", "You might also
  like", "12Embed".
- Other sites: the notice of Musixmatch, "Submitted by", "Writer(s):", copyright lines and web
  addresses at the end.
- Song sheets: guitar tabs, and lines that contain only chords.
"""

import re

_GENIUS_HEAD = re.compile(
    r"\A\s*(?:\d+ ?Contributors?|Translations?)[^\n]{0,300}?Lyrics[ \t]*(?=\n|\[|[^\s.,!?'])|"
    r"\A\s*\d+ ?Contributors?[^\n]*\n"
)
_GENIUS_TITLE = re.compile(r"\A\s*[^\n\[]{1,100} Lyrics[ \t]*(?:\n|(?=\[))")
_GENIUS_TICKETS = re.compile(r"See (?:(?!See )[^\n]){1,80}? ?Live ?Get tickets as low as \$\d+")
_GENIUS_ALSO = re.compile(r"You might also like")
_GENIUS_EMBED = re.compile(r"\d*\.?\d*K?Embed(?:Share URLCopyEmbedCopy)?\s*\Z")
_CREDIT = re.compile(
    r"\**\s*(?:this lyrics is not for commercial use|\(\d{8,}\)|(?:lyrics )?submitted by\b.*|"
    r"(?:song)?writers?(?:\(s\))?:.*|(?:lyrics|words|music|song)?[ &,and]*"
    r"(?:written|composed|transcribed) by\b.*|publish(?:ers?|ed)(?: by)?:.*|copyright\b.*|"
    r"(?:lyrics )?(?:©|℗|\(c\) ?\d).*|all rights reserved.*|"
    r"lyrics (?:powered|provided|licensed|courtesy)\b.*|(?:source: ?)?(?:https?://|www\.)\S+|"
    r"\.{3,})\s*\**",
    re.IGNORECASE,
)
_CHORD = (
    r"[A-H][b#♭♯]?(?:m|M|maj|min|dim|aug|sus|add|\+|°)*\d{0,2}(?:(?:sus|add|b|#)\d{1,2})*"
    r"(?:/[A-H][b#]?)?"
)
_CHORDS = re.compile(
    rf"\s*(?:\|\s*)?(?:{_CHORD}|N\.?C\.?)(?:[\s|]+(?:{_CHORD}|-|x\d|N\.?C\.?))*[\s|]*"
)
_TAB = re.compile(r"\s*[eEBGDAd]?\s*[|:][-0-9hpbrx/\\~|() ]{6,}")
_MAY_BE_CHORDS = re.compile(
    r"^[ \t]*(?:\|?[ \t]*[A-H][^\s|]{0,10}[ \t]*(?:$|[|A-HN])|\w?[|:]-)", re.M
)
_MIN_CHORD_LINES = 3  # fewer lines may be lyrics, such as a single "A"


def strip_surroundings(text: str) -> str:
    """Remove what websites and song sheets added, if anything."""
    return _strip_chords(_strip_credits(_strip_genius(text)))


def _strip_genius(text: str) -> str:
    stripped = text
    if "Contributor" in text or "Translations" in text:
        stripped = _GENIUS_HEAD.sub("", stripped)
    if "Embed" in text:
        stripped = _GENIUS_EMBED.sub("", stripped)
    if "tickets as low as" in text:
        stripped = _GENIUS_TICKETS.sub("\n", stripped)
    if "You might also like" in text:
        stripped = _GENIUS_ALSO.sub("\n", stripped)
    return stripped if stripped == text else _GENIUS_TITLE.sub("", stripped)


def _strip_credits(text: str) -> str:
    """Remove lines at the end that name who wrote, submitted or owns the lyrics."""
    lines = text.rstrip().split("\n")
    count = len(lines)
    while len(lines) > 1 and (not lines[-1].strip() or _is_credit(lines[-1])):
        lines.pop()
    return "\n".join(lines) if len(lines) < count else text


def _is_credit(line: str) -> bool:
    return len(line) < 300 and _CREDIT.fullmatch(line.strip()) is not None


def _strip_chords(text: str) -> str:
    if not _MAY_BE_CHORDS.search(text):
        return text
    lines = text.split("\n")
    kept = [line for line in lines if not _is_chords(line)]
    return "\n".join(kept) if len(lines) - len(kept) >= _MIN_CHORD_LINES and kept else text


def _is_chords(line: str) -> bool:
    if not line.strip() or len(line) > 120:
        return False
    return bool(_CHORDS.fullmatch(line) or _TAB.fullmatch(line))
