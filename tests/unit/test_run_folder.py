"""Run folders: no command harms an existing run, and every run can be resumed."""

import importlib
import json
import shutil
import subprocess
from pathlib import Path

import common.keras_quiet  # noqa: F401

import numpy as np
import pytest
from PIL import Image

import train.addition.__main__ as addition
import train.digits.__main__ as digits
import train.lyrics.__main__ as lyrics
from common.cli import GeneError
from data.avatars import faces
from data.digits.mnist import load_digits
from tests.helpers import ROOT, TINY, TINY_AVATARS, assert_main_refuses, write_table
from tests.robustness.tiny_runs import write_digits
from train.core.backend import saved_backend
from train.core.meta import how_to_continue
from train.core.replacement import Replacement
from train.core.run import Run

SHIPPED = {
    "lyrics": "tod-wonkin",
    "avatars": "ellipses-white",
    "attributes": "faces",
    "digits": "original",
    "addition": "solve",
}
WRONG_DATA = {
    "lyrics": [["--songs", "none.csv"], ["--songs", "empty.csv"], ["--units", "0"]],
    "avatars": [["--faces", "none.tgz"], ["--channels", "1"]],
    "attributes": [["--faces", "none.tgz"], ["--batch-size", "9999", "--max-images", "64"]],
    "digits": [["--mnist", "none"], ["--epochs", "0"]],
    "addition": [["--hidden", *map(str, range(1, 40))], ["--biases", "some"]],
}
STARTS = {
    "lyrics": ["--recipe", "gene-lyrica-two", "--songs", "songs.csv", *TINY],
    "avatars": ["--recipe", "ellipses-white", *TINY_AVATARS],
    "attributes": ["--max-images", "80", "--batch-size", "16", "--channels", "4"],
    "digits": ["--mnist", "mnist", "--allow-other-digits", "--hidden", "4"],
    "addition": ["--hidden", "1", "--max-sum", "16", "--seeds", "1", "--epochs", "1"],
}
NAMES = ["", ".", "..", "../x", "a/b", "/tmp/x", "a\\b", "x" * 300, "a b", "ümlaut", "#1"]


def network(task):
    return importlib.import_module(f"train.{task}.__main__")


def contents(folder):
    """Every file below a folder with its bytes, except locks, which are next to the runs."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


@pytest.fixture
def shipped(request, tmp_path, songs, monkeypatch):
    """A copy of a shipped run: its task, its name, and the folder of all runs."""
    task = request.param
    monkeypatch.chdir(tmp_path)
    shutil.copy(songs, "songs.csv")
    write_table("empty.csv", [])
    shutil.copytree(ROOT / "checkpoints" / task / SHIPPED[task], f"runs/{task}/{SHIPPED[task]}")
    return task, SHIPPED[task], Path("runs")


def start(task, name, *more):
    return ["--run", name, "--checkpoint-dir", "runs", *more]


@pytest.mark.parametrize("shipped", SHIPPED, indirect=True)
def test_a_run_stays_when_its_successor_cannot_start(shipped, capsys):
    task, name, runs = shipped
    before = contents(runs)
    for wrong in WRONG_DATA[task]:
        argv = start(task, name, "--overwrite", *wrong)
        assert_main_refuses(capsys, network(task).main, argv)
        assert contents(runs) == before, wrong
    argv = start(task, name, "--overwrite", "--resume")
    assert_main_refuses(capsys, network(task).main, argv, "--resume and --overwrite")
    assert_main_refuses(capsys, network(task).main, start(task, name), "already exists")
    assert contents(runs) == before


@pytest.mark.parametrize("shipped", SHIPPED, indirect=True)
def test_a_run_without_a_state_is_not_touched_by_resume(shipped, capsys):
    task, name, runs = shipped
    before = contents(runs)
    for more in [], ["--epochs", "99"]:
        argv = start(task, name, "--resume", *more)
        words = [] if task == "addition" and more else ["state.npz", "--run NAME"]
        assert_main_refuses(capsys, network(task).main, argv, *words)
    assert contents(runs) == before


def test_a_run_of_an_lstm_says_how_to_train_it_further(tmp_path, capsys):
    shutil.copytree(ROOT / "checkpoints/lyrics/gene-lyrica-two", tmp_path / "lyrics/two")
    argv = ["--run", "two", "--checkpoint-dir", tmp_path, "--recipe", "gene-lyrica-two", "--resume"]
    assert_main_refuses(capsys, lyrics.main, argv, "--init-from two --run NAME")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("flag", ["--overwrite", "--resume"])
def test_impossible_names_are_refused(tmp_path, monkeypatch, capsys, name, flag):
    (tmp_path / "runs" / "addition" / "good").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    argv = ["--run", name, "--checkpoint-dir", "runs", flag]
    assert_main_refuses(capsys, addition.main, argv)
    assert [path.name for path in tmp_path.rglob("*")] == ["runs", "addition", "good"]


class Stopped(Exception):
    """Ends a training where its first step would be."""


def stopped(*arguments, **options):
    raise Stopped


@pytest.mark.parametrize("shipped", SHIPPED, indirect=True)
def test_a_run_that_was_never_saved_starts_again(shipped, monkeypatch):
    task, _, runs = shipped
    write_digits(Path("mnist"))
    argv = start(task, "new", *STARTS[task])
    monkeypatch.setattr(
        network(task), "train" if task in ("lyrics", "addition") else "fit", stopped
    )
    saved = []
    for again in (argv, [*argv, "--overwrite"], start(task, "new", "--resume")):
        with pytest.raises(Stopped):
            network(task).main(again)
        saved.append(json.loads((runs / task / "new" / "meta.json").read_text())["args"])
    assert saved[1:] == saved[:-1]


def test_a_killed_replacement_leaves_the_earlier_run(tmp_path, monkeypatch):
    """At whatever step the exchange of the two folders is killed."""
    rename = Path.rename
    for step in range(1, 5):
        folder = tmp_path / str(step) / "r"
        earlier = Replacement(folder)
        for path, text in ((folder, "old"), (earlier.new, "new")):
            path.mkdir(parents=True)
            (path / "meta.json").write_text(text)
        (folder / "notes.txt").write_text("mine")
        calls = iter(range(1, 9))

        def killed(path, target, step=step, calls=calls):
            if next(calls) == step:
                raise KeyboardInterrupt
            return rename(path, target)

        monkeypatch.setattr(Path, "rename", killed)
        try:
            earlier.finish()
        except KeyboardInterrupt:
            monkeypatch.setattr(Path, "rename", rename)
            Replacement(folder).recover()
        monkeypatch.setattr(Path, "rename", rename)
        found = {path.name: path.read_text() for path in folder.iterdir()}
        assert found == {"meta.json": "old" if step < 3 else "new", "notes.txt": "mine"}
        assert [path.name for path in folder.parent.iterdir()] == ["r"]


def test_files_of_the_user_stay_with_the_run(tmp_path):
    folder = tmp_path / "r"
    (folder / "photos").mkdir(parents=True)
    (folder / "photos" / "a.jpg").write_text("mine")
    (folder / "meta.json").write_text("old")
    run = Run(folder)
    run.write_to(Replacement(folder))
    run.path("meta.json").write_text("new")
    assert (folder / "meta.json").read_text() == "old"
    run.replace_earlier()
    assert run.path("meta.json") == folder / "meta.json"
    assert {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*.*")} == {
        "meta.json": "new",
        "photos/a.jpg": "mine",
    }


def test_a_state_of_the_other_backend_fits():
    class Variable:
        def __init__(self, value):
            self.value = np.array(value)
            self.shape = self.value.shape
            self.dtype = self.value.dtype.name

        def assign(self, value):
            assert value.dtype == self.value.dtype
            self.value = value

    run = Run("r")
    variables = [Variable(np.uint32([0, 0])), Variable(np.int32(0)), Variable(np.float32([0.0]))]
    run.state = [np.int64([7, 3]), np.int64(5), np.float32([0.5])]
    run.restore(variables)
    assert [variable.value.tolist() for variable in variables] == [[7, 3], 5, [0.5]]
    for wrong in (np.int64([-1, 0]), np.int64([1 << 40, 0]), np.float32([1, 2]), np.int64([1])):
        run.state = [wrong, np.int64(5), np.float32([0.5])]
        with pytest.raises(GeneError, match="--run NAME"):
            run.restore(variables)


def test_a_run_selects_the_backend_that_it_was_trained_with(tmp_path):
    folder = tmp_path / "lyrics" / "r"
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text('{"version": 2, "task": "lyrics", "backend": "jax"}')
    where = ["--checkpoint-dir", str(tmp_path)]
    assert saved_backend(["--resume", "--run", "r", *where], "lyrics") == "jax"
    assert saved_backend(["--resume", "--recipe=r", *where], "lyrics") == "jax"
    assert saved_backend(["--run", "r", *where], "lyrics") is None
    assert saved_backend(["--resume", "--run", "other", *where], "lyrics") is None
    assert saved_backend(["--resume", "--run", "..", *where], "lyrics") is None
    assert saved_backend(["--resume", *where], "lyrics") is None
    folder.rename(folder.with_name("quick"))  # the first recipe of lyrics
    assert saved_backend(["--resume", *where], "lyrics") == "jax"


AWKWARD = ["a & b", "it's", 'say "hi"', "$HOME", "a;b", "new\nline", "*", "~", "ü"]


@pytest.mark.parametrize("name", AWKWARD)
def test_the_command_that_continues_a_run_can_be_pasted(tmp_path, name):
    run = Run(tmp_path / name)
    argv = ["--run", name, "--checkpoint-dir", name, "--cache-dir", name, "--resume"]
    args = lyrics.parse(argv, "")
    command = how_to_continue(run, args).removeprefix("to continue: ")
    script = f"python() {{ printf '%s\\0' \"$@\"; }}; {command}"
    pasted = subprocess.run(["bash", "-c", script], capture_output=True, check=True).stdout.decode()
    assert pasted.split("\0")[:-1] == ["-m", "train.lyrics", *argv]


@pytest.fixture(scope="module")
def saved(songs, tmp_path_factory):
    """A folder where a tiny run was trained with relative paths and artists with odd names."""
    folder = tmp_path_factory.mktemp("saved")
    rows = [
        (["Tin Orchard", "Ozan & Bee", "It's"][i % 3], f"S{i}", "", f"la la lo {i}\n" * 9)
        for i in range(120)
    ]
    write_table(folder / "songs.csv", rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        argv = [*STARTS["lyrics"], "--epochs", "1", "--artists", "Tin Orchard", "Ozan & Bee"]
        lyrics.main([*start("lyrics", "r", *argv), "--cache-dir", "cache"])
    return folder


@pytest.fixture
def moved(saved, tmp_path, monkeypatch):
    """A copy of that folder in which the first step of a resumed training ends it."""
    folder = shutil.copytree(saved, tmp_path / "saved")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(lyrics, "train", stopped)
    return folder


def resume(*more):
    lyrics.main(["--run", "r", "--resume", *map(str, more)])


@pytest.mark.slow
def test_a_run_is_resumed_with_its_songs_elsewhere(moved, capsys):
    (moved / "songs.csv").rename(moved / "my songs.csv")
    argv = ["--run", "r", "--resume", "--checkpoint-dir", "runs"]
    assert_main_refuses(capsys, lyrics.main, argv, "songs.csv", "--songs")
    with pytest.raises(Stopped):
        resume("--checkpoint-dir", "runs", "--songs", "my songs.csv")
    with pytest.raises(Stopped):  # and from now on, it has the new path
        resume("--checkpoint-dir", "runs")
    with open("my songs.csv", "a", encoding="utf-8") as file:
        file.write("Tin Orchard,New,,la la la\n")
    assert_main_refuses(capsys, lyrics.main, argv, "has changed", "--run NAME")


@pytest.mark.slow
def test_a_run_is_resumed_from_another_folder(moved, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    for _ in range(2):
        with pytest.raises(Stopped):
            resume("--checkpoint-dir", moved / "runs")
    with pytest.raises(Stopped):
        resume("--checkpoint-dir", "../saved/runs")


@pytest.mark.slow
def test_a_run_of_another_version_says_what_to_do(moved, capsys):
    path = moved / "runs" / "lyrics" / "r" / "meta.json"
    meta = json.loads(path.read_text())
    argv = ["--run", "r", "--resume", "--checkpoint-dir", "runs"]
    for change in ({"args": meta["args"] | {"gone": 1}}, {"version": 99}):
        path.write_text(json.dumps(meta | change))
        before = contents(moved)
        assert_main_refuses(capsys, lyrics.main, argv, "version", "Gene")
        assert contents(moved) == before
        assert "--overwrite" not in capsys.readouterr().err


def test_pictures_and_digits_are_the_same_wherever_they_are(tmp_path):
    pictures = tmp_path / "a" / "pictures"
    pictures.mkdir(parents=True)
    for i in range(20):
        pixels = np.random.default_rng(i).integers(0, 255, (64, 64, 3), dtype="uint8")
        Image.fromarray(pixels).save(pictures / f"{i}.png")
    write_digits(tmp_path / "a" / "digits")

    def load(folder):
        images = faces.load(str(folder / "pictures"), 100, "training", tmp_path / "cache")
        return images.hash, load_digits(folder / "digits", allow_other_digits=True).meta

    before = load(tmp_path / "a")
    (tmp_path / "a").rename(tmp_path / "other place")
    assert load(tmp_path / "other place") == before


def test_no_message_advises_to_overwrite():
    for path in sorted((ROOT / "train").rglob("*.py")):
        text = path.read_text()
        advice = [line for line in text.splitlines() if "with --overwrite" in line]
        assert not advice, path


def test_digits_find_the_run_to_fool_next_to_the_package(tmp_path, monkeypatch):
    import train.digits.fooling as fooling

    monkeypatch.setattr(fooling, "evolve", stopped)
    splits = digits.DigitSplit(np.zeros((20, 28, 28), "uint8"), np.arange(20, dtype="uint8") % 10)
    monkeypatch.setattr(fooling, "pixel_quantiles", lambda *_, **__: None)
    with pytest.raises(Stopped):  # so `original` was found
        fooling.fooling_images(splits, str(tmp_path), 10, 1)


def test_weights_are_found_next_to_the_package(tmp_path, songs, monkeypatch):
    begun = []
    monkeypatch.setattr(lyrics, "warm_start", lambda folder, *_: begun.append(folder))
    monkeypatch.setattr(lyrics, "train", stopped)
    monkeypatch.chdir(tmp_path)
    argv = ["--songs", str(songs), "--init-from", "gene-lyrica-two", "--checkpoint-dir", "runs"]
    with pytest.raises(Stopped):
        lyrics.main([*argv, "--run", "r", "--recipe", "gene-lyrica-two"])
    assert begun == [ROOT / "checkpoints" / "lyrics" / "gene-lyrica-two"]
