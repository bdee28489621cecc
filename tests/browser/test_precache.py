"""Test the service worker in Chromium: offline, and after an update of the site."""

import json

from common.files import read_json, sha256
from export import precache
from export.serve import start_server
from tests.helpers import assert_main_refuses

KEPT = "async () => { await navigator.serviceWorker.ready; return (await caches.keys()).sort(); }"


def sung(page):
    """Wait for the song of the page's link and return it."""
    page.wait_for_selector("#song:not(.writing) .fresh", timeout=60_000)
    page.wait_for_function("() => !document.getElementById('song').hasAttribute('aria-busy')")
    return page.locator("#song").inner_text()


def test_without_a_connection_the_pages_open_and_a_known_network_sings(site, visit):
    server, address = start_server(site)
    link = f"{address}lyrics.html#v=1&run=quick&text=hello+world&number=3"
    first = visit(link)
    song = sung(first)
    [name] = [name for name in first.evaluate(KEPT) if name.startswith("site ")]
    assert first.evaluate("async () => (await (await caches.open('models')).keys()).length") > 3
    server.shutdown()
    server.server_close()
    assert sung(visit(link)) == song
    for other in ("index.html", "avatars.html", "addition.html", "digits.html", ""):
        page = visit(f"{address}{other}")
        assert page.locator("h1").is_visible() and page.title(), other
        assert page.evaluate("() => getComputedStyle(document.body).fontFamily") == first.evaluate(
            "() => getComputedStyle(document.body).fontFamily"
        ), "styled"
    unknown = visit(f"{address}avatars.html")
    unknown.wait_for_selector(".error", timeout=60_000)
    assert name in first.evaluate("() => caches.keys()")


def test_a_new_version_takes_over_whole_and_the_old_network_is_forgotten(site, visit):
    server, address = start_server(site)
    link = f"{address}lyrics.html#v=1&run=quick&text=hello&number=3"
    first = visit(link)
    sung(first)
    before = first.evaluate(KEPT)
    index = read_json(site / "models" / "index.json")
    [entry] = index["models"]
    (site / "models" / entry["folder"]).rename(site / "models" / "lyrics" / "quick-renamed00000")
    entry["folder"] = "lyrics/quick-renamed00000"
    (site / "models" / "index.json").write_text(json.dumps(index))
    precache.main(["--site", str(site)])
    first.close()
    second = visit(link)
    sung(second)
    second.wait_for_function(
        "async (old) => (await caches.keys()).some((name) => !old.includes(name))", arg=before
    )
    kept = second.evaluate(
        "async () => (await (await caches.open('models')).keys()).map(({ url }) => url)"
    )
    assert kept and all("quick-renamed00000" in url for url in kept)
    server.shutdown()


def test_what_is_kept_is_what_the_site_is_made_of(site):
    files = json.loads(
        (site / "precache-manifest.js").read_text().removeprefix("const MANIFEST = ").rstrip(";\n")
    )["files"]
    assert {
        "index.html",
        "lyrics.html",
        "shared/style.css",
        "lyrics/style.css",
        "lyrics/page.js",
        "shared/model.js",
        "vendor/alegreya.woff2",
        "vendor/tfjs.js",
        "vendor/tfjs-backend-wasm-simd.wasm",
        "models/index.json",
        "pictures/faces.webp",
        "pictures/singers.webp",
    } <= files.keys()
    assert "sw.js" not in files
    for path, digest in files.items():
        assert sha256(site / path) == digest


def test_a_site_without_networks_is_refused(tmp_path, capsys):
    assert_main_refuses(capsys, precache.main, ["--site", tmp_path], str(tmp_path), "make site")
