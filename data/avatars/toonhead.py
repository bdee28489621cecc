"""Render the faces that come with Gene, a modified version of ToonHead by Johan Melin, CC BY 4.0.

The style (https://www.figma.com/community/file/1589627891082866389, license
https://creativecommons.org/licenses/by/4.0/) is rendered by the DiceBear packages and resvg. It was
modified: glasses and colored irises are new, the mouths "smile" and "sad" are redrawn, lines are
thicker, colors differ, and the image is cropped more tightly.
"""

import functools
import hashlib
import json
from collections.abc import Sequence
from importlib import metadata, resources
from io import BytesIO
from typing import Any

import numpy as np
import resvg_py
from dicebear import Avatar, Style
from PIL import Image

from data.avatars.labelled_images import Attribute

HAIR_COLORS = {
    "black": "#1c181d",
    "brown": "#58290f",
    "red": "#c8481a",
    "blond": "#ffd95a",
    "grey": "#b9bcc4",
    "blue": "#4a6fe3",
}
SKINS = {
    "pale": "#fde6d8",
    "rose": "#f4b5a5",
    "golden": "#e5ae74",
    "tan": "#c38551",
    "brown": "#985f38",
    "deep": "#6c4027",
}
FRAME_COLORS = {
    "black": "#15151a",
    "red": "#e3263a",
    "blue": "#1f63ea",
    "green": "#12a05c",
    "yellow": "#ffc60a",
}
IRISES = {
    "brown": "#7a4218",
    "blue": "#2d8cf0",
    "green": "#2fae4e",
    "grey": "#8f9aa8",
    "amber": "#e59400",
}


def _uniform(
    name: str, *variants: str, masked_by: dict[str, tuple[str, ...]] | None = None
) -> Attribute:
    """Make an attribute whose variants are all equally likely."""
    return Attribute(name, variants, (1 / len(variants),) * len(variants), masked_by or {})


def _half_none(name: str, *variants: str) -> Attribute:
    """Make an attribute that is "none" in half of the faces; other variants are equally likely."""
    return Attribute(name, ("none", *variants), (0.5, *[0.5 / len(variants)] * len(variants)))


ATTRIBUTES = (
    _uniform("hair", "none", "bun", "sideComed", "spiky", "undercut"),
    _uniform("rear_hair", "none", "neckHigh", "shoulderHigh", "longStraight", "longWavy"),
    _uniform("hair_color", *HAIR_COLORS),
    _uniform("skin", *SKINS),
    _half_none("beard", "chin", "chinMoustache", "fullBeard", "longBeard", "moustacheTwirl"),
    _half_none("glasses", "round", "square", "browline", "sun"),
    _uniform("frame_color", *FRAME_COLORS, masked_by={"glasses": ("none",)}),
    _uniform("eyes", "wide", "happy", "wink", "bow", "humble", masked_by={"glasses": ("sun",)}),
    _uniform("iris", *IRISES, masked_by={"glasses": ("sun",), "eyes": ("bow", "humble")}),
    _uniform("eyebrows", "neutral", "happy", "raised", "sad", "angry"),
    _uniform("mouth", "smile", "laugh", "agape", "sad", "angry"),
)
# Display names of attributes and variants, where the names above are hard to read.
LABELS = {
    "rear_hair": "long hair",
    "hair_color": "hair color",
    "frame_color": "frame color",
    "sideComed": "combed to the side",
    "chin": "chin beard",
    "chinMoustache": "chin beard and moustache",
    "fullBeard": "full beard",
    "longBeard": "long beard",
    "moustacheTwirl": "twirled moustache",
    "neckHigh": "to the neck",
    "shoulderHigh": "to the shoulders",
    "longStraight": "long, straight",
    "longWavy": "long, wavy",
    "grey": "gray",
    "bow": "smiling shut",
    "humble": "looking down",
    "agape": "open",
}
SWATCHES = {"hair_color": HAIR_COLORS, "skin": SKINS, "frame_color": FRAME_COLORS, "iris": IRISES}

_COMPONENTS = {
    "hair": "hair",
    "rear_hair": "rearHair",
    "beard": "beard",
    "glasses": "glasses",
    "eyes": "eyes",
    "eyebrows": "eyebrows",
    "mouth": "mouth",
}
_COLOR_OPTIONS = {
    "hair_color": "hairColor",
    "skin": "skinColor",
    "frame_color": "frameColor",
    "iris": "irisColor",
}
_FIXED_OPTIONS = {
    "seed": "",
    "clothesVariant": "tShirt",
    "clothesColor": "#3a4256",
    "strokeColor": "#1a1210",
}

_FULL_VIEW = 'viewBox="0 0 768 768"'
_HEAD_VIEW = 'viewBox="70 -8 628 628"'
_LID_COLOR = "#2b1210"
_LINE_WIDTH = "4"
_LIPS = {"fill": "none", "stroke": "#2f0d0d", "stroke-width": "11", "stroke-linecap": "round"}
_MOUTHS = {"smile": "M10 19c26 32 70 32 96 0", "sad": "M13 53c22 -28 68 -28 90 0"}

_BRIDGE = (383.6, 407)  # point between the eyes
_LENS_DISTANCE = 76  # from the bridge to the center of a lens
_TEMPLES = "M-16 -14q16 -14 32 0M-140 -14l-44 -14M140 -14l44 -14"
_RIMS = {  # (path, stroke width) of the left lens with its center at (0, 0)
    "round": [("M-61 0a61 61 0 1 0 122 0a61 61 0 1 0 -122 0z", "17")],
    "square": [("M-62 -52h124v92q0 12 -12 12h-100q-12 0 -12 -12z", "17")],
    "browline": [("M-66 -44h132", "26"), ("M-62 -40c0 60 24 86 62 86s62 -26 62 -86", "8")],
    "sun": [("M-66 -48h132c2 64 -20 100 -66 100s-68 -36 -66 -100z", "17")],
}
_CLEAR_LENS = {"fill": "#ffffff", "fill-opacity": ".22"}
_DARK_LENS = {"fill": "#14141c"}
_GLINT = {
    "stroke": "#ffffff",
    "stroke-width": "11",
    "stroke-opacity": ".55",
    "stroke-linecap": "round",
}
_FRAME = {
    "stroke": {"type": "color", "name": "frame"},
    "stroke-linejoin": "round",
    "stroke-linecap": "round",
}

Element = dict[str, Any]  # an SVG element in DiceBear's JSON


@functools.cache
def definition() -> Element:
    """Return the modified ToonHead style in DiceBear's JSON format."""
    text = resources.files("dicebear_styles").joinpath("toon-head.json").read_text(encoding="utf-8")
    style = json.loads(text.replace("#4B2422", _LID_COLOR))
    style["attributes"]["stroke-width"] = _LINE_WIDTH
    components = style["components"]
    components["mouth"]["variants"] |= {
        name: {"elements": [_path(d, _LIPS)]} for name, d in _MOUTHS.items()
    }
    for eyes in components["eyes"]["variants"].values():
        eyes["elements"] = [part for element in eyes["elements"] for part in _with_iris(element)]
    components["glasses"] = {
        "width": 1,
        "height": 1,
        "variants": {name: _glasses(name) for name in _RIMS},
    }
    glasses = {
        "name": "glasses",
        "type": "component",
        "attributes": {"transform": _translate(*_BRIDGE)},
    }
    style["canvas"]["elements"].insert(-1, glasses)  # the hair stays on top
    style["colors"] |= {
        "iris": {"values": [*IRISES.values()]},
        "frame": {"values": [*FRAME_COLORS.values()]},
    }
    return style


def _with_iris(element: Element) -> list[Element]:
    """Return an element of the eyes; turn a pupil into two circles, an iris and a smaller pupil."""
    if element["name"] != "circle":
        return [element]
    pupil = element["attributes"]
    ring = {
        "fill": {"type": "color", "name": "iris"},
        "stroke": _LID_COLOR,
        "stroke-width": _LINE_WIDTH,
    }
    return [element | {"attributes": pupil | ring}, element | {"attributes": pupil | {"r": "10"}}]


def _glasses(name: str) -> Element:
    parts = [_path(_TEMPLES, {"fill": "none", "stroke-width": "15"}, _FRAME)]
    lens = _DARK_LENS if name == "sun" else _CLEAR_LENS
    for x in (-_LENS_DISTANCE, _LENS_DISTANCE):
        position = {"transform": _translate(x, 0)}
        parts += [
            _path(d, {"stroke-width": width}, position, _FRAME, lens) for d, width in _RIMS[name]
        ]
        if name == "sun":
            parts.append(_path("M-34 -22l-14 34", position, _GLINT))
    return {"elements": parts}


def _path(d: str, *attributes: Element) -> Element:
    merged: Element = {"d": d}
    for more in attributes:
        merged |= more
    return {"name": "path", "type": "element", "attributes": merged}


def _translate(x: float, y: float) -> str:
    return f"translate({x} {y})"


@functools.cache
def _style() -> Style:
    return Style(definition())


@functools.cache
def fingerprint() -> str:
    """Return 16 hexadecimal digits that change with the style, its attributes or its renderer."""
    versions = [metadata.version(name) for name in ("dicebear-core", "resvg-py")]
    text = json.dumps([definition(), ATTRIBUTES, _FIXED_OPTIONS, _HEAD_VIEW, versions])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def svg(labels: Sequence[int]) -> str:
    """Return the SVG of a face.

    Args:
        labels: The variant of each attribute in ATTRIBUTES; none may be INVISIBLE.
    """
    chosen = {
        attribute.name: attribute.variants[label]
        for attribute, label in zip(ATTRIBUTES, labels, strict=True)
    }
    options: dict[str, Any] = dict(_FIXED_OPTIONS)
    for name, component in _COMPONENTS.items():
        options[f"{component}Probability"] = 0 if chosen[name] == "none" else 100
        if chosen[name] != "none":
            options[f"{component}Variant"] = chosen[name]
    options |= {option: SWATCHES[name][chosen[name]] for name, option in _COLOR_OPTIONS.items()}
    return Avatar(_style(), options).to_string().replace(_FULL_VIEW, _HEAD_VIEW, 1)


def png(labels: Sequence[int], side: int) -> bytes:
    """Render a face as a PNG file with a transparent background.

    Args:
        labels: As for `svg`.
        side: Width and height in pixels.
    """
    return resvg_py.svg_to_bytes(
        svg_string=svg(labels), width=side, height=side, skip_system_fonts=True
    )


def render(labels: Sequence[int], side: int) -> np.ndarray:
    """Render a face on white; return uint8 pixels of shape (side, side, 3)."""
    face = Image.open(BytesIO(png(labels, side)), formats=("PNG",)).convert("RGBA")
    white = Image.new("RGBA", face.size, "white")
    return np.asarray(Image.alpha_composite(white, face).convert("RGB"))
