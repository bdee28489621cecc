"""Write the lesson for schools as a page of the site.

    python -m export.lesson              (after a change to docs/lesson.md or web/about.html)

Converts docs/lesson.md to web/lesson.html, with the head, the header and the footer of
web/about.html. Links to the pages of the site, such as ../web/digits.html, become relative to the
page. A test compares the page with the document.
"""

import itertools
import re
from collections.abc import Sequence
from pathlib import Path

from markdown_it import MarkdownIt

from common.cli import Parser, run_cli
from common.files import write_text

DOCUMENT = Path("docs/lesson.md")
FRAME = Path("web/about.html")
PAGE = Path("web/lesson.html")
DESCRIPTION = "A lesson of 45 minutes for schools: what networks learn from, and how sure they are."
SITE = "../web/"
STYLE = '<link rel="stylesheet" href="shared/style.css">\n'
OWN_STYLE = '<link rel="stylesheet" href="lesson/style.css">\n'


def convert(markdown: str) -> str:
    """Convert the lesson to HTML.

    Args:
        markdown: The content of docs/lesson.md.

    Returns:
        HTML for <main>: the first paragraph is the lead, and each <h2> has an id.
    """
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(markdown)
    for token, content in itertools.pairwise(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            token.attrSet("id", _identifier(content.content))
    for link in (child for token in tokens for child in token.children or []):
        if link.type == "link_open":
            link.attrSet("href", str(link.attrGet("href")).removeprefix(SITE))
    html = parser.renderer.render(tokens, parser.options, {})
    return html.replace("<p>", '<p class="lead">', 1)


def _identifier(heading: str) -> str:
    """Return the first word of a heading in lower case: "Songs: where ..." becomes "songs"."""
    return re.split(r"\W", heading.lower(), maxsplit=1)[0]


def page(markdown: str, frame: str) -> str:
    """Return the HTML of the whole page.

    Args:
        markdown: The content of docs/lesson.md.
        frame: The HTML of the page whose head, header and footer are used.
    """
    content = convert(markdown)
    [title] = re.findall("<h1>(.+?)</h1>", content)
    html = re.sub(r"(<title>).*?(</title>)", rf"\g<1>{title} – Gene\g<2>", frame)
    html = re.sub(r'(property="og:title" content=").*?(")', rf"\g<1>{title} – Gene\g<2>", html)
    html = re.sub(r'(name="description" content=").*?(")', rf"\g<1>{DESCRIPTION}\g<2>", html)
    html = html.replace(STYLE, STYLE + OWN_STYLE)
    [bare] = re.findall(r'<p class="bare">.*?</p>\n', html)
    before, _, rest = html.partition("<main>\n")
    _, end, after = rest.partition("</main>")
    return f"{before}<main>\n{bare}{content}{end}{after}"


def main(argv: Sequence[str]) -> None:
    """Write the page.

    Args:
        argv: The command line without the program.
    """
    Parser(__doc__, prog="python -m export.lesson").parse_args(argv)
    html = page(DOCUMENT.read_text(encoding="utf-8"), FRAME.read_text(encoding="utf-8"))
    write_text(PAGE, html)


if __name__ == "__main__":
    run_cli(main)
