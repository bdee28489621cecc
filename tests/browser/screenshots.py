"""Take pictures of the pages: those in the README, or every page and state, to look at them.

    python -m tests.browser.screenshots             write docs/images/page-*.png
    python -m tests.browser.screenshots --all DIR   write every page and state

With --all, each state is taken at 320, 390, 1280 and 1920 pixels, light and dark.
"""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from bench.chromium import served
from common.cli import Parser, run_cli
from tests.browser.test_viewport import ACTIONS, FACES, SONG, Action
from tests.helpers import ROOT, WEB, url_hash

DIGITS = "#said:not(:has-text('on their way'))"
README_PICTURES = {
    "lyrics": Action(
        "lyrics.html" + url_hash(text="hello world", seed=3, num_candidates=0, title_from_text=1),
        *(SONG, [], SONG, "#song"),
    ),
    "avatars": Action("avatars.html", FACES, [], FACES, "#faces"),
    "addition": Action("addition.html", "#train:enabled", [], "#train:enabled", "#answer"),
    "digits": Action("digits.html", DIGITS, [], DIGITS, "#said"),
}
README_VIEWPORT = (1280, 904)
README_WIDTH = 680  # pixels; the README shows two next to each other
WIDTHS = {320: 640, 390: 844, 1280: 800, 1920: 1080}  # of the window, and its height
PAGES = {
    "home": ("index.html", "#repair:enabled"),
    "songbook": ("songbook.html", "#text .line"),
    "shelf": ("shelf.html", "main h1"),
    "about": ("about.html", "main h1"),
    "lesson": ("lesson.html", "main h1"),
    "not-found": ("404.html", "main h1"),
    "signs": ("digits.html" + url_hash(view="signs"), "#sign-rows button:enabled"),
    "eigen-digits": ("digits.html" + url_hash(view="eigen"), "main h1"),
    "teach": ("lyrics.html#teach", "#band-text:visible"),
}


def main(argv: Sequence[str]) -> None:
    """Take the pictures.

    Args:
        argv: The command line without the program.
    """
    parser = Parser(__doc__, prog="python -m tests.browser.screenshots")
    parser.add_argument(
        "--all",
        metavar="DIR",
        type=Path,
        help="write pictures of every page and state to this folder (default: those of the README)",
    )
    args = parser.parse_args(argv)
    with served(WEB) as (browser, url):
        if args.all:
            take_all(browser, url, args.all)
        else:
            take_for_readme(browser, url)


def take_for_readme(browser: Browser, url: str) -> None:
    """Write the pictures of the README."""
    for name, state in README_PICTURES.items():
        picture = Image.open(io.BytesIO(take(browser, url, state, README_VIEWPORT)))
        height = round(README_WIDTH * picture.height / picture.width)
        small = picture.convert("RGB").resize((README_WIDTH, height), Image.Resampling.LANCZOS)
        path = ROOT / "docs/images" / f"page-{name}.png"
        small.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        print(path.relative_to(ROOT), flush=True)


def take_all(browser: Browser, url: str, folder: Path) -> None:
    """Write a picture of each state for each width and color scheme to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, state in states():
        for size in WIDTHS.items():
            for scheme in ("light", "dark"):
                path = folder / f"{name}-{size[0]}-{scheme}.png"
                path.write_bytes(take(browser, url, state, size, scheme))
                print(path, flush=True)


def states() -> Iterator[tuple[str, Action]]:
    """Yield the name of each state and how to reach it."""
    for name, (page, ready) in PAGES.items():
        yield name, Action(page, ready, [], ready, ready)
    yield from README_PICTURES.items()
    for name, action in ACTIONS.items():
        yield name.replace(" ", "-"), action


def take(
    browser: Browser, url: str, state: Action, size: tuple[int, int], scheme: str = "light"
) -> bytes:
    """Return a PNG of what a window shows in a state.

    Args:
        browser: A running browser.
        url: Address of the site.
        state: The page, and what to do on it.
        size: Width and height of the window in pixels.
        scheme: "light" or "dark".
    """
    page = browser.new_page(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page.goto(url + state.page)
    page.wait_for_selector(state.ready, timeout=60_000)
    for selector in state.press:
        page.click(selector)
    page.wait_for_selector(state.done, timeout=120_000)
    page.wait_for_timeout(500)  # transitions
    picture = page.screenshot()
    page.close()
    return picture


if __name__ == "__main__":
    run_cli(main)
