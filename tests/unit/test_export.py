"""Export: the files contain each weight once and compute what Keras computes; a failure changes nothing."""

import json
import resource
import shutil
import signal
import zipfile
from pathlib import Path

import common.keras_quiet  # noqa: F401

import pytest

from common.cli import GeneError
from common.files import sha256
from explore.lyrics import __main__ as songs
from export import graph, lyrics, tfjs
from export.bundle import addresses, check_addresses
from generate.lyrics.songwriter import load_model
from tests.helpers import assert_main_refuses, assert_refused, run_module


def copy_run(checkpoints, tmp_path, run="tiny"):
    folder = tmp_path / "checkpoints" / "lyrics" / run
    shutil.copytree(checkpoints / "lyrics" / run, folder)
    return folder


def arguments(tmp_path, *more):
    return [*more, "--checkpoint-dir", tmp_path / "checkpoints", "--out", tmp_path / "out"]


def snapshot(folder):
    return {path: path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


def test_the_converter_can_be_imported():
    """Fail as soon as it breaks again; see setup.cfg."""
    import tensorflowjs

    assert tensorflowjs.__version__ == "4.22.0"


def test_the_packages_agree():
    result = run_module("pip", "check")
    assert result.returncode == 0, result.stdout


def test_the_index_names_every_file_with_its_size_and_sha256(exported):
    index = json.loads((exported / "models" / "index.json").read_text())
    assert [f"{model['task']}/{model['run']}" for model in index["models"]] == [
        "lyrics/glance",
        "lyrics/tiny",
    ]
    for model in index["models"]:
        folder = exported / "models" / model["folder"]
        assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == {
            file["path"] for file in model["files"]
        }
        for file in model["files"]:
            path = folder / file["path"]
            assert (path.stat().st_size, sha256(path)) == (file["bytes"], file["sha256"])


@pytest.mark.parametrize("run", ["tiny", "glance"])
def test_each_weight_is_stored_once(exported, checkpoints, run):
    (folder,) = (exported / "models" / "lyrics").glob(f"{run}-*")
    parameters = json.loads((checkpoints / "lyrics" / run / "meta.json").read_text())[
        "parameter_count"
    ]
    shards = sum(path.stat().st_size for path in (folder / "uint8").glob("*.bin"))
    assert parameters <= shards <= 1.05 * parameters + 1000


def test_no_file_is_exported_that_no_page_reads(exported):
    names = {path.parent.name for path in (exported / "models").rglob("model.json")}
    assert names == {lyrics.DTYPE}


def test_a_song_is_the_same_out_of_the_files(exported, checkpoints):
    network, _, _ = load_model(checkpoints / "lyrics" / "tiny")
    (folder,) = (exported / "models" / "lyrics").glob("tiny-*")
    names = json.loads((folder / "meta.json").read_text())["outputs"]
    bound = lyrics.MAX_ERROR["uint8"]
    assert lyrics.compare(network, graph.load(folder / "uint8", names)) < bound / 5
    broken = graph.load(folder / "uint8", names | {"state_0": names["state_1"]})
    assert lyrics.compare(network, broken) > bound, (
        "the comparison notices outputs that changed places"
    )


def test_one_run_named_leaves_the_others(exported, checkpoints, tmp_path, capsys):
    shutil.copytree(exported / "models", tmp_path / "out")
    copy_run(checkpoints, tmp_path)
    before = snapshot(tmp_path / "out")
    tfjs.main([str(argument) for argument in arguments(tmp_path, "lyrics/tiny")])
    printed = capsys.readouterr().out
    assert "float32" in printed and "uint8" in printed and "at most" in printed
    kept = {path: content for path, content in before.items() if "glance" in str(path)}
    assert kept and kept.items() <= snapshot(tmp_path / "out").items()


def test_only_changed_runs_are_exported_again(exported, checkpoints, tmp_path, capsys):
    shutil.copytree(exported / "models", tmp_path / "out")
    run = copy_run(checkpoints, tmp_path)
    tfjs.main([str(argument) for argument in arguments(tmp_path)])
    assert "lyrics/tiny  unchanged" in capsys.readouterr().out
    index = json.loads((tmp_path / "out" / "index.json").read_text())
    assert [model["run"] for model in index["models"]] == ["tiny"], "glance is no longer there"
    assert len(list((tmp_path / "out" / "lyrics").iterdir())) == 1
    meta = json.loads((run / "meta.json").read_text())
    (run / "meta.json").write_text(json.dumps(meta | {"recipe": "other"}))
    tfjs.main([str(argument) for argument in arguments(tmp_path)])
    assert "uint8" in capsys.readouterr().out
    tfjs.main([str(argument) for argument in arguments(tmp_path, "lyrics/tiny/")])
    index = json.loads((tmp_path / "out" / "index.json").read_text())
    assert [model["run"] for model in index["models"]] == ["tiny"]
    assert_main_refuses(capsys, tfjs.main, arguments(tmp_path, "tiny"), "did you mean lyrics/tiny?")


def break_zip(run):
    (run / "model.keras").write_bytes((run / "model.keras").read_bytes()[:500])


def foreign_class(run):
    rewrite(run, lambda config: config | {"class_name": "Lambda"})


def code_in_the_config(run):
    rewrite(
        run,
        lambda config: (
            config | {"config": {"vocabulary": {"class_name": "__lambda__", "config": "x"}}}
        ),
    )


def rewrite(run, change):
    with zipfile.ZipFile(run / "model.keras") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["config.json"] = json.dumps(change(json.loads(parts["config.json"])))
    with zipfile.ZipFile(run / "model.keras", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def another_vocabulary(run):
    with open(run / "vocabulary.tsv", "r+") as file:
        last = file.read().splitlines()[-1]
        file.write("\t".join(["more", *last.split("\t")[1:]]) + "\n")


def other_weights(run):
    rewrite(run, lambda config: config | {"config": config["config"] | {"embedding_dim": 9}})


def member_outside(run):
    with zipfile.ZipFile(run / "model.keras", "a") as archive:
        archive.writestr("../outside.txt", "x")


@pytest.mark.parametrize(
    "damage, words",
    [
        (lambda run: (run / "model.keras").write_bytes(b""), ["model.keras", "damaged"]),
        (break_zip, ["model.keras", "damaged"]),
        (foreign_class, ["model.keras", "its network must be"]),
        (code_in_the_config, ["model.keras", "out of range"]),
        (member_outside, ["model.keras", "unexpected"]),
        (other_weights, ["model.keras", "do not fit"]),
        (another_vocabulary, ["vocabulary.tsv", "words, but the network has"]),
        (lambda run: (run / "vocabulary.tsv").unlink(), ["vocabulary.tsv", "no such file"]),
        (lambda run: (run / "meta.json").write_text("{"), ["meta.json", "JSON"]),
        (
            lambda run: (run / "meta.json").write_text('{"task": "avatars", "version": 2}'),
            ["meta.json", "avatars"],
        ),
    ],
)
def test_a_damaged_checkpoint_is_refused_and_nothing_is_lost(
    exported, checkpoints, tmp_path, capsys, damage, words
):
    shutil.copytree(exported / "models", tmp_path / "out")
    damage(copy_run(checkpoints, tmp_path))
    copy_run(checkpoints, tmp_path, "glance")
    before = snapshot(tmp_path / "out")
    assert_main_refuses(capsys, tfjs.main, arguments(tmp_path), *words)
    assert snapshot(tmp_path / "out") == before
    assert not (tmp_path / "outside.txt").exists()


def test_runs_that_are_not_there(tmp_path, capsys):
    assert_main_refuses(capsys, tfjs.main, arguments(tmp_path), "no runs to export")
    assert not (tmp_path / "out").exists()
    assert_main_refuses(
        capsys, tfjs.main, arguments(tmp_path, "lyrics/none"), "none", "no such run"
    )
    assert_main_refuses(capsys, tfjs.main, arguments(tmp_path, "../lyrics/none"), "TASK/RUN")


def test_a_full_disk_is_told_in_a_line(exported, checkpoints, tmp_path):
    """A file-size limit stands for the full disk: every write beyond it fails as one there does."""
    shutil.copytree(exported / "models", tmp_path / "out")
    copy_run(checkpoints, tmp_path)
    before = snapshot(tmp_path / "out")
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    assert_refused(
        run_module(
            "export.tfjs",
            *arguments(tmp_path, "lyrics/tiny"),
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000)),
        )
    )
    assert snapshot(tmp_path / "out") == before


def test_a_song_in_the_terminal(checkpoints, capsys):
    def written(*more):
        flags = ["--run", "glance", "--checkpoint-dir", str(checkpoints), "--lines", "5"]
        songs.main(["hello world sea", *flags, *more])
        return capsys.readouterr()

    song = written("--seed", "7")
    assert song.out == written("--seed", "7").out != written("--seed", "8").out
    assert song.out.startswith("Hello world sea") and "of the network: hello, world" in song.err
    greedy = written("--temperature", "0", "--seed", "1").out
    assert greedy == written("--temperature", "0", "--seed", "2").out
    assert_main_refuses(
        capsys, songs.main, ["x" * 10_001, "--checkpoint-dir", checkpoints], "10,000 characters"
    )
    assert_main_refuses(capsys, songs.main, ["--temperature", "-1"], "--temperature")


def test_dist_is_the_site(exported, tmp_path):
    check_addresses(exported)
    assert len(list(addresses(exported))) > 15
    site = shutil.copytree(exported, tmp_path / "web")
    for wrong in (
        '<a href="/lyrics.html">',
        '<script src="https://example.org/x.js">',
        '<img src="gone.png">',
    ):
        (site / "wrong.html").write_text(wrong)
        with pytest.raises(GeneError, match=r"wrong\.html"):
            check_addresses(site)
