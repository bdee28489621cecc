"""Summarize in a few lines what was found in a folder or an archive of pictures."""

from collections.abc import Sequence

from common.cli import printable
from data.avatars.image_cache import ImageCache
from data.avatars.labelled_images import Attribute

_MAX_SHOWN = 8  # attributes in the summary, and variants of an attribute


def summary_lines(cache: ImageCache, attributes: Sequence[Attribute]) -> list[str]:
    """Return the summary of a source, as lines of text.

    Args:
        cache: The decoded source.
        attributes: The attributes that will be trained on.
    """
    skipped = [f"skipped: {line}" for line in cache.skipped.lines()]
    return [_pictures(cache), _labels(cache, attributes), _split(cache), *skipped]


def _pictures(cache: ImageCache) -> str:
    found = cache.found
    formats = ", ".join(f"{count:,} {name}" for name, count in found["formats"].items())
    smallest, largest = (_size(found[name]) for name in ("smallest", "largest"))
    sizes = smallest if smallest == largest else f"{smallest} to {largest}"
    return f"pictures: {len(cache.images):,} ({formats}), {sizes} pixels"


def _size(size: Sequence[int]) -> str:
    return f"{size[0]:,} x {size[1]:,}"


def _labels(cache: ImageCache, attributes: Sequence[Attribute]) -> str:
    if not attributes:
        return (
            "labels: none, so no attributes can be chosen; docs/own-data.md shows how to add them"
        )
    shown = [
        f"{printable(attribute.name)} ({_variants(attribute)})"
        for attribute in attributes[:_MAX_SHOWN]
    ]
    more = f" and {len(attributes) - _MAX_SHOWN} more" if len(attributes) > _MAX_SHOWN else ""
    return f"labels: from {printable(cache.found['labels_from'])}: {', '.join(shown)}{more}"


def _variants(attribute: Attribute) -> str:
    if len(attribute.variants) > _MAX_SHOWN:
        return f"{len(attribute.variants)} variants"
    return ", ".join(map(printable, attribute.variants))


def _split(cache: ImageCache) -> str:
    held_out = len(cache.images) - cache.training
    copies = cache.found["copies"]
    note = f"; {copies:,} are copies of others" if copies else ""
    return f"split: {cache.training:,} for training, {held_out:,} held out for evaluation{note}"
