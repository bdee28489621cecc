"""The site as `make dist` writes it, its modules put together: in real Chromium every page does what it does in web/."""

from pathlib import Path

import pytest

from export import dist
from export.serve import start_server
from tests.helpers import WEB, assert_main_refuses, finished_song, wait_until_ready

CODE = 50_000  # bytes of our own JavaScript and CSS that a page may fetch


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The folder and the address of the published site."""
    folder = tmp_path_factory.mktemp("published") / "gene"
    dist.main(["--out", str(folder)])
    server, address = start_server(folder.parent)
    yield folder, f"{address}gene/"
    server.shutdown()


@pytest.fixture
def visit(chromium, published):
    """Opens a page of it and returns it; whatever it fetches of our own code is in `page.code`."""
    context, pages = chromium.new_context(viewport={"width": 390, "height": 844}), []

    def go(name):
        page = context.new_page()
        page.wrong, page.code = [], set()
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
            path.stat().st_size
            for path in page.code
            if path.suffix in (".js", ".css") and "vendor" not in path.parts
        ]
        assert len(code) > 1 and sum(code) < CODE
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
        ("index.html", "main a"),
    ],
)
def test_the_pages_come_up(visit, name, sign):
    page = visit(name)
    page.wait_for_selector(sign, state="attached", timeout=30_000)
    assert page.locator(".error").count() == 0


def test_files_are_few_and_nothing_is_left_of_the_modules(published):
    folder, _ = published
    assert not (folder / "core").exists() and (WEB / "core").exists()
    assert len(list(folder.glob("*/*.js"))) < len(list(WEB.glob("*/*.js"))) / 1.5
    assert "lyrics/song-view.js" not in (folder / "precache-manifest.js").read_text()


def test_without_networks_there_is_nothing_to_publish(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert_main_refuses(capsys, dist.main, ["--out", tmp_path / "dist"], "web/models", "make dist")
    assert not Path("dist").exists()
