"""Accessibility: axe-core finds no problems on any page, light or dark, and pages fit in 320 pixels."""

import contextlib

import pytest

from tests.helpers import ROOT

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
FOUND = """async () => (await axe.run(document)).violations.map(({ id, nodes }) =>
  `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).slice(0, 3).join("; ")}`)"""
WIDTH = "() => document.documentElement.scrollWidth"


@contextlib.contextmanager
def all_open(page):
    """Open everything that can be opened, for a while."""
    opened = page.query_selector_all("details:not([open])")
    for details in opened:
        details.evaluate("(details) => { details.open = true; }")
    yield
    for details in opened:
        details.evaluate("(details) => { details.open = false; }")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(settled, scheme):
    settled.emulate_media(color_scheme=scheme)
    settled.evaluate(AXE)
    with all_open(settled):
        assert settled.evaluate(FOUND) == []


def test_pages_pass_at_320_pixels(settled):
    settled.set_viewport_size({"width": 320, "height": 640})
    with all_open(settled):
        assert settled.evaluate(WIDTH) <= 320
    tops = settled.eval_on_selector_all(
        "header nav a", "links => links.map((link) => link.getBoundingClientRect().top)"
    )
    assert len({*tops}) == 1, "the navigation is one line"


def test_text_at_200_percent_on_360_pixels(settled):
    settled.set_viewport_size({"width": 360, "height": 800})
    with all_open(settled):
        settled.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
        width = settled.evaluate(WIDTH)
        settled.evaluate("() => { document.documentElement.style.fontSize = ''; }")
    assert width <= 360


def test_axe_would_find_something(page, address):
    page.goto(f"{address}index.html")
    page.evaluate(
        "() => document.querySelector('main').append(document.createElement('button'), new Image())"
    )
    page.evaluate(AXE)
    assert {found.split(":")[0] for found in page.evaluate(FOUND)} >= {"button-name", "image-alt"}


def test_every_page_leads_to_every_other(page, address):
    pages = ["addition.html", "avatars.html", "digits.html", "lyrics.html", "songbook.html"]
    for name in pages:
        page.goto(f"{address}{name}", wait_until="domcontentloaded")
        links = page.get_by_role("banner").get_by_role("navigation").get_by_role("link")
        assert sorted(link.get_attribute("href") for link in links.all()) == pages
        assert page.locator("header [aria-current=page]").get_attribute("href") == name
    links.first.click()
    page.wait_for_url(f"{address}lyrics.html*")
