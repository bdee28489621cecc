"""The songbook page in headless Chromium: reading, searching, filtering, and continuing from a line."""

import pytest

from data.lyrics.songs import SONGBOOK
from tests.helpers import assert_in_view, current_url, url_hash

OTHER_END = "brother-quarry/whos-got-the-other-end"


def go(page, address, **values):
    page.goto(f"{address}songbook.html{url_hash(**values) if values else ''}")
    page.wait_for_selector("#text .line", timeout=30_000)


def found(page):
    """The titles in the list."""
    return page.eval_on_selector_all(
        "#songs a", "links => links.map((link) => link.firstChild.data)"
    )


def test_a_song_is_read_and_continued_from_a_line(page, address):
    go(page, address, song=OTHER_END)
    assert page.text_content("#title") == "Who\u2019s Got the Other End"
    line = page.locator("#text .line", has_text="got the other end").nth(1)
    assert line.text_content() == "I\u2019ve got the other end"
    line.click()
    page.wait_for_function(
        "() => document.getElementById('text')?.value === 'I\u2019ve got the other end'",
        timeout=30_000,
    )
    assert "lyrics.html" in current_url(page)


def test_titles_artists_and_words_are_found(page, address):
    go(page, address)
    page.fill("#find", "who's got")
    assert found(page) == ["Who\u2019s Got the Other End"]
    page.fill("#find", "")
    page.select_option("#artist", "brother-quarry")
    names = page.eval_on_selector_all("#songs span", "names => names.map((n) => n.textContent)")
    assert set(names) == {"Brother Quarry"}
    page.select_option("#artist", "")
    page.fill("#find", "felled us an oak")
    assert found(page) == []
    page.check("#inside")
    page.wait_for_selector("#songs a", timeout=60_000)
    assert found(page) == ["Who\u2019s Got the Other End"]


@pytest.mark.parametrize("size", [(390, 844), (1280, 800)])
def test_a_chosen_song_is_seen_has_a_link_and_back_returns(page, address, size, elsewhere):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    go(page, address)
    first = page.text_content("#title")
    page.click("#songs li:nth-child(4) a")
    page.wait_for_function("(first) => title.textContent !== first", arg=first)
    assert_in_view(page, "#title", "#text .line")
    chosen = page.text_content("#title")
    elsewhere.goto(current_url(page))
    elsewhere.wait_for_selector("#text .line")
    assert elsewhere.text_content("#title") == chosen
    page.go_back()
    page.wait_for_function("(first) => title.textContent === first", arg=first)


def test_a_song_that_was_read_needs_no_connection(page, address):
    go(page, address, song=OTHER_END)
    page.reload()
    page.wait_for_selector("#text .line")
    page.context.set_offline(True)
    page.click("#songs li:nth-child(2) a")
    page.wait_for_selector("#text .line")
    assert page.text_content("#title") in SONGBOOK.read_text(encoding="utf-8")
    page.wrong.clear()  # the icon, which Chromium asks for again


@pytest.mark.parametrize("garbage", ["%", "v=1&song=no/such&artist=none", "v=1&song=../x", "v=2"])
def test_links_with_garbage_open_the_page(page, address, garbage):
    page.goto(f"{address}songbook.html#{garbage}")
    page.wait_for_selector("#random:enabled", timeout=30_000)
    page.click("#random")
    page.wait_for_selector("#text .line")
