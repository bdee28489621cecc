"""A web host behind a slow line; like most hosts, it compresses text and code."""

import contextlib
import gzip
import io
import threading
import time
from functools import partial
from pathlib import Path

from export.serve import Handler, start_server

COMPRESSED = {".css", ".html", ".js", ".json", ".tsv", ".wasm", ".webmanifest"}
LATENCY = 0.15  # seconds before an answer begins, as on a mobile phone
CHUNK = 4096  # bytes


class SlowHandler(Handler):
    """Serves static files; all connections share one line.

    Args:
        line: Lock that is held by the connection that is sending.
        bytes_per_second: Speed of the line.
        *args: Arguments of the base class.
        **options: Keyword arguments of the base class.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else the content waits 40 ms until the header is acknowledged

    def __init__(self, line: threading.Lock, bytes_per_second: float, *args, **options):
        self.line = line
        self.bytes_per_second = bytes_per_second
        super().__init__(*args, **options)

    def send_head(self):
        """Send the headers; return the content, compressed if it is text or code."""
        time.sleep(LATENCY)
        path = Path(self.translate_path(self.path))
        if path.suffix not in COMPRESSED or not path.is_file():
            return super().send_head()
        content = gzip.compress(path.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return io.BytesIO(content)

    def copyfile(self, source, outputfile) -> None:
        """Send the content in small pieces, one connection after the other."""
        with contextlib.suppress(ConnectionError):  # the browser may stop the download
            while chunk := source.read(CHUNK):
                with self.line:
                    time.sleep(len(chunk) / self.bytes_per_second)
                    outputfile.write(chunk)


def start_slow_host(folder: Path, megabits_per_second: float):
    """Serve a folder from a thread; return the server and its address."""
    bytes_per_second = megabits_per_second * 1e6 / 8
    return start_server(folder, partial(SlowHandler, threading.Lock(), bytes_per_second))
