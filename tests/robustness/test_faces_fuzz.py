"""Faces in folders and archives, valid and damaged, are read or refused with a one-line error."""

import bz2
import gzip
import io
import lzma
import tarfile
import warnings
import zipfile

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from data.avatars import cartoonset, faces
from data.avatars import decode as images
from data.avatars.crop import MODES as CROPS
from data.avatars.crop import Crop
from data.digits.user_image import read_image, resize
from tests.robustness.damage import STRANGE, muddled, spoiled
from tests.robustness.sandbox import case, cases, line_or

HEADER = [("hair", 3), ("glasses", 2)]
CARTOON = list(cartoonset._CARTOON_SET.items())
MODES = {
    "PNG": ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"],
    "JPEG": ["RGB", "L", "CMYK"],
    "WEBP": ["RGB", "RGBA"],
    "GIF": ["P"],
    "BMP": ["RGB", "L", "1"],
    "TIFF": ["RGB", "RGBA", "L", "CMYK", "1", "I;16"],
    "AVIF": ["RGB", "RGBA"],
}


def picture(mode, kind, side=20, shade=0, **options):
    """An image file's bytes."""
    pixels = np.random.default_rng(shade).integers(0, 255, (side, side, 4), dtype="uint8")
    image = Image.fromarray(pixels, "RGBA")
    image = (
        Image.fromarray(pixels.view("uint32")[:, :, 0].astype("uint16"))
        if mode == "I;16"
        else image.convert(mode)
    )
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def pictures():
    """One of each kind, with what cameras and editors put into them."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a face"
    plain = ("GIF", "BMP", "TIFF")
    made = [
        picture(mode, kind, exif=exif.tobytes())
        for kind, modes in MODES.items()
        if kind not in plain
        for mode in modes
    ]
    made += [picture(mode, kind) for kind in plain for mode in MODES[kind]]
    made += [
        picture("RGB", "TIFF", compression=how)
        for how in ("tiff_lzw", "jpeg", "tiff_adobe_deflate", "packbits")
    ]
    frames = [Image.new("P", (20, 20), i) for i in range(3)]
    for kind in ("GIF", "WEBP", "PNG"):
        file = io.BytesIO()
        frames[0].save(file, kind, save_all=True, append_images=frames[1:])
        made.append(file.getvalue())
    return [
        *made,
        picture("P", "PNG", transparency=b"\0\x80\xff"),
        picture("RGB", "JPEG", progressive=True),
    ]


PICTURES = pictures()
ANY_PICTURE = st.one_of(st.sampled_from(PICTURES).flatmap(spoiled), st.binary(max_size=200))
TABLE = [[name, str(i % size), str(size)] for i, (name, size) in enumerate(CARTOON)]


def as_table(rows):
    return "".join(", ".join(row) + "\n" for row in rows).encode(errors="surrogatepass")


@cases(fast=150, nightly=4000)
@given(
    ANY_PICTURE,
    st.one_of(
        st.none(), st.just(Crop("square", (0.1, 0.2, 0.6))), st.sampled_from(CROPS).map(Crop)
    ),
)
def test_a_picture_becomes_pixels_or_a_line(data, crop):
    with case("pictures of faces"):
        warnings.simplefilter(
            "ignore"
        )  # those of Pillow: data/avatars/image_cache.py keeps them from the terminal
        try:
            pixels = images.read(data, crop)
        except ValueError as error:
            assert "\n" not in str(error)
        else:
            assert pixels.shape == (64, 64, 3) and pixels.dtype == "uint8"


@cases(fast=60, nightly=1500)
@given(ANY_PICTURE)
def test_a_picture_of_a_digit_is_read_or_refused(data):
    with case("pictures of digits") as folder:
        (folder / "digit.png").write_bytes(data)
        drawing = line_or(read_image, folder / "digit.png")
        if drawing is not None:
            assert drawing.max() == 1 and resize(drawing).shape == (28, 28)


@cases(fast=100, nightly=3000)
@given(st.one_of(spoiled(as_table(TABLE)), muddled(TABLE).map(as_table), st.binary(max_size=100)))
def test_a_table_becomes_labels_or_a_line(data):
    with case("Cartoon Set tables"):
        try:
            header, labels = cartoonset.read(data)
        except ValueError as error:
            assert "\n" not in str(error)
        else:
            assert all(
                0 <= label < size <= 1000 for (_, size), label in zip(header, labels, strict=True)
            )


def files(header):
    """Faces with labels, {name: bytes}, all of them whole."""
    made = {}
    for i in range(6):
        made[f"cs{i}.png"] = picture("RGBA" if i % 2 else "RGB", "PNG", side=24, shade=i)
        made[f"cs{i}.csv"] = cartoonset.write(header, [i % size for _, size in header]).encode()
    return made


NAMES = st.one_of(
    st.sampled_from(
        [
            "cs1.png",
            "cs9.csv",
            ".cs1.png",
            "CS2.PNG",
            "a b.jpg",
            "cs\x1b[2J.png",
            "x.gif",
            "\udcff.png",
            "cs3.png.csv",
            "n\n.png",
            "é.webp",
            "-.bmp",
        ]
    ),
    st.text(st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1, max_size=20).map(
        lambda name: name[:20] + ".png"
    ),
)


@st.composite
def sets(draw):
    """Faces, {name: bytes}, with some of them damaged, gone, or of other names."""
    made = files(draw(st.sampled_from([HEADER, CARTOON])))
    for _ in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from(sorted(made)))
        how = draw(st.sampled_from(["spoil", "spoil", "gone", "name", "swap", "table"]))
        if how == "spoil":
            made[name] = draw(spoiled(made[name]))
        elif how == "swap":
            other = draw(st.sampled_from(sorted(made)))
            made[name], made[other] = made[other], made[name]
        elif how == "table":
            made[name] = as_table(draw(muddled(TABLE)))
        elif len(made) > 1:
            data = made.pop(name)
            if how == "name":
                made[draw(NAMES)] = data
    return made


def check(folder, source):
    """Load both splits of a source or fail in one line; write only the cache."""
    parts = line_or(faces.load_splits, source, cache_dir=folder / "cache")
    if parts:
        assert all(line.isprintable() for line in faces.describe(source, folder / "cache"))
    for part in parts or ():
        assert part.images.shape[1:] == (64, 64, 3) and len(part.images) == len(part.labels)
        for column, attribute in zip(part.labels.T, part.attributes, strict=True):
            assert np.all(column < len(attribute.variants))
    assert {path.name for path in folder.iterdir()} <= {source.name, "cache"}
    assert not list(folder.glob("cache/.*-*")), "no temporary file is left"


@cases(fast=40, nightly=2000)
@given(sets())
def test_a_folder_becomes_faces_or_a_line(made):
    with case("folders of faces") as folder:
        (folder / "set").mkdir()
        for name, data in made.items():
            (folder / "set" / name).write_bytes(data)
        check(folder, folder / "set")


MEMBERS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.one_of(
            NAMES,
            st.sampled_from(["../out.png", "/tmp/out.png", "a/../../out.png", "C:/x.png", "", "."]),
        ),
        "type": st.sampled_from(
            [
                tarfile.REGTYPE,
                tarfile.SYMTYPE,
                tarfile.LNKTYPE,
                tarfile.CHRTYPE,
                tarfile.FIFOTYPE,
                tarfile.DIRTYPE,
                tarfile.GNUTYPE_SPARSE,
                tarfile.XHDTYPE,
                tarfile.XGLTYPE,
                tarfile.GNUTYPE_LONGNAME,
                b"V",
                b"\xff",
            ]
        ),
        "linkname": st.sampled_from(["../../etc/passwd", "/etc/passwd", "cs0.png"]),
        "size": st.sampled_from([0, 1, 100, 10_000, 2**33]),
        "mtime": st.sampled_from([0, 2**40, 1.5]),
        "uname": st.text(max_size=10),
        "pax_headers": st.dictionaries(
            st.sampled_from(
                [
                    "size",
                    "path",
                    "GNU.sparse.size",
                    "GNU.sparse.map",
                    "GNU.sparse.numblocks",
                    "GNU.sparse.major",
                    "GNU.sparse.minor",
                    "hdrcharset",
                    "mtime",
                    "atime",
                ]
            ),
            st.sampled_from(
                [
                    str(value).encode(errors="replace").decode().replace("\0", "0")
                    for value in STRANGE
                ]
                + ["1", "BINARY", "../x"]
            ),
            max_size=3,
        ),
    },
)


COMPRESSORS = [
    None,
    lambda data: gzip.compress(data, 1, mtime=0),
    lambda data: bz2.compress(data, 1),
    lambda data: lzma.compress(data, preset=0),
    lambda data: lzma.compress(data, lzma.FORMAT_ALONE, preset=0),
    zstandard.compress,
]


@st.composite
def archives(draw):
    """Bytes of a tar archive with strange members, perhaps damaged before or after packing."""
    file, made = io.BytesIO(), draw(sets())
    form = draw(st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]))
    strange = draw(st.dictionaries(st.sampled_from(sorted(made)), MEMBERS, max_size=2))
    with tarfile.open(fileobj=file, mode="w", format=form, errors="surrogateescape") as archive:
        for name, data in made.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            for field, value in strange.get(name, {}).items():
                setattr(member, field, value)
            archive.fileobj.write(_header(member, form))
            archive.fileobj.write(data + bytes(-len(data) % 512))
    data = file.getvalue()
    if draw(st.booleans()):
        data = draw(spoiled(data))
    compress = draw(st.sampled_from(COMPRESSORS))
    if compress:
        data = compress(data)
        if draw(st.booleans()):
            data = draw(spoiled(data))
    return data


def _header(member, form):
    try:
        return member.tobuf(form, "utf-8", "surrogateescape")
    except (
        ValueError,
        UnicodeError,
        OverflowError,
        TypeError,
        AttributeError,
    ):  # tarfile does not write all of these
        return tarfile.TarInfo("other.png").tobuf()


@cases(fast=60, nightly=3000)
@given(archives())
def test_an_archive_becomes_faces_or_a_line(data):
    with case("archives of faces") as folder:
        (folder / "set.tgz").write_bytes(data)
        check(folder, folder / "set.tgz")


ZIP_FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "filename": st.one_of(
            NAMES, st.sampled_from(["../out.png", "/tmp/out.png", "a\\..\\..\\x", "C:/x.png", "a/"])
        ),
        "external_attr": st.sampled_from(
            [0o120777 << 16, 0o020666 << 16, 0o010644 << 16, 2**32 - 1]
        ),
        "flag_bits": st.sampled_from([0x1, 0x8, 0x20, 0x40, 0x800, 0xFFFF]),
        "compress_type": st.sampled_from([0, 8, 9, 12, 14, 93, 97, 99]),
        "file_size": st.sampled_from([0, 1, 10_000, 2**31, 2**32 - 1, 2**40]),
        "compress_size": st.sampled_from([0, 1, 10_000, 2**31, 2**32 - 1]),
        "header_offset": st.sampled_from([0, 1, 10_000, 2**32 - 1]),
        "CRC": st.just(0),
        "extra": st.sampled_from([b"\1\0\x10\0" + b"\xff" * 16, b"\1\0", b"up\0\0"]),
    },
)


@st.composite
def zips(draw):
    """Bytes of a .zip with strange entries in its directory, bombs and damage."""
    file, made = io.BytesIO(), draw(sets())
    bomb = draw(st.sampled_from([*[0] * 10, 1 << 20, 40 << 20]))
    method = draw(st.sampled_from([0, 8, 12, 14]))
    strange = draw(st.dictionaries(st.sampled_from(sorted(made)), ZIP_FIELDS, max_size=3))
    with zipfile.ZipFile(file, "w", method, compresslevel=1) as archive:
        for name, data in made.items():
            archive.writestr(zipfile.ZipInfo(name.encode(errors="replace").decode()), data)
        if bomb:
            for i in range(3):
                archive.writestr(f"zeros{i}.png", bytes(bomb), 8)
        for info in archive.filelist:
            for field, value in strange.get(info.filename, {}).items():
                setattr(info, field, value)
        archive._didModify = True
        try:
            archive.close()
        except Exception:  # zipfile does not write all of these
            archive.filelist.clear()
    data = file.getvalue()
    return draw(spoiled(data)) if len(data) < 1 << 20 and draw(st.booleans()) else data


@pytest.mark.filterwarnings("ignore:Duplicate name")
@cases(fast=60, nightly=3000)
@given(zips())
def test_a_zip_becomes_faces_or_a_line(data):
    with case("zips of faces") as folder:
        (folder / "set.zip").write_bytes(data)
        check(folder, folder / "set.zip")


ROWS = [["file", "shape", "color"], *([f"cs{i}.png", "round", "red"] for i in range(4))]
ROWS += [["cs4.png", "tall", "blue"], ["cs5.png", "tall", "blue"]]


@st.composite
def labeled_sets(draw):
    """Pictures with a table of labels for all, or one next to each, muddled and spoiled."""
    made = {f"cs{i}.png": picture("RGB", "PNG", side=16, shade=i) for i in range(6)}
    folders = draw(st.sampled_from(["", "a/", "a/b/"]))
    made = {
        f"{folders if i % 2 else ''}{name}": data for i, (name, data) in enumerate(made.items())
    }
    rows = draw(st.one_of(st.just(ROWS), muddled(ROWS)))
    delimiter = draw(st.sampled_from([",", ";", "\t", "|", ", "]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    text = "\n".join(delimiter.join(row) for row in rows)
    data = text.encode(encoding, errors="replace")
    data = draw(spoiled(data)) if draw(st.booleans()) else data
    name = draw(st.sampled_from(["labels.csv", "metadata.csv", "a/labels.tsv", "cs1.csv"]))
    made[name] = data
    if draw(st.booleans()):
        pairs = draw(muddled([["shape", "round"], ["color", "red"]]))
        made |= {
            f"cs{i}.csv": "\n".join(map(",".join, pairs)).encode(errors="replace")
            for i in range(0, 6, 2)
        }
    return made


@cases(fast=60, nightly=2500)
@given(labeled_sets())
def test_labels_of_any_form_become_attributes_or_nothing(made):
    with case("labels of faces") as folder:
        for name, data in made.items():
            (folder / "set" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "set" / name).write_bytes(data)
        parts = faces.load_splits(folder / "set", cache_dir=folder / "cache")
        assert sum(len(part.images) for part in parts) >= 3, "no table stops most pictures"
        check(folder, folder / "set")
