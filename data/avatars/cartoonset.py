"""The labels of Google's Cartoon Set (https://google.github.io/cartoonset, CC BY 4.0) as they lie on disk.

Beside each picture `csX.png` lies `csX.csv`: no header, a line `"name", index, variants` for each of 18 features. The
faces that come with the project are written in the same form.
"""

import csv
from collections import Counter

import numpy as np

from data.avatars.labelled_images import Attribute

_MOST_FEATURES, _MOST_VARIANTS, _LONGEST_NAME = 100, 1000, 60
_SIZES = {
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
_LAST_IS_NONE = "facial_hair", "glasses"


def write(header, labels):
    """The text of a face's csv; header: (name, number of variants) of each feature."""
    return "".join(
        f'"{name}", {label}, {variants}\n'
        for (name, variants), label in zip(header, labels, strict=True)
    )


def read(data):
    """The header, as in `write`, and the labels, a tuple, in the bytes of a csv. ValueError that names the row."""
    try:
        rows = list(
            csv.reader(data.decode("utf-8-sig").splitlines(), skipinitialspace=True, strict=True)
        )
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"not CSV ({error})") from None
    parsed = [_row(number, cells) for number, cells in enumerate(rows, 1) if cells]
    header = tuple((name, variants) for name, _, variants in parsed)
    if not 0 < len(dict(header)) == len(header) <= _MOST_FEATURES:
        raise ValueError(f"no row, more than {_MOST_FEATURES} rows, or a feature twice")
    return header, tuple(label for _, label, _ in parsed)


def _row(number, cells):
    try:
        name, label, variants = cells
        label, variants = int(label), int(variants)
    except ValueError:
        raise ValueError(f'row {number} is not `"name", index, variants`') from None
    if (
        not name.isprintable()
        or not 0 < len(name) <= _LONGEST_NAME
        or not 1 <= variants <= _MOST_VARIANTS
    ):
        raise ValueError(
            f"row {number}: no feature of 1 to {_MOST_VARIANTS:,} variants with a name"
        )
    if not 0 <= label < variants:
        raise ValueError(
            f"row {number}: {name}: index {label} of {variants} variants, which are 0 to {variants - 1}"
        )
    return name, label, variants


def common_header(headers):
    """The header that most of the faces have, and a sentence for each other one: {header: what is wrong with it}."""
    counts = Counter(headers)
    common = max(counts, key=lambda header: (counts[header], len(header)), default=())
    return common, {header: _difference(header, common) for header in counts if header != common}


def _difference(header, common):
    if len(header) != len(common):
        return f"{len(header)} rows where the others have {len(common)}"
    row = next(i for i, pair in enumerate(header) if pair != common[i])
    return (
        f"row {row + 1}: {header[row][0]} of {header[row][1]} where the others have {common[row][0]} of "
        f"{common[row][1]} variants"
    )


def features(header, labels):
    """The features of faces with these labels (count, features): how often each variant occurs is counted."""
    names = dict(header)
    masks = {"glasses_color": {"glasses": ("none",)}} if names == _SIZES else {}
    return tuple(
        Attribute(
            name,
            _variants(names, name),
            tuple((np.bincount(column, minlength=variants) / len(column)).tolist()),
            masks.get(name, {}),
        )
        for (name, variants), column in zip(header, labels.T, strict=True)
    )


def _variants(names, name):
    variants = [str(i) for i in range(names[name])]
    if names == _SIZES and name in _LAST_IS_NONE:
        variants[-1] = "none"
    return tuple(variants)
