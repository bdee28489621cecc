"""The lyrics page in headless Chromium: writing songs, keeping its state, and odd input."""

import base64
import gzip
import json
import re
import shutil
from itertools import chain
from pathlib import Path

import common.keras_quiet  # noqa: F401

import numpy as np
import pytest

from bench.chromium import CHROMIUM, FLAGS
from bench.download_size import gzipped_bytes
from common.files import read_json
from data.lyrics.vocabulary import BOS_EOS
from export import graph
from export.lyrics import DTYPE, MAX_ERROR
from export.serve import start_server
from generate.lyrics import load
from generate.lyrics.config import GenerationConfig
from generate.lyrics.generation import generate
from generate.lyrics.line_score import token_properties
from generate.lyrics.songwriter import load_model
from tests.helpers import (
    ROOT,
    TO_BASE64,
    WEB,
    current_url,
    finished_song,
    index_entry,
    url_hash,
    wait_until_ready,
)


def test_the_network_that_make_site_trained_writes_a_song(page, address):
    page.goto(
        f"{address}lyrics.html{url_hash(text='hello world', run='quick', temperature=0.8, seed=7)}"
    )
    song = finished_song(page)
    assert song.startswith("Hello world") and len(song.split()) > 20 and song.count("\n") >= 3
    assert page.input_value("#run") == "quick"


def test_a_click_writes_a_song_and_its_link_brings_it_back(elsewhere, page, address):
    page.goto(f"{address}lyrics.html")
    wait_until_ready(page)
    page.fill("#text", "the sea is wide")
    page.click("#write")
    song = finished_song(page)
    assert song.startswith("The sea is wide")
    link = current_url(page)
    assert "v=1" in link and "seed=" in link
    elsewhere.goto(link)
    assert finished_song(elsewhere) == song
    page.click("#write")
    assert finished_song(page) != song, "another press, another song"


def test_before_the_network_has_come_there_is_a_song_that_it_wrote(page, address):
    page.route("**/models/**", lambda route: route.abort())
    page.goto(f"{address}lyrics.html")
    shown, caption = page.text_content("#song"), page.text_content("#caption")
    page.wait_for_selector(".said.error")
    page.wrong.clear()  # the requests that this test broke
    page.unroute("**/models/**")
    page.goto("about:blank")
    number = re.search(r"seed (\d+), network gene-lyrica-three, randomness 0.65", caption).group(1)
    home = re.sub("<[^>]+>", "", (WEB / "index.html").read_text(encoding="utf-8"))
    assert "\n".join(shown.split("\n")[:4]) in home
    link = url_hash(
        text="hello world",
        run="gene-lyrica-three",
        seed=number,
        num_candidates=0,
        title_from_text=1,
    )
    page.goto(f"{address}lyrics.html{link}")
    assert finished_song(page) == shown


def exported_graph(run):
    folder = WEB / "models" / index_entry(run)["folder"]
    return graph.load(folder / DTYPE, read_json(folder / "meta.json")["outputs"])


def test_randomness_zero_gives_the_song_of_python(page, address, monkeypatch):
    """The greedy song of the shipped network, with the exported weights, word for word."""
    writer = load("gene-lyrica-three")
    exported = exported_graph("gene-lyrica-three")

    def step(token_ids, state):
        states = {f"state_{i}": np.array(part) for i, part in enumerate(state)}
        outputs = states | exported({"word": np.array(token_ids, "int32")} | states)
        return outputs["scores"][:, : len(writer.vocabulary)], [outputs[name] for name in states]

    monkeypatch.setattr(writer.model, "step", step)
    page.goto(f"{address}lyrics.html")
    wait_until_ready(page)
    asked = {
        "entry": index_entry("gene-lyrica-three"),
        "dtype": DTYPE,
        "text": "hello zorblax",
        "title": "",  # Python would read it with weights that are not rounded
        "settings": {"temperature": 0, "lines": 40, "form": "none"},
    }
    song = page.evaluate(WRITE, asked)
    assert song == writer.write(asked["text"], title="", **asked["settings"])


CORE = """
const at = (path) => new URL(path, location.href).href;
const tf = await import(at("vendor/tfjs.js"));
const model = await import(at("shared/model.js"));
const { LyricsModel } = await import(at("lyrics/lyrics-model.js"));
tf.setWasmPaths(at("vendor/"));
await tf.setBackend("wasm");
const files = await model.fetchFiles(entry, LyricsModel.needs(dtype));
const network = await LyricsModel.from(tf, files, dtype);
"""
WRITE = (
    "async ({ entry, dtype, text, title, settings }) => {"
    + CORE
    + """
const { generate } = await import(at("core/decoder.js"));
const { tokenize } = await import(at("core/tokenizer.js"));
const { typeset } = await import(at("core/typography.js"));
const words = tokenize(text);
const song = network.song(words, { title }, settings);
const generated = Array.from(generate(network, song, 1)).flat();
return typeset([...words, ...song.slots.decode(generated)], network.vocabulary.forms);
}"""
)
LOGITS = (
    "async ({ entry, dtype, tokens }) => {"
    + CORE
    + TO_BASE64
    + """
network.start();
return toBase64(Float32Array.from(tokens.flatMap((token) => [...network.step([token])[0]])));
}"""
)


@pytest.mark.parametrize("run", ["gene-lyrica-three", "quick"])
def test_200_steps_on_wasm_give_what_keras_gives(page, address, run):
    network, vocabulary, _ = load_model(ROOT / "checkpoints" / "lyrics" / run)
    config = GenerationConfig(temperature=1.0, lines=60, form="none", num_candidates=1)
    properties = token_properties(vocabulary)
    songs = generate(network, [[]] * 9, config, list(range(9)), properties)
    tokens = list(chain.from_iterable([BOS_EOS, *song] for song in songs))[:200]
    page.goto(f"{address}lyrics.html")
    wait_until_ready(page)
    asked = {"entry": index_entry(run), "dtype": DTYPE, "tokens": tokens}
    content = base64.b64decode(page.evaluate(LOGITS, asked))
    browser = np.frombuffer(content, "float32").reshape(200, -1)
    keras = np.array(network(np.array([tokens], "int32"), network.start(1))[0][0])
    assert browser.shape == keras.shape == (200, len(vocabulary))
    assert np.abs(browser - keras).max() < MAX_ERROR[DTYPE] * keras.std()
    exported = exported_graph(run)
    state = {f"state_{i}": np.array(part) for i, part in enumerate(network.start(1))}
    for step, token in enumerate(tokens[:50]):
        outputs = exported({"word": np.array([token], "int32")} | state)
        state |= {name: outputs[name] for name in state.keys() & outputs.keys()}
        logits = outputs["scores"][0, : len(vocabulary)]
        np.testing.assert_allclose(browser[step], logits, atol=1e-3)


def test_songs_leak_no_tensor(page, address):
    page.goto(f"{address}lyrics.html")
    wait_until_ready(page)
    counts = page.evaluate("""async () => {
      const at = (path) => new URL(path, location.href);
      const { RemoteWorker } = await import(at("shared/rpc.js").href);
      const worker = new RemoteWorker(at("lyrics/worker.js"));
      await worker.call("load", { run: "quick" });
      const counts = [];
      for (let seed = 1; seed <= 20; seed++) {
        const song = worker.call("write", { words: ["hello"], temperature: 1, lines: 4, form: "none", seed });
        if (seed % 5 === 0) worker.call("interrupt");
        counts.push((await song).tensors);
      }
      return counts;
    }""")
    complete = [count for seed, count in enumerate(counts, 1) if seed % 5]
    assert len(complete) == 16 and len(set(complete)) == 1


ODD_TEXTS = [
    "",
    "   ",
    "🙂🙂🙂 🙂",
    "שלום עולם",
    "<img src=x onerror=\"document.title='pwned'\">",
    "\"'><script>document.title='pwned'</script>",
    "${7*7} {{7*7}}%s",
    "\u202e\u0000\ud83d odd",
    "constructor __proto__",
]


def test_odd_texts_are_continued(page, address):
    page.goto(f"{address}lyrics.html{url_hash(run='quick', lines=4)}")
    finished_song(page)  # while the page still writes, the button stops it
    title = page.title()
    for text in ODD_TEXTS:
        page.fill("#text", text)
        page.click("#write")
        song = finished_song(page)
        assert len(song.split()) > 5, text
        assert page.title() == title and page.locator("#song img, #song script").count() == 0


def test_words_that_are_not_known_are_named_and_marked(page, address):
    """By a network without slots."""
    page.goto(f"{address}lyrics.html{url_hash(run='gene-lyrica-two')}")
    finished_song(page)
    page.fill("#text", "zyxgrb and the qqqwww")
    page.click("#write")
    assert finished_song(page).startswith("Zyxgrb and the qqqwww")
    said = page.text_content("#said")
    assert "“zyxgrb”" in said and "“qqqwww”" in said and "“and”" not in said
    assert page.locator("#song .unknown").all_text_contents() == ["Zyxgrb", "qqqwww"]


def test_a_hundred_thousand_characters(page, address):
    page.goto(f"{address}lyrics.html")
    wait_until_ready(page)
    page.fill("#text", "the sea " * 12_500)
    page.click("#write")
    finished_song(page)
    assert "reads its last 300 words" in page.text_content("#said")
    assert len(current_url(page)) < 8000


@pytest.mark.parametrize(
    "garbage",
    [
        "%",
        "#",
        "v=1&text=%FF%FE&randomness=999&lines=-1&number=x&guard=7&run=../../x",
        "v=2&text=old",
        "v=1&run=nosuch&text=hi",
        "v=1&text=" + "x" * 50_000,
        "v=1&model=000000000000&text=hi",
    ],
)
def test_links_with_garbage_open_the_page(page, address, garbage):
    page.goto(f"{address}lyrics.html#{garbage}")
    wait_until_ready(page)
    page.click("#write")
    if page.text_content("#write") == "Stop":
        finished_song(page)
    assert page.locator(".said.error").count() == 0


def test_the_page_stays_awake_and_stops(page, address):
    page.emulate_media(reduced_motion="no-preference")
    page.goto(f"{address}lyrics.html")
    wait_until_ready(page)
    page.evaluate("document.getElementById('lines').value = 60")
    page.click("#write")
    page.wait_for_selector("#song span:nth-of-type(6)")
    assert page.text_content("#write") == "Stop"
    page.click("#write")
    song = finished_song(page)
    assert 3 < len(song.split()) < 200
    page.wait_for_timeout(300)
    assert page.text_content("#song") == song


def test_the_keyboard_is_enough(page, address):
    page.goto(f"{address}lyrics.html")
    wait_until_ready(page)
    page.focus("#text")
    page.keyboard.press("Control+a")
    page.keyboard.type("my old dog")
    page.keyboard.press("Enter")
    assert finished_song(page).startswith("My old dog")
    for wanted in ("options-toggle", "write", "song", "keep", "copy", "link"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == wanted
    page.focus("#options-toggle")
    page.keyboard.press("Enter")
    for wanted in ("write", "temperature", "title", "form", "artist"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == wanted
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "options-toggle"
    assert not page.is_visible("#options")
    page.focus("#mode-song")
    page.keyboard.press("ArrowRight")
    assert page.text_content("#write") == "Start"


@pytest.mark.parametrize(
    "change", [lambda body: body[:-1000], lambda body: b"\0" * len(body), lambda body: b""]
)
def test_a_damaged_model_gives_a_sentence(page, address, change):
    def damage(route):
        response = route.fetch()
        route.fulfill(response=response, body=change(response.body()))

    page.route("**/*.bin", damage)
    page.goto(f"{address}lyrics.html")
    page.wait_for_selector(".said.error", timeout=30_000)
    assert "is damaged" in page.text_content("#said")
    assert len(page.text_content("#song").split()) > 20, "the song that stood there still does"
    page.unroute_all(behavior="wait")
    page.click("#write")
    finished_song(page)
    assert "chosen from twenty" not in page.text_content("#caption"), "the button has tried again"


def test_a_model_that_is_gone_gives_a_sentence(page, address):
    page.route("**/uint8/model.json", lambda route: route.fulfill(status=404))
    page.goto(f"{address}lyrics.html")
    page.wait_for_selector(".said.error", timeout=30_000)
    assert "is missing" in page.text_content("#said")
    page.wrong.clear()  # the 404 that this test made


def test_without_webassembly_there_is_a_sentence(chromium, address):
    browser = chromium.browser_type.launch(
        executable_path=CHROMIUM, args=[*FLAGS, "--js-flags=--jitless"]
    )
    page = browser.new_page()
    page.goto(f"{address}lyrics.html")
    page.wait_for_selector(".said.error")
    assert "not support WebAssembly" in page.text_content("#said")
    browser.close()


@pytest.mark.parametrize("name", ["index.html", "lyrics.html"])
def test_pages_fit(page, address, name):
    page.goto(address + name)
    if name == "lyrics.html":
        wait_until_ready(page)
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if name == "lyrics.html":
            heights = page.evaluate("""[...document.querySelectorAll('button, select, textarea, input, summary')]
              .filter((element) => element.checkVisibility()).map((element) => element.getBoundingClientRect().height)""")
            assert len(heights) >= 5 and min(heights) >= 24, "large enough for a thumb"


def test_the_site_works_under_any_path(chromium, tmp_path):
    deep = tmp_path / "me" / "gene"
    shutil.copytree(WEB, deep)
    server, url = start_server(tmp_path)
    page = chromium.new_page(reduced_motion="reduce")
    page.goto(f"{url}me/gene/index.html")
    page.click("text=Lyrics")
    wait_until_ready(page)
    page.click("#write")
    assert len(finished_song(page).split()) > 5
    page.close()
    server.shutdown()


def test_bytes():
    """JavaScript and wasm of the lyrics page gzipped, and its default model."""
    wasm = gzip.compress((WEB / "vendor" / "tfjs-backend-wasm-simd.wasm").read_bytes())
    assert gzipped_bytes("lyrics/page.js", "lyrics/worker.js") + len(wasm) <= 370_000
    folder = Path(WEB / "models" / index_entry("gene-lyrica-three")["folder"])
    assert sum(path.stat().st_size for path in (folder / "uint8").iterdir()) <= 2_500_000
    assert json.loads((folder / "meta.json").read_text())["run"] == "gene-lyrica-three"
    ships = (
        path
        for path in (ROOT / "checkpoints").rglob("*")
        if path.is_file()
        and path.name not in ("state.npz", ".lock")
        and not {"quick", "verse"} & {*path.parts}
        and path.parts[-2:] != ("next-line", "model.keras")
    )
    assert sum(path.stat().st_size for path in ships) < 50_000_000
