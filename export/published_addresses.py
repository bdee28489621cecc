"""Insert addresses that only the publisher knows, of the site and its code, into the pages."""

import argparse
import re
from pathlib import Path

_PICTURE = re.compile(r'(<meta property="og:image" content=")([^":]+")')
_FIRST_LINKS = re.compile(
    r'(<footer>\n<a class="next"[^\n]+\n(?:<a class="about" href="about.html">[^\n]+\n)?)'
)


def web_address(text: str) -> str:
    """Check that a text is the address of a web page (an argparse type)."""
    if not re.fullmatch(r"https?://[^\s\"<>?#&]+", text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a web address; use one such as https://example.org/"
        )
    return text


def site_address(text: str) -> str:
    """Parse the address of a site; return it with a slash at the end (an argparse type)."""
    return f"{web_address(text).rstrip('/')}/"


def make_pictures_absolute(site: Path, address: str) -> None:
    """Prepend the address of the site to those of the preview pictures of all pages in a folder."""
    _replace(site, _PICTURE, rf"\g<1>{address}\g<2>")


def link_source(site: Path, address: str) -> None:
    """Add a link to the source code at the bottom of all pages in a folder."""
    _replace(site, _FIRST_LINKS, rf'\g<1><a class="about" href="{address}">Source code</a>\n')


def _replace(site: Path, pattern: re.Pattern[str], replacement: str) -> None:
    for page in site.glob("*.html"):
        html = page.read_text(encoding="utf-8")
        page.write_text(pattern.sub(replacement, html), encoding="utf-8")
