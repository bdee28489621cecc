"""Read songs from plain text: .txt, .lrc (lyrics with times), .srt and .vtt (subtitles).

In a folder, each file is one song; `data.lyrics.readers.names` finds its artist and title. A single
file may contain many songs, separated by a line of `---` or `<|endoftext|>`, by at least two empty
lines, or by titles such as "# Title" or "3. Title". Without such separators, each line is a song if
the lines are long, each block of lines is one if there are many lines, and otherwise the whole file
is one song.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from pathlib import PurePosixPath

from data.lyrics.readers.files import SongFile
from data.lyrics.readers.names import names_of, with_fields
from data.lyrics.readers.record import Record
from data.lyrics.summary import Summary

TIMED_SUFFIXES = (".lrc", ".srt", ".vtt")
_RULE = re.compile(r"\s*(?:[-=*_~#]\s*){3,}|\s*<\|[\w /-]{1,30}\|>\s*")
_HEADING = re.compile(r"#{1,3}[ \t]+\S")
_NUMBERED = re.compile(r"(\d{1,4})[.)][ \t]+\S")
_LONG = 150  # text with more lines is not one song
_LONG_LINE = 40  # text with more words per line, on average, has one song per line
_LRC_TIME = re.compile(r"\[\d+:\d+(?:[.:]\d+)?\]|<\d+:\d+(?:[.:]\d+)?>")
_LRC_FIELD = re.compile(r"\s*\[([a-z]+|#):(.*)\]\s*", re.IGNORECASE)
_CUE_TIME = re.compile(r"\s*(?:\d+:)?\d+:\d+[.,]\d+\s*-->")
_CUE_MARKUP = re.compile(r"</?[a-z][^<>]*>|\{\\[^{}]*\}", re.IGNORECASE)


def read_text(file: SongFile, lines: Iterable[str], summary: Summary) -> Iterator[Record]:
    """Yield the songs in a text file.

    Args:
        file: The file.
        lines: The lines of the file.
        summary: Counts the format recognized.
    """
    suffix = PurePosixPath(file.name).suffix.lower()
    artist, title = names_of(file)
    if suffix == ".lrc":
        summary.sources["lyrics with times (.lrc)"] += 1
        yield _lrc(file.name, lines, artist, title)
    elif suffix in TIMED_SUFFIXES:
        summary.sources[f"subtitles ({suffix})"] += 1
        yield Record(file.name, artist, title, "\n".join(_cues(lines)))
    elif file.is_alone:
        yield from _many(file, lines, artist or title, summary)
    else:
        summary.sources["text, one song per file"] += 1
        yield with_fields(Record(file.name, artist, title, "".join(lines)))


def _lrc(name: str, lines: Iterable[str], artist: str, title: str) -> Record:
    kept = []
    for line in lines:
        field = _LRC_FIELD.fullmatch(line)
        if field and field[1].lower() == "ar":
            artist = field[2].strip()
        elif field and field[1].lower() == "ti":
            title = field[2].strip()
        elif not field:
            kept.append(_LRC_TIME.sub("", line).strip())
    return Record(name, artist, title, "\n".join(kept))


def _cues(lines: Iterable[str]) -> Iterator[str]:
    """Yield the text of subtitles without numbers, times and markup."""
    previous = ""
    is_header = True
    for line in lines:
        if _CUE_TIME.match(line):
            is_header = False
            previous = ""
            continue
        if not is_header and previous:
            yield previous
        text = _CUE_MARKUP.sub("", line).strip()
        previous = "" if text.isdigit() else text
    if not is_header and previous:
        yield previous


def _many(file: SongFile, lines: Iterable[str], artist: str, summary: Summary) -> Iterator[Record]:
    """Split a file into songs at separators and titles."""
    summary.sources["text, songs separated by --- or empty lines"] += 1
    song: list[str] = []
    start = 1
    empty = 1
    titles = 0  # number of titles so far
    pairs = pairwise(chain(lines, [""]))
    for number, (line, after) in enumerate(pairs, 1):
        is_empty = not line.strip()
        is_rule = _RULE.fullmatch(line) is not None
        is_title = empty > 0 and _is_title(line, after, titles + 1)
        titles += is_title
        if song and (is_rule or is_title or (not is_empty and empty > 1)):
            yield from _blocks(file.name, start, artist, song)
            song = []
        empty = empty + 1 if is_empty else 0
        if is_rule:
            continue
        if not song:
            start = number
        if song or not is_empty:
            song.append(line)
    if song:
        yield from _blocks(file.name, start, artist, song)


def _is_title(line: str, after: str, number: int) -> bool:
    """Return whether a line is a title: "# Title", or "3. Title" before an empty line."""
    if _HEADING.match(line):
        return True
    found = _NUMBERED.match(line)
    return found is not None and int(found[1]) == number and not after.strip()


def _blocks(name: str, start: int, artist: str, lines: list[str]) -> Iterator[Record]:
    """Yield one song, or one for each line or block of lines if there is too much text."""
    text = "".join(lines)
    blocks = [text]
    if text.count(" ") > _LONG_LINE * len(lines) and len(lines) > 1:
        blocks = lines
    elif len(lines) > _LONG:
        blocks = re.split(r"\n\s*\n", text)
    for block in blocks:
        yield with_fields(Record(f"{name} line {start}", artist, "", block))
        start += block.count("\n") + (2 if len(blocks) > 1 and blocks is not lines else 0)
