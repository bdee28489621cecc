"""Hypothesis strategies that damage valid bytes, tables, JSON values and archives."""

import copy
import io
import struct
import zipfile

from hypothesis import strategies as st

STRANGE: list[object] = [
    None,
    True,
    False,
    0,
    -1,
    0.5,
    1e308,
    float("nan"),
    float("inf"),
    2**31,
    2**63,
    10**30,
    "",
    "0",
    "-1",
    "x",
    "../../x",
    "/etc/passwd",
    "\x00",
    "\x1b[2J",
    "\u202e",
    "\ud800",
    "a\nb",
    "²",
    "9" * 5000,
    "y" * 70_000,
    [],
    {},
    [[]],
    [None],
    {"": 0},
    {"class_name": "__lambda__"},
    [1] * 1000,
    [[[[[[[[0]]]]]]]],
]
NUMBERS = [0, 1, 0x7F, 0x80, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]


@st.composite
def spoiled(draw, data, most=4):
    """Bytes with a few of them flipped, removed, inserted, repeated or replaced by odd numbers."""
    data = bytearray(data)
    for _ in range(draw(st.integers(1, most))):
        place = draw(st.integers(0, max(len(data) - 1, 0)))
        length = draw(st.integers(1, 64))
        how = draw(
            st.sampled_from(
                ["flip", "flip", "flip", "cut", "put", "end", "twice", "number", "zero", "drop"]
            )
        )
        if how == "flip" and data:
            data[place] ^= 1 << draw(st.integers(0, 7))
        elif how == "cut":
            del data[place : place + length]
        elif how == "put":
            data[place:place] = draw(st.binary(min_size=1, max_size=64))
        elif how == "end":
            del data[place:]
        elif how == "twice":
            data[place:place] = data[place : place + length]
        elif how == "number":
            data[place : place + 4] = struct.pack(
                draw(st.sampled_from("<>")) + "I", draw(st.sampled_from(NUMBERS))
            )
        elif how == "zero":
            data[place : place + length] = bytes(len(data[place : place + length]))
        elif how == "drop" and draw(st.integers(0, 9)) == 0:
            data.clear()
    return bytes(data)


@st.composite
def odd(draw, value):
    """A JSON value with one to three parts replaced by odd values, removed or swapped."""
    value = copy.deepcopy(value)
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(value))
        if not places:
            return draw(st.sampled_from(STRANGE))
        holder, key = places[draw(st.integers(0, len(places) - 1))]
        how = draw(st.sampled_from(["strange", "strange", "gone", "swap"]))
        if how == "gone":
            del holder[key]
        elif how == "swap":
            other, place = places[draw(st.integers(0, len(places) - 1))]
            holder[key], other[place] = copy.deepcopy(other[place]), copy.deepcopy(holder[key])
        else:
            holder[key] = copy.deepcopy(draw(st.sampled_from(STRANGE)))
    return value


def _places(value):
    """All (container, key) pairs within a JSON value."""
    for key, part in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(part, (dict, list)):
            yield from _places(part)


@st.composite
def muddled(draw, rows):
    """Rows with a few cells swapped, replaced by odd values, removed or added."""
    rows = [list(row) for row in rows]
    for _ in range(draw(st.integers(1, 4))):
        row, other = (rows[draw(st.integers(0, len(rows) - 1))] for _ in range(2))
        if not row or not other:
            continue
        i, j = draw(st.integers(0, len(row) - 1)), draw(st.integers(0, len(other) - 1))
        how = draw(st.sampled_from(["swap", "strange", "missing", "more", "text", "twice"]))
        if how == "swap":
            row[i], other[j] = other[j], row[i]
        elif how == "strange":
            row[i] = str(draw(st.sampled_from(STRANGE)))
        elif how == "missing":
            del row[i]
        elif how == "more":
            row.insert(i, other[j])
        elif how == "text":
            row[i] = draw(st.text(max_size=200))
        else:
            rows.append(list(row))
    return rows


def unzip(data):
    """Unpack a zip file into {name: bytes}."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rezip(parts, packed=False):
    """Pack (name, bytes) pairs into a zip file; names may repeat."""
    file = io.BytesIO()
    with zipfile.ZipFile(
        file, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    ) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return file.getvalue()
