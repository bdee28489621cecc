"""Unusual run names: train, rename, export, publish, choose on the page, and open by link."""

import shutil
import unicodedata
from urllib.parse import quote_plus

import common.keras_quiet  # noqa: F401

import pytest

from export import dist, tfjs
from export.serve import start_server
from tests.helpers import WEB, current_url, finished_song, open_settings, wait_until_ready

NAMES = [
    "my songs #1, 50%25? back\\slash + 'more' & <b>",
    "_Лирика 夏の歌 שיר",
    unicodedata.normalize("NFD", "naïve é") + "x" * 60,
]


@pytest.fixture(scope="module")
def site(checkpoints, tmp_path_factory):
    """The address of a published site whose networks have these names."""
    work = tmp_path_factory.mktemp("names")
    for name in NAMES:
        shutil.copytree(checkpoints / "lyrics" / "tiny", work / "checkpoints" / "lyrics" / name)
    shutil.copytree(WEB, work / "web", ignore=shutil.ignore_patterns("models"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(work)
        tfjs.main([])
        dist.main([])
    server, address = start_server(work / "dist")
    yield address
    server.shutdown()


@pytest.mark.parametrize("name", NAMES)
def test_a_run_of_any_name_is_chosen_and_its_link_brings_the_song_back(chromium, site, name):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    page = context.new_page()
    wrong = []
    page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{site}lyrics.html")
    wait_until_ready(page)
    published = unicodedata.normalize("NFC", name)
    open_settings(page, more=True)
    page.select_option("#run", published)
    page.wait_for_url(lambda url: quoted(published) in url)  # it has begun to write
    written(page)
    page.fill("#text", "hello world")
    page.click("#write")
    song = written(page)
    link = current_url(page)
    for address in (link, link.replace(quoted(published), quoted(name))):
        opened = context.new_page()
        opened.goto(address)
        assert written(opened) == song and opened.input_value("#run") == published
        assert "an earlier version" not in opened.inner_text("main")
        opened.close()
    assert not wrong
    context.close()


def written(page):
    """Return the song when it is complete: the menu begins one, and the button another."""
    finished_song(page)
    page.wait_for_function("() => !document.getElementById('song').hasAttribute('aria-busy')")
    return finished_song(page)


def quoted(name):
    """Return a name as `URLSearchParams` writes it."""
    return quote_plus(name, safe="*-._")
