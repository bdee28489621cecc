"""Rules for a web host's responses: what it must send for the site's files, and what it should.

Each rule yields a sentence about what is wrong and what to change. The sentences do not contain
anything specific to one file, so that a finding about many files can be printed once.
"""

import gzip
import hashlib
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from common.cli import printable
from export.published_file import PublishedFile

SCRIPT_TYPES = {"text/javascript", "application/javascript", "application/x-javascript"}
REQUIRED_TYPES = {
    ".html": {"text/html"},
    ".css": {"text/css"},
    ".js": SCRIPT_TYPES,
    ".svg": {"image/svg+xml"},
}
COMPRESSIBLE = {".html", ".css", ".js", ".json", ".svg", ".tsv", ".wasm"}
SMALL_BYTES = 1400  # fits into one packet, so compression is not worth it
HOUR = 3600
DAY = 24 * HOUR
# Files whose names change with their content; see export/bundle.py and export/tfjs.py.
_HASHED = re.compile(
    r"-([0-9A-Z]{8}|[0-9a-f]{12})\.\w+$|^vendor/[0-9a-f]{12}/|^models/.*-[0-9a-f]{12}/"
)
# Entry points: files that lead to all others and whose names do not change.
_ENTRY = re.compile(r"\.html$|^sw\.js$|^precache-manifest\.js$|^models/index\.json$")
_HIDDEN = re.compile(r"(^|/)[_.]")
_WORKER = re.compile(r"/worker\b.*\.js$")
_UPLOAD = "upload the whole folder again"
UNKNOWN_ADDRESS = (
    "does not exist, but the host answered with status 200, so missing files go unnoticed; have "
    "the host answer unknown addresses with 404.html and status 404"
)


def suffix(path: str) -> str:
    """Return the suffix of a path, with its dot."""
    return "." + path.rpartition(".")[2]


def problems(file: PublishedFile, sha256: str | None) -> Iterator[str]:
    """Yield the problems that keep a file from working.

    Args:
        file: The host's response.
        sha256: Expected digest of its content, or None if it is not known.
    """
    if file.status != 200:
        yield _missing(file)
    elif file.media_type == "text/html" and suffix(file.path) != ".html":
        yield f"answered with a web page instead, so the file is probably missing; {_UPLOAD}"
    else:
        yield from _wrong_redirect(file)
        yield from _wrong_type(file)
        yield from _wrong_content(file, sha256)
        yield from _wrong_caching(file)
        yield from _wrong_policy(file)


def _missing(file: PublishedFile) -> str:
    if not file.status:
        return f"no answer ({file.trouble}); check the address, the certificate and the host"
    if _HIDDEN.search(file.path):
        return (
            f"answered with {file.status}; GitHub Pages does not publish files with such names; "
            "add .nojekyll to change that"
        )
    return f"answered with {file.status}; {_UPLOAD}, and make it public"


def unknown_type(file: PublishedFile) -> str:
    """Describe the problem with a file if the host refuses all files with its suffix."""
    name = suffix(file.path)
    return (
        f"answered with {file.status}, like all {name} files: the host may not know the type; add "
        "it (for IIS, docs/publishing.md has a web.config), or upload the files"
    )


def _wrong_redirect(file: PublishedFile) -> Iterator[str]:
    if not file.is_redirected:
        return
    if urlsplit(file.final_url).netloc != urlsplit(file.url).netloc:
        yield (
            "redirected to another host, which the Content-Security-Policy of the pages forbids; "
            "serve it from the same host"
        )
    elif file.path == "sw.js":
        yield "redirected, which browsers refuse for a service worker; serve it at its own address"
    elif suffix(file.path) == ".html" and re.search(r"[^/]/$", _beyond_site(file)):
        yield (
            "redirected to an address that ends with a slash, at which the page cannot find its "
            "files; switch off such redirects"
        )


def _beyond_site(file: PublishedFile) -> str:
    """Return the final address relative to the address of the site."""
    return file.final_url.removeprefix(file.url.removesuffix(file.path))


def _wrong_type(file: PublishedFile) -> Iterator[str]:
    required = REQUIRED_TYPES.get(suffix(file.path))
    if required and file.media_type not in required:
        yield (
            f"sent as {printable(file.media_type) or 'no type'}; "
            f"have the host send {suffix(file.path)} files as {min(required, key=len)}"
        )
    is_sniffed = file.headers.get("X-Content-Type-Options", "").lower() != "nosniff"
    if suffix(file.path) == ".webp" and not is_sniffed and file.media_type != "image/webp":
        yield f"sent as {printable(file.media_type)}; have the host send .webp files as image/webp"
    charset = file.headers.get_param("charset", "utf-8")
    if required and str(charset).lower() not in ("utf-8", "utf8"):
        yield f"sent with charset={printable(charset)}; have the host send charset=utf-8, or none"


def _wrong_content(file: PublishedFile, sha256: str | None) -> Iterator[str]:
    if file.trouble == "cut off":
        yield f"cut off, so it is shorter than its Content-Length; {_UPLOAD}"
    elif file.trouble:
        yield f"{file.trouble}; correct the host's settings for Content-Encoding, or {_UPLOAD}"
    elif file.body.startswith(b"version https://git-lfs"):
        yield "a Git LFS pointer instead of the file; run git lfs pull before you publish"
    elif sha256 and not _has_digest(file.body, sha256):
        yield _difference(file, sha256)


def _difference(file: PublishedFile, sha256: str) -> str:
    if _has_digest(file.body.replace(b"\r\n", b"\n"), sha256):
        return "sent with Windows line endings (git's autocrlf); publish .gitattributes, too"
    if file.body[:2] == b"\x1f\x8b" and _has_digest(_decompressed(file.body), sha256):
        return "sent compressed but not declared as such; have the host send Content-Encoding: gzip"
    if file.headers.get("Age", "0") != "0":
        return "an older version from the host's cache; invalidate that cache (CloudFront: /*)"
    return (
        "not the file that was published, so nothing is cached for offline use: the upload is "
        f"incomplete or has mixed versions ({_UPLOAD}), or the host changes files (switch off "
        "minification, pretty URLs and injected scripts)"
    )


def _has_digest(content: bytes, sha256: str) -> bool:
    return hashlib.sha256(content).hexdigest() == sha256


def _decompressed(content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError):
        return b""


def _max_age(file: PublishedFile) -> int:
    """Return the max-age of a file in seconds; 0 if there is none."""
    found = re.search(r"\bmax-age=(\d+)", file.headers.get("Cache-Control", ""))
    return int(found[1]) if found else 0


def _wrong_caching(file: PublishedFile) -> Iterator[str]:
    if _ENTRY.search(file.path) and _max_age(file) > HOUR:
        yield (
            "browsers may cache it for hours or days, so visitors miss new versions; "
            "have the host send Cache-Control: no-cache"
        )


def _wrong_policy(file: PublishedFile) -> Iterator[str]:
    """Check the Content-Security-Policy of pages and workers; each worker has its own."""
    is_worker = _WORKER.search(file.path)
    if suffix(file.path) != ".html" and not is_worker:
        return
    for policy in file.headers.get_all("Content-Security-Policy", []):
        yield from policy_problems(policy)


def policy_problems(policy: str) -> Iterator[str]:
    """Yield the problems of a Content-Security-Policy that forbids what the site needs."""
    directives = {
        words[0].lower(): words[1:] for part in policy.split(";") if (words := part.split())
    }
    if "sandbox" in directives and "allow-same-origin" not in directives["sandbox"]:
        yield "the policy's sandbox stops the code; add allow-scripts and allow-same-origin"
    for names in (
        ["script-src"],
        ["worker-src", "child-src", "script-src"],
        ["connect-src"],
        ["style-src"],
        ["img-src"],
        ["font-src"],
    ):
        sources = _sources(directives, *names)
        if sources is not None and not _allows_self(sources):
            yield f"the policy's {names[0]} forbids the site's own files; add 'self'"
    scripts = _sources(directives, "script-src")
    if scripts is not None and not {"'wasm-unsafe-eval'", "'unsafe-eval'"} & {*scripts}:
        yield "the policy's script-src forbids WebAssembly; add 'wasm-unsafe-eval'"


def _sources(directives: dict[str, list[str]], *names: str) -> list[str] | None:
    """Return the sources of the first of `names`, or else default-src, that is set; else None."""
    return next((directives[name] for name in (*names, "default-src") if name in directives), None)


def _allows_self(sources: list[str]) -> bool:
    return any(source == "'self'" or not source.startswith("'") for source in sources)


def advice(file: PublishedFile) -> Iterator[str]:
    """Yield advice on how a file that works can be loaded faster."""
    if file.status != 200:
        return
    if suffix(file.path) == ".wasm" and file.media_type != "application/wasm":
        yield "starts faster if the host sends .wasm files as application/wasm"
    is_compressed = "Content-Encoding" in file.headers
    is_worth_it = suffix(file.path) in COMPRESSIBLE and len(file.body) > SMALL_BYTES
    if is_worth_it and not is_compressed:
        yield "not compressed; turn on gzip or brotli for this type"
    if _HASHED.search(file.path) and _max_age(file) < DAY:
        yield (
            "named after its content, so it can be cached for good; "
            "have the host send Cache-Control: public, max-age=31536000, immutable"
        )


def site_problems(files: list[PublishedFile], folder: PublishedFile) -> Iterator[tuple[str, str]]:
    """Yield (path, sentence) for problems that concern several files.

    Args:
        files: All files.
        folder: The response for the address of the site itself.
    """
    index = next((file for file in files if file.path == "index.html"), folder)
    if folder.status != 200:
        yield (
            "./",
            f"the address of the folder is answered with {folder.status}; make index.html its "
            f"index document, or publish the address {urljoin(folder.url, 'index.html')}",
        )
    elif index.status == 200 and folder.body != index.body:
        yield (
            "./",
            "the address of the folder shows a page other than index.html; make index.html its "
            "index document",
        )
    for path in _unisolated_workers(files):
        yield (
            path,
            "sent without the header Cross-Origin-Embedder-Policy that the pages have, so browsers "
            "block it; send the header with every file, or with none",
        )


def _unisolated_workers(files: list[PublishedFile]) -> Iterator[str]:
    header = "Cross-Origin-Embedder-Policy"
    is_isolated = any(header in file.headers for file in files if suffix(file.path) == ".html")
    for file in files:
        if is_isolated and _WORKER.search(file.path) and header not in file.headers:
            yield file.path


def refused_types(files: list[PublishedFile]) -> set[str]:
    """Return the suffixes for which the host refuses all files, if it sends any files at all."""
    sent = {suffix(file.path) for file in files if file.status == 200}
    visible = [file for file in files if not _HIDDEN.search(file.path)]
    refused = {suffix(file.path) for file in visible if file.status in (403, 404, 406)}
    return refused - sent if sent else set()
