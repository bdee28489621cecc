"""`python -m export.serve` opens the page of a network."""

import http.server
import socket
import struct
import webbrowser

import pytest

from export import serve
from tests.helpers import WEB, assert_main_refuses


@pytest.fixture
def opened(monkeypatch):
    """The addresses that were opened; the server stops at once."""
    addresses = []

    def stop(server):
        raise KeyboardInterrupt

    monkeypatch.setattr(http.server.ThreadingHTTPServer, "serve_forever", stop)
    monkeypatch.setattr(webbrowser, "open", addresses.append)
    return addresses


def main(*flags):
    serve.main(["--folder", str(WEB), "--port", "0", *flags])


def test_a_page_is_opened_at_a_network(opened, capsys):
    main("--open", "lyrics/my kitchen")
    main("--open", "avatars/toys")
    assert opened[0].endswith("/lyrics.html#v=1&run=my+kitchen")
    assert opened[1].endswith("/avatars.html#v=1&run=toys")
    assert opened[0] in capsys.readouterr().out


def test_nothing_is_opened_unasked(opened):
    main()
    assert not opened


@pytest.mark.parametrize("name", ["digits/original", "lyrics/", "lyrics", "../x"])
def test_a_network_without_a_page_is_refused(opened, capsys, name):
    assert_main_refuses(capsys, serve.main, ["--open", name], "lyrics/RUN or avatars/RUN")


def test_a_port_that_is_taken_is_refused(capsys):
    server, _ = serve.start_server(WEB)
    port = str(server.server_port)
    assert_main_refuses(capsys, serve.main, ["--folder", WEB, "--port", port], port, "PORT=")
    server.shutdown()


def test_a_reader_who_leaves_is_not_an_error(tmp_path, capsys):
    (tmp_path / "large.bin").write_bytes(bytes(30_000_000))
    server, _ = serve.start_server(tmp_path)
    server.daemon_threads = False  # `server_close` waits for the threads
    with socket.create_connection(server.server_address) as reader:
        reader.sendall(b"GET /large.bin HTTP/1.0\r\n\r\n")
        assert reader.recv(100).startswith(b"HTTP/1.0 200")
        # Reset the connection, as browsers do when a page is left.
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    server.shutdown()
    server.server_close()
    assert capsys.readouterr().err == ""
