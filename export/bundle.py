"""Bundle and minify a copy of web/, and name its files after their content.

The pages refer to modules, style sheets and an engine (TensorFlow.js) whose names contain a hash.
So a page that was opened or cached before a new version was published never loads files of the new
version. The names depend only on the content: the same input yields the same names and bytes in any
folder.
"""

import hashlib
import posixpath
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from common.cli import GeneError
from common.files import sha256

ESBUILD = Path(__file__).resolve().parent.parent / "node_modules/.bin/esbuild"
ENGINE = "vendor"
THIRD_PARTY = {ENGINE, "vendor-sources"}
WATCHER = "shared/watch-start.js"  # a classic script, not a module
SERVICE_WORKER = "sw.js"  # not renamed, because browsers check this address for updates
HASH_LENGTH = 12
_ADDRESSES = {
    # Links may lead to other sites, but pages may not load files from other sites.
    ".html": re.compile(r"""<a href="https?:|\b(?:href|src)="([^"#]*)[^"]*\""""),
    ".js": re.compile(
        r"""(?:\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\(\s*(?="[^"]*",\s*import\.meta))"([^"]+)\""""
    ),
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
    """Check that every address is relative and refers to an existing file or folder.

    Raises:
        GeneError: If an address is absolute, or its target does not exist.
    """
    for path, address in addresses(site):
        if re.match(r"[a-zA-Z][\w+.-]*:|/", address):
            raise GeneError(f"{path}: the address {address} is absolute; make it relative")
        if not (path.parent / address).exists():
            raise GeneError(
                f"{path}: refers to {address}, which does not exist; fix it, or run make dist, "
                "which builds what is missing"
            )


def bundle(source: Path, site: Path) -> None:
    """Bundle the sources of a site.

    Args:
        source: A copy of web/ without the models. It is modified.
        site: Folder to write to, outside `source`.

    Raises:
        GeneError: If esbuild is not installed, or reports an error.
    """
    _name_engine(source)
    workers = _relative(source.glob("*/worker.js"), source)
    modules = _page_modules(source)
    styles = _relative(source.glob("*/*.css"), source)
    _bundle_modules(source, site, workers + modules)
    _esbuild(source, site, styles)
    _esbuild(source, site, [WATCHER], "--target=es5")
    _esbuild(source, site, [SERVICE_WORKER])
    _copy_others(source, site)
    chunks = _relative(site.glob("shared/chunk-*.js"), site)
    renamed = _name_after_content(site, [*styles, *workers, *chunks, *modules])
    renamed |= _add_hashes(site, [WATCHER])
    for old, new in renamed.items():
        _replace_text(site.glob("*.html"), f'"{old}"', f'"{new.relative_to(site).as_posix()}"')


def _relative(paths: Iterable[Path], source: Path) -> list[str]:
    return sorted(path.relative_to(source).as_posix() for path in paths)


def _name_engine(source: Path) -> None:
    """Move the engine and the font to a folder whose name is a hash of their content."""
    engine = source / ENGINE
    files = sorted(path for path in engine.iterdir() if path.is_file())
    digest = hashlib.sha256("".join(f"{p.name} {sha256(p)}\n" for p in files).encode()).hexdigest()
    folder = engine / digest[:HASH_LENGTH]
    folder.mkdir()
    for path in files:
        path.rename(folder / path.name)
    modules = [path for path in source.glob("*/*.js") if path.parent.name not in THIRD_PARTY]
    styles = source.glob("*/*.css")
    _replace_text([*modules, *styles], f'"../{ENGINE}/', f'"../{ENGINE}/{folder.name}/')
    _replace_text(source.glob("*.html"), f'"{ENGINE}/', f'"{ENGINE}/{folder.name}/')


def _add_hashes(site: Path, names: Iterable[str]) -> dict[str, Path]:
    """Add a hash of its content to the name of each file; return {old name: new path}."""
    renamed = {}
    for name in names:
        path = site / name
        renamed[name] = path.with_stem(f"{path.stem}-{sha256(path)[:HASH_LENGTH]}")
        path.rename(renamed[name])
    return renamed


def _name_after_content(site: Path, names: list[str]) -> dict[str, Path]:
    """Add hashes to the names of files that may refer to one another; return {old name: new path}.

    A file is renamed only when all files that it refers to have been, because it contains their
    new names.
    """
    renamed: dict[str, Path] = {}
    while waiting := sorted({*names} - {*renamed}):
        ready = [name for name in waiting if not _references(site, name) & {*waiting} - {name}]
        if not ready:
            raise GeneError(
                f"{waiting[0]}: refers to itself through other modules; remove the cycle"
            )
        for old, new in _add_hashes(site, ready).items():
            renamed[old] = new
            siblings = (site / old).parent.glob("*.js")
            _replace_text(siblings, f'"./{Path(old).name}"', f'"./{new.name}"')
            address = new.relative_to(site).as_posix()
            _replace_text(site.glob("*/*.js"), f'"../{old}"', f'"../{address}"')
    return renamed


def _references(site: Path, name: str) -> set[str]:
    """Return the files that a module refers to, relative to the site."""
    if not name.endswith(".js"):
        return set()
    found = _ADDRESSES[".js"].findall((site / name).read_text(encoding="utf-8"))
    return {posixpath.normpath(posixpath.join(posixpath.dirname(name), to)) for to in found}


def _page_modules(source: Path) -> list[str]:
    """List the modules that the pages refer to."""
    linked = {address for page, address in addresses(source) if page.suffix == ".html"}
    return sorted(address for address in linked - {WATCHER} if address.endswith(".js"))


def _bundle_modules(source: Path, site: Path, entries: list[str]) -> None:
    """Write one file for each entry, and chunks for the code that they share."""
    _esbuild(
        source,
        site,
        entries,
        "--bundle",
        "--splitting",
        "--format=esm",
        f"--external:../{ENGINE}/*",
        "--chunk-names=shared/chunk-[hash]",
    )


def _esbuild(source: Path, site: Path, entries: list[str], *options: str) -> None:
    """Run esbuild from the source folder, because absolute paths would change the hashes."""
    folders = ["--outbase=.", f"--outdir={site}"]
    style = ["--minify", "--charset=utf8", "--log-level=error"]
    command: list[str | Path] = [ESBUILD, *entries, *options, *folders, *style]
    try:
        result = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise GeneError(f"{ESBUILD}: esbuild is not installed; run make dist, or npm ci") from None
    if result.returncode:
        raise GeneError(f"esbuild failed; fix the code: {' '.join(result.stderr.split())[:300]}")


def _copy_others(source: Path, site: Path) -> None:
    """Copy all files except our own JavaScript and CSS."""
    for path in sorted(source.rglob("*")):
        relative = path.relative_to(source)
        is_code = path.suffix in (".js", ".css") and relative.parts[0] != ENGINE
        if path.is_file() and not is_code:
            (site / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, site / relative)


def _replace_text(paths: Iterable[Path], old: str, new: str) -> None:
    for path in paths:
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
