"""What the tests share: a small songs table, a network trained on it, the command line, a server and real Chromium."""

import csv
import gzip
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import sync_playwright

from common.cli import GeneError
from common.files import read_json
from export.serve import start_server
from tests.chromium import launch

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
TINY = ["--width", "8", "--units", "12", "--lanes", "4", "--length", "8", "--min-count", "1"]
TINY_AVATARS = [
    "--count",
    "64",
    "--epochs",
    "2",
    "--widths",
    "16",
    "16",
    "8",
    "8",
    "--batch",
    "16",
    "--latent",
    "8",
]


def run_module(name, *arguments, **options):
    """`python -m name arguments`; returns the finished process with its output as text."""
    return subprocess.run(
        [sys.executable, "-m", name, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        **options,
    )


def refused(process, *words):
    """Assert that a command ended as an error should: status 2, one line that holds `words`, no traceback."""
    assert process.returncode == 2, process.stderr
    lines = process.stderr.strip().splitlines()
    assert len(lines) == 1, process.stderr
    for word in words:
        assert str(word) in lines[0]


def refused_here(capsys, main, arguments, *words):
    """The same of an entry point's `main` called in this process, which spares the start of the engine."""
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
    """A songs table at `path`."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


@pytest.fixture(scope="session")
def songs(tmp_path_factory):
    """A table of 60 songs of ever the same few lines."""
    lines = [
        "the boat is on the sea",
        "the sea is blue and wide",
        "a bird is on the boat",
        "we sing with the bird",
        "and the wind goes by",
        "oh the wind, oh the sea",
        "blue is the bird we sing",
        "wide is the wind",
    ]
    rows = [
        (f"Band {i % 3}", f"Song {i}", "", "\n".join(lines[i * k % 8] for k in range(1, 12)))
        for i in range(60)
    ]
    return write_table(tmp_path_factory.mktemp("songs") / "songs.csv", rows)


@pytest.fixture(scope="session")
def checkpoints(songs, tmp_path_factory):
    """A folder of checkpoints with two tiny trained runs: lyrics/tiny (stream) and lyrics/glance (window)."""
    folder = tmp_path_factory.mktemp("checkpoints")
    shared = ["--songs", songs, "--checkpoints", folder, "--cache", folder / "cache", "--epochs", 2]
    for arguments in (
        ["--recipe", "quick", "--run", "tiny", *TINY],
        ["--recipe", "gene-lyrica-one", "--run", "glance", *TINY, "--lanes", 32],
    ):
        result = run_module("train.lyrics", *arguments, *shared)
        assert result.returncode == 0, result.stderr
    shutil.rmtree(folder / "cache")
    return folder


@pytest.fixture(scope="session")
def avatars(tmp_path_factory):
    """A folder of checkpoints with two tiny trained runs: avatars/faces (ours) and avatars/faces-dcgan (plain)."""
    folder = tmp_path_factory.mktemp("avatars")
    for recipe in ("faces", "faces-dcgan"):
        result = run_module(
            "train.avatars",
            "--recipe",
            recipe,
            *TINY_AVATARS,
            "--checkpoints",
            folder,
            "--cache",
            folder / "cache",
        )
        assert result.returncode == 0, result.stderr
    shutil.rmtree(folder / "cache")
    return folder


@pytest.fixture(scope="session")
def exported(checkpoints, tmp_path_factory):
    """The site with the tiny runs exported into it."""
    site = tmp_path_factory.mktemp("site") / "web"
    shutil.copytree(ROOT / "web", site, ignore=shutil.ignore_patterns("models"))
    result = run_module("export.tfjs", "--checkpoints", checkpoints, "--out", site / "models")
    assert result.returncode == 0, result.stderr
    return site


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address():
    """The address of the site that `make site` has built."""
    server, url = start_server(WEB)
    yield url
    server.shutdown()


@pytest.fixture
def page(chromium, address):
    """A fresh page that fails the test on any console error, page error or request to elsewhere."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, reduced_motion="reduce", service_workers="block"
    )
    page, wrong = context.new_page(), []
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
    context.close()
    assert not wrong


def ready(page):
    """Wait until the lyrics page has its network."""
    page.wait_for_selector("#write:enabled", timeout=30_000)


def finished(page):
    """The song of the lyrics page, once it is written."""
    page.wait_for_selector("#copy:enabled", timeout=30_000)
    return page.text_content("#song")


def link_of(page):
    """The page's own address. Playwright's `page.url` hears of a new hash a moment later."""
    return page.evaluate("() => location.href")


def entry(run):
    """What the site's index says of a lyrics network."""
    models = read_json(WEB / "models" / "index.json")["models"]
    [found] = [model for model in models if (model["task"], model["run"]) == ("lyrics", run)]
    return found


def weight(*scripts):
    """Bytes, gzipped, of JavaScript modules of the site and of all that they import, each counted once."""
    found, wanted = set(), [(WEB / script).resolve() for script in scripts]
    while wanted:
        path = wanted.pop()
        if path not in found:
            found.add(path)
            addresses = re.findall(
                r'(?:\bfrom |\bimport )"(\.[^"]+)"', path.read_text(encoding="utf-8")
            )
            wanted += [(path.parent / address).resolve() for address in addresses]
    return sum(len(gzip.compress(path.read_bytes())) for path in found)


def state(**values):
    """A hash as the page writes it."""
    return "#" + "&".join(
        f"{key}={quote(str(value))}" for key, value in ({"v": 1} | values).items()
    )
