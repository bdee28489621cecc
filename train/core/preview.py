"""preview.html of a run: the samples of each epoch, to watch in a browser during training.

The file is self-contained, and reloads itself until training is over.
"""

import base64
import html
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import keras

from common.files import write_text
from train.core.run import Run

PREVIEW_FILE = "preview.html"
MAX_SAMPLES = 40  # show only those of the latest epochs, to keep the file small
RELOAD_SECONDS = 3
MEDIA_TYPES = {".webp": "image/webp", ".png": "image/png"}

CURVE_WIDTH = 640
CURVE_HEIGHT = 160

STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 Georgia, serif; }
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-weight: normal; font-size: 1.5rem; margin: 0; }
svg { width: 100%; height: auto; stroke: #c2693d; stroke-width: 2; fill: none; }
article { border-top: 1px solid #8885; padding: 1rem 0; }
h2 { font-size: .875rem; font-weight: normal; opacity: .7; margin: 0 0 .5rem; }
pre { font: inherit; white-space: pre-wrap; margin: 0; }
img { width: 100%; max-width: 32rem; image-rendering: pixelated; }
"""


class Preview(keras.callbacks.Callback):
    """Writes preview.html after each epoch.

    Args:
        run: The run; its samples are the text and image files `samples/epoch-NNN.*`.
        history: One row per finished epoch, as in history.csv; it grows during training.
        monitor: Name of the metric to draw as a curve.
        format_logs: Formats the metrics of an epoch as one line.
    """

    def __init__(
        self,
        run: Run,
        history: Sequence[Mapping[str, float]],
        monitor: str,
        format_logs: Callable[[dict[str, float]], str],
    ):
        super().__init__()
        self.run = run
        self.history = history
        self.monitor = monitor
        self.format_logs = format_logs

    def on_epoch_end(self, epoch, logs=None):
        """Write the page, which reloads itself."""
        self.write(is_finished=False)

    def write(self, *, is_finished: bool) -> None:
        """Write the page.

        Args:
            is_finished: Whether training is over; if it is not, the page reloads itself.
        """
        best = min(self.history, key=lambda row: row[self.monitor])
        state = "finished" if is_finished else "training"
        lines = [f"{state}, {self._describe(self.history[-1])}"]
        if best is not self.history[-1]:
            lines.append(f"kept: {self._describe(best)}")
        values = [row[self.monitor] for row in self.history]
        text = _page(self.run, values, self.monitor, lines, is_finished)
        write_text(self.run.path(PREVIEW_FILE), text)

    def _describe(self, row: Mapping[str, float]) -> str:
        metrics = {name: value for name, value in row.items() if name != "epoch"}
        return f"epoch {row['epoch']}: {self.format_logs(metrics)}"


def _page(
    run: Run, values: list[float], monitor: str, lines: Sequence[str], is_finished: bool
) -> str:
    """Return the HTML of the page.

    Args:
        run: The run.
        values: The monitored metric of each epoch.
        monitor: The name of that metric.
        lines: What to say about the latest epoch, and about the best one.
        is_finished: Whether training is over; if it is not, the page reloads itself.
    """
    name = html.escape(run.folder.name)
    reload = "" if is_finished else f'<meta http-equiv="refresh" content="{RELOAD_SECONDS}">\n'
    samples = sorted(run.location.glob("samples/epoch-*.*"), reverse=True)[:MAX_SAMPLES]
    state = "finished" if is_finished else "training"
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n{reload}'
        f'<meta name="viewport" content="width=device-width">\n<title>{name}: {state}</title>\n'
        f"<style>{STYLE}</style>\n<h1>{name}</h1>\n"
        f"<p>{'<br>'.join(map(html.escape, lines))}</p>\n"
        f"{_curve(values, monitor)}\n" + "\n".join(map(_article, samples)) + "\n"
    )


def _curve(values: Sequence[float], name: str) -> str:
    """Draw the values of all epochs as an SVG line; larger values are higher."""
    low = min(values)
    span = max(values) - low or 1.0
    step = CURVE_WIDTH / max(1, len(values) - 1)
    points = " ".join(
        f"{i * step:.1f},{(CURVE_HEIGHT - 8) * (1 - (value - low) / span) + 4:.1f}"
        for i, value in enumerate(values)
    )
    label = html.escape(name.replace("_", " "))
    return (
        f'<svg viewBox="0 0 {CURVE_WIDTH} {CURVE_HEIGHT}" role="img" '
        f'aria-label="{label}, from {values[0]:.3g} to {values[-1]:.3g}">'
        f'<polyline points="{points}"/></svg>'
    )


def _article(path: Path) -> str:
    """Return the HTML of one sample, a text or an image."""
    epoch = html.escape(path.stem.replace("-", " "))
    media_type = MEDIA_TYPES.get(path.suffix)
    if media_type:
        content = base64.b64encode(path.read_bytes()).decode()
        shown = f'<img src="data:{media_type};base64,{content}" alt="image made by the network">'
    else:
        shown = f"<pre>{html.escape(path.read_text(encoding='utf-8'))}</pre>"
    return f"<article><h2>{epoch}</h2>{shown}</article>"
