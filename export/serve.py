"""Serve the site on this machine, and nowhere else.

python -m export.serve --port 8000
"""

import functools
import http.server
import sys
import threading
from pathlib import Path

from common.cli import GeneError, Parser, bounded_int, run_cli


class Handler(http.server.SimpleHTTPRequestHandler):
    """Static files with the types that browsers insist on, always asked for anew."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".wasm": "application/wasm",
        ".svg": "image/svg+xml",
        ".tsv": "text/tab-separated-values; charset=utf-8",
    }

    def end_headers(self):
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *_):
        pass


def open_server(folder, port):
    """A server of `folder` on 127.0.0.1, listening; port 0 takes a free one. `serve_forever` is the caller's."""
    handler = functools.partial(Handler, directory=str(folder))
    try:
        return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise GeneError(
            f"--port {port}: {error.strerror}; give another one, e.g. make site PORT=8001"
        ) from None


def start_server(folder):
    """Serve `folder` from a thread; returns the server and its address."""
    server = open_server(folder, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}/"


def main(argv):
    parser = Parser(__doc__, prog="python -m export.serve")
    parser.add_argument(
        "--port", type=bounded_int(0, 65535), default=8000, help="default: %(default)s"
    )
    parser.add_argument(
        "--folder", metavar="DIR", default="web", help="what to serve (default: %(default)s)"
    )
    args = parser.parse_args(argv)
    if not (Path(args.folder) / "index.html").exists():
        raise GeneError(f"{args.folder}: holds no site (no index.html)")
    server = open_server(args.folder, args.port)
    print(f"Gene is at http://127.0.0.1:{server.server_port}/ (Ctrl-C ends it)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print(file=sys.stderr)


if __name__ == "__main__":
    run_cli(main)
