"""The published site in a real headless Firefox, driven by puppeteer-core over WebDriver BiDi."""

import json
import shutil
import subprocess

import pytest

from tests.helpers import ROOT
from tests.hosts import serve

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")


@pytest.fixture(scope="module")
def steps(published_site):
    """What happened at each step of tests/browser/firefox.mjs."""
    assert FIREFOX, "Firefox is missing: apt-get install firefox-esr"
    with serve(published_site, "http.server", "/gene/") as site:
        command = ["node", "tests/browser/firefox.mjs", site.url, FIREFOX]
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        with process:
            assert process.stdout.readline() == "offline\n"
            site.stop()
            output, _ = process.communicate("\n", timeout=120)
    assert process.returncode == 0
    return json.loads(output)


def result(steps, name):
    """Return what a step has found on its page, which must not log errors."""
    assert not steps[name]["wrong"], steps[name]
    return steps[name]["result"]


def test_start(steps):
    assert "runs on your machine" in result(steps, "start")


def test_a_song_and_its_link(steps):
    song = result(steps, "sing")
    assert len(song.split()) > 20 and song.startswith("Hello world")
    assert result(steps, "link") == song


def test_faces(steps):
    assert result(steps, "faces").startswith("Sixteen faces")


def test_drawing(steps):
    assert "%" in result(steps, "drawing")


def test_signs(steps):
    assert "sure that this is “A”" in result(steps, "signs")


def test_addition(steps):
    assert "poch 1" in result(steps, "addition")


def test_a_strict_private_window(steps):
    """Without storage and with clocks that stand still for a tenth of a second."""
    page = result(steps, "strict")
    assert "words" in page and "∞" not in page and "Infinity" not in page


def test_offline(steps):
    assert result(steps, "keep")
    assert steps["offline"]["result"] == result(steps, "sing")
