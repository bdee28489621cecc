"""Serve the site on this computer; other computers cannot access it.

    python -m export.serve --port 8000
    python -m export.serve --open lyrics/mine     also open the page of this network

Browsers check for changes before they use a cached file, so a reload shows the latest export.
"""

import argparse
import functools
import http.server
import shlex
import sys
import threading
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlencode

from common.cli import GeneError, Parser, bounded_int, run_cli

TASKS_WITH_MENU = ("lyrics", "avatars")  # tasks whose pages let visitors choose a network


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves static files with the media types that browsers require, and without caching."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".wasm": "application/wasm",
        ".svg": "image/svg+xml",
        ".tsv": "text/tab-separated-values; charset=utf-8",
    }

    def end_headers(self) -> None:
        """Make browsers check whether a file has changed."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *_) -> None:
        """Print nothing."""


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address) -> None:
        """Print nothing if a browser closed the connection, as it does when a visitor leaves."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def open_server(
    folder: str | Path, port: int, handler: Callable = Handler
) -> http.server.ThreadingHTTPServer:
    """Open a server that listens on 127.0.0.1; the caller calls its `serve_forever`.

    Args:
        folder: The folder to serve.
        port: The port; 0 for any free one.
        handler: What answers requests, a subclass of `Handler` or a function that makes one.

    Raises:
        GeneError: If the port is in use or not allowed.
    """
    serves = functools.partial(handler, directory=str(folder))
    try:
        return _Server(("127.0.0.1", port), serves)
    except OSError as error:
        raise GeneError(
            f"--port {port}: {error.strerror}; choose another port, e.g. --port 8001 or "
            "make site PORT=8001"
        ) from None


def start_server(
    folder: str | Path, handler: Callable = Handler
) -> tuple[http.server.ThreadingHTTPServer, str]:
    """Serve a folder from a thread; return the server and its address."""
    server = open_server(folder, 0, handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}/"


def _network(name: str) -> str:
    """Parse lyrics/RUN or avatars/RUN (an argparse type)."""
    task, _, run = name.rstrip("/").partition("/")
    if task not in TASKS_WITH_MENU or not run:
        raise argparse.ArgumentTypeError(f"{name!r} must be lyrics/RUN or avatars/RUN")
    return f"{task}/{run}"


def _page_of(name: str) -> str:
    """Return the relative address of the page that shows a network."""
    task, _, run = name.partition("/")
    return f"{task}.html#{urlencode({'v': 1, 'run': run})}"


def _dist_command(args: argparse.Namespace) -> str:
    """Return the command that publishes the served network or, without --open, the whole site."""
    return f"python -m export.dist {shlex.quote(args.open)}" if args.open else "make dist"


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
    parser.add_argument(
        "--open",
        metavar="TASK/RUN",
        type=_network,
        help="open the page of this network, lyrics/RUN or avatars/RUN, in a browser "
        "(default: open nothing)",
    )
    args = parser.parse_args(argv)
    if not (Path(args.folder) / "index.html").exists():
        raise GeneError(
            f"{args.folder}: contains no index.html; choose the folder of a site with --folder"
        )
    server = open_server(args.folder, args.port)
    address = f"http://127.0.0.1:{server.server_port}/{_page_of(args.open) if args.open else ''}"
    print(f"Gene is running at {address} (Ctrl-C to stop)", flush=True)
    print(f"to publish it: {_dist_command(args)}", flush=True)
    if args.open:
        webbrowser.open(address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print(file=sys.stderr)


if __name__ == "__main__":
    run_cli(main)
