"""A visit to the lyrics page: early clicks, going back, reloads, and a lost connection."""

import pytest

from data.lyrics.tokenizer import tokenize
from tests.helpers import (
    current_url,
    finished_song,
    open_settings,
    url_hash,
    wait_until_ready,
)

QUICK = {"run": "quick", "text": "hello world", "seed": 3, "lines": 8, "form": "abcb abcb"}


def open_quick(page, address, **values):
    """Open the page with a song of the quick network."""
    page.goto(f"{address}lyrics.html{url_hash(**QUICK | values)}")
    return finished_song(page)


def lines_of(song):
    """The lines of a song that are not blank."""
    return [line for line in song.split("\n") if line]


def titles(page):
    """The first lines of the songs in the strip, newest first."""
    return page.locator("#made b").all_text_contents()


def test_what_is_typed_and_pressed_before_the_network_is_there_counts(page, address):
    held = []
    page.route("**/models/index.json", lambda route: held.append(route))
    page.goto(f"{address}lyrics.html")
    page.fill("#text", "the sea is wide")
    page.click("#write")
    assert "when the network is ready" in page.text_content("#said")
    assert page.text_content("#write") == "Stop"
    page.click("#write")
    assert "Loading" in page.text_content("#said")
    page.click("#write")
    for route in held:
        route.continue_()
    page.unroute("**/models/index.json")
    assert finished_song(page).startswith("The sea is wide")
    assert page.input_value("#text") == "the sea is wide"


def test_the_page_is_never_silent(page, address):
    """From its first moment, before its code has arrived, the page says what it waits for."""
    page.route("**/lyrics/page.js", lambda route: None)
    page.goto(f"{address}lyrics.html", wait_until="commit")
    assert "Loading the network" in page.text_content("#said")


def test_the_link_of_a_stopped_song_is_a_stopped_song(page, address):
    page.emulate_media(reduced_motion="no-preference")
    page.goto(f"{address}lyrics.html{url_hash(**QUICK | {'lines': 40, 'form': ''})}")
    page.wait_for_selector("#song span:nth-of-type(9)")
    page.click("#write")
    song = finished_song(page)
    assert 3 < len(song.split()) < 60
    page.reload()
    assert finished_song(page) == song
    page.click("#song [data-at='3']")
    page.locator("#alternatives li button:not([aria-current])").first.click()
    assert len(finished_song(page)) > len(song), "another word, and it goes on"


def test_settings_that_are_not_used_yet_survive_a_reload(page, address):
    song = open_quick(page, address)
    page.fill("#text", "something else")
    open_settings(page)
    page.locator("#temperature").fill("0.7")
    page.reload()
    assert finished_song(page) == song
    assert page.input_value("#text") == "something else"
    assert page.text_content("#temperature-is") == "0.70"


def test_back_returns_to_the_songs_before(page, address):
    songs = [open_quick(page, address)]
    for _ in range(2):
        page.click("#write")
        songs.append(finished_song(page))
    assert len(set(songs)) == 3
    for expected in reversed(songs[:2]):
        page.click("#back")
        page.wait_for_function(
            "(song) => document.getElementById('song').textContent === song", arg=expected
        )
        finished_song(page)
    assert page.is_disabled("#back")
    page.go_forward()
    page.wait_for_function(
        "(song) => document.getElementById('song').textContent === song", arg=songs[1]
    )
    assert page.locator("#made li").count() == 3
    page.click("#made li:first-child a")
    page.wait_for_function(
        "(song) => document.getElementById('song').textContent === song", arg=songs[2]
    )
    assert page.is_enabled("#back")
    page.reload()
    assert finished_song(page) == songs[2]
    assert page.locator("#made li").count() == 3


def test_back_undoes_the_choice_of_a_word(page, address):
    song = open_quick(page, address)
    page.click("#song [data-at='3']")
    page.locator("#alternatives li button:not([aria-current])").first.click()
    assert finished_song(page) != song
    page.click("#back")
    page.wait_for_function(
        "(song) => document.getElementById('song').textContent === song", arg=song
    )


def test_back_returns_to_the_song_of_the_page(page, address):
    page.goto(f"{address}lyrics.html")
    wait_until_ready(page)
    shown, seed = page.text_content("#song"), page.get_attribute("#song", "data-seed")
    page.click("#write")
    finished_song(page)
    page.click("#back")
    page.wait_for_function(
        "(song) => document.getElementById('song').textContent === song", arg=shown
    )
    assert page.text_content("#caption").startswith(f"seed {seed}, ")


def choose(page, mode):
    page.click(f"label:has(#mode-{mode})")


def offered(page):
    page.wait_for_selector("#line-by-line .another:enabled", timeout=15_000)
    return page.input_value("#offer")


def keep(page):
    """Keep a line and wait for the next offer."""
    page.click("#line-by-line .primary")
    return offered(page)


def test_starting_over_line_by_line_loses_nothing(page, address):
    open_quick(page, address)
    choose(page, "lines")
    page.click("#write")
    offered(page)
    keep(page)
    keep(page)
    kept = page.text_content("#song")
    page.click("#write")
    offered(page)
    assert page.text_content("#song") != kept
    page.click("#back")
    page.wait_for_function(
        "(song) => document.getElementById('song').textContent === song", arg=kept
    )
    assert len(titles(page)) == 3, "the song, and one of each time: not one for each line"


def test_another_way_of_writing_begins_while_a_song_is_written(page, address):
    page.emulate_media(reduced_motion="no-preference")
    page.goto(f"{address}lyrics.html{url_hash(**QUICK)}")
    page.wait_for_selector("#song span:nth-of-type(5)")
    assert page.text_content("#write") == "Stop"
    choose(page, "lines")
    assert page.text_content("#write") == "Start"
    page.click("#write")
    assert offered(page)


def test_line_by_line_each_press_counts_once(page, address):
    open_quick(page, address, view="lines")
    first = offered(page)
    page.evaluate("""() => {
      document.querySelector("#line-by-line .primary").click();
      document.querySelector("#line-by-line .primary").click();
    }""")
    offered(page)
    assert lines_of(page.text_content("#song")) == ["Hello world", first]


def test_line_by_line_another_line_can_be_undone(page, address):
    open_quick(page, address, view="lines")
    first = offered(page)
    assert page.is_disabled("#line-by-line .undo")
    page.fill("#offer", "mine and only mine")
    page.click("#line-by-line .another")
    assert offered(page) not in (first, "mine and only mine")
    page.click("#line-by-line .undo")
    assert page.input_value("#offer") == "mine and only mine"
    page.fill("#offer", "")
    page.click("#line-by-line .primary")
    assert "Write a line first" in page.text_content("#said")


@pytest.mark.parametrize("form", ["", "aabba", "abab CCDD abab CCDD"])
def test_line_by_line_never_ends(page, address, form):
    page.goto(f"{address}lyrics.html{url_hash(**QUICK | {'form': form, 'view': 'lines'})}")
    for count in range(1, 25):
        assert offered(page), f"nothing is offered after {count} lines"
        keep(page)
        assert len(lines_of(page.text_content("#song"))) == count + 1


def test_words_have_a_pointer_where_they_can_be_tapped(page, address):
    cursor = "getComputedStyle(document.querySelector('#song [data-at]')).cursor"
    open_quick(page, address)
    assert page.evaluate(cursor) == "pointer"
    choose(page, "lines")
    page.click("#write")
    offered(page)
    keep(page)
    assert page.evaluate(cursor) != "pointer"


def paste(page, text):
    """Continue a text in the form of a limerick; return the lines of the song."""
    page.fill("#text", text)
    page.evaluate("() => { document.getElementById('form').value = 'aabba'; }")
    page.click("#write")
    return lines_of(finished_song(page))


@pytest.mark.parametrize("count", [1, 4, 15, 16, 40])
def test_a_form_begins_after_a_pasted_song(page, address, count):
    open_quick(page, address)
    pasted = [f"the sea is wide and blue {'so ' * (i % 3)}" for i in range(count)]
    lines = paste(page, "\n".join(pasted))
    new = sum("the sea is wide and blue" not in line.lower() for line in lines)
    assert new == (4 if count == 1 else 5), "one line is the first of the song"
    song = finished_song(page)
    link = current_url(page)
    page.goto("about:blank")
    page.goto(link)
    assert finished_song(page) == song


def test_a_long_text_is_cut_where_a_line_begins(page, address):
    open_quick(page, address)
    pasted = [f"line{'z' * 80}{i} of the song" for i in range(40)]
    lines = paste(page, "\n".join(pasted))
    assert "That is a long text" in page.text_content("#said")
    assert lines[0].lower() in pasted
    assert tokenize(lines[-6]) == tokenize(pasted[-1])


def test_a_network_that_cannot_come_leaves_the_earlier_one(page, address):
    song = open_quick(page, address)
    page.route("**/baba-twist*/**", lambda route: route.abort())
    page.route("**/models/index.json", lambda route: route.abort())
    open_settings(page, more=True)
    page.select_option("#run", "baba-twist")
    page.wait_for_selector(".said.error", timeout=15_000)
    assert page.input_value("#run") == "quick"
    assert page.text_content("#song") == song
    page.click("#write")
    assert finished_song(page) != song
    assert "quick" in page.text_content("#caption")
    page.wrong.clear()  # the requests that this test broke


def test_two_networks_stay_in_memory(page, address):
    open_quick(page, address)
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    open_settings(page, more=True)
    for run in ("baba-twist", "quick", "baba-twist"):
        page.select_option("#run", run)
        page.wait_for_selector(f"#caption:text('network {run}')")
        finished_song(page)
    weights = [url for url in requests if url.endswith(".bin") and "song-index" not in url]
    assert len(weights) == 1


def test_randomness_has_its_useful_range_and_links_any(page, address):
    open_quick(page, address)
    slider = page.locator("#temperature")
    assert (slider.get_attribute("min"), slider.get_attribute("max")) == ("0.4", "1.1")
    page.goto("about:blank")
    open_quick(page, address, temperature=1.6)
    assert page.text_content("#temperature-is") == "1.60"
    assert "randomness 1.60" in page.text_content("#caption")
    open_settings(page, more=True)
    page.uncheck("#any-randomness")
    assert page.text_content("#temperature-is") == "1.10"


def test_a_network_of_the_comparison_is_opened(page, address):
    open_quick(page, address)
    choose(page, "all")
    page.click("#write")
    column = "#comparison [data-run='baba-twist']"
    page.wait_for_selector(f"{column} button:enabled", timeout=60_000)
    stanza = page.text_content(f"{column} .song")
    assert "\n\n" not in stanza
    page.click(f"{column} button")
    page.wait_for_selector("#caption:text('network baba-twist')")
    assert finished_song(page).startswith(f"{stanza}\n\n")
    page.click("#back")
    page.wait_for_selector("#comparison:visible")
    assert page.is_checked("#mode-all")


# Text of less than 14 pixels that can be seen.
SMALL = """() => [...document.querySelectorAll("body *")]
  .filter((element) => element.checkVisibility()
    && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
    && parseFloat(getComputedStyle(element).fontSize) < 14)
  .map((element) => element.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("width", [390, 1280])
def test_no_text_is_small_and_no_quote_is_straight(page, address, width):
    page.set_viewport_size({"width": width, "height": 800})
    open_quick(page, address, text='don\'t say "hello" to zyxgrb')
    page.wait_for_selector("#characters li")
    open_settings(page, more=True)
    page.click("#song [data-at='9']")
    page.wait_for_selector("#alternatives li")
    assert page.evaluate(SMALL) == []
    text = page.inner_text("main") + page.inner_text("#alternatives")
    straight = [line for line in text.split("\n") if "'" in line or '"' in line]
    assert straight == []
    assert "is not among its 4,549 words" in text
