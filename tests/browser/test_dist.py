"""The bundled site that `make dist` writes: in Chromium, every page works as in web/."""

import gzip
import re
import shutil
from pathlib import Path

import pytest

from export import dist
from export.serve import start_server
from tests.helpers import WEB, assert_main_refuses, finished_song, wait_until_ready

# Bytes of our own minified and gzipped JavaScript and CSS that a page may fetch.
CODE = 60_000
TEACHING = 45_000  # more for the panel that teaches songs, with the trainer and the reader


@pytest.fixture(scope="module")
def published(published_site):
    """The folder and the address of the published site."""
    server, address = start_server(published_site.parent)
    yield published_site, f"{address}gene/"
    server.shutdown()


@pytest.fixture
def visit(chromium, published):
    """A function that opens a page of it and returns the page; `page.code` has our own code that it fetches."""
    context, pages = (
        chromium.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce"),
        [],
    )

    def go(name):
        page = context.new_page()
        page.wrong, page.code, page.limit = [], set(), CODE
        page.on(
            "console", lambda message: message.type == "error" and page.wrong.append(message.text)
        )
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.on("request", lambda request: page.code.add(_file(published, request.url)))
        page.goto(published[1] + name)
        pages.append(page)
        return page

    yield go
    context.close()
    for page in pages:
        code = [
            len(gzip.compress(path.read_bytes()))
            for path in page.code
            if path.suffix in (".js", ".css") and "vendor" not in path.parts
        ]
        assert len(code) > 1 and sum(code) < page.limit
        assert not page.wrong


def _file(published, url):
    folder, address = published
    assert url.startswith((address, "data:", "blob:")), url
    return folder / url.removeprefix(address).partition("#")[0].partition("?")[0]


def test_the_same_song(visit, page, address):
    link = "lyrics.html#v=1&run=quick&text=hello+world&number=3"
    page.goto(address + link)
    wait_until_ready(page)
    song = finished_song(page)
    assert finished_song(visit(link)) == song and len(song.split()) > 5


@pytest.mark.parametrize(
    "name, sign",
    [
        ("avatars.html", "#fresh:enabled"),
        ("addition.html", "#answer:not(:text('…'))"),
        ("digits.html", "#said:not(:text('on their way'))"),
        ("digits.html#v=1&view=signs", "#sign-rows button:enabled"),
        ("index.html", "main a"),
        ("songbook.html", "#text .line"),
    ],
)
def test_the_pages_come_up(visit, name, sign):
    page = visit(name)
    page.wait_for_selector(sign, state="attached", timeout=30_000)
    assert page.locator(".error").count() == 0


def test_the_panel_that_teaches_songs_opens(visit):
    page = visit("lyrics.html")
    page.limit += TEACHING
    wait_until_ready(page)
    page.click("#teach:enabled")
    page.fill(
        "#band-text", "the sea is wide and the boat goes by\n" * 3 + "oh the wind, we sing " * 9
    )
    page.wait_for_selector("#band-go:visible", timeout=30_000)
    assert (
        page.locator("#band").evaluate("(panel) => getComputedStyle(panel).borderRadius") == "0px"
    )


def test_the_home_page_finds_the_networks_that_read_a_drawing(visit):
    page = visit("index.html")
    page.click("#clear")
    page.wait_for_selector("#read:text('The sheet is empty')", timeout=30_000)


def test_a_page_of_the_version_before_works_after_the_site_is_published_again(
    tmp_path, monkeypatch, chromium
):
    """As from a cache: its modules, its worker, the engine and the style sheets are still there."""
    web = tmp_path / "web"
    shutil.copytree(WEB, web, ignore=shutil.ignore_patterns("models"))
    (web / "models").symlink_to(WEB / "models")
    monkeypatch.chdir(tmp_path)
    dist.main([])
    old_page = shutil.copy("dist/lyrics.html", "dist/old.html")
    for path in [*web.glob("*/*.js"), *web.glob("*/*.css")]:
        if "vendor-sources" not in path.parts:
            path.write_text(path.read_text() + "\n/*! changed */\n")
    dist.main([])
    new, old = (
        set(re.findall(r'"([\w/-]+\.(?:js|css))"', Path(page).read_text()))
        for page in ("dist/lyrics.html", old_page)
    )
    assert len(old) == len(new) > 4 and not old & new
    server, address = start_server("dist")
    page = chromium.new_page(service_workers="block", reduced_motion="reduce")
    wrong = []
    page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{address}old.html#v=1&run=quick&text=hello+world&number=3")
    assert len(finished_song(page).split()) > 5 and not wrong
    page.close()
    server.shutdown()


def test_files_are_few_and_nothing_is_left_of_the_modules(published):
    folder, _ = published
    assert not (folder / "core").exists() and (WEB / "core").exists()
    assert len(list(folder.glob("*/*.js"))) < len(list(WEB.glob("*/*.js"))) / 1.5
    assert "lyrics/song-view.js" not in (folder / "precache-manifest.js").read_text()


def test_without_networks_there_is_nothing_to_publish(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert_main_refuses(capsys, dist.main, ["--out", tmp_path / "dist"], "web/models", "make dist")
    assert not Path("dist").exists()


def test_a_published_page_that_cannot_start_says_so(published, chromium):
    folder, _ = published
    page = chromium.new_page()
    page.goto((folder / "digits.html").as_uri())
    page.wait_for_selector(".trouble:text('web server')")
    page.close()
    (watcher,) = folder.glob("shared/watch-start-*.js")
    assert "=>" not in watcher.read_text()
