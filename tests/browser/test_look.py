"""The look of the pages: one serif that comes with the site, nothing too small to read, a hue for each page."""

import pytest

STATES = """() => Promise.allSettled([...document.fonts].map((font) => font.load())).then(() =>
  Object.fromEntries([...document.fonts].map(({ family, status }) => [family, status])))"""
BOX = """(family) => {
  const context = document.createElement("canvas").getContext("2d");
  context.font = `100px "${family}"`;
  const box = context.measureText("And the one it said, with her gran");
  return [box.width, box.fontBoundingBoxAscent, box.fontBoundingBoxDescent];
}"""

# Text of less than 14 pixels that can be seen; a drawing may scale its text.
SMALL = """() => [...document.querySelectorAll("body *")]
  .filter((element) => element.checkVisibility()
    && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
    && parseFloat(getComputedStyle(element).fontSize) * (element.getScreenCTM?.().a ?? 1) < 13.9)
  .map((element) => element.outerHTML.slice(0, 80))"""
HUES = """() => [document.querySelector("nav [aria-current]"), document.documentElement]
  .map((element) => getComputedStyle(element).getPropertyValue("--accent"))"""


def test_headlines_are_set_in_the_font_of_the_site(settled):
    assert settled.evaluate(STATES)["Alegreya"] == "loaded"
    family = settled.evaluate("() => getComputedStyle(document.querySelector('h1')).fontFamily")
    assert family.startswith("Alegreya,")


def test_nothing_jumps_when_the_font_arrives(page, address):
    page.goto(f"{address}about.html")
    loaded = [family for family, state in page.evaluate(STATES).items() if state == "loaded"]
    assert len(loaded) > 1, "one of the fallbacks is on every system"
    expected, *others = [page.evaluate(BOX, family) for family in loaded]
    for other in others:
        assert other == pytest.approx(expected, rel=0.05)
    assert page.evaluate(BOX, "DejaVu Serif") != pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("width", [320, 390, 1280, 1920])
def test_no_text_is_smaller_than_14_pixels(settled, width):
    """Also after a phone is turned: drawings follow in the next frame."""
    settled.set_viewport_size({"width": width, "height": 800})
    for _ in range(2):
        settled.evaluate("() => new Promise(requestAnimationFrame)")
    assert settled.evaluate(SMALL) == []


def test_each_page_has_a_hue_of_its_own(page, address):
    hues = []
    for name in ("lyrics", "songbook", "avatars", "addition", "digits"):
        page.goto(f"{address}{name}.html", wait_until="domcontentloaded")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            link, everything_else = page.evaluate(HUES)
            assert link == everything_else, (name, scheme)
            hues.append((scheme, link))
    assert len({*hues}) == len(hues)
