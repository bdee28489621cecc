"""Tabs that stay open for a day: memory stays flat and no tensor is left behind."""

import json
import time
from pathlib import Path

import pytest

ACTIONS = Path(__file__).with_name("long_tabs.js").read_text(encoding="utf-8")
# Eight hours of a visitor who never pauses: actions per page, one of avatars being sixteen faces.
DAY = {"lyrics": 5000, "avatars": 20_000 // 16, "digits": 10_000, "addition": 500}
PAGES = {
    "lyrics": "lyrics.html#v=1&run=quick&lines=4&text=hello&number=1",
    "avatars": "avatars.html",
    "digits": "digits.html",
    "addition": "addition.html#v=1&recipe=here",
}
NAPS = 200
# (share of a day, allowed growth): in a short test engines still compile and optimize the code.
SCALES = [(0.004, 1.2), pytest.param(1, 1.05, marks=pytest.mark.nightly)]
COLLECTIONS = 3
# Chromium asks for the icon whenever the address changes, and its tools remember every request.
WITHOUT_ICON = "document.querySelector('link[rel=icon]').remove()"
SAMPLES = 5
WARM_UP = 300  # actions before a tab is measured
WARM = 2  # the sample after which engines have compiled and optimized what is used every day
# In each worker: remember the memory of the WebAssembly engine.
REMEMBER_MEMORY = """
for (const name of ["instantiate", "instantiateStreaming"]) {
  const instantiate = WebAssembly[name];
  WebAssembly[name] = async (...args) => {
    const result = await instantiate.apply(WebAssembly, args);
    self.engineMemory = (result.instance ?? result).exports.memory;
    return result;
  };
}
"""
ENGINE_BYTES = "() => self.engineMemory?.buffer.byteLength ?? 0"
TENSORS = "async (url) => (await import(url)).memory().numTensors"


@pytest.fixture
def open_tab(chromium, address):
    """A function that opens a page and waits until its network has answered."""
    context = chromium.new_context(reduced_motion="reduce", service_workers="block")

    def remember(route):
        response = route.fetch()
        route.fulfill(response=response, body=REMEMBER_MEMORY + response.text())

    context.route("**/worker*.js", remember)

    def open_page(name):
        page = context.new_page()
        page.goto(address + PAGES[name])
        page.evaluate(WITHOUT_ICON)
        page.evaluate(ACTIONS)
        return page

    yield open_page
    context.close()


class Heaps:
    """The JavaScript heaps of a page and its worker."""

    def __init__(self, page):
        self.page = page
        self.session = page.context.new_cdp_session(page)
        self.workers = []
        self.answers = {}
        self.session.on("Target.attachedToTarget", self._attach)
        self.session.on("Target.receivedMessageFromTarget", self._receive)
        attach = {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": False}
        self.session.send("Target.setAutoAttach", attach)

    def _attach(self, event):
        self.workers.append(event["sessionId"])

    def _receive(self, event):
        message = json.loads(event["message"])
        self.answers[message.get("id")] = message.get("result")

    def _ask_worker(self, method):
        self.answers.clear()
        [worker] = self.workers
        message = json.dumps({"id": 1, "method": method})
        sent = {"sessionId": worker, "message": message}
        self.session.send("Target.sendMessageToTarget", sent)
        while 1 not in self.answers:
            self.page.wait_for_timeout(10)
        return self.answers[1]

    def bytes(self):
        """Return the bytes that are in use in both after garbage collections.

        One collection may leave what finalizers and the browser's own objects still refer to.
        """
        sizes = {}
        for name, ask in (("page", self.session.send), ("worker", self._ask_worker)):
            for _ in range(COLLECTIONS):
                ask("HeapProfiler.collectGarbage")
            usage = ask("Runtime.getHeapUsage")
            sizes[name] = usage["usedSize"] + usage["backingStorageSize"]
        return sizes


def measure(page, heaps):
    """Return the bytes in use by a page, its worker and its engine, and its tensors."""
    [worker] = page.workers
    engine = "tfjs-cpu.js" if "addition" in page.url else "tfjs.js"
    return {
        **heaps.bytes(),
        "engine": worker.evaluate(ENGINE_BYTES),
        "tensors": worker.evaluate(TENSORS, f"{page.url.rpartition('/')[0]}/vendor/{engine}"),
    }


def assert_flat(name, samples, allowed):
    """Assert that nothing has grown since it was warm; print by how much, and all samples."""
    warm, *later = samples[WARM - 1 :]
    growth = {
        key: max(sample[key] - warm[key] for sample in later) / max(1, warm[key])
        for key in ("page", "worker", "engine")
    }
    figures = ", ".join(f"{key} {share:+.1%}" for key, share in growth.items())
    print(f"{name}: {figures}, {warm['tensors']} tensors {json.dumps(samples)}")
    assert {sample["tensors"] for sample in later} == {warm["tensors"]}
    assert max(growth.values()) <= allowed - 1


def act(pages, count):
    """Do what visitors do on several pages at once, `count` times on each."""
    for name, page in pages.items():
        page.evaluate("([name, count]) => { work = repeat(name, count); }", [name, count])
    for page in pages.values():
        page.evaluate("() => work")


def parts(name, scale):
    """Return how often to act between two measurements."""
    return max(1, int(DAY[name] * scale / SAMPLES))


@pytest.mark.parametrize("scale, allowed", SCALES)
@pytest.mark.parametrize("name", PAGES)
def test_a_day_in_one_tab(open_tab, name, scale, allowed):
    page = open_tab(name)
    heaps = Heaps(page)
    samples = []
    act({name: page}, int(WARM_UP * scale))
    for _ in range(SAMPLES):
        act({name: page}, parts(name, scale))
        samples.append(measure(page, heaps))
    assert_flat(name, samples, allowed)


@pytest.mark.parametrize("scale, allowed", SCALES)
def test_four_tabs_at_once(open_tab, scale, allowed):
    pages = {name: open_tab(name) for name in PAGES}
    heaps = {name: Heaps(page) for name, page in pages.items()}
    samples = {name: [] for name in PAGES}
    act(pages, int(WARM_UP * scale))
    for _ in range(SAMPLES):
        act(pages, parts("addition", scale))
        for name, page in pages.items():
            samples[name].append(measure(page, heaps[name]))
    for name in PAGES:
        assert_flat(f"{name}, one of four", samples[name], allowed)


@pytest.mark.parametrize("scale, allowed", SCALES)
@pytest.mark.parametrize("name", PAGES)
def test_a_laptop_that_sleeps(open_tab, name, scale, allowed):
    """The page is frozen in the middle of its work and goes on when it is thawed."""
    page = open_tab(name)
    heaps = Heaps(page)
    samples = []
    act({name: page}, int(WARM_UP * scale))
    for _ in range(SAMPLES):
        for _ in range(max(1, int(NAPS * scale / SAMPLES))):
            page.evaluate("name => { work = repeat(name, 3); }", name)
            heaps.session.send("Page.setWebLifecycleState", {"state": "frozen"})
            time.sleep(0.1)
            heaps.session.send("Page.setWebLifecycleState", {"state": "active"})
            page.evaluate("() => work")
        samples.append(measure(page, heaps))
    assert_flat(f"{name}, frozen and thawed", samples, allowed)
