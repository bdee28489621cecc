"""The pages in headless Chromium: words and faces a second against the original, bytes, time to the first word."""

import contextlib
import gzip
import subprocess
import tempfile
from pathlib import Path
from statistics import median

import numpy as np
from playwright.sync_api import sync_playwright

from bench.report import ratios, row
from common.files import read_json
from export import dist
from export.serve import start_server
from tests.chromium import launch
from tests.helpers import gzipped_bytes

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 3
OURS = """async () => {
  const at = (path) => new URL(`../web/${path}`, location.href);
  const { RemoteWorker } = await import(at("shared/rpc.js").href);
  const worker = new RemoteWorker(at("lyrics/worker.js"));
  await worker.call("load", { run: "gene-lyrica-two" });
  let words = 0, seconds = 0;
  for (let seed = 1; seed <= 6; seed++) {
    const done = await worker.call("write",
      { words: ["hello", "world"], temperature: 0.8, form: "none", lines: 60, seed });
    words += done.count;
    seconds += done.seconds;
  }
  worker.terminate();
  return words / seconds;
}"""
FACES = """async () => {
  const at = (path) => new URL(`../web/${path}`, location.href);
  const { RemoteWorker } = await import(at("shared/rpc.js").href);
  const worker = new RemoteWorker(at("avatars/worker.js"));
  const { meta: { config: { latent, labels } } } = await worker.call("load", { run: "faces" });
  const count = 160, noise = Float32Array.from({ length: count * latent }, () => 3 * (Math.random() - 0.5));
  const { seconds } = await worker.call("draw",
    { run: "faces", place: "bench", noise, hot: new Float32Array(count * labels) });
  worker.terminate();
  return count / seconds;
}"""
ORIGINAL_WEIGHTS = 3_100_000  # of the network that the original's page fetched, 12.5 MB
FIRST_WORD = """() => new Promise((done) => {
  new MutationObserver((_, me) => {
    if (!document.querySelector('#song .fresh')) return;
    me.disconnect();
    done(performance.now());
  }).observe(document.getElementById('song'), { childList: true });
})"""


def measure():
    _bundle()
    index = read_json(ROOT / "web" / "models" / "index.json")["models"]
    [entry] = [model for model in index if model["run"] == "gene-lyrica-two"]
    server, url = start_server(ROOT)
    with sync_playwright() as playwright:
        browser = launch(playwright, "--enable-unsafe-swiftshader")
        rows = [
            *_words(browser, url, entry),
            *_faces(browser, url),
            *_bytes(entry),
            _first_word(browser, url),
        ]
        browser.close()
    server.shutdown()
    return rows


def _bundle():
    subprocess.run(
        [
            ROOT / "node_modules/.bin/esbuild",
            "bench/original.js",
            "--bundle",
            "--minify",
            "--format=esm",
            "--outfile=build/bench/original.js",
            "--log-level=error",
        ],
        cwd=ROOT,
        check=True,
    )
    (ROOT / "build/bench/index.html").write_text("<!doctype html><title>bench</title>")


def _words(browser, url, entry):
    meta = read_json(ROOT / "web" / "models" / entry["folder"] / "meta.json")
    vocabulary, weights = meta["config"]["vocabulary"], meta["parameter_count"]
    speeds, turns, rates = _race(
        browser,
        url,
        OURS,
        ["wasm", "cpu", "webgl"],
        f"original('BACKEND', {vocabulary}, 25, '/web/vendor/')",
    )
    read = [
        _evaluate(
            browser,
            f"{url}build/bench/",
            f"import('/build/bench/original.js').then((module) => module.bandwidth({weights}))",
        )
        for _ in range(ROUNDS)
    ]
    shares = [100 * speed * weights * 4 / rate for speed, rate in zip(speeds, read)]
    return [
        row(
            "lyrics page, words/s, against the original's way",
            turns,
            "x",
            50,
            "more",
            f"ours {median(speeds):,.0f} words/s; the original's: {rates}; vocabulary {vocabulary:,}",
        ),
        row(
            "the same, against the bandwidth of memory",
            shares,
            "%",
            50,
            "more",
            f"{weights / 250_000:.1f} MB a word, float32 in memory; copying moves {median(read) / 1e9:.1f} GB/s",
        ),
    ]


def _faces(browser, url):
    speeds, turns, rates = _race(
        browser, url, FACES, ["wasm"], "generator('BACKEND', 4, '/web/vendor/')"
    )
    return [
        row(
            "avatars page, faces/s, against the original's generator",
            turns,
            "x",
            10,
            "more",
            f"the original's, 1024 channels and 18.9 M weights: {rates}",
        ),
        row(
            "avatars page, faces/s, wasm",
            speeds,
            "",
            40,
            "more",
            "four at a time, as the page draws them",
        ),
    ]


def _race(browser, url, ours, backends, original):
    """Our speeds, how many times the original's on the best of its backends they are, and its speeds in words."""
    speeds, theirs = [], {backend: [] for backend in backends}
    for _ in range(ROUNDS):
        speeds.append(_evaluate(browser, f"{url}bench/", ours))
        for backend, values in theirs.items():
            call = f"(module) => module.{original.replace('BACKEND', backend)}"
            values.append(
                _evaluate(
                    browser,
                    f"{url}build/bench/",
                    f"import('/build/bench/original.js').then({call})",
                )
            )
    best = max(theirs, key=lambda backend: median(theirs[backend]))
    rates = ", ".join(f"{backend} {median(values):.1f}" for backend, values in theirs.items())
    return speeds, ratios(speeds, theirs[best]), rates


def _evaluate(browser, address, script):
    page = browser.new_page()
    page.goto(address)
    value = page.evaluate(script)
    page.close()
    return value


def _bytes(entry):
    web = ROOT / "web"
    wasm = web / "vendor" / "tfjs-backend-wasm-simd.wasm"
    packed = (gzipped_bytes("lyrics/page.js", "lyrics/worker.js") + _gzipped(wasm)) / 1000
    files = [file for file in entry["files"] if file["path"].startswith("uint8/")]
    model = sum(file["bytes"] for file in files) / 1e6
    folder = web / "models" / entry["folder"]
    ours = 1000 * packed + _gzipped(
        web / "lyrics.html",
        web / "shared/style.css",
        folder / "meta.json",
        folder / "vocabulary.tsv",
        *(folder / file["path"] for file in files),
    )
    weights = np.random.default_rng(1).normal(0, 0.05, ORIGINAL_WEIGHTS).astype("float32")
    theirs = len(gzip.compress(weights.tobytes())) + _gzipped(
        ROOT / "build" / "bench" / "original.js"
    )
    return [
        row(
            "bytes before the first word, gzipped, the original's against ours",
            [theirs / ours],
            "x",
            5,
            "more",
            f"{theirs / 1e6:.2f} against {ours / 1e6:.2f} MB: page, code, wasm and network",
        ),
        row(
            "JavaScript and wasm, gzipped",
            [packed],
            "KB",
            330,
            "less",
            "of the lyrics page, and the SIMD wasm",
        ),
        row("the default model", [model], "MB", 2.5, "less", "uint8"),
        _own_code(),
    ]


def _own_code():
    with tempfile.TemporaryDirectory() as folder:
        with contextlib.redirect_stdout(None):
            dist.main(["--out", f"{folder}/dist"])
        code = [path for path in Path(folder).rglob("*.*s") if "vendor" not in path.parts]
        size = sum(path.stat().st_size for path in code) / 1000
    return row(
        "our own JavaScript and CSS, as published, all pages",
        [size],
        "KB",
        80,
        "less",
        "uncompressed; a page fetches fewer than 50 of them",
    )


def _gzipped(*paths):
    return sum(len(gzip.compress(path.read_bytes())) for path in paths)


def _first_word(browser, url):
    values = []
    for _ in range(ROUNDS):
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{url}web/lyrics.html#v=1&text=hello+world&number=1", wait_until="commit")
        page.wait_for_selector("#song")
        values.append(page.evaluate(FIRST_WORD) / 1000)
        context.close()
    return row(
        "from a cold click to the first word",
        values,
        "s",
        1.5,
        "less",
        "a song's link, nothing cached",
    )
