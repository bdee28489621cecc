"""The faces page: nothing that a visitor makes is lost or out of view, and every control works."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data.avatars import face_code, people, toonhead
from tests.browser.faces_page import (
    IN_VIEW,
    canvases,
    drawn,
    go,
    one_drawn,
    open_tab,
    sheet,
    slide,
)
from tests.helpers import TO_BASE64, url_hash


def assert_same(actual, expected):
    """The same pictures; a pixel may be rounded differently in a batch of another size."""
    assert np.abs(actual.astype("int16") - expected).max() <= 1


def test_what_was_changed_comes_back_after_16_more(page, address):
    go(page, address, seed=5)
    page.select_option("#own-glasses", label="sun")
    one_drawn(page)
    before, one = sheet(page), canvases(page, "#one")
    page.click("#fresh")
    drawn(page)
    assert np.abs(sheet(page) - before).mean() > 5
    assert page.locator("#made li").count() == 2, "the changed face and the new one"
    page.click("#undo")
    page.wait_for_function("() => location.hash.includes('seed=5&')")
    drawn(page)
    assert_same(sheet(page), before)
    assert_same(canvases(page, "#one"), one)
    page.go_forward()
    page.wait_for_function("() => !location.hash.includes('seed=5&')")
    drawn(page)
    page.click("#made li:last-child a")
    page.wait_for_function("() => location.hash.includes('seed=5&')")
    drawn(page)
    assert_same(canvases(page, "#one"), one)


def test_undo_takes_one_step_and_a_face_can_be_reset(page, address):
    go(page, address, seed=5)
    assert page.is_disabled("#undo") and page.is_hidden("#reset")
    before = page.input_value("#own-hair"), page.input_value("#own-mouth")
    page.select_option("#own-hair", label="spiky")
    page.select_option("#own-mouth", label="laugh")
    page.click("#undo")
    page.wait_for_function(f"() => document.querySelector('#own-mouth').value === '{before[1]}'")
    assert page.input_value("#own-hair") == "3", "the step before stays"
    page.select_option("#own-mouth", label="laugh")
    page.click("#reset")
    one_drawn(page)
    assert (page.input_value("#own-hair"), page.input_value("#own-mouth")) == before


@pytest.mark.parametrize("width, height", [(390, 844), (1280, 800)])
def test_the_portrait_is_in_view_of_what_is_clicked(page, address, width, height):
    page.set_viewport_size({"width": width, "height": height})
    go(page, address, seed=5)
    assert all(page.evaluate(IN_VIEW, ["one", "faces", "fresh", "save", "link"])), "at once"
    for tab, control in (
        ("face", "#own-eyebrows"),
        ("face", "#own-mouth"),
        ("all", "#want-mouth"),
        ("mix", "#mix"),
    ):
        open_tab(page, tab)
        page.locator(control).scroll_into_view_if_needed()
        assert all(page.evaluate(IN_VIEW, ["one", "faces", control[1:]])), control
        covered = """(selector) => { const { left, top, width, height } =
          document.querySelector(selector).getBoundingClientRect();
          return document.elementFromPoint(left + width / 2, top + height / 2).closest(selector) === null; }"""
        assert not page.evaluate(covered, control), f"{control} is covered"


def test_the_main_button_is_where_its_faces_are(page, address):
    go(page, address, seed=5)
    page.evaluate("() => document.querySelector('footer').scrollIntoView({ block: 'end' })")
    assert page.evaluate(IN_VIEW, ["one", "fresh"]) == [False, False]


def test_a_mixture_ends_with_another_face_and_with_a_change(page, address):
    go(page, address, seed=5, face=2, other=4, mix=100)
    page.check("#faces [value='9']", force=True)
    one_drawn(page)
    assert page.input_value("#mix") == "0", "another face is not mixed"
    open_tab(page, "mix")
    page.check("#others [value='4']", force=True)
    slide(page, "mix", 100)
    one_drawn(page)
    mixed = canvases(page, "#one")
    open_tab(page, "face")
    page.select_option("#own-glasses", label="sun")
    one_drawn(page)
    assert page.input_value("#mix") == "0"
    far = np.abs(canvases(page, "#one").astype("int16") - mixed).reshape(512, 512, 4).max(-1)
    assert far[230:370].mean() > 5, "what was changed can be seen"
    assert far[430:].mean() < 12, "and the rest is still that of the mixture"


def test_a_face_cannot_be_mixed_with_itself(page, address):
    go(page, address, face=3, other=3, mix=50)
    open_tab(page, "mix")
    for face in (3, 6):
        page.check(f"#faces [value='{face}']", force=True)
        assert page.is_disabled(f"#others [value='{face}']")
        assert not page.is_checked(f"#others [value='{face}']")
        assert page.input_value("#mix") == "0"


def test_a_control_of_something_hidden_is_disabled_with_the_reason(page, address):
    go(page, address, seed=5)
    page.select_option("#own-glasses", label="none")
    assert page.is_disabled("[name=own-frame_color] >> nth=0")
    assert "frame color (no glasses)" in page.text_content("#own")
    page.select_option("#own-glasses", label="round")
    assert page.is_enabled("[name=own-frame_color] >> nth=0")


def test_the_epoch_slider_agrees_with_16_more(page, address):
    go(page, address)
    page.wait_for_selector("#collapse figure[data-run=faces-dcgan] button")
    slide(page, "epoch", 3)
    page.click("#collapse figure[data-run=faces-dcgan] button")
    text = page.locator("#collapse figure[data-run=faces-dcgan] p")
    text.filter(has_text="Sixteen more").wait_for()
    epoch = page.input_value("#epoch")
    assert f"of epoch {epoch}." in text.text_content()
    assert page.text_content("#collapse output").startswith(f"epoch {epoch} ")


def test_clicks_before_the_network_is_there_are_not_errors(page, address):
    page.route("**/models/index.json", lambda route: None)
    page.goto(f"{address}avatars.html")
    page.wait_for_selector("#faces canvas")
    page.check("#faces [value='5']", force=True)
    open_tab(page, "mix")
    slide(page, "mix", 40)
    assert page.wrong == []


def moods(page):
    """How many of the faces are bald, and how many frown, according to their descriptions."""
    words = [radio.get_attribute("aria-label") for radio in page.locator("#faces input").all()]
    frowns = [word for word in words if "mouth sad" in word or "mouth angry" in word]
    return sum(": hair none," in word for word in words), len(frowns)


def test_faces_are_ordinary_unless_the_visitor_wants_them_wild(page, address):
    bald, frowning = [0, 0], [0, 0]
    for seed in (1, 2, 3):
        go(page, address, seed=seed)
        for i, wild in enumerate((0, 100)):
            open_tab(page, "all")
            slide(page, "wild", wild)
            drawn(page)
            more = moods(page)
            bald[i] += more[0]
            frowning[i] += more[1]
    assert frowning[0] <= 3 and frowning[1] >= 10
    assert bald[0] < 10 and f"wild={100}" in page.evaluate("location.hash")


def test_an_old_link_opens_the_faces_that_it_always_did(page, address):
    go(page, address, seed=1)
    assert page.input_value("#wild") == "100"
    assert page.input_value("#own-glasses") == "0" and page.input_value("#own-eyes") == "2"


def picture(download):
    """A downloaded PNG file."""
    return Image.open(io.BytesIO(Path(download.path()).read_bytes()))


def save(page):
    """Press Download; returns the picture."""
    with page.expect_download() as coming:
        page.click("#save")
    return picture(coming.value)


def test_a_name_gives_the_face_of_its_code_as_in_python(page, address):
    go(page, address)
    open_tab(page, "names")
    page.type("#name", "Ada")
    labels = face_code.labels_of_name("Ada", toonhead.ATTRIBUTES, people.own_rules())
    code = face_code.encode(labels, toonhead.ATTRIBUTES)
    page.wait_for_function(f"() => document.getElementById('code').value === '{code}'")
    one_drawn(page)
    assert f"code={code}" in page.evaluate("location.hash")
    assert save(page).text["Face code"] == code
    one = canvases(page, "#one")
    assert page.evaluate("history.state.entriesBefore") == 1, "letters are not steps"
    go(page, address, code=code.lower(), ground="sand")
    page.wait_for_function(f"() => document.getElementById('code').value === '{code}'")
    one_drawn(page)
    assert_same(canvases(page, "#one"), one)


def test_a_wrong_code_is_said_and_changes_nothing(page, address):
    go(page, address, code="0ABCDEFGH")
    page.wait_for_selector("#copied.error:text('code for this version')")
    open_tab(page, "names")
    for code, words in [
        ("12163FY1X", "not a valid face code"),
        ("x" * 999, "code for this version"),
        ("🙂", "not a valid face code"),
    ]:
        page.fill("#code", code)
        page.press("#code", "Enter")
        page.wait_for_selector(f"#copied.error:text('{words}')")
    assert page.is_disabled("#undo"), "there has been no step"


def test_any_text_is_a_name(page, address):
    go(page, address)
    open_tab(page, "names")
    for name in ["x" * 10_000, "👩‍💻🙂", "דוד בן גוריון", "  ", "\ud800"]:
        page.evaluate(
            """(name) => { const field = document.getElementById("name"); field.value = name;
            field.dispatchEvent(new Event("input")); }""",
            name,
        )
        labels = face_code.labels_of_name(name, toonhead.ATTRIBUTES, people.own_rules())
        assert page.input_value("#code") == face_code.encode(labels, toonhead.ATTRIBUTES)
    one_drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_sheet_for_a_class(page, address):
    go(page, address)
    open_tab(page, "picture")
    page.select_option("#size", "128")
    open_tab(page, "names")
    names = ["Ada", "Bob", "Ada", "דוד", "../../etc/passwd", "🙂", "n" * 300]
    names += [f"Child {i}" for i in range(12)]
    page.fill("#names", "\r\n\n".join(names))
    with page.expect_download(timeout=60_000) as coming:
        page.click("#sheet")
    archive = zipfile.ZipFile(coming.value.path())
    assert archive.testzip() is None
    assert archive.namelist()[:6] == [
        *("001 Ada.png", "002 Bob.png", "003 Ada.png", "004 דוד.png"),
        *("005 etc passwd.png", "006.png"),
    ]
    assert len(archive.namelist()) == len(names) and len(archive.namelist()[6]) < 80
    pictures = [Image.open(archive.open(name)) for name in archive.namelist()]
    assert {image.size for image in pictures} == {(128, 128)}
    ada, bob, again = (np.asarray(image) for image in pictures[:3])
    assert_same(ada, again)
    assert (ada != bob).any()
    assert page.text_content("#sheet-said") == "19 faces in faces.zip."


def test_a_sheet_has_a_limit(page, address):
    go(page, address)
    open_tab(page, "names")
    page.click("#sheet")
    assert "paste names first" in page.text_content("#sheet-said")
    page.evaluate("() => { names.value = Array.from({ length: 5000 }, (_, i) => i).join('\\n'); }")
    page.click("#sheet")
    assert "5,000 names" in page.text_content("#sheet-said")
    assert "at most 500" in page.text_content("#sheet-said")


def test_backgrounds_shapes_and_sizes(page, address):
    go(page, address)
    open_tab(page, "picture")
    page.check("#ground [value=none]", force=True)
    for size in (128, 1024):
        page.select_option("#size", str(size))
        assert save(page).size == (size, size)
    clear = np.asarray(save(page))
    assert clear.shape == (size, size, 4)
    assert clear[: size // 4, : size // 8, 3].max() < 8, "hardly anything beside the head: 3%"
    assert (clear[size // 2, size // 2, 3] == 255) and 0.3 < (clear[..., 3] > 250).mean() < 0.8
    page.check("#ground [value=sky]", force=True)
    colored = np.asarray(save(page))
    assert colored[0, 0].tolist() == [0xCB, 0xE1, 0xF5, 255]
    page.select_option("#shape", "round")
    assert np.asarray(save(page))[0, 0, 3] == 0
    assert "ground=sky&shape=round" in page.evaluate("location.hash")


def test_a_picture_is_copied_or_the_page_says_why_not(page, address):
    page.add_init_script(
        """Object.defineProperty(navigator, "clipboard", { value: { write: async ([item]) => {
          if (window.refused) throw new Error("no");
          window.copied = (await item.getType("image/png")).size; } } });"""
    )
    go(page, address)
    open_tab(page, "picture")
    page.click("#copy-picture")
    page.wait_for_selector("#copied:text('Picture copied')")
    assert page.evaluate("copied") > 1000
    page.evaluate("() => { window.refused = true; }")
    page.click("#copy-picture")
    page.wait_for_selector("#copied.error:text('Download the picture instead')")


def test_a_network_that_arrives_late_does_not_replace_the_one_that_was_chosen_since(page, address):
    go(page, address, seed=5)
    before = sheet(page)
    files, held = "**/models/avatars/**/*.bin", []
    page.route(files, lambda route: held.append(route))
    with page.expect_request(files):
        change_link(page, seed=5, run="faces-dcgan")
    page.wait_for_selector("#fresh:disabled")
    slide(page, "mix", 40)  # nothing to mix yet
    change_link(page, seed=5)
    drawn(page)
    assert held
    with page.expect_response(files):
        for route in held:
            route.continue_()
    page.select_option("#own-glasses", label="sun")
    one_drawn(page)
    change_link(page, seed=5, run="faces-dcgan")
    drawn(page)
    assert np.abs(sheet(page) - before).mean() > 5
    change_link(page, seed=5)
    drawn(page)
    assert_same(sheet(page), before)


def change_link(page, **values):
    page.evaluate("(hash) => { location.hash = hash; }", url_hash(**values))


PICTURE = f"""() => {{ {TO_BASE64}
  const canvas = document.getElementById("one");
  return toBase64(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.width).data); }}"""


def pictures_over_time(page, least, steps):
    """The different pictures of the portrait while a quarter of a second passes in each step."""
    seen = set()
    for _ in range(steps):
        page.clock.run_for(250)
        seen.add(page.evaluate(PICTURE))
        if len(seen) >= least:
            break
    return seen


def test_the_portrait_comes_alive_unless_motion_is_unwanted(visitor, address):
    page = visitor
    page.emulate_media(reduced_motion="no-preference")
    page.clock.install(time=0)
    page.add_init_script("Math.random = () => 0.6;")  # it looks down
    go(page, address, seed=5)
    still = canvases(page, "#one")
    assert len(pictures_over_time(page, 2, 100)) == 2
    page.keyboard.press("Tab")
    assert (canvases(page, "#one") == still).all(), "the visitor acts, and it keeps still"
    page.emulate_media(reduced_motion="reduce")
    assert len(pictures_over_time(page, 2, 20)) == 1
