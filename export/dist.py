"""Write the site to a folder that any static host can serve, under any path.

    python -m export.dist                   write the whole site (make dist builds everything first)
    python -m export.dist lyrics/mine       write only this network, to dist-mine: its page becomes
                                            the start page, and the other pages are left out

The result is a copy of web/ in which the JavaScript is bundled and minified by esbuild: one file
for each page and each worker, and a few shared ones. The style sheets are minified, too. A phone
then loads a tenth of the files and half the bytes.

The names of modules, style sheets, the engine and the models contain a hash of their content. The
files of the three previous versions are kept in the folder, for visitors who have opened or cached
a page of these versions. Other files in the folder, such as .git and CNAME, are not changed.

All addresses must be relative, so that nothing is loaded from other sites, and must refer to
existing files; anything else is an error.
"""

import argparse
import hashlib
import json
import shlex
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from common.cli import GeneError, Parser, run_cli
from common.files import locked, read_json, sha256, write_json
from export import precache
from export.bundle import SERVICE_WORKER, bundle, check_addresses
from export.error_page import ERROR_PAGE, widen_references
from export.output_folder import OutputFolder
from export.published_addresses import (
    link_source,
    make_pictures_absolute,
    site_address,
    web_address,
)
from export.selection import reduce_site, select

SITE = Path("web")
INDEX = "models/index.json"
MANIFEST = "site-files.json"
# Hosts and browsers may show a cached page for days, and several versions may be published within
# minutes, for example to correct a mistake. Keeping an older version costs only the files that
# differ: 0.2 MB if only code has changed.
KEPT_VERSIONS = 3
# With these files, GitHub Pages serves every file, and git does not convert line endings.
SETTINGS = {".nojekyll": "", ".gitattributes": "* -text\n"}
OPTIONAL_FILES = {*SETTINGS, ERROR_PAGE}  # not written if the user has such files


def main(argv: Sequence[str]) -> None:
    """Write the site.

    Args:
        argv: The command line without the program.
    """
    parser = Parser(__doc__, prog="python -m export.dist")
    parser.add_argument(
        "networks",
        nargs="*",
        metavar="TASK/RUN",
        help="publish only these networks and their pages (default: the whole site)",
    )
    parser.add_argument(
        "--out",
        metavar="DIR",
        help="output folder; other files in it are kept (default: dist, or dist-RUN for networks)",
    )
    parser.add_argument(
        "--address",
        metavar="URL",
        type=site_address,
        help="address at which the site will be published; needed for the preview pictures of "
        "shared links (default: no pictures)",
    )
    parser.add_argument(
        "--source",
        metavar="URL",
        type=web_address,
        help="address of the source code, which all pages link to (default: no link)",
    )
    args = parser.parse_args(argv)
    out = Path(args.out or _default_folder(args.networks))
    output = OutputFolder(out, MANIFEST, kept_versions=KEPT_VERSIONS, legacy_files=_legacy_files)
    output.check()
    if not (SITE / INDEX).exists():
        raise GeneError("web/models: no exported models; run make dist, or python -m export.tfjs")
    check_addresses(SITE)
    with locked(SITE / "models"), tempfile.TemporaryDirectory() as temporary:
        site = Path(temporary) / "site"
        models = _build(Path(temporary) / "source", site, args)
        _add_settings(site)
        files = _without_taken(_paths(site) | models, output)
        write_json(site / "version.json", {"version": _version(files)})
        output.publish(_in_order(files | {"version.json": site / "version.json"}))
    size = sum((out / path).stat().st_size for path in files)
    print(f"{out}: {size / 1e6:.1f} MB, ready for any static host")
    print(f"to view it: python -m export.serve --folder {shlex.quote(str(out))}")
    print("to publish it: copy the folder to any static host (see docs/publishing.md)")


def _default_folder(networks: Sequence[str]) -> str:
    """Return the default output folder: dist for the whole site, dist-RUN for networks."""
    run = networks[0].rstrip("/").partition("/")[2] if networks else ""
    return f"dist-{run}" if run else "dist"


def _build(source: Path, site: Path, args: argparse.Namespace) -> dict[str, Path]:
    """Write the site without the models.

    Args:
        source: Folder to which the sources of the site are copied.
        site: Folder to write to.
        args: The flags of the command.

    Returns:
        The files of the models, {path in the site: path of the file}.
    """
    shutil.copytree(SITE, source, ignore=_is_left_out)
    index = read_json(SITE / INDEX)
    models = select(index["models"], args.networks) if args.networks else index["models"]
    published = [
        {key: value for key, value in entry.items() if key != "inputs_sha256"} for entry in models
    ]
    write_json(source / INDEX, index | {"models": published})
    if args.networks:
        reduce_site(source, published)
    bundle(source, site)
    check_addresses(site)
    widen_references(site / ERROR_PAGE)
    if args.address:
        make_pictures_absolute(site, args.address)
    if args.source:
        link_source(site, args.source)
    precache.write_manifest(site)
    paths = [
        f"models/{entry['folder']}/{file['path']}" for entry in published for file in entry["files"]
    ]
    return {path: SITE / path for path in paths}


def _is_left_out(folder: str, names: Iterable[str]) -> set[str]:
    """Return the names to skip in a folder: models, sources of the engine and hidden files."""
    top = {"models", "vendor-sources", precache.MANIFEST} if Path(folder) == SITE else set()
    return {name for name in names if name in top or name.startswith(".")}


def _paths(folder: Path) -> dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }


def _add_settings(site: Path) -> None:
    for name, text in SETTINGS.items():
        (site / name).write_text(text, encoding="utf-8")


def _without_taken(files: dict[str, Path], output: OutputFolder) -> dict[str, Path]:
    return {
        path: source
        for path, source in files.items()
        if path not in OPTIONAL_FILES or not output.is_taken(path)
    }


def _version(files: dict[str, Path]) -> str:
    lines = "".join(f"{path} {sha256(files[path])}\n" for path in sorted(files))
    return hashlib.sha256(lines.encode()).hexdigest()[:12]


def _in_order(files: dict[str, Path]) -> dict[str, Path]:
    """Sort files so that each file comes after the files that it refers to."""

    def rank(path: str) -> tuple[bool, bool, bool, str]:
        is_last = path in (SERVICE_WORKER, precache.MANIFEST)
        return is_last, "/" not in path, path == INDEX, path

    return {path: files[path] for path in sorted(files, key=rank)}


def _legacy_files(out: Path) -> dict[str, str]:
    """Return the files of a site that an earlier version of Gene wrote without a manifest."""
    manifest = out / precache.MANIFEST
    if not (manifest.exists() and (out / INDEX).exists()):
        return {}
    text = manifest.read_text(encoding="utf-8").removeprefix("const MANIFEST = ")
    models = read_json(out / INDEX)["models"]
    paths = [
        *json.loads(text.rstrip(";\n"))["files"],
        *(
            f"models/{entry['folder']}/{file['path']}"
            for entry in models
            for file in entry["files"]
        ),
        *(SERVICE_WORKER, precache.MANIFEST),
    ]
    return {path: sha256(out / path) for path in paths if (out / path).is_file()}


if __name__ == "__main__":
    run_cli(main)
