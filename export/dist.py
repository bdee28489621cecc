"""Write the site to a folder that any static host can serve, under any path.

    python -m export.dist           (make dist builds everything first)

The result is web/ with its JavaScript bundled and minified by esbuild: one file for each page and
each worker, and a few shared ones. The style sheets are minified too. A phone then loads a tenth of
the files and half of the bytes.
All addresses are relative and nothing is loaded from elsewhere; any other address, or one that
leads nowhere, is an error.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from common.cli import GeneError, Parser, run_cli
from common.files import atomic_folder
from export import precache

ESBUILD = Path(__file__).resolve().parent.parent / "node_modules/.bin/esbuild"
THIRD_PARTY = {"vendor", "tfjs-bundle"}
_ADDRESSES = {
    ".html": re.compile(r"""\b(?:href|src)="([^"#]*)[^"]*\""""),
    ".js": re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)"([^"]+)\""""),
    ".css": re.compile(r"""url\(["']?([^"')]+)"""),
}


def addresses(site: Path) -> Iterator[tuple[Path, str]]:
    """Yield (file, address) for every address in the site's own pages, modules and styles."""
    for path in sorted(site.rglob("*")):
        pattern = _ADDRESSES.get(path.suffix)
        if pattern and not THIRD_PARTY & {*path.relative_to(site).parts}:
            for address in pattern.findall(path.read_text(encoding="utf-8")):
                if address:
                    yield path, address


def check_addresses(site: Path) -> None:
    """Check that every address is relative and leads to a file.

    Raises:
        GeneError: An address is absolute or leads nowhere.
    """
    for path, address in addresses(site):
        if re.match(r"[a-zA-Z][\w+.-]*:|/", address):
            raise GeneError(f"{path}: the address {address} is not relative")
        if not (path.parent / address).exists():
            raise GeneError(
                f"{path}: the address {address} leads nowhere; make dist builds what is missing"
            )


def bundle(site: Path) -> None:
    """Bundle the modules of a copy of web/ and minify them and the style sheets, in place."""
    site = site.resolve()
    modules = {path for path in site.glob("*/*.js") if path.parent.name not in THIRD_PARTY}
    entries = {
        (page.parent / address).resolve()
        for page, address in addresses(site)
        if page.suffix == ".html" and address.endswith(".js")
    } | {*site.glob("*/worker.js")}
    _esbuild(
        *sorted(entries),
        "--bundle",
        "--splitting",
        "--format=esm",
        "--external:../vendor/*",
        f"--outbase={site}",
        f"--outdir={site}",
        "--chunk-names=shared/chunk-[hash]",
    )
    for path in modules - entries:
        path.unlink()
    (site / "core").rmdir()
    styles = sorted(site.glob("*/*.css"))
    _esbuild(*styles, site / "sw.js", f"--outbase={site}", f"--outdir={site}")


def _esbuild(*arguments: str | Path) -> None:
    subprocess.run(
        [
            ESBUILD,
            *arguments,
            "--minify",
            "--charset=utf8",
            "--allow-overwrite",
            "--log-level=error",
        ],
        check=True,
    )


def main(argv: Sequence[str]) -> None:
    """Write the site.

    Args:
        argv: The command line without the program.
    """
    parser = Parser(__doc__, prog="python -m export.dist")
    parser.add_argument(
        "--out",
        metavar="DIR",
        default="dist",
        help="folder to write; its content is replaced (default: %(default)s)",
    )
    args = parser.parse_args(argv)
    site = Path("web")
    if not (site / "models" / "index.json").exists():
        raise GeneError("web/models: no exported models; run make dist, or python -m export.tfjs")
    check_addresses(site)
    with atomic_folder(args.out) as temporary:
        shutil.copytree(
            site, temporary, dirs_exist_ok=True, ignore=shutil.ignore_patterns("tfjs-bundle")
        )
        bundle(temporary)
        check_addresses(temporary)
        precache.write_manifest(temporary)
    size = sum(path.stat().st_size for path in Path(args.out).rglob("*") if path.is_file())
    print(f"{args.out}: {size / 1e6:.1f} MB, ready for any static host")
    print(f"To see it: python -m export.serve --folder {args.out}")


if __name__ == "__main__":
    run_cli(main)
