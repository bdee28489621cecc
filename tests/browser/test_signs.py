"""Signs of the visitor's own on the digits page: drawn, learned, kept, carried in a file, and fooled."""

import base64
import math

import numpy as np
import pytest
from playwright.sync_api import TimeoutError

from tests.browser.test_access import AXE, FOUND
from tests.helpers import DENY, DROP, assert_in_view, url_hash

SIGNS = url_hash(view="signs")
TRIANGLE = [[(0, -1), (0.9, 0.8), (-0.9, 0.8), (0, -1)]]
CROSS = [[(-1, -1), (1, 1)], [(1, -1), (-1, 1)]]
CIRCLE = [[(math.cos(angle * 0.7), math.sin(angle * 0.7)) for angle in range(10)]]
SHAPES = {"triangle": TRIANGLE, "cross": CROSS, "circle": CIRCLE}


class Hand:
    """Draws shapes on the sheet with the mouse, each a little different."""

    def __init__(self, page, seed=1):
        self.page = page
        self.random = np.random.default_rng(seed)

    def draw(self, shape):
        """Draw a shape."""
        sheet = self.page.locator("#sign-pad")
        sheet.scroll_into_view_if_needed()
        box = sheet.bounding_box()
        angle = self.random.normal(0, 0.08)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        scale = turn * self.random.uniform(0.25, 0.4) * box["width"]
        middle = np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
        for stroke in SHAPES[shape]:
            points = [
                scale @ (np.array(point) + self.random.normal(0, 0.05, 2)) + middle
                for point in stroke
            ]
            self.page.mouse.move(*points[0])
            self.page.mouse.down()
            for point in points[1:]:
                self.page.mouse.move(*point)
            self.page.mouse.up()

    def teach(self, shapes, count, before=0):
        """Draw examples of each sign and add them to those that are there before."""
        for i in range(count):
            for sign, shape in enumerate(shapes):
                self.draw(shape)
                press(self.page, sign)
                wait_for_examples(self.page, before + i * len(shapes) + sign + 1)


def open_signs(page, address):
    """Open the view of signs and wait until its networks have loaded."""
    page.goto(f"{address}digits.html{SIGNS}")
    page.wait_for_selector("#sign-rows button:enabled", timeout=30_000)


def reload(page):
    """Load the page again once everything is stored."""
    page.wait_for_selector("#sign-kept:not([aria-busy=true])", state="attached")
    page.reload()


def press(page, sign):
    """Press the button of a sign, which adds an example or evolves a picture."""
    page.locator("#sign-rows button").nth(sign).click()


def examples(page):
    """How many examples are shown."""
    return page.locator("#sign-examples .wall button").count()


def wait_for_examples(page, count):
    """Wait until a number of examples is shown."""
    page.wait_for_function(
        "(count) => document.querySelectorAll('#sign-examples .wall button').length === count",
        arg=count,
        timeout=10_000,
    )


def said(page, words, name="sign-said", seconds=10):
    """Wait until the page says something; return the whole message."""
    page.wait_for_function(
        "([name, words]) => document.getElementById(name).textContent.includes(words)",
        arg=[name, words],
        timeout=seconds * 1000,
    )
    return page.text_content(f"#{name}")


def confidences(page):
    """How sure the network is of each sign, from 0 to 1."""
    return page.eval_on_selector_all("#sign-rows progress", "bars => bars.map((bar) => bar.value)")


def names(page):
    """The names of the signs."""
    return page.eval_on_selector_all("#sign-rows input", "inputs => inputs.map((one) => one.value)")


def rename(page, sign, name):
    """Give a sign another name."""
    page.locator("#sign-rows input").nth(sign).fill(name)
    page.locator("#sign-rows input").nth(sign).blur()


def says(page, name):
    """Whether the network names the drawing; each stroke is read, so this waits for the last one."""
    try:
        said(page, f"It says “{name}”", seconds=3)
    except TimeoutError:
        return False
    return True


def name_drawings(page, hand, count):
    """Draw shapes in turn; return how often the network named them."""
    right = 0
    for i in range(count):
        shape = [*SHAPES][i % len(SHAPES)]
        hand.draw(shape)
        right += says(page, shape)
        page.click("#sign-clear")
        page.wait_for_function(
            "() => !document.getElementById('sign-said').textContent.includes('%')"
        )
    return right


def drop(page, content, name="signs.gene"):
    """Drop a file on the page."""
    page.evaluate(DROP, [name, base64.b64encode(content).decode()])


def saved_file(page):
    """Save the signs; return the name and the content of the file."""
    with page.expect_download() as download:
        page.click("#sign-save")
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_three_signs_are_learned_kept_carried_and_fooled(page, address):
    open_signs(page, address)
    page.click("#sign-more")
    for sign, shape in enumerate(SHAPES):
        rename(page, sign, shape)
    hand = Hand(page)
    hand.teach(SHAPES, 10)
    assert "It knows your signs" in page.text_content("#sign-said")
    assert name_drawings(page, hand, 10) >= 9
    reload(page)
    wait_for_examples(page, 30)
    assert names(page) == [*SHAPES]
    hand.draw("cross")
    assert says(page, "cross")
    before = confidences(page)

    file, content = saved_file(page)
    assert file == "signs-triangle-cross-circle.gene"
    page.click("#sign-restart")
    wait_for_examples(page, 0)
    drop(page, content)
    wait_for_examples(page, 30)
    said(page, "Opened “signs.gene”")
    assert names(page) == [*SHAPES]
    page.wait_for_function("() => document.querySelector('#sign-rows progress').value > 0")
    assert confidences(page) == pytest.approx(before, abs=1e-3), "it learns the same"

    page.click("label:has(#sign-fool)")
    press(page, 1)
    page.click("#sign-skip")
    message = said(page, "Of your own drawings of it", seconds=60)
    assert "sure that this is “cross”" in message
    assert confidences(page)[1] > 0.9
    assert page.locator("#own-drawings canvas").count() == 10
    assert page.text_content("#own-label") == "Your own “cross”"


@pytest.mark.parametrize("size", [(390, 844), (1280, 800)])
def test_sheet_and_answer_are_in_one_view(page, address, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    open_signs(page, address)
    for _ in range(4):
        page.click("#sign-more")
    assert page.is_disabled("#sign-more")
    hand = Hand(page)
    hand.teach(["triangle", "cross"], 1)
    hand.draw("circle")
    said(page, "%)")
    assert_in_view(page, "#sign-pad", "#sign-rows", "#sign-said")
    page.click("label:has(#sign-fool)")
    page.select_option("#sign-method", "climb")
    press(page, 1)
    said(page, "on average", seconds=60)
    assert_in_view(page, "#fake", "#own-drawings", "#sign-rows", "#sign-said")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_bad_input_gets_a_sentence_and_loses_nothing(page, address):
    open_signs(page, address)
    assert page.is_disabled("#sign-fool"), "nothing was learned"
    page.click("#sign-save")
    said(page, "There is nothing to save yet")
    press(page, 0)
    said(page, "The sheet is empty: draw “A” first")
    hand = Hand(page)
    hand.draw("cross")
    page.click("#sign-rows button")
    said(page, "with one there is nothing to tell apart")
    for name, words in (
        ("B", "Another sign is called “B”, so this one is still called “A”"),
        ("  ", "A sign needs a name"),
        ("<img onerror=alert(1)>" + "x" * 1000, "at most 20 letters"),
    ):
        rename(page, 0, name)
        said(page, words)
    assert names(page) == ["<img onerror=alert(1", "B"]
    assert page.locator("#view-signs img").count() == 0
    assert examples(page) == 1


def test_the_same_drawing_again_is_refused_and_stays_on_the_sheet(page, address):
    open_signs(page, address)

    def draw_dot():
        page.focus("#sign-pad")
        for key in (" ", "ArrowRight", "ArrowLeft", " "):
            page.keyboard.press(key)

    draw_dot()
    page.keyboard.press("1")
    wait_for_examples(page, 1)
    for key, words in (("1", "already has this exact drawing"), ("2", "one sign only")):
        draw_dot()
        page.keyboard.press(key)
        said(page, words)
        assert page.locator("#sign-said.error").is_visible()
        page.click("#sign-clear")
    draw_dot()
    page.keyboard.press("1")
    said(page, "already")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press(" ")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press(" ")
    page.keyboard.press("2")
    wait_for_examples(page, 2)


def test_what_is_deleted_comes_back_with_undo(page, address):
    open_signs(page, address)
    hand = Hand(page)
    hand.teach(["triangle", "cross"], 2)
    page.click("[aria-label='Delete example 1 of A']")
    wait_for_examples(page, 3)
    said(page, "Deleted an example of “A”", "sign-gone")
    assert page.evaluate("document.activeElement.id") == "sign-back"
    page.keyboard.press("Enter")
    wait_for_examples(page, 4)
    page.click("#sign-restart")
    wait_for_examples(page, 0)
    reload(page)
    page.wait_for_selector("#sign-undo:enabled")
    hand.draw("cross")
    press(page, 0)
    wait_for_examples(page, 1)
    reload(page)
    wait_for_examples(page, 1)
    for count in (4, 1, 4):
        page.click("#sign-undo")
        wait_for_examples(page, count)
    page.click("#sign-more")
    page.click("[aria-label='Remove sign A']")
    wait_for_examples(page, 2)
    assert names(page) == ["B", "C"]


def test_another_tab_shows_the_same_and_a_closed_one_loses_nothing(page, address):
    open_signs(page, address)
    other = page.context.new_page()
    open_signs(other, address)
    page.bring_to_front()
    Hand(page).teach(["triangle", "cross"], 1)
    wait_for_examples(other, 2)
    other.bring_to_front()
    hand = Hand(other, seed=2)
    hand.draw("cross")
    said(other, "It says “B”")
    said(other, "Your signs stay", "sign-kept")
    other.close()
    reload(page)
    said(page, "It says “B”")
    assert examples(page) == 2


def test_without_storage_it_says_so_and_works(page, address):
    page.add_init_script(f"({DENY})()")
    open_signs(page, address)
    Hand(page).teach(["triangle", "cross"], 1)
    said(page, "does not let the site store anything", "sign-kept")
    assert "save them as a file" in page.text_content("#sign-kept")
    _, content = saved_file(page)
    reload(page)
    page.wait_for_selector("#sign-rows button:enabled")
    assert examples(page) == 0
    page.set_input_files(
        "#sign-file", {"name": "a.gene", "mimeType": "application/zip", "buffer": content}
    )
    wait_for_examples(page, 2)


def test_a_damaged_file_changes_nothing(page, address):
    open_signs(page, address)
    Hand(page).teach(["triangle", "cross"], 1)
    _, content = saved_file(page)
    for damaged, words in (
        (b"<script>alert(1)</script>", "not a network of Gene"),
        (content[:-99], "damaged"),
        (content.replace(b'"name": "A"', b'"name": "B"'), "checksum"),
    ):
        drop(page, damaged)
        said(page, words)
        assert page.locator("#sign-said.error").is_visible()
    assert examples(page) == 2 and names(page) == ["A", "B"]
    reload(page)
    wait_for_examples(page, 2)


def test_it_works_without_a_connection(page, address):
    open_signs(page, address)
    page.context.set_offline(True)
    hand = Hand(page)
    hand.teach(["triangle", "cross"], 2)
    hand.draw("cross")
    assert says(page, "B")
    page.click("label:has(#sign-fool)")
    page.select_option("#sign-method", "climb")
    press(page, 0)
    said(page, "sure that this is “A”")
    page.context.set_offline(False)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page, address, scheme):
    page.emulate_media(color_scheme=scheme)
    open_signs(page, address)
    page.click("#sign-more")
    Hand(page).teach(["triangle", "cross"], 1)
    page.evaluate(AXE)
    assert page.evaluate(FOUND) == []
    page.click("label:has(#sign-fool)")
    assert page.evaluate(FOUND) == []


def test_text_at_200_percent_on_360_pixels(page, address):
    page.set_viewport_size({"width": 360, "height": 800})
    open_signs(page, address)
    page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
