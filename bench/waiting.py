"""How long visitors wait in headless Chromium, and how much of our own code a page loads."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, Request

from bench.chromium import served
from bench.download_size import gzipped_files
from bench.report import row
from bench.slow_host import start_slow_host
from export import dist

ROUNDS = 3
LINE = 1.6  # megabits per second
SONG = "lyrics.html#v=1&text=hello+world&seed=1&num_candidates=0"  # 0: the network's default
OTHER_RUN = "gene-lyrica-two"
# Runs ACTION and returns the seconds after which each of CONDITIONS became true.
STOPWATCH = """() => new Promise((resolve) => {
  const conditions = [CONDITIONS];
  const seconds = [];
  const start = START;
  ACTION;
  const look = () => {
    while (seconds.length < conditions.length && conditions[seconds.length]())
      seconds.push((performance.now() - start) / 1000);
    if (seconds.length < conditions.length) requestAnimationFrame(look);
    else resolve(seconds);
  };
  look();
})"""
CHOOSE = """
  const menu = document.getElementById("run");
  menu.value = "RUN";
  menu.dispatchEvent(new Event("change", { bubbles: true }))"""
CHOSEN = "location.hash.includes('run=RUN')"
WRITE = "document.getElementById('write').click()"
COMPARE = "for (const id of ['mode-all', 'write']) document.getElementById(id).click()"
TRAIN = "document.getElementById('train').click()"
TRAINED = "document.getElementById('said').textContent.startsWith('Training stopped')"
CAN_WRITE = "#settings[data-ready]"
READY = "main:has(#settings[data-ready]) #copy:enabled"
STANZAS = "document.querySelectorAll('#comparison article button:enabled').length"
ALL_STANZAS = "#comparison:not(:has(article button:disabled))"
PAGES = {
    "lyrics.html": READY,
    "avatars.html": "#fresh:enabled",
    "addition.html": "#train:enabled",
    "digits.html": "#breed:enabled, #pad",
    "index.html": "#read",
}


def measure() -> list[dict]:
    """Run this benchmark and return its rows for the results table. Build the site first."""
    with _published() as site, served(site) as (browser, url):
        return [
            _slow_line_row(browser, site),
            *_comparison_rows(browser, url),
            _switching_row(browser, url),
            _training_row(browser, url),
            _code_row(browser, site, url),
        ]


@contextlib.contextmanager
def _published() -> Iterator[Path]:
    """The site as it is published, in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        with contextlib.redirect_stdout(None):
            dist.main(["--out", str(site)])
        yield site


@contextlib.contextmanager
def _visit(browser: Browser, address: str, ready: str) -> Iterator[Page]:
    """Open a page with an empty cache, and wait until it contains an element."""
    # Words appear at once, so that the network is measured and not the animation.
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(ready, state="attached", timeout=60_000)
    yield page
    context.close()


def _time(
    page: Page, action: str, *conditions: str, start: str = "performance.now()"
) -> list[float]:
    """Do something on a page.

    Args:
        page: The page.
        action: JavaScript to run.
        *conditions: JavaScript expressions, in the order in which they become true.
        start: When the clock starts, in milliseconds since the page was opened.

    Returns:
        The seconds from the start until each condition is true.
    """
    functions = ", ".join(f"() => {condition}" for condition in conditions)
    script = STOPWATCH.replace("CONDITIONS", functions).replace("START", start)
    return page.evaluate(script.replace("ACTION", action))


def _there(selector: str) -> str:
    """A condition: whether an element is on the page."""
    return f"document.querySelector('{selector}') !== null"


def _slow_line_row(browser: Browser, site: Path) -> dict:
    server, url = start_slow_host(site, LINE)
    seconds = []
    for _ in range(ROUNDS):
        with _visit(browser, f"{url}lyrics.html", "#write:enabled") as page:
            seconds += _time(page, WRITE, _there("#song .fresh"), start="0")
    server.shutdown()
    return row(
        f"from opening the lyrics page to the first word, on a line of {LINE} Mbit/s",
        seconds,
        "s",
        7,
        "less",
        "as published and compressed, with an empty cache; Write is clicked at once",
    )


def _comparison_rows(browser: Browser, url: str) -> list[dict]:
    rounds = []
    conditions = [f"{STANZAS} >= 1", f"{STANZAS} >= 4", _there(ALL_STANZAS)]
    for _ in range(ROUNDS):
        with _visit(browser, url + SONG, READY) as page:
            rounds.append(_time(page, COMPARE, *conditions))
            count = page.locator("#comparison article").count()
    first, four, everything = zip(*rounds, strict=True)
    detail = f"{count} networks, of which one is loaded"
    return [
        row("from Compare to the first stanza", first, "s", 0.5, "less", detail),
        row("from Compare to four stanzas", four, "s", 1.5, "less", detail),
        row("from Compare to all stanzas", everything, "s", 1.5 * count / 4, "less", detail),
    ]


def _switching_row(browser: Browser, url: str) -> dict:
    choose = CHOOSE.replace("RUN", OTHER_RUN)
    is_ready = f"{_there(CAN_WRITE)} && {CHOSEN.replace('RUN', OTHER_RUN)}"
    seconds = []
    for _ in range(ROUNDS):
        with _visit(browser, url + SONG, READY) as page:
            _time(page, choose, is_ready)
            page.goto(f"{url}index.html")  # empties the memory, but not the cache
            page.goto(url + SONG)
            page.wait_for_selector(READY, timeout=60_000)
            seconds += _time(page, choose, is_ready)
    what = "switching to a network that was downloaded before"
    return row(what, seconds, "s", 0.4, "less", f"to {OTHER_RUN}, until it can write")


def _training_row(browser: Browser, url: str) -> dict:
    seconds = []
    for _ in range(ROUNDS):
        with _visit(browser, f"{url}addition.html", "#train:enabled") as page:
            seconds += _time(page, TRAIN, TRAINED)
    return row(
        "a full training on the addition page", seconds, "s", 5, "less", "of the default network"
    )


def _code_row(browser: Browser, site: Path, url: str) -> dict:
    sizes = {}
    for name, ready in PAGES.items():
        context = browser.new_context(service_workers="block")
        page = context.new_page()
        addresses: set[str] = set()
        page.on("request", _collector(addresses))
        page.goto(url + name)
        page.wait_for_selector(ready, state="attached", timeout=60_000)
        page.wait_for_timeout(1000)
        sizes[name] = sum(_gzipped(site, url, address) for address in addresses) / 1000
        context.close()
    largest = max(sizes, key=lambda name: sizes[name])
    return row(
        "our own JavaScript and CSS of a page, gzipped",
        [sizes[largest]],
        "KB",
        60,
        "less",
        ", ".join(f"{name} {size:.1f}" for name, size in sizes.items()),
    )


def _collector(addresses: set[str]) -> Callable[[Request], None]:
    """A listener that collects the addresses of requests."""
    return lambda request: addresses.add(request.url)


def _gzipped(site: Path, url: str, address: str) -> int:
    """The gzipped size of a file in bytes; 0 if it is not our own code."""
    path = site / address.removeprefix(url).partition("?")[0]
    is_code = address.startswith(url) and path.suffix in (".css", ".js")
    if not is_code or "vendor" in path.parts:
        return 0
    return gzipped_files(path)
