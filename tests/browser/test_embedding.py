"""Pages embedded in other sites: no header or footer, as tall as their content, and no storage."""

import itertools
import re

import pytest

from export.serve import start_server
from tests.browser.test_lesser_browsers import NO_STORAGE
from tests.helpers import WEB, finished_song, url_hash

DOCUMENTS = (WEB.parent / "docs" / "publishing.md").read_text()
[SCRIPT] = re.findall(r"```html\n(<script>.+?</script>)\n```", DOCUMENTS, re.DOTALL)
SONG = "lyrics.html" + url_hash(run="quick", text="hello world", seed=3)
# What shows that a page's network has answered.
STARTED = {
    SONG: "#copy:enabled",
    "songbook.html": "#text .line",
    "avatars.html": "#said:text-matches('^Sixteen faces')",
    "addition.html": "#answer.wrong",
    "digits.html": "#read:has-text('network')",
    "digits.html" + url_hash(view="evolve"): "#breed:enabled",
    "index.html": "#face i",
}
AROUND = "header, footer, .skip, .history-strip, #keep, #bred-keep, #characters"
# How much higher the frame is than what it shows.
SPARE = """() => innerHeight - document.body.getBoundingClientRect().height"""


@pytest.fixture(scope="module")
def blog(chromium, address, tmp_path_factory):
    """A function that shows HTML on a page of another site; in its frames there is no storage."""
    folder = tmp_path_factory.mktemp("blog")
    server, url = start_server(folder)
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, reduced_motion="reduce", service_workers="block"
    )
    context.add_init_script(f"if (location.href.startsWith('{address}')) {{ {NO_STORAGE} }}")
    page = context.new_page()
    wrong = []
    names = (f"{number}.html" for number in itertools.count())
    page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))

    def show(html):
        # The server tells versions of a file apart by the second, so each page has a name of its own.
        name = next(names)
        (folder / name).write_text(f"<!doctype html><p>My blog</p>{html}")
        page.goto(url.replace("127.0.0.1", "localhost") + name)
        return page.query_selector("iframe").content_frame()

    yield show
    context.close()
    server.shutdown()
    assert not wrong


def embedded(address, name):
    page, _, fragment = name.partition("#")
    return f'<iframe src="{address}{page}?embed#{fragment}" width="100%" height="300" allow="clipboard-write"></iframe>'


@pytest.mark.parametrize("name", STARTED)
def test_a_page_works_in_a_frame_that_fits_it(blog, address, name):
    frame = blog(embedded(address, name) + SCRIPT)
    frame.wait_for_selector(STARTED[name], timeout=30_000)
    assert frame.evaluate("() => { try { return !sessionStorage; } catch { return true; } }")
    assert not [found for found in frame.query_selector_all(AROUND) if found.is_visible()]
    assert frame.query_selector(".trouble:not(noscript *), .error") is None
    frame.wait_for_function(f"() => Math.abs(({SPARE})()) < 1.5")
    height = frame.evaluate("() => innerHeight")
    assert 300 < height < 4000
    frame.evaluate("() => new Promise((done) => setTimeout(done, 200))")
    assert abs(frame.evaluate("() => innerHeight") - height) < 30, "it does not grow for ever"
    assert frame.get_attribute(".embedded-home a", "href").startswith(
        address + name.partition("#")[0] + "#" * ("#" in name)
    )


def test_a_frame_does_what_the_page_does_and_links_open_tabs(blog, address):
    frame = blog(embedded(address, SONG) + SCRIPT)
    song = finished_song(frame)
    frame.click("#write")
    frame.wait_for_function(
        "(song) => document.getElementById('song').textContent !== song", arg=song
    )
    assert finished_song(frame)
    frame.click("#link")
    frame.wait_for_selector("#copied:not(:empty)")
    frame.click("#song [data-at='4']")
    frame.wait_for_selector("#alternatives li")
    top = frame.evaluate(
        "() => document.getElementById('alternatives').getBoundingClientRect().top"
    )
    word = frame.evaluate(
        "() => document.querySelector('[data-at=\"4\"]').getBoundingClientRect().top"
    )
    assert abs(top - word) < 500, "next to the word, not at the end of a high frame"
    with frame.page.context.expect_page() as opened:
        frame.evaluate("() => document.getElementById('alternatives').close()")
        frame.click(".embedded-home a")
    assert opened.value.url.startswith(f"{address}lyrics.html#")
    opened.value.close()


def test_the_page_gives_the_html_of_its_frame(page, blog, address):
    page.goto(address + SONG)
    song = finished_song(page)
    page.click("text=Embed this page")
    html = page.input_value("#embed-html")
    page.click(".embed-dialog >> text=Close")
    assert html.startswith(f'<iframe src="{address}lyrics.html?embed#v=1&amp;')
    assert finished_song(blog(html)) == song


@pytest.mark.parametrize("name", ["songbook", "avatars", "addition", "digits", "index"])
def test_every_page_offers_it(page, address, name):
    page.goto(f"{address}{name}.html")
    page.click("text=Embed this page")
    assert f'src="{address}{name}.html?embed' in page.input_value("#embed-html")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
