"""Report the progress of long work on one line.

Rewritten in place on a terminal, printed every ten seconds into a log. Kept instead of rich or
tqdm because the line shows training metrics, and logs need plain lines; both libraries
would need more code than this module to do that.
"""

import sys
import time
from collections.abc import Callable
from typing import TextIO

TERMINAL_INTERVAL = 0.2  # seconds
LOG_INTERVAL = 10.0  # seconds

enabled = True  # False in all but one of several processes that train together


class Progress:
    """Shows the progress of a piece of work.

    Args:
        total: Units of work, or None if unknown.
        done: Units that are already done.
        stream: Where to write.
    """

    def __init__(self, total: int | None, done: int = 0, stream: TextIO = sys.stderr):
        self.total = total
        self.done_before = done
        self.stream = stream
        self.live = stream.isatty()
        self.started_at = time.monotonic()
        self.shown_at = self.started_at

    def show(self, done: int, text: Callable[[float], str]) -> None:
        """Write a line, unless one was written a moment ago.

        Args:
            done: Units of work that are done.
            text: Returns what to write, given the speed in units per second.
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
        """Clear the live line, so that the next output starts on an empty one."""
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
