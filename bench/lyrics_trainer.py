"""Training a lyrics network in headless Chromium: speed, memory, and the page's frame rate."""

from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page

from bench.chromium import served
from bench.report import ratios, row
from data.lyrics.songs import SONGBOOK, read_songs

WEB = Path(__file__).resolve().parent.parent / "web"
ARTIST = "Marzipan Avenue"  # the recipe baba-twist trains on this artist's songs
FEW_SONGS = 20
ACCURACY = 0.6
ROUNDS = 3
STEPS = 150  # per round
OTHER_RECIPES = ["quick", "gene-lyrica-two"]
PRODUCT_SIZES = {"m": 256, "k": 128, "n": 512}  # 8 rows of 32 words, and the gates of 128 units
# Runs on the lyrics page and counts its frames until `until` steps are done or training ends.
TRAIN = """async ({ training, until }) => {
  const { RemoteWorker } = await import("./shared/rpc.js");
  const worker = new RemoteWorker(new URL("./lyrics-trainer/worker.js", location.href));
  let frames = 0;
  let isOver = false;
  const count = () => {
    frames++;
    if (!isOver) requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
  let latest;
  let steps = 0;
  const start = performance.now();
  await worker.call("train", training, (progress) => {
    latest = progress;
    if (++steps === until) worker.call("stop");
  });
  isOver = true;
  const seconds = (performance.now() - start) / 1000;
  const { history } = await worker.call("result");
  self.trainer = worker; // keep the worker alive, so that its memory counts
  return { seconds, frames: frames / seconds, history, words: latest.wordsPerSecond };
}"""
# Runs on the lyrics page; returns the billions of operations per second of each product, in our
# WebAssembly and in TensorFlow.js.
MULTIPLY = """async ({ m, k, n }) => {
  const { Kernels, panelLength } = await import("./lyrics-trainer/kernels.js");
  const tf = await import("./vendor/tfjs.js");
  const { startBackend } = await import("./shared/model.js");
  await startBackend(tf);
  const module = await WebAssembly.compileStreaming(fetch("./vendor/kernels.wasm"));
  const lengths = { a: m * k, b: k * n, c: m * n, turned: Math.max(m * k, k * n) };
  lengths.panel = panelLength(Math.max(m, k, n));
  const kernels = await Kernels.load(module, lengths);
  const { a, b, c, turned } = kernels.arrays;
  for (const array of [a, b, c]) array.forEach((_, i) => { array[i] = Math.sin(i); });
  const [A, B, C] = [tf.tensor(a, [m, k]), tf.tensor(b, [k, n]), tf.tensor(c, [m, n])];
  const ours = [
    () => kernels.multiply(a, b, c, m, k, n),
    () => { kernels.transpose(a, turned, m, k); kernels.multiply(turned, c, b, k, m, n); },
    () => { kernels.transpose(b, turned, k, n); kernels.multiply(c, turned, a, m, n, k); },
  ];
  const theirs = [[A, B], [A, C, true], [C, B, false, true]].map((product) => () => {
    const result = tf.matMul(...product);
    result.dataSync();
    result.dispose();
  });
  const rate = (multiply) => {
    const start = performance.now();
    let count = 0;
    while (performance.now() < start + 300) { multiply(); count++; }
    return (2 * m * k * n * count) / (performance.now() - start) / 1e6;
  };
  for (const multiply of [...ours, ...theirs]) multiply();
  return ours.map((multiply, i) => [rate(multiply), rate(theirs[i])]);
}"""


def measure() -> list[dict]:
    """Run this benchmark and return its rows for the results table. Build the site first."""
    with served(WEB) as (browser, url):
        return [
            _speed_row(browser, url),
            *_learning_rows(browser, url),
            _products_row(browser, url),
        ]


def _songs(count: int | None = None) -> list[dict]:
    songs = read_songs(SONGBOOK, artists=[ARTIST], max_songs=count)
    return [{"artist": song.artist, "title": song.title, "text": song.text} for song in songs]


def _open(browser: Browser, url: str) -> Page:
    page = browser.new_page()
    page.goto(f"{url}lyrics.html#v=1&run=baba-twist&text=hello&seed=1")
    page.wait_for_selector("main:has(#settings[data-ready]) #copy:enabled")
    return page


def _train(page: Page, recipe: Any, songs: list[dict], until: int = 0) -> dict:
    training = {"recipe": recipe, "songs": songs, "seed": 1}
    return page.evaluate(TRAIN, {"training": training, "until": until})


def _speed(browser: Browser, url: str, recipe: str) -> float:
    """Words per second of a training on the songs of `ARTIST`."""
    page = _open(browser, url)
    words = _train(page, recipe, _songs(), STEPS)["words"]
    page.close()
    return words


def _speed_row(browser: Browser, url: str) -> dict:
    speeds = [_speed(browser, url, "baba-twist") for _ in range(ROUNDS)]
    others = [f"{recipe} {_speed(browser, url, recipe):,.0f}" for recipe in OTHER_RECIPES]
    return row(
        "training in the page, words/s",
        speeds,
        "",
        1700,
        "more",
        f"a network of the size of baba-twist, on the same songs, one thread; {', '.join(others)}",
    )


def _learning_rows(browser: Browser, url: str) -> list[dict]:
    page = _open(browser, url)
    recipe = {"name": "baba-twist", "stop_at_train_accuracy": ACCURACY}
    learned = _train(page, recipe, _songs(FEW_SONGS))
    memory = _renderer_megabytes(browser)
    page.close()
    epochs = len(learned["history"])
    return [
        row(
            f"{FEW_SONGS} songs learned in the page to {ACCURACY:.0%} of their words",
            [learned["seconds"]],
            "s",
            90,
            "less",
            f"recipe baba-twist, {epochs} epochs",
        ),
        row(
            "frames/s of the lyrics page while it learns them",
            [learned["frames"]],
            "",
            50,
            "more",
            "the network is trained in a worker",
        ),
        row(
            "memory of the lyrics page after that",
            [memory],
            "MB",
            300,
            "less",
            "resident memory of Chromium's process for the page, with the network that writes",
        ),
    ]


def _products_row(browser: Browser, url: str) -> dict:
    """The speed of the products of a training step: a b, and a' b and a b' for the gradients."""
    page = _open(browser, url)
    rounds = np.array([page.evaluate(MULTIPLY, PRODUCT_SIZES) for _ in range(ROUNDS)])
    page.close()
    ours, theirs = (1 / rounds).sum(axis=1).T  # seconds per billion operations of each product
    medians = np.median(rounds, axis=0)
    names = ["A B", "A' B", "A B'"]
    rates = [f"{name} {a:.1f} and {b:.1f}" for name, (a, b) in zip(names, medians, strict=True)]
    return row(
        "matrix products of training in the page, compared with TensorFlow.js",
        ratios(theirs, ours),
        "x",
        3,
        "more",
        f"billion operations/s: {', '.join(rates)}",
    )


def _renderer_megabytes(browser: Browser) -> float:
    """Return the resident memory in MB of the largest process that renders a page."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    pids = [process["id"] for process in processes if process["type"] == "renderer"]
    return max(map(_resident_megabytes, pids))


def _resident_megabytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith("VmRSS:")]
    return int(kilobytes) / 1000
