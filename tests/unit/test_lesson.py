"""The lesson for schools: the document and the page say the same."""

import re

from export import lesson
from tests.helpers import ROOT

DOCUMENT = (ROOT / lesson.DOCUMENT).read_text(encoding="utf-8")
FRAME = (ROOT / lesson.FRAME).read_text(encoding="utf-8")


def test_the_page_is_made_from_the_document():
    html = (ROOT / lesson.PAGE).read_text(encoding="utf-8")
    assert html == lesson.page(DOCUMENT, FRAME), "run python -m export.lesson"


def test_links_lead_to_pages_of_the_site():
    html = lesson.convert("# A\n\nb\n\n## Songs: c\n\n[d](../web/digits.html#v=1&view=signs)\n")
    assert '<p class="lead">b</p>' in html
    assert '<h2 id="songs">' in html
    assert '<a href="digits.html#v=1&amp;view=signs">d</a>' in html


def test_html_in_the_document_is_text():
    assert "<script>" not in lesson.convert("# A\n\n<script>alert(1)</script>\n")


def test_answers_fit_the_questions():
    asked = DOCUMENT.partition("## Questions, before and after")[2].partition("## Songs")[0]
    letters = [line.strip()[2:4] for line in asked.splitlines() if line.startswith("   - ")]
    assert letters == ["a)", "b)", "c)"] * 5
    answers = re.findall(r"^\d\. \*\*([abc])\.\*\*", DOCUMENT.partition("## Answers")[2], re.M)
    assert answers == ["b", "a", "c", "b", "a"]
