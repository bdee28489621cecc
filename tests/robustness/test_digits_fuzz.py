"""Folders of IDX files, valid and damaged, are read or refused with a one-line error."""

import gzip
import struct

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from data.digits.mnist import load_digits
from tests.robustness.damage import NUMBERS, spoiled
from tests.robustness.sandbox import case, cases, line_or
from tests.robustness.tiny_runs import idx

COUNT = {"train": 30, "t10k": 5}


def whole():
    """The four files of a few digits as {name: bytes}."""
    rng, files = np.random.default_rng(0), {}
    for part, count in COUNT.items():
        files[f"{part}-images-idx3-ubyte"] = idx(
            rng.integers(0, 256, (count, 28, 28), dtype="uint8")
        )
        files[f"{part}-labels-idx1-ubyte"] = idx(np.arange(count, dtype="uint8") % 10)
    return files


WHOLE = whole()


@st.composite
def changed(draw, data):
    """An IDX file with another header or damaged bytes, possibly compressed and damaged again."""
    if draw(st.booleans()):
        place = draw(st.integers(0, 4))
        data = (
            data[: 4 * place]
            + struct.pack(">I", draw(st.sampled_from([*NUMBERS, 28, 29])))
            + data[4 * place + 4 :]
        )
    if draw(st.booleans()):
        data = draw(spoiled(data))
    if draw(st.booleans()):
        data = gzip.compress(data, 1, mtime=0)
        data = draw(spoiled(data)) if draw(st.booleans()) else data
    return data


@st.composite
def folders(draw):
    """The four files with one to three of them changed, removed or swapped."""
    files = dict(WHOLE)
    for name in draw(st.lists(st.sampled_from(sorted(files)), min_size=1, max_size=3, unique=True)):
        how = draw(st.sampled_from(["changed", "changed", "changed", "swapped", "gone", "scratch"]))
        other = draw(st.sampled_from(sorted(WHOLE)))
        if how == "changed":
            files[name] = draw(changed(files[name]))
        elif how == "swapped" and other in files:
            files[name], files[other] = files[other], files[name]
        elif how == "scratch":
            files[name] = draw(st.binary(max_size=40))
        elif how == "gone":
            del files[name]
    return files


@cases(fast=100, nightly=3500)
@given(folders())
@example(WHOLE)
@example(
    WHOLE
    | {
        "t10k-images-idx3-ubyte": idx(np.zeros((0, 28, 28), "uint8")),
        "t10k-labels-idx1-ubyte": idx(np.zeros(0, "uint8")),
    }
)
def test_a_folder_becomes_digits_or_a_line(files):
    with case("folders of IDX files") as folder:
        for name, data in files.items():
            (folder / name).write_bytes(data)
        digits = line_or(load_digits, folder, allow_other_digits=True)
        for part in digits[:3] if digits else ():
            assert len(part.images) == len(part.labels) > 0 and part.images.shape[1:] == (28, 28)
            assert part.labels.max() < 10
