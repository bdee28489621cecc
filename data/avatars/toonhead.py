"""The faces that come with the project: ToonHead by Johan Melin, CC BY 4.0, changed.

The style (https://www.figma.com/community/file/1589627891082866389, licence
https://creativecommons.org/licenses/by/4.0/) is drawn by the DiceBear packages and resvg. What was changed: glasses
and coloured irises are new, smile and sad mouth are drawn anew, lines are thicker, colours are others, the picture is
cut closer.
"""

import functools
import hashlib
import json
from importlib import metadata, resources
from io import BytesIO

import numpy as np
import resvg_py
from dicebear import Avatar, Style
from PIL import Image

from data.avatars.labelled_images import Attribute

CREDIT = "ToonHead by Johan Melin, CC BY 4.0, changed"

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


def _even(name, *variants, masked_by=None):
    return Attribute(name, variants, (1 / len(variants),) * len(variants), masked_by or {})


def _half_without(name, *variants):
    return Attribute(name, ("none", *variants), (0.5, *[0.5 / len(variants)] * len(variants)))


FEATURES = (
    _even("hair", "none", "bun", "sideComed", "spiky", "undercut"),
    _even("rear_hair", "none", "neckHigh", "shoulderHigh", "longStraight", "longWavy"),
    _even("hair_color", *HAIR_COLORS),
    _even("skin", *SKINS),
    _half_without("beard", "chin", "chinMoustache", "fullBeard", "longBeard", "moustacheTwirl"),
    _half_without("glasses", "round", "square", "browline", "sun"),
    _even("frame_color", *FRAME_COLORS, masked_by={"glasses": ("none",)}),
    _even("eyes", "wide", "happy", "wink", "bow", "humble", masked_by={"glasses": ("sun",)}),
    _even("iris", *IRISES, masked_by={"glasses": ("sun",), "eyes": ("bow", "humble")}),
    _even("eyebrows", "neutral", "happy", "raised", "sad", "angry"),
    _even("mouth", "smile", "laugh", "agape", "sad", "angry"),
)
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
_COLORS = {
    "hair_color": "hairColor",
    "skin": "skinColor",
    "frame_color": "frameColor",
    "iris": "irisColor",
}
_FIXED = {
    "seed": "",
    "clothesVariant": "tShirt",
    "clothesColor": "#3a4256",
    "strokeColor": "#1a1210",
}

_WHOLE, _HEAD = 'viewBox="0 0 768 768"', 'viewBox="70 -8 628 628"'
_LID, _LINE = "#2b1210", "4"
_LIPS = {"fill": "none", "stroke": "#2f0d0d", "stroke-width": "11", "stroke-linecap": "round"}
_MOUTHS = {"smile": "M10 19c26 32 70 32 96 0", "sad": "M13 53c22 -28 68 -28 90 0"}

_BRIDGE, _LENS = (383.6, 407), 76  # between the eyes, and from there to the middle of a lens
_ARMS = "M-16 -14q16 -14 32 0M-140 -14l-44 -14M140 -14l44 -14"
_FRAMES = {  # (line, its width) of the left lens, its middle at (0, 0)
    "round": [("M-61 0a61 61 0 1 0 122 0a61 61 0 1 0 -122 0z", "17")],
    "square": [("M-62 -52h124v92q0 12 -12 12h-100q-12 0 -12 -12z", "17")],
    "browline": [("M-66 -44h132", "26"), ("M-62 -40c0 60 24 86 62 86s62 -26 62 -86", "8")],
    "sun": [("M-66 -48h132c2 64 -20 100 -66 100s-68 -36 -66 -100z", "17")],
}
_CLEAR, _DARK = {"fill": "#ffffff", "fill-opacity": ".22"}, {"fill": "#14141c"}
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


@functools.cache
def definition():
    """The changed style as a dict in the form that DiceBear reads."""
    text = resources.files("dicebear_styles").joinpath("toon-head.json").read_text(encoding="utf-8")
    style = json.loads(text.replace("#4B2422", _LID))
    style["attributes"]["stroke-width"] = _LINE
    components = style["components"]
    components["mouth"]["variants"] |= {
        name: {"elements": [_path(d, _LIPS)]} for name, d in _MOUTHS.items()
    }
    for eyes in components["eyes"]["variants"].values():
        eyes["elements"] = [part for element in eyes["elements"] for part in _with_iris(element)]
    components["glasses"] = {
        "width": 1,
        "height": 1,
        "variants": {name: _glasses(name) for name in _FRAMES},
    }
    on_top = {"name": "glasses", "type": "component", "attributes": {"transform": _move(*_BRIDGE)}}
    style["canvas"]["elements"].insert(-1, on_top)  # the hair stays the last
    style["colors"] |= {
        "iris": {"values": [*IRISES.values()]},
        "frame": {"values": [*FRAME_COLORS.values()]},
    }
    return style


def _with_iris(element):
    if element["name"] != "circle":
        return [element]
    circle = element["attributes"]
    iris = {"fill": {"type": "color", "name": "iris"}, "stroke": _LID, "stroke-width": _LINE}
    return [element | {"attributes": circle | iris}, element | {"attributes": circle | {"r": "10"}}]


def _glasses(name):
    parts = [_path(_ARMS, {"fill": "none", "stroke-width": "15"}, _FRAME)]
    for x in (-_LENS, _LENS):
        at = {"transform": _move(x, 0)}
        parts += [
            _path(d, {"stroke-width": width}, at, _FRAME, _DARK if name == "sun" else _CLEAR)
            for d, width in _FRAMES[name]
        ]
        if name == "sun":
            parts.append(_path("M-34 -22l-14 34", at, _GLINT))
    return {"elements": parts}


def _path(d, *attributes):
    return {
        "name": "path",
        "type": "element",
        "attributes": functools.reduce(dict.__or__, attributes, {"d": d}),
    }


def _move(x, y):
    return f"translate({x} {y})"


@functools.cache
def _style():
    return Style(definition())


@functools.cache
def fingerprint():
    """16 hexadecimal digits that change with the style, its features or the packages that draw it."""
    versions = [metadata.version(name) for name in ("dicebear-core", "resvg-py")]
    return hashlib.sha256(
        json.dumps([definition(), FEATURES, _FIXED, _HEAD, versions]).encode()
    ).hexdigest()[:16]


def svg(labels):
    """The drawing of one face as SVG text; labels: the variant of each of FEATURES, none of them HIDDEN."""
    chosen = {
        feature.name: feature.variants[label]
        for feature, label in zip(FEATURES, labels, strict=True)
    }
    options = dict(_FIXED)
    for name, component in _COMPONENTS.items():
        options[f"{component}Probability"] = 0 if chosen[name] == "none" else 100
        if chosen[name] != "none":
            options[f"{component}Variant"] = chosen[name]
    options |= {option: SWATCHES[name][chosen[name]] for name, option in _COLORS.items()}
    return Avatar(_style(), options).to_string().replace(_WHOLE, _HEAD, 1)


def png(labels, size):
    """One face as the bytes of a PNG, size x size, RGBA on a transparent ground."""
    return resvg_py.svg_to_bytes(
        svg_string=svg(labels), width=size, height=size, skip_system_fonts=True
    )


def render(labels, size):
    """One face on white, (size, size, 3), uint8."""
    face = Image.open(BytesIO(png(labels, size))).convert("RGBA")
    return np.asarray(
        Image.alpha_composite(Image.new("RGBA", face.size, "white"), face).convert("RGB")
    )
