"""Fixtures for tests of all pages, and of bad connections and hosts."""

import json
import shutil

import pytest

from common.files import read_json
from export import precache
from tests.browser.unreliable_host import UnreliableHost
from tests.helpers import WEB, watched_page

PAGES = sorted(path.name for path in WEB.glob("*.html"))
# What shows that a page has settled: what its networks compute is there.
SETTLED = {
    "lyrics.html": "main:has(#settings[data-ready]) #characters li",
    "avatars.html": "#save:enabled",
    "addition.html": "#train:enabled",
    "digits.html": "#drawn li",
    "songbook.html": "#text .line",
}


@pytest.fixture(scope="session", params=PAGES)
def settled_page(request, profile, address):
    """Each page of the site in turn. It is loaded once for all tests of a process."""
    with watched_page(profile, address) as page:
        page.goto(f"{address}{request.param}")
        page.wait_for_selector(SETTLED.get(request.param, "main"), timeout=60_000)
        page.wait_for_load_state("networkidle")
        yield page


@pytest.fixture
def settled(settled_page):
    """Each page of the site in turn, for tests that only change its size and colors."""
    settled_page.set_viewport_size({"width": 390, "height": 844})
    settled_page.emulate_media(media="screen", color_scheme="light", reduced_motion="reduce")
    return settled_page


@pytest.fixture
def host():
    """The built site on a server that can be made to misbehave."""
    host = UnreliableHost(WEB)
    yield host
    host.close()


@pytest.fixture
def visitor(chromium):
    """A page in a profile of its own, without a service worker; it may log errors."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, reduced_motion="reduce", service_workers="block"
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def site(tmp_path):
    """A copy of the built site with only the quick network."""
    folder = tmp_path / "web"
    shutil.copytree(WEB, folder, ignore=shutil.ignore_patterns("models"))
    index = read_json(WEB / "models" / "index.json")
    index["models"] = [entry for entry in index["models"] if entry["run"] == "quick"]
    shutil.copytree(
        WEB / "models" / index["models"][0]["folder"],
        folder / "models" / index["models"][0]["folder"],
    )
    (folder / "models" / "index.json").write_text(json.dumps(index))
    precache.main(["--site", str(folder)])
    return folder


@pytest.fixture
def visit(chromium):
    """A function that opens an address in a fresh browser profile and returns the page."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")

    def go(address):
        page = context.new_page()
        page.goto(address)
        return page

    yield go
    context.close()
