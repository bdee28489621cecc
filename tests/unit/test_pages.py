"""Test that the pages of the site have the same head and the same navigation."""

import re

import pytest

from tests.helpers import WEB

NETWORK_PAGES = ["addition", "avatars", "digits", "lyrics"]


def _head(name: str) -> str:
    """Return a page up to its <main>, without what belongs to this page alone."""
    head = (WEB / f"{name}.html").read_text(encoding="utf-8").partition("<main>")[0]
    for pattern in (
        r'name="description" content="[^"]+"',
        r"<title>[^<]+ – Gene</title>",
        r'<a class="skip" href="#[\w-]+">[^<]+</a>',
    ):
        head, found = re.subn(pattern, "", head)
        assert found == 1, pattern
    for own in ("page.js", "style.css"):
        head = head.replace(f'"{name}/{own}"', f'"{own}"')
    return head.replace(' aria-current="page"', "")


@pytest.mark.parametrize("name", NETWORK_PAGES[1:])
def test_heads_and_navigation_are_the_same(name):
    assert _head(name) == _head(NETWORK_PAGES[0])


@pytest.mark.parametrize("name", NETWORK_PAGES)
def test_the_navigation_marks_the_page_itself(name):
    html = (WEB / f"{name}.html").read_text(encoding="utf-8")
    assert re.findall(r'<a href="([\w.]+)" aria-current="page">', html) == [f"{name}.html"]
