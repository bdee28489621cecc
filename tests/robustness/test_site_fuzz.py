"""Damaged models and malicious links, read by the page's own modules under Node."""

import base64
import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.robustness.damage import STRANGE, odd, spoiled
from tests.robustness.sandbox import case, cases

FILES = {
    "meta.json": b'{"run": "tiny"}',
    "vocabulary.tsv": b"# 4 words\n" * 20,
    "float16/model.json": b"{}",
    "float16/group1-shard1of1.bin": bytes(range(256)) * 8,
}
FOLDER = "lyrics/tiny-0123456789ab"
INDEX = {
    "version": 1,
    "models": [
        {
            "task": "lyrics",
            "run": "tiny",
            "folder": FOLDER,
            "files": [
                {"path": path, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                for path, data in FILES.items()
            ],
        }
    ],
}
SITE = {f"{FOLDER}/{path}": data for path, data in FILES.items()} | {
    "index.json": json.dumps(INDEX).encode()
}


class Reader:
    """reader.mjs, running under Node."""

    def __init__(self):
        self.process = subprocess.Popen(
            [shutil.which("node"), str(Path(__file__).with_name("reader.mjs"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **question):
        """Send a request and return the reply."""
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@pytest.fixture(scope="module")
def reader():
    """The readers of the pages."""
    reader = Reader()
    yield reader
    reader.process.stdin.close()
    reader.process.wait(timeout=10)


@st.composite
def sites(draw):
    """Model files of a site with one of them damaged or swapped, or an odd index."""
    site, name = dict(SITE), draw(st.sampled_from(sorted(SITE)))
    how = draw(st.sampled_from(["spoil", "spoil", "index", "index", "gone", "swap"]))
    if how == "spoil":
        site[name] = draw(spoiled(site[name]))
    elif how == "index":
        site["index.json"] = json.dumps(draw(odd(INDEX))).encode()
    elif how == "gone":
        del site[name]
    else:
        other = draw(st.sampled_from(sorted(SITE)))
        site[name], site[other] = site[other], site[name]
    return site


@cases(fast=150, nightly=4000)
@given(site=sites())
@example(site=SITE)
@example(
    site=SITE
    | {"index.json": SITE["index.json"].replace(FOLDER.encode(), b"//elsewhere.example/x")}
)
@example(site=SITE | {"index.json": SITE["index.json"].replace(FOLDER.encode(), b"../../x")})
def test_a_model_is_what_the_index_says_or_there_is_a_sentence(reader, site):
    with case("exported models"):
        said = reader.ask(
            kind="models",
            files={path: base64.b64encode(data).decode() for path, data in site.items()},
        )
        assert not said["outside"] and "wrong" not in said and "error" not in said, said
        assert site != SITE or said["loaded"] == len(FILES)
        changed = any(site.get(path) != data for path, data in SITE.items() if path != "index.json")
        assert not changed or site["index.json"] != SITE["index.json"] or "message" in said


PAIRS = st.lists(
    st.tuples(
        st.sampled_from(
            ["v", "text", "run", "size", "seed", "lines", "on", "__proto__", "constructor", "x"]
        ),
        st.one_of(
            st.sampled_from([str(value) for value in STRANGE]),
            st.text(max_size=30),
            st.floats().map(str),
            st.integers().map(str),
            st.sampled_from(["1", " 7 ", "0x10", "1e400", "-0", "%FF", "%", "Infinity"]),
        ),
    )
)
HASHES = st.one_of(
    st.text(max_size=100).map("#".__add__),
    PAIRS.map(
        lambda pairs: (
            "#v=1&"
            + "&".join(
                f"{name}={quote(value, safe='%', errors='replace')}" for name, value in pairs
            )
        )
    ),
)


@cases(fast=150, nightly=3000)
@given(text=HASHES)
def test_a_link_is_a_sound_state_that_its_own_link_brings_back(reader, text):
    with case("links read"):
        assert reader.ask(kind="hash", text=text) == {"sound": True, "same": True}


@cases(fast=100, nightly=1500)
@given(
    text=st.one_of(
        st.text("ABCabc019-_", max_size=300),
        st.binary(max_size=200).map(lambda data: base64.urlsafe_b64encode(data).decode()),
        st.text(max_size=50),
    )
)
def test_a_drawing_in_a_link_is_one_or_none(reader, text):
    with case("drawings in links"):
        assert reader.ask(kind="ink", text=text) == {"same": True}
