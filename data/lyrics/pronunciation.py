"""Decide which words rhyme, from the CMU Pronouncing Dictionary.

Two words rhyme if they sound the same from the last stressed vowel to the end ("light" and
"tonight"); this part of a word is its rhyming part. `rhyming_parts.tsv.xz` contains the rhyming
parts of the words in the dictionary; for other words, they are guessed from the spelling.
`rhyme_classes` numbers the rhyming parts of a vocabulary. The numbers are stored in vocabulary.tsv,
so that the web page needs neither the dictionary nor the rules.

    python -m data.lyrics.pronunciation      regenerate rhyming_parts.tsv.xz (needs Node, `npm ci`)

The dictionary is copyright (C) 1993-2015 Carnegie Mellon University and distributed under a BSD
license; see `rhyming_parts.LICENSE.txt`.
"""

import functools
import lzma
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from common.cli import GeneError, run_cli
from common.files import atomic
from data.lyrics.tokenizer import NO_SPACE_BEFORE

RHYMING_PARTS = Path(__file__).with_name("rhyming_parts.tsv.xz")

NO_RHYME = 0  # class of words that rhyme with nothing
CLOSING_PUNCTUATION = -1  # class of punctuation that cannot begin a line, such as the comma

# Applied in order to the spelling of a word. Each replaces spellings of a sound with one symbol.
_SPELLINGS: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile("(?<=th|gr)ey$|eigh|ay|ai"), "A"),
    (re.compile("igh|(?<=^[^aeiou])y$|(?<=^[^aeiou]{2})y$|ie$|ye$"), "I"),
    (re.compile("ew|ue$|oo"), "U"),
    (re.compile("oa|ow|oe$|o$"), "O"),
    (re.compile("ee|ea|ey$|ie|y$|(?<=^[^aeiou])e$|(?<=^[^aeiou]{2})e$"), "E"),
    (re.compile("([aeiou])([^aeiouy])e$"), lambda found: found[1].upper() + found[2]),
    (re.compile("([aeiouyAEIOU][^aeiouy]+)e$"), r"\1"),
    (re.compile("aw|au"), "a"),
    (re.compile("ck"), "k"),
    (re.compile("ph"), "f"),
    (re.compile(r"([^aeiou])\1"), r"\1"),
]
_LAST_VOWEL_ON = re.compile("[aeiouyAEIOU]+[^aeiouyAEIOU]*$")
_NOT_IN_A_WORD = re.compile("'s$|[^a-z]")

_WORD = re.compile("[a-z']+")
_READ_NPM_PACKAGE = """
import { dictionary } from "cmu-pronouncing-dictionary";
for (const [word, phonemes] of Object.entries(dictionary)) console.log(`${word}\\t${phonemes}`);
"""


def rhyming_part(word: str) -> str:
    """Return the rhyming part of a word; a hyphenated word has that of its last component.

    Args:
        word: A lowercase token.

    Returns:
        For a word in the dictionary, the phonemes from the last stressed vowel to the end, such as
        "AY T" for "light". For another word, its spelling from the last vowel to the end, in angle
        brackets. "" if the word has no vowel.
    """
    last = word.rpartition("-")[2] or word
    known = _dictionary().get(last)
    if known is not None:
        return known
    spelled = rhyming_spelling(last)
    return f"<{spelled}>" if spelled else ""


def rhyme_classes(words: Iterable[str]) -> list[int]:
    """Number the rhyming parts of a vocabulary.

    Args:
        words: The words of the vocabulary in order, including special tokens.

    Returns:
        The number of the rhyming part of each word, counted from 1 in order of appearance;
        `NO_RHYME` for words without a rhyming part, and `CLOSING_PUNCTUATION` for punctuation that
        cannot begin a line.
    """
    numbers = {"": NO_RHYME}
    classes = []
    for word in words:
        if word in NO_SPACE_BEFORE:
            classes.append(CLOSING_PUNCTUATION)
        else:
            part = "" if " " in word else rhyming_part(word)
            classes.append(numbers.setdefault(part, len(numbers)))
    return classes


def rhyming_spelling(word: str) -> str:
    """Guess the rhyming part of a word from its spelling alone.

    The guess is rough: according to it, "come" and "home" rhyme, but "head" and "bed" do not.

    Args:
        word: A lowercase token.

    Returns:
        The spelling from the last pronounced vowel to the end, in which common spellings of a sound
        are unified; "" for punctuation and for words without a vowel.
    """
    letters = _NOT_IN_A_WORD.sub("", word)
    for pattern, symbol in _SPELLINGS:
        letters = pattern.sub(symbol, letters)
    found = _LAST_VOWEL_ON.search(letters)
    return found[0] if found else ""


def phonemes_from_last_stress(phonemes: str) -> str:
    """Return the rhyming part of a pronunciation.

    Args:
        phonemes: ARPAbet with stress digits, as in the dictionary: "T AH0 N AY1 T".

    Returns:
        The phonemes from the last vowel with primary or secondary stress to the end, without stress
        digits. If no vowel is stressed, the phonemes from the last vowel to the end; "" if there is
        no vowel.
    """
    symbols = phonemes.split()
    vowels = [i for i, symbol in enumerate(symbols) if symbol[-1].isdigit()]
    stressed = [i for i in vowels if symbols[i][-1] != "0"]
    if not vowels:
        return ""
    start = (stressed or vowels)[-1]
    return " ".join(symbol.rstrip("012") for symbol in symbols[start:])


def read_npm_dictionary() -> dict[str, str]:
    """Read the npm package `cmu-pronouncing-dictionary` with Node.

    Returns:
        {word: rhyming part} for all lowercase words, according to their first pronunciation.

    Raises:
        GeneError: If Node or the package is missing.
    """
    try:
        node = subprocess.run(
            ["node", "--input-type=module", "-e", _READ_NPM_PACKAGE],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        raise GeneError(
            "node_modules/cmu-pronouncing-dictionary: cannot be read; "
            "install Node 20 and run npm ci"
        ) from None
    entries = (line.split("\t") for line in node.stdout.splitlines())
    return {
        word: phonemes_from_last_stress(phonemes)
        for word, phonemes in entries
        if _WORD.fullmatch(word)  # skip second pronunciations such as "read(2)"
    }


@functools.cache
def _dictionary() -> dict[str, str]:
    lines = lzma.decompress(RHYMING_PARTS.read_bytes()).decode().splitlines()
    parts = {}
    for line in lines:
        part, words = line.split("\t")
        parts.update(dict.fromkeys(words.split(" "), part))
    return parts


def _encode(parts: dict[str, str]) -> bytes:
    """Encode {word: rhyming part} as compressed lines of the form "part TAB word word ..."."""
    words_of = defaultdict(list)
    for word, part in sorted(parts.items()):
        words_of[part].append(word)
    text = "".join(f"{part}\t{' '.join(words)}\n" for part, words in sorted(words_of.items()))
    return lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)


def main(argv: list[str]) -> None:
    """Regenerate `rhyming_parts.tsv.xz` from the npm package."""
    if argv:
        print(__doc__, file=sys.stderr)
        raise GeneError("python -m data.lyrics.pronunciation takes no arguments")
    parts = read_npm_dictionary()
    with atomic(RHYMING_PARTS) as path:
        path.write_bytes(_encode(parts))
    print(f"{RHYMING_PARTS}: {len(parts):,} words, {len(set(parts.values())):,} rhyming parts")


if __name__ == "__main__":
    run_cli(main)
