"""Helpers for tests of the faces page: open it, wait until it has drawn, and read its faces."""

import base64

import numpy as np

from data.avatars.labelled_images import reduce_size
from tests.helpers import TO_BASE64, url_hash

SLIDE = """([id, value]) => { const slider = document.getElementById(id); slider.value = value;
  slider.dispatchEvent(new Event("input")); slider.dispatchEvent(new Event("change")); }"""
IN_VIEW = """(ids) => ids.map((id) => document.getElementById(id).getBoundingClientRect())
  .map(({ top, bottom }) => top >= -1 && bottom <= innerHeight + 1)"""


def go(page, address, **values):
    """Open the page with a state and wait until it has drawn."""
    page.goto(f"{address}avatars.html{url_hash(**values) if values else ''}")
    drawn(page)


def drawn(page):
    """Wait until everything requested has been drawn."""
    page.wait_for_selector(".faces:not(.waiting) canvas", timeout=60_000)
    page.wait_for_function(
        "() => document.getElementById('said').textContent.startsWith('Sixteen faces')",
        timeout=60_000,
    )
    one_drawn(page)


def one_drawn(page):
    """Wait until the portrait has been drawn."""
    page.wait_for_function(
        """() => { const { drawn, requested } = document.getElementById("one").dataset;
      return drawn && drawn === requested; }""",
        timeout=60_000,
    )


def open_tab(page, name):
    """Show a panel."""
    page.check(f"#tabs [value={name}]", force=True)


def slide(page, name, value):
    """Move a slider."""
    page.evaluate(SLIDE, [name, value])


def canvases(page, selector):
    """The RGBA bytes of canvases, one after another."""
    contents = page.evaluate(
        f"""(selector) => {{ {TO_BASE64}
      return [...document.querySelectorAll(selector)].map((canvas) => toBase64(
        canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data)); }}""",
        selector,
    )
    return np.frombuffer(b"".join(map(base64.b64decode, contents)), "uint8")


def sheet(page):
    """The sixteen faces, reduced to (16, 64, 64, 3)."""
    pixels = canvases(page, "#faces canvas")
    side = round((len(pixels) / 16 / 4) ** 0.5)
    return reduce_size(pixels.reshape(-1, side, side, 4)).astype("int16")
