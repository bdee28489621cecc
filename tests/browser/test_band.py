"""Visitors teach a network their songs on the lyrics page."""

import random
import re
import time

import pytest

from tests.browser.test_access import AXE, FOUND, WIDTH
from tests.browser.test_gene_file import DENY, wait_for_network
from tests.browser.test_long_tabs import COLLECTIONS
from tests.helpers import finished_song, open_settings, run_module, wait_until_ready

WORDS = """zebra quilt gusto waltz plinth ember cobalt drizzle fennel hamlet juniper kettle lagoon
mango nectar orchid pebble quiver raven saffron tundra umber velvet willow yonder""".split()
STEPS = ["collect", "training", "done"]
DROP = """(files) => {
  const dataTransfer = new DataTransfer();
  for (const [name, text] of files) dataTransfer.items.add(new File([text], name));
  document.body.dispatchEvent(
    new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
}"""
DROP_REPEATED = """([text, length]) => {
  const dataTransfer = new DataTransfer();
  const content = text.repeat(Math.ceil(length / text.length));
  dataTransfer.items.add(new File([content], "large.txt"));
  document.body.dispatchEvent(
    new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
}"""
COUNT_FRAMES = """() => {
  self.longest = 0;
  let last = performance.now();
  (function tick() {
    const now = performance.now();
    self.longest = Math.max(longest, now - last);
    last = now;
    requestAnimationFrame(tick);
  })();
}"""
FULL = """() => {
  IDBObjectStore.prototype.put = () => { throw new DOMException("", "QuotaExceededError"); };
}"""
ROUND = """(round) => parseInt(document.querySelector("#band-round").textContent) >= round"""


def song(seed, lines=12, words=WORDS):
    """Lines of few words that are rare in songs."""
    source = random.Random(seed)
    return "\n".join(" ".join(source.choices(words, k=5)) for _ in range(lines))


SONGS = [(f"Ada - Song {i}.txt", song(i)) for i in range(20)]
TEXT = "\n---\n".join(text for _, text in SONGS[:4])
LONG_TEXT = "\n---\n".join(song(i, 40) for i in range(20))  # takes minutes from scratch


@pytest.fixture
def lyrics(page, address):
    """The lyrics page with its default network."""
    page.goto(f"{address}lyrics.html")
    wait_until_ready(page)
    page.wait_for_selector("#characters li")
    return page


def open_panel(page):
    """Open the panel by its link near the top."""
    page.click("#teach")
    page.wait_for_selector("#band[open]")


def paste(page, text):
    """Paste songs into the panel."""
    page.fill("#band-text", text)


def wait_for_message(page, words):
    """Wait until the panel says something."""
    page.wait_for_selector(f"#band-said:has-text('{words}')", timeout=20_000)


def start(page, mode="tune"):
    """Start training with the songs that were read."""
    page.wait_for_selector("#band-go:visible", timeout=20_000)
    page.click(f"label:has(#band-mode-{mode})")
    page.click("#band-go")
    page.wait_for_selector("#band-stop:enabled", timeout=30_000)


def stop_after(page, rounds):
    """Stop training after some rounds and wait for the new character."""
    page.wait_for_function(ROUND, arg=rounds + 1, timeout=120_000)
    page.click("#band-stop")
    page.wait_for_selector("#band-done:visible", timeout=30_000)


def wait_for_workers(page, count):
    """Wait until a page has so few workers: ended ones are reported a little later."""
    deadline = time.monotonic() + 10
    while len(page.workers) > count and time.monotonic() < deadline:
        page.wait_for_timeout(20)
    assert len(page.workers) == count


def runs(page):
    """The networks in the menu."""
    return page.locator("#run option").all_text_contents()


def share_of_own(text):
    """The share of the words of a song that occur in the visitor's songs."""
    words = re.findall(r"\w+", text.lower())
    return sum(word in WORDS for word in words) / len(words)


def test_songs_become_a_network_that_sings_from_them(lyrics, tmp_path):
    page = lyrics
    page.evaluate(DROP, SONGS)
    page.wait_for_selector("#band-card:visible", timeout=20_000)
    assert page.input_value("#band-title") == "My songs"
    page.fill("#band-title", "Ada’s Zoo")
    start(page)
    page.wait_for_selector("#band-lines li >> nth=1", timeout=30_000)
    stop_after(page, 2)
    assert page.get_attribute("#band-curve", "aria-label").startswith("Training loss from")
    page.click("#band-hear")
    wait_for_network(page, "Ada’s Zoo")
    own = finished_song(page)
    assert share_of_own(own) > 0.6, own
    wait_for_workers(page, 1)  # the one that writes

    page.reload()
    wait_until_ready(page)
    assert finished_song(page) == own
    page.context.set_offline(True)
    page.click("#write")
    page.wait_for_function(
        "(song) => document.querySelector('#song').textContent !== song", arg=own
    )
    finished_song(page)
    page.context.set_offline(False)

    with page.expect_download() as download:
        page.click("#characters >> text=Save as a file")
    file = tmp_path / "zoo.gene"
    download.value.save_as(file)
    sung = run_module("explore.lyrics", "write", "zebra quilt", "--run", file, "--seed", 1)
    assert sung.returncode == 0, sung.stderr
    assert share_of_own(sung.stdout) > 0.5, sung.stdout
    folder = tmp_path / "songs"
    folder.mkdir()
    for name, text in SONGS:
        (folder / name).write_text(text)
    flags = ["--recipe", "gene-lyrica-two", "--init-from", file, "--songs", folder, "--epochs", 1]
    places = ["--checkpoint-dir", tmp_path, "--cache-dir", tmp_path / "cache", "--run", "more"]
    continued = run_module("train.lyrics", *flags, *places)
    assert continued.returncode == 0, continued.stderr


@pytest.mark.parametrize("link, mode", [("#teach", "tune"), ("#teach=scratch", "scratch")])
def test_a_link_opens_the_panel(page, address, link, mode):
    page.goto(f"{address}lyrics.html{link}")
    page.wait_for_selector("#band[open]", timeout=30_000)
    page.wait_for_function("(id) => document.getElementById(id).checked", arg=f"band-mode-{mode}")


def test_from_scratch_with_pause_and_a_smaller_network(lyrics):
    page = lyrics
    open_panel(page)
    paste(page, TEXT)
    start(page, "scratch")
    page.wait_for_function(ROUND, arg=2, timeout=60_000)
    page.click("#band-pause")
    wait_for_message(page, "Paused")
    page.click("#band-pause")
    stop_after(page, 3)
    page.click("#band-hear")
    wait_for_network(page, "My songs")
    finished_song(page)
    open_settings(page)
    assert page.locator("label[for=artist]").is_hidden(), "there is only one"


@pytest.mark.parametrize(
    "text, message",
    [
        ("la la la hello again", "too little to learn from"),
        ("zebra " * 1000, "nothing to learn"),
    ],
)
def test_too_little_starts_nothing(lyrics, text, message):
    page = lyrics
    open_panel(page)
    paste(page, text)
    wait_for_message(page, message)
    assert page.locator("#band-said.error").is_visible()
    assert not page.is_visible("#band-go")
    paste(page, "")
    page.wait_for_selector("#band-said:empty", state="attached")
    assert not page.is_visible("#band-card")


@pytest.mark.parametrize("name", ["songs.txt", "songs.csv", "song.pdf"])
def test_binary_data_starts_nothing(lyrics, name):
    page = lyrics
    content = bytes(random.Random(1).choices(range(256), k=20_000))
    open_panel(page)
    page.set_input_files(
        "#band-files", {"name": name, "mimeType": "text/plain", "buffer": b"%PDF-1.7\0" + content}
    )
    page.wait_for_selector("#band-said.error", timeout=20_000)
    said = page.inner_text("#band-said")
    assert said.count(". ") <= 1 and "Something went wrong" not in said, said
    assert not page.is_visible("#band-go")


def test_other_scripts_start_from_scratch(lyrics):
    page = lyrics
    open_panel(page)
    cyrillic = ["".join(chr(ord(letter) - 97 + 0x430) for letter in word) for word in WORDS]
    paste(page, "\n---\n".join(song(i, words=cyrillic) for i in range(4)))
    page.wait_for_selector("#band-card:has-text('From scratch')", timeout=20_000)
    assert page.is_checked("#band-mode-scratch")
    assert "zebra" not in page.inner_text("#band-card")
    start(page, "scratch")
    stop_after(page, 1)
    page.click("#band-hear")
    wait_for_network(page, "My songs")
    assert re.search("[\\u0430-\\u044f]", finished_song(page))
    open_settings(page)
    assert page.locator("label[for=form]").is_hidden(), "nothing is known about its rhymes"


def test_html_in_a_song_does_nothing(lyrics):
    page = lyrics
    open_panel(page)
    images = page.locator("img").count()
    paste(page, f"{TEXT}\n<img src=x onerror=\"document.title='hacked'\">\n<b>zebra</b>")
    page.wait_for_selector("#band-go:visible", timeout=20_000)
    assert page.locator("img").count() == images and page.title() != "hacked"


def test_a_tab_that_learns_asks_before_it_closes(lyrics):
    page = lyrics
    open_panel(page)
    paste(page, LONG_TEXT)
    start(page, "scratch")
    for act in (lambda: page.keyboard.press("Escape"), lambda: page.click("#band-close")):
        act()
        page.wait_for_selector("#band-leave:visible")
        assert "this network is lost" in page.inner_text("#band-leave")
        page.click("#band-stay")
        page.wait_for_selector("#band-leave", state="hidden")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("() => { location.href = 'index.html'; }")
    page.wait_for_function("() => document.querySelector('#band').open")
    assert asked == ["beforeunload"]
    page.click("#band-close")
    page.click("#band-discard")
    page.wait_for_selector("#band", state="hidden")
    wait_for_workers(page, 1)  # the one that writes
    assert "My songs" not in runs(page)


def test_two_tabs_learn_at_the_same_time(lyrics, address):
    page = lyrics
    open_panel(page)
    paste(page, LONG_TEXT)
    start(page, "scratch")
    other = page.context.new_page()
    other.goto(f"{address}lyrics.html")
    wait_until_ready(other)
    open_panel(other)
    paste(other, LONG_TEXT)
    start(other, "scratch")
    wait_for_message(other, "Another tab")
    for tab in (page, other):
        stop_after(tab, 1)
        assert "My songs" in runs(tab)
    other.close()
    page.reload()
    wait_until_ready(page)
    assert runs(page).count("My songs") == 2


@pytest.mark.parametrize(
    "script, message",
    [(DENY, "does not let the site store"), (FULL, "no room left")],
    ids=["denied", "full"],
)
def test_without_storage_the_network_can_be_saved(page, address, script, message):
    page.add_init_script(f"({script})()")
    page.goto(f"{address}lyrics.html")
    wait_until_ready(page)
    open_panel(page)
    paste(page, TEXT)
    start(page, "scratch")
    stop_after(page, 1)
    wait_for_message(page, message)
    assert "gone when you close the page" in page.inner_text("#band-said")
    with page.expect_download() as download:
        page.click("#band-save")
    assert download.value.suggested_filename == "My-songs.gene"


def test_a_slow_device_is_offered_a_smaller_network(lyrics):
    """A long training stands for a slow device: what counts is how long it takes."""
    page = lyrics
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
    open_panel(page)
    page.evaluate(DROP, [["songs.txt", "\n---\n".join(song(i, 40) for i in range(1500))]])
    start(page)
    page.wait_for_selector("#band-long:visible", timeout=30_000)
    assert re.search("takes about [0-9]+ minutes", page.inner_text("#band-takes"))
    page.click("#band-smaller")
    page.wait_for_selector("#band-stop:enabled", timeout=30_000)
    page.wait_for_selector("#band-long:visible", timeout=30_000)
    assert not page.is_visible("#band-smaller"), "there is none smaller"
    page.click("#band-close")
    page.click("#band-discard")


def test_reading_ten_megabytes_does_not_freeze_the_page(lyrics):
    page = lyrics
    open_panel(page)
    page.evaluate(COUNT_FRAMES)
    page.evaluate(DROP_REPEATED, [LONG_TEXT + "\n---\n", 10**7])
    page.wait_for_selector("#band-go:visible, #band-said.error", timeout=120_000)
    assert page.evaluate("() => longest") < 1000, "milliseconds without a frame"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_step_is_accessible(lyrics, scheme):
    page = lyrics
    page.emulate_media(color_scheme=scheme)
    page.evaluate(AXE)
    open_panel(page)
    paste(page, TEXT)
    page.wait_for_selector("#band-go:visible", timeout=20_000)
    for step in STEPS:
        page.evaluate(
            "(step) => document.querySelectorAll('[id^=band-]').forEach((element) => {"
            "  if (/^band-(collect|training|done)$/.test(element.id))"
            "    element.hidden = element.id !== `band-${step}`;"
            "  else if (/^band-(long|parted|leave)$/.test(element.id)) element.hidden = false; })",
            step,
        )
        assert page.evaluate(FOUND) == []
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate(WIDTH) <= 320
        assert page.evaluate("() => document.querySelector('#band').scrollWidth") <= 320


def test_memory_is_flat_over_several_trainings(lyrics):
    page = lyrics
    session = page.context.new_cdp_session(page)
    open_panel(page)
    paste(page, TEXT)
    sizes = []
    for _ in range(4):
        start(page, "scratch")
        stop_after(page, 1)
        page.click("#band-again")
        page.wait_for_selector("#band-go:visible")
        for _ in range(COLLECTIONS):
            session.send("HeapProfiler.collectGarbage")
        usage = session.send("Runtime.getHeapUsage")
        sizes.append(usage["usedSize"] + usage["backingStorageSize"])
        wait_for_workers(page, 2)  # one writes, one reads the songs again
    assert sizes[-1] < 1.1 * sizes[1], sizes
