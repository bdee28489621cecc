"""What visitors can save and share: pictures with a link at the bottom, and the share dialog."""

import io
import re

from PIL import Image

from tests.helpers import finished_song, url_hash, wait_until_ready

# Notes the texts that are drawn, and what is shared if `shares` is set.
SPY = """
globalThis.drawn = [];
const { fillText } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.fillText = function (...args) {
  if (this.font.includes("Alegreya") || this.font.includes("28px")) drawn.push(args[0]);
  return fillText.apply(this, args);
};
"""
SHEET = """
globalThis.shared = [];
navigator.canShare = ({ files }) => files[0].type === "image/png";
navigator.share = async (data) => {
  const [file] = data.files ?? [];
  globalThis.shared.push({ url: data.url, bytes: file?.size ?? 0 });
  if (globalThis.refusal) throw new DOMException("", refusal);
};
"""
SONG = {"run": "quick", "text": "Hello world", "seed": 3, "num_candidates": 0}


def saved(page, button):
    """Save a picture; returns it, its file name and the texts in it."""
    page.evaluate("() => { drawn.length = 0; }")
    with page.expect_download() as coming:
        page.click(button)
    picture = Image.open(io.BytesIO(coming.value.path().read_bytes())).convert("RGB")
    return picture, coming.value.suggested_filename, page.evaluate("() => drawn")


def open_song(page, address, **values):
    page.add_init_script(SPY)
    page.goto(f"{address}lyrics.html{url_hash(**SONG | values)}")
    wait_until_ready(page)
    return finished_song(page)


def test_a_song_is_a_picture_with_its_link(page, address):
    song = open_song(page, address, form="abcb")
    picture, name, texts = saved(page, "#picture")
    assert name == "song-3.png" and picture.width == 1080
    accent = page.evaluate(
        "() => getComputedStyle(document.querySelector('#write')).backgroundColor"
    )
    assert picture.getpixel((5, 5)) == tuple(map(int, re.findall(r"\d+", accent)))
    assert texts[1] == "Hello world", "the visitor's words once more, in the color of the page"
    written = " ".join(texts[:1] + texts[2:])
    assert " ".join(song.split()) in " ".join(written.split())
    short = "".join(texts[texts.index("gene") + 1 :])
    page.goto("about:blank")
    page.goto(f"http://{short}")
    assert finished_song(page) == song
    assert len(short) < 120


def test_a_long_song_flows_into_columns(page, address):
    pasted = "\n".join(["the boat is on the sea"] * 40)  # a song of its own may end early
    song = open_song(page, address, form="", text=pasted, seed=5)
    picture, _, texts = saved(page, "#picture")
    assert picture.width > 1500 and picture.height < 3000
    written = " ".join(" ".join(texts).split())
    assert song.split()[-1] in written and len(song.splitlines()) > 34


DRAW = """async (card) => {
  const { drawCard } = await import(new URL("shared/picture-card.js", location.href).href);
  const { width, height } = await drawCard(card);
  return width * height;
}"""


def test_what_does_not_fit_is_broken_or_left_out(page, address):
    page.add_init_script(SPY)
    page.goto(f"{address}404.html")
    lines = ["א" * 90, "w" * 3000, *["a line " * 60] * 400]
    assert page.evaluate(DRAW, {"song": "\n".join(lines), "link": ""}) <= 12e6
    assert page.evaluate("() => Math.max(...drawn.map((text) => text.length))") < 60
    page.evaluate(DRAW, {"song": "hi", "link": f"https://x.org/y.html#{'z' * 999}"})
    assert page.evaluate("() => drawn.at(-1)") == "x.org/y.html"


def test_an_evolved_picture_and_a_sum_say_what_they_are(page, address):
    page.add_init_script(SPY)
    page.goto(f"{address}digits.html{url_hash(view='evolve', bred=1)}")
    page.click("#skip")
    page.wait_for_selector("#bred-said:has-text('It took')", timeout=60_000)
    page.click("#bred-keep")
    page.wait_for_selector("#bred-keep[aria-pressed=true]")
    _, name, texts = saved(page, "#bred-save")
    assert name == "not-a-9.png" and texts[0] == "Not a 9"
    assert "The simple network is 99.99% sure that this is a 9. But" in " ".join(texts)
    assert texts[-1].endswith("digits.html#v=1&view=evolve&bred=1")
    page.goto(f"{address}addition.html")
    _, _, texts = saved(page, "#picture")
    assert texts[:2] == ["8 + 8 = 15", "Wrong: it is 16. It says 14.7, 1.32 too low."]


def test_a_song_goes_to_the_sheet_of_the_browser(page, address):
    page.add_init_script(SHEET)
    open_song(page, address)
    assert page.text_content("#link") == "Share"
    for refusal in ("", "AbortError", "NotAllowedError"):
        assert page.text_content("#copied") == ""
        page.evaluate(
            "(refusal) => { Object.assign(globalThis, { shared: [], refusal }); }", refusal
        )
        page.click("#link")
        page.wait_for_function("() => shared.length")
        [shared] = page.evaluate("() => shared")
        assert shared["bytes"] > 5000 and shared["url"] == page.evaluate("() => location.href")
    page.wait_for_selector("#copied:text('Link copied')")


def test_faces_and_drawings_are_shared_too(page, address):
    page.add_init_script(SHEET)
    for name in ("avatars.html", "digits.html"):
        page.goto(f"{address}{name}")
        page.wait_for_selector("#link:enabled", timeout=30_000)
        page.click("#link")
        page.wait_for_function("() => shared.length && shared[0].bytes > 500")
