"""The pages in a real headless Firefox, driven by puppeteer-core over WebDriver BiDi."""

import json
import shutil
import subprocess

from tests.helpers import ROOT

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")


def test_every_page_opens_and_its_network_answers(address):
    assert FIREFOX, "Firefox is missing: apt-get install firefox-esr"
    result = subprocess.run(
        ["node", "tests/browser/firefox.mjs", address, FIREFOX],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    assert set(told) == {"index", "lyrics", "avatars", "addition", "digits"}
    assert all(not page["wrong"] and len(page["text"]) > 100 for page in told.values()), told
