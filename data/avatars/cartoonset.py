"""Label files in the format of Google's Cartoon Set (https://google.github.io/cartoonset).

Next to each image `csX.png` is a `csX.csv` without a header: one line `"name", index, variants`
per attribute. Cartoon Set has 18 attributes. Gene's own faces are stored in the same format.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from data.avatars.labelled_images import Attribute

Header = tuple[tuple[str, int], ...]  # name and number of variants of each attribute

_MAX_ATTRIBUTES = 100
_MAX_VARIANTS = 1000
_MAX_NAME_LENGTH = 60
_CARTOON_SET = {
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
_LAST_VARIANT_IS_NONE = ("facial_hair", "glasses")


def write(header: Iterable[tuple[str, int]], labels: Sequence[int]) -> str:
    """Return the text of the label file for one face."""
    return "".join(
        f'"{name}", {label}, {variants}\n'
        for (name, variants), label in zip(header, labels, strict=True)
    )


def read(data: bytes) -> tuple[Header, tuple[int, ...]]:
    """Parse a label file.

    Returns:
        The header and the labels of one face.

    Raises:
        ValueError: If the file is not in the format; the message names the row.
    """
    try:
        lines = data.decode("utf-8-sig").splitlines()
        rows = list(csv.reader(lines, skipinitialspace=True, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"not a CSV file ({error})") from None
    parsed = [_parse_row(number, cells) for number, cells in enumerate(rows, 1) if cells]
    header = tuple((name, variants) for name, _, variants in parsed)
    if not header:
        raise ValueError("the file has no rows")
    if len(header) > _MAX_ATTRIBUTES:
        raise ValueError(f"more than {_MAX_ATTRIBUTES} rows")
    if len(dict(header)) < len(header):
        raise ValueError("an attribute occurs twice")
    return header, tuple(label for _, label, _ in parsed)


def _parse_row(number: int, cells: list[str]) -> tuple[str, int, int]:
    """Return name, label and number of variants."""
    try:
        name, label_text, variants_text = cells
        label = int(label_text)
        variants = int(variants_text)
    except ValueError:
        raise ValueError(f'row {number} is not `"name", index, variants`') from None
    if not name.isprintable() or not 0 < len(name) <= _MAX_NAME_LENGTH:
        raise ValueError(f"row {number}: invalid attribute name")
    if not 1 <= variants <= _MAX_VARIANTS:
        raise ValueError(
            f"row {number}: {variants:,} variants; an attribute must have 1 to {_MAX_VARIANTS:,}"
        )
    if not 0 <= label < variants:
        raise ValueError(
            f"row {number}: {name}: index {label} is out of range; use 0 to {variants - 1}"
        )
    return name, label, variants


def common_header(headers: Sequence[Header]) -> tuple[Header, dict[Header, str]]:
    """Find the header that most faces have.

    Args:
        headers: The headers of all faces.

    Returns:
        The common header, and {header: difference from the common one} for all other headers.
    """
    counts = Counter(headers)
    common = max(counts, key=lambda header: (counts[header], len(header)), default=())
    return common, {header: _difference(header, common) for header in counts if header != common}


def _difference(header: Header, common: Header) -> str:
    if len(header) != len(common):
        rows = "1 row" if len(header) == 1 else f"{len(header)} rows"
        return f"{rows}; the other files have {len(common)}"
    row = next(i for i, pair in enumerate(header) if pair != common[i])
    name, variants = header[row]
    expected_name, expected_variants = common[row]
    return (
        f"row {row + 1}: {name} with {variants} variants; "
        f"the other files have {expected_name} with {expected_variants}"
    )


def attributes_of(header: Header, labels: np.ndarray) -> tuple[Attribute, ...]:
    """Describe the attributes of a set of faces.

    Args:
        header: The header of all faces.
        labels: int array of shape (n, attributes). The relative frequencies in its columns are the
            probabilities of the variants.
    """
    sizes = dict(header)
    masks: dict[str, dict[str, tuple[str, ...]]] = {}
    if sizes == _CARTOON_SET:
        masks = {"glasses_color": {"glasses": ("none",)}}
    return tuple(
        Attribute(
            name,
            _variant_names(sizes, name),
            tuple((np.bincount(column, minlength=variants) / len(column)).tolist()),
            masks.get(name, {}),
        )
        for (name, variants), column in zip(header, labels.T, strict=True)
    )


def _variant_names(sizes: dict[str, int], name: str) -> tuple[str, ...]:
    variants = [str(i) for i in range(sizes[name])]
    if sizes == _CARTOON_SET and name in _LAST_VARIANT_IS_NONE:
        variants[-1] = "none"
    return tuple(variants)
