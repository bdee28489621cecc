"""Malicious links and texts in Chromium: no code runs, no request is sent elsewhere, and the page still works.

Most links replace the address of a page that is already open, as a visitor's would; some are
opened in a new page.
"""

import random
from urllib.parse import quote

import pytest

from tests.robustness.sandbox import COUNTS, is_nightly

LINKS = 1250 if is_nightly() else 25  # a page
BATCH = 125
PAGES = {  # parameters of links, text fields, and what to wait for
    "lyrics": (
        "text run temperature lines loop_guard min_p top_k top_p no_repeat_ngram_size form artist "
        "model seed view picks kept title_from_text form_after_text randomness guard minP topK nucleus noRepeat plan "
        "band number",
        ["text", "offer"],
        "#settings[data-ready]",
    ),
    "avatars": (
        "run seed wild want own code ground shape size face other mix epoch ellipse",
        ["mix"],
        "#fresh:enabled",
    ),
    "addition": (
        "a b hidden max biases recipe seed turn made weights",
        ["a", "b", "seed"],
        "#network circle",
    ),
    "digits": (
        "view ink made thickness digit run method statistics seed bred sample way amount rebuilt parts weights",
        ["seed", "thickness"],
        "body:has(#breed:enabled)",
    ),
}
SCRIPT = "window.pwned=1"
HOSTILE = [
    f"<script>{SCRIPT}</script>",
    f"<img src=x onerror={SCRIPT}>",
    f"\"'><svg onload={SCRIPT}>",
    f"javascript:{SCRIPT}",
    f"<iframe srcdoc='<script>parent.{SCRIPT}</script>'>",
    f"<a href=javascript:{SCRIPT}>x</a>",
    f"';{SCRIPT};//",
    f"data:text/html,<script>{SCRIPT}</script>",
    "<base href=//example.org/>",
    "//example.org/x",
    "https://example.org/",
    "<link rel=stylesheet href=//example.org/x.css>",
    "<meta http-equiv=refresh content=0;url=//example.org>",
    "<form action=//example.org><input name=x></form>",
    "../../../etc/passwd",
    "..%2F..%2Fx",
    "\\\\example.org\\x",
    "${" + SCRIPT + "}",
    "{{constructor.constructor('" + SCRIPT + "')()}}",
    "__proto__",
    "constructor",
    "toString",
    "\0",
    "\u202e\u2066",
    "🙂" * 50,
    "a\u0300" * 200,
    "%",
    "%FF%FE",
    "%00",
    "&v=1&v=2",
    "#",
    "#v=1",
    "x" * 3000,
    "-1",
    "0",
    "1",
    "2",
    "15",
    "16",
    "99",
    "256",
    "65536",
    "65535",
    "4294967295",
    "4294967296",
    "1e309",
    "-1e309",
    "NaN",
    "Infinity",
    "0x1f",
    "1e-7",
    "9" * 400,
    "0.5",
    "1.",
    "",
    " ",
    "\n",
    "+x\n-y\n",
    "+" * 900,
    "3 x 4 " * 60,
    "0.0.0_1.1.1",
    "-.-.-",
    "0." * 90,
    "1,1,1,1,1,1",
    "-9.9,0,0,0,0,0",
    "song",
    "lines",
    "all",
    "here",
    "solve",
    "sweep",
    "seed",
    "climb",
    "evolve",
    "robust",
    "modern",
    "quick",
    "tod-wonkin",
    "gene-lyrica-one",
    "faces",
    "faces-dcgan",
    "noise",
    "palette",
    "swap",
    "ink",
    "____",
    "kQ4H",
    "A" * 17_001,
    "gICAgICA",
    "\u05e9\u05dc\u05d5\u05dd",
    "<",
    ">",
    "'",
    '"',
    "`",
    "\\",
]
STEP = """async ({ links, fields }) => {
  const title = document.title, path = location.pathname, scripts = document.scripts.length, found = [];
  for (const { hash, text } of links) {
    location.hash = hash;
    await new Promise((resolve) => setTimeout(resolve));
    for (const id of fields) {
      const field = document.getElementById(id);
      if (text === null || !field) continue;
      field.value = text;
      for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
    }
    if (text !== null) document.querySelector("form")?.requestSubmit();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const bad = document.querySelector("iframe, object, embed, base, [onerror], [onload], [onclick], #song img, "
      + "#song a, a[href^='javascript:' i]");
    const moved = document.title !== title || location.pathname !== path || document.scripts.length !== scripts;
    if (window.pwned || bad || moved)
      found.push({ hash, text, bad: bad?.outerHTML });
  }
  return found;
}"""


def links(name, chance):
    """URL hashes with malicious values for some parameters of the page, or of a single one."""
    names = PAGES[name][0].split()
    for i in range(LINKS):
        some = chance.sample(names, chance.randint(1, 4))
        values = [
            quote(chance.choice(HOSTILE), safe=chance.choice(["", "%<>'\"/=", "%"])) for _ in some
        ]
        pairs = "&".join(f"{key}={value}" for key, value in zip(some, values, strict=True))
        hash = "#" + (f"v=1&{pairs}" if chance.random() < 0.9 else chance.choice(HOSTILE))
        yield {"hash": hash, "text": chance.choice(HOSTILE) if i % 3 == 0 else None}


@pytest.mark.parametrize("name", PAGES)
def test_nothing_runs_and_nothing_leaves(page, address, name):
    page.on("dialog", lambda dialog: page.wrong.append(dialog.message) or dialog.dismiss())
    page.on("popup", lambda popup: page.wrong.append(popup.url))
    page.on("download", lambda download: page.wrong.append(download.url))
    _, fields, ready = PAGES[name]
    drawn = list(links(name, random.Random(name)))
    for start in range(0, len(drawn), BATCH):
        batch = drawn[start : start + BATCH]
        page.goto("about:blank")
        page.goto(f"{address}{name}.html{batch[0]['hash']}")
        page.wait_for_selector(ready, timeout=60_000)
        assert page.evaluate(STEP, {"links": batch, "fields": fields}) == []
        assert not page.wrong, (page.wrong, batch)
        COUNTS[f"links in Chromium: {name}"] += len(batch)
    page.goto("about:blank")
    page.goto(f"{address}{name}.html")
    page.wait_for_selector(ready, timeout=60_000)
