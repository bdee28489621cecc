"""Write the patterns and tables with which the page reads songs as Python does.

    python -m export.song_tables web/vendor/song-tables.js        (make runs this command)

The page (`web/song-reader/`) has twins of the modules of `data/lyrics/` that read and clean songs.
They share the regular expressions of these modules, translated to JavaScript, the names of columns,
the characters of encodings, and the entities of HTML. So none of these exists twice.
"""

import html.entities
import importlib.metadata
import json
import re
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import ftfy.badness
import ftfy.chardata
import ftfy.fixes

from common.cli import Parser, run_cli
from common.files import write_text
from data.lyrics import cleaning, columns, encoding, sections, songs, surroundings
from data.lyrics.readers import dialect, files, names, texts
from export.javascript_pattern import translate

# Encodings that browsers lack or decode differently, and those in which ftfy looks for mojibake.
ENCODINGS = (
    *("cp1252", "mac_roman", "cp850"),
    *("cp1251", "koi8_r", "cp866", "iso8859_5", "mac_cyrillic"),
)
_MODULES = {
    "cleaning": cleaning,
    "sections": sections,
    "surroundings": surroundings,
    "columns": columns,
    "encoding": encoding,
    "songs": songs,
    "dialect": dialect,
    "names": names,
    "texts": texts,
}
_MOJIBAKE: dict[str, re.Pattern] = {
    "BADNESS": ftfy.badness.BADNESS_RE,
    "UTF8_DETECTOR": ftfy.chardata.UTF8_DETECTOR_RE,
    "ALTERED_UTF8": ftfy.chardata.ALTERED_UTF8_RE,
    "LOSSY_UTF8": ftfy.chardata.LOSSY_UTF8_RE,
    "A_GRAVE_WORD": ftfy.fixes.A_GRAVE_WORD_RE,
}
_HIGH_BYTES = bytes(range(0x80, 0x100))
_SUBSTITUTE = b"\x1a"  # stands for lost characters in some encodings of ftfy


def patterns() -> dict[str, dict[str, str]]:
    """Return {module: {name of a pattern: its source in JavaScript}}."""
    found = {name: _patterns_of(module) for name, module in _MODULES.items()}
    return found | {"mojibake": {name: translate(each) for name, each in _MOJIBAKE.items()}}


def _patterns_of(module: ModuleType) -> dict[str, str]:
    return {
        name.strip("_"): translate(value)
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern)
    }


def tables() -> dict[str, object]:
    """Return everything that the file contains."""
    return {
        "patterns": patterns(),
        "columnNames": columns.NAMES,
        "lineNumberNames": sorted(columns.LINE_NUMBERS),
        "namesWithoutSongs": files.NO_SONGS,
        "encodings": {name: _HIGH_BYTES.decode(name, "replace") for name in ENCODINGS},
        "mojibakeEncodings": {
            name: (_HIGH_BYTES + _SUBSTITUTE).decode(name)
            for name in ftfy.chardata.CHARMAP_ENCODINGS
        },
        "entities": html.entities.html5,
    }


def licenses() -> str:
    """Return the license of what comes from ftfy."""
    found = importlib.metadata.files("ftfy") or []
    path = next(each for each in found if each.name.startswith("LICENSE"))
    title = f"Regular expressions and encodings of ftfy {importlib.metadata.version('ftfy')}:"
    return f"{title}\n\n{path.read_text(encoding='utf-8')}"


def main(argv: Sequence[str]) -> None:
    """Write the file and, next to it, its license.

    Args:
        argv: The command line without the program.
    """
    parser = Parser(__doc__, prog="python -m export.song_tables")
    parser.add_argument("path", metavar="FILE", help="JavaScript module to write")
    path = Path(parser.parse_args(argv).path)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = json.dumps(tables(), separators=(",", ":"))
    write_text(path.with_name(f"{path.name}.LEGAL.txt"), licenses())
    write_text(path, f"// @ts-nocheck\nexport const tables = {content};\n")


if __name__ == "__main__":
    run_cli(main)
