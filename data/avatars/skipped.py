"""Report which files were skipped and why: per kind, the count and the first example."""

from typing import NamedTuple

from common.cli import printable
from data.avatars.file_types import FORMAT_NAMES


class _Kind(NamedTuple):
    """The name of a kind of skipped file, and what the user can do about such files."""

    singular: str
    plural: str
    advice: str = ""


KINDS = {
    "damaged": _Kind("damaged picture", "damaged pictures"),
    "format": _Kind(
        "picture in another format", "pictures in other formats", f"save as {FORMAT_NAMES}"
    ),
    "heic": _Kind("HEIC picture", "HEIC pictures", "to read them: pip install pillow-heif"),
    "large": _Kind("oversized file", "oversized files"),
    "unreadable": _Kind("unreadable file", "unreadable files"),
    "link": _Kind("link", "links", "pass the folder that it leads to"),
    "system": _Kind("hidden or system file", "hidden or system files"),
    "thumbnail": _Kind("thumbnail", "thumbnails"),
    "other": _Kind("other file", "other files"),
    "office": _Kind("spreadsheet", "spreadsheets", "save it as CSV (UTF-8)"),
    "archive": _Kind("archive inside", "archives inside", "pass it to --faces by itself"),
    "table": _Kind("label file", "label files"),
    "unlabeled": _Kind("picture without labels", "pictures without labels"),
    "column": _Kind("column of labels", "columns of labels"),
}
# Kinds of pictures that the user meant to use. If most pictures are of these kinds, something is
# wrong.
LOST_PICTURES = ("damaged", "format", "heic", "large", "unreadable", "unlabeled")


class Example(NamedTuple):
    """The number of skipped files of a kind, and the name of the first one with the reason."""

    number: int
    name: str
    reason: str


class Skipped(dict[str, Example]):
    """An example of each kind of skipped file; the keys are those of KINDS."""

    def add(self, kind: str, name: str, reason: str = "", count: int = 1) -> None:
        """Count `count` more files of a kind; the first one of a kind becomes its example."""
        before = self.get(kind)
        self[kind] = (
            before._replace(number=before.number + count)
            if before
            else Example(count, name, reason)
        )

    def lost_pictures(self) -> int:
        """Return the number of skipped pictures that the user meant to use."""
        return sum(example.number for kind, example in self.items() if kind in LOST_PICTURES)

    def lines(self) -> list[str]:
        """Return a line for each kind, the most frequent one first."""
        kinds = sorted(self, key=lambda kind: -self[kind].number)
        return [_line(kind, self[kind]) for kind in kinds]


def _line(kind: str, example: Example) -> str:
    names = KINDS[kind]
    first = printable(example.name) + (f": {printable(example.reason)}" if example.reason else "")
    label = "the first is " if example.number > 1 else ""
    advice = f"; {names.advice}" if names.advice else ""
    noun = names.singular if example.number == 1 else names.plural
    return f"{example.number:,} {noun} ({label}{first}){advice}"
