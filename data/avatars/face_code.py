"""Encode the attributes of a face as a short code, and derive a face from a name.

A code has three parts: a version digit, the variants as one number in base 32 (Crockford's
alphabet, without letters that look like digits), and two check digits, which detect typing errors
and codes of networks with other attributes. `web/core/face-code.js` does the same in JavaScript.
"""

import re
import unicodedata
from collections.abc import Sequence

from common.cli import GeneError, printable
from common.prng import murmur3_finalizer
from data.avatars.labelled_images import Attribute
from data.avatars.people import Rule, person_of_seed

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASE = len(_ALPHABET)
_VERSION = "1"
_CHECK_DIGITS = 2
_LOOKALIKES = str.maketrans("OIL", "011")
_SPACES = re.compile("[\t-\r \u00a0]+")
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
_FNV_OFFSET = 0x811C9DC5
_FNV_PRIME = 0x01000193


def encode(labels: Sequence[int], attributes: Sequence[Attribute]) -> str:
    """Return the code of a face's variants, 9 characters for Gene's own faces."""
    number = 0
    for label, attribute in zip(labels, attributes, strict=True):
        number = number * len(attribute.variants) + label
    digits = "".join(
        _ALPHABET[number // _BASE**i % _BASE] for i in reversed(range(_count_digits(attributes)))
    )
    return _VERSION + digits + _check(digits, attributes)


def decode(code: str, attributes: Sequence[Attribute]) -> list[int]:
    """Return the variants that a code stands for, ignoring case, spaces and hyphens.

    Raises:
        GeneError: If the code is mistyped, or belongs to another version or another network.
    """
    text = re.sub("[\\s-]", "", code).upper().translate(_LOOKALIKES)
    digits = text[1:-_CHECK_DIGITS]
    if text[:1] != _VERSION and len(text) > _CHECK_DIGITS:
        raise GeneError(
            f"{_short(code)}: not a face code for this version of Gene, whose codes begin with "
            f"{_VERSION}"
        )
    if (
        len(digits) != _count_digits(attributes)
        or not set(digits) <= set(_ALPHABET)
        or text[-_CHECK_DIGITS:] != _check(digits, attributes)
    ):
        raise GeneError(
            f"{_short(code)}: not a valid face code for this network; check each character"
        )
    number = 0
    for digit in digits:
        number = number * _BASE + _ALPHABET.index(digit)
    labels = []
    for attribute in reversed(attributes):
        number, label = divmod(number, len(attribute.variants))
        labels.append(label)
    return labels[::-1]


def labels_of_name(
    name: str, attributes: Sequence[Attribute], rules: Sequence[Rule] = ()
) -> list[int]:
    """Return the variants of the face for a name, which may be any text."""
    return person_of_seed(seed_of_name(name), attributes, 0, rules, 0).labels


def seed_of_name(name: str) -> int:
    """Hash a name after normalizing its accents (Unicode NFC) and its spaces."""
    text = unicodedata.normalize("NFC", _LONE_SURROGATES.sub("\ufffd", name))
    return _hash(_SPACES.sub(" ", text).strip(" "))


def _hash(text: str) -> int:
    """Return the 32-bit FNV-1a hash (Fowler, Noll and Vo, 1991) of the UTF-8 bytes, finalized."""
    value = _FNV_OFFSET
    for byte in text.encode():
        value = (value ^ byte) * _FNV_PRIME & 0xFFFFFFFF
    return murmur3_finalizer(value)


def _count_digits(attributes: Sequence[Attribute]) -> int:
    combinations = 1
    for attribute in attributes:
        combinations *= len(attribute.variants)
    digits = 1
    while _BASE**digits < combinations:
        digits += 1
    return digits


def _check(digits: str, attributes: Sequence[Attribute]) -> str:
    names = "".join(f"{name}={','.join(variants)};" for name, variants, *_ in attributes)
    value = _hash(_VERSION + digits + names)
    return _ALPHABET[value >> 27] + _ALPHABET[value >> 22 & 31]


def _short(code: str) -> str:
    return printable(code[:20])
