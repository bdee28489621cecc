"""Check a published site: fetch all of its files, and report problems and how to solve them.

    python -m export.check https://example.org/gene/

Lines that begin with "wrong" are problems: pages do not work, or visitors do not get new versions.
If there are any, the exit status is 2. Lines that begin with "better" are advice to make the site
faster.
"""

import json
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urljoin, urlsplit

from common.cli import GeneError, Parser, printable, run_cli
from export import host_rules, precache
from export.published_file import PublishedFile, fetch

INDEX = "models/index.json"
UNKNOWN = "no-such-folder/no-such-page"
INSECURE = "plain http: browsers cache nothing for offline use; serve the site over https"
CONNECTIONS = 8
SHOWN_PATHS = 2


def main(argv: Sequence[str]) -> None:
    """Check a site and print problems and advice.

    Args:
        argv: The command line without the program.

    Raises:
        GeneError: If there are problems.
    """
    parser = Parser(__doc__, prog="python -m export.check")
    parser.add_argument("url", metavar="URL", help="address of the published site")
    base, folder = find_site(parser.parse_args(argv).url)
    digests = list_files(base)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        files = list(pool.map(lambda path: fetch(base, path), digests))
    problems = grouped(find_problems(files, folder, digests))
    advice = grouped(find_advice(files, fetch(base, UNKNOWN)))
    if base.startswith("http:") and not _is_local(base):
        advice[INSECURE] = [base]
    show("wrong", problems)
    show("better", advice)
    if problems:
        kinds = "1 kind of problem" if len(problems) == 1 else f"{len(problems)} kinds of problems"
        raise GeneError(f"{base}: {kinds} in {len(files)} files, listed above")
    print(f"{base}: {len(files)} files, no problems found")


def find_site(url: str) -> tuple[str, PublishedFile]:
    """Return the address of the folder of the site, after redirects, and the response for it."""
    if not re.match(r"https?://[\w.:-]", url):
        raise GeneError(
            f"{printable(url)}: not a web address; it must start with https:// or http://"
        )
    asked = re.sub(r"[^/]*\.html$", "", re.split("[?#]", url)[0])
    folder = fetch(quote(asked.rstrip("/") + "/", safe="/:%[]@"), "")
    if not folder.status:
        raise GeneError(f"{printable(url)}: no answer ({folder.trouble}); check the address")
    base = urljoin(folder.final_url, ".")
    return base, folder


def list_files(base: str) -> dict[str, str | None]:
    """List the files of a site.

    Returns:
        {path: SHA-256}; the SHA-256 is None if it is not known.

    Raises:
        GeneError: If there is no list of files at the address.
    """
    manifest = fetch(base, precache.MANIFEST)
    index = fetch(base, INDEX)
    try:
        text = manifest.body.decode().removeprefix("const MANIFEST = ")
        kept = dict(json.loads(text.rstrip(";\n"))["files"])
    except (ValueError, KeyError, TypeError):
        raise GeneError(
            f"{manifest.url}: no list of the site's files (status {manifest.status}); give the "
            "address of the folder that contains index.html, and upload everything that make "
            "dist wrote"
        ) from None
    return {"sw.js": None, precache.MANIFEST: None, **kept, **_model_files(index)}


def _model_files(index: PublishedFile) -> dict[str, str]:
    """Return {path: SHA-256} of the models' files.

    Empty if the index is missing or damaged, which `find_problems` reports.
    """
    try:
        return {
            f"models/{model['folder']}/{file['path']}": file["sha256"]
            for model in json.loads(index.body)["models"]
            for file in model["files"]
        }
    except (ValueError, KeyError, TypeError):
        return {}


def find_problems(
    files: list[PublishedFile], folder: PublishedFile, digests: dict[str, str | None]
) -> Iterator[tuple[str, str]]:
    """Yield (path, sentence) for every problem.

    Args:
        files: All files of the site.
        folder: The response for the address of the site itself.
        digests: The expected SHA-256 of each file by path, or None if it is not known.
    """
    refused = host_rules.refused_types(files)
    for file in files:
        suffix = host_rules.suffix(file.path)
        if suffix in refused:
            yield file.path, host_rules.unknown_type(file)
            continue
        for text in host_rules.problems(file, digests[file.path]):
            yield file.path, text
    yield from host_rules.site_problems(files, folder)


def find_advice(files: list[PublishedFile], unknown: PublishedFile) -> Iterator[tuple[str, str]]:
    """Yield (path, sentence) for everything that could be improved.

    Args:
        files: All files of the site.
        unknown: The response for an address that does not exist.
    """
    for file in files:
        for text in host_rules.advice(file):
            yield file.path, text
    if unknown.status == 200:
        yield unknown.path, host_rules.UNKNOWN_ADDRESS


def grouped(findings: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    """Group findings: return {sentence: paths}."""
    paths: dict[str, list[str]] = {}
    for path, text in findings:
        paths.setdefault(text, []).append(path)
    return paths


def show(label: str, findings: dict[str, list[str]]) -> None:
    """Print one line for each finding."""
    for text, paths in findings.items():
        more = f" and {len(paths) - SHOWN_PATHS} more" if len(paths) > SHOWN_PATHS else ""
        print(f"{label}: {', '.join(paths[:SHOWN_PATHS])}{more}: {text}")


def _is_local(base: str) -> bool:
    return urlsplit(base).hostname in ("localhost", "127.0.0.1", "::1")


if __name__ == "__main__":
    run_cli(main)
