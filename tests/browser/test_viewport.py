"""What a main action changes is in view, on a phone and on a laptop.

A page adds its main actions to ACTIONS.
"""

from typing import NamedTuple

import pytest

from tests.helpers import url_hash


class Action(NamedTuple):
    """A main action of a page.

    Attributes:
        page: File name of the page and its hash.
        ready: Selector of what is there when the page is ready.
        press: Selectors of what is clicked, in turn; the last one is the main button.
        done: Selector of what is there when the action has ended.
        changed: Selector of the elements that it changes.
        share: How much of the height of these elements must be seen, from 0 to 1.
    """

    page: str
    ready: str
    press: list[str]
    done: str
    changed: str
    share: float = 1


# A song of one stanza: a longer one may not fit on a phone, depending on how many of its lines wrap.
# Even of one stanza, the end of the last line may be below the window if all of them wrap.
LYRICS = "lyrics.html" + url_hash(run="quick", text="hello world", seed=3, form="abcb")
SONG = "#settings[data-ready] ~ #stage #copy:enabled"
ACTIONS = {
    "write a song": Action(LYRICS, SONG, ["#write"], SONG, "#song", 0.8),
    "write line by line": Action(
        LYRICS,
        SONG,
        ["label:has(#mode-lines)", "#write"],
        "#line-by-line .another:enabled",
        "#song, #offer, #line-by-line .primary",
    ),
    "keep a line": Action(
        LYRICS + "&view=lines&kept=-one%0A-two%0A-three%0A-four%0A-five%0A-six%0A-seven%0A-eight",
        "#line-by-line .another:enabled",
        ["#line-by-line .primary"],
        "#line-by-line .another:enabled",
        "#offer, #line-by-line .primary",
    ),
    "compare": Action(
        LYRICS,
        SONG,
        ["label:has(#mode-all)", "#write"],
        "#comparison article:first-child button:enabled",
        "#comparison article:first-child .song",
        0.9,
    ),
    "train": Action(
        "addition.html",
        "#train:enabled",
        ["#train"],
        "#said:has-text('Training stopped')",
        "#answer, #network, #surface, #curve, #said",
    ),
    "solve": Action(
        "addition.html",
        "#solve:enabled",
        ["#solve"],
        "#said:has-text('Solved in')",
        "#answer, #network, #surface, #curve, #said",
    ),
    "evolve": Action(
        "digits.html" + url_hash(view="evolve"),
        "#breed:enabled",
        ["#breed", "#skip"],
        "#bred-said:has-text('It took')",
        "#best, #herd, #doubt, #bred, #bred-said",
    ),
    "scramble": Action(
        "digits.html" + url_hash(view="scramble"),
        "#disturbed progress",
        ["#amount"],
        "#scrambled-said:has-text('network')",
        "#scrambled, #disturbed, #scrambled-said, #amount",
    ),
    "repair": Action(
        "index.html", "#repair:enabled", ["#repair"], "#answer.right", "#answer, #verdict"
    ),
}
FACES = '#said:text-matches("^Sixteen faces")'
ACTIONS |= {
    "show 16 more": Action("avatars.html", FACES, ["#fresh"], FACES, "#faces, #one"),
    "mix two faces": Action(
        "avatars.html",
        FACES,
        ["#tabs label:has([value=mix])", "#others label:nth-child(9)"],
        FACES,
        "#faces, #one, #mix",
    ),
    "give all faces a skin": Action(
        "avatars.html",
        FACES,
        ["#tabs label:has([value=all])", "#want [name=want-skin][value='3']"],
        FACES,
        "#faces, #one",
    ),
}
SIZES = {"phone": (390, 844), "laptop": (1280, 800)}
# How much of each element's height is inside the window and not below a bar at its bottom.
SHARES = """(elements) => {
  const bar = document.querySelector("#bar");
  const isFixed = bar && getComputedStyle(bar).position === "fixed";
  const end = isFixed ? bar.getBoundingClientRect().top : innerHeight;
  return elements.map((element) => {
    const { top, bottom, height } = element.getBoundingClientRect();
    return (Math.min(bottom, end) - Math.max(top, 0)) / height;
  });
}"""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ACTIONS)
def test_what_a_main_action_changes_is_in_view(page, address, name, size):
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    action = ACTIONS[name]
    page.goto(address + action.page)
    page.wait_for_selector(action.ready, timeout=30_000)
    for selector in action.press:
        page.click(selector)
    page.wait_for_selector(action.done, timeout=60_000)
    shares = page.eval_on_selector_all(action.changed, SHARES)
    assert shares and min(shares) >= action.share - 0.001
    button = page.eval_on_selector_all(
        action.press[-1], "(all) => all[0].getBoundingClientRect().y"
    )
    assert 0 <= button < height, "the button is still there"
