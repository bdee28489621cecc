"""The web pages in headless Chromium: words and faces per second, download sizes, latency."""

import gzip
import subprocess
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np
from playwright.sync_api import Browser

from bench.chromium import served
from bench.download_size import gzipped_bytes, gzipped_files
from bench.report import ratios, row
from common.files import read_json

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
ROUNDS = 3
LYRICS_RUN = "gene-lyrica-three"
ORIGINAL_WEIGHTS = 3_100_000  # weights of the original lyrics network, 12.5 MB to download

# Each script returns a speed, in words or faces per second.
WRITE_SONGS = """async () => {
  const { RemoteWorker } = await import("/web/shared/rpc.js");
  const worker = new RemoteWorker(new URL("/web/lyrics/worker.js", location.href));
  await worker.call("load", { run: "gene-lyrica-three" });
  const settings = SETTINGS;
  let words = 0;
  let totalSeconds = 0;
  for (let seed = 1; seed <= 6; seed++) {
    const song = { words: ["hello", "world"], seed, ...settings };
    const { count, seconds } = await worker.call("write", song);
    words += count;
    totalSeconds += seconds;
  }
  worker.terminate();
  return words / totalSeconds;
}"""
DRAW_FACES = """async () => {
  const { RemoteWorker } = await import("/web/shared/rpc.js");
  const worker = new RemoteWorker(new URL("/web/avatars/worker.js", location.href));
  const { meta } = await worker.call("load", { run: "faces-128" });
  const { latent_dim: latentDim, num_labels: numLabels } = meta.config;
  const count = 160;
  const noise = Float32Array.from({ length: count * latentDim }, () => 3 * (Math.random() - 0.5));
  const hot = new Float32Array(count * numLabels);
  const { seconds } = await worker.call("draw", { run: "faces-128", place: "bench", noise, hot });
  worker.terminate();
  return count / seconds;
}"""
FIRST_WORD = """() => new Promise((resolve) => {
  const song = document.getElementById("song");
  const observer = new MutationObserver(() => {
    if (!song.querySelector(".fresh")) return;
    observer.disconnect();
    resolve(performance.now());
  });
  observer.observe(song, { childList: true });
})"""


def measure() -> list[dict]:
    """Run this benchmark and return its rows for the results table. Build the site first."""
    _bundle_original()
    models = read_json(WEB / "models" / "index.json")["models"]
    [entry] = [model for model in models if model["run"] == LYRICS_RUN]
    with served(ROOT, "--enable-unsafe-swiftshader") as (browser, url):
        return [
            *_lyrics_rows(browser, url, entry),
            *_faces_rows(browser, url),
            *_download_rows(entry),
            _first_word_row(browser, url),
        ]


def _bundle_original() -> None:
    """Bundle original.js into build/bench, and write an empty page to run it in."""
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


def _lyrics_rows(browser: Browser, url: str, entry: dict) -> list[dict]:
    folder = WEB / "models" / entry["folder"]
    lines = (folder / "vocabulary.tsv").read_text(encoding="utf-8").splitlines()
    vocabulary = len(lines) - 1  # without the header
    candidates = read_json(folder / "generation_config.json")["num_candidates"]
    alone, speedups, rates = _compare(
        browser,
        url,
        WRITE_SONGS.replace("SETTINGS", "{ lines: 60, num_candidates: 1 }"),
        ["wasm", "cpu", "webgl"],
        f"original('BACKEND', {vocabulary}, 25, '/web/vendor/')",
    )
    as_on_page = WRITE_SONGS.replace("SETTINGS", "{ lines: 60 }")
    speeds = [_evaluate(browser, f"{url}bench/", as_on_page) for _ in range(ROUNDS)]
    return [
        row(
            "lyrics page, words/s of a network, compared with the original one",
            speedups,
            "x",
            50,
            "more",
            f"ours: {median(alone):,.0f} words/s, one candidate for each line; "
            f"original: {rates}; vocabulary {vocabulary:,}",
        ),
        row(
            "lyrics page, words/s",
            speeds,
            "",
            200,
            "more",
            f"{LYRICS_RUN}, the best of {candidates} candidates for each line",
        ),
    ]


def _faces_rows(browser: Browser, url: str) -> list[dict]:
    speeds, speedups, rates = _compare(
        browser, url, DRAW_FACES, ["wasm"], "generator('BACKEND', 4, '/web/vendor/')"
    )
    return [
        row(
            "avatars page, faces/s, compared with the original generator",
            speedups,
            "x",
            10,
            "more",
            f"original, with 1024 channels and 18.9 M weights: {rates}",
        ),
        row(
            "avatars page, faces/s, wasm", speeds, "", 60, "more", "four at a time, as on the page"
        ),
    ]


def _compare(
    browser: Browser, url: str, script: str, backends: Sequence[str], original_call: str
) -> tuple[list[float], list[float], str]:
    """Measure our page and the original network, alternately on its fastest backend.

    Args:
        browser: A running browser.
        url: Address at which the root of the repository is served.
        script: JavaScript that measures our page.
        backends: TensorFlow.js backends for the original network.
        original_call: JavaScript that calls a function of original.js; the placeholder BACKEND is
            replaced with each backend.

    Returns:
        Three values: the speed of our page in each round; its speedup over the original on the
        backend that is fastest for the original; and text with the original's speed on each
        backend.
    """
    original = {backend: _original(browser, url, original_call, backend) for backend in backends}
    fastest = max(backends, key=lambda backend: original[backend])
    speeds = []
    speeds_original = []
    for _ in range(ROUNDS):
        speeds.append(_evaluate(browser, f"{url}bench/", script))
        speeds_original.append(_original(browser, url, original_call, fastest))
    original[fastest] = median(speeds_original)
    rates = ", ".join(f"{backend} {speed:.1f}" for backend, speed in original.items())
    return speeds, ratios(speeds, speeds_original), rates


def _original(browser: Browser, url: str, call: str, backend: str) -> float:
    """The speed of an original network on a backend; the parameters are those of `_compare`."""
    module_call = f"(module) => module.{call.replace('BACKEND', backend)}"
    script = f"import('/build/bench/original.js').then({module_call})"
    return _evaluate(browser, f"{url}build/bench/", script)


def _evaluate(browser: Browser, address: str, script: str) -> float:
    """Run a script on a new page and return its value."""
    page = browser.new_page()
    page.goto(address)
    value = page.evaluate(script)
    page.close()
    return value


def _download_rows(entry: dict) -> list[dict]:
    wasm = WEB / "vendor" / "tfjs-backend-wasm-simd.wasm"
    code = gzipped_bytes("lyrics/page.js", "lyrics/worker.js") + gzipped_files(wasm)
    folder = WEB / "models" / entry["folder"]
    weights = [file for file in entry["files"] if file["path"].startswith("uint8/")]
    ours = code + gzipped_files(
        WEB / "lyrics.html",
        WEB / "shared/style.css",
        WEB / "shared/controls.css",
        WEB / "lyrics/style.css",
        folder / "meta.json",
        folder / "vocabulary.tsv",
        *(folder / file["path"] for file in weights),
    )
    random = np.random.default_rng(1)
    original_weights = random.normal(0, 0.05, ORIGINAL_WEIGHTS).astype("float32")
    original_code = gzipped_files(ROOT / "build" / "bench" / "original.js")
    original = len(gzip.compress(original_weights.tobytes())) + original_code
    return [
        row(
            "download before the first word, gzipped, original compared with ours",
            [original / ours],
            "x",
            5,
            "more",
            f"{original / 1e6:.2f} and {ours / 1e6:.2f} MB: page, code, wasm and network",
        ),
        row(
            "JavaScript and wasm, gzipped",
            [code / 1000],
            "KB",
            330,
            "less",
            "those of the lyrics page, including the SIMD wasm",
        ),
        row(
            "the default model",
            [sum(file["bytes"] for file in weights) / 1e6],
            "MB",
            2.5,
            "less",
            "uint8",
        ),
    ]


def _first_word_row(browser: Browser, url: str) -> dict:
    seconds = []
    for _ in range(ROUNDS):
        context = browser.new_context()
        page = context.new_page()
        address = f"{url}web/lyrics.html#v=1&text=hello+world&seed=1&num_candidates=0"
        page.goto(address, wait_until="commit")
        page.wait_for_selector("#song")
        seconds.append(page.evaluate(FIRST_WORD) / 1000)
        context.close()
    return row(
        "from opening a link to the first word",
        seconds,
        "s",
        1.5,
        "less",
        "a link to a song, with an empty cache",
    )
