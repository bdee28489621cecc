"""Users' own networks: their pages show their card, and no credits for other people's data."""

import json
import re
import shutil

import common.keras_quiet  # noqa: F401

import pytest

from common.files import read_json, write_json
from export import dist, tfjs
from export.serve import start_server
from tests.helpers import WEB, assert_main_refuses, finished_song, open_settings

CARD = {
    "lyrics/kitchen": {
        "title": 'Kitchen & "Songs"',
        "about": "Forty songs about <breakfast>.",
        "license": "CC BY 4.0, Ada & friends.",
    },
    "avatars/toys": {},
    "lyrics/plain": {},
}
GENES = ("songbook", "CC0", "ToonHead", "Johan Melin", "ten thousand")


@pytest.fixture(scope="module")
def work(checkpoints, avatars, tmp_path_factory):
    """A folder with the exported site of three networks; the working directory."""
    folder = tmp_path_factory.mktemp("own")
    for name, source in (
        ("lyrics/kitchen", checkpoints / "lyrics" / "tiny"),
        ("lyrics/plain", checkpoints / "lyrics" / "tiny"),
        ("avatars/toys", avatars / "avatars" / "faces"),
    ):
        shutil.copytree(source, folder / "checkpoints" / name)
        write_json(folder / "checkpoints" / name / "card.json", CARD[name])
    meta = folder / "checkpoints" / "avatars" / "toys" / "meta.json"
    content = json.loads(meta.read_text())
    content["args"]["faces"] = "toys.zip"
    write_json(meta, content)
    shutil.copytree(WEB, folder / "web", ignore=shutil.ignore_patterns("models"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        tfjs.main([])
        yield folder


@pytest.fixture
def visit(chromium):
    """Open an address of a served folder; the page must log no error."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    servers = []
    wrong = []

    def go(folder, address):
        server, url = start_server(folder)
        servers.append(server)
        page = context.new_page()
        page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("requestfailed", lambda request: wrong.append(request.url))
        page.goto(url + address)
        return page

    yield go
    context.close()
    for server in servers:
        server.shutdown()
    assert not wrong


def test_the_page_of_songs_shows_the_card(work, visit):
    page = visit(work / "web", "lyrics.html#v=1&run=kitchen")
    assert len(finished_song(page).split()) > 2
    assert page.inner_text("h1") == 'Kitchen & "Songs"'
    assert page.title() == 'Kitchen & "Songs" – Gene'
    assert page.inner_text(".lead").startswith("Forty songs about <breakfast>. Nothing")
    assert "The songs it learned from: CC BY 4.0, Ada & friends. The" in page.inner_text("footer")
    assert page.locator("#run option").all_text_contents() == ['Kitchen & "Songs"', "plain"]
    assert 'network Kitchen & "Songs"' in page.inner_text("#caption")
    page.wait_for_selector("#characters li")
    assert "Ada & friends" in page.inner_text("#characters")
    open_settings(page, more=True)
    page.select_option("#run", "plain")
    page.wait_for_function("() => document.querySelector('h1').textContent === 'plain'")
    assert "Ada" not in page.inner_text("footer")
    assert not [
        word for word in GENES if word in page.inner_text("main") + page.inner_text("#credit")
    ]


def test_the_page_of_pictures_shows_the_card(work, visit):
    page = visit(work / "web", "avatars.html#v=1&run=toys")
    page.wait_for_selector("#fresh:enabled")
    assert page.inner_text("h1") == "toys"
    assert not page.is_visible("#tabs label:has([value=names])"), "a name does not decide them"
    page.check("#tabs [value=picture]", force=True)
    assert page.is_visible("#shape") and not page.is_visible("#ground-choice")
    assert page.inner_text(".lead").startswith("A small neural network learned from pictures")
    page.evaluate("() => document.querySelector('#collapse').hidden = false")
    assert not page.is_visible("#collapse"), "it shows Gene's faces, and their credit is not there"
    assert not [
        word for word in GENES if word in page.inner_text("main") + page.inner_text("#credit")
    ]


def test_a_network_is_published_alone(work, visit, capsys):
    dist.main(["lyrics/kitchen"])
    out = capsys.readouterr().out
    assert "export.serve --folder dist-kitchen" in out and "docs/publishing.md" in out
    published = work / "dist-kitchen"
    names = {path.name for path in published.iterdir()}
    assert names.isdisjoint({"avatars.html", "addition.html", "home", "pictures", "avatars"})
    assert names.isdisjoint({"lesson", "lesson.html", "about.html"})
    assert not list(published.rglob("tfjs-cpu.js")), "only the page of addition trains"
    assert [m["run"] for m in read_json(published / "models" / "index.json")["models"]] == [
        "kitchen"
    ]
    html = (published / "index.html").read_text()
    assert "Kitchen &amp; &quot;Songs&quot; – Gene" in html and "<nav" not in html
    assert not [word for word in GENES if word in html] and "gene-lyrica-three" not in html
    links = re.findall('<a .*href="([^"#]+)', (published / "shelf.html").read_text())
    assert {*links} == {"index.html", "shelf.html", "lyrics.html"}
    page = visit(published, "")
    assert len(finished_song(page).split()) > 2
    assert page.inner_text("h1") == 'Kitchen & "Songs"'
    assert "Ada & friends" in page.inner_text("footer")
    assert not page.is_visible("label:has(#mode-all)")


def test_two_networks_link_to_each_other(work, visit):
    dist.main(["avatars/toys", "lyrics/plain", "--out", "dist"])
    assert not (work / "dist" / "pictures").exists()
    assert "singer" not in (work / "dist" / "lyrics.html").read_text()
    lost = (work / "dist" / "404.html").read_text()
    assert "lyrics.html" in lost and "digits.html" not in lost
    assert not [word for word in GENES if word in lost]
    page = visit(work / "dist", "")
    page.wait_for_selector("#fresh:enabled")
    assert page.inner_text("h1") == "toys"
    assert page.locator("nav a").all_text_contents() == ["lyrics", "faces"]
    page.click("nav a:text('lyrics')")
    finished_song(page)
    assert page.inner_text("h1") == "plain"


def test_a_network_that_is_not_there_is_named(work, capsys):
    assert_main_refuses(
        capsys, dist.main, ["lyrics/other"], "lyrics/other", "export.tfjs", "lyrics/kitchen"
    )
    assert not (work / "dist-other").exists()
