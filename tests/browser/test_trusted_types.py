"""Trusted Types: only shared/trusted-url.js may turn text into code, and everything still works."""

import functools
import http.server
import re
import threading

import pytest

from export.serve import Handler
from tests.helpers import WEB

META = re.compile(r'http-equiv="Content-Security-Policy" content="([^"]+)"')
PAGES = {
    "index.html": "h1",
    "lyrics.html": "#settings[data-ready]",
    "avatars.html": "#faces:not(.waiting)",
    "addition.html": "#solve:enabled",
    "digits.html": "body:has(#breed:enabled)",
}
SINKS = """() => {
  const attempts = {
    html: () => { document.createElement("div").innerHTML = "<img>"; },
    script: () => { document.createElement("script").src = "x.js"; },
    worker: () => new Worker("x.js"),
    policy: () => trustedTypes.createPolicy("other", {}),
    twice: () => trustedTypes.createPolicy("gene", {}),
  };
  return Object.keys(attempts).filter((name) => {
    try { attempts[name](); return true; } catch { return false; }
  });
}"""


def policy(name):
    """The policy of a page."""
    return META.search((WEB / name).read_text())[1]


@pytest.fixture(scope="module")
def strict_address():
    """The site from a host that sends the policy with every file, workers included."""

    class Strict(Handler):
        def end_headers(self):
            self.send_header("Content-Security-Policy", policy("lyrics.html"))
            super().end_headers()

    handler = functools.partial(Strict, directory=str(WEB))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.mark.parametrize("name", PAGES)
def test_text_does_not_become_code(page, address, name):
    page.goto(f"{address}{name}")
    page.wait_for_selector(PAGES[name], timeout=30_000)
    assert page.evaluate(SINKS) == []
    page.wrong.clear()  # the browser reports each attempt


def test_everything_works_where_the_host_sends_the_policy_too(chromium, strict_address):
    context = chromium.new_context(reduced_motion="reduce")
    wrong = []
    for name in PAGES:
        page = context.new_page()
        page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(f"{strict_address}{name}")
        page.wait_for_selector(PAGES[name], timeout=30_000)
        page.wait_for_function(
            "async () => (await navigator.serviceWorker.getRegistration())?.active", timeout=20_000
        )
        page.close()
        assert not wrong, name
    context.close()


def test_all_pages_have_it_and_the_documents_repeat_it():
    for name in PAGES:
        assert "require-trusted-types-for 'script'; trusted-types gene" in policy(name)
    documents = (WEB.parent / "docs" / "publishing.md").read_text()
    assert policy("lyrics.html") in documents
