"""Accessibility: axe-core finds no problem on any page, light or dark, and 320 pixels are enough."""

import pytest

from tests.helpers import ROOT, WEB

PAGES = sorted(path.name for path in WEB.glob("*.html"))
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
FOUND = """async () => (await axe.run(document)).violations.map(({ id, nodes }) =>
  `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).slice(0, 3).join("; ")}`)"""
# what tells that a page has settled, its networks come
READY = {"lyrics.html": "#write:not([disabled])", "avatars.html": "#save:not([disabled])"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(page, address, name, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{address}{name}")
    page.wait_for_selector(READY.get(name, "main"), timeout=60_000)
    page.wait_for_load_state("networkidle")
    page.evaluate(
        "() => document.querySelectorAll('details').forEach((details) => { details.open = true; })"
    )
    page.evaluate(AXE.read_text())
    assert page.evaluate(FOUND) == []


@pytest.mark.parametrize("name", PAGES)
def test_pages_pass_at_320_pixels(page, address, name):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{address}{name}")
    page.wait_for_selector(READY.get(name, "main"), timeout=60_000)
    page.wait_for_load_state("networkidle")
    page.evaluate(
        "() => document.querySelectorAll('details').forEach((details) => { details.open = true; })"
    )
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320


def test_axe_would_find_something(page, address):
    page.goto(f"{address}index.html")
    page.evaluate(
        "() => document.querySelector('main').append(document.createElement('button'), new Image())"
    )
    page.evaluate(AXE.read_text())
    assert {found.split(":")[0] for found in page.evaluate(FOUND)} >= {"button-name", "image-alt"}


def test_every_page_leads_to_every_other(page, address):
    pages = sorted({*PAGES} - {"index.html"})
    for name in pages:
        page.goto(f"{address}{name}")
        links = page.get_by_role("navigation").get_by_role("link")
        assert sorted(link.get_attribute("href") for link in links.all()) == pages
        assert page.locator("nav [aria-current=page]").get_attribute("href") == name
    links.first.click()
    page.wait_for_url(f"{address}lyrics.html*")
