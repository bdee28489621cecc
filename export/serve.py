"""Serve the site on this computer only.

python -m export.serve --port 8000
"""

import functools
import http.server
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from common.cli import GeneError, Parser, bounded_int, run_cli


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serve static files with the media types that browsers require, never cached unchecked."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".wasm": "application/wasm",
        ".svg": "image/svg+xml",
        ".tsv": "text/tab-separated-values; charset=utf-8",
    }

    def end_headers(self) -> None:
        """Make browsers ask whether a file has changed."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *_) -> None:
        """Print nothing."""


def open_server(folder: str | Path, port: int) -> http.server.ThreadingHTTPServer:
    """Open a server that listens on 127.0.0.1; the caller calls its `serve_forever`.

    Args:
        folder: The folder to serve.
        port: The port; 0 for any free one.

    Raises:
        GeneError: The port is in use.
    """
    handler = functools.partial(Handler, directory=str(folder))
    try:
        return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise GeneError(
            f"--port {port}: {error.strerror}; choose another port, e.g. make site PORT=8001"
        ) from None


def start_server(folder: str | Path) -> tuple[http.server.ThreadingHTTPServer, str]:
    """Serve a folder from a thread; return the server and its address."""
    server = open_server(folder, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}/"


def main(argv: Sequence[str]) -> None:
    """Serve the site until Ctrl-C.

    Args:
        argv: The command line without the program.
    """
    parser = Parser(__doc__, prog="python -m export.serve")
    parser.add_argument(
        "--port",
        type=bounded_int(0, 65535),
        default=8000,
        help="port to listen on; 0 for any free one (default: %(default)s)",
    )
    parser.add_argument(
        "--folder", metavar="DIR", default="web", help="folder to serve (default: %(default)s)"
    )
    args = parser.parse_args(argv)
    if not (Path(args.folder) / "index.html").exists():
        raise GeneError(f"{args.folder}: contains no site (no index.html)")
    server = open_server(args.folder, args.port)
    print(f"Gene is at http://127.0.0.1:{server.server_port}/ (Ctrl-C to stop)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print(file=sys.stderr)


if __name__ == "__main__":
    run_cli(main)
