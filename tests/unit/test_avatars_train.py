"""Training of avatars: exact resume, collapse warnings, and one-line errors."""

import json

import numpy as np
import pytest
from PIL import Image

import train.avatars.__main__
from common.checkpoint import load_run
from models.avatars import DCGANGenerator, Generator
from tests.helpers import TINY_AVATARS, assert_main_refuses, run_module
from train.avatars.monitor import GeneratorMonitor

RECIPE = ["--recipe", "ellipses-white", *TINY_AVATARS]


def args(folder, *more):
    return [
        *RECIPE,
        "--checkpoint-dir",
        folder,
        "--cache-dir",
        folder / "cache",
        "--run",
        "r",
        *more,
    ]


def weights(folder):
    network, meta = load_run(folder / "avatars" / "r", "avatars", [Generator, DCGANGenerator])
    return [np.asarray(v) for v in network.weights], meta


def test_a_run_folder_holds_what_it_should(avatars):
    for run, kind in (("faces", "Generator"), ("faces-dcgan", "DCGANGenerator")):
        folder = avatars / "avatars" / run
        meta = json.loads((folder / "meta.json").read_text())
        assert meta["task"] == "avatars" and meta["class_name"] == kind and meta["epoch"] == 2
        assert [attribute["name"] for attribute in meta["data"]["attributes"]][:2] == [
            "hair",
            "rear_hair",
        ]
        assert 0 < meta["best"]["frechet"] < 10 and 0 <= meta["best"]["diversity"] < 2
        for name in ("epoch-001.webp", "epoch-002.webp"):
            assert Image.open(folder / "samples" / name).size == (256, 256)
        assert Image.open(folder / "samples" / "sheet.webp").size == (1024, 128)
    frames = Image.open(avatars / "avatars" / "faces" / "samples" / "animation.webp").n_frames
    assert frames == 2, "the other run changes too little for two"


def test_collapse_is_reported(capsys):
    class Held:
        network = DCGANGenerator(8, (8, 8, 8, 8))

    images = np.random.default_rng(0).integers(0, 256, (20, 64, 64, 3), dtype="uint8")
    watch = GeneratorMonitor(images, np.zeros((20, 0), "float32"), Held.network, 1)
    logs = {}
    watch.set_model(Held)
    watch.on_epoch_end(0, logs)
    assert logs["diversity"] < 0.5 and logs["frechet"] > 0.1
    assert "mode collapse: generated images differ" in capsys.readouterr().out
    watch.space.diversity = lambda _: 0.9
    watch.on_epoch_end(1, logs)
    assert "collapse" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrong, words",
    [
        (["--recipe", "portraits"], ["--recipe", "portraits"]),
        (["--channels", "8"], ["--channels", "2 to 6"]),
        (["--model", "dcgan", "--channels", "8", "8", "8", "8", "8"], ["--channels", "4 numbers"]),
        (["--max-images", "10"], ["--max-images"]),
        (["--learning-rate", "0"], ["--learning-rate"]),
        (["--batch-size", "1"], ["--batch-size"]),
        (["--faces", "somewhere"], ["--faces", "ellipses-white trains on white"]),
        (["--data", "portraits"], ["--data"]),
    ],
)
def test_wrong_flags_are_refused_in_a_line(tmp_path, capsys, wrong, words):
    assert_main_refuses(capsys, train.avatars.__main__.main, args(tmp_path, *wrong), *words)
    assert not (tmp_path / "avatars").exists()


def test_a_folder_of_any_pictures_trains(tmp_path):
    folder, rng = tmp_path / "pictures", np.random.default_rng(3)
    folder.mkdir()
    for i in range(220):
        Image.fromarray(rng.integers(0, 256, (80, 70, 3), dtype="uint8")).save(folder / f"{i}.png")
    result = run_module(
        "train.avatars",
        "--recipe",
        "faces",
        *TINY_AVATARS,
        "--max-images",
        400,
        "--faces",
        folder,
        "--run",
        "r",
        "--checkpoint-dir",
        tmp_path,
        "--cache-dir",
        tmp_path / "cache",
    )
    assert result.returncode == 0, result.stderr
    network, meta = load_run(tmp_path / "avatars" / "r", "avatars", [Generator])
    assert network.num_labels == 0 and meta["data"]["attributes"] == []
