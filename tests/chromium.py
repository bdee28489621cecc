"""Where the real Chromium is, and how tests and benches start it."""

import shutil

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def launch(playwright, *flags):
    """A headless Chromium."""
    assert CHROMIUM, "Chromium is missing: apt-get install chromium"
    return playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
