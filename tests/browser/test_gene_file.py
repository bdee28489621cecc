"""A network opened from a file becomes one of the characters; a damaged file changes nothing."""

import base64
import json

import pytest

from tests.golden import FOLDER
from tests.helpers import (
    DENY,
    DROP,
    current_url,
    finished_song,
    open_settings,
    url_hash,
    wait_until_ready,
)

FILE = FOLDER / "network.gene"
TITLE = "Kitchen Songs"


def drop(page, content, name="kitchen.gene"):
    """Drop a file on the page."""
    page.evaluate(DROP, [name, base64.b64encode(content).decode()])


def wait_for_status(page, words):
    """Wait until the page says something about a file."""
    page.wait_for_function(
        "(words) => document.querySelector('#own-status').textContent.includes(words)",
        arg=words,
        timeout=10_000,
    )


def wait_for_network(page, title):
    """Wait until a song of a network is shown."""
    page.wait_for_function(
        "(title) => document.querySelector('#caption').textContent.includes(`network ${title},`)",
        arg=title,
        timeout=20_000,
    )


def runs(page):
    """The networks in the menu."""
    return page.locator("#run option").all_text_contents()


@pytest.fixture
def opened(page, address):
    """A page whose visitor has dropped a network on it."""
    page.goto(f"{address}lyrics.html")
    wait_until_ready(page)
    page.wait_for_selector("#characters li")
    drop(page, FILE.read_bytes())
    wait_for_network(page, TITLE)
    return page


def test_a_dropped_network_sings_and_is_still_there_after_a_reload(opened, address):
    page = opened
    wait_for_status(page, f"“{TITLE}” was opened.")
    words = set(finished_song(page).lower().replace(",", " ").split())
    assert words <= {"hello", "world", "the", "sea", "is", "wide", "i", "naïve"} and len(words) > 3
    assert page.inner_text("h1") == TITLE and "CC0" in page.inner_text("footer")
    card = page.inner_text("#characters li:last-child")
    assert TITLE in card and "1 song in sea.txt" in card and "12 words" in card
    run = page.input_value("#run")
    song = finished_song(page)
    page.reload()
    wait_until_ready(page)
    assert finished_song(page) == song and page.input_value("#run") == run
    picks = {"text": "hello", "picks": "0 world 1 the 2 sea 3 is 4 wide", "seed": 1}
    page.goto(f"{address}lyrics.html{url_hash(run=run, **picks)}")
    page.reload()
    finished_song(page)
    page.wait_for_selector("#song .copied")
    page.hover("#song [data-at='2']")
    assert "“The Sea” by Ada" in page.text_content("#copies")


def test_it_needs_no_connection_and_is_compared(opened):
    page = opened
    page.context.set_offline(True)
    open_settings(page, more=True)
    page.select_option("#artist", "Björk")
    page.fill("#title", "the wide sea")
    page.click("#write")
    page.wait_for_function("() => location.hash.includes('artist=')")
    assert len(finished_song(page).split()) > 3
    page.context.set_offline(False)
    page.click("label:has(#mode-lines)")
    page.click("#write")
    page.wait_for_selector("#line-by-line:visible .primary:enabled")
    page.click("label:has(#mode-all)")
    page.click("#write")
    page.wait_for_function(
        """() => [...document.querySelectorAll('#comparison article')].every(
          (column) => !column.querySelector('button').disabled)""",
        timeout=60_000,
    )
    assert TITLE in page.inner_text("#comparison")


def test_a_deleted_network_comes_back_with_undo_only(opened):
    page = opened
    page.click(f"[aria-label='Delete {TITLE}']")
    wait_for_network(page, "gene-lyrica-three")
    assert TITLE not in runs(page)
    page.click("#own-undo")
    wait_for_status(page, "is back")
    assert TITLE in runs(page)
    page.wait_for_selector(f"[aria-label='Delete {TITLE}']")
    with page.expect_download() as download:
        page.click("text=Save as a file")
    assert download.value.suggested_filename == "Kitchen-Songs.gene"
    assert download.value.path().read_bytes() == FILE.read_bytes()
    page.click(f"text=Write with {TITLE}")
    wait_for_network(page, TITLE)
    finished_song(page)
    link = current_url(page)
    page.click(f"[aria-label='Delete {TITLE}']")
    wait_for_status(page, "Deleted")
    page.goto("about:blank")
    page.goto(link)
    finished_song(page)
    assert TITLE not in runs(page)
    assert "from a file that is not in this browser" in page.text_content("#said")


def test_damaged_files_say_one_sentence_and_change_nothing(page, address):
    page.goto(f"{address}lyrics.html")
    wait_until_ready(page)
    page.wait_for_selector("#characters li")
    before = runs(page), current_url(page), page.text_content("#song")
    script = FILE.read_bytes().replace(b"Kitchen Songs", b"<img onerror>")
    for content, words in (
        (b"<script>alert(1)</script>", "not a network of Gene"),
        (FILE.read_bytes()[:-99], "damaged"),
        (script, "checksum"),
    ):
        drop(page, content)
        wait_for_status(page, words)
        assert page.locator("#own-status.error").is_visible()
    assert (runs(page), current_url(page), page.text_content("#song")) == before
    kept = page.evaluate("async () => (await indexedDB.databases()).map(({ name }) => name)")
    assert json.dumps(kept).count("networks") <= 1, "an empty table at most"
    page.reload()
    wait_until_ready(page)
    assert runs(page) == before[0]


def test_without_storage_it_stays_until_the_page_is_closed(page, address):
    page.add_init_script(f"({DENY})()")
    page.goto(f"{address}lyrics.html")
    wait_until_ready(page)
    page.wait_for_selector("#characters li")
    page.set_input_files("#own-file", FILE)
    wait_for_network(page, TITLE)
    wait_for_status(page, "gone when you close the page")
    assert len(finished_song(page).split()) > 3
    page.reload()
    wait_until_ready(page)
    assert TITLE not in runs(page)
