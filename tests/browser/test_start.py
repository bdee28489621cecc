"""A page that cannot start says why in one correct sentence, and what to do."""

import gzip
import subprocess
from itertools import product

import pytest

from tests.helpers import ROOT, WEB

PAGES = ["lyrics", "avatars", "addition", "digits"]
WORKERS = list(product(PAGES, ["worker.js"]))
WATCHER = WEB / "shared" / "watch-start.js"
POLICY = "Content-Security-Policy"


@pytest.fixture
def tab(chromium):
    """A fresh page; unlike the fixture `page` it may log errors."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, reduced_motion="reduce", service_workers="block"
    )
    yield context.new_page()
    context.close()


def send_with(tab, pattern, headers=None, **changes):
    """Let the host answer requests that match `pattern` with other headers, status or body."""

    def answer(route):
        response = route.fetch()
        route.fulfill(response=response, headers=response.headers | (headers or {}), **changes)

    tab.route(pattern, answer)


def trouble(tab):
    """Wait for the sentence about what is wrong; nothing else may claim to be under way."""
    tab.wait_for_selector(".trouble:visible, .said.error:visible", timeout=20_000)
    assert tab.locator("text=Loading the network").filter(visible=True).count() == 0
    shown = tab.locator(".trouble, .said.error").filter(visible=True)
    assert shown.count() == 1
    return shown.text_content()


@pytest.mark.parametrize("name", [*PAGES, "index"])
def test_from_a_file(tab, name):
    tab.goto((WEB / f"{name}.html").as_uri())
    told = trouble(tab)
    assert "needs" not in told and "web server" in told
    assert "python -m http.server" in told and "make site" in told


@pytest.mark.parametrize("name", [*PAGES, "index"])
def test_without_javascript(chromium, address, name):
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{address}{name}.html")
    assert "need JavaScript" in tab.inner_text(".trouble")
    assert "Loading" not in tab.inner_text("body")
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_workers_are_blocked(tab, address, name):
    send_with(tab, "**/*.html", {POLICY: "worker-src 'none'"})
    tab.goto(f"{address}{name}.html")
    told = trouble(tab)
    assert "blocks worker.js (worker-src)" in told and "allow it for this site" in told


@pytest.mark.parametrize("name", PAGES)
def test_workers_throw(tab, address, name):
    tab.add_init_script("window.Worker = class { constructor() { throw new Error('blocked'); } };")
    tab.goto(f"{address}{name}.html")
    told = trouble(tab)
    assert "worker.js does not run" in told and "content blocker or privacy settings" in told


@pytest.mark.parametrize("name", PAGES)
def test_scripts_are_blocked(tab, address, name):
    """Where a blocker lets our watcher through; else the page looks as it does without JavaScript."""
    send_with(tab, "**/*.html", {POLICY: f"script-src {address}shared/watch-start.js"})
    tab.goto(f"{address}{name}.html")
    assert "blocks page.js (script-src" in trouble(tab)


@pytest.mark.parametrize("name, file", [*product(["digits"], ["page.js", "dom.js"]), *WORKERS])
def test_scripts_have_the_wrong_media_type(tab, address, name, file):
    send_with(tab, f"**/{file}", {"content-type": "text/plain"})
    tab.goto(f"{address}{name}.html")
    told = trouble(tab)
    assert f"sends {file} as text/plain" in told and "text/javascript" in told


@pytest.mark.parametrize(
    "name, file", [*product(PAGES, ["page.js"]), ("digits", "dom.js"), *WORKERS]
)
def test_a_script_is_missing(tab, address, name, file):
    tab.route(f"**/{file}", lambda route: route.fulfill(status=404, body="no"))
    tab.goto(f"{address}{name}.html")
    told = trouble(tab)
    assert f"is missing ({file})" in told and "published again" in told


@pytest.mark.parametrize("name", ["lyrics", "avatars", "digits"])
def test_the_host_forbids_webassembly(tab, address, name):
    send_with(tab, "**/worker.js", {POLICY: "script-src 'self'"})
    tab.goto(f"{address}{name}.html")
    told = trouble(tab)
    assert "site’s host must contain script-src 'wasm-unsafe-eval'" in told and "eload" not in told


def test_a_host_answers_with_its_home_page(tab, address):
    tab.route("**/page.js", lambda route: route.fulfill(body="<p>", content_type="text/html"))
    tab.goto(f"{address}lyrics.html")
    assert "is missing (page.js)" in trouble(tab)


def test_a_script_does_not_arrive(tab, address):
    tab.route("**/page.js", lambda route: route.abort())
    tab.goto(f"{address}digits.html")
    assert "page.js could not be loaded: check your connection" in trouble(tab)


def test_a_script_is_slow(tab, address):
    tab.clock.install()
    held = []
    tab.route("**/page.js", lambda route: held.append(route))
    tab.goto(f"{address}digits.html", wait_until="commit")
    tab.wait_for_selector("footer")
    tab.clock.fast_forward(11_000)
    assert "has not arrived yet" in tab.text_content(".trouble")
    held[0].continue_()
    tab.wait_for_selector(".trouble", state="detached")


@pytest.mark.parametrize("name", PAGES)
def test_in_a_sandbox(tab, address, name):
    tab.route(
        "**/frame",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f'<iframe sandbox="allow-scripts" src="{name}.html" width="390" height="800">',
        ),
    )
    tab.goto(f"{address}frame")
    told = trouble(tab.frames[1])
    assert f"open {address}{name}.html" in told and "allow-same-origin" in told


def test_in_a_sandbox_of_the_host(tab, host):
    """As file preview sites send it."""
    sandbox = {"headers": {POLICY: "sandbox allow-scripts"}}
    host.behave = lambda path: sandbox if path.endswith(".html") else {}
    tab.goto(f"{host.address}digits.html")
    told = trouble(tab)
    assert "allow-same-origin" in told and "in a tab of its own" not in told


@pytest.mark.parametrize("name", PAGES)
def test_an_old_engine(tab, address, name):
    tab.add_init_script("delete Array.prototype.at")
    tab.goto(f"{address}{name}.html")
    told = trouble(tab)
    assert "has no Array.prototype.at" in told and "Firefox" in told


@pytest.mark.parametrize("name", PAGES)
def test_the_page_throws(tab, address, name):
    def broken(route):
        route.fulfill(response=route.fetch(), body=route.fetch().text() + "\nnull.x;")

    tab.route("**/page.js", broken)
    tab.goto(f"{address}{name}.html")
    told = trouble(tab)
    assert "Something went wrong" in told and "null" in told and "reload" in told


def test_errors_of_extensions_are_not_ours(tab, address):
    tab.goto(f"{address}digits.html")
    tab.wait_for_selector("body:has(#breed:enabled)")
    tab.evaluate("""() => {
      setTimeout(() => dispatchEvent(new ErrorEvent("error", { message: "x",
        filename: "chrome-extension://abc/content.js" })));
      setTimeout(() => dispatchEvent(new PromiseRejectionEvent("unhandledrejection",
        { promise: Promise.resolve(), reason: { stack: "chrome-extension://abc/content.js" } })));
    }""")
    tab.wait_for_timeout(100)
    assert tab.locator(".trouble").filter(visible=True).count() == 0


def test_the_watcher_is_small_and_old_browsers_can_read_it():
    def build(*flags):
        command = ["node_modules/.bin/esbuild", WATCHER, "--charset=utf8", *flags]
        return subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout

    assert build("--target=es5") == build(), "nothing has to be translated"
    assert len(build("--minify")) < 3500
    assert len(gzip.compress(build("--minify"))) < 1850
