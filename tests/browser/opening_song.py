"""Choose the song that the lyrics page and the home page show before a network has come.

    python -m tests.browser.opening_song             print the songs that the page writes with twenty seeds
    python -m tests.browser.opening_song --seed 13   put one of them into web/lyrics.html and web/index.html

A good one is about one thing and has an underlined phrase, which shows at once what is quoted. The
caption says that it was chosen.
"""

import html
import re
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page

from bench.chromium import served
from common.cli import Parser, bounded_int, run_cli
from common.files import write_text
from tests.helpers import WEB, url_hash

NETWORK = "gene-lyrica-three"
TEXT = "hello world"
NUM_SONGS = 20
VERSE = 4  # lines on the home page
WRITTEN = "main:has(#settings[data-ready]) #copies:not(:empty)"


def main(argv: Sequence[str]) -> None:
    """Print the songs, or put one into the pages.

    Args:
        argv: The command line without the program.
    """
    parser = Parser(__doc__, prog="python -m tests.browser.opening_song")
    parser.add_argument(
        "--seed",
        type=bounded_int(1, NUM_SONGS),
        help="random seed of the song to put into the pages (default: print all songs)",
    )
    args = parser.parse_args(argv)
    with served(WEB) as (browser, url):
        page = browser.new_page()
        if args.seed:
            replace_song(page, url, args.seed)
        else:
            print_songs(page, url)


def print_songs(page: Page, url: str) -> None:
    """Print the songs to choose from."""
    for seed in range(1, NUM_SONGS + 1):
        song, copies = write_song(page, url, seed)
        print(f"--seed {seed}\n\n{song}\n\n{copies}\n", flush=True)


def write_song(page: Page, url: str, seed: int) -> tuple[str, str]:
    """Return the song that the page writes, and what it says about quotations."""
    # As many candidates as the network has by default, and the text as title.
    link = url_hash(text=TEXT, run=NETWORK, seed=seed, num_candidates=0, title_from_text=1)
    page.goto("about:blank")  # so that the next link is not just another state of the same page
    page.goto(f"{url}lyrics.html{link}")
    page.wait_for_selector(WRITTEN, timeout=120_000)
    return page.inner_text("#song"), page.inner_text("#copies")


def replace_song(page: Page, url: str, seed: int) -> None:
    """Put a song into both pages, with its caption."""
    song, _ = write_song(page, url, seed)
    caption = re.sub(r", [\d,]+ words per second", "", page.inner_text("#caption"))
    verse = "\n".join(song.split("\n")[:VERSE])
    replace(WEB / "lyrics.html", 'id="song"', mark(song, TEXT.split()))
    replace(WEB / "lyrics.html", 'id="caption"', f"{caption}, chosen from twenty")
    replace(WEB / "index.html", 'id="song"', mark(verse, [TEXT]))
    path = WEB / "lyrics.html"
    seeded = re.sub(r'data-seed="\d+"', f'data-seed="{seed}"', path.read_text(encoding="utf-8"))
    write_text(path, seeded)


def mark(song: str, prompts: Sequence[str]) -> str:
    """Return a song as HTML, with the visitor's words marked."""
    marked = html.escape(song, quote=False)
    for prompt in prompts:
        as_prompt = r'<span class="prompt">\g<0></span>'
        marked = re.sub(re.escape(prompt), as_prompt, marked, count=1, flags=re.IGNORECASE)
    return marked


def replace(path: Path, attribute: str, content: str) -> None:
    """Replace the content of the element with an attribute, which contains no other element of its kind."""
    page = path.read_text(encoding="utf-8")
    element = re.search(rf"<(div|p)\b[^>]*\b{attribute}[^>]*>", page)
    assert element, f"{path} has no element with {attribute}"
    end = page.index(f"</{element[1]}>", element.end())
    write_text(path, page[: element.end()] + content + page[end:])


if __name__ == "__main__":
    run_cli(main)
