"""The shelf: what a visitor keeps, in this browser and as a file."""

import base64
import json

import pytest

from tests.browser.test_lesser_browsers import NO_STORAGE
from tests.helpers import assert_in_view, current_url, url_hash

DRAWING = "digits.html" + url_hash(view="draw")
# A white pixel.
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg=="
SONG = {"link": "lyrics.html#v=1&seed=3", "title": "<i>The sea</i>", "text": "& so", "kept": 1}
FACE = {"link": "avatars.html#v=1", "title": "Face 1", "kept": 2, "picture": PNG}


@pytest.fixture(scope="module")
def shared(chromium, address):
    """A page for all tests, whose shelf `shelf` empties; it fails on any error."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, reduced_motion="reduce", service_workers="block"
    )
    page = context.new_page()
    wrong = []
    page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert not wrong


@pytest.fixture
def shelf(shared, address):
    """The page of an empty shelf."""
    shared.goto(f"{address}shelf.html")
    shared.wait_for_selector("#add:enabled")
    if shared.is_visible("#remove-all"):
        shared.click("#remove-all")
        shared.wait_for_selector("#empty:visible")
    return shared


def add(page, content):
    """Add a file to the shelf; returns what the page says about it."""
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()
    page.evaluate("() => { document.getElementById('said').textContent = ''; }")
    page.set_input_files("#file", {"name": "a.json", "mimeType": "", "buffer": content})
    page.wait_for_function("() => document.getElementById('said').textContent")
    return page.text_content("#said")


def shelf_file(*items, **changes):
    return {"format": "gene-shelf", "version": 1, "items": items} | changes


def links(page):
    return page.eval_on_selector_all(
        "#shelves a", "links => links.map((link) => link.getAttribute('href'))"
    )


KEEPABLE = {
    "lyrics.html" + url_hash(run="quick", seed=3): "#keep",
    "songbook.html": "#keep",
    "avatars.html": "#keep",
    "addition.html": "#keep",
    DRAWING: "#keep",
    "digits.html" + url_hash(view="evolve", bred=1): "#bred-keep",
}


@pytest.mark.parametrize("name", KEEPABLE)
def test_what_a_page_shows_is_kept_opened_and_taken_off(shelf, address, name):
    shelf.goto(address + name)
    button = shelf.locator(KEEPABLE[name])
    shelf.wait_for_selector(f"{KEEPABLE[name]}:enabled", timeout=30_000)
    assert button.text_content() == "Keep"
    button.click()
    button.and_(shelf.locator("[aria-pressed=true]:text('Kept')")).wait_for()
    assert shelf.locator("header .spines i").count() == 1
    shelf.goto(f"{address}shelf.html")
    shelf.click("#shelves a")
    shelf.wait_for_selector(f"{KEEPABLE[name]}:enabled", timeout=30_000)
    assert current_url(shelf).startswith(address + name.partition("#")[0])
    button.and_(shelf.locator("[aria-pressed=true]")).wait_for()
    button.click()
    button.and_(shelf.locator("[aria-pressed=false]:text('Keep')")).wait_for()
    assert shelf.locator("header .spines i").count() == 0


def test_kept_things_are_text_and_pictures(shelf):
    assert add(shelf, shelf_file(SONG, FACE)) == "Added 2 items."
    assert shelf.locator(".lyrics b, .lyrics span").all_text_contents() == [
        "<i>The sea</i>",
        "& so",
    ]
    shelf.wait_for_function("() => document.querySelector('.avatars canvas').width === 1")
    assert shelf.get_by_role("img", name="Face 1").count() == 1


def test_removing_can_be_undone(shelf):
    add(shelf, shelf_file(SONG, FACE))
    shelf.click(".lyrics li button")
    shelf.wait_for_selector("#said:text('Removed “<i>The sea</i>”.')")
    assert links(shelf) == [FACE["link"]]
    assert shelf.evaluate("() => document.activeElement.id") == "undo"
    shelf.keyboard.press("Enter")
    shelf.wait_for_selector(".lyrics a")
    shelf.click("#remove-all")
    shelf.wait_for_selector("#empty:visible")
    shelf.click("#undo")
    shelf.wait_for_selector(".lyrics a")
    assert links(shelf) == [SONG["link"], FACE["link"]]
    assert not shelf.is_visible("#undo")


def test_a_file_brings_the_shelf_back(shelf):
    add(shelf, shelf_file(SONG, FACE))
    with shelf.expect_download() as coming:
        shelf.click("#save")
    content = coming.value.path().read_bytes()
    assert coming.value.suggested_filename.endswith(".json")
    assert json.loads(content)["items"] == [{"text": ""} | FACE, SONG], "the newest first"
    assert add(shelf, content) == "Added 0 items; 2 items already there."
    shelf.click("#remove-all")
    shelf.wait_for_selector("#empty:visible")
    assert add(shelf, content) == "Added 2 items."
    shelf.wait_for_selector(".lyrics a")
    shelf.click("#undo")
    shelf.wait_for_selector("#empty:visible")


BAD_ITEMS = {
    "script": SONG | {"link": "javascript:alert(1)"},
    "other site": SONG | {"link": "https://example.org/lyrics.html#v=1"},
    "other folder": SONG | {"link": "../lyrics.html#v=1"},
    "other page": SONG | {"link": "about.html#v=1"},
    "query": SONG | {"link": "lyrics.html?x#v=1"},
    "line break": SONG | {"link": "lyrics.html#v=1\n"},
    "long link": SONG | {"link": "lyrics.html#" + "a" * 60_000},
    "no link": {"title": "x", "kept": 1},
    "no title": {"link": SONG["link"], "kept": 1},
    "title is no text": SONG | {"title": {"toString": "x"}},
    "long title": SONG | {"title": "x" * 201},
    "no date": SONG | {"kept": "now"},
    "date out of range": SONG | {"kept": 1e300},
    "no base64": FACE | {"picture": "<svg>"},
    "no PNG": FACE | {"picture": base64.b64encode(b"GIF89a" + bytes(40)).decode()},
    "huge picture": FACE
    | {"picture": base64.b64encode(base64.b64decode(PNG)[:16] + b"\0\1\0\0" * 8).decode()},
    "picture is no text": FACE | {"picture": [1]},
    "null": None,
}


@pytest.mark.parametrize("name", BAD_ITEMS)
def test_a_damaged_file_adds_nothing(shelf, name):
    said = add(shelf, shelf_file(FACE, BAD_ITEMS[name]))
    assert said.startswith("This file is damaged (item 2), so nothing was added"), said
    assert links(shelf) == [] and not shelf.is_visible("#undo")


BAD_FILES = {
    "empty": b"",
    "cut off": json.dumps(shelf_file(SONG)).encode()[:-3],
    "no text": b"\xff\xfe\x00\x80" * 9,
    "null": b"null",
    "list": b"[]",
    "deep": b"[" * 100_000,
    "other format": shelf_file(SONG, format="other"),
    "no version": shelf_file(SONG, version=None),
    "old version": shelf_file(SONG, version=0),
    "no items": shelf_file(items={}),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_another_file_is_no_shelf(shelf, name):
    assert "is not a shelf of this site" in add(shelf, BAD_FILES[name])
    assert links(shelf) == []


def test_a_file_of_a_newer_version(shelf):
    assert "newer version" in add(shelf, shelf_file({"new": 1}, version=2))


def test_ten_thousand_items_are_enough(shelf):
    songs = [SONG | {"link": f"lyrics.html#v=1&seed={i}", "kept": i} for i in range(10_001)]
    assert "at most 10,000" in add(shelf, shelf_file(*songs))
    assert add(shelf, shelf_file(*songs[1:])) == "Added 10,000 items."
    shelf.wait_for_selector(".lyrics h2:text('Songs, 10,000')")
    assert shelf.locator(".lyrics li").count() == 60
    shelf.click(".lyrics .more")
    assert shelf.locator(".lyrics li").count() == 120
    assert links(shelf)[0] == "lyrics.html#v=1&seed=10000", "the newest first"
    assert "Your shelf is full" in add(shelf, shelf_file(FACE))
    assert shelf.locator(".avatars a").count() == 0


def test_an_item_far_below_is_removed_without_a_jump(shelf):
    songs = [SONG | {"link": f"lyrics.html#v=1&seed={i}", "kept": i} for i in range(60)]
    add(shelf, shelf_file(*songs))
    shelf.click(".lyrics li:nth-child(50) button")
    shelf.wait_for_selector("#undo:visible")
    assert shelf.evaluate("() => scrollY") > 1000
    assert_in_view(shelf, "#undo")
    shelf.keyboard.press("Enter")
    shelf.wait_for_selector(".lyrics li:nth-child(60)")


def test_two_tabs_show_the_same(shelf, address):
    other = shelf.context.new_page()
    other.goto(f"{address}shelf.html")
    other.wait_for_selector("#add:enabled")
    add(shelf, shelf_file(SONG, FACE))
    other.wait_for_selector(".lyrics a")
    other.click(".avatars li button")
    shelf.wait_for_selector(".avatars", state="hidden")
    other.close()


def test_without_storage_the_page_says_so_and_goes_on(page, address):
    page.add_init_script(NO_STORAGE)
    page.goto(address + DRAWING)
    page.wait_for_selector("#drawn li")
    page.click("#keep")
    page.wait_for_selector("#read.error:text('not let the site store anything')")
    assert page.text_content("#keep") == "Keep"
    page.click("#link")
    page.wait_for_selector("#read:not(.error):text('Link copied')")
    page.goto(f"{address}shelf.html")
    page.wait_for_selector("#said.error:text('not let the site store anything')")


def test_a_full_disk_is_named(page, address):
    page.goto(address + DRAWING)
    page.wait_for_selector("#drawn li")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": address[:-1], "quotaSize": 1})
    page.click("#keep")
    page.wait_for_selector("#read.error:text('no room left')")
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": address[:-1]})
    page.click("#keep")
    page.wait_for_selector("#keep[aria-pressed=true]")


def test_the_shelf_survives_the_deletion_of_site_data(page, address):
    page.goto(address + DRAWING)
    page.wait_for_selector("#drawn li")
    page.click("#keep")
    page.wait_for_selector("#keep[aria-pressed=true]")
    devtools = page.context.new_cdp_session(page)
    wanted = {"origin": address[:-1], "storageTypes": "all"}
    devtools.send("Storage.clearDataForOrigin", wanted)
    page.wait_for_timeout(100)
    page.click("#keep")
    page.wait_for_selector("#read:text('Kept on your shelf')")
