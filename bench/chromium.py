"""Find the installed Chromium and start it, for tests and benchmarks."""

import shutil

NAMES = ["chromium", "chromium-browser", "google-chrome"]
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def launch(playwright, *flags):
    """Start a headless Chromium.

    Args:
        playwright: The running Playwright.
        *flags: Further command-line flags of Chromium.
    """
    assert CHROMIUM, "Chromium is missing: apt-get install chromium"
    return playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
