"""Find the installed Chromium and start it, for tests and benchmarks."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from export.serve import start_server

NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
# The flag below overrides Playwright's own list, so repeat the features that Playwright disables.
DISABLED_FEATURES = [
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints"),
    *("NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
    # The first two create pages for the address bar of each window, the last one a spare process.
    # Without all of them, opening a page takes half the CPU time.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "SpareRendererForSitePerProcess"),
]
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--disable-features={','.join(DISABLED_FEATURES)}",
]


def launch(playwright, *flags):
    """Start a headless Chromium.

    Args:
        playwright: The Playwright instance.
        *flags: Additional command-line flags for Chromium.
    """
    assert CHROMIUM, "Chromium not found; install it: apt-get install chromium"
    return playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])


@contextlib.contextmanager
def served(folder: Path, *flags: str) -> Iterator[tuple[Browser, str]]:
    """Serve a folder, and start a headless Chromium to visit it.

    Args:
        folder: The folder to serve.
        *flags: Additional command-line flags for Chromium.

    Yields:
        The browser and the address of the folder.
    """
    server, url = start_server(folder)
    with sync_playwright() as playwright:
        browser = launch(playwright, *flags)
        yield browser, url
        browser.close()
    server.shutdown()
