"""The home page in headless Chromium: recorded songs and faces, a sum to repair, and a drawing."""

import common.keras_quiet  # noqa: F401

import numpy as np

from common.checkpoint import load_run
from data.lyrics.tokenizer import tokenize
from models.addition import Stack
from tests.helpers import ROOT, WEB, current_url

SAMPLES = ROOT / "checkpoints/lyrics/gene-lyrica-three/samples/songs.txt"

RECORDED = "async () => (await import('./home/recorded-songs.js')).RECORDED_SONGS"


def go(page, address):
    page.goto(f"{address}index.html")
    page.wait_for_function("() => document.getElementById('sum-link').hash")


def test_what_is_recorded_was_made_by_the_networks(page, address):
    go(page, address)
    songs = page.evaluate(RECORDED)
    written = SAMPLES.read_text(encoding="utf-8")
    for song in songs:
        assert tokenize(song) == tokenize("\n".join(tokenized_lines(written, song)))
    weights = page.evaluate(
        """async () => {
      const { first, last } = (await import('./home/sum-tile.js')).TRAINED;
      return { first: [...first], last: [...last] };
    }"""
    )
    stack, _ = load_run(ROOT / "checkpoints/addition/sweep", "addition", [Stack])
    index = stack.index_of(2, False, 16)
    assert weights["first"] == np.asarray(stack.first)[index][:, :2].ravel().tolist()
    assert weights["last"] == np.asarray(stack.last)[index][:2].tolist()


def tokenized_lines(written, song):
    """The lines of the samples that a recorded song consists of."""
    first = tokenize(song.split("\n")[0])
    lines = written.split("\n")
    start = next(i for i, line in enumerate(lines) if tokenize(line) == first)
    return lines[start : start + song.count("\n") + 1]


def test_the_song_writes_itself_and_the_face_changes_until_they_are_paused(visitor, address):
    page = visitor  # whose clock is its own
    page.emulate_media(reduced_motion="no-preference")
    page.clock.install(time=0)
    page.clock.pause_at(1)  # however long the page takes to load
    go(page, address)
    face = "document.querySelector('#face i:last-child').style.backgroundPositionY"
    before = page.evaluate(face)
    page.clock.run_for(5500)
    arrived = page.locator("#song .arrived").count()
    page.clock.run_for(1000)
    assert page.locator("#song .arrived").count() > arrived > 0
    page.click("#pause")
    arrived = page.locator("#song .arrived").count()
    page.clock.run_for(10_000)
    assert (page.locator("#song .arrived").count(), page.evaluate(face)) == (arrived, before)
    page.click("#pause")
    page.clock.run_for(1000)
    assert page.locator("#song .arrived").count() > arrived
    page.clock.run_for(7500)
    assert page.evaluate(face) != before


def test_without_motion_songs_and_faces_change_at_the_press_of_a_button(page, address):
    page.clock.install()
    go(page, address)
    assert page.text_content("#pause") == "Play"
    first = page.text_content("#song")
    page.clock.run_for(60_000)
    assert page.text_content("#song") == first, "nothing changes by itself"
    page.click("#next-song")
    assert page.locator("#song .later").count() == 0
    assert page.text_content("#song") == page.evaluate(RECORDED)[0]
    face = "document.querySelector('#face i:last-child').style.backgroundPositionY"
    before = page.evaluate(face)
    page.click("#next-face")
    assert page.evaluate(face) != before
    shown = page.text_content("#song")
    page.click("#pause")
    page.clock.run_for(11_000)
    assert page.text_content("#song") != shown, "played, it goes on a song at a time"
    assert page.locator("#song .later").count() == 0


def next_song(page, song):
    """Ask for another song and wait for it, since asking again would interrupt the network."""
    page.click("#next-song")
    page.wait_for_function(
        "(song) => document.getElementById('song').textContent !== song", arg=song
    )
    return page.text_content("#song")


def test_after_the_first_songs_the_network_writes(page, address):
    loaded = []
    page.on("request", lambda request: loaded.append(request.url))
    go(page, address)
    recorded = page.evaluate(RECORDED)
    assert not any("lyrics/worker" in url for url in loaded), "not before someone asks"
    song = page.text_content("#song")
    for _ in range(100):
        song = next_song(page, song)
        if song not in recorded:
            break
        page.wait_for_timeout(100)
    beginnings = page.evaluate("async () => (await import('./home/live-songs.js')).BEGINNINGS")
    assert song.lower().startswith(tuple(beginnings))
    assert song.count("\n") == 3
    assert next_song(page, song) != song


def test_a_wrong_sum_is_repaired_and_taken_along(page, address):
    go(page, address)
    assert page.text_content("#answer") == "15"
    page.click("#repair")
    assert page.text_content("#answer") == "16"
    assert page.get_attribute("#answer", "class") == "right"
    page.fill("#a", "7")
    page.click("#sum-link")
    page.wait_for_function("() => document.getElementById('said')?.textContent.includes('is back')")
    assert page.text_content("#answer") == "15" and "addition.html" in current_url(page)


def test_a_drawing_is_read_and_taken_along(page, address):
    loaded = []
    page.on("request", lambda request: loaded.append(request.url))
    go(page, address)
    assert not any("digits/worker" in url or "vendor/tfjs" in url for url in loaded), (
        "not before a stroke"
    )
    page.click("#clear")
    page.wait_for_selector("#read:text('The sheet is empty')", timeout=30_000)
    page.focus("#pad")
    for key in ["Shift+ArrowUp", "Shift+ArrowUp", " ", *["ArrowDown"] * 17, " "]:
        page.keyboard.press(key)
    page.wait_for_selector("#read:text('modern network says 1')", timeout=30_000)
    page.click("#digit-link")
    page.wait_for_selector("#read:text('modern network says 1')", timeout=30_000)


def test_every_link_of_the_page_leads_somewhere(page, address):
    go(page, address)
    links = page.eval_on_selector_all("a", "links => links.map((a) => a.getAttribute('href'))")
    assert all((WEB / link.split("#")[0]).exists() for link in links)
