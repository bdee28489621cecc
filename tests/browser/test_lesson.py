"""What the lesson for schools says that students will find is what they find."""

import re

import pytest

from data.lyrics.tokenizer import tokenize
from tests.browser.test_signs import Hand, confidences, open_signs, press, said, wait_for_examples
from tests.helpers import WEB, finished_song

HTML = (WEB / "lesson.html").read_text(encoding="utf-8")
LINKS = {
    text: link.replace("&amp;", "&")
    for link, text in re.findall(r'<a href="(\w+\.html[^"]*)">([^<]+)</a>', HTML)
}
READY = {
    "lyrics.html": "#settings[data-ready] ~ #stage #copy:enabled",
    "digits.html": "body:has(#breed:enabled)",
    "addition.html": "#train:enabled",
}
TASKS = [text for text, link in LINKS.items() if link.partition("#")[0] in READY and "#" in link]


def follow(page, address, text):
    """Follow the link with this text and wait until its page is ready."""
    link = next(link for words, link in LINKS.items() if text in words)
    page.goto(f"{address}{link}")
    page.wait_for_selector(READY[link.partition("#")[0]], timeout=60_000)


def quoted(page):
    """Follow what is said about the song: how many of its words are quoted, and how many it has."""
    finished_song(page)
    page.wait_for_function("() => document.querySelector('#copies').textContent")
    text = page.text_content("#copies")
    found = re.search(r"Underlined: (\d+) of (\d+) words", text)
    return tuple(map(int, found.groups())) if found else (0, len(page.text_content("#song")))


@pytest.mark.parametrize("text", TASKS)
def test_links_open_what_they_say(page, address, text):
    follow(page, address, text)
    assert page.locator(".said.error").count() == 0


def different_words(page):
    """How many different words the song has."""
    return len(set(tokenize(page.text_content("#song"))))


def test_songs_go_in_circles_without_chance_and_quote_nothing_with_too_much(page, address):
    follow(page, address, "a song that a network wrote")
    some, words = quoted(page)
    assert 1 / 8 < some / words < 1 / 6, "about one word in seven"
    usual = different_words(page)
    page.locator("#song .copied").first.click()
    page.wait_for_selector("dialog[open] li:nth-child(4)")  # what else the network considered
    page.wait_for_selector("dialog[open] :text-matches('Copied: .+ from “.+” by ')")
    follow(page, address, "without any chance")
    page.reload()
    finished_song(page)
    assert different_words(page) < usual * 2 / 3, "it goes in circles"
    follow(page, address, "far too much")
    page.reload()
    assert quoted(page)[0] == 0


def test_an_older_network_does_not_know_the_word(page, address):
    follow(page, address, "about a smartphone")
    finished_song(page)
    assert "“smartphone” is not among its 4,549 words" in page.text_content("#said")


def test_the_two_is_a_two_once_it_is_centered(page, address):
    follow(page, address, "Two networks read a 2")
    said(page, "The simple network says 6", "read")
    page.check("#made")
    said(page, "The simple network says 2", "read")
    assert "The modern network says 2" in page.text_content("#read")


def test_the_simple_network_sees_a_nine_and_the_modern_one_a_three(page, address):
    follow(page, address, "Evolve a 9")
    page.click("#skip")
    text = said(page, "It took", "bred-said", 30)
    assert "the simple network is 99.99% sure that this is a 9" in text
    assert "the modern network says 3" in text


def test_noise_everywhere_is_an_eight(page, address):
    follow(page, address, "A clean 4")
    text = said(page, "The modern network says 4", "scrambled-said")
    assert "The simple network says 4" in text
    page.locator("#amount").fill("1")
    text = said(page, "The modern network says 8", "scrambled-said")
    assert re.search(r"The simple network says 8 \(9\d", text)
    assert re.search(r"The modern network says 8 \(9\d", text)


def test_the_network_that_adds_is_wrong_about_eight_and_eight(page, address):
    follow(page, address, "learned to add")
    assert page.inner_text("#answer") == "15"


def share_of_second(page, hand):
    """How sure the network is that a cross is the second sign."""
    hand.draw("cross")
    said(page, "%)")
    share = confidences(page)[1]
    page.click("#sign-clear")
    page.wait_for_function("() => !document.querySelector('#sign-said').textContent.includes('%')")
    return share


def test_signs_can_be_sabotaged_and_repaired(page, address):
    open_signs(page, address)
    hand = Hand(page)
    hand.teach(["triangle", "cross"], 1)
    assert share_of_second(page, hand) > 0.5, "one example is enough for a guess"
    hand.teach(["triangle", "cross"], 4, before=2)
    sure = share_of_second(page, hand)
    assert sure > 0.9
    hand.draw("circle")
    said(page, "It says")
    page.click("#sign-clear")
    for count in range(5):
        hand.draw("cross")
        press(page, 0)
        wait_for_examples(page, 11 + count)
    assert share_of_second(page, hand) < sure - 0.1
    for count in range(5):
        page.click("[aria-label='Delete example 6 of A']")
        wait_for_examples(page, 14 - count)
    assert share_of_second(page, hand) > 0.9


def test_on_paper_there_is_no_navigation(page, address):
    page.goto(f"{address}lesson.html")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.is_visible("header") and not page.is_visible("footer")
    colors = page.evaluate(
        """() => ["body", "main p", "main a", "th"].map((selector) => {
          const { color, backgroundColor } = getComputedStyle(document.querySelector(selector));
          return [color, backgroundColor];
        })"""
    )
    assert {color for color, _ in colors} == {"rgb(0, 0, 0)"}
    assert colors[0][1] == "rgb(255, 255, 255)"
