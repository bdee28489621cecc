"""`python -m export.check` on each imitated host, and with every problem that it reports."""

import contextlib
import gzip
import hashlib
import json
import shutil
from xml.etree import ElementTree

import pytest

from common.cli import GeneError
from export import check, published_file
from tests.helpers import ROOT, assert_main_refuses
from tests.host_profiles import HOSTS
from tests.hosts import serve

MODEL = "lyrics/quick-0123456789ab"
SHARD = "uint8/group1-shard1of1.bin"
WEIGHTS = "weights" * 300
ENGINE = "vendor/0123456789ab/tfjs-backend-wasm.wasm"
SCRIPT = "lyrics/page-0123456789ab.js"
WORKER = "lyrics/worker-0123456789ab.js"
FILES = {
    "index.html": "<!doctype html><title>Gene</title>\n",
    "lyrics.html": "<!doctype html><title>Lyrics</title>\n" + "<p>la</p>\n" * 400,
    SCRIPT: "let page;\n" * 400,
    WORKER: "let worker;\n" * 400,
    "shared/style-0123456789ab.css": "p { color: red; }\n" * 200,
    "icon.svg": "<svg/>",
    "faces.webp": "webp",
    ENGINE: "wasm" * 1000,
}


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory):
    """A small folder with all kinds of files that `export.dist` writes."""
    folder = tmp_path_factory.mktemp("small-site")
    index = {"models": [{"folder": MODEL, "files": [{"path": SHARD, "sha256": digest(WEIGHTS)}]}]}
    kept = FILES | {"models/index.json": json.dumps(index)}
    digests = {path: digest(text) for path, text in kept.items()}
    files = kept | {
        "sw.js": "let sw;",
        "precache-manifest.js": f"const MANIFEST = {json.dumps({'files': digests})};\n",
        f"models/{MODEL}/{SHARD}": WEIGHTS,
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def findings(site_folder, capsys):
    """A function that checks the site with a fault; returns the lines on problems and advice."""

    def run(host, pattern=None, **fault):
        with serve(site_folder, host, "/gene/") as site:
            if pattern is not None:
                site.fail(pattern, **fault)
            capsys.readouterr()
            failed = False
            try:
                check.main([site.url])
            except GeneError as error:
                failed = True
                assert "\n" not in str(error) and "files, listed above" in str(error)
        lines = capsys.readouterr().out.splitlines()
        wrong = [line for line in lines if line.startswith("wrong: ")]
        assert failed == bool(wrong)
        return wrong, [line for line in lines if line.startswith("better: ")]

    return run


PROBLEMS = {  # what is said about each host; nothing about all others
    "github-pages": [],
    "iis": [("faces.webp", "all .webp files", "web.config"), (ENGINE, "all .wasm files")],
    "itch": [("./", "403", "index.html")],
    "nginx": [("precache-manifest.js", "sw.js", "no-cache")],
    "s3": [("./", "403", "index.html")],
    "trailing-slash": [("lyrics.html", "slash")],
    "jenkins": [
        *[("lyrics.html", f"{name} forbids") for name in ("script-src", "worker-src")],
        *[("lyrics.html", text) for text in ("connect-src", "font-src", "WebAssembly", "sandbox")],
    ],
}


@pytest.mark.parametrize("host", HOSTS)
def test_hosts(findings, host):
    wrong, _ = findings(host)
    expected = PROBLEMS.get(host, [])
    assert len(wrong) == len(expected), wrong
    for words in expected:
        assert any(all(word in line for word in words) for line in wrong), wrong


def test_advice(findings):
    _, advice = findings("http.server")
    assert any("compress" in line and "3 more" in line for line in advice)
    assert any("immutable" in line and SCRIPT in line for line in advice)
    assert not any("http://" in line for line in advice), "this computer is trusted"
    _, advice = findings("netlify")
    assert not any("compress" in line for line in advice)
    long = {"Cache-Control": "public, max-age=31536000, immutable"}
    _, advice = findings("netlify", "*-*/*", headers=long)
    assert not any(MODEL in line for line in advice)
    assert not any("404.html" in line for line in advice)
    _, advice = findings("netlify", "*.wasm", media_type="application/octet-stream")
    assert any("application/wasm" in line for line in advice)
    _, advice = findings("cloudflare-pages")  # without a 404.html it shows the home page
    assert any("no-such-page" in line and "404.html" in line for line in advice)


@pytest.mark.browser
@pytest.mark.parametrize("host", HOSTS)
def test_the_published_site(published_site, capsys, host):
    """Nothing is wrong except what the host does."""
    with serve(published_site, host, "/gene/") as site, contextlib.suppress(GeneError):
        check.main([site.url])
    lines = capsys.readouterr().out.splitlines()
    wrong = [line for line in lines if line.startswith("wrong: ")]
    expected = PROBLEMS.get(host, [])
    assert len(wrong) == len(expected), wrong
    assert any("files, no problems found" in line for line in lines) != bool(expected)
    assert not any("404.html" in line for line in lines), "it has one"


LYRICS = FILES["lyrics.html"].encode()
FAULTS = [
    # pattern, what is wrong with it, words of the one line about it
    (SCRIPT, {"status": 404}, "answered with 404"),
    (SCRIPT, {"unreachable": True}, "no answer"),
    (SCRIPT, {"media_type": "text/plain"}, "sent as text/plain"),
    (SCRIPT, {"media_type": "text/html"}, "web page"),
    ("*.css", {"media_type": "text/plain"}, "text/css"),
    ("lyrics.html", {"media_type": "text/html; charset=iso-8859-1"}, "charset=iso-8859-1"),
    (
        "faces.webp",
        {"media_type": "binary/octet-stream", "headers": {"X-Content-Type-Options": "nosniff"}},
        "image/webp",
    ),
    ("*.bin", {"cut": 100}, "cut off"),
    ("*.bin", {"stall": 100}, "stalled"),
    ("*.bin", {"body": b"version https://git-lfs.github.com/spec/v1\n"}, "git lfs pull"),
    ("*.bin", {"body": gzip.compress(WEIGHTS.encode())}, "Content-Encoding: gzip"),
    ("*.wasm", {"body": b"old engine"}, "mixed versions"),
    ("*.wasm", {"body": b"old engine", "headers": {"Age": "99"}}, "invalidate"),
    ("*.wasm", {"headers": {"Content-Encoding": "br"}}, "compressed with br"),
    ("faces.webp", {"headers": {"Content-Encoding": "gzip"}}, "not gzip-compressed"),
    ("lyrics.html", {"body": LYRICS.replace(b"\n", b"\r\n")}, "autocrlf"),
    ("lyrics.html", {"headers": {"Cache-Control": "max-age=86400"}}, "new versions"),
    (WORKER, {"headers": {"Content-Security-Policy": "script-src 'self'"}}, "wasm-unsafe-eval"),
    ("*.html", {"headers": {"Content-Security-Policy": "worker-src 'none'"}}, "worker-src"),
    ("*.html", {"headers": {"Cross-Origin-Embedder-Policy": "require-corp"}}, "Embedder-Policy"),
    ("sw.js", {"status": 301, "headers": {"Location": SCRIPT}}, "service worker"),
    ("", {"status": 403}, "index document"),
    ("", {"body": b"<title>Index of /gene</title>"}, "other than index.html"),
]


@pytest.mark.parametrize("pattern, fault, words", FAULTS, ids=[f[2] for f in FAULTS])
def test_faults(findings, monkeypatch, pattern, fault, words):
    monkeypatch.setattr(published_file, "TIMEOUT", 1)
    wrong, _ = findings("netlify", pattern, **fault)
    assert len(wrong) == 1 and words in wrong[0], wrong


def test_names_that_jekyll_leaves_out(site_folder, tmp_path, capsys):
    folder = tmp_path / "site"
    shutil.copytree(site_folder, folder)
    index = folder / "models" / "index.json"
    index.write_text(index.read_text().replace(MODEL, "lyrics/_mine-0123456789ab"))
    (folder / "models" / MODEL).rename(folder / "models/lyrics/_mine-0123456789ab")
    with (
        serve(folder, "github-pages") as site,
        pytest.raises(GeneError, match="2 kinds of problems"),
    ):
        check.main([site.url])
    [line] = [line for line in capsys.readouterr().out.splitlines() if "_mine" in line]
    assert "add .nojekyll" in line


def test_addresses(site_folder, capsys):
    with serve(site_folder, "netlify") as old, serve(site_folder, "netlify", "/gene/") as site:
        old.fail("*", status=301, headers={"Location": f"{site.url}index.html"})
        for url in (old.url, site.url[:-1], f"{site.url}index.html#a", f"{site.url}lyrics.html?b"):
            check.main([url])
            assert f"{site.url}: 12 files, no problems found" in capsys.readouterr().out
        with serve(site_folder, "netlify", "/my g\u00e9n\u00e9/") as other:
            check.main([f"http://127.0.0.1:{other.server_port}/my g\u00e9n\u00e9"])
        refused = {
            "http://[": "https://",
            "gene": "https://",
            "ftp://a/": "https://",
            f"{site.url}lyrics/": "make dist",
        }
        for url, words in refused.items():
            assert_main_refuses(capsys, check.main, [url], url, words)
    assert_main_refuses(capsys, check.main, [site.url], "no answer")


def test_without_an_index_of_models(findings):
    wrong, _ = findings("netlify", "models/index.json", body=b"{}")
    assert len(wrong) == 1 and "models/index.json" in wrong[0]


def test_the_web_config_in_the_documents_names_all_types_that_iis_refuses():
    text = (ROOT / "docs" / "publishing.md").read_text(encoding="utf-8")
    config = ElementTree.fromstring(text.split("```xml\n")[1].split("```")[0])
    named = {entry.get("fileExtension") for entry in config.iter("mimeMap")}
    assert named >= HOSTS["iis"].refused - {""}
