"""`python -m export.serve` opens the page of a network."""

import http.server
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
