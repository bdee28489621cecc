"""Digits: good and bad files, exact resume, searches, statistics and every command."""

import csv
import gzip
import io
import json
import shutil
import struct
import zipfile
from functools import partial

import numpy as np
import pytest
from PIL import Image
from sklearn.decomposition import PCA

import explore.digits.__main__
import train.digits.__main__
from common.checkpoint import load_run
from common.cli import GeneError
from common.files import read_json
from common.migrations import migrate_meta
from data.digits.eigen_digits import fit_pca, scaled_components
from data.digits.mnist import SHA256, load_digits
from data.digits.mnist_style import as_mnist
from data.digits.pixel_quantiles import pixel_quantiles
from data.digits.user_image import FORMATS, read_image, resize
from explore.digits import baseline_search, cma_search
from explore.digits import eigen_digits as eigen
from explore.digits.activation_maximization import Prior, maximize_activation
from explore.digits.background import FILLINGS, scramble
from explore.digits.transfer import fit_temperature
from generate.digits import load
from generate.digits.genetic_search import CONFIDENCE_THRESHOLD, evolve
from generate.digits.logits import logits_fn
from models.digits import NETWORKS, ConvNet, LeNet, SigmoidMLP
from tests.helpers import ROOT, assert_main_refuses
from train.digits.arguments import parse
from train.digits.augment import augment
from train.digits.trainer import (
    DigitBatches,
    DigitTrainer,
    FreeAdversarialTrainer,
    one_hot,
    to_float,
)

TINY = ["--allow-other-digits", "--batch-size", 16, "--epochs", 2, "--save-steps", 5]


def idx(array):
    """An array uint8 as an IDX file of bytes."""
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.fixture(scope="session")
def mnist():
    """The real digits."""
    return load_digits()


@pytest.fixture(scope="session")
def few(mnist, tmp_path_factory):
    """A folder of IDX files with 480 real training and 120 real test digits."""
    folder = tmp_path_factory.mktemp("mnist")
    for name, part, count in (("train", mnist.training, 480), ("t10k", mnist.test, 120)):
        (folder / f"{name}-images-idx3-ubyte").write_bytes(idx(part.images[:count]))
        (folder / f"{name}-labels.idx1-ubyte.gz").write_bytes(
            gzip.compress(idx(part.labels[:count]))
        )
    return folder


@pytest.fixture(scope="session")
def runs(few, tmp_path_factory):
    """A folder of checkpoints with a tiny run of every recipe."""
    folder = tmp_path_factory.mktemp("checkpoints")
    small = {
        "modern": ["--channels", 4, 6, "--downsample", 1, 1],
        "judge": ["--channels", 3, 4, "--hidden", 16],
    }
    small["robust"] = [*small["modern"], "--replay-steps", 2]
    small["eleven"] = [*small["modern"], "--fooling-images", 20]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("train.digits.fooling.evolve", partial(evolve, max_generations=3))
        for recipe in ("original", *small):
            learn(few, folder, "--recipe", recipe, *small.get(recipe, ["--epochs", 12]))
    return folder


def learn(few, folder, *more):
    train.digits.__main__.main(
        [str(a) for a in (*TINY, "--mnist", few, "--checkpoint-dir", folder, *more)]
    )


def explored(few, folder, out, *more):
    explore.digits.__main__.main(
        [
            str(a)
            for a in (
                *more,
                "--mnist",
                few,
                "--allow-other-digits",
                "--checkpoint-dir",
                folder,
                "--out",
                out,
            )
        ]
    )


def test_the_real_digits_are_all_there(mnist):
    assert [len(part.labels) for part in mnist[:3]] == [55_000, 5_000, 10_000]
    counts = np.bincount(np.concatenate([mnist.training.labels, mnist.validation.labels]))
    assert counts.tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    again = load_digits()
    np.testing.assert_array_equal(mnist.validation.images, again.validation.images)
    assert mnist.meta["sha256"] == again.meta["sha256"] and mnist.meta["published"]


def spoiled(few, tmp_path, name, data):
    """A copy of the folder with one file changed."""
    for path in few.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / name).write_bytes(data)
    return tmp_path


IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels.idx1-ubyte.gz"


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        (IMAGES, lambda data: b"\x00\x00\x09\x03" + data[4:], "begins with 00000903"),
        (IMAGES, lambda data: b"", "begins with nothing"),
        (IMAGES, lambda data: data[:10], "ends within its header"),
        (IMAGES, lambda data: data[:-1], "truncated"),
        (IMAGES, lambda data: idx(np.zeros((0, 28, 28), "uint8")), "contains no digits"),
        (IMAGES, lambda data: data + b"\x00", "damaged"),
        (IMAGES, lambda data: data[:4] + b"\xff\xff\xff\xff" + data[8:], "truncated"),
        (IMAGES, lambda data: data[:8] + struct.pack(">II", 14, 56) + data[16:], "14x56"),
        (IMAGES, lambda data: idx(np.zeros((7, 28, 28), "uint8")), None),
        (IMAGES, lambda data: gzip.compress(bytes(300 << 20), 1), "more than 256 MiB"),
        (LABELS, lambda data: idx(np.full(480, 10, "uint8")), "image 1 has label 10"),
        (LABELS, lambda data: idx(np.zeros(479, "uint8")), "479 labels for the 480 images"),
        (LABELS, lambda data: data[: len(data) // 2], "damaged gzip"),
        (LABELS, lambda data: data[:20] + bytes([data[20] ^ 255]) + data[21:], ""),
    ],
)
def test_bad_files_are_refused_in_one_line(few, tmp_path, name, change, words):
    folder = spoiled(few, tmp_path, name, change((few / name).read_bytes()))
    with pytest.raises(GeneError) as error:
        load_digits(folder, allow_other_digits=True)
    assert (
        "\n" not in str(error.value)
        and (words or "") in str(error.value)
        and str(folder) in str(error.value)
    )


def test_other_digits_and_missing_ones_are_refused(few, tmp_path, capsys):
    train_here = ["--checkpoint-dir", tmp_path, "--mnist"]
    assert_main_refuses(
        capsys,
        train.digits.__main__.main,
        [*train_here, few],
        "train-images-idx3-ubyte",
        "sha256",
        "--allow-other-digits",
    )
    assert_main_refuses(capsys, train.digits.__main__.main, [*train_here, tmp_path], "no such file")
    assert_main_refuses(
        capsys, train.digits.__main__.main, [*train_here, tmp_path / "none"], "no such folder"
    )
    assert_main_refuses(
        capsys, train.digits.__main__.main, ["--recipe", "modern", "--channels", 3], "--channels"
    )
    assert_main_refuses(
        capsys,
        train.digits.__main__.main,
        ["--recipe", "judge", "--fooling-images", 3],
        "--fooling-images",
    )
    assert all(len(digest) == 64 for digest in SHA256.values())


def test_a_run_learns_and_keeps_what_it_should(runs):
    folder = runs / "digits" / "original"
    _network, meta = load_run(folder, "digits", NETWORKS)
    assert (
        meta["metrics"]["test_accuracy"] > 0.5
        and meta["finished"]
        and meta["data"]["published"] is False
    )
    table = np.loadtxt(folder / "samples" / "confusion.csv", delimiter=",", skiprows=1, dtype=int)[
        :, 1:
    ]
    assert table.sum() == 120 and np.trace(table) == round(120 * meta["metrics"]["test_accuracy"])
    for name in ("confusion.png", "wrong.png"):
        assert Image.open(folder / "samples" / name).size[0] > 200
    assert load_run(runs / "digits" / "eleven", "digits", NETWORKS)[0].classes == 11


@pytest.mark.slow
def test_a_resumed_run_against_the_network_ends_at_the_same_weights(few, tmp_path):
    small = ["--recipe", "robust", "--channels", 4, "--downsample", 1, "--replay-steps", 2]
    learn(few, tmp_path / "a", *small, "--epochs", 3)
    real, broken = DigitBatches.batches, []

    def breaks(self, epoch, step):
        for i, batch in enumerate(real(self, epoch, step)):
            if not broken and epoch * self.steps + step + i == self.steps + 12:
                broken.append(i)
                raise OSError("the light went out")
            yield batch

    DigitBatches.batches = breaks
    try:
        with pytest.raises(Exception, match="light went out"):
            learn(few, tmp_path / "b", *small, "--epochs", 3)
    finally:
        DigitBatches.batches = real
    train.digits.__main__.main(
        ["--checkpoint-dir", str(tmp_path / "b"), "--recipe", "robust", "--resume"]
    )  # it knows the rest
    (one, meta), (two, other) = (
        load_run(tmp_path / name / "digits" / "robust", "digits", NETWORKS) for name in "ab"
    )
    for a, b in zip(one.get_weights(), two.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert meta["best"] == other["best"]


def test_the_trainer_keeps_the_average_of_the_weights():
    network = SigmoidMLP(5)
    before = network.get_weights()
    trainer = DigitTrainer(network, ema_decay=0.9)
    trainer.compile("sgd")
    pictures, labels = (
        np.random.default_rng(0).random((8, 28, 28), "float32"),
        one_hot(np.arange(8), 10),
    )
    learner = [before]
    for _ in range(3):
        trainer.train_on_batch(pictures, labels)
        learner.append(trainer.learner.get_weights())
    kept = before
    for step in range(3):
        share = min(0.9, (step + 1) / (step + 11))
        kept = [share * a + (1 - share) * b for a, b in zip(kept, learner[step], strict=True)]
    for a, b in zip(network.get_weights(), kept, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_the_attack_raises_the_loss_and_keeps_its_length(mnist):
    pictures = to_float(mnist.training.images[:16])
    labels = one_hot(mnist.training.labels[:16], 10)
    trainer = FreeAdversarialTrainer(LeNet((2, 3), 8), 0.0, 16, 2.0)
    trainer.compile(trainer.make_optimizer(1e-9, 0.0))
    losses = [trainer.train_on_batch(pictures, labels, return_dict=True)["loss"] for _ in range(12)]
    lengths = np.sqrt(np.square(np.asarray(trainer.perturbation)).sum(axis=(1, 2)))
    assert lengths.max() < 2.001 and lengths.mean() > 1.5
    assert losses[-1] > losses[0]


def test_distortion_of_nothing_is_nothing_and_a_shift_is_a_shift(mnist):
    images = mnist.training.images[:5]
    random = np.random.default_rng(0)
    np.testing.assert_allclose(augment(images, random, 0, 0, 0), to_float(images), atol=1e-6)

    class Fixed:
        def uniform(self, low, high, size):
            return np.full(size, high)

    moved = augment(images, Fixed(), 2, 0, 0)
    np.testing.assert_allclose(moved[:, :-2, :-2], to_float(images)[:, 2:, 2:], atol=1e-6)


@pytest.mark.parametrize("network", [SigmoidMLP(7), ConvNet((3, 4), (1, 0)), LeNet((2, 3), 8)])
def test_fast_scores_are_the_networks(network, mnist):
    images = mnist.test.images[:9]
    np.testing.assert_allclose(
        logits_fn(network)(images), np.asarray(network(to_float(images))), atol=1e-4
    )


@pytest.mark.slow
def test_searches_find_what_they_look_for(mnist):
    """The cost is the ink outside of the left half, so every search must paint that half."""

    def ask(images):
        left, right = images[:, :, :14].mean(axis=(1, 2)), images[:, :, 14:].mean(axis=(1, 2))
        return np.stack([(left - right) / 4 - 20, right * 0], axis=1)

    found = evolve(
        ask,
        0,
        [1, 2, 3],
        pixel_quantiles(mnist.training.images[:100], nonzero=True),
        max_generations=120,
    )
    assert (
        found.succeeded.all()
        and found.images[:, :, :14].mean() > 3 * found.images[:, :, 14:].mean()
    )
    assert (found.confidences > CONFIDENCE_THRESHOLD).all() and found.images.shape == (3, 28, 28)
    one = evolve(
        ask, 0, [2], pixel_quantiles(mnist.training.images[:100], nonzero=True), max_generations=120
    )
    np.testing.assert_array_equal(one.images[0], found.images[1])
    assert cma_search.search(ask, 0, [1, 2], max_generations=200).succeeded.all()
    theirs = baseline_search.search(
        ask, 0, [1], np.full(10, 0.1), max_generations=6, tolerance=1e-4
    )
    assert theirs.generations[0] == 6 and not theirs.succeeded[0]


def test_the_original_draws_from_the_histogram():
    bins = np.array([0.8, 0, 0, 0.1, 0, 0, 0, 0, 0, 0.1])
    drawn = baseline_search._sample_pixels(np.random.default_rng(0), bins, 20_000)
    assert np.histogram(drawn / 255, np.arange(11) / 10)[0] / 20_000 == pytest.approx(
        bins, abs=0.02
    )


@pytest.mark.slow
def test_components_are_those_of_a_well_known_library(mnist):
    some = mnist.training._replace(
        images=mnist.training.images[:800], labels=mnist.training.labels[:800]
    )
    pca = fit_pca(some.images / 255, 5)
    mean, ours = pca.mean_, scaled_components(pca)
    theirs = PCA(5, svd_solver="full").fit(some.images.reshape(800, -1) / 255)
    np.testing.assert_allclose(mean, theirs.mean_, atol=1e-9)
    for one, other, size in zip(ours, theirs.components_, theirs.explained_variance_, strict=True):
        assert abs(one @ other) == pytest.approx(np.sqrt(size), rel=1e-6)


def test_deskewing_stands_a_slanted_stroke_upright():
    image = np.zeros((28, 28), "uint8")
    for row in range(4, 24):
        image[row, 6 + row // 2 : 9 + row // 2] = 255
    upright = eigen.deskew(image[None])[0]
    assert (upright.sum(axis=0) > 1).sum() <= 5 < (image.sum(axis=0) > 255).sum()


def test_maximized_images_are_what_the_network_wants(runs):
    network = load_run(runs / "digits" / "original", "digits", NETWORKS)[0]
    watched = []
    pictures = maximize_activation(
        network,
        np.arange(10),
        Prior(),
        40,
        0.1,
        1,
        noise=0.1,
        on_progress=lambda *what: watched.append(what),
    )
    said = logits_fn(network)(np.round(pictures * 255).astype("uint8"))
    assert (
        said.argmax(axis=1).tolist() == list(range(10))
        and 0 <= pictures.min() <= pictures.max() <= 1
    )
    steps, confidences = zip(*watched, strict=True)
    assert steps[-1] == 40 and confidences[-1].trace() > confidences[0].trace()
    smooth = maximize_activation(
        network,
        np.arange(10),
        Prior(blur=1.0, total_variation=0.05, jitter=1),
        40,
        0.1,
        1,
        noise=0.1,
    )
    assert np.abs(np.diff(smooth)).mean() < np.abs(np.diff(pictures)).mean() / 2


def test_backgrounds_leave_the_ink_alone(mnist):
    images, random = mnist.test.images[:20], np.random.default_rng(0)
    for way in FILLINGS:
        changed = scramble(images, way, 0.5, random, mnist.test.images[:500])
        np.testing.assert_array_equal(changed[images > 0], images[images > 0])
        np.testing.assert_array_equal(
            scramble(images, way, 0, random, mnist.test.images[:500]), images
        )
    assert 0.4 < (scramble(images, "uniform", 0.5, random, images)[images == 0] > 0).mean() < 0.6


def test_temperature_cools_a_boaster(mnist):
    network = SigmoidMLP(5)
    network.last.kernel.assign(network.last.kernel * 100)
    part = mnist.test._replace(images=mnist.test.images[:200], labels=mnist.test.labels[:200])
    assert fit_temperature(network, part) > 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ["eigen"],
        ["gradient", "--each", 1],
        ["genetic", "--searches", 2, "--generations", 3],
        ["background"],
        [
            "genetic",
            "--searches",
            1,
            "--generations",
            3,
            "--method",
            "original",
            "--statistics",
            "--lag-bug",
        ],
        ["mean", "--searches", 2, "--generations", 2, "--statistics"],
        ["transfer", "--each", 1, "--generations", 2],
    ],
)
def test_every_command_prints_and_keeps_its_table(
    arguments, runs, few, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("explore.digits.gradient.STEPS", 3)
    monkeypatch.setattr("explore.digits.gradient.PRIOR_STEPS", 2)
    monkeypatch.setattr("explore.digits.transfer.DESCENT_STEPS", 2)
    monkeypatch.setattr("explore.digits.eigen_digits.COUNTS", (3, 20))
    monkeypatch.setattr("explore.digits.eigen_digits.SUBSPACE_SIZE", 5)
    explored(few, runs, tmp_path, *arguments)
    printed = capsys.readouterr().out
    tables = list(tmp_path.glob("*.md"))
    assert tables and all(table.read_text() in printed for table in tables)
    assert all(path.with_suffix(".csv").stat().st_size for path in tables)
    pictures = list(tmp_path.glob("*.png"))
    assert pictures and all(Image.open(path).size[0] > 100 for path in pictures)


def picture(path, array, **options):
    Image.fromarray(array, **options).save(path)
    return path


def test_pictures_of_any_kind_become_the_same_digit(tmp_path, mnist):
    digit = mnist.test.images[1]
    big = np.kron(digit, np.ones((5, 5), "uint8"))
    clear = np.zeros((*big.shape, 4), "uint8")
    clear[..., 3] = big
    files = [
        picture(tmp_path / "light.png", big),
        picture(tmp_path / "dark.png", 255 - big),
        picture(tmp_path / "clear.png", clear),
    ]
    for file in files:
        np.testing.assert_allclose(resize(read_image(file)), digit / digit.max(), atol=0.05)
        assert as_mnist(read_image(file)).shape == (28, 28)


def test_ask_names_every_network_or_says_what_is_wrong(runs, tmp_path, mnist, capsys):
    ask = ["classify", "--checkpoint-dir", runs, "--image"]
    large = picture(tmp_path / "a.png", np.kron(mnist.test.images[0], np.ones((3, 3), "uint8")))
    explore.digits.__main__.main([str(a) for a in (*ask, large)])
    out, err = capsys.readouterr()
    assert {line.split(":")[0].strip() for line in out.splitlines()} == {
        "original",
        "modern",
        "judge",
        "robust",
        "eleven",
    }
    assert "84x84" in err and "resized" in err
    for name, array, word in (
        ("blank", np.full((9, 9), 255, "uint8"), "the image is blank"),
        ("full", np.zeros((9, 9), "uint8"), "covered"),
        ("clear", np.zeros((9, 9, 4), "uint8"), "transparent"),
        ("huge", np.zeros((2, 5000), "uint8"), "at most"),
    ):
        assert_main_refuses(
            capsys,
            explore.digits.__main__.main,
            [*ask, picture(tmp_path / f"{name}.png", array)],
            name,
            word,
        )
    (tmp_path / "text.png").write_text("not a PNG")
    assert_main_refuses(
        capsys, explore.digits.__main__.main, [*ask, tmp_path / "text.png"], "not a PNG"
    )
    assert_main_refuses(
        capsys, explore.digits.__main__.main, [*ask, tmp_path / "none.png"], "no such file"
    )
    assert_main_refuses(
        capsys, explore.digits.__main__.main, ["classify", "--checkpoint-dir", runs], "--image"
    )


def psd():
    """A valid PSD file of 4x4 gray pixels."""
    header = b"8BPS" + struct.pack(">H6xHIIHH", 1, 1, 4, 4, 8, 1)
    return header + bytes(12) + bytes(2) + bytes(range(0, 160, 10))


def encoded(format, **options):
    file = io.BytesIO()
    Image.fromarray(np.eye(28, dtype="uint8") * 255).save(file, format, **options)
    return file.getvalue()


FITS_HEADER = [
    "SIMPLE  =                    T",
    "BITPIX  =                    8",
    "NAXIS   =                    2",
    "NAXIS1  =                    4",
    "NAXIS2  =                    4",
    "END",
]
REFUSED = {
    "psd": psd(),
    "eps": encoded("EPS"),
    "fits": "".join(line.ljust(80) for line in FITS_HEADER).ljust(2880).encode() + bytes(2880),
    "jp2": encoded("JPEG2000"),
    "tiff": encoded("TIFF"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_only_common_formats_reach_a_decoder(tmp_path, name, monkeypatch):
    path = tmp_path / "drawing.png"
    path.write_bytes(REFUSED[name])
    with Image.open(path) as image:  # Pillow itself reads it
        assert image.format
    with pytest.raises(GeneError) as error:
        read_image(path)
    assert "not a PNG, JPEG, WebP, GIF or BMP" in str(error.value)
    assert "\n" not in str(error.value) and str(path) in str(error.value)


@pytest.mark.parametrize("format", FORMATS)
def test_common_formats_are_read(tmp_path, format):
    options = {"lossless": True} if format == "WEBP" else {}
    (tmp_path / "drawing").write_bytes(encoded(format, **options))
    assert read_image(tmp_path / "drawing").diagonal().min() > 0.5


def test_meta_says_what_was_trained(runs):
    meta = json.loads((runs / "digits" / "robust" / "meta.json").read_text())
    assert meta["class_name"] == "ConvNet" and meta["args"]["epsilon"] == 2.5
    assert meta["command"].startswith("python -m train.digits")


def test_metadata_of_version_1_is_migrated():
    folder = ROOT / "tests" / "fixtures" / "meta-v1"
    for name, channels, hidden in (("seed", None, 100), ("modern", [16, 32, 48, 64, 64], None)):
        meta = migrate_meta(read_json(folder / f"digits-{name}.json"))
        assert meta["recipe"] == {"seed": "original"}.get(name, name)
        assert (meta["args"]["channels"], meta["args"]["hidden"]) == (channels, hidden)
        args = parse("", ["--recipe", meta["recipe"]])
        for flag, value in meta["args"].items():
            assert flag == "task" or args.fits(flag, value), flag
            if flag not in ("task", "mnist"):
                assert getattr(args, flag) == value, flag


def test_old_names_of_runs_and_configurations_still_load(tmp_path):
    network = load("modern", ROOT / "checkpoints")
    folder = tmp_path / "checkpoints" / "digits" / "mine"
    shutil.copytree(ROOT / "checkpoints" / "digits" / "modern", folder)
    again = load(folder)
    assert load("seed", ROOT / "checkpoints").hidden == 100
    for a, b in zip(network.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    with zipfile.ZipFile(folder / "model.keras") as archive:
        assert "halved" in json.loads(archive.read("config.json"))["config"], "an old file"


def test_the_document_says_what_the_tables_say():
    text = (ROOT / "docs" / "digits.md").read_text(encoding="utf-8")
    with open(ROOT / "checkpoints" / "digits" / "transfer.csv", encoding="utf-8") as file:
        rows = {(row["network"], row["temperature"]): row for row in csv.DictReader(file)}
    lines = {
        "original": ("original", "1.00"),
        "modern": ("modern", "1.00"),
        "modern, temperature 0.53": ("modern", "0.53"),
        "robust": ("robust", "1.00"),
        "modern, judge and robust, averaged": ("modern+judge+robust", "1.00"),
        "eleven": ("eleven", "1.00"),
    }
    for name, key in lines.items():
        cells = [
            f"{float(rows[key][f'{kind}_{what}'].rstrip('%')):.0f}%"
            for kind in ("evolved", "descent")
            for what in ("same_digit", "any_digit_above_90")
        ]
        assert f"| {name} | {' | '.join(cells)} |" in text
    for name, said in (
        ("own", "1,000 of 1,000; median"),
        ("own-statistics", "1,000 of 1,000; at most"),
        ("original", "179 of 200; none of the 1"),
        ("original-mutation-10", "197 of 200; 17 of 20 of the 1"),
        ("original-statistics", "| 10 of 200 |"),
        ("original-statistics-bug", "| 2 of 200 |"),
    ):
        path = ROOT / "results" / "digits" / f"genetic-{name}.csv"
        with open(path, encoding="utf-8") as file:
            searches = list(csv.DictReader(file))
        succeeded = sum(int(row["succeeded"]) for row in searches)
        total = sum(int(row["searches"]) for row in searches)
        assert f"{succeeded:,} of {total:,}" in said and said in text
    for run in ("original", "modern", "judge", "robust", "eleven"):
        meta = read_json(ROOT / "checkpoints" / "digits" / run / "meta.json")
        assert f"{meta['metrics']['test_accuracy']:.2%}" in text
