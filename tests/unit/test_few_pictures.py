"""Training on 20 to 300 pictures: augmentation, image codes, warm start, mode collapse, and the command line."""

import io
import os
import signal

import keras
import numpy as np
import pytest
from keras import ops
from PIL import Image, ImageDraw, ImageFilter

import train.avatars.__main__
from common.checkpoint import load_run
from common.cli import GeneError
from data.avatars.labelled_images import Attribute, LabelledImages
from generate.faces import FaceGenerator
from metrics.eigenface_monitor import EigenfaceMonitor, PixelSpaceMonitor
from models.avatars import Discriminator, Generator
from tests.helpers import assert_main_refuses, fork_server, run_module
from train.avatars.batches import ImageBatches
from train.avatars.codes import image_codes
from train.avatars.diff_augment import augment
from train.avatars.monitor import CollapseDetector
from train.avatars.warm_start import warm_start

TINY = [
    *["--batch-size", "8", "--latent", "8", "--channels", "16", "16", "8", "8"],
    *["--min-steps", "3", "--epochs", "2"],
]


def drawings(count, seed=0):
    """Simple pictures that differ, uint8 of shape (count, 64, 64, 3)."""
    rng = np.random.default_rng(seed)
    images = []
    for _ in range(count):
        image = Image.new("RGB", (64, 64), "white")
        box = (*rng.integers(4, 20, 2).tolist(), *rng.integers(40, 60, 2).tolist())
        color = tuple(rng.integers(0, 200, 3).tolist())
        ImageDraw.Draw(image).ellipse(box, fill=color)
        images.append(np.asarray(image))
    return np.stack(images)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of 40 pictures without labels."""
    folder = tmp_path_factory.mktemp("forty")
    for i, image in enumerate(drawings(40)):
        Image.fromarray(image).save(folder / f"{i}.png")
    return folder


def args(source, target, *more):
    places = ["--checkpoint-dir", target, "--cache-dir", target / "cache", "--run", "r"]
    return ["--faces", source, *TINY, *places, *more]


def test_augmented_images_differ_and_let_gradients_through():
    images = np.float32(drawings(6)) / 127.5 - 1
    seed = keras.random.SeedGenerator(1)
    first, second = (ops.convert_to_numpy(augment(images, seed)) for _ in range(2))
    assert first.shape == images.shape and np.isfinite(first).all()
    assert np.abs(first - second).mean() > 0.1
    assert (first == 0).all(axis=3).mean(axis=(1, 2)).min() > 0.05, "a part is cut out"
    import tensorflow as tf

    variable = tf.Variable(images)
    with tf.GradientTape() as tape:
        loss = ops.mean(ops.square(augment(variable, seed)))
    gradient = np.abs(tape.gradient(loss, variable).numpy())
    assert gradient.reshape(6, -1).max(axis=1).min() > 0


def test_codes_are_normal_and_tell_images_apart():
    images = drawings(60)
    codes = image_codes(images, np.zeros((60, 0), "float32"), 16, 1)
    assert codes.shape == (60, 16) and codes.dtype == np.float32
    assert np.abs(codes.mean(axis=0)).max() < 0.5
    assert codes.std(axis=0) == pytest.approx(1, abs=0.3)
    again = image_codes(images, np.zeros((60, 0), "float32"), 16, 1)
    assert (codes == again).all()
    similar = images.copy()
    similar[0] = images[1] // 2 + images[0] // 2
    near = image_codes(similar, np.zeros((60, 0), "float32"), 4, 1)
    assert np.linalg.norm(near[0] - near[1]) < np.linalg.norm(codes[0, :4] - codes[1, :4])


def test_codes_leave_out_what_the_labels_say():
    images = np.repeat(drawings(2), 20, axis=0)
    labels = np.eye(2, dtype="float32").repeat(20, axis=0)
    codes = image_codes(images, labels, 8, 1)
    assert np.isfinite(codes).all() and np.abs(codes).max() < 6
    assert np.abs(codes[:20].mean(axis=0) - codes[20:].mean(axis=0)).max() < 1.5


@pytest.mark.parametrize("count", [2, 5, 40])
def test_more_numbers_in_a_code_than_images(count):
    codes = image_codes(drawings(count), np.zeros((count, 0), "float32"), 64, 1)
    assert codes.shape == (count, 64) and np.isfinite(codes).all()


def test_an_epoch_repeats_few_images_evenly():
    images = drawings(10)
    data = LabelledImages(images, np.zeros((10, 0), "int16"), (), "")
    batches = ImageBatches(data, 4, 1, min_steps=25)
    assert batches.steps == 25 and ImageBatches(data, 4, 1).steps == 2
    order = batches.epoch_order(np.random.default_rng(0))
    assert (np.bincount(order[:100]) == 10).all()
    x = next(batches.batches(0, 0))[0]
    assert [part.shape for part in x] == [(4, 64, 64, 3), (4, 0), (4, 0)]


HAIR = Attribute("hair", ("none", "long", "short"), (0.5, 0.25, 0.25))
HAT = Attribute("hat", ("no", "yes"), (0.5, 0.5))


def test_a_warm_start_takes_what_fits():
    known = (Attribute("hair", ("short", "bun", "none"), (0.4, 0.3, 0.3)),)
    source = Generator(8, 3, channels=(16, 16, 8, 8))
    target = Generator(6, 5, channels=(16, 16, 8, 4))
    before = [np.array(ops.convert_to_numpy(weight)) for weight in target.weights]
    assert warm_start(FaceGenerator(source, known, {}), target, (HAIR, HAT)) == ["hair"]
    first, other = (np.array(model.mapping[0].kernel) for model in (target, source))
    assert (first[:6] == other[:6]).all(), "noise"
    assert (first[6] == other[8 + 2]).all() and (first[8] == other[8 + 0]).all(), "none and short"
    changed = {
        weight.path.split("/", 1)[1]: not np.array_equal(old, weight)
        for weight, old in zip(target.weights, before, strict=True)
    }
    assert changed["projection/kernel"] and changed["convolution_0/kernel"]
    assert not changed["convolution_2/kernel"] and not changed["to_rgb/kernel"], "other shapes"
    assert (first[[7, 9, 10]] == before[0][[7, 9, 10]]).all(), "long and hat are new"


def test_a_discriminator_without_labels_has_no_weights_for_them():
    names = [weight.path for weight in Discriminator(0).weights]
    assert not any("label_projection" in name for name in names)
    assert any("label_projection" in weight.path for weight in Discriminator(4).weights)


@pytest.mark.parametrize("count, copies", [(25, 0), (25, 10), (5, 0), (2, 0), (16, 14)])
def test_axes_of_rounding_errors_are_not_measured(count, copies):
    images = drawings(count)
    images[count - copies :] = images[0] if copies else images[count - copies :]
    monitor = EigenfaceMonitor(images)
    assert len(monitor.axes) <= max(count - copies - 1, 1)
    norms = np.linalg.norm(monitor.pca.components_[monitor.axes], axis=1)
    assert norms == pytest.approx(1, abs=1e-4)
    assert monitor.frechet(images) == pytest.approx(0, abs=1e-4)
    assert 0.5 < monitor.frechet(np.full_like(images, 128)) < 50
    assert monitor.diversity(images) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("count, copies", [(40, 0), (40, 20), (2, 0)])
def test_few_images_are_measured_where_blur_counts(count, copies):
    images = drawings(count)
    images[count - copies :] = images[0] if copies else images[count - copies :]
    monitor = PixelSpaceMonitor(images)
    assert monitor.frechet(images) == pytest.approx(0, abs=1e-4)
    assert monitor.diversity(images) == pytest.approx(1, abs=1e-3)
    blurred = np.stack(
        [Image.fromarray(image).filter(ImageFilter.GaussianBlur(4)) for image in images]
    )
    assert monitor.frechet(blurred) > EigenfaceMonitor(images).frechet(blurred)


def history(*diversities):
    return [{"diversity": diversity} for diversity in diversities]


def test_five_collapsed_epochs_in_a_row_stop_the_training():
    detector = CollapseDetector()
    assert not detector(history(0.1, 0.1, 0.1, 0.1))
    assert not detector(history(0.1, 0.1, 0.3, 0.1, 0.1, 0.1, 0.1))
    assert detector(history(0.9, 0.1, 0.2, 0.1, 0.24, 0.0)) and detector.found
    assert not CollapseDetector(enabled=False)(history(*[0.0] * 9))


@pytest.mark.slow
def test_forty_pictures_train_quietly_and_say_what_to_expect(folder, tmp_path):
    result = run_module("train.avatars", *args(folder, tmp_path))
    assert result.returncode == 0, result.stderr
    for noise in ("Warning", "E0000", "remapper"):
        assert noise not in result.stderr
    for words in (
        "pictures: 40 (40 PNG), 64 x 64 pixels",
        "labels: none",
        "split: 30 for training, 10 held out",
        "recipe few",
        "starting from the run faces",
        "to expect",
        "python -m explore.avatars draw --run r --checkpoint-dir",
        "python -m export.tfjs avatars/r --checkpoint-dir",
    ):
        assert words in result.stdout
    network, meta = load_run(tmp_path / "avatars" / "r", "avatars", [Generator])
    assert network.num_labels == 0 and meta["recipe"] == "few"
    assert len((tmp_path / "avatars" / "r" / "history.csv").read_text().splitlines()) == 3


@pytest.mark.nightly
def test_few_pictures_train_on_jax(folder, tmp_path):
    env = os.environ | {"KERAS_BACKEND": "jax"}
    result = run_module("train.avatars", *args(folder, tmp_path, "--epochs", 1), env=env)
    assert result.returncode == 0, result.stderr


@pytest.mark.slow
def test_few_pictures_killed_end_at_the_same_weights(folder, tmp_path):
    more = ["--save-steps", 1]
    assert run_module("train.avatars", *args(folder, tmp_path / "a", *more)).returncode == 0
    state = tmp_path / "b" / "avatars" / "r" / "state.npz"
    process = fork_server().start(tmp_path, "train.avatars", *args(folder, tmp_path / "b", *more))
    while not state.exists():
        assert process.is_alive()
    assert process.kill().returncode == -signal.SIGKILL, "the run ended before it was killed"
    places = args(folder, tmp_path / "b")[-6:]
    last = run_module("train.avatars", "--recipe", "few", *places, "--resume")
    assert last.returncode == 0, last.stderr
    one, two = (
        load_run(tmp_path / name / "avatars" / "r", "avatars", [Generator])[0].weights
        for name in "ab"
    )
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b))


@pytest.mark.slow
def test_a_collapsed_run_ends_with_status_2_and_advice(folder, tmp_path):
    more = ["--init-from", "none", "--learning-rate", "1e-7", "--epochs", "9", "--min-steps", "1"]
    result = run_module("train.avatars", *args(folder, tmp_path, *more))
    assert result.returncode == 2
    line = result.stderr.strip().splitlines()[-1]
    assert "mode collapse: for 5 epochs" in line and "--crop subject" in line
    assert len((tmp_path / "avatars" / "r" / "history.csv").read_text().splitlines()) == 6
    again = run_module("train.avatars", *args(folder, tmp_path)[-6:], "--resume")
    assert again.returncode == 2 and "mode collapse" in again.stderr


def test_a_dry_run_describes_and_draws_but_trains_nothing(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    train.avatars.__main__.main([*map(str, args(folder, tmp_path)), "--dry-run"])
    printed = capsys.readouterr().out
    assert "pictures: 40" in printed and "30 pictures as the network will see them" in printed
    [sheet] = (tmp_path / "results" / "avatars").iterdir()
    assert Image.open(sheet).size == (8 * 128, 4 * 128)
    assert not (tmp_path / "avatars").exists()


def save(image, path):
    data = io.BytesIO()
    Image.fromarray(image).save(data, "PNG")
    path.write_bytes(data.getvalue())


def test_too_few_or_equal_pictures_are_refused_before_anything_is_deleted(tmp_path, capsys):
    source = tmp_path / "few"
    source.mkdir()
    kept = tmp_path / "avatars" / "r" / "meta.json"
    kept.parent.mkdir(parents=True)
    kept.write_text("{}")
    for i, image in enumerate(drawings(7)):
        save(image, source / f"{i}.png")
    command = [*map(str, args(source, tmp_path)), "--overwrite"]
    main = train.avatars.__main__.main
    assert_main_refuses(capsys, main, command, "too few pictures; give at least 8, and at least 20")
    for i in range(40):
        save(drawings(1)[0], source / f"{i}.png")
    assert_main_refuses(capsys, main, command, "all pictures are the same")
    assert_main_refuses(capsys, main, [*command, "--faces", "nowhere"], "nowhere: no such file")
    assert kept.read_text() == "{}"


@pytest.mark.slow
def test_an_unknown_run_to_start_from_is_refused(folder, tmp_path):
    result = run_module("train.avatars", *args(folder, tmp_path, "--init-from", "nobody"))
    assert result.returncode == 2 and "--init-from none" in result.stderr


def test_a_dry_run_needs_pictures(capsys):
    main = train.avatars.__main__.main
    assert_main_refuses(capsys, main, ["--dry-run"], "--dry-run", "give --faces")
    resumed = ["--faces", "nowhere", "--dry-run", "--resume"]
    assert_main_refuses(capsys, main, resumed, "--dry-run", "omit --resume")
    with pytest.raises(GeneError, match="no such file"):
        main(["--faces", "nowhere", "--dry-run"])
