"""The patterns and tables that the page shares with data/lyrics; golden files hold them to the same results."""

import json
import re

import pytest

from export.javascript_pattern import translate
from export.song_tables import ENCODINGS, main, patterns


@pytest.mark.parametrize(
    "pattern, source",
    [
        (r"a+b?c*d{2,3}e{4,}?", "a+b?c*d{2,3}e{4,}?"),
        (r"(?:ab)+(?P<name>c|d)", "(?:ab)+([cd])"),
        (r"[^a-c\n]\.", r"[^a-c\u{a}]\u{2e}"),
        (r"\d\D", r"[\p{Nd}][^\p{Nd}]"),
        (r"\w(?<!x)(?=y)", r"[\p{L}\p{N}_](?<!x)(?=y)"),
        (r"\A.\Z", r"^[^\n]$"),
        (r"^.$", r"^[^\n](?=\n?$)"),
        (re.compile("^.*+$", re.M), r"(?<![^\n])[^\n]*(?![^\n])(?![^\n])"),
        ("a*+b", "a*(?!a)b"),
        (re.compile(".", re.S), "[^]"),
        (re.compile("k[x-z]", re.I), r"[Kk\u{212a}][X-Zx-z]"),
        (re.compile("i", re.I), r"[Ii\u{130}-\u{131}]"),
        (rb"\s[\x80-\xff]", r"[\t-\r ][\u{80}-\u{ff}]"),
    ],
)
def test_patterns_are_translated(pattern, source):
    assert translate(re.compile(pattern)) == source


@pytest.mark.parametrize("pattern", [r"(a)\1", r"[\W_]", r"(?:ab)*+", r"(?i:a)", r"\Ba"])
def test_what_has_no_translation_is_refused(pattern):
    with pytest.raises(ValueError, match="no translation"):
        translate(re.compile(pattern))


def test_the_tables_are_a_module_with_the_license_of_what_others_wrote(tmp_path):
    path = tmp_path / "vendor" / "song-tables.js"
    main([str(path)])
    content = path.read_text()
    assert content.isascii()
    tables = json.loads(content.partition("export const tables = ")[2].rstrip(";\n"))
    assert tables["patterns"] == patterns()
    assert all(len(tables["encodings"][name]) == 128 for name in ENCODINGS)
    assert tables["columnNames"]["text"][0] == "text" and tables["entities"]["amp;"] == "&"
    assert "Apache License" in path.with_name("song-tables.js.LEGAL.txt").read_text()
