"""List the files of the site for the service worker, which caches them for offline use.

    python -m export.precache            (make site runs this command)

Writes {version, files} to web/precache-manifest.js. `files` maps each path to the SHA-256 that the
service worker checks before it caches the file. `version` is a hash of all these files and of the
service worker. Of the models and songs, only the indexes are listed; their other files are cached
when a page first loads them.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from common.cli import GeneError, Parser, run_cli
from common.files import sha256, write_text
from export.error_page import ERROR_PAGE

MANIFEST = "precache-manifest.js"
WORKER = "sw.js"
KEPT_SUFFIXES = {".html", ".css", ".js", ".svg", ".webp", ".wasm", ".woff2"}
EXCLUDED = {WORKER, MANIFEST, ERROR_PAGE}
EXCLUDED_FOLDERS = {"models", "songs", "vendor-sources"}
INDICES = {"models/index.json", "songs/index.json"}


def precached_files(site: Path) -> list[str]:
    """List the files to cache for offline use, as paths relative to the folder of the site."""
    paths = {
        path.relative_to(site).as_posix()
        for path in site.rglob("*")
        if path.suffix in KEPT_SUFFIXES and path.relative_to(site).parts[0] not in EXCLUDED_FOLDERS
    }
    indices = {path for path in INDICES if (site / path).exists()}
    return sorted(paths - EXCLUDED | indices)


def write_manifest(site: Path) -> None:
    """Write the list of files to the folder of a site.

    Raises:
        GeneError: If no model has been exported.
    """
    if not (site / "models" / "index.json").exists():
        raise GeneError(
            f"{site}/models: no exported models; run make site, or python -m export.tfjs"
        )
    files = {path: sha256(site / path) for path in precached_files(site)}
    hashes = "".join([*files.values(), sha256(site / WORKER)])
    version = hashlib.sha256(hashes.encode()).hexdigest()[:12]
    manifest = json.dumps({"version": version, "files": files})
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
