"""Browsers without SIMD, enough memory for the engine, storage, or a secure connection."""

from urllib.parse import urlsplit

import pytest

from tests.helpers import WEB, finished_song

SONG = "lyrics.html#v=1&run=quick&text=hello+world&number=1"
SIMD, PLAIN = "tfjs-backend-wasm-simd.wasm", "tfjs-backend-wasm.wasm"
NO_MEMORY = """
WebAssembly.instantiate = WebAssembly.instantiateStreaming =
  () => Promise.reject(new RangeError("WebAssembly.Memory(): could not allocate memory"));
"""
NO_STORAGE = """
const refuse = (owner, name) => Object.defineProperty(owner, name, {
  get() { throw new DOMException("The operation is insecure.", "SecurityError"); },
});
for (const name of ["caches", "indexedDB", "localStorage", "sessionStorage"]) refuse(self, name);
refuse(Object.getPrototypeOf(navigator), "serviceWorker");
"""


def change_worker(page, code):
    """Run code in the worker of the lyrics page before that starts."""
    body = code + (WEB / "lyrics" / "worker.js").read_text()
    answer = {"content_type": "text/javascript", "body": body}
    page.route("**/lyrics/worker.js", lambda route: route.fulfill(**answer))


@pytest.mark.parametrize("has_simd, engine", [(True, SIMD), (False, PLAIN)])
def test_the_engine_fits_the_processor(page, address, has_simd, engine):
    if not has_simd:
        change_worker(page, "WebAssembly.validate = () => false;")
    engines = []
    page.on("request", lambda request: ".wasm" in request.url and engines.append(request.url))
    page.goto(address + SONG)
    assert len(finished_song(page).split()) > 5
    assert {url.rpartition("/")[2] for url in engines} == {engine}


def test_without_memory_for_the_engine_there_is_a_sentence(page, address):
    change_worker(page, NO_MEMORY)
    page.goto(address + SONG)
    page.wait_for_selector("#said.error")
    assert "WebAssembly could not be started" in page.text_content("#said")
    page.wrong.clear()  # what the engine reports


def test_without_storage_it_sings(page, address):
    change_worker(page, NO_STORAGE.partition("refuse(Object")[0])
    page.add_init_script(NO_STORAGE)
    page.goto(address + SONG)
    assert len(finished_song(page).split()) > 5


def test_over_plain_http_it_sings(chromium, address):
    """Without a secure connection there is no cache, no service worker and no SHA-256."""
    page = chromium.new_page(reduced_motion="reduce")
    wrong = []
    page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"http://plain.test:{urlsplit(address).port}/{SONG}")
    assert len(finished_song(page).split()) > 5
    missing = "!isSecureContext && !self.caches && !navigator.serviceWorker && !crypto.subtle"
    assert page.evaluate(missing)
    page.close()
    assert not wrong
