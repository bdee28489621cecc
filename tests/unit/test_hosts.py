"""The servers that imitate static hosts: their behavior and faults."""

import gzip
import time
import urllib.error
import urllib.request

import pytest

from tests.host_profiles import HOSTS
from tests.hosts import serve


class _KeepRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(_KeepRedirects)


@pytest.fixture
def folder(tmp_path):
    for name in ("index.html", "lyrics.html", "lyrics/page.js", "_mine/a.bin", "b.wasm"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name * 10)
    return tmp_path


def get(url, **headers):
    """Return (status, headers, body)."""
    try:
        with OPENER.open(urllib.request.Request(url, headers=headers), timeout=5) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


EXPECTED = {  # statuses of the addresses "", "index.html", "lyrics", "lyrics/", "_mine/a.bin", "x"
    "github-pages": [200, 200, 200, 404, 404, 404],
    "netlify": [200, 200, 301, 404, 200, 404],
    "netlify-pretty-urls": [200, 200, 200, 404, 200, 404],
    "cloudflare-pages": [200, 308, 200, 200, 200, 200],
    "s3": [403, 200, 403, 403, 200, 403],
    "s3-cloudfront": [200, 200, 403, 403, 200, 403],
    "nginx": [200, 200, 301, 404, 200, 404],
    "apache": [200, 200, 301, 404, 200, 404],
    "iis": [200, 200, 301, 404, 200, 404],
    "iis-configured": [200, 200, 301, 404, 200, 404],
    "itch": [403, 200, 403, 403, 200, 403],
    "http.server": [200, 200, 301, 404, 200, 404],
    "trailing-slash": [200, 308, 200, 200, 200, 200],
    "jenkins": [200, 200, 301, 404, 200, 404],
}


@pytest.mark.parametrize("host", HOSTS)
def test_statuses(folder, host):
    with serve(folder, host, "/my site/") as site:
        addresses = ["", "index.html", "lyrics", "lyrics/", "_mine/a.bin", "x"]
        assert [get(site.url + address)[0] for address in addresses] == EXPECTED[host]
        assert get(site.url + "b.wasm")[0] == (404 if host == "iis" else 200)
        assert get(site.url[:-1])[0] == 301
        assert b"root" not in get(f"http://127.0.0.1:{site.server_port}/etc/passwd")[2]
        assert site.requests[0] == "/my site/"


def test_compression_ranges_and_validators(folder):
    with serve(folder, "nginx") as site:
        url = site.url + "lyrics/page.js"
        status, headers, body = get(url, **{"Accept-Encoding": "gzip"})
        assert status == 200 and gzip.decompress(body) == b"lyrics/page.js" * 10
        assert headers["Cache-Control"] == "max-age=2592000"
        assert get(url, **{"If-None-Match": headers["ETag"]})[0] == 304
        status, headers, body = get(url, Range="bytes=7-10")
        assert (status, body, headers["Content-Range"]) == (206, b"page", "bytes 7-10/140")
        assert get(url, Range="bytes=900-")[0] == 416


def test_faults(folder):
    with serve(folder, "http.server") as site:
        url = site.url + "lyrics.html"
        site.fail("*.html", status=503, times=2, headers={"Retry-After": "1"})
        assert get(url)[0] == 503 and get(url)[1]["Retry-After"] == "1" and get(url)[0] == 200
        site.fail("*.html", media_type="text/plain", body=b"pointer")
        _, headers, body = get(url)
        assert headers["Content-Type"] == "text/plain" and body == b"pointer"
        site.fail("*.html", delay=0.3)
        began = time.monotonic()
        assert get(url)[0] == 200 and time.monotonic() - began >= 0.3
        site.fail("*.html", cut=4)
        with pytest.raises(Exception, match="IncompleteRead"):
            get(url)
        site.fail("*", unreachable=True)
        with pytest.raises(OSError):
            get(url)
        site.heal()
        assert get(url)[0] == 200


def test_stop_ends_stalled_answers(folder):
    with serve(folder, "http.server") as site:
        site.fail("*.html", stall=2)
        response = urllib.request.urlopen(site.url + "lyrics.html", timeout=5)
        assert response.read(2) == b"ly"
        site.stop()
        with pytest.raises(Exception, match="IncompleteRead"):
            response.read()
