"""Unusable faces are skipped or refused, with one line that names the file."""

import gzip
import io
import os
import struct
import tarfile
import zlib

import numpy as np
import pytest
from PIL import Image

from common.cli import GeneError
from common.files import LOCK_NAME
from data.avatars import archive, cartoonset, decode, faces

HEADER = [("hair", 3), ("eyes", 2)]


def png(color="red", size=(64, 64)):
    data = io.BytesIO()
    Image.new("RGB", size, color).save(data, "PNG")
    return data.getvalue()


def huge_png():
    """A PNG that says it has 30,000 x 30,000 pixels."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 6, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


def labelled(folder, count=12):
    """Faces with labels, all of them whole."""
    folder.mkdir(exist_ok=True)
    for i in range(count):
        (folder / f"cs{i}.png").write_bytes(png((20 * i, 0, 0)))
        (folder / f"cs{i}.csv").write_text(cartoonset.write(HEADER, [i % 3, i % 2]))
    return folder


def load(source, tmp_path):
    return [len(part.images) for part in faces.load_splits(source, cache_dir=tmp_path / "cache")]


def told(source, tmp_path):
    """What the summary of a source says was skipped."""
    lines = faces.describe(source, tmp_path / "cache")
    return [line for line in lines if line.startswith("skipped: ")]


def refused(source, tmp_path, *words):
    """Assert that a source is refused in one line with these words, and leaves the cache empty."""
    with pytest.raises(GeneError) as error:
        faces.load(source, cache_dir=tmp_path / "cache")
    line = str(error.value)
    assert "\n" not in line and str(source) in line
    for word in words:
        assert word in line
    files = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert [path for path in files if path.name != LOCK_NAME] == []


BROKEN = {
    "truncated": ("cs3.png", png(size=(200, 200))[:300], "damaged"),
    "half_a_header": ("cs3.png", png()[:20], "not a PNG"),
    "empty": ("cs3.png", b"", "empty file"),
    "not_a_picture": ("cs3.png", b"GIF89a or so they say", "damaged|not a PNG"),
    "another_format": ("cs3.png", b"%!PS-Adobe-3.0 EPSF-3.0\n", "not a PNG"),
    "30000_x_30000": ("cs3.png", huge_png(), "more than 50,000,000 pixels"),
    "row_missing": ("cs3.csv", b'"hair", 1, 3\n', "1 row; the other files have 2"),
    "row_too_many": (
        "cs3.csv",
        b'"hair", 1, 3\n"eyes", 1, 2\n"nose", 1, 2\n',
        "3 rows; the other files have 2",
    ),
    "out_of_range": (
        "cs3.csv",
        b'"hair", 3, 3\n"eyes", 1, 2\n',
        "row 1: hair: index 3 is out of range",
    ),
    "negative": ("cs3.csv", b'"hair", 1, 3\n"eyes", -1, 2\n', "row 2: eyes: index -1"),
    "not_a_number": ("cs3.csv", b'"hair", one, 3\n"eyes", 1, 2\n', "row 1 is not"),
    "column_missing": ("cs3.csv", b'"hair", 1, 3\n"eyes", 1\n', "row 2 is not"),
    "more_variants": ("cs3.csv", b'"hair", 1, 4\n"eyes", 1, 2\n', "row 1: hair with 4"),
    "no_variants": (
        "cs3.csv",
        b'"hair", 0, 0\n"eyes", 1, 2\n',
        "row 1: 0 variants; an attribute must have",
    ),
    "twice": ("cs3.csv", b'"hair", 1, 3\n"hair", 1, 3\n', "twice"),
    "empty_csv": ("cs3.csv", b"", "no row"),
    "not_utf8": ("cs3.csv", b'"h\xe9", 1, 3\n', "not a CSV file"),
    "open_quote": ("cs3.csv", b'"hair, 1, 3\n', "not a CSV file"),
    "huge_number": ("cs3.csv", b'"hair", ' + b"9" * 5000 + b', 3\n"eyes", 1, 2\n', "row 1 is not"),
}


@pytest.mark.parametrize("name, data, words", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("packed", [False, True], ids=["folder", "archive"])
def test_one_broken_file_is_left_out_with_a_line(tmp_path, name, data, words, packed):
    source = labelled(tmp_path / "set")
    (source / name).write_bytes(data)
    if packed:
        with tarfile.open(tmp_path / "set.tgz", "w:gz") as file:
            file.add(source, "set")
        source = tmp_path / "set.tgz"
    assert sum(load(source, tmp_path)) == 11
    [line] = told(source, tmp_path)
    assert name in line and any(word in line for word in words.split("|"))


def jpeg_2000():
    data = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(data, "JPEG2000")
    return data.getvalue()


def eps():
    data = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(data, "EPS")
    return data.getvalue()


def psd():
    """Return a Photoshop file of 64 x 64 pixels in RGB without layers."""
    header = struct.pack(">4sH6xHIIHH", b"8BPS", 1, 3, 64, 64, 8, 3)
    return header + bytes(12) + struct.pack(">H", 0) + bytes(3 * 64 * 64)


def fits():
    """Return a FITS file of 64 x 64 gray pixels."""
    cards = ["SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 2", "NAXIS1  = 64", "NAXIS2  = 64", "END"]
    return "".join(card.ljust(80) for card in cards).encode().ljust(2880) + bytes(5760)


REFUSED_FORMATS = {"PSD": psd, "EPS": eps, "FITS": fits, "JPEG2000": jpeg_2000}


@pytest.mark.parametrize("name", REFUSED_FORMATS)
def test_formats_with_risky_decoders_are_refused_in_one_line(tmp_path, name):
    data = REFUSED_FORMATS[name]()
    assert Image.open(io.BytesIO(data)).format == name, "Pillow itself would open it"
    with pytest.raises(
        ValueError, match="not a PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF image"
    ) as error:
        decode.read(data)
    assert "\n" not in str(error.value)
    source = labelled(tmp_path / "set")
    (source / "cs3.png").write_bytes(data)
    assert sum(load(source, tmp_path)) == 11
    [line] = told(source, tmp_path)
    assert "cs3.png: not a PNG" in line


@pytest.mark.parametrize("missing, named", [("cs5.csv", "cs5.png"), ("cs5.png", "cs5.csv")])
def test_one_without_the_other_is_left_out(tmp_path, missing, named):
    source = labelled(tmp_path / "set")
    (source / missing).unlink()
    assert sum(load(source, tmp_path)) == 11
    [line] = told(source, tmp_path)
    assert named in line and "with the same name" in line


def test_each_kind_is_told_once_with_its_count(tmp_path):
    source = labelled(tmp_path / "set", 80)
    for i in range(30):
        (source / f"cs{i}.png").write_bytes(b"")
    assert sum(load(source, tmp_path)) == 50
    [line] = told(source, tmp_path)
    assert line == "skipped: 30 damaged pictures (the first is cs0.png: empty file)"


def test_more_than_half_broken_is_refused(tmp_path):
    source = labelled(tmp_path / "set")
    for i in range(7):
        (source / f"cs{i}.png").write_bytes(b"broken")
    refused(source, tmp_path, "only 5 pictures can be used (", "cs0.png", "delete the other 7")


def test_a_name_cannot_write_on_the_terminal(tmp_path):
    source = labelled(tmp_path / "set")
    (source / "cs\n\x1b[2J.png").write_bytes(b"broken")
    (source / "cs3.csv").write_text('"ha\x1bir", 1, 3\n"eyes", 1, 2\n')
    assert sum(load(source, tmp_path)) == 11
    lines = told(source, tmp_path)
    assert len(lines) == 2 and all(line.isprintable() for line in lines)


def test_label_files_that_say_nothing_do_not_stop_the_pictures(tmp_path):
    source = labelled(tmp_path / "set")
    for path in source.glob("*.csv"):
        path.write_text("broken")
    assert sum(load(source, tmp_path)) == 12
    assert faces.load(source, cache_dir=tmp_path / "cache").attributes == ()
    [line] = told(source, tmp_path)
    assert "column of labels (label: always the same value)" in line


def test_a_file_larger_than_any_picture(tmp_path, monkeypatch):
    source = labelled(tmp_path / "set")
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 5000)
    (source / "cs3.png").write_bytes(bytes(5001))
    assert sum(load(source, tmp_path)) == 11
    assert told(source, tmp_path) == ["skipped: 1 oversized file (cs3.png)"]


def test_a_pipe_among_the_pictures_is_not_waited_for(tmp_path):
    source = labelled(tmp_path / "set")
    (source / "cs3.png").unlink()
    os.mkfifo(source / "cs3.png")
    assert sum(load(source, tmp_path)) == 11
    assert told(source, tmp_path) == ["skipped: 1 unreadable file (cs3.png)"]


def test_a_link_that_leads_nowhere_is_left_out(tmp_path):
    source = labelled(tmp_path / "set")
    (source / "cs3.png").unlink()
    (source / "cs3.png").symlink_to(tmp_path / "nowhere.png")
    assert sum(load(source, tmp_path)) == 11
    assert told(source, tmp_path) == ["skipped: 1 unreadable file (cs3.png)"]


def test_nothing_there(tmp_path):
    refused(tmp_path / "nowhere", tmp_path, "no such file", "--faces")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", tmp_path, "contains no pictures")
    (tmp_path / "empty" / "text.csv").write_text("a, b, c")
    refused(tmp_path / "empty", tmp_path, "contains no pictures")


def hostile(path, *members):
    """An archive of one good face and the members, (TarInfo fields, bytes)."""
    with tarfile.open(path, "w:gz") as file:
        for fields, data in (({"name": "good.png"}, png()), *members):
            member = tarfile.TarInfo()
            member.size = len(data)
            for field, value in fields.items():
                setattr(member, field, value)
            file.addfile(member, io.BytesIO(data))
    return path


@pytest.mark.parametrize(
    "fields, word",
    [
        ({"name": "../out.png"}, "points outside"),
        ({"name": "a/../../out.png"}, "points outside"),
        ({"name": "..\\out.png"}, "points outside"),
        ({"name": "C:\\out.png"}, "points outside"),
        ({"name": "/tmp/out.png"}, "points outside"),
        ({"name": "in.png", "type": tarfile.CHRTYPE}, "device"),
        ({"name": "in.png", "type": tarfile.FIFOTYPE}, "device"),
    ],
    ids=str,
)
def test_an_archive_that_reaches_out_is_refused(tmp_path, fields, word):
    before = sorted(tmp_path.parent.iterdir())
    path = hostile(tmp_path / "set.tgz", (fields, png() if "type" not in fields else b""))
    refused(path, tmp_path, repr(fields["name"]), word, "if you trust")
    assert sorted(tmp_path.parent.iterdir()) == before
    assert {file.name for file in tmp_path.iterdir()} <= {"set.tgz", "cache"}


def test_an_archive_that_swells_is_refused(tmp_path):
    with gzip.open(tmp_path / "bomb.tgz", "wb") as file:
        member = tarfile.TarInfo("zeros.png")
        member.size = 200 << 20
        file.write(member.tobuf())
        for _ in range(200):
            file.write(bytes(1 << 20))
    refused(tmp_path / "bomb.tgz", tmp_path, "unpacks to more than", "if you trust")


def test_a_header_that_swells_is_refused(tmp_path):
    with gzip.open(tmp_path / "bomb.tgz", "wb") as file:
        member = tarfile.TarInfo("pax")
        member.type, member.size = tarfile.XHDTYPE, 70 << 20
        file.write(member.tobuf(tarfile.USTAR_FORMAT))
        for _ in range(70):
            file.write(bytes(1 << 20))
    refused(tmp_path / "bomb.tgz", tmp_path, "if you trust")


@pytest.mark.parametrize("keep", [30, 200, 3000])
def test_a_truncated_archive_is_refused(tmp_path, keep):
    noise = np.random.default_rng(0).bytes(20_000)
    path = hostile(tmp_path / "set.tgz", *[({"name": f"n{i}.png"}, noise) for i in range(3)])
    path.write_bytes(path.read_bytes()[:keep])
    refused(path, tmp_path, "not a complete .zip or tar archive")


@pytest.mark.parametrize(
    "name, data",
    [
        ("set.tgz", b""),
        ("set.tgz", b"\x1f\x8b"),
        ("set.tar.xz", b"\xfd7zXZ\0" + bytes(100)),
        ("set.tar.bz2", b"BZh91AY"),
        ("set.tar.zst", b"\x28\xb5\x2f\xfd" + bytes(100)),
        ("set.tgz", gzip.compress(b"no tar at all" * 100, mtime=0)),
        ("set.csv", b"a,b\n1,2\n" * 100),
    ],
)
def test_what_is_no_archive_is_refused(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    refused(tmp_path / name, tmp_path, "not a complete .zip or tar archive")


@pytest.mark.parametrize("count, header", [(1, b"21 GNU.sparse.size=?\n"), (5000, b"9 a=abcd\n")])
def test_headers_that_are_damaged_or_never_end_are_refused(tmp_path, count, header):
    member = tarfile.TarInfo("pax")
    member.type, member.size = tarfile.XHDTYPE, len(header)
    headers = member.tobuf(tarfile.USTAR_FORMAT) + header.ljust(512, b"\0")
    (tmp_path / "set.tar").write_bytes(count * headers + tarfile.TarInfo("a.png").tobuf())
    refused(tmp_path / "set.tar", tmp_path, "not a complete .zip or tar archive")
