"""Fixtures that several test modules share: tiny songs and runs, an exported site, and Chromium."""

import inspect
import os
import shutil
import signal
import tempfile

import pytest
from filelock import FileLock
from playwright.sync_api import sync_playwright

from bench.chromium import launch
from export import songbook
from export.serve import start_server
from tests.helpers import TINY, TINY_AVATARS, WEB, run_module, watched_page, write_table

# Tests run side by side, so one thread each is fastest. Several processes train the same tiny
# networks on JAX: what one of them has compiled, the others read.
os.environ |= {
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
}

# Fixtures that train or export networks, and functions that start processes.
SLOW_FIXTURES = {"checkpoints", "avatars", "exported", "runs", "tiny_runs"}
SLOW_FUNCTIONS = {"run_module", "Popen"}


def pytest_configure(config):
    """Create the JAX compilation cache; let Ctrl-C reach the tests; write the site's songs if missing.

    A shell ignores Ctrl-C for background jobs. `make site` writes the songs.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        config.jax_cache = tempfile.TemporaryDirectory(prefix="gene-jax-")
        os.environ["JAX_COMPILATION_CACHE_DIR"] = config.jax_cache.name
    if not (WEB / songbook.FOLDER / songbook.INDEX).exists():
        songbook.write_songs(WEB)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    """Set the markers `browser` and `slow` of tests that need not be marked by hand."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker("browser")
        called = inspect.unwrap(item.function).__code__.co_names
        if (
            "robustness" in item.path.parts
            or SLOW_FIXTURES.intersection(item.fixturenames)
            or SLOW_FUNCTIONS.intersection(called)
        ):
            item.add_marker("slow")


@pytest.fixture(scope="session")
def build_once(tmp_path_factory):
    """A function that fills a folder once for all pytest-xdist processes of this test run."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent

    def build(name, fill):
        folder = root / name
        done = root / f"{name}.done"
        with FileLock(root / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                fill(folder)
                done.touch()
        return folder

    return build


@pytest.fixture(scope="session")
def songs(tmp_path_factory):
    """A table of 60 songs made of eight lines."""
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


def _run(name, *arguments):
    result = run_module(name, *arguments)
    assert result.returncode == 0, result.stderr


@pytest.fixture(scope="session")
def checkpoints(songs, build_once):
    """A checkpoints folder with two tiny runs: lyrics/tiny (LSTM), lyrics/glance (windowed GRU)."""

    def train(folder):
        cache = folder / "cache"
        shared = ["--songs", songs, "--checkpoint-dir", folder, "--cache-dir", cache, "--epochs", 2]
        titled = ["--condition-on-title", "--slots"]
        _run("train.lyrics", "--recipe", "quick", "--run", "tiny", *TINY, *titled, *shared)
        wide = ["--recipe", "gene-lyrica-one", "--run", "glance", *TINY, "--batch-size", 32]
        _run("train.lyrics", *wide, *shared)
        shutil.rmtree(cache)

    return build_once("checkpoints", train)


@pytest.fixture(scope="session")
def avatars(build_once):
    """A checkpoints folder with two tiny runs: avatars/faces and avatars/faces-dcgan."""

    def train(folder):
        cache = folder / "cache"
        for recipe in ("faces", "faces-dcgan"):
            shared = ["--checkpoint-dir", folder, "--cache-dir", cache]
            _run("train.avatars", "--recipe", recipe, *TINY_AVATARS, *shared)
        shutil.rmtree(cache)

    return build_once("avatars", train)


@pytest.fixture(scope="session")
def exported(checkpoints, build_once):
    """A copy of the site with the tiny runs exported into it."""

    def export(folder):
        from export import tfjs  # loads Keras, which most tests do without

        shutil.copytree(WEB, folder / "web", ignore=shutil.ignore_patterns("models"))
        models = folder / "web" / "models"
        tfjs.main(["--checkpoint-dir", str(checkpoints), "--out", str(models)])

    return build_once("site", export) / "web"


@pytest.fixture(scope="session")
def published_site(build_once):
    """The folder that `make dist` writes."""
    return (
        build_once("published", lambda folder: _run("export.dist", "--out", folder / "gene"))
        / "gene"
    )


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium. It also knows this computer as plain.test, which it does not trust."""
    with sync_playwright() as playwright:
        browser = launch(playwright, "--host-resolver-rules=MAP plain.test 127.0.0.1")
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address():
    """The address of the site that `make site` has built."""
    server, url = start_server(WEB)
    yield url
    server.shutdown()


def _profile(chromium):
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, reduced_motion="reduce", service_workers="block"
    )
    yield context
    context.close()


@pytest.fixture(scope="session")
def profile(chromium):
    """A browser profile that tests share: what one has downloaded and compiled is there for the next."""
    yield from _profile(chromium)


@pytest.fixture(scope="session")
def other_profile(chromium):
    """The profile of somebody else's browser, which tests share, too."""
    yield from _profile(chromium)


@pytest.fixture
def page(profile, address):
    """A `watched_page` of its own."""
    with watched_page(profile, address) as page:
        yield page


@pytest.fixture
def elsewhere(other_profile, address):
    """A page in somebody else's browser, to open links in."""
    with watched_page(other_profile, address) as page:
        yield page
