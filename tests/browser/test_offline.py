"""Test the offline copy of the site on many kinds of hosts and connections."""

import time

import pytest

from export import precache
from tests.browser.unreliable_host import UnreliableHost
from tests.helpers import WEB

PAGES = ["index", "lyrics", "avatars", "addition", "digits", "shelf"]
KEPT = """async () => {
  const kept = [];
  for (const name of await caches.keys())
    if (name.startsWith("site ")) kept.push(...(await (await caches.open(name)).keys()));
  return kept.map(({ url }) => new URL(url).pathname.slice(1)).sort();
}"""
# Whether a worker was installed, or why not.
INSTALLED = """async () => {
  const { trustedUrl } = await import(new URL("shared/trusted-url.js", location.href).href);
  const url = trustedUrl(new URL("sw.js", location.href));
  const { installing, waiting, active } = await navigator.serviceWorker.register(url);
  const worker = installing ?? waiting ?? active;
  const isOver = () => ["activated", "redundant"].includes(worker.state);
  while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 50));
  return worker.state === "activated";
}"""
# Whether a new version was installed, which waits for the old one to be closed.
UPDATED = """async () => {
  const registration = await navigator.serviceWorker.ready;
  await registration.update();
  while (registration.installing) await new Promise((resolve) => setTimeout(resolve, 50));
  return Boolean(registration.waiting);
}"""


@pytest.fixture
def small_host(site):
    """The site with one network on a server that can be made to misbehave."""
    host = UnreliableHost(site)
    yield host
    host.close()


def keep(visit, host):
    """Visit the home page until the site is kept; returns the page."""
    page = visit(f"{host.address}index.html")
    assert page.evaluate(INSTALLED)
    return page


def opens(visit, address):
    """Open a page and check that it has its heading, its styles and its code."""
    page = visit(address)
    assert page.locator("h1").is_visible()
    assert page.evaluate("getComputedStyle(document.body).fontFamily") != "Times New Roman"
    assert page.locator(".trouble:visible").count() == 0
    page.close()


def hide_suffixes(path):
    """Behave like hosts that redirect /lyrics.html to /lyrics."""
    if path.endswith("index.html"):
        return {"location": path.removesuffix("index.html")}
    if path.endswith(".html"):
        return {"location": path.removesuffix(".html")}
    if path.strip("/") and (WEB / f"{path.strip('/')}.html").is_file():
        return {"file": f"{path}.html"}
    return {}


def test_pages_open_on_hosts_that_hide_suffixes(small_host, visit):
    small_host.behave = hide_suffixes
    keep(visit, small_host)
    small_host.close()
    for path in ("", "index.html", "lyrics", "lyrics.html", "avatars.html#v=1", "digits?from=x"):
        opens(visit, f"{small_host.address}{path}")


@pytest.mark.parametrize("vary", ["Origin, Accept", "*"])
def test_pages_open_on_hosts_whose_answers_vary(small_host, visit, vary):
    small_host.behave = lambda path: {"headers": {"Vary": vary}}
    keep(visit, small_host)
    small_host.close()
    for path in ("", "lyrics.html"):
        opens(visit, f"{small_host.address}{path}")


def refuse(*paths):
    return lambda path: {"status": 403} if path in paths else {}


def test_pages_are_kept_on_hosts_without_a_folder_index(small_host, visit):
    small_host.behave = refuse("/")
    keep(visit, small_host)
    small_host.close()
    for path in ("", "index.html", "addition.html"):
        opens(visit, f"{small_host.address}{path}")


def test_pages_are_kept_on_hosts_that_refuse_their_pictures(small_host, visit):
    small_host.behave = refuse("/pictures/faces.webp", "/icon.svg")
    page = keep(visit, small_host)
    assert "pictures/faces.webp" not in page.evaluate(KEPT)
    small_host.close()
    opens(visit, f"{small_host.address}avatars.html")


@pytest.mark.parametrize("path", ["/lyrics/worker.js", "/models/index.json"])
def test_an_upload_under_way_is_not_kept(small_host, visit, path):
    """One file is still from the previous version; after the upload the copy is complete."""
    old = {"body": b"old version", "headers": {"Cache-Control": "max-age=3600"}}
    small_host.behave = lambda asked: old if asked == path else {}
    page = visit(f"{small_host.address}index.html")
    assert not page.evaluate(INSTALLED)
    assert path[1:] not in page.evaluate(KEPT)
    small_host.behave = lambda asked: {}
    small_host.requests.clear()
    assert page.evaluate(INSTALLED)
    assert "/addition/page.js" not in small_host.paths(), "what had arrived is not fetched again"
    small_host.close()
    opens(visit, f"{small_host.address}lyrics.html")


def test_an_installation_that_is_cut_off_is_continued(small_host, visit):
    cut = {"cut": 1000}
    small_host.behave = lambda path: cut if path == "/vendor/tfjs-cpu.js" else {}
    page = visit(f"{small_host.address}index.html")
    assert not page.evaluate(INSTALLED)
    small_host.behave = lambda path: {}
    assert page.evaluate(INSTALLED)


def test_a_new_version_fetches_what_has_changed(small_host, site, visit):
    keep(visit, small_host).close()
    style = site / "home" / "style.css"
    style.write_text(style.read_text() + "\n")
    precache.write_manifest(site)
    small_host.requests.clear()
    assert visit(f"{small_host.address}index.html").evaluate(UPDATED)
    assert "/home/style.css" in small_host.paths()
    assert "/vendor/tfjs.js" not in small_host.paths()


def test_a_host_that_answers_nothing_is_not_waited_for(small_host, visit):
    page = keep(visit, small_host)
    small_host.behave = lambda path: {"hang": 0}
    start = time.monotonic()
    page.goto(f"{small_host.address}avatars.html", wait_until="commit")
    page.wait_for_selector("h1")
    assert time.monotonic() - start < 2
    page.wait_for_selector("#faces input", state="attached", timeout=3000)
    small_host.behave = lambda path: {}
    opens(visit, f"{small_host.address}digits.html")


def test_errors_of_the_host_are_not_shown_but_it_can_ask_for_a_password(small_host, visit):
    keep(visit, small_host)
    answer = {"body": b"Bad Gateway"}
    small_host.behave = lambda path: answer
    for answer["status"] in (403, 404, 429, 500, 502, 503, 504):
        opens(visit, f"{small_host.address}lyrics.html")
    answer = {"status": 401, "body": b"password?"}
    assert "password?" in visit(f"{small_host.address}lyrics.html").content()


GONE = {
    "404": {"status": 404},
    "home page": {
        "status": 200,
        "body": b"<!doctype html><h1>Home",
        "headers": {"Content-Type": "text/html; charset=utf-8"},
    },
}


def test_scripts_that_are_gone_come_from_the_kept_copy(small_host, visit):
    """The site was published again under other names, and a cache still has the old page."""
    keep(visit, small_host)
    for answer in GONE.values():
        small_host.behave = lambda path, answer=answer: answer if path.endswith(".js") else {}
        page = visit(f"{small_host.address}addition.html")
        page.wait_for_selector("#network circle")
        page.close()


def test_keeping_waits_until_the_network_is_ready(visit):
    """Each page on a host of its own, all at once."""
    hosts = {name: UnreliableHost(WEB) for name in PAGES[1:] if name != "shelf"}  # it has none
    for name, host in hosts.items():
        host.behave = lambda path: {"speed": 1000} if path.endswith(".bin") else {}
        page = visit(f"{host.address}{name}.html")
    page.wait_for_timeout(3000)
    assert not [name for name, host in hosts.items() if "/sw.js" in host.paths()]
    for host in hosts.values():
        host.is_hurried = True
    deadline = time.monotonic() + 30
    while not all("/sw.js" in host.paths() for host in hosts.values()):
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)
    for host in hosts.values():
        host.close()


@pytest.mark.parametrize("name", PAGES[1:])
def test_a_page_whose_scripts_are_gone_reloads_itself_once(host, visitor, name):
    """An old page in a cache, and files with other names on the host."""
    missing = {f"/{name}/page.js", f"/{name}/worker.js"}
    host.behave = lambda path: {"status": 404} if path in missing else {}
    visitor.goto(f"{host.address}{name}.html")
    visitor.wait_for_selector(".trouble:visible, .error:visible", timeout=20_000)
    assert "is missing" in visitor.text_content(".trouble:visible, .error:visible")
    pages = [path for path in host.paths() if path == f"/{name}.html"]
    assert len(pages) == 2
    visitor.reload()
    visitor.wait_for_selector(".trouble:visible, .error:visible", timeout=20_000)
    pages = [path for path in host.paths() if path == f"/{name}.html"]
    assert len(pages) == 3, "only once"


@pytest.mark.parametrize("script", ["page.js", "worker.js"])
def test_a_stale_script_is_replaced(host, visitor, script):
    """A cache still has an entry whose pieces are gone; reloading once gets the new one."""
    path = f"/digits/{script}"
    stale = {
        "body": b'import "../shared/gone.js";',
        "headers": {"Cache-Control": "max-age=3600", "Content-Type": "text/javascript"},
    }
    left = [stale]
    host.behave = lambda asked: left.pop() if asked == path and left else {}
    visitor.goto(f"{host.address}digits.html")
    visitor.wait_for_selector("body:has(#breed:enabled)", timeout=30_000)
    assert visitor.locator(".trouble:visible, .error:visible").count() == 0
