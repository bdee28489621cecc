"""Users' own runs: broken ones are skipped, exports wait for each other, names and settings vary."""

import contextlib
import json
import os
import shutil
import threading
import unicodedata

import common.keras_quiet  # noqa: F401

import numpy as np
import pytest

from common.cli import GeneError
from common.files import locked, read_json, sha256, write_json
from data.lyrics.vocabulary import BOS_EOS
from export import conversion, graph, lyrics, tfjs
from generate.lyrics.songwriter import load_model
from models.lyrics import LSTMLanguageModel
from tests.helpers import assert_main_refuses, run_module


@pytest.fixture
def work(exported, checkpoints, tmp_path):
    """A function that copies the two tiny runs and their export; returns the folders of both."""
    runs = tmp_path / "checkpoints" / "lyrics"
    shutil.copytree(checkpoints / "lyrics", runs)
    shutil.copytree(exported / "models", tmp_path / "out")
    return runs, tmp_path / "out"


def arguments(work, *more):
    runs, out = work
    return [*more, "--checkpoint-dir", str(runs.parent), "--out", str(out)]


def listed(out):
    return [entry["run"] for entry in read_json(out / "index.json")["models"]]


def unlisted(out):
    entries = read_json(out / "index.json")["models"]
    files = {f"{entry['folder']}/{file['path']}" for entry in entries for file in entry["files"]}
    found = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    return found - files - {"index.json", "exported-files.json", ".lock"}


def test_the_same_runs_give_the_same_names_and_bytes(work, exported, checkpoints, tmp_path):
    """Even in a process that has other networks, in another order than the one that made the site."""
    load_model(checkpoints / "lyrics" / "glance")
    work = work[0], tmp_path / "again"
    tfjs.main(arguments(work, "lyrics/tiny", "lyrics/glance"))
    for path in (exported / "models").rglob("*"):
        if path.is_file():
            copy = work[1] / path.relative_to(exported / "models")
            assert sha256(copy) == sha256(path), path


def test_settings_of_an_earlier_version_are_published_as_they_are(work):
    """So the network keeps its name, which links contain."""
    path = work[0] / "tiny" / "generation_config.json"
    settings = read_json(path)
    del settings["frequency_penalty"]
    write_json(path, settings)
    tfjs.main(arguments(work, "lyrics/tiny"))
    [published] = work[1].glob("lyrics/tiny-*/generation_config.json")
    assert published.read_bytes() == path.read_bytes()


def test_an_export_whatever_keras_is_set_to_and_whatever_the_umask(work, exported, tmp_path):
    (tmp_path / "keras").mkdir()
    settings = {"backend": "jax", "floatx": "float16", "image_data_format": "channels_first"}
    (tmp_path / "keras" / "keras.json").write_text(json.dumps(settings))
    environment = {"KERAS_BACKEND": "jax", "KERAS_HOME": str(tmp_path / "keras")}
    work = work[0], tmp_path / "again"
    result = run_module(
        "export.tfjs",
        *arguments(work, "lyrics/tiny"),
        env=os.environ | environment,
        preexec_fn=lambda: os.umask(0o077),
    )
    assert result.returncode == 0, result.stderr
    [entry] = read_json(work[1] / "index.json")["models"]
    assert entry in read_json(exported / "models" / "index.json")["models"]
    modes = {path.stat().st_mode & 0o777 for path in work[1].rglob("*") if path.name != ".lock"}
    assert modes == {0o644, 0o755} and work[1].stat().st_mode & 0o777 == 0o755


def test_broken_runs_are_skipped_and_reported_and_the_others_exported(work, capsys):
    runs, _ = work
    shutil.copytree(runs / "tiny", runs / "backup")
    (runs / "backup" / "meta.json").unlink()
    shutil.copytree(runs / "tiny", runs / "a-truncated")
    (runs / "a-truncated" / "model.keras").write_bytes(b"PK")
    (runs / ".hidden").mkdir()
    (runs / ".hidden" / "model.keras").write_bytes(b"PK")
    meta = read_json(runs / "glance" / "meta.json")
    write_json(runs / "glance" / "meta.json", meta | {"args": meta["args"] | {"songs": "gone.csv"}})
    with pytest.raises(GeneError, match=r"backup/meta\.json"):
        tfjs.main(arguments(work))
    printed = capsys.readouterr()
    assert "songs of this run have been moved or changed" in printed.out
    [other] = printed.err.splitlines()
    assert other.startswith("error: ") and "a-truncated" in other
    assert listed(work[1]) == ["glance", "tiny"] and not unlisted(work[1])


def test_a_run_that_breaks_keeps_its_earlier_export(work, capsys):
    (work[0] / "tiny" / "model.keras").write_bytes(b"PK")
    before = read_json(work[1] / "index.json")
    assert_main_refuses(capsys, tfjs.main, arguments(work), "tiny", "damaged")
    assert read_json(work[1] / "index.json") == before and not unlisted(work[1])


def test_a_deleted_run_leaves_nothing_and_other_files_stay(work):
    runs, out = work
    (out / "lyrics" / "notes.txt").write_text("mine")
    (out / "blog").mkdir()
    (out / "blog" / "post.html").write_text("mine")
    shutil.rmtree(runs / "glance")
    tfjs.main(arguments(work))
    assert listed(out) == ["tiny"] and unlisted(out) == {"lyrics/notes.txt", "blog/post.html"}
    assert not list(out.glob("lyrics/glance-*"))


def test_the_index_of_an_earlier_version_is_taken_over(work):
    runs, out = work
    (out / "exported-files.json").unlink()
    shutil.rmtree(runs / "glance")
    tfjs.main(arguments(work))
    assert listed(out) == ["tiny"] and not unlisted(out)


def test_a_damaged_model_is_exported_again(work, capsys):
    [weights] = work[1].glob("lyrics/tiny-*/uint8/*.bin")
    content = weights.read_bytes()
    weights.write_bytes(bytes(len(content)))
    tfjs.main(arguments(work))
    assert "lyrics/glance  unchanged" in capsys.readouterr().out
    assert weights.read_bytes() == content


def test_a_second_export_waits_for_the_first(work, capsys):
    """It has nothing to convert, so the wait is all that takes time."""
    second = threading.Thread(target=tfjs.main, args=[arguments(work)])
    printed = ""
    with locked(work[1]):
        second.start()
        while "waiting for another process" not in printed:
            printed += capsys.readouterr().out
        assert "unchanged" not in printed
    second.join(60)
    assert "lyrics/tiny  unchanged" in capsys.readouterr().out


@pytest.mark.parametrize("out", [".", "web", "checkpoints", "docs", "web/core", "/"])
def test_no_folder_of_the_project_is_written_to(work, out, capsys):
    arguments = ["lyrics/tiny", "--checkpoint-dir", work[0].parent, "--out", out]
    assert_main_refuses(capsys, tfjs.main, arguments, "--out")


def test_someones_folder_is_refused(work, tmp_path, capsys):
    (tmp_path / "my-site" / "blog" / "2024").mkdir(parents=True)
    work = work[0], tmp_path / "my-site"
    assert_main_refuses(capsys, tfjs.main, arguments(work, "lyrics/tiny"), "other files")
    assert os.listdir(tmp_path / "my-site") == ["blog"]


NAMES = {
    "my songs #1": "my-songs-1",
    "what?": "what",
    "50%25": "50-25",
    "back\\slash": "back-slash",
    "Лирика": "run",
    unicodedata.normalize("NFD", "naïve"): "nai-ve",
    "_mine": "mine",
    "a+b & 'c'": "a-b-c",
    "x" * 60: "x" * 60,
}


def test_folders_have_names_that_every_host_serves(tmp_path):
    for name, portable in NAMES.items():
        (tmp_path / "lyrics" / "new").mkdir(parents=True)
        entry = conversion._finalize(
            tmp_path / "lyrics" / "new", "lyrics", conversion.published_name(name)
        )
        expected = portable.replace("nai-ve", "na-ve")
        assert entry["folder"].rpartition("-")[0] == f"lyrics/{expected}"
        assert entry["run"] == unicodedata.normalize("NFC", name)
        shutil.rmtree(tmp_path / "lyrics")


@pytest.mark.parametrize("name", ["line\nbreak", "bell\a", "byte\udcff"])
def test_a_name_that_no_link_can_hold_is_refused(work, capsys, name):
    with contextlib.suppress(UnicodeEncodeError):
        (work[0] / "tiny").rename(work[0] / name)
    assert_main_refuses(
        capsys, tfjs.main, arguments(work, f"lyrics/{name}"), "control characters", "rename"
    )
    assert listed(work[1]) == ["glance", "tiny"]


def test_a_hidden_run_is_refused_by_name(work, capsys):
    assert_main_refuses(capsys, tfjs.main, arguments(work, "lyrics/.hidden"), "dot")


def test_rounding_errors_do_not_add_up(tmp_path):
    """A network that amplifies differences of its state is exported as others are."""
    network = LSTMLanguageModel(vocabulary_size=30, embedding_dim=8, units=[12, 8])
    random = np.random.default_rng(1)
    network.set_weights([2 * random.standard_normal(old.shape) for old in network.get_weights()])
    outputs = graph.convert(lyrics.graph(network), network, tmp_path, "float16")
    exported = graph.load(tmp_path, outputs)
    assert lyrics.compare(network, exported) < 0.02
    assert song_difference(network, exported, 200) > 0.05, "it adds up in a song"


def song_difference(network, exported, steps):
    """Return the largest difference of a logit if each side keeps its own state."""
    state = network.start(1)
    states = {f"state_{i}": np.array(part) for i, part in enumerate(state)}
    token, largest = BOS_EOS, 0.0
    for _ in range(steps):
        logits, state = network.step([token], state)
        outputs = exported({"word": np.array([token], "int32")} | states)
        states = {name: outputs[name] for name in states}
        logits = np.array(logits)
        largest = max(largest, np.abs(logits - outputs["scores"][:, : logits.shape[1]]).max())
        token = int(logits[0, 3:].argmax()) + 3
    return largest / logits.std()
