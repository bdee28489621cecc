"""explore.avatars and the attribute classifier, with briefly trained networks."""

import json

import numpy as np
import pytest
from PIL import Image

import explore.avatars.__main__
import train.attributes.__main__
from common.checkpoint import load_run
from common.cli import GeneError
from data.avatars import faces
from data.avatars.labelled_images import sample_labels
from data.avatars.toonhead import ATTRIBUTES
from explore.avatars.quantized import quantized_copy
from explore.avatars.report import Row, format_row
from generate.faces import generate_images, load, override_labels, sample_noise
from metrics.feature_extractor import feature_extractor, find_classifier
from models.attributes import AttributeClassifier
from models.avatars import DCGANGenerator, Generator
from tests.helpers import assert_main_refuses
from train.attributes.augment import augment, blur, shift

LABELS = sum(len(attribute.variants) for attribute in ATTRIBUTES)


def write_run(folder, network, **more_args):
    """Write an avatar run like train.avatars, with initial weights."""
    folder.mkdir(parents=True)
    network.save(folder / "model.keras")
    args = {"data": "faces", "faces": None, "max_images": 128} | more_args
    is_labelled = args["data"] == "faces"
    attributes = [attribute._asdict() for attribute in ATTRIBUTES] if is_labelled else []
    (folder / "meta.json").write_text(
        json.dumps(
            {
                "version": 2,
                "task": "avatars",
                "args": args,
                "best": {"epoch": 3},
                "data": {"images": 128, "attributes": attributes},
            }
        )
    )


def learn(runs, checkpoints, *more):
    """Train an attribute classifier briefly, on 128 faces."""
    train.attributes.__main__.main(
        [
            "--checkpoint-dir",
            str(checkpoints),
            "--cache-dir",
            str(runs / "cache"),
            "--max-images",
            "128",
            "--channels",
            "8",
            "8",
            "8",
            "8",
            "--embedding-dim",
            "16",
            "--batch-size",
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
    """Checkpoints with a classifier, two untrained face generators and one of ellipses."""
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
    after = 0 if arguments[0].startswith("-") else 1  # the command, which may be missing
    arguments = [*arguments[:after], "--run", "faces", *arguments[after:]]
    folders = ["--checkpoint-dir", str(runs), "--cache-dir", str(runs / "cache")]
    explore.avatars.__main__.main([*arguments, *folders])


def test_the_classifier_learns_and_is_measured_on_held_out_faces(runs):
    network, meta = load_run(runs / "attributes" / "faces", "attributes", [AttributeClassifier])
    assert network.variants == [len(attribute.variants) for attribute in ATTRIBUTES]
    assert (
        0.1 < meta["metrics"]["held_out_accuracy"] < 1
        and meta["metrics"]["worst_attribute"] in meta["metrics"]["attributes"]
    )
    assert (
        meta["data"]["attributes"][0]["name"] == "hair" and meta["epoch"] == 2 and meta["finished"]
    )


def test_an_interrupted_classifier_resumes_to_the_same_weights(runs, tmp_path, monkeypatch):
    steps = iter(range(11))
    monkeypatch.setattr(
        "train.attributes.trainer.augment", lambda *given: (next(steps), augment(*given))[1]
    )
    with pytest.raises(Exception):  # noqa: B017 (Keras wraps it)
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
    assert all((a == b).all() for a, b in zip(unbroken, resumed, strict=True))


def test_the_classifier_of_the_attributes_is_found(runs):
    held_out = faces.load(count=128, split="held-out", cache_dir=runs / "cache")
    classifier = find_classifier(held_out.attributes, runs)
    assert classifier is not None
    recognized, points = feature_extractor(held_out.images, classifier)(held_out.images)
    assert recognized.shape == held_out.labels.shape and points.shape == (128, 16)
    assert find_classifier(held_out.attributes[1:], runs) is None
    assert find_classifier((), runs) is None
    assert feature_extractor(held_out.images, None)(held_out.images)[0] is None


def test_predictions_do_not_depend_on_the_batch(runs, monkeypatch):
    held_out = faces.load(count=128, split="held-out", cache_dir=runs / "cache")
    classifier = find_classifier(held_out.attributes, runs)
    whole = classifier.predict_with_embeddings(held_out.images)
    monkeypatch.setattr("models.attributes.BATCH", 50)
    for a, b in zip(whole, classifier.predict_with_embeddings(held_out.images), strict=True):
        assert a == pytest.approx(b, abs=1e-4)


def table(runs, run):
    return json.loads((runs / "avatars" / run / "meta.json").read_text())["metrics"]


def test_metrics_of_untrained_generators(runs, capsys):
    ask(runs, "measure", "--run", "faces-dcgan", "--count", "100")
    ask(runs, "measure", "--count", "100")
    printed = capsys.readouterr().out
    kept, plain = table(runs, "faces"), table(runs, "faces-dcgan")
    assert (
        "accuracy" not in plain
        and "frechet_vs_baseline" not in plain
        and kept["frechet_vs_baseline"]["generated"] > 0
    )
    assert (
        kept["images"] == 100
        and kept["accuracy"]["generated"] < 0.6
        and not kept["accuracy"]["reached"]
    )
    assert kept["coverage"]["generated"] < 0.2 < 0.8 < kept["coverage"]["real"]
    assert kept["frechet"]["generated"] > 10 * kept["frechet"]["real"]
    assert kept["frechet"]["exported"] == pytest.approx(kept["frechet"]["generated"], rel=0.05)
    assert kept["frechet"]["exported"] != kept["frechet"]["generated"], "it is another network"
    rows = (runs / "avatars" / "faces" / "table.md").read_text().splitlines()
    assert set(rows) <= set(printed.splitlines()) and len(rows) == 2 + len(kept) - 1


def test_metrics_of_ellipses_need_no_classifier(runs, capsys):
    ask(runs, "measure", "--run", "ellipses-white", "--count", "100")
    kept = table(runs, "ellipses-white")
    assert (
        kept["overlap"]["real"] > 0.99
        and kept["overlap"]["generated"] < 0.9
        and not kept["overlap"]["reached"]
    )
    assert "accuracy" not in kept and kept["frechet"]["generated"] > kept["frechet"]["real"]


def test_faces_with_chosen_attributes(runs, tmp_path, capsys):
    args = ["--set", "hair=bun", "glasses=none", "--out"]
    ask(runs, "draw", *args, str(tmp_path / "a.png"), "--seed", "5")
    ask(runs, *args, str(tmp_path / "b.png"), "--seed", "5")
    ask(runs, "draw", *args, str(tmp_path / "c.png"), "--seed", "6")
    a, b, c = (np.asarray(Image.open(tmp_path / f"{name}.png")) for name in "abc")
    assert a.shape == (256, 1024, 3) and (a == b).all() and (a != c).any()
    labels = sample_labels(np.random.default_rng(1), ATTRIBUTES, 50)
    chosen = override_labels(labels, ATTRIBUTES, {"hair": "bun", "glasses": "none"})
    names = [attribute.name for attribute in ATTRIBUTES]
    assert (chosen[:, 0] == ATTRIBUTES[0].variants.index("bun")).all()
    assert (chosen[:, names.index("frame_color")] == -1).all(), (
        "without glasses no frame is requested"
    )
    assert len(np.unique(chosen[:, names.index("skin")])) > 3


def test_mixtures_are_measured_at_every_tenth(runs, tmp_path, capsys):
    out = tmp_path / "mixtures.png"
    ask(runs, "mix", "--count", "12", "--out", str(out))
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| ")][2:]
    assert [row.split()[1] for row in rows] == [
        f"{tenth}0%" if tenth else "0%" for tenth in range(11)
    ]
    assert Image.open(out).size == (11 * 128, 10 * 128)


def test_the_face_of_a_name_and_of_its_code(runs, tmp_path, capsys):
    first, second = tmp_path / "name.png", tmp_path / "code.png"
    ask(runs, "face", "--name", "Ada", "--out", str(first))
    code = capsys.readouterr().out.split()[0]
    assert code == "10M3RQKWT", "as on the page"
    ask(runs, "face", "--code", code.lower(), "--out", str(second))
    assert first.read_bytes() == second.read_bytes()
    face = Image.open(first)
    assert face.size == (512, 512) and face.text["Face code"] == code
    ask(runs, "face", "--name", "🙂" * 3000, "--side", "64", "--out", str(first))
    assert Image.open(first).size == (64, 64)


@pytest.mark.parametrize(
    "code, word",
    [("0ABC", "version"), ("10M3RQKWX", "not a valid face code"), ("", "not a valid face code")],
)
def test_wrong_codes_are_refused(runs, capsys, code, word):
    main = explore.avatars.__main__.main
    arguments = ["face", "--run", "faces", "--code", code, "--checkpoint-dir", runs]
    assert_main_refuses(capsys, main, arguments, word)


def test_the_help_of_draw_lists_attributes_and_variants(capsys):
    with pytest.raises(SystemExit):
        explore.avatars.__main__.main(["draw", "--help"])
    text = capsys.readouterr().out
    assert "sideComed (combed to the side)" in text and "glasses: none, round" in text


def test_faces_as_a_library(runs, tmp_path):
    generator = load("faces", runs)
    face = generator.draw(hair="spiky", glasses="round", seed=7)
    assert face.mode == "RGB" and face.size == (256, 256)
    assert (
        np.asarray(face)
        == np.asarray(
            load(runs / "avatars" / "faces").draw(
                attributes={"hair": "spiky", "glasses": "round"}, seed=7
            )
        )
    ).all()
    assert (np.asarray(face) != np.asarray(generator.draw(hair="bun", seed=7))).any()
    assert generator.draw(count=10, side=64).size == (512, 128)
    small = np.asarray(generator.draw(count=3, seed=2, side=64))
    assert (small[:, :64] == np.asarray(generator.draw(seed=2, side=64))).all()
    with pytest.raises(GeneError, match="glasses=big: glasses must be one of none, round"):
        generator.draw(glasses="big")
    with pytest.raises(GeneError, match="hair: no such attribute; this network has no attributes"):
        load("faces-dcgan", runs).draw(hair="bun")


def test_the_nearest_training_face_is_below(runs, tmp_path):
    with_nearest = explore.avatars.__main__.with_nearest
    training = faces.load(count=128, cache_dir=runs / "cache").images
    sheet = with_nearest(training[[5, 90, 7]] // 2, training)
    assert (sheet[:3] == training[[5, 90, 7]] // 2).all() and sheet.shape == (16, 64, 64, 3)
    rows = with_nearest(training[:20], training)
    assert (
        (rows[16:24] == training[8:16]).all()
        and (rows[40:44] == training[16:20]).all()
        and (rows[44:] == 255).all()
    )
    ask(runs, "nearest", "--count", "8", "--out", str(tmp_path / "n.png"))
    assert Image.open(tmp_path / "n.png").size == (1024, 256)


def test_quantized_weights_give_the_images_of_the_export(runs, tmp_path):
    from export import avatars, graph

    for run in ("faces", "faces-dcgan"):
        network = load(run, runs).network
        norms = [layer for layer in network.layers if hasattr(layer, "moving_mean")]
        for i, norm in enumerate(norms):  # as after a training
            rng = np.random.default_rng(i)
            norm.set_weights([w + rng.uniform(0, 0.5, w.shape) for w in norm.get_weights()])
        folder = tmp_path / run
        folder.mkdir()
        outputs = graph.convert(avatars.graph(network), network, folder, "uint8")
        exported = graph.load(folder, outputs)
        rng = np.random.default_rng(1)
        noise = rng.standard_normal((20, network.latent_dim), dtype="float32")
        labels = rng.random((20, network.num_labels), dtype="float32")
        expected = exported({"noise": noise, "labels": labels})["images"]
        actual = np.asarray(quantized_copy(network)(noise, labels))
        assert np.abs(actual - expected).max() < 1e-4


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["draw", "--set", "nose=big"], ["nose", "hair"]),
        (["draw", "--set", "hair=green"], ["hair", "spiky"]),
        (["draw", "--run", "faces-dcgan", "--set", "hair=bun"], ["hair", "no attributes"]),
        (["draw", "--run", "nobody"], ["nobody", "no such run"]),
        (["draw", "--out", "face.jpg"], ["face.jpg", ".png"]),
        (["measure", "--count", "20"], ["--count", "100"]),
        (["draw", "--set", "hair"], ["--set hair", "hair=spiky"]),
        (["paint"], ["paint"]),
    ],
)
def test_impossible_requests_are_refused_in_one_line(runs, capsys, arguments, words):
    command, *rest = arguments
    folders = ["--checkpoint-dir", runs, "--cache-dir", runs / "cache"]
    wrong = [command, "--run", "faces", *rest, *folders]
    assert_main_refuses(capsys, explore.avatars.__main__.main, wrong, *words)


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
    assert Row("density", 1.1, 1, "0.8 to 1.2", 0.8, 1.2).reached is True
    assert Row("density", 1.3, 1, "0.8 to 1.2", 0.8, 1.2).reached is False
    assert Row("density", 0, 0, "none", most=0).reached is True
    assert Row("density", 0.1, 0).reached is None
    row = Row("accuracy", 0.98765, 1, "at least 97%", 0.97)
    assert format_row(row) == "| attributes as requested | 0.9877 |  | 1 | at least 97% | yes |"
    fallen = Row("recall", 0.98, 1, "at least 97%", 0.97, exported=0.96, detail="x")
    assert format_row(fallen) == "| recall (x) | 0.98 | 0.96 | 1 | at least 97% | no |"


def test_images_depend_on_the_seed_alone():
    network = Generator(4, 0, 8, (4, 4, 4, 4, 4))
    labels = np.zeros((130, 0), "float32")
    first, again, other = (
        generate_images(network, sample_noise(network, 130, seed), labels) for seed in (3, 3, 4)
    )
    assert first.shape == (130, 64, 64, 3) and first.dtype == np.uint8
    assert (first == again).all() and (first != other).any()


def test_augmented_faces_are_shifted_blurred_and_noisy_but_reproducible():
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
    rough = [augment(images, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert (
        (rough[0] == rough[1]).all()
        and (rough[0] != rough[2]).any()
        and np.abs(rough[0]).max() <= 1
    )
