"""List the site's own files, for the service worker that keeps them for when there is no connection.

    python -m export.precache            (make site does it)

Writes web/vendor/site.js: {version, files}, the version a fingerprint of their content. Of the networks only their
index is listed; a network is kept when it is first fetched.
"""

import hashlib
import json
from pathlib import Path

from common.cli import GeneError, Parser, run_cli
from common.files import sha256, write_text

KEPT = {".html", ".css", ".js", ".svg", ".webp", ".wasm"}
APART = {"sw.js", "vendor/site.js"}  # the worker itself and this list


def listed(site):
    """The paths, relative to the folder `site`, that are kept."""
    paths = {
        str(path.relative_to(site))
        for path in site.rglob("*")
        if path.suffix in KEPT and path.relative_to(site).parts[0] not in ("models", "tfjs-bundle")
    }
    return sorted(paths - APART | {"models/index.json"})


def main(argv):
    parser = Parser(__doc__, prog="python -m export.precache")
    parser.add_argument("--site", metavar="DIR", default="web", help="default: %(default)s")
    site = Path(parser.parse_args(argv).site)
    if not (site / "models" / "index.json").exists():
        raise GeneError(
            f"{site}/models: no exported network; run make site, or python -m export.tfjs"
        )
    files = listed(site)
    version = hashlib.sha256("".join(sha256(site / path) for path in files).encode()).hexdigest()[
        :12
    ]
    told = json.dumps({"version": version, "files": ["./", *files]})
    write_text(site / "vendor" / "site.js", f"const SITE = {told};\n")


if __name__ == "__main__":
    run_cli(main)
