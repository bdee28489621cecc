"""The faces page in headless Chromium, and avatars that cannot be exported."""

import base64
import io
import json
import shutil
import zipfile
from pathlib import Path

import common.keras_quiet  # noqa: F401

import numpy as np
import pytest
from PIL import Image

from common.files import read_json
from data.avatars.labelled_images import mask_invisible, one_hot, sample_labels
from export import tfjs
from export.avatars import COLUMNS, MAX_SHEET_BYTES
from generate.faces import load
from tests.browser.faces_page import canvases, drawn, go, one_drawn, open_tab, sheet, slide
from tests.helpers import ROOT, TO_BASE64, WEB, assert_main_refuses, current_url

RUNS = [
    path.parent.name for path in sorted((ROOT / "checkpoints" / "avatars").glob("*/model.keras"))
]


def entry(run):
    [found] = [
        m
        for m in read_json(WEB / "models" / "index.json")["models"]
        if (m["task"], m["run"]) == ("avatars", run)
    ]
    return found


def test_sixteen_faces_and_a_choice_changes_that_alone(page, address):
    go(page, address, seed=3)
    before = sheet(page)
    far = np.abs(before[:, None] - before[None]).mean((2, 3, 4))
    assert far[~np.eye(16, dtype=bool)].min() > 5, "sixteen different faces"
    open_tab(page, "all")
    page.select_option("#want-glasses", label="sun")
    drawn(page)
    after = sheet(page)
    changed = np.abs(after - before).max(-1)
    assert (changed[:, 30:44].mean((1, 2)) > 2).sum() >= 8, "most had no sunglasses"
    assert changed[:, 52:, :].mean() < 8 and changed[:, :18].mean() < 8, "the rest stays"
    assert "eyes (sun glasses)" in page.text_content("#want"), "and what they cover is said"
    assert page.input_value("#own-glasses") == page.evaluate(
        "document.getElementById('want-glasses').value"
    )


def test_one_attribute_of_one_face(page, address):
    go(page, address, seed=5, face=9)
    before = sheet(page)
    name = page.evaluate("document.querySelector('[name=own-hair_color]:not(:checked)').value")
    page.check(f"[name=own-hair_color][value='{name}']")
    one_drawn(page)
    after = sheet(page)
    others = np.arange(16) != 9
    np.testing.assert_array_equal(after[others], before[others])
    assert np.abs(after[9, 48:] - before[9, 48:]).mean() < 10
    page.click("#undo")
    one_drawn(page)
    assert np.abs(sheet(page) - before).max() <= 1


def test_a_link_brings_the_same_pixels_back(elsewhere, page, address):
    go(page, address, seed=11, face=2, other=4, mix=35, want="-.2.-.1", own="2.6.1_2.5.3")
    wanted, one = sheet(page), canvases(page, "#one")
    go(elsewhere, address)
    elsewhere.goto(current_url(page))
    elsewhere.reload()
    drawn(elsewhere)
    np.testing.assert_array_equal(sheet(elsewhere), wanted)
    np.testing.assert_array_equal(canvases(elsewhere, "#one"), one)


def test_a_mixture_goes_from_one_face_to_the_other(page, address):
    go(page, address, seed=2, face=0, other=7)
    seen = []
    for value in (0, 50, 100):
        slide(page, "mix", value)
        one_drawn(page)
        seen.append(canvases(page, "#one"))
    slide(page, "mix", 0)
    page.check("#faces input[value='7']", force=True)
    one_drawn(page)
    far = [np.abs(one.astype("int16") - canvases(page, "#one")).mean() for one in seen]
    assert far[2] < 0.5 < far[1] and far[0] > 1


def test_the_download_is_what_is_shown_at_512(page, address):
    go(page, address, seed=8)
    with page.expect_download() as coming:
        page.click("#save")
    picture = Image.open(io.BytesIO(Path(coming.value.path()).read_bytes()))
    assert picture.format == "PNG" and picture.size == (512, 512)
    np.testing.assert_array_equal(
        np.asarray(picture.convert("RGBA")).ravel(), canvases(page, "#one")
    )


def test_the_keyboard_and_the_epochs(page, address):
    go(page, address)
    page.focus("#faces input:checked")
    page.keyboard.press("ArrowRight")
    one_drawn(page)
    assert "face=1" in current_url(page) and "Face 2" in page.get_attribute("#one", "aria-label")
    page.focus("#epoch")
    last, best = (
        canvases(page, "#collapse figure[data-run=faces] canvas"),
        page.text_content("#collapse figure p"),
    )
    page.keyboard.press("Home")
    page.wait_for_selector("#collapse output:text-matches('^epoch 1 of ')")
    first = canvases(page, "#collapse figure[data-run=faces] canvas")
    assert (
        np.abs(first.astype("int16") - last).mean() > 5
        and page.text_content("#collapse figure p") != best
    )
    history = read_json(WEB / "models" / entry("faces")["folder"] / "page.json")["history"]
    assert f"{round(100 * history[0]['diversity'])}%" in page.text_content("#collapse figure p")
    page.click("#collapse .play")
    page.wait_for_selector("#collapse output:text-matches('^epoch 2 of ')", timeout=5000)
    page.click("#collapse .play:text('Stop')")


@pytest.mark.parametrize("run", RUNS)
def test_the_browser_draws_what_keras_draws(page, address, run):
    """uint8 on wasm and float32 in Keras differ by less than an eye can see."""
    generator = load(ROOT / "checkpoints" / "avatars" / run)
    network = generator.network
    attributes = generator.attributes
    rng = np.random.default_rng(4)
    noise = rng.standard_normal((16, network.latent_dim), dtype="float32")
    labels = mask_invisible(sample_labels(rng, attributes, 16), attributes)
    labels = one_hot(labels, attributes)
    page.goto(f"{address}avatars.html")
    content = page.evaluate(
        "async ({ entry, noise, labels }) => {"
        + TO_BASE64
        + """
      const at = (path) => new URL(path, location.href).href;
      const tf = await import(at("vendor/tfjs.js"));
      const model = await import(at("shared/model.js"));
      const { AvatarModel } = await import(at("core/avatars.js"));
      await model.startBackend(tf);
      const files = await model.fetchFiles(entry, AvatarModel.wants("uint8"));
      const network = await AvatarModel.from(tf, files, "uint8");
      const inputs = [noise, labels].map((a) => Float32Array.from(a));
      network.draw(...inputs);
      const before = tf.memory().numTensors, images = network.draw(...inputs);
      if (tf.memory().numTensors !== before) throw new Error("a tensor leaked");
      return toBase64(images);
    }""",
        {"entry": entry(run), "noise": noise.ravel().tolist(), "labels": labels.ravel().tolist()},
    )
    images = np.frombuffer(base64.b64decode(content), "float32")
    expected = network(noise, labels).numpy()
    difference = np.abs(images.reshape(expected.shape) - expected)
    # From black to white it is 2.
    assert difference.mean() < 0.012 and np.percentile(difference, 99) < 0.08


@pytest.mark.parametrize(
    "garbage",
    ["v=1&run=../x&face=99&mix=-3&want=9.9.9.9&own=99.99.99_1", "v=1&seed=x&own=._._", "%"],
)
def test_links_with_garbage_open_the_page(page, address, garbage):
    page.goto(f"{address}avatars.html#{garbage}")
    drawn(page)
    assert page.locator(".said.error").count() == 0


def test_a_damaged_model_gives_a_sentence(page, address):
    page.route("**/avatars/**/*.bin", lambda route: route.fulfill(body=b"x"))
    page.goto(f"{address}avatars.html")
    page.wait_for_selector(".said.error", timeout=30_000)
    assert "is damaged" in page.text_content("#said") and page.is_disabled("#fresh")


def test_the_still_is_the_shipped_networks():
    samples = sorted((ROOT / "checkpoints" / "avatars" / "faces" / "samples").glob("epoch-*.webp"))
    assert (WEB / "pictures" / "faces.webp").read_bytes() == samples[-1].read_bytes()


def test_sizes():
    for run in RUNS:
        folder = WEB / "models" / entry(run)["folder"]
        if run != "faces-dcgan":
            assert sum(path.stat().st_size for path in (folder / "uint8").iterdir()) <= 1_200_000
        if run != "faces-128":  # it comes without its previews
            assert (folder / "epochs.webp").stat().st_size <= MAX_SHEET_BYTES


def test_the_export_of_any_run(avatars, tmp_path, capsys):
    tfjs.main(["--checkpoint-dir", str(avatars), "--out", str(tmp_path / "out")])
    assert capsys.readouterr().out.count("uint8") == 2
    index = json.loads((tmp_path / "out" / "index.json").read_text())
    for model in index["models"]:
        folder = tmp_path / "out" / model["folder"]
        files = {file["path"] for file in model["files"]}
        assert {"page.json", "meta.json", "epochs.webp", "uint8/model.json"} <= files
        told = read_json(folder / "page.json")
        assert told["columns"] == COLUMNS and len(told["history"]) == 2 and told["best"] in (1, 2)
        assert told["swatches"]["iris"]["blue"].startswith("#")
        assert Image.open(folder / "epochs.webp").size == (512, 256)


def other_weights(run):
    with zipfile.ZipFile(run / "model.keras") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(parts["config.json"])
    config["config"]["latent_dim"] += 1
    with zipfile.ZipFile(run / "model.keras", "w") as archive:
        for name, content in (parts | {"config.json": json.dumps(config)}).items():
            archive.writestr(name, content)


def fewer_attributes(run):
    meta = read_json(run / "meta.json")
    meta["data"]["attributes"].pop()
    (run / "meta.json").write_text(json.dumps(meta))


@pytest.mark.parametrize(
    "damage, words",
    [
        (lambda run: (run / "model.keras").write_bytes(b"PK"), ["model.keras", "damaged"]),
        (other_weights, ["model.keras", "do not fit"]),
        (fewer_attributes, ["meta.json", "variants, but the network takes"]),
        (lambda run: (run / "history.csv").unlink(), ["history.csv", "not the history"]),
        (
            lambda run: (run / "meta.json").write_text('{"task": "lyrics", "version": 2}'),
            ["meta.json", "lyrics"],
        ),
    ],
)
def test_a_damaged_run_is_not_exported(avatars, tmp_path, capsys, damage, words):
    run = tmp_path / "checkpoints" / "avatars" / "faces"
    shutil.copytree(avatars / "avatars" / "faces", run)
    damage(run)
    assert_main_refuses(
        capsys,
        tfjs.main,
        ["--checkpoint-dir", tmp_path / "checkpoints", "--out", tmp_path / "out"],
        *words,
    )
    assert not list((tmp_path / "out").glob("avatars/*"))
