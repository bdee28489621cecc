"""Compute the gzipped size of the files that a page downloads."""

import gzip
import re
from pathlib import Path

WEB = Path(__file__).resolve().parents[1] / "web"


def gzipped_files(*paths: Path) -> int:
    """Return the total size in bytes of files that are gzipped one by one."""
    return sum(len(gzip.compress(path.read_bytes())) for path in paths)


def gzipped_bytes(*scripts: str) -> int:
    """Return the gzipped size of JavaScript modules and all modules that they import, in bytes.

    Args:
        *scripts: Paths relative to web/.
    """
    found: set[Path] = set()
    wanted = [(WEB / script).resolve() for script in scripts]
    while wanted:
        path = wanted.pop()
        if path in found:
            continue
        found.add(path)
        text = path.read_text(encoding="utf-8")
        imports = re.findall(r'(?:\bfrom |\bimport )"(\.[^"]+)"', text)
        wanted += [(path.parent / address).resolve() for address in imports]
    return gzipped_files(*found)
