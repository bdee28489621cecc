"""Summarize a source of songs: its format, its songs, and what was repaired or skipped."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from common.cli import printable

MAX_EXAMPLE = 60  # number of characters that are shown of an example


class _Example(NamedTuple):
    """The place and the beginning of the first text that was skipped for a reason."""

    where: str
    text: str


class Summary:
    """Counts what is found in a source of songs.

    Attributes:
        path: The source; the summary omits it from the places of examples.
        sources: Number of files of each recognized format.
        songs: Number of songs.
        words: Number of words; 0 unless the caller counts them.
        artists: Number of songs of each artist.
        skipped: Number of rows, songs or files that were skipped, by reason.
        repaired: Number of songs that were repaired, by kind of repair.
        without_lines: Number of songs without line breaks.
    """

    def __init__(self, path: str | Path = "") -> None:
        self.path = path
        self.sources: Counter[str] = Counter()
        self.songs = 0
        self.words = 0
        self.artists: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.repaired: Counter[str] = Counter()
        self.without_lines = 0
        self._examples: dict[str, _Example] = {}

    def skip(self, reason: str, where: str, text: str = "") -> None:
        """Count a skipped text; the first one becomes the example of its reason."""
        self.skipped[reason] += 1
        place = where.removeprefix(f"{self.path} ")
        self._examples.setdefault(reason, _Example(place, " ".join(text[:1000].split())))

    def add_song(self, artist: str) -> None:
        """Count a song."""
        self.songs += 1
        self.artists[artist] += 1

    def lines(self) -> list[str]:
        """Return the summary, as lines of text."""
        words = f", {self.words:,} words" if self.words else ""
        recognized = "; ".join(
            name if count == 1 else f"{count:,} x {name}" for name, count in self.sources.items()
        )
        return [
            f"recognized: {recognized or 'nothing'}",
            f"songs: {self.songs:,} by {_plural(len(self.artists), 'artist')}{words}",
            *(
                f"repaired: {what} in {_plural(count, 'song')}"
                for what, count in self.repaired.most_common()
            ),
            *(self._skipped_line(reason) for reason, _ in self.skipped.most_common()),
            *self._notes(),
        ]

    def _notes(self) -> list[str]:
        if not self.without_lines:
            return []
        return [
            f"note: {_plural(self.without_lines, 'song')} without line breaks, from which the "
            "network cannot learn where lines end"
        ]

    def _skipped_line(self, reason: str) -> str:
        example = self._examples[reason]
        text = f", {printable(example.text[:MAX_EXAMPLE])}" if example.text else ""
        first = "first: " if self.skipped[reason] > 1 else ""
        return f"skipped: {reason}: {self.skipped[reason]:,} ({first}{example.where}{text})"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
