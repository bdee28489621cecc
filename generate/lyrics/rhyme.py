"""What words rhyme on, told from their spelling alone.

A word's rhyme is its spelling from the last vowel on that is heard, with the commonest spellings of one sound made one.
That is rough (it takes "come" and "home" for a rhyme and misses "head" and "bed"). `web/core/rhyme.js` is the twin of
this file; `tests/golden/rhyme.json` holds the two together.
"""

import re

import numpy as np

from data.lyrics.tokenizer import NO_SPACE_BEFORE

_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("(?<=th|gr)ey$|eigh|ay|ai", "A"),
        ("igh|(?<=^[^aeiou])y$|(?<=^[^aeiou]{2})y$|ie$|ye$", "I"),
        ("ew|ue$|oo", "U"),
        ("oa|ow|oe$|o$", "O"),
        ("ee|ea|ey$|ie|y$|(?<=^[^aeiou])e$|(?<=^[^aeiou]{2})e$", "E"),
        ("([aeiou])([^aeiouy])e$", lambda found: found[1].upper() + found[2]),
        ("([aeiouyAEIOU][^aeiouy]+)e$", r"\1"),
        ("aw|au", "a"),
        ("ck", "k"),
        ("ph", "f"),
        (r"([^aeiou])\1", r"\1"),
    )
]
_TAIL = re.compile("[aeiouyAEIOU]+[^aeiouyAEIOU]*$")


def rhyme(word):
    """What a word rhymes on, or "" for a mark or a word without a vowel."""
    letters = re.sub(r"'s$|[^a-z]", "", word)
    for pattern, sound in _SOUNDS:
        letters = pattern.sub(sound, letters)
    found = _TAIL.search(letters)
    return found[0] if found else ""


def sounds_of(words):
    """A number for what each word rhymes on, int32 (words,); 0 for nothing, -1 for a mark that no line begins with."""
    numbers = {"": 0}
    return np.array(
        [
            -1 if word in NO_SPACE_BEFORE else numbers.setdefault(rhyme(word), len(numbers))
            for word in words
        ],
        "int32",
    )
