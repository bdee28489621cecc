"""One line of progress for long work: rewritten in place on a terminal, printed now and then into a log."""

import sys
import time


class Progress:
    """Shows how far a piece of work is, at most every few seconds.

    total: units of work in all, or None when nobody knows; done: units already done when it begins.
    """

    def __init__(self, total, done=0, stream=sys.stderr):
        self.total, self.first, self.stream = total, done, stream
        self.live = stream.isatty()
        self.start = self.shown = time.monotonic()

    def show(self, done, text):
        """Print text(units a second) and the time left, unless something was printed a moment ago."""
        now = time.monotonic()
        if now - self.shown < (0.2 if self.live else 10):
            return
        self.shown = now
        speed = (done - self.first) / (now - self.start)
        left = f"  {clock((self.total - done) / speed)} left" if self.total and speed else ""
        self.stream.write(
            ("\r\x1b[K" if self.live else "") + text(speed) + left + ("" if self.live else "\n")
        )
        self.stream.flush()

    def end(self):
        """Wipe the live line, so that what follows starts on a clean one."""
        if self.live:
            self.stream.write("\r\x1b[K")
            self.stream.flush()


def clock(seconds):
    """Seconds as a person reads them: 42 s, 3 min 10 s, 2 h 05 min."""
    seconds = int(round(seconds))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02d} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02d} min"
