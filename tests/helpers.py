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


@functools.cache
def fork_server():
    """Return the process of this test run that starts training commands without loading Keras."""
    server = ForkServer()
    atexit.register(server.end)
    return server


def run_module(name, *arguments, **options):
    """Run `python -m name arguments` in a process of its own.

    The training commands are forked off a process that has loaded Keras, which saves seconds. With
    `options` they are started like any other command.

    Args:
        name: The module, e.g. "train.lyrics".
        *arguments: Its command line; each argument is converted with `str`.
        **options: Further keyword arguments of `subprocess.run`.

    Returns:
        The `subprocess.CompletedProcess`, with its output as text.
    """
    if name in MODULES and not options:
        with tempfile.TemporaryDirectory() as folder:
            process = fork_server().run_cli(Path(folder), name, *arguments)
            stdout = Path(folder, f"{process.pid}.out").read_text(encoding="utf-8")
        return subprocess.CompletedProcess(
            [name, *arguments], process.returncode, stdout, process.stderr
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
    """Return the page's own address. Playwright's `page.url` learns of a new hash too late."""
    return page.evaluate("() => location.href")


def wait_until_ready(page):
    """Wait until the lyrics page has loaded its network."""
    page.wait_for_selector("#write:enabled", timeout=30_000)


def finished_song(page):
    """Wait until the lyrics page has written its song; returns the song."""
    page.wait_for_selector("#copy:enabled", timeout=30_000)
    return page.text_content("#song")
