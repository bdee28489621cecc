"""What explore.avatars prints and draws: on a generator that knows nothing, and on a judge trained for a moment."""

import json

import numpy as np
import pytest
from PIL import Image

import explore.avatars.__main__
import train.attributes.__main__
from common.checkpoint import load_run
from data.avatars import faces
from data.avatars.toonhead import FEATURES
from explore.avatars.report import Row, line
from generate.faces import draw, noise_of
from metrics.feature_extractor import find_classifier, find_look
from models.attributes import AttributeClassifier
from models.avatars import DCGANGenerator, Generator
from tests.helpers import assert_main_refuses
from train.attributes.trainer import blur, roughen, shift

LABELS = sum(len(feature.variants) for feature in FEATURES)


def write_run(folder, network, **told):
    """An avatar run as train.avatars leaves it, with the weights a network begins with."""
    folder.mkdir(parents=True)
    network.save(folder / "model.keras")
    args = {"data": "faces", "faces": None, "count": 128} | told
    features = [feature._asdict() for feature in FEATURES] if args["data"] == "faces" else []
    (folder / "meta.json").write_text(
        json.dumps(
            {
                "version": 2,
                "task": "avatars",
                "args": args,
                "best": {"epoch": 3},
                "data": {"pictures": 128, "features": features},
            }
        )
    )


def learn(runs, checkpoints, *more):
    """Train a judge for a moment, on 128 faces."""
    train.attributes.__main__.main(
        [
            "--checkpoint-dir",
            str(checkpoints),
            "--cache-dir",
            str(runs / "cache"),
            "--count",
            "128",
            "--widths",
            "8",
            "8",
            "8",
            "8",
            "--size",
            "16",
            "--batch",
            "16",
            "--epochs",
            "2",
            "--save-steps",
            "3",
            *more,
        ]
    )


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Checkpoints with a judge, two generators that know nothing of faces, and one that knows nothing of ellipses."""
    folder = tmp_path_factory.mktemp("runs")
    learn(folder, folder)
    write_run(folder / "avatars" / "faces", Generator(8, LABELS, 16, (8, 8, 8, 8, 8)))
    write_run(folder / "avatars" / "faces-dcgan", DCGANGenerator(8, (16, 8, 8, 8)))
    write_run(
        folder / "avatars" / "ellipses-white",
        Generator(8, 0, 8, (8, 8, 8, 8), "linear"),
        data="white",
    )
    return folder


def ask(runs, *arguments):
    explore.avatars.__main__.main(
        [*arguments, "--checkpoint-dir", str(runs), "--cache-dir", str(runs / "cache")]
    )


def test_the_judge_learns_and_tells_of_faces_it_never_saw(runs):
    network, meta = load_run(runs / "attributes" / "faces", "attributes", [AttributeClassifier])
    assert network.variants == [len(feature.variants) for feature in FEATURES]
    assert (
        0.1 < meta["metrics"]["held_out_accuracy"] < 1
        and meta["metrics"]["worst"] in meta["metrics"]["features"]
    )
    assert meta["data"]["features"][0]["name"] == "hair" and meta["epoch"] == 2 and meta["finished"]


def test_a_judge_that_was_broken_off_goes_on_to_the_same_weights(runs, tmp_path, monkeypatch):
    steps = iter(range(11))
    monkeypatch.setattr(
        "train.attributes.trainer.roughen", lambda *given: (next(steps), roughen(*given))[1]
    )
    with pytest.raises(Exception):
        learn(runs, tmp_path)
    monkeypatch.undo()
    left = json.loads((tmp_path / "attributes" / "faces" / "meta.json").read_text())
    assert left["epoch"] < 2 and "metrics" not in left
    learn(runs, tmp_path, "--resume")
    unbroken, resumed = (
        load_run(folder / "attributes" / "faces", "attributes", [AttributeClassifier])[
            0
        ].get_weights()
        for folder in (runs, tmp_path)
    )
    assert all((a == b).all() for a, b in zip(unbroken, resumed))


def test_the_judge_that_knows_the_features_is_found(runs):
    held_out = faces.load(count=128, part="held-out", cache=runs / "cache")
    assert find_classifier(held_out.features, runs) is not None
    seen, points = find_look(held_out, runs)(held_out.images)
    assert seen.shape == held_out.labels.shape and points.shape == (128, 16)
    assert (
        find_classifier(held_out.features[1:], runs) is None and find_classifier((), runs) is None
    )
    assert find_look(held_out._replace(features=()), runs)(held_out.images)[0] is None


def test_looking_does_not_hang_on_the_block(runs, monkeypatch):
    held_out = faces.load(count=128, part="held-out", cache=runs / "cache")
    judge = find_classifier(held_out.features, runs)
    whole = judge.look(held_out.images)
    monkeypatch.setattr("models.attributes.BLOCK", 50)
    for a, b in zip(whole, judge.look(held_out.images)):
        assert a == pytest.approx(b, abs=1e-4)


def table(runs, run):
    return json.loads((runs / "avatars" / run / "meta.json").read_text())["metrics"]


def test_measures_of_generators_that_know_nothing(runs, capsys):
    ask(runs, "measure", "--run", "faces-dcgan", "--count", "100")
    ask(runs, "measure", "--count", "100")
    printed = capsys.readouterr().out
    kept, plain = table(runs, "faces"), table(runs, "faces-dcgan")
    assert (
        "accuracy" not in plain
        and "frechet_of_rival" not in plain
        and kept["frechet_of_rival"]["made"] > 0
    )
    assert (
        kept["pictures"] == 100
        and kept["accuracy"]["made"] < 0.6
        and not kept["accuracy"]["reached"]
    )
    assert kept["coverage"]["made"] < 0.2 < 0.8 < kept["coverage"]["real"]
    assert kept["frechet"]["made"] > 10 * kept["frechet"]["real"]
    assert kept["frechet"]["exported"] == pytest.approx(kept["frechet"]["made"], rel=0.05)
    assert kept["frechet"]["exported"] != kept["frechet"]["made"], "it is another network"
    rows = (runs / "avatars" / "faces" / "table.md").read_text().splitlines()
    assert set(rows) <= set(printed.splitlines()) and len(rows) == 2 + len(kept) - 1


def test_measures_of_ellipses_need_no_judge(runs, capsys):
    ask(runs, "measure", "--run", "ellipses-white", "--count", "100")
    kept = table(runs, "ellipses-white")
    assert (
        kept["overlap"]["real"] > 0.99
        and kept["overlap"]["made"] < 0.9
        and not kept["overlap"]["reached"]
    )
    assert "accuracy" not in kept and kept["frechet"]["made"] > kept["frechet"]["real"]


def test_faces_with_chosen_features(runs, tmp_path, capsys):
    args = ["--set", "hair=bun", "glasses=none", "--out"]
    ask(runs, "draw", *args, str(tmp_path / "a.png"), "--seed", "5")
    ask(runs, "draw", *args, str(tmp_path / "b.png"), "--seed", "5")
    ask(runs, "draw", *args, str(tmp_path / "c.png"), "--seed", "6")
    a, b, c = (np.asarray(Image.open(tmp_path / f"{name}.png")) for name in "abc")
    assert a.shape == (256, 1024, 3) and (a == b).all() and (a != c).any()
    chosen = explore.avatars.choose(FEATURES, ["hair=bun", "glasses=none"], 50, 1)
    names = [feature.name for feature in FEATURES]
    assert (chosen[:, 0] == FEATURES[0].variants.index("bun")).all()
    assert (chosen[:, names.index("frame_color")] == -1).all(), (
        "without glasses no frame is asked for"
    )
    assert len(np.unique(chosen[:, names.index("skin")])) > 3


def test_the_nearest_training_face_lies_below(runs, tmp_path):
    training = faces.load(count=128, cache=runs / "cache").images
    sheet = explore.avatars.beside_nearest(training[[5, 90, 7]] // 2, training)
    assert (sheet[:3] == training[[5, 90, 7]] // 2).all() and sheet.shape == (16, 64, 64, 3)
    rows = explore.avatars.beside_nearest(training[:20], training)
    assert (
        (rows[16:24] == training[8:16]).all()
        and (rows[40:44] == training[16:20]).all()
        and (rows[44:] == 255).all()
    )
    ask(runs, "nearest", "--count", "8", "--out", str(tmp_path / "n.png"))
    assert Image.open(tmp_path / "n.png").size == (1024, 256)


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["draw", "--set", "nose=big"], ["nose", "hair"]),
        (["draw", "--set", "hair=green"], ["hair", "spiky"]),
        (["draw", "--run", "faces-dcgan", "--set", "hair=bun"], ["hair", "none"]),
        (["draw", "--run", "nobody"], ["nobody", "no such run"]),
        (["draw", "--out", "face.jpg"], ["face.jpg", ".png"]),
        (["measure", "--count", "20"], ["--count", "100"]),
        (["paint"], ["paint"]),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_line(runs, capsys, arguments, words):
    folders = ["--checkpoint-dir", runs, "--cache-dir", runs / "cache"]
    assert_main_refuses(capsys, explore.avatars.__main__.main, [*arguments, *folders], *words)


def test_faces_without_labels_cannot_be_learned(runs, tmp_path, capsys):
    for i in range(64):
        Image.new("RGB", (64, 64), (i, i, i)).save(tmp_path / f"{i}.png")
    args = [
        "--faces",
        tmp_path,
        "--cache-dir",
        tmp_path / "cache",
        "--checkpoint-dir",
        tmp_path / "runs",
    ]
    assert_main_refuses(capsys, train.attributes.__main__.main, args, "no labels")


def test_a_row_says_whether_its_goal_is_reached():
    assert Row("k", "n", 1.1, 1, "0.8 to 1.2", 0.8, 1.2).reached == "yes"
    assert Row("k", "n", 1.3, 1, "0.8 to 1.2", 0.8, 1.2).reached == "no"
    assert (
        Row("k", "n", 0, 0, "none", most=0).reached == "yes" and Row("k", "n", 0.1, 0).reached == ""
    )
    assert (
        line(Row("k", "n", 0.98765, 1, "at least 97 %", 0.97))
        == "| n | 0.9877 |  | 1 | at least 97 % | yes |"
    )
    fallen = Row("k", "n", 0.98, 1, "at least 97 %", 0.97, exported=0.96)
    assert line(fallen) == "| n | 0.98 | 0.96 | 1 | at least 97 % | no |"


def test_drawing_hangs_on_the_seed_alone():
    network, labels = Generator(4, 0, 8, (4, 4, 4, 4, 4)), np.zeros((130, 0), "float32")
    first, again, other = (
        draw(network, noise_of(seed, 130, network), labels) for seed in (3, 3, 4)
    )
    assert first.shape == (130, 64, 64, 3) and first.dtype == np.uint8
    assert (first == again).all() and (first != other).any()


def test_roughened_faces_are_moved_blurred_and_noisy_but_the_same():
    images = np.zeros((3, 64, 64, 3), "uint8")
    images[:, 20:30, 40:50] = 255
    moved = shift(images, np.array([[2, -3], [0, 0], [-1, 1]]))
    assert (
        (moved[0, 22:32, 37:47] == 255).all()
        and moved[0].sum() == images[0].sum()
        and (moved[1] == images[1]).all()
    )
    soft = blur(np.float32(images))
    assert soft.sum() == pytest.approx(images.sum()) and soft[0, 20, 40, 0] == pytest.approx(
        255 * 9 / 16
    )
    rough = [roughen(images, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert (
        (rough[0] == rough[1]).all()
        and (rough[0] != rough[2]).any()
        and np.abs(rough[0]).max() <= 1
    )
