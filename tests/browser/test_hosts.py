"""The published site on the hosts of docs/publishing.md: pages start, and open again offline."""

import re
from dataclasses import replace

import pytest

from tests.host_profiles import HOSTS
from tests.hosts import serve

SONG = "lyrics.html#v=1&run=quick&text=hello+world&number=3"
SUNG = "#song:not([aria-busy]) .fresh"
STARTED = {  # what shows that a page's network has answered
    SONG: SUNG,
    "avatars.html": "#fresh:enabled",
    "addition.html": "#answer:not(:text('…'))",
    "digits.html": "body:has(#breed:enabled)",
    "index.html": "main a",
}
OTHERS = [name for name in STARTED if name != SONG]
# Hosts that need a setting before the networks start, and two on which they cannot.
UNCONFIGURED = {"iis", "jenkins", "trailing-slash"}
# All hosts that serve the site as it is, and the pages that are visited there. Pages load their
# files in the same way, so the hosts share them out.
VISITS = [
    param
    for i, host in enumerate(sorted(set(HOSTS) - UNCONFIGURED))
    for param in (
        pytest.param(host, [SONG, OTHERS[i % len(OTHERS)]], id=host),
        pytest.param(host, list(STARTED), id=f"{host}-all", marks=pytest.mark.nightly),
    )
]


@pytest.fixture
def context(chromium):
    """A fresh browser profile."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    yield context
    context.close()


def visit(context, address, sign):
    """Open a page, wait until its network has answered, and return it."""
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(sign, state="attached", timeout=20_000)
    assert page.locator(".error, .trouble").filter(visible=True).count() == 0
    return page


def keep_offline_copy(page):
    """Wait until the service worker has kept the site."""
    assert page.evaluate(
        """() => Promise.race([
          navigator.serviceWorker.ready.then(() => true),
          new Promise((resolve) => setTimeout(resolve, 10_000, false)),
        ])"""
    )


@pytest.mark.parametrize("host, visited", VISITS)
def test_pages_start_and_open_again_offline(published_site, context, host, visited):
    wrong = []
    context.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    context.on("response", lambda response: response.status >= 400 and wrong.append(response.url))
    with serve(published_site, host, "/gene/") as site:
        first = visit(context, site.url + SONG, SUNG)
        song = first.inner_text("#song")
        for address in visited[1:]:
            visit(context, site.url + address, STARTED[address]).close()
        keep_offline_copy(first)
        assert not wrong
        site.stop()
        assert visit(context, site.url + SONG, SUNG).inner_text("#song") == song
        addresses = list(OTHERS)
        if HOSTS[host].index != "nowhere":
            addresses.append("")
        if HOSTS[host].clean_urls:
            addresses += ["lyrics", "avatars"]
        for address in addresses:
            page = context.new_page()
            page.goto(site.url + address, wait_until="domcontentloaded")
            assert page.locator("h1").is_visible() and page.title(), address
            page.close()


@pytest.mark.parametrize("host", [name for name in HOSTS if HOSTS[name].error_pages])
def test_an_unknown_address_shows_a_page_that_leads_home(published_site, context, host):
    with serve(published_site, host, "/gene/") as site:
        page = context.new_page()
        for address in ("none", "lyrics/none.html", "models/lyrics/none/uint8/none.bin"):
            assert page.goto(site.url + address).status == 404
            style = page.locator("h1").evaluate("(h1) => getComputedStyle(h1).fontFamily")
            assert "Alegreya" in style
            page.click("text=home page")
            page.wait_for_url(re.compile(re.escape(site.url) + r"(index\.html)?$"))


def test_a_page_says_which_file_a_host_does_not_know(published_site, context):
    """IIS refuses .wasm files unless it is configured."""
    with serve(published_site, "iis", "/gene/") as site:
        page = context.new_page()
        page.goto(site.url + SONG)
        page.wait_for_selector(".error:visible", timeout=20_000)
        said = page.inner_text(".error")
        assert "tfjs-backend-wasm.wasm (404)" in said and "application/wasm" in said
        assert "eload" not in said, "which would not help"


def test_in_the_frame_of_another_site(published_site, context, tmp_path):
    """As itch.io shows it: the address cannot be seen, and the clipboard is the other site's."""
    frame = '<iframe src="{}index.html" width="390" height="800" allow="fullscreen"></iframe>'
    with serve(published_site, "itch", "/html/1/") as site, serve(tmp_path, "nginx") as portal:
        (tmp_path / "index.html").write_text(frame.format(site.url))
        page = context.new_page()
        page.goto(portal.url.replace("127.0.0.1", "localhost"))
        game = page.frame_locator("iframe")
        game.locator("main a:text('Lyrics')").click()
        game.locator("#write:enabled").click()
        game.locator("#copy:enabled").wait_for(timeout=20_000)
        game.locator("#link").click()
        game.locator("#copied:text('Link copied')").wait_for()
        song = game.locator("#song").inner_text()
        [address] = [found.url for found in page.frames if "lyrics.html" in found.url]
        assert visit(context, address, SUNG).inner_text("#song") == song


def test_a_page_without_its_files_says_so(published_site, context):
    """At /lyrics/ the relative addresses of lyrics.html lead elsewhere."""
    with serve(published_site, "trailing-slash", "/gene/") as site:
        page = context.new_page()
        page.goto(f"{site.url}lyrics.html")
        assert page.url == f"{site.url}lyrics/"
        assert "does not add a slash" in page.locator(".bare").inner_text()
        page.goto(site.url)
        assert page.is_visible("h1") and not page.is_visible(".bare")


def test_a_host_that_allows_no_scripts(published_site, context):
    """As Jenkins shows the files of a build; there a page looks as it does without JavaScript."""
    with serve(published_site, "jenkins", "/gene/") as site:
        page = context.new_page()
        page.goto(f"{site.url}lyrics.html")
        assert page.is_visible(".trouble:text('need JavaScript')")


def test_without_the_media_type_of_wasm_the_network_sings(published_site, chromium):
    """In a folder whose name needs escaping, and opened without the slash at its end."""
    context = chromium.new_context(service_workers="block")
    with serve(published_site, "netlify", "/my g\u00e9n\u00e9 #1/") as site:
        octets = {"media_type": "application/octet-stream"}
        site.fail("*.wasm", headers={"X-Content-Type-Options": "nosniff"}, **octets)
        page = context.new_page()
        page.goto(site.url.rstrip("/"))
        assert page.url == site.url
        page.click("text=Lyrics")
        page.wait_for_selector("#settings[data-ready]", timeout=20_000)
        visit(context, site.url + SONG, SUNG)
    context.close()


def test_progress_is_exact_when_networks_are_compressed(published_site, context):
    """Content-Length is then smaller than what arrives."""
    context.add_init_script("""
      const { set, get } = Object.getOwnPropertyDescriptor(HTMLProgressElement.prototype, "value");
      window.shown = [];
      Object.defineProperty(HTMLProgressElement.prototype, "value", {
        get, set(value) { set.call(this, value); shown.push(value / this.max); } });
    """)
    host = replace(HOSTS["netlify"], compressed=frozenset({".bin", ".json", ".js", ".wasm"}))
    with serve(published_site, host) as site:
        shown = visit(context, site.url + SONG, SUNG).evaluate("() => shown")
    assert shown == sorted(shown) and shown[-1] == 1


def test_sites_on_one_origin_stay_apart(published_site, context, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).symlink_to(published_site)
    with serve(tmp_path, "http.server") as site:
        pages = [visit(context, f"{site.url}{name}/{SONG}", SUNG) for name in ("one", "two")]
        for page in pages:
            keep_offline_copy(page)
        site.stop()
        names = pages[0].evaluate("() => caches.keys()")
        assert sum(name.startswith("site ") for name in names) == 2
        for name in ("one", "two"):
            visit(context, f"{site.url}{name}/{SONG}", SUNG)
