"""Test downloads over connections that break or stall, and from busy or misconfigured hosts."""

import gzip
import threading
import time

import pytest

from tests.helpers import WEB, index_entry, wait_until_ready

WEIGHTS = "uint8/group1-shard1of1.bin"
FETCH = """async ([run, path]) => {
  const { fetchIndex, fetchFiles } = await import(new URL("shared/model.js", location.href).href);
  const { UserError } = await import(new URL("shared/user-error.js", location.href).href);
  const seen = [];
  try {
    const index = await fetchIndex();
    const entry = index.find((model) => model.task === "lyrics" && model.run === run);
    const files = await fetchFiles(entry, (one) => one === path, (bytes) => {
      seen.push(bytes);
      globalThis.noteBytes?.(bytes.loaded);
    });
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", files.get(path)));
    const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return { isSound: sha256 === entry.files.find((file) => file.path === path).sha256, seen };
  } catch (error) {
    return { message: error.message, isSentence: error instanceof UserError };
  }
}"""


def hurried(behave):
    """Make pages wait a tenth as long before a retry, and for a cache that never answers."""
    waits = {"/shared/download.js": ("[0.5, 1, 2, 4]", "[0.05, 0.1, 0.2, 0.4]")}
    waits["/shared/model-cache.js"] = ("PATIENCE_MS = 2000", "PATIENCE_MS = 200")

    def answer(path):
        if path not in waits:
            return behave(path)
        text = (WEB / path[1:]).read_text()
        assert waits[path][0] in text
        return {"body": text.replace(*waits[path]).encode()}

    return answer


@pytest.fixture
def fetch(host, visitor):
    """A function that fetches a file of the quick network with shared/model.js."""

    def run(behave, path=WEIGHTS):
        visitor.goto(f"{host.address}index.html")
        host.behave = hurried(behave)
        host.requests.clear()
        return visitor.evaluate(FETCH, ["quick", path])

    return run


def in_turn(path, *behaviors):
    """Behave as listed at each request for a path, and correctly after that and elsewhere."""
    left = list(behaviors)
    return lambda asked: left.pop(0) if asked.endswith(path) and left else {}


def ranges(host, path=WEIGHTS):
    return [wanted for asked, wanted in host.requests if asked.endswith(path)]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_host_is_asked_again(fetch, host, status):
    busy = {"status": status}
    assert fetch(in_turn(WEIGHTS, busy, busy))["isSound"]
    assert len(ranges(host)) == 3


def test_a_busy_host_says_how_long_to_wait(fetch):
    busy = {"status": 503, "headers": {"Retry-After": "1"}}
    start = time.monotonic()
    assert fetch(in_turn(WEIGHTS, busy))["isSound"]
    assert time.monotonic() - start > 1
    hour = {"status": 429, "headers": {"Retry-After": "3600"}}
    said = fetch(in_turn("index.json", hour))
    assert said["isSentence"]
    assert "429" in said["message"] and "60 minutes" in said["message"]


def test_the_list_of_models_is_asked_for_again(fetch, host):
    half = {"body": b'{"version": 1, "models": [', "headers": {"Cache-Control": "max-age=9"}}
    assert fetch(in_turn("index.json", {"status": 503}, half))["isSound"]
    assert fetch(in_turn("index.json", {"cut": 50}))["isSound"]


def test_a_broken_download_is_resumed(fetch, host, visitor):
    """Browsers drop what the page has not read when the connection breaks, so wait for some of it."""
    has_begun = threading.Event()
    visitor.expose_function("noteBytes", lambda loaded: loaded and has_begun.set())
    cut = {"cut": 300_000, "cut_after": has_begun}
    found = fetch(in_turn(WEIGHTS, cut, {"cut": 200_000}))
    assert found["isSound"]
    starts = [int(wanted[6:-1]) for wanted in ranges(host)[1:]]
    assert len(starts) == 2 and 0 < starts[0] <= starts[1]
    assert found["seen"][-1]["loaded"] == found["seen"][-1]["total"]


def test_a_broken_download_starts_again_where_the_host_cannot_resume_it(fetch, host):
    host.ranges = False
    found = fetch(in_turn(WEIGHTS, {"cut": 300_000}, {"cut": 600_000}))
    assert found["isSound"]
    assert max(bytes["loaded"] for bytes in found["seen"]) == found["seen"][-1]["total"]


def test_a_file_that_ends_early_without_an_error_is_completed(fetch, host):
    whole = (WEB / "models" / index_entry("quick")["folder"] / WEIGHTS).read_bytes()
    assert fetch(in_turn(WEIGHTS, {"body": whole[:1000]}))["isSound"]
    assert ranges(host) == [None, "bytes=1000-"]


def test_a_damaged_file_is_fetched_again_past_the_cache(fetch, host):
    size = len((WEB / "models" / index_entry("quick")["folder"] / WEIGHTS).read_bytes())
    damaged = {"body": b"\0" * size, "headers": {"Cache-Control": "max-age=3600"}}
    assert fetch(in_turn(WEIGHTS, damaged))["isSound"]
    assert len(ranges(host)) == 2


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 1013977\n"
CAUSES = {
    "git lfs": (WEIGHTS, lambda content: LFS, ["Git LFS", "git lfs pull"]),
    "gzip": (WEIGHTS, gzip.compress, ["compressed", "Content-Encoding: gzip"]),
    "web page": (WEIGHTS, lambda content: b"<!doctype html><p>Hello", ["web page", "models"]),
    "crlf": (
        "vocabulary.tsv",
        lambda content: content.replace(b"\n", b"\r\n"),
        ["line endings", "binary"],
    ),
    "short": (WEIGHTS, lambda content: content[:-1000], ["part of it", "Reload"]),
    "other": (WEIGHTS, lambda content: b"\0" * len(content), ["Reload", "uploaded again"]),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_the_sentence_about_a_damaged_file_names_the_cause(fetch, cause):
    path, change, words = CAUSES[cause]
    content = (WEB / "models" / index_entry("quick")["folder"] / path).read_bytes()
    wrong = {"body": change(content)}
    said = fetch(lambda asked: wrong if asked.endswith(path) else {}, path)
    assert said["isSentence"] and "exported" not in said["message"]
    for word in ["is damaged", path, *words]:
        assert word in said["message"]


def test_a_host_that_stays_busy_gets_a_sentence(fetch, host):
    said = fetch(lambda path: {"status": 503} if path.endswith(WEIGHTS) else {})
    assert said["isSentence"] and "busy" in said["message"] and "503" in said["message"]
    assert len(ranges(host)) == 5


CACHE_FAULTS = {
    "open rejects": "CacheStorage.prototype.open = () => Promise.reject(new Error('no'))",
    "open never answers": "CacheStorage.prototype.open = () => new Promise(() => {})",
    "no caches": "delete globalThis.caches",
} | {
    f"{name} {how}": f"Cache.prototype.{name} = () => {result}"
    for name in ("match", "keys", "put", "delete")
    for how, result in {
        "rejects": "Promise.reject(new Error('Unexpected internal error'))",
        "never answers": "new Promise(() => {})",
    }.items()
}


@pytest.mark.parametrize("fault", CACHE_FAULTS)
def test_the_cache_is_optional(fetch, visitor, fault):
    visitor.add_init_script(CACHE_FAULTS[fault])
    assert fetch(lambda path: {}, "meta.json")["isSound"]


def send_script(code):
    return lambda route: route.fulfill(content_type="text/javascript", body=code)


def test_a_page_writes_although_the_cache_never_answers(host, visitor):
    """The fault is in the page and in the worker."""
    worker = (WEB / "lyrics" / "worker.js").read_text()
    faults = {
        "**/lyrics/worker.js": f'import "./fault.js";\n{worker}',
        "**/lyrics/fault.js": CACHE_FAULTS["put never answers"],
    }
    for address, code in faults.items():
        visitor.route(address, send_script(code))
    visitor.add_init_script(CACHE_FAULTS["put never answers"])
    visitor.goto(f"{host.address}lyrics.html#v=1&run=quick")
    wait_until_ready(visitor)
    assert visitor.locator(".error").count() == 0


CHANGE_ONE_S_MIND = """async ([first, second]) => {
  const at = (path) => new URL(path, location.href).href;
  const { fetchIndex } = await import(at("shared/model.js"));
  const { RemoteWorker } = await import(at("shared/rpc.js"));
  const index = await fetchIndex();
  const wanted = (run) => ({ run, entry: index.find((entry) => entry.run === run) });
  const worker = new RemoteWorker(new URL("lyrics/worker.js", location.href));
  await new Promise((resolve) =>
    worker.call("load", wanted(first), ({ loaded }) => loaded > 200_000 && resolve()),
  );
  await worker.call("load", wanted(second));
  return worker.call("prefetch", wanted(first));
}"""


def test_a_download_waits_for_the_network_that_is_wanted_first(host, visitor):
    """On a slow connection a small network writes before the chosen one has arrived."""
    host.speed = 1_000_000
    visitor.goto(f"{host.address}index.html")
    runs = ["gene-lyrica-two", "quick"]
    assert visitor.evaluate(CHANGE_ONE_S_MIND, runs)
    folders = {run: index_entry(run)["folder"] for run in runs}
    paths = [path for path in host.paths() if path.endswith(WEIGHTS)]
    expected = [folders[run] for run in [*runs, runs[0]]]
    assert paths == [f"/models/{folder}/{WEIGHTS}" for folder in expected]
    _, rest = [wanted for path, wanted in host.requests if path == paths[0]]
    assert int(rest.removeprefix("bytes=").rstrip("-")) > 100_000
