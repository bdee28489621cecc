"""Pictures in all common forms: formats, archives, crops, and skipped files."""

import io
import sys
import tarfile
import zipfile

import numpy as np
import pytest
import zstandard
from PIL import Image, ImageDraw

from common.cli import GeneError
from data.avatars import archive, decode, faces
from data.avatars.crop import MODES, Crop
from data.avatars.decode import UnreadableFormatError
from data.avatars.file_types import picture_format

RED = (220, 40, 60)
# The first bytes of a HEIC file of an iPhone.
HEIC = b"\0\0\0\x24ftypheic\0\0\0\0mif1MiHBheicmiaf" + bytes(60)


def encoded(kind="PNG", color=RED, size=(64, 64), **options):
    data = io.BytesIO()
    Image.new("RGB", size, color).save(data, kind, **options)
    return data.getvalue()


def pictures(count, kind="PNG", suffix=".png"):
    """Pictures that differ, {name: bytes}."""
    return {f"p{i}{suffix}": encoded(kind, (8 * i % 256, i, 90)) for i in range(count)}


def written(folder, files):
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def zipped(path, files):
    with zipfile.ZipFile(path, "w") as file:
        for name, data in files.items():
            file.writestr(name, data)
    return path


def count(source, tmp_path):
    parts = faces.load_splits(source, cache_dir=tmp_path / "cache")
    return sum(len(part.images) for part in parts)


def skipped(source, tmp_path):
    lines = faces.describe(source, tmp_path / "cache")
    return [line.removeprefix("skipped: ") for line in lines if line.startswith("skipped: ")]


@pytest.mark.parametrize(
    "kind, name",
    [
        ("JPEG", "saved by Windows.jfif"),
        ("TIFF", "scan.tif"),
        ("TIFF", "scan.TIFF"),
        ("AVIF", "web.avif"),
        ("WEBP", "web.png"),
        ("PNG", "without an ending"),
        ("JPEG", "IMG_0001.heic"),
    ],
)
def test_a_picture_is_recognized_by_its_content(tmp_path, kind, name):
    source = written(tmp_path / "set", {name: encoded(kind), "other.png": encoded(color="blue")})
    assert count(source, tmp_path) == 2 and not skipped(source, tmp_path)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_the_first_bytes_tell_the_format(kind):
    assert picture_format(encoded(kind)[:32]) == kind


def test_heic_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    files = pictures(30) | {f"IMG_{i}.HEIC": HEIC for i in range(6)}
    source = written(tmp_path / "set", files)
    assert count(source, tmp_path) == 30
    [line] = skipped(source, tmp_path)
    assert line.startswith("6 HEIC pictures (the first is IMG_0.HEIC)")
    assert line.endswith("to read them: pip install pillow-heif")


def test_heic_is_read_if_its_library_is_there(monkeypatch):
    registered = []
    module = type("pillow_heif", (), {"register_heif_opener": lambda: registered.append(1)})
    monkeypatch.setitem(sys.modules, "pillow_heif", module)
    with pytest.raises(ValueError, match="not a PNG"):  # nothing was really registered
        decode.open_image(HEIC)
    assert registered == [1]


def test_only_heic_is_refused_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    source = written(tmp_path / "set", {f"IMG_{i}.HEIC": HEIC for i in range(6)})
    with pytest.raises(GeneError, match=r"6 HEIC pictures .* pip install pillow-heif"):
        count(source, tmp_path)


@pytest.mark.parametrize("suffix", ["zip", "tar", "tar.gz", "tar.bz2", "tar.xz", "tar.zst", "any"])
def test_every_archive_gives_the_same_as_its_folder(tmp_path, suffix):
    files = {f"set/{name}": data for name, data in pictures(30).items()}
    folder = written(tmp_path, files) / "set"
    path = tmp_path / f"set.{suffix}"
    if suffix in ("zip", "any"):
        zipped(path, files)
    else:
        mode = suffix.removeprefix("tar").strip(".")
        with tarfile.open(path, f"w:{mode if mode != 'zst' else ''}") as file:
            file.add(folder, "set")
        if mode == "zst":
            path.write_bytes(zstandard.compress(path.read_bytes()))
    packed = faces.load(path, cache_dir=tmp_path / "cache")
    unpacked = faces.load(folder, cache_dir=tmp_path / "cache")
    assert packed.hash == unpacked.hash and len(packed.images) == 23


@pytest.mark.parametrize(
    "name, data, words",
    [
        ("one.png", encoded(), "a single picture; --faces takes a folder"),
        ("set.7z", b"7z\xbc\xaf\x27\x1c" + bytes(100), ".7z archives are not supported; unpack"),
        ("set.rar", b"Rar!\x1a\x07\0" + bytes(100), ".rar archives are not supported"),
        ("set.tar.Z", b"\x1f\x9d\x90" + bytes(100), ".Z archives are not supported"),
        ("set.zip", b"PK\x03\x04" + bytes(600), "not a complete .zip archive"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(tmp_path, name, data, words):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(GeneError) as error:
        count(tmp_path / name, tmp_path)
    assert words in str(error.value) and "\n" not in str(error.value)


def test_numpy_arrays_are_no_pictures(tmp_path):
    np.savez(tmp_path / "set.npz", images=np.zeros((3, 4)))
    with pytest.raises(GeneError, match=r"contains no pictures, only 1 other file \(images.npy\)"):
        count(tmp_path / "set.npz", tmp_path)


def test_each_kind_of_skipped_file_is_told_once(tmp_path):
    files = pictures(20) | {
        "__MACOSX/._p1.png": b"resource fork",
        "Thumbs.db": b"thumbnails of Windows",
        ".DS_Store": b"",
        "@eaDir/p1.png/SYNOPHOTO.jpg": encoded("JPEG"),
        "thumbnails/p1.png": encoded(),
        "thumbnails/p2.png": encoded(),
        "notes.txt": b"not a picture",
        "more.zip": zipped(tmp_path / "more.zip", pictures(2)).read_bytes(),
        "layers.psd": b"8BPS" + bytes(50),
    }
    source = written(tmp_path / "set", files)
    assert count(source, tmp_path) == 20
    lines = skipped(source, tmp_path)
    assert len(lines) == 4 and "4 hidden or system files" in lines[0]
    assert "2 thumbnails (the first is thumbnails/p1.png)" in lines[1]
    assert any("2 other files (the first is layers.psd)" in line for line in lines)
    assert any(line.startswith("1 archive inside (more.zip); pass it") for line in lines)


@pytest.mark.parametrize("name", ["a.ppm", "a.tga", "a.jp2", "a.ico"])
def test_pictures_of_other_formats_are_told(tmp_path, name):
    (tmp_path / name).write_bytes(b"P6 1 1 255 abc")
    with pytest.raises(GeneError, match=r"1 picture in another format .*save as PNG"):
        faces.describe(tmp_path, tmp_path / "cache")


def test_a_link_to_a_folder_is_told(tmp_path):
    pics = written(tmp_path / "pics", pictures(3))
    source = tmp_path / "set"
    source.mkdir()
    (source / "here").symlink_to(pics)
    with pytest.raises(GeneError, match=r"1 link \(here\); pass the folder that it leads to"):
        count(source, tmp_path)


def test_a_link_in_an_archive_skips_only_that_entry(tmp_path):
    path = tmp_path / "set.tgz"
    with tarfile.open(path, "w:gz") as file:
        for name, data in pictures(20).items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            file.addfile(member, io.BytesIO(data))
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            link = tarfile.TarInfo(f"link{kind.decode()}.png")
            link.type, link.linkname = kind, "p1.png"
            file.addfile(link)
    assert count(path, tmp_path) == 20
    [line] = skipped(path, tmp_path)
    assert "2 links" in line


def test_a_link_in_a_zip_is_skipped(tmp_path):
    path = zipped(tmp_path / "set.zip", pictures(20))
    with zipfile.ZipFile(path, "a") as file:
        link = zipfile.ZipInfo("link.png")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")
    assert count(path, tmp_path) == 20 and "1 link (link.png)" in skipped(path, tmp_path)[0]


@pytest.mark.parametrize("name", ["../out.png", "/tmp/out.png", "a/../../out.png", "C:\\out.png"])
def test_a_zip_that_reaches_out_is_refused(tmp_path, name):
    path = zipped(tmp_path / "set.zip", pictures(3) | {name: encoded()})
    with pytest.raises(GeneError, match="points outside the archive; if you"):
        count(path, tmp_path)


def test_a_zip_that_swells_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for i in range(6):
            file.writestr(f"{i}.png", bytes(32 << 20))
    with pytest.raises(GeneError, match=r"unpacks to more than .* if you trust"):
        count(tmp_path / "bomb.zip", tmp_path)


@pytest.mark.parametrize("kind", ["bz2", "xz"])
def test_a_compressed_tar_that_swells_is_refused(tmp_path, kind):
    with tarfile.open(tmp_path / "bomb.tar", f"w:{kind}") as file:
        member = tarfile.TarInfo("zeros.png")
        member.size = 100 << 20
        file.addfile(member, io.BytesIO(bytes(100 << 20)))
    with pytest.raises(GeneError, match="if you trust"):
        count(tmp_path / "bomb.tar", tmp_path)


def test_one_damaged_or_locked_file_of_a_zip_harms_no_other(tmp_path):
    path = zipped(tmp_path / "set.zip", pictures(20))
    data = bytearray(path.read_bytes())
    data[data.index(b"IDAT") + 8] ^= 255
    path.write_bytes(data)
    assert count(path, tmp_path) == 19
    assert skipped(path, tmp_path) == ["1 unreadable file (p0.png)"]


def test_a_tall_picture_keeps_its_top_and_a_wide_one_its_middle():
    tall = Image.new("RGB", (60, 90), "white")
    ImageDraw.Draw(tall).rectangle((0, 0, 60, 20), fill=RED)
    wide = Image.new("RGB", (90, 60), "white")
    ImageDraw.Draw(wide).rectangle((30, 0, 60, 60), fill=RED)
    for image, inside in ((tall, (8, 32)), (wide, (32, 32))):
        data = io.BytesIO()
        image.save(data, "PNG")
        pixels = decode.read(data.getvalue())
        assert np.abs(pixels[inside].astype(int) - RED).max() < 12


def drawn_off_center(mode):
    """A red disc of 60 pixels at the lower right of a picture of 300 x 200."""
    background = (0, 0, 0, 0) if mode == "RGBA" else (250, 248, 240)
    image = Image.new(mode, (300, 200), background)
    ImageDraw.Draw(image).ellipse((220, 130, 280, 190), fill=RED)
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_subject_is_found_and_fills_the_frame(mode):
    pixels = decode.read(drawn_off_center(mode), Crop("subject")).astype(int)
    is_red = np.abs(pixels - RED).max(axis=2) < 60
    rows, columns = np.flatnonzero(is_red.any(axis=1)), np.flatnonzero(is_red.any(axis=0))
    assert np.ptp(rows) > 54 and np.ptp(columns) > 54
    assert abs(rows.mean() - 31.5) < 2 and abs(columns.mean() - 31.5) < 2


def test_nothing_is_cut_with_crop_none():
    pixels = decode.read(drawn_off_center("RGB"), Crop("none")).astype(int)
    is_red = np.abs(pixels - RED).max(axis=2) < 60
    assert is_red.sum() == pytest.approx(np.pi * (30 * 64 / 300) ** 2, rel=0.15)
    assert np.abs(pixels[0] - (250, 248, 240)).max() <= 2, "filled with the color of the border"


def test_a_busy_background_is_cropped_as_a_square():
    noise = np.random.default_rng(0).integers(0, 256, (80, 120, 3), "uint8")
    data = io.BytesIO()
    Image.fromarray(noise).save(data, "PNG")
    whole, subject = (decode.read(data.getvalue(), Crop(mode)) for mode in ("square", "subject"))
    assert (whole == subject).all()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [(1, 5000), (5000, 1), (1, 1), (3, 64)])
def test_odd_shapes_in_every_crop(mode, size):
    assert decode.read(encoded(size=size), Crop(mode)).shape == (64, 64, 3)


def test_risky_formats_say_their_kind():
    with pytest.raises(UnreadableFormatError) as error:
        decode.read(b"8BPS" + bytes(100))
    assert error.value.kind == "format"


def portraits(names):
    """Pictures that differ, by the given names."""
    rng = np.random.default_rng(0)
    return {name: encoded(color=tuple(rng.integers(0, 256, 3).tolist())) for name in names}


@pytest.mark.parametrize("total, held_out", [(20, 5), (60, 15), (100, 16), (300, 16)])
def test_enough_is_held_out_of_a_small_set(tmp_path, total, held_out):
    source = written(tmp_path / "set", portraits(f"{i}.png" for i in range(total)))
    training, rest = faces.load_splits(source, cache_dir=tmp_path / "cache")
    assert len(training.images) + len(rest.images) == total
    assert held_out <= len(rest.images) <= total / 4


@pytest.mark.parametrize("folders, names", [(300, ["portrait.png"]), (50, map(str, range(20)))])
def test_equal_names_in_many_folders_are_split_as_well(tmp_path, folders, names):
    names = [name if "." in name else f"{name}.png" for name in names]
    paths = [f"f{i}/{name}" for i in range(folders) for name in names]
    source = written(tmp_path / "set", portraits(paths))
    training, rest = faces.load_splits(source, cache_dir=tmp_path / "cache")
    share = len(rest.images) / (len(training.images) + len(rest.images))
    assert 0.05 < share < 0.16


def test_copies_stay_on_one_side_and_are_counted(tmp_path):
    files = portraits(f"{i}.png" for i in range(40))
    copies = {f"copy of {name}": data for name, data in files.items()}
    source = written(tmp_path / "set", files | copies)
    training, rest = faces.load_splits(source, cache_dir=tmp_path / "cache")
    sides = [{image.tobytes() for image in part.images} for part in (training, rest)]
    assert not sides[0] & sides[1] and len(rest.images) >= 16
    assert "40 are copies of others" in "\n".join(faces.describe(source, tmp_path / "cache"))


def test_the_split_depends_neither_on_names_nor_on_folders(tmp_path):
    files = portraits(f"{i}.png" for i in range(40))
    renamed = {f"deep/{i}/new{i}.png": data for i, data in enumerate(files.values())}
    one, other = (written(tmp_path / name, f) for name, f in (("a", files), ("b", renamed)))
    parts = [faces.load(s, cache_dir=tmp_path / "cache", use_labels=False) for s in (one, other)]
    assert (parts[0].images == parts[1].images).all()


def test_listing_sorts_and_reports(tmp_path):
    written(tmp_path, {"b.png": b"", "a.png": b"", ".hidden": b"", "deep/Thumbs.db": b""})
    names, others = archive.list_files(tmp_path)
    assert names == ["a.png", "b.png"]
    assert [(file.name, file.skipped) for file in others] == [
        (".hidden", "system"),
        ("deep/Thumbs.db", "system"),
    ]
