"""Palms on the screen, other scripts, printers, large text, translators, plain http, old iPhones."""

import subprocess

import pytest

from tests.helpers import (
    ROOT,
    WEB,
    assert_in_view,
    current_url,
    finished_song,
    url_hash,
    wait_until_ready,
)

READY = {
    "index.html": "h1",
    "lyrics.html": "#settings[data-ready]",
    "avatars.html": "#faces:not(.waiting)",
    "addition.html": "#solve:enabled",
    "digits.html": "body:has(#breed:enabled)",
}
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
# What translators of pages do: the text of every element is in new elements.
TRANSLATE = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    const font = document.createElement("font");
    font.textContent = text.textContent.replace(/[a-z]/g, "x");
    text.replaceWith(font);
  }
}"""


def go(page, address, name, **values):
    """Open a page and wait until its network is ready."""
    page.goto(f"{address}{name}{url_hash(**values) if values else ''}")
    page.wait_for_selector(READY[name], timeout=30_000)


class Hand:
    """Fingers and a pen on a touch screen, as the browser's own input."""

    def __init__(self, page, selector):
        page.locator(selector).scroll_into_view_if_needed()
        self.box = page.locator(selector).bounding_box()
        self.session = page.context.new_cdp_session(page)

    def at(self, x, y):
        """The point of the element at shares of its width and height."""
        left, top = self.box["x"], self.box["y"]
        return {"x": left + x * self.box["width"], "y": top + y * self.box["height"]}

    def fingers(self, kind, *points):
        """All fingers on the screen: {id: (x, y)} as pairs."""
        touches = [{"id": i, **self.at(*point)} for i, point in points]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def pen(self, kind, x, y):
        """A pen that touches the screen."""
        event = {"type": kind, **self.at(x, y), "button": "left", "buttons": 1, "clickCount": 1}
        self.session.send("Input.dispatchMouseEvent", event | {"pointerType": "pen"})


def ink(page):
    """The visitor's drawing, as the link holds it."""
    return page.evaluate("new URLSearchParams(location.hash.slice(1)).get('ink')")


def test_a_palm_does_not_draw(page, address):
    go(page, address, "digits.html", ink="")
    hand = Hand(page, "#pad")
    hand.fingers("touchStart", (0, (0.2, 0.2)))
    hand.fingers("touchMove", (0, (0.2, 0.8)))
    hand.fingers("touchEnd")
    alone = ink(page)
    page.click("#clear")
    hand = Hand(page, "#pad")
    hand.fingers("touchStart", (0, (0.2, 0.2)))
    hand.fingers("touchStart", (0, (0.2, 0.2)), (1, (0.8, 0.5)))
    hand.fingers("touchMove", (0, (0.2, 0.2)), (1, (0.8, 0.9)))
    hand.fingers("touchMove", (0, (0.2, 0.8)), (1, (0.8, 0.9)))
    hand.fingers("touchEnd", (0, (0.2, 0.8)))
    hand.fingers("touchEnd")
    assert alone and ink(page) == alone


def test_a_pen_replaces_the_palm_that_came_first(page, address):
    go(page, address, "digits.html", ink="")
    hand = Hand(page, "#pad")
    hand.pen("mousePressed", 0.5, 0.2)
    hand.pen("mouseReleased", 0.5, 0.2)
    alone = ink(page)
    page.click("#clear")
    hand = Hand(page, "#pad")
    hand.fingers("touchStart", (0, (0.8, 0.9)))
    hand.pen("mousePressed", 0.5, 0.2)
    hand.pen("mouseReleased", 0.5, 0.2)
    hand.fingers("touchEnd")
    assert alone and ink(page) == alone


def turned(page):
    """The link of the addition page once its surface has been turned."""
    page.wait_for_function("() => !location.hash.includes('turn=35')")
    return current_url(page)


def test_a_second_finger_does_not_turn_the_surface(page, address):
    go(page, address, "addition.html", turn=35)
    hand = Hand(page, "#surface")
    hand.fingers("touchStart", (0, (0.3, 0.5)))
    hand.fingers("touchMove", (0, (0.5, 0.5)))
    hand.fingers("touchEnd")
    alone = turned(page)
    page.reload()
    go(page, address, "addition.html", turn=35)
    hand = Hand(page, "#surface")
    hand.fingers("touchStart", (0, (0.3, 0.5)))
    hand.fingers("touchStart", (0, (0.3, 0.5)), (1, (0.9, 0.5)))
    hand.fingers("touchMove", (0, (0.3, 0.5)), (1, (0.6, 0.5)))
    hand.fingers("touchMove", (0, (0.5, 0.5)), (1, (0.6, 0.5)))
    assert turned(page) == alone
    hand.fingers("touchEnd")


def test_without_offscreen_canvas_the_large_face_is_drawn(page, address):
    page.add_init_script("delete window.OffscreenCanvas")

    def older(route):
        body = "delete self.OffscreenCanvas;" + (WEB / "vendor" / "tfjs.js").read_text()
        route.fulfill(body=body, content_type="text/javascript")

    page.route("**/vendor/tfjs.js", older)
    go(page, address, "avatars.html")
    page.wait_for_selector("#one[data-drawn]")
    colors = """new Set(document.getElementById("one").getContext("2d").getImageData(0, 0, 512, 512).data).size"""
    assert page.evaluate(colors) > 20


def test_without_resize_observer_the_surface_is_drawn(page, address):
    page.add_init_script("delete window.ResizeObserver")
    go(page, address, "addition.html")
    blank = "document.getElementById('surface').getContext('2d').getImageData(0, 0, 640, 440).data.every((value) => !value)"
    assert not page.evaluate(blank)
    page.set_viewport_size({"width": 320, "height": 700})
    # Not wait_for_function, which evaluates text in the page, where that is forbidden.
    for _ in range(100):
        page.wait_for_timeout(50)
        if page.evaluate("document.getElementById('surface').width < 320"):
            return
    raise AssertionError("the surface keeps its width")


def test_no_module_needs_a_newer_browser_than_the_page_says(tmp_path):
    """The oldest that have all of shared/watch-start.js: iPhones that stay at iOS 15 have Safari 15.8."""
    folders = [
        path.name for path in WEB.iterdir() if path.is_dir() and path.name != "vendor-sources"
    ]
    modules = [path for folder in folders for path in (WEB / folder).glob("*.js")]

    def translate(target):
        out = tmp_path / target
        command = ["node_modules/.bin/esbuild", *modules, f"--outdir={out}", "--log-level=error"]
        subprocess.run([*command, f"--target={target}"], cwd=ROOT, check=True)
        return {path.name: path.read_text() for path in out.rglob("*.js")}

    assert translate("safari15.4,chrome97,firefox114") == translate("es2022")


def test_a_translated_page_goes_on(page, address):
    page.goto(f"{address}lyrics.html{url_hash(run='quick', text='hello world', seed=3)}")
    song = finished_song(page)
    page.evaluate(TRANSLATE)
    line_start = "[data-at]:has(+ font), font + [data-at]"
    page.locator(f"#song :is({line_start})").nth(3).click()
    page.wait_for_selector("#alternatives li")
    word = page.text_content("#alternatives-word").strip("“”")
    assert word in song.split(), "the network's word, not the translator's"
    page.locator("#alternatives li button:not([aria-current])").first.click()
    page.wait_for_selector("#song.writing", state="detached")
    rewritten = finished_song(page)
    assert rewritten.split()[:2] == ["Hello", "world"]
    assert rewritten != song and "xx" not in rewritten


def test_songs_are_not_translated_and_copied_as_written(chromium, address):
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}lyrics.html{url_hash(run='quick', text='hello world', seed=3)}")
    song = finished_song(page)
    for selector in ("#song", "#alternatives-word", ".cards .song"):
        page.wait_for_selector(f"{selector}[translate=no]", state="attached")
    page.evaluate(TRANSLATE)
    page.click("#copy")
    page.wait_for_selector("#copied:text('Song copied')")
    assert page.evaluate("navigator.clipboard.readText()") == song
    assert_in_view(page, "#copied")
    context.close()


def test_the_song_in_the_page_is_adopted_before_it_is_translated(page, address):
    held = []
    page.route("**/models/index.json", lambda route: held.append(route))
    page.goto(f"{address}lyrics.html")
    song = page.text_content("#song")
    page.wait_for_selector("#said:text('Loading')")
    page.evaluate(TRANSLATE)
    while not held:
        page.wait_for_timeout(50)
    for route in held:
        route.continue_()
    page.unroute("**/models/index.json")
    wait_until_ready(page)
    assert page.text_content("#song") == song


def test_right_to_left_songs(page, address):
    page.goto(
        f"{address}lyrics.html{url_hash(run='quick', text='שלום עולם, שיר', seed=3, lines=4)}"
    )
    finished_song(page)
    style = (
        "(element) => [getComputedStyle(element).direction, getComputedStyle(element).unicodeBidi]"
    )
    assert page.eval_on_selector("#song", style) == ["rtl", "plaintext"]
    assert page.eval_on_selector("#text", style)[0] == "rtl"
    first = page.locator("#song .prompt").first.bounding_box()
    sheet = page.locator("#song").bounding_box()
    assert first["x"] + first["width"] > sheet["x"] + 0.8 * sheet["width"], "from the right"
    assert "\u2068“שלום”\u2069" in page.text_content("#said")


def test_long_words_are_not_quoted_in_full(page, address):
    page.goto(f"{address}lyrics.html{url_hash(run='quick', text='z' * 1500, seed=3, lines=4)}")
    finished_song(page)
    assert "z" * 40 + "…”" in page.text_content("#said")


def test_printed_in_dark_mode(settled):
    page, name = settled, settled.evaluate("location.pathname").removeprefix("/")
    page.emulate_media(color_scheme="dark", media="print")
    style = (
        "(element) => [getComputedStyle(element).color, getComputedStyle(element).backgroundColor]"
    )
    ink = "rgb(0, 0, 0)" if name == "lesson.html" else "rgb(38, 35, 30)"  # the lesson is for paper
    assert page.eval_on_selector("body", style) == [ink, "rgb(255, 255, 255)"]
    text = page.inner_text("body")
    for hint in ("Tap a word", "Drag the surface", "Choose a face above"):
        assert hint not in text
    assert (
        page.locator("button, select, textarea, input[type=range]").filter(visible=True).count()
        == 0
    )
    if name == "addition.html":
        assert page.is_visible("#answer") and page.is_visible(".swatch.plus")
    if name == "avatars.html":
        assert page.is_visible("#faces") and page.is_visible("#one")
    if name == "digits.html":
        darkest = """Math.min(...document.getElementById("pad").getContext("2d")
          .getImageData(0, 0, 28, 28).data.filter((_, i, all) => i % 4 === 0 && all[i + 3] > 250))"""
        assert page.evaluate(darkest) < 60, "black ink, not white"
        assert page.is_visible("#drawn progress")


@pytest.mark.parametrize("name, canvas", [("addition.html", "surface"), ("digits.html", "pad")])
def test_canvases_are_sharp_and_change_their_colors(chromium, address, name, canvas):
    context = chromium.new_context(device_scale_factor=3, color_scheme="light")
    page = context.new_page()
    go(page, address, name)
    if canvas == "surface":
        page.wait_for_function("() => surface.width === Math.floor(3 * surface.clientWidth)")
    picture = f"document.getElementById('{canvas}').toDataURL()"
    light = page.evaluate(picture)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"(light) => {picture} !== light", arg=light)
    page.emulate_media(color_scheme="light")
    page.wait_for_function(f"(light) => {picture} === light", arg=light)
    page.emulate_media(forced_colors="active")
    assert page.is_visible(f"#{canvas}")
    context.close()


@pytest.mark.parametrize(
    "name, button, message",
    [
        ("lyrics.html", "#link", "#copied"),
        ("avatars.html", "#link", "#copied"),
        ("digits.html", "#link", "#read"),
    ],
)
def test_copying_where_the_clipboard_is_forbidden(page, address, name, button, message):
    page.add_init_script(NO_CLIPBOARD + "document.execCommand = () => false;")
    go(page, address, name)
    page.click(button)
    page.wait_for_selector(f"{message}:text('copy it by hand')")
    assert page.input_value(".copyable") == current_url(page)
    selected = "document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)"
    assert page.evaluate(selected) == current_url(page)
    page.click(button)
    assert page.locator(".copyable").count() == 1


def test_copying_over_plain_http(page, address):
    page.add_init_script(NO_CLIPBOARD)
    go(page, address, "digits.html")
    page.click("#link")
    page.wait_for_selector("#read:text('Link copied')")
    assert page.locator(".copyable").count() == 0
