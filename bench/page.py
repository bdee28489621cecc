"""The pages in headless Chromium: words and faces a second against the original, bytes, time to the first word."""

import gzip
import subprocess
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from bench.rows import ratios, row
from common.files import read_json
from export.serve import start_server
from tests.browser import launch

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 3
OURS = """async () => {
  const worker = new Worker(new URL("../web/worker.js", location.href), { type: "module" });
  const hear = (type) => new Promise((done, fail) => worker.addEventListener("message", ({ data }) => {
    if (data.type === type) done(data);
    if (data.type === "trouble") fail(new Error(data.text));
  }));
  worker.postMessage({ type: "load", run: "gene-lyrica-two" });
  await hear("ready");
  let words = 0, seconds = 0;
  for (let number = 1; number <= 6; number++) {
    worker.postMessage({ type: "write", id: number, words: ["hello", "world"], randomness: 0.8, lines: 60, number,
      guard: true });
    const done = await hear("complete");
    words += done.count;
    seconds += done.seconds;
  }
  worker.terminate();
  return words / seconds;
}"""
FACES = """async () => {
  const worker = new Worker(new URL("../web/avatars-worker.js", location.href), { type: "module" });
  const hear = (wanted) => new Promise((done, fail) => worker.addEventListener("message", ({ data }) => {
    if (wanted(data)) done(data);
    if (data.type === "trouble") fail(new Error(data.text));
  }));
  worker.postMessage({ type: "load", run: "faces" });
  const { meta: { config: { latent, labels } } } = await hear(({ type }) => type === "ready");
  const count = 160, noise = Float32Array.from({ length: count * latent }, () => 3 * (Math.random() - 0.5));
  worker.postMessage({ type: "draw", run: "faces", place: "bench", id: 1, noise,
    hot: new Float32Array(count * labels) });
  const { seconds } = await hear(({ type, last }) => type === "drawn" && last);
  worker.terminate();
  return count / seconds;
}"""
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
    vocabulary = read_json(ROOT / "web" / "models" / entry["folder"] / "meta.json")["config"]["vocabulary"]
    server, url = start_server(ROOT)
    with sync_playwright() as playwright:
        browser = launch(playwright, "--enable-unsafe-swiftshader")
        rows = [_words(browser, url, vocabulary), *_faces(browser, url), *_bytes(entry), _first_word(browser, url)]
        browser.close()
    server.shutdown()
    return rows


def _bundle():
    subprocess.run([ROOT / "node_modules/.bin/esbuild", "bench/original.js", "--bundle", "--minify", "--format=esm",
                    "--outfile=build/bench/original.js", "--log-level=error"], cwd=ROOT, check=True)
    (ROOT / "build/bench/index.html").write_text("<!doctype html><title>bench</title>")


def _words(browser, url, vocabulary):
    speeds, turns, rates = _race(browser, url, OURS, ["wasm", "cpu", "webgl"],
                                  f"original('BACKEND', {vocabulary}, 25, '/web/vendor/')")
    return row("lyrics page, words/s, against the original's way", turns, "x", 50, "more",
               f"ours {median(speeds):,.0f} words/s; the original's: {rates}; vocabulary {vocabulary:,}")


def _faces(browser, url):
    speeds, turns, rates = _race(browser, url, FACES, ["wasm"], "generator('BACKEND', 4, '/web/vendor/')")
    return [row("avatars page, faces/s, against the original's generator", turns, "x", 10, "more",
                f"the original's, 1024 channels and 18.9 M weights: {rates}"),
            row("avatars page, faces/s, wasm", speeds, "", 40, "more", "four at a time, as the page draws them")]


def _race(browser, url, ours, backends, original):
    """Our speeds, how many times the original's on the best of its backends they are, and its speeds in words."""
    speeds, theirs = [], {backend: [] for backend in backends}
    for _ in range(ROUNDS):
        speeds.append(_evaluate(browser, f"{url}bench/", ours))
        for backend, values in theirs.items():
            call = f"(module) => module.{original.replace('BACKEND', backend)}"
            values.append(_evaluate(browser, f"{url}build/bench/", f"import('/build/bench/original.js').then({call})"))
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
    scripts = [path for path in web.rglob("*.js") if path.name != "training.js"]      # of another page
    engine = [*scripts, web / "vendor" / "tfjs-backend-wasm-simd.wasm"]
    packed = sum(len(gzip.compress(path.read_bytes())) for path in engine) / 1000
    model = sum(file["bytes"] for file in entry["files"] if file["path"].startswith("uint8/")) / 1e6
    return [row("JavaScript and wasm, gzipped", [packed], "KB", 330, "less",
                "all of web/**.js but the trainer of another page, and the SIMD wasm"),
            row("the default model", [model], "MB", 2.5, "less", "uint8")]


def _first_word(browser, url):
    values = []
    for _ in range(ROUNDS):
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{url}web/lyrics.html#v=1&text=hello+world&number=1", wait_until="commit")
        page.wait_for_selector("#song")
        values.append(page.evaluate(FIRST_WORD) / 1000)
        context.close()
    return row("from a cold click to the first word", values, "s", 1.5, "less", "a song's link, nothing cached")
