"""Training lyrics networks in Chromium, in the worker that the page uses."""

import json

import pytest

from tests.browser.test_long_tabs import Heaps
from tests.helpers import ROOT, index_entry

GOLDEN = ROOT / "tests/golden/lyrics_training.json"

START = """async ([training, address]) => {
  const { RemoteWorker } = await import(new URL("shared/rpc.js", address));
  self.trainer = new RemoteWorker(new URL("lyrics-trainer/worker.js", address));
  self.seen = [];
  self.done = trainer.call("train", training, (progress) => seen.push(progress));
  self.done.catch(() => {});
}"""
TOKENIZE = """async ([text, address]) =>
  (await import(new URL("core/tokenizer.js", address))).tokenize(text)"""
BEGUN = "() => seen.length > 3"
EPOCHS = "(count) => seen.filter(({ record }) => record).length >= count"
# The weights of a network of the site, as the page hands them over.
SOURCE = """async ([entry, address]) => {
  const file = async (path) => fetch(new URL(`models/${entry.folder}/${path}`, address));
  const model = await (await file("uint8/model.json")).json();
  const paths = model.weightsManifest.flatMap((group) => group.paths);
  const parts = await Promise.all(paths.map(async (path) => (await file(`uint8/${path}`)).blob()));
  const { config } = await (await file("meta.json")).json();
  const vocabulary = await (await file("vocabulary.tsv")).text();
  return { config, model, data: await new Blob(parts).arrayBuffer(), vocabulary };
}"""


@pytest.fixture(scope="module")
def golden():
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.fixture
def start(page, address):
    """A function that starts a training on an empty page; `seen` has its progress."""
    page.goto(f"{address}404.html")

    def go(**training):
        page.evaluate(START, [training, address])

    yield go
    page.evaluate("() => self.trainer?.terminate()")


def recipe_of(run):
    return {"name": run["recipe"], **run["changes"]}


def test_a_training_has_the_losses_of_python_and_its_song(start, page, address, golden):
    run = golden["trainings"]["runs"][0]
    start(recipe=recipe_of(run), songs=golden["trainings"]["songs"], seed=golden["seed"])
    page.evaluate("() => done")
    history = page.evaluate("async () => (await trainer.call('result')).history")
    for record, expected in zip(history, run["history"], strict=True):
        assert record == pytest.approx({key: expected[key] for key in record}, rel=0.01)
    # The best network is the last one.
    config = golden["generation"] | {"temperature": 0, "frequency_penalty": 0}
    sample = {"config": config, "seed": 1, "words": ["the"]}
    line = page.evaluate("async (sample) => (await trainer.call('sample', sample)).words", sample)
    song = page.evaluate(TOKENIZE, [run["song"], address])
    assert ["the", *line] == song[: len(line) + 1]


def test_pause_continue_and_stop(start, page, golden):
    run = golden["trainings"]["runs"][0]
    start(recipe=recipe_of(run) | {"epochs": 1000}, songs=golden["trainings"]["songs"], seed=1)
    page.wait_for_function(BEGUN)
    page.evaluate("() => trainer.call('pause')")
    paused = page.evaluate("() => seen.length")
    line = {"config": golden["generation"], "seed": 1}
    assert page.evaluate("(line) => trainer.call('sample', line)", line)
    assert page.evaluate("() => seen.length") - paused <= 1
    page.evaluate("() => trainer.call('resume')")
    page.wait_for_function("(count) => seen.length > count + 5", arg=paused)
    page.evaluate("() => trainer.call('stop')")
    assert page.evaluate("() => done") == {"diverged": False}
    weights = page.evaluate("async () => Object.keys((await trainer.call('result')).weights)")
    assert "lstm_0/recurrent_kernel" in weights


def test_a_network_of_the_site_goes_on_with_new_songs(start, page, address, golden):
    """Before the first step it predicts songs far better than a new network, and it keeps its words."""
    songs = golden["trainings"]["songs"]
    recipe = {"name": "quick", "epochs": 1, "learning_rate": 1e-7}
    losses = []
    for source in (page.evaluate_handle(SOURCE, [index_entry("quick"), address]), None):
        start(recipe=recipe, songs=songs, seed=1, source=source)
        page.evaluate("() => done")
        losses.append(page.evaluate("() => seen.at(-1).record.val_cross_entropy"))
    assert losses[0] < losses[1] - 2


def test_too_little_to_learn_from_is_said(start, page):
    for text, message in {"": "no words", "hello": "too few words to learn from (1)"}.items():
        songs = [{"artist": "", "title": "", "text": text}]
        start(recipe="quick", songs=songs, seed=1)
        error = page.evaluate("() => done.catch((error) => error.message)")
        assert message in error


def test_a_hundred_epochs_leave_nothing_behind(start, page, golden):
    recipe = {"name": "baba-twist", "embedding_dim": 8, "units": [12], "epochs": 1000}
    recipe["stop_at_train_accuracy"] = 1
    heaps = Heaps(page)
    start(recipe=recipe, songs=golden["trainings"]["songs"][:4], seed=1)
    sizes = []
    for epochs in (50, 150):  # before, engines compile and optimize the code
        page.wait_for_function(EPOCHS, arg=epochs, timeout=120_000)
        page.evaluate("() => trainer.call('pause')")
        sizes.append(heaps.bytes()["worker"])
        page.evaluate("() => trainer.call('resume')")
    assert sizes[1] < 1.1 * sizes[0], sizes
