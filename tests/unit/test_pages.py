"""Test that the pages of the site have the same head and the same navigation."""

import argparse
import itertools
import re

import pytest
from PIL import Image

from common.cli import GeneError
from common.files import read_json
from export.bundle import check_addresses
from export.published_addresses import (
    link_source,
    make_pictures_absolute,
    site_address,
    web_address,
)
from tests.helpers import WEB

NETWORK_PAGES = ["addition", "avatars", "digits", "lyrics", "songbook"]
ORDER = ["index", "lyrics", "songbook", "avatars", "addition", "digits", "index"]


def _head(name: str) -> str:
    """Return a page up to its <main>, without what belongs to this page alone."""
    head = (WEB / f"{name}.html").read_text(encoding="utf-8").partition("<main>")[0]
    for pattern in (
        r'name="description" content="[^"]+"',
        r"<title>[^<]+ – Gene</title>",
        r'<meta property="og:title" content="[^"]+ – Gene">',
        r'<a class="skip" href="#[\w-]+">[^<]+</a>',
    ):
        head, found = re.subn(pattern, "", head)
        assert found == 1, pattern
    for some in ("stage", "switch"):
        head = head.replace(f'<link rel="stylesheet" href="shared/{some}.css">\n', "")
    head = head.replace('<script type="module" src="lyrics/early-client.js"></script>\n', "")
    for own in ("page.js", "style.css"):
        head = head.replace(f'"{name}/{own}"', f'"{own}"')
    return head.replace(' aria-current="page"', "")


@pytest.mark.parametrize("name", NETWORK_PAGES[1:])
def test_heads_and_navigation_are_the_same(name):
    assert _head(name) == _head(NETWORK_PAGES[0])


@pytest.mark.parametrize("name", NETWORK_PAGES)
def test_the_navigation_marks_the_page_itself(name):
    html = (WEB / f"{name}.html").read_text(encoding="utf-8")
    assert re.findall(r'<a href="([\w.]+)" aria-current="page">', html) == [f"{name}.html"]


@pytest.mark.parametrize("name", [*NETWORK_PAGES, "index", "about", "lesson", "shelf"])
def test_every_page_can_be_shared_and_installed(name):
    html = (WEB / f"{name}.html").read_text(encoding="utf-8")
    [title] = re.findall("<title>(.+)</title>", html)
    assert f'<meta property="og:title" content="{title}">' in html
    [image] = re.findall('<meta property="og:image" content="([^"]+)">', html)
    assert Image.open(WEB / image).size == (1200, 630)
    assert '<link rel="manifest" href="site.webmanifest">' in html


@pytest.mark.parametrize("name", [*NETWORK_PAGES, "index", "about", "lesson", "shelf"])
def test_every_page_asks_for_the_font_early(name):
    html = (WEB / f"{name}.html").read_text(encoding="utf-8")
    [font] = re.findall('<link rel="preload" href="([^"]+)" as="font" .+ crossorigin>', html)
    assert f'src: url("../{font}")' in (WEB / "shared" / "style.css").read_text(encoding="utf-8")


def test_the_manifest_names_icons_that_are_there():
    manifest = read_json(WEB / "site.webmanifest")
    for icon in manifest["icons"]:
        if icon["type"] == "image/png":
            width, height = Image.open(WEB / icon["src"]).size
            assert icon["sizes"] == f"{width}x{height}"
        else:
            assert (WEB / icon["src"]).exists()


def test_each_page_leads_to_the_next():
    for name, target in itertools.pairwise(ORDER):
        html = (WEB / f"{name}.html").read_text(encoding="utf-8")
        assert re.findall(r'<a class="next" href="([\w.]+)">', html) == [f"{target}.html"]


def test_links_to_other_sites_are_allowed_but_nothing_is_loaded_from_there(tmp_path):
    page = tmp_path / "a.html"
    page.write_text('<a href="https://example.org/">there</a><a href="a.html">here</a>')
    check_addresses(tmp_path)
    page.write_text('<img src="https://example.org/x.png">')
    with pytest.raises(GeneError, match="is absolute"):
        check_addresses(tmp_path)


def test_pictures_of_shared_links_get_absolute_addresses(tmp_path):
    page = tmp_path / "index.html"
    page.write_bytes((WEB / "index.html").read_bytes())
    make_pictures_absolute(tmp_path, site_address("https://example.org/gene"))
    assert 'content="https://example.org/gene/pictures/card.png"' in page.read_text()
    for text in ("example.org", "https://", "https://a b", "javascript:x"):
        with pytest.raises(argparse.ArgumentTypeError, match="is not a web address"):
            site_address(text)


def test_every_page_links_the_source_code_once_its_address_is_known(tmp_path):
    pages = [*WEB.glob("*.html")]
    for page in pages:
        (tmp_path / page.name).write_bytes(page.read_bytes())
    link_source(tmp_path, web_address("https://example.org/gene"))
    link = '<a class="about" href="https://example.org/gene">Source code</a>'
    for page in pages:
        footer = (tmp_path / page.name).read_text(encoding="utf-8").partition("<footer>")[2]
        assert footer.count(link) == 1 or page.name == "404.html", page.name
