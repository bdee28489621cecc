"""Print the progress of a long task on one line.

On a terminal, the line is updated in place; in a log, a line is printed every ten seconds. With
rich or tqdm, showing training metrics and writing plain lines to logs would take more code than
this module has.
"""

import sys
import time
from collections.abc import Callable
from typing import TextIO

TERMINAL_INTERVAL = 0.2  # seconds between updates
LOG_INTERVAL = 10.0  # seconds between lines

enabled = True  # False in distributed training, except in process 0


class Progress:
    """Prints the progress of a task.

    Args:
        total: Total number of units of work, or None if unknown.
        done: Number of units done before the start, e.g. before a resumed run was interrupted.
        stream: The text stream to write to.
    """

    def __init__(self, total: int | None, done: int = 0, stream: TextIO = sys.stderr):
        self.total = total
        self.done_before = done
        self.stream = stream
        self.live = stream.isatty()
        self.started_at = time.monotonic()
        self.shown_at = self.started_at

    def show(self, done: int, text: Callable[[float], str]) -> None:
        """Write a line, unless the last one is too recent.

        Args:
            done: Number of units of work that are done.
            text: Returns the text of the line, given the speed in units per second.
        """
        now = time.monotonic()
        interval = TERMINAL_INTERVAL if self.live else LOG_INTERVAL
        if not enabled or now - self.shown_at < interval:
            return
        self.shown_at = now
        speed = (done - self.done_before) / (now - self.started_at)
        line = text(speed)
        if self.total and speed:
            line += f"  {format_duration((self.total - done) / speed)} left"
        self.stream.write(f"\r\x1b[K{line}" if self.live else f"{line}\n")
        self.stream.flush()

    def end(self) -> None:
        """Clear the progress line on a terminal, so that other output can follow."""
        if self.live and enabled:
            self.stream.write("\r\x1b[K")
            self.stream.flush()


def format_duration(seconds: float) -> str:
    """Format a duration: "42 s", "3 min 10 s" or "2 h 05 min"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes_of_hour = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes_of_hour:02d} min"
    if minutes:
        return f"{minutes} min {rest:02d} s"
    return f"{rest} s"
