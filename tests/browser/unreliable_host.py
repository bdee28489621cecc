"""A web server that misbehaves like real hosts and connections, for browser tests."""

import contextlib
import functools
import http.server
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from export.serve import Handler

CHUNK = 4096  # bytes that are sent at once


class UnreliableHost:
    """A server for a folder. `behave` decides how each request is answered.

    Attributes:
        behave: A function of the request's path, without query, that returns a dict, empty for a
            correct answer: `status` and `body` replace the answer, `headers` are added to it,
            `location` redirects, `cut` closes the connection after this many bytes and not before the
            event `cut_after`, `hang` sends nothing more after this many bytes until `close` is
            called, `speed` is in bytes per second, `file` is the path of the file that is sent
            instead.
        speed: Bytes per second that all connections share, or None.
        is_hurried: Whether answers that were slow continue at full speed.
        ranges: Whether requests for a part of a file are answered.
        requests: (path, Range header) of each request so far.
        address: The address of the site.
    """

    def __init__(self, folder: Path):
        self.behave: Callable[[str], dict[str, Any]] = lambda path: {}
        self.speed = None
        self.is_hurried = False
        self.ranges = True
        self.requests: list[tuple[str, str | None]] = []
        self.closed = threading.Event()
        self.line = threading.Lock()
        handler = functools.partial(_Handler, self, directory=str(folder))
        self.server = _Server(("127.0.0.1", 0), handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def paths(self):
        """Return the requested paths."""
        return [path for path, _ in self.requests]

    def close(self):
        """Stop serving and free the port."""
        self.server.shutdown()
        self.closed.set()
        self.server.server_close()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Print nothing: browsers close connections."""


class _Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # the content does not wait 40 ms until the header is confirmed
    extensions_map = Handler.extensions_map

    def __init__(self, host, *arguments, **options):
        self.host = host
        super().__init__(*arguments, **options)

    def log_message(self, *_):
        """Print nothing."""

    def do_GET(self):
        path = urlsplit(self.path).path
        wanted = self.headers.get("Range")
        self.host.requests.append((path, wanted))
        behavior = self.host.behave(path)
        if "location" in behavior:
            self._answer(308, {"Location": behavior["location"]}, b"", behavior)
        elif "status" in behavior:
            body = behavior.get("body", b"")
            self._answer(behavior["status"], behavior.get("headers", {}), body, behavior)
        else:
            self._send_file(path, wanted, behavior)

    def _send_file(self, path, wanted, behavior):
        file = Path(self.translate_path(behavior.get("file", path)))
        if file.is_dir():
            file /= "index.html"
        if not file.is_file():
            self._answer(404, {}, b"not found", behavior)
            return
        body = behavior.get("body", file.read_bytes())
        headers = {"Content-Type": self.guess_type(file)} | behavior.get("headers", {})
        if wanted and self.host.ranges:
            self._send_range(
                int(wanted.removeprefix("bytes=").rstrip("-")), body, headers, behavior
            )
        else:
            self._answer(200, headers, body, behavior)

    def _send_range(self, first, body, headers, behavior):
        if first >= len(body):
            self._answer(416, {}, b"", behavior)
            return
        headers["Content-Range"] = f"bytes {first}-{len(body) - 1}/{len(body)}"
        self._answer(206, headers, body[first:], behavior)

    def _answer(self, status, headers, body, behavior):
        if behavior.get("hang") == 0:
            self._hang()
            return
        self.send_response(status)
        for name, value in ({"Cache-Control": "no-cache"} | headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self._write(body[: behavior.get("hang", behavior.get("cut"))], behavior.get("speed"))
        if "hang" in behavior:
            self._hang()
        elif "cut" in behavior:
            if "cut_after" in behavior:
                behavior["cut_after"].wait(30)
            self.close_connection = True

    def _write(self, body, speed):
        for start in range(0, len(body), CHUNK):
            if speed and not self.host.is_hurried:
                time.sleep(CHUNK / speed)
            if self.host.speed:
                with self.host.line:
                    time.sleep(CHUNK / self.host.speed)
            self.wfile.write(body[start : start + CHUNK])

    def _hang(self):
        self.host.closed.wait(60)
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
