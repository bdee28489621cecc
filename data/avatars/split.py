"""Shuffle the pictures in a set in a reproducible way, and hold out the last ones.

Pictures are sorted by a hash of the file's content. So names and folders do not matter, and copies
of a picture stay together. In sets in the format of the Cartoon Set, the file names are hashed
instead if all of them are different.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

HELD_OUT_SHARE = 0.1
_MIN_HELD_OUT = 16  # or a quarter of the pictures, if that is less


def sort_keys(digests: Mapping[str, bytes], by_name: bool) -> dict[str, float]:
    """Return the sort key of each picture, from 0 to 1.

    Args:
        digests: Hash of the content of each picture, by name.
        by_name: Whether to hash the file names without folder and suffix instead, if all of them
            are different.
    """
    bare_names = {name: PurePosixPath(name).stem for name in digests}
    if by_name and len(set(bare_names.values())) == len(digests):
        digests = {name: _hash(bare) for name, bare in bare_names.items()}
    return {name: int.from_bytes(digest[:6], "big") / (1 << 48) for name, digest in digests.items()}


def _hash(name: str) -> bytes:
    return hashlib.sha256(name.encode(errors="surrogateescape")).digest()


def count_training(keys: Sequence[float]) -> int:
    """Return the number of training pictures; they come first, and the others are held out.

    About a tenth is held out, but at least 16 pictures or a quarter of them, whichever is less.
    Copies of a picture end up on the same side, unless one side would be empty.

    Args:
        keys: The sorted keys of all pictures.
    """
    count = len(keys)
    held_out = max(sum(key >= 1 - HELD_OUT_SHARE for key in keys), min(_MIN_HELD_OUT, count // 4))
    training = min(max(count - held_out, 1), max(count - 1, 1))
    boundary = training
    while 0 < boundary < count and keys[boundary - 1] == keys[boundary]:
        boundary -= 1
    return boundary or training
