"""Split songs into training, validation and test songs.

The split of a song depends on a hash of its artist and text, not on other songs, with two
exceptions:

1. Songs that share most of their lines, such as a song and its live version, form a group. The
   whole group gets the split of its first song.
2. In a small collection, one group is held out for validation if otherwise none would be, or if
   less than half of the groups would be left for training. If there are fewer than `MIN_GROUPS`
   groups, the end of one song is held out instead (see `data.lyrics.corpus`).
"""

import zlib
from collections import Counter
from collections.abc import Sequence

from data.lyrics.songs import Song
from data.lyrics.tokenizer import NEWLINE_TEXT

SPLITS = ["training", "validation", "test"]
TRAINING = SPLITS.index("training")
VALIDATION = SPLITS.index("validation")
TEST = SPLITS.index("test")
MIN_GROUPS = 4
_HELD_OUT_PERCENT = 8  # percentage of the songs for validation, and again for testing
_SKETCH = 6  # number of lines of a song that are compared with those of other songs
_MIN_LINE_WORDS = 3  # shorter lines are not compared
_LINE_WORDS = 8  # longer lines are split, in case a song has no line breaks


def split_of(song: Song) -> int:
    """Return the split of a song, independent of other songs, as an index into SPLITS."""
    percentile = _percentile(song)
    if percentile < _HELD_OUT_PERCENT:
        return VALIDATION
    if percentile < 2 * _HELD_OUT_PERCENT:
        return TEST
    return TRAINING


def _percentile(song: Song) -> int:
    # The split must not depend on the line endings of the operating system.
    text = song.text.replace("\r\n", "\n").replace("\r", "\n")
    return zlib.crc32(f"{song.artist}\n{text}".encode("utf-8", "surrogatepass")) % 100


class Splitter:
    """Assigns the songs of a collection to splits.

    Attributes:
        holds_out_lines: Whether lines are held out because there are too few songs to hold out a
            whole one; set by `finish`.
    """

    def __init__(self) -> None:
        self.holds_out_lines = False
        self._groups: list[int] = []  # group of each song
        self._splits: list[int] = []  # split of each group
        self._percentiles: list[int] = []  # percentile of each group's first song
        self._by_line: dict[int, int] = {}  # {hash of a line: group}

    def add(self, song: Song, words: Sequence[str]) -> None:
        """Add the next song.

        Args:
            song: The song.
            words: The tokens of the song.
        """
        sketch = _sketch(words)
        group = self._similar(sketch)
        if group is None:
            group = len(self._splits)
            self._splits.append(split_of(song))
            self._percentiles.append(_percentile(song))
        for line in sketch:
            self._by_line.setdefault(line, group)
        self._groups.append(group)

    def _similar(self, sketch: Sequence[int]) -> int | None:
        """Return the group with more than half of these lines, or None."""
        found = Counter(self._by_line[line] for line in sketch if line in self._by_line)
        if not found:
            return None
        [(group, count)] = found.most_common(1)
        return group if 2 * count > len(sketch) else None

    def finish(self) -> list[int]:
        """Return the split of each song, as indices into SPLITS."""
        splits = self._splits
        training = splits.count(TRAINING)
        if len(splits) < MIN_GROUPS:
            self.holds_out_lines = True
            splits = [TRAINING] * len(splits)
        elif VALIDATION not in splits or 2 * training < len(splits):
            lowest = self._percentiles.index(min(self._percentiles))
            splits = [VALIDATION if i == lowest else TRAINING for i in range(len(splits))]
        return [splits[group] for group in self._groups]


def _sketch(words: Sequence[str]) -> list[int]:
    """Return the `_SKETCH` lowest hashes of the lines of a song."""
    lines = [line.split(" ") for line in " ".join(words).split(NEWLINE_TEXT)]
    long = [
        line[start : start + _LINE_WORDS]
        for line in lines
        for start in range(0, len(line), _LINE_WORDS)
    ]
    texts = {" ".join(line).strip() for line in long if len(line) >= _MIN_LINE_WORDS}
    hashes = (zlib.crc32(text.encode("utf-8", "surrogatepass")) for text in texts)
    return sorted(hashes)[:_SKETCH]
