"""Loading faces: Gene's own, the Cartoon Set as a folder and an archive, and any folder of images."""

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time

import numpy as np
import pytest
from PIL import Image, ImageDraw

from data.avatars import cartoonset, faces, toonhead
from data.avatars.labelled_images import INVISIBLE, mask_invisible
from tests.helpers import ROOT

SIZES = {
    "eye_angle": 3,
    "eye_lashes": 2,
    "eye_lid": 2,
    "chin_length": 3,
    "eyebrow_weight": 2,
    "eyebrow_shape": 14,
    "eyebrow_thickness": 4,
    "face_shape": 7,
    "facial_hair": 15,
    "hair": 111,
    "eye_color": 5,
    "face_color": 11,
    "hair_color": 10,
    "glasses": 12,
    "glasses_color": 7,
    "eye_slant": 3,
    "eyebrow_width": 3,
    "eye_eyebrow_distance": 3,
}


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A cache with 24 of the project's own faces, and the faces."""
    cache = tmp_path_factory.mktemp("own")
    return cache, faces.load(None, 24, cache_dir=cache)


@pytest.fixture(scope="module")
def cartoon(tmp_path_factory):
    """A Cartoon Set of 30 faces of 500 x 500: ellipses whose red encodes the face's number."""
    folder = tmp_path_factory.mktemp("cartoonset10k")
    rng = np.random.default_rng(0)
    for i in range(30):
        image = Image.new("RGBA", (500, 500), (0, 0, 0, 0))
        ImageDraw.Draw(image).ellipse((100, 80, 400, 420), fill=(8 * i, 0, 90, 255))
        image.save(folder / f"cs{i}.png")
        labels = [rng.integers(variants) for variants in SIZES.values()]
        (folder / f"cs{i}.csv").write_text(cartoonset.write(SIZES.items(), labels))
    return folder


def archived(folder, path, mode="w:gz", top="cartoonset10k"):
    """The folder as an archive at `path`, its files in no order."""
    with tarfile.open(path, mode) as archive:
        for file in sorted(
            folder.rglob("*"), key=lambda file: hashlib.md5(file.name.encode()).digest()
        ):
            archive.add(file, f"{top}/{file.relative_to(folder)}", recursive=False)
    return path


def number(picture):
    """Which of the `cartoon` faces a picture is."""
    return round(picture[32, 32, 0] / 8)


def test_the_projects_own_faces(own):
    _, pictures = own
    assert (pictures.images.shape, pictures.images.dtype) == ((24, 64, 64, 3), np.uint8)
    assert (pictures.labels.shape, pictures.labels.dtype) == ((24, 11), np.int16)
    assert isinstance(pictures.images, np.memmap) and pictures.attributes == toonhead.ATTRIBUTES
    assert len(pictures.hash) == 64
    for image, labels in zip(pictures.images, pictures.labels, strict=True):
        drawn = toonhead.render(np.where(labels == INVISIBLE, 0, labels), 64)
        assert np.abs(drawn.astype(int) - image).max() <= 1


def test_they_lie_on_disk_as_the_cartoon_set_does(own):
    cache, _ = own
    [folder] = cache.glob("toonhead-*/training")
    assert len(list(folder.iterdir())) == 48
    with Image.open(folder / "cs7.png") as image:
        assert (image.format, image.mode) == ("PNG", "RGBA") and image.getpixel((0, 0))[3] == 0
    lines = (folder / "cs7.csv").read_text().splitlines()
    assert len(lines) == 11 and lines[0] in [f'"hair", {i}, 5' for i in range(5)]


def test_given_as_a_folder_they_are_the_same(own, tmp_path):
    cache, pictures = own
    [folder] = cache.glob("toonhead-*/training")
    training, held_out = faces.load_splits(folder, cache_dir=tmp_path)
    assert training.attributes == toonhead.ATTRIBUTES
    images = np.concatenate([training.images, held_out.images])
    assert (images == pictures.images).all()
    assert (np.concatenate([training.labels, held_out.labels]) == pictures.labels).all()


@pytest.mark.nightly
def test_the_shipped_network_was_trained_on_these_faces(tmp_path):
    data = json.loads((ROOT / "checkpoints/avatars/faces/meta.json").read_text())["data"]
    assert faces.load(None, data["images"], cache_dir=tmp_path).hash == data["hash"]


def test_they_are_drawn_once_and_held_out_faces_are_others(own, monkeypatch):
    cache, pictures = own
    held_out = faces.load(None, 24, "held-out", cache)
    assert held_out.hash != pictures.hash
    assert not (pictures.images[:, None] == held_out.images[None]).all(axis=(2, 3, 4)).any()
    monkeypatch.setattr(toonhead, "png", None)
    assert faces.load(None, 24, cache_dir=cache).hash == pictures.hash
    few = faces.load(None, 10, cache_dir=cache)
    assert len(few.images) == 10 and few.attributes == pictures.attributes


def test_killed_half_way_the_drawing_goes_on(tmp_path, own):
    code = f"from data.avatars import faces; faces.load(None, 2000, cache_dir={str(tmp_path)!r})"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.DEVNULL)
    while len(list(tmp_path.glob("*/training/*.csv"))) < 12:
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    drawn = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*/training/cs*.csv")}
    assert 12 <= len(drawn) < 2000
    pictures = faces.load(None, 24, cache_dir=tmp_path)
    assert all(path.stat().st_mtime_ns == before for path, before in drawn.items())
    assert pictures.hash == own[1].hash and (pictures.images == own[1].images).all()


def test_the_cartoon_set(cartoon, tmp_path):
    training, held_out = faces.load_splits(cartoon, cache_dir=tmp_path)
    assert 0 < len(held_out.images) < 10 and len(training.images) + len(held_out.images) == 30
    assert [attribute.name for attribute in training.attributes] == list(SIZES)
    by_name = {attribute.name: attribute for attribute in training.attributes}
    assert (
        by_name["glasses"].variants == (*map(str, range(11)), "none")
        and len(by_name["hair"].variants) == 111
    )
    assert by_name["facial_hair"].variants[-1] == "none" and by_name["hair"].variants[-1] == "110"
    assert by_name["glasses_color"].masked_by == {"glasses": ("none",)}
    for part in (training, held_out):
        for image, labels in zip(part.images, part.labels, strict=True):
            _, raw = cartoonset.read((cartoon / f"cs{number(image)}.csv").read_bytes())
            assert (labels == mask_invisible(np.array([raw]), part.attributes)[0]).all()


def test_a_face_is_cut_to_fill_the_frame_and_stands_on_white(cartoon, tmp_path):
    images = faces.load(cartoon, cache_dir=tmp_path).images
    assert (images[:, 0, 0] == 255).all()
    drawn = (images < 200).any(axis=-1)
    assert (
        drawn.any(axis=2).sum(axis=1).min() >= 63
    )  # 340 of 500 pixels high: the ellipse fills the height
    assert abs(drawn.any(axis=1).sum(axis=1) - 64 * 300 / 340).max() <= 2


def test_how_often_each_variant_occurs_is_counted(cartoon, tmp_path):
    tables = [cartoonset.read(path.read_bytes())[1] for path in cartoon.glob("*.csv")]
    for i, attribute in enumerate(faces.load(cartoon, cache_dir=tmp_path).attributes):
        expected = [
            sum(labels[i] == variant for labels in tables) / 30
            for variant in range(len(attribute.variants))
        ]
        assert attribute.probabilities == pytest.approx(expected)


@pytest.mark.parametrize(
    "mode, name",
    [
        ("w:gz", "cartoonset10k.tgz"),
        ("w", "faces.tar"),
        ("w:bz2", "faces.tar.bz2"),
        ("w:xz", "faces.tar.xz"),
    ],
)
def test_folder_and_archive_give_the_same(cartoon, tmp_path, mode, name):
    path = archived(cartoon, tmp_path / name, mode)
    packed, unpacked = (
        faces.load_splits(path, cache_dir=tmp_path / "c"),
        faces.load_splits(cartoon, cache_dir=tmp_path / "c"),
    )
    assert [part.hash for part in packed] == [part.hash for part in unpacked]
    assert (packed[0].images == unpacked[0].images).all()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["c", name])
    assert {path.name for path in (tmp_path / "c").glob("*/*")} == {
        "images.npy",
        "labels.npy",
        "meta.json",
    }


def test_faces_spread_over_folders_0_to_9(cartoon, tmp_path):
    spread = tmp_path / "cartoonset100k"
    for file in cartoon.iterdir():
        place = spread / str(int(file.stem[2:]) % 10) / file.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.read_bytes())
    (spread / "3" / "._cs3.png").write_bytes(b"what some archivers leave behind")
    loaded = faces.load(spread, cache_dir=tmp_path / "c")
    assert loaded.hash == faces.load(cartoon, cache_dir=tmp_path / "c").hash


def test_the_same_face_is_always_held_out(cartoon, tmp_path):
    before = {
        number(image) for image in faces.load(cartoon, None, "held-out", tmp_path / "c").images
    }
    for file in cartoon.glob("cs*"):
        if int(file.stem[2:]) in {*range(20), *before}:
            (tmp_path / file.name).write_bytes(file.read_bytes())
    after = faces.load(tmp_path, None, "held-out", tmp_path / ".c").images
    assert {number(image) for image in after} <= before


def test_at_most_count(cartoon, tmp_path):
    assert len(faces.load(cartoon, 7, cache_dir=tmp_path).images) == 7
    whole, few = (faces.load(cartoon, count, "held-out", tmp_path) for count in (None, 1))
    assert (few.images == whole.images[:1]).all() and few.hash != faces.load(
        cartoon, 1, cache_dir=tmp_path
    ).hash


def test_a_source_that_changed_is_read_again(cartoon, tmp_path):
    for file in cartoon.glob("cs1*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    first = faces.load(tmp_path, cache_dir=tmp_path / ".c")
    Image.new("RGBA", (500, 500), "green").save(tmp_path / "cs1.png")
    assert faces.load(tmp_path, cache_dir=tmp_path / ".c").hash != first.hash


def test_a_damaged_cache_is_told_in_a_line(cartoon, tmp_path):
    faces.load(cartoon, cache_dir=tmp_path)
    [images] = tmp_path.glob("*/images.npy")
    images.write_bytes(images.read_bytes()[:5000])
    with pytest.raises(faces.GeneError, match="damaged cache"):
        faces.load(cartoon, cache_dir=tmp_path)


RED = (220, 40, 60)


def kinds_of_picture():
    """Return images by file name, red wherever opaque, in many sizes, modes and formats."""
    square, wide, tall = ((90, 90), (200, 90), (70, 300))
    half = Image.new("RGBA", square, (*RED, 0))
    half.paste((*RED, 255), (0, 0, 90, 45))
    photo = Image.new("RGB", wide, RED)
    exif = photo.getexif()
    exif[0x0112] = 6
    return {
        "rgb.png": Image.new("RGB", wide, RED),
        "rgba.png": half,
        "palette.gif": photo.quantize(4),
        "clear.png": half.quantize(4, Image.Quantize.FASTOCTREE),
        "photo.jpg": (photo, {"exif": exif}),
        "cmyk.jpeg": Image.new("RGB", tall, RED).convert("CMYK"),
        "tall.webp": Image.new("RGB", tall, RED),
        "small.bmp": Image.new("RGB", (5, 5), RED),
    }


def test_any_folder_of_pictures_without_labels(tmp_path):
    for name, picture in kinds_of_picture().items():
        picture, options = picture if isinstance(picture, tuple) else (picture, {})
        picture.save(tmp_path / name, **options)
    (tmp_path / "deep").mkdir()
    Image.new("RGB", (64, 64), RED).save(tmp_path / "deep" / "PHOTO.PNG")
    (tmp_path / "list.csv").write_text("this is, no table of labels")
    (tmp_path / "notes.txt").write_text("not a picture")
    parts = faces.load_splits(tmp_path, cache_dir=tmp_path / ".c")
    images = np.concatenate([part.images for part in parts])
    assert len(images) == 9 and parts[0].labels.shape[1] == 0 and parts[0].attributes == ()
    assert all(np.abs(image[:28].astype(int) - RED).max() < 12 for image in images)
    halves = [image for image in images if (image[40:] > 250).all()]
    assert len(halves) == 2


@pytest.mark.parametrize(
    "mode, value, grey",
    [
        ("1", 1, 255),
        ("L", 100, 100),
        ("LA", (100, 255), 100),
        ("I;16", 100 * 257, 100),
        ("I;16", 65535, 255),
        ("LA", (0, 0), 255),
    ],
)
def test_grey_of_every_depth(tmp_path, mode, value, grey):
    for i in range(2):
        Image.new(mode, (80 + i, 80), value).save(tmp_path / f"{i}.png")
    assert (faces.load(tmp_path, cache_dir=tmp_path / ".c").images == grey).all()


def measure(code):
    """The peak of the memory of a fresh Python that runs `code`, in bytes."""
    # not ru_maxrss, which begins with what the process that forked it had
    code += "; print(int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]) * 1024)"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return int(run.stdout)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_pictures(tmp_path):
    """Scaled down: 2,000 and 12,000 images (147 MB of pixels) instead of 100,000 (1.2 GB).

    The memory per image, times 100,000, must stay below 3 GB. Images are read in training order.
    """
    pixels = np.random.default_rng(0).integers(0, 255, (64, 64, 3), "uint8")
    Image.fromarray(pixels).save(tmp_path / "one.png")
    peaks = []
    for count in (2000, 12_000):
        folder = tmp_path / f"of{count}"
        folder.mkdir()
        for i in range(count):
            os.link(tmp_path / "one.png", folder / f"face{i}.png")
        peaks.append(
            measure(
                f"import numpy as np; from data.avatars import faces; "
                f"images = faces.load({str(folder)!r}, cache_dir={str(tmp_path / 'c')!r}).images; "
                "order = np.random.default_rng(0).permutation(len(images)); "
                "[images[np.sort(order[i:i + 64])] for i in range(0, len(order), 64)]"
            )
        )
    each = (peaks[1] - peaks[0]) / 10_000
    assert each < 26_000, (
        f"{each:,.0f} bytes a picture"
    )  # twice 12,288 mapped pixels, which can be dropped
    assert peaks[0] + 98_000 * each < 3e9


def test_labels_as_json_and_back(cartoon, tmp_path):
    first, again = (faces.load(cartoon, cache_dir=tmp_path) for _ in range(2))
    assert first.attributes == again.attributes and json.loads(json.dumps(first.attributes))


def test_an_archive_written_by_hand(tmp_path):
    data = io.BytesIO()
    Image.new("RGB", (64, 64), RED).save(data, "PNG")
    with tarfile.open(tmp_path / "two.tgz", "w:gz") as archive:
        for name in ("./a.png", "./b.png"):
            member = tarfile.TarInfo(name)
            member.size = data.getbuffer().nbytes
            archive.addfile(member, io.BytesIO(data.getvalue()))
    training, held_out = faces.load_splits(tmp_path / "two.tgz", cache_dir=tmp_path / "c")
    assert (len(training.images), len(held_out.images)) == (1, 1)


def test_the_projects_own_faces_damaged_in_the_cache(tmp_path):
    faces.load(None, 5, cache_dir=tmp_path)
    [face] = tmp_path.glob("*/training/cs3.png")
    face.write_bytes(face.read_bytes()[:200])
    with pytest.raises(faces.GeneError, match=r"damaged faces .*cs3.png.*; delete the folder"):
        faces.load(None, 5, cache_dir=tmp_path)
