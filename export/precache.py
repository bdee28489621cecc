"""List the files of the site for the service worker, which keeps them for offline use.

    python -m export.precache            (make site runs it)

Writes web/precache-manifest.js: {version, files}, where the version is a hash of the files. Of the
models only the index is listed; a model is kept when a page first loads it.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from common.cli import GeneError, Parser, run_cli
from common.files import sha256, write_text

MANIFEST = "precache-manifest.js"
KEPT_SUFFIXES = {".html", ".css", ".js", ".svg", ".webp", ".wasm"}
EXCLUDED = {"sw.js", MANIFEST}
EXCLUDED_FOLDERS = {"models", "tfjs-bundle"}


def precached_files(site: Path) -> list[str]:
    """List the paths, relative to the folder of the site, that are kept for offline use."""
    paths = {
        str(path.relative_to(site))
        for path in site.rglob("*")
        if path.suffix in KEPT_SUFFIXES and path.relative_to(site).parts[0] not in EXCLUDED_FOLDERS
    }
    return sorted(paths - EXCLUDED | {"models/index.json"})


def write_manifest(site: Path) -> None:
    """Write the list of files into the folder of a site.

    Raises:
        GeneError: No model has been exported.
    """
    if not (site / "models" / "index.json").exists():
        raise GeneError(
            f"{site}/models: no exported models; run make site, or python -m export.tfjs"
        )
    files = precached_files(site)
    hashes = "".join(sha256(site / path) for path in files)
    version = hashlib.sha256(hashes.encode()).hexdigest()[:12]
    manifest = json.dumps({"version": version, "files": ["./", *files]})
    write_text(site / MANIFEST, f"const MANIFEST = {manifest};\n")


def main(argv: Sequence[str]) -> None:
    """Write the manifest.

    Args:
        argv: The command line without the program.
    """
    parser = Parser(__doc__, prog="python -m export.precache")
    parser.add_argument(
        "--site", metavar="DIR", default="web", help="folder of the site (default: %(default)s)"
    )
    write_manifest(Path(parser.parse_args(argv).site))


if __name__ == "__main__":
    run_cli(main)
