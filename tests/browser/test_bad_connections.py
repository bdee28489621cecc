"""Test what visitors see on slow, stalled and busy connections, and on cross-origin isolated hosts."""

import pytest

from tests.helpers import WEB, wait_until_ready

PAGES = ["lyrics", "avatars", "addition", "digits"]
ISOLATED = {
    "require-corp": {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
    },
    "credentialless": {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "credentialless",
    },
}
READY = {
    "lyrics": "#settings[data-ready]",
    "avatars": "#faces:not(.waiting) canvas",
    "addition": "#network circle",
    "digits": "body:has(#breed:enabled)",
}


def impatient(behave):
    """Make pages report a stall after two seconds instead of ten."""
    module = (WEB / "shared" / "stalls.js").read_text().replace("10_000", "2000")
    return lambda path: {"body": module.encode()} if path == "/shared/stalls.js" else behave(path)


@pytest.mark.parametrize("policy", ISOLATED)
def test_the_networks_run_on_an_isolated_host(host, visitor, policy):
    host.behave = lambda path: {"headers": ISOLATED[policy]}
    for name in PAGES:
        visitor.goto(f"{host.address}{name}.html")
        visitor.wait_for_selector(READY[name], timeout=30_000)
        assert visitor.evaluate("() => crossOriginIsolated")
    assert not [path for path in host.paths() if "threaded" in path]


@pytest.mark.parametrize("name", PAGES)
def test_a_stalled_connection_is_told_and_retried(host, visitor, name):
    """The weights stop halfway; the button requests the rest."""
    host.behave = impatient(lambda path: {"hang": 2000} if path.endswith(".bin") else {})
    visitor.goto(f"{host.address}{name}.html")
    visitor.wait_for_selector("#stalled:visible", timeout=30_000)
    assert "Nothing has arrived for ten seconds" in visitor.text_content("#stalled p")
    host.behave = lambda path: {}
    visitor.click("#retry")
    visitor.wait_for_selector(READY[name], timeout=30_000)
    assert not visitor.is_visible("#stalled")
    assert visitor.locator(".error").count() == 0
    assert "bytes=2000-" in {wanted for _, wanted in host.requests}


def test_the_list_of_models_stalls(host, visitor):
    host.behave = impatient(lambda path: {"hang": 0} if path.endswith("index.json") else {})
    visitor.goto(f"{host.address}lyrics.html")
    visitor.wait_for_selector("#stalled:visible", timeout=30_000)
    host.behave = lambda path: {}
    visitor.click("#retry")
    wait_until_ready(visitor)
    assert not visitor.is_visible("#stalled")


@pytest.mark.parametrize("file", ["tfjs.js", "tfjs-backend-wasm-simd.wasm"])
def test_the_engine_stalls(host, visitor, file):
    host.behave = impatient(lambda path: {"hang": 1000} if path.endswith(file) else {})
    visitor.goto(f"{host.address}digits.html")
    visitor.wait_for_selector("#stalled:visible", timeout=30_000)
    assert "engine" in visitor.text_content("#stalled p")
    host.behave = lambda path: {}
    visitor.click("#retry")
    visitor.wait_for_selector(READY["digits"], timeout=30_000)


def test_a_busy_host_is_told(host, visitor):
    busy = {"status": 503, "headers": {"Retry-After": "25"}}
    host.behave = impatient(lambda path: busy if path.endswith(".bin") else {})
    visitor.goto(f"{host.address}digits.html")
    visitor.wait_for_selector("#stalled:visible", timeout=30_000)
    assert "busy" in visitor.text_content("#stalled p")
    host.behave = lambda path: {}
    visitor.click("#retry")
    visitor.wait_for_selector(READY["digits"], timeout=30_000)


def slow_down(host, visitor):
    """Let the default network arrive at 50 KB/s, everything else at once, and open the page."""
    slow = "gene-lyrica-three"
    host.behave = lambda path: {"speed": 50_000} if slow in path and path.endswith(".bin") else {}
    visitor.goto(f"{host.address}lyrics.html")
    visitor.wait_for_selector("#settings[data-ready]", timeout=30_000)
    assert "gene-lyrica-three is ready" in visitor.text_content("#said")
    assert visitor.input_value("#run") == "baba-twist"
    engines = [path for path in host.paths() if path.endswith(".wasm")]
    assert len(engines) == 1, "the engine is fetched once"
    host.behave = lambda path: {}


def finish(host):
    """Let all pending responses arrive at once."""
    host.is_hurried = True


def test_on_a_slow_connection_a_small_network_writes_first(host, visitor):
    slow_down(host, visitor)
    visitor.click("#write")
    visitor.wait_for_selector("#copy:enabled")
    assert "network baba-twist" in visitor.text_content("#caption")
    song = visitor.text_content("#song")
    finish(host)
    visitor.wait_for_selector("#said:text('It will write the next song')")
    assert visitor.text_content("#song") == song
    visitor.click("#write")
    visitor.wait_for_selector("#caption:text('gene-lyrica-three')", timeout=30_000)
    assert visitor.input_value("#run") == "gene-lyrica-three"


def test_a_small_network_that_nobody_has_used_is_replaced(host, visitor):
    slow_down(host, visitor)
    finish(host)
    visitor.wait_for_function("() => document.getElementById('run').value === 'gene-lyrica-three'")
    wait_until_ready(visitor)
    assert "gene-lyrica-three" in visitor.text_content("#caption")


def test_a_link_waits_for_its_network(host, visitor):
    host.behave = lambda path: {"speed": 100_000} if path.endswith(".bin") else {}
    visitor.goto(f"{host.address}lyrics.html#v=1&text=hello&seed=3")
    visitor.wait_for_timeout(6000)
    assert visitor.input_value("#run") == "gene-lyrica-three"
    assert "Loading the network" in visitor.text_content("#said")
    finish(host)
    visitor.wait_for_selector("#caption:text('gene-lyrica-three')", timeout=30_000)


@pytest.mark.nightly
def test_at_50_kilobytes_a_second_one_can_write_within_a_minute(host, visitor):
    host.speed = 50_000
    visitor.goto(f"{host.address}lyrics.html")
    visitor.wait_for_selector("#settings[data-ready]", timeout=60_000)
