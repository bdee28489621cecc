"""Prepare 404.html, which hosts show for missing pages, at addresses of any depth.

The address of the site is not known, so the page cannot refer to its style sheet by an absolute
address, and a relative one works only at the top of the site. The page therefore also tries the
folders above. This needs no inline code, which the Content-Security-Policy forbids.
"""

import re
from pathlib import Path

ERROR_PAGE = "404.html"
MAX_DEPTH = 6  # levels of folders, e.g. 4 for models/lyrics/quick-0123456789ab/uint8/
_REFERENCE = re.compile(r'^<(?:link rel="stylesheet"|script) .*\n', re.MULTILINE)
_ADDRESS = re.compile(r'\b(href|src)="')


def widen_references(page: Path) -> None:
    """Repeat each reference to a style sheet or script for every depth of the page's address."""
    html = page.read_text(encoding="utf-8")
    page.write_text(_REFERENCE.sub(_repeat, html), encoding="utf-8")


def _repeat(found: re.Match) -> str:
    return "".join(
        _ADDRESS.sub(rf'\1="{"../" * depth}', found[0], count=1) for depth in range(MAX_DEPTH + 1)
    )
