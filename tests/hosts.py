"""Web servers that behave like well-known static hosts, with faults on demand.

    with serve(folder, "cloudflare-pages") as site:
        site.fail("lyrics/*.js", status=503, times=2)
        page.goto(site.url)

They use HTTP/1.0, so that no connection outlives the server.
"""

import contextlib
import email.message
import email.utils
import fnmatch
import gzip
import http.server
import mimetypes
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from tests.host_profiles import HOSTS, Host

MEDIA_TYPES = {
    ".js": "text/javascript",
    ".json": "application/json",
    ".tsv": "text/tab-separated-values",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
}


class Answer(NamedTuple):
    """What is sent: a status, headers and the whole body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Fault:
    """What goes wrong with the addresses that match a pattern.

    Args:
        pattern: A shell pattern for the path below the site's address, such as "lyrics/*.js".
        times: How often; -1 for always.
        unreachable: Close the connection without an answer.
        delay: Seconds before the answer.
        status: Another status; the body is then a line of text.
        headers: Additional or different headers.
        body: Another body.
        cut: Bytes of the body after which the connection is closed.
        stall: Bytes of the body after which nothing more comes.
        media_type: Another Content-Type.
    """

    pattern: str
    times: int = -1
    unreachable: bool = False
    delay: float = 0
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    cut: int | None = None
    stall: int | None = None
    media_type: str | None = None

    def change(self, answer: Answer) -> Answer:
        """Return the answer with the fault in it."""
        headers = answer.headers | dict(self.headers)
        body = answer.body
        if self.status is not None and self.body is None:
            headers = {"Content-Type": "text/plain"} | dict(self.headers)
            body = f"{self.status}\n".encode()
        if self.body is not None:
            headers.pop("Content-Encoding", None)
            body = self.body
        if self.media_type is not None:
            headers["Content-Type"] = self.media_type
        return Answer(self.status or answer.status, headers, body)


class Site(http.server.ThreadingHTTPServer):
    """A folder, served as a host does.

    Args:
        folder: What is served. It may change while it is.
        host: The habits.
        prefix: The path of the site, with slashes around it.
    """

    request_queue_size = 64  # browsers open many connections at once

    def __init__(self, folder: Path, host: Host, prefix: str = "/"):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.host = host
        self.prefix = prefix
        self.faults: list[Fault] = []
        self.requests: list[str] = []
        self.stopped = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}{quote(prefix)}"

    def fail(self, pattern: str, **changes: Any) -> None:
        """Answer addresses that match `pattern` with a `Fault`; the latest that matches counts."""
        self.faults.insert(0, Fault(pattern, **changes))

    def heal(self) -> None:
        """Forget all faults."""
        self.faults.clear()

    def stop(self) -> None:
        """Stop answering; connections that wait are closed."""
        self.stopped.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, *_) -> None:
        """Keep quiet when a browser closes its connection."""

    def next_fault(self, path: str) -> Fault | None:
        """Return the fault that the next answer for a path has, and count it."""
        for fault in self.faults:
            if fault.times and fnmatch.fnmatch(path, fault.pattern):
                fault.times -= 1
                return fault
        return None

    def answer(self, path: str, request: email.message.Message) -> Answer:
        """Answer a request as the host does.

        Args:
            path: Below the site's address; the full path with a leading slash if it is elsewhere.
            request: The headers.
        """
        if path.startswith("/"):
            return self._redirect(301, "") if f"{path}/" == self.prefix else self._unknown()
        return self._clean_url(path, request) or self._as_named(path, request)

    def _clean_url(self, path: str, request: email.message.Message) -> Answer | None:
        """Redirect to the address of a page without its suffix, or answer that one."""
        slash = {"redirects": "", "adds a slash": "/"}.get(self.host.clean_urls)
        if slash is None:
            return None
        if path.endswith(".html"):
            clean = path.removesuffix("index.html").removesuffix(".html")
            return self._redirect(308, clean + slash if clean else "")
        page = self.folder / f"{path.removesuffix('/')}.html"
        is_shown = slash and path.endswith("/") and page.is_file()
        return self._file(page, request) if is_shown else None

    def _as_named(self, path: str, request: email.message.Message) -> Answer:
        target = self.folder / path
        if target.is_dir():
            return self._folder(path, request)
        if not target.is_file() and self.host.clean_urls:
            target = self.folder / f"{path}.html"
        if not target.is_file() or not self._is_published(target):
            return self._unknown()
        return self._file(target, request)

    def _folder(self, path: str, request: email.message.Message) -> Answer:
        if path and not path.endswith("/"):
            page = self.folder / f"{path}.html"
            if self.host.clean_urls and page.is_file():
                return self._file(page, request)
            if self.host.index == "everywhere":
                return self._redirect(301, f"{path}/")
        index = self.folder / path / "index.html"
        has_index = self.host.index == "everywhere" or (self.host.index == "root" and not path)
        return self._file(index, request) if has_index and index.is_file() else self._unknown()

    def _is_published(self, target: Path) -> bool:
        if target.suffix in self.host.refused:
            return False
        if not self.host.jekyll or (self.folder / ".nojekyll").exists():
            return True
        return not any(part[0] in "_." for part in target.relative_to(self.folder).parts)

    def _redirect(self, status: int, path: str) -> Answer:
        return Answer(status, {"Location": quote(self.prefix + path)}, b"")

    def _unknown(self) -> Answer:
        for name, status in self.host.error_pages:
            page = self.folder / name
            if page.is_file():
                return self._file(page, email.message.Message())._replace(status=status)
        return Answer(self.host.unknown, {"Content-Type": "text/html"}, b"<title>Error</title>")

    def _file(self, path: Path, request: email.message.Message) -> Answer:
        host = self.host
        body = path.read_bytes()
        cache_control = host.cache_control.get(path.suffix, host.cache_control.get("*", ""))
        media_type = (MEDIA_TYPES | dict(host.media_types)).get(path.suffix)
        stat = path.stat()
        headers = {
            "Content-Type": media_type or mimetypes.guess_type(path.name)[0] or "text/plain",
            "ETag": f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"',
            "Last-Modified": email.utils.formatdate(stat.st_mtime, usegmt=True),
            **({"Cache-Control": cache_control} if cache_control else {}),
            **host.headers,
        }
        if request.get("If-None-Match") == headers["ETag"]:
            return Answer(304, headers, b"")
        if host.ranges and "Range" in request:
            return _part(request["Range"], headers, body)
        if path.suffix in host.compressed and "gzip" in request.get("Accept-Encoding", ""):
            return Answer(200, headers | {"Content-Encoding": "gzip"}, gzip.compress(body, 1))
        return Answer(200, headers, body)


def _part(wanted: str, headers: dict[str, str], body: bytes) -> Answer:
    """Answer a request for "bytes=START-" or "bytes=START-END"."""
    first, last = wanted.removeprefix("bytes=").split("-")
    start = int(first)
    end = min(int(last or len(body)), len(body) - 1)
    if start >= len(body):
        return Answer(416, headers | {"Content-Range": f"bytes */{len(body)}"}, b"")
    content_range = f"bytes {start}-{end}/{len(body)}"
    return Answer(206, headers | {"Content-Range": content_range}, body[start : end + 1])


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        site = self.server
        path = unquote(urlsplit(self.path).path)
        site.requests.append(path)
        inside = path.removeprefix(site.prefix)
        fault = site.next_fault(inside) or Fault("")
        if site.stopped.wait(fault.delay) or fault.unreachable:
            return
        self._send(fault.change(site.answer(inside, self.headers)), fault)

    do_HEAD = do_GET

    def _send(self, answer: Answer, fault: Fault) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        ends = [end for end in (fault.cut, fault.stall) if end is not None]
        self.wfile.write(answer.body[: min(ends, default=None)])
        if fault.stall is not None:
            self.wfile.flush()
            self.server.stopped.wait()

    def log_message(self, *_) -> None:
        """Print nothing."""


@contextlib.contextmanager
def serve(folder: Path, host: str | Host, prefix: str = "/") -> Iterator[Site]:
    """Serve a folder from a thread as a host does, e.g. one of the `HOSTS`, by name."""
    site = Site(folder, HOSTS[host] if isinstance(host, str) else host, prefix)
    threading.Thread(target=site.serve_forever, args=[0.05], daemon=True).start()
    try:
        yield site
    finally:
        if not site.stopped.is_set():
            site.stop()
