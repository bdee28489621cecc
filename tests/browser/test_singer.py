"""The face that sings: on the lyrics page and the home page, and as `explore.avatars singers` draws it."""

import numpy as np
import pytest
from PIL import Image

from tests.helpers import WEB, finished_song, run_module, url_hash, wait_until_ready

SINGERS = WEB / "pictures" / "singers.webp"
WATCH = """() => {
  const faces = document.getElementById("singer");
  globalThis.columns = new Set();
  const note = () => columns.add(parseInt(faces.lastChild.style.backgroundPosition));
  new MutationObserver(note).observe(faces, { subtree: true, childList: true, attributeFilter: ["style"] });
}"""


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_it_moves_its_mouth_while_words_appear(visitor, address, motion):
    page = visitor
    page.emulate_media(reduced_motion=motion)
    page.goto(
        f"{address}lyrics.html{url_hash(run='quick', text='hello world', seed=3, form='abcb')}"
    )
    wait_until_ready(page)
    finished_song(page)
    page.evaluate(WATCH)
    page.click("#write")
    page.wait_for_function("() => !location.hash.includes('seed=3&')")
    finished_song(page)
    page.wait_for_function(
        "() => document.querySelector('#singer i:last-child').style.backgroundPositionX === '0%'"
    )
    columns = page.evaluate("() => [...columns].filter(Boolean).length")
    assert columns >= 2 if motion == "no-preference" else columns == 0


def test_the_faces_are_those_that_the_network_draws(tmp_path):
    drawn = tmp_path / "singers.webp"
    result = run_module("explore.avatars", "singers", "--out", drawn)
    assert result.returncode == 0, result.stderr
    ours, shipped = [
        np.asarray(Image.open(path).convert("RGB"), "int16") for path in (drawn, SINGERS)
    ]
    assert np.abs(ours - shipped).mean() < 1


def test_a_network_for_other_pictures_has_no_singers(tmp_path):
    result = run_module("explore.avatars", "singers", "--run", "ellipses-white")
    assert result.returncode == 2 and "does not draw Gene's own faces" in result.stderr
    result = run_module("explore.avatars", "singers", "--out", tmp_path / "singers.png")
    assert result.returncode == 2 and "does not end in .webp" in result.stderr
