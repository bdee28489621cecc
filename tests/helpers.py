"""Functions and constants that several test modules share. Fixtures are in conftest.py."""

import atexit
import contextlib
import csv
import functools
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock
from urllib.parse import quote

from common.cli import GeneError
from common.files import read_json
from tests.robustness.fork_server import MODULES, ForkServer

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"

# Flags that make a lyrics network small enough to train in seconds.
TINY = [
    *["--embedding-dim", "8", "--units", "12", "--batch-size", "4", "--min-count", "1"],
    *["--sequence-length", "8", "--context-length", "8"],
]
# The same for a face generator.
TINY_AVATARS = [
    *["--max-images", "64", "--epochs", "2", "--batch-size", "16", "--latent", "8"],
    *["--channels", "16", "16", "8", "8"],
]
# Drops a file on the page: [name, content in base64].
DROP = """([name, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name));
  document.body.dispatchEvent(
    new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
}"""
# Denies the page its database.
DENY = (
    "() => { IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError'); }; }"
)


@functools.cache
def fork_server(backend="tensorflow"):
    """Return the process of this test run that starts training commands without loading Keras."""
    server = ForkServer(backend)
    atexit.register(server.end)
    return server


def run_module(name, *arguments, backend="tensorflow", **options):
    """Run `python -m name arguments` in a process of its own.

    The training commands are forked from a process that has loaded Keras, which saves seconds. With
    `options` they are started like any other command.

    Args:
        name: The module, e.g. "train.lyrics".
        *arguments: Its command line; each argument is converted with `str`.
        backend: The Keras backend of a training command without `options`.
        **options: Additional keyword arguments of `subprocess.run`.

    Returns:
        The `subprocess.CompletedProcess`, with its output as text.
    """
    if name in MODULES and not options:
        with tempfile.TemporaryDirectory() as folder:
            process = fork_server(backend).run_cli(Path(folder), name, *arguments)
        return subprocess.CompletedProcess(
            [name, *arguments], process.returncode, process.stdout, process.stderr
        )
    return subprocess.run(
        [sys.executable, "-m", name, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        **options,
    )


class _Parsed(Exception):
    """Ends an entry point when its flags are parsed."""


def parse_flags(module, argv):
    """Return the parsed flags of a training command, as it would hand them to `open_run`."""
    with mock.patch.object(module, "open_run", side_effect=_Parsed) as open_run:
        with contextlib.suppress(_Parsed):
            module.main([str(word) for word in argv])
    return open_run.call_args.args[0]


def assert_refused(process, *words):
    """Assert that a finished command failed as it should: status 2 and one line holding `words`."""
    assert process.returncode == 2, process.stderr
    lines = process.stderr.strip().splitlines()
    assert len(lines) == 1, process.stderr
    for word in words:
        assert str(word) in lines[0]


def assert_main_refuses(capsys, main, arguments, *words):
    """Assert the same of an entry point that is called in this process.

    Prefer this to `assert_refused(run_module(...))`: a new process takes seconds to load Keras.

    Args:
        capsys: The fixture.
        main: The entry point's `main(argv)`.
        arguments: Its command line.
        *words: What the error message must contain.
    """
    capsys.readouterr()
    try:
        main([str(argument) for argument in arguments])
    except GeneError as error:
        line = str(error)
    except SystemExit as end:
        assert end.code == 2
        line = capsys.readouterr().err.strip()
    else:
        raise AssertionError("nothing was refused")
    assert "\n" not in line
    for word in words:
        assert str(word) in line


def write_table(path, rows, header=("artist", "song", "link", "text")):
    """Write a songs table (CSV) and return its path."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def index_entry(run):
    """Return the entry of a lyrics network in the index of the built site."""
    models = read_json(WEB / "models" / "index.json")["models"]
    [found] = [model for model in models if (model["task"], model["run"]) == ("lyrics", run)]
    return found


def url_hash(**values):
    """Return a URL hash as the pages write it."""
    return "#" + "&".join(
        f"{key}={quote(str(value))}" for key, value in ({"v": 1} | values).items()
    )


def current_url(page):
    """Return the page's own address. Playwright's `page.url` notices a new hash too late."""
    return page.evaluate("() => location.href")


def assert_in_view(page, *selectors):
    """Wait until all of these elements are on the screen from top to bottom, and nothing is over them."""
    page.wait_for_function(
        """(selectors) => selectors.every((selector) => {
      const element = document.querySelector(selector);
      const { top, bottom, left, width, height } = element.getBoundingClientRect();
      const lowest = document.elementFromPoint(left + width / 2, bottom - 2);
      const isOnTop = element.contains(lowest) || lowest?.contains(element);
      return height > 0 && top >= 0 && bottom <= innerHeight && isOnTop;
    })""",
        arg=list(selectors),
        timeout=3000,
    )


@contextlib.contextmanager
def watched_page(profile, address):
    """A fresh page that fails the test on any console error, page error or request to elsewhere."""
    page = profile.new_page()
    wrong = []
    page.wrong = wrong
    page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "request",
        lambda request: (
            request.url.startswith((address, "data:", "blob:")) or wrong.append(request.url)
        ),
    )
    yield page
    seen = list(wrong)
    _forget(page, address)
    assert not seen


def _forget(page, address):
    """Close a page and delete what it has stored, but not the browser's cache of downloads."""
    page.context.set_offline(False)
    page.goto("about:blank")  # ends its workers, which may be storing something
    session = page.context.new_cdp_session(page)
    stored = {"origin": address.rstrip("/"), "storageTypes": "all"}
    session.send("Storage.clearDataForOrigin", stored)
    page.close()


def wait_until_ready(page):
    """Wait until the lyrics page has loaded its network."""
    page.wait_for_selector("#settings[data-ready]", timeout=30_000)


def open_settings(page, more=False):
    """Show the settings of the lyrics page, which are a sheet on a phone; with `more`, all of them."""
    if not page.is_visible("#options"):
        page.click("#options-toggle")
    if more:
        page.click("#options summary")


def finished_song(page):
    """Wait until the lyrics page has written its song; returns the song."""
    page.wait_for_selector("main:has(#settings[data-ready]) #copy:enabled", timeout=30_000)
    return page.text_content("#song")


# Numbers take a second per 50,000 to get out of a page; as text they take no time.
TO_BASE64 = """
const toBase64 = (array) => {
  let text = "";
  for (const byte of new Uint8Array(array.buffer)) text += String.fromCharCode(byte);
  return btoa(text);
};
"""
