"""Reduce a copy of the site to selected networks, for `python -m export.dist TASK/RUN ...`.

Pages without a network are left out. So is the home page, which is about Gene's own networks; the
page of the first network replaces it. The card of the network is written into the HTML, so that the
page never credits the wrong people for the songs or pictures, not even while it loads.
"""

import html
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from common.cli import GeneError
from export.error_page import ERROR_PAGE

TASKS = ("lyrics", "avatars", "addition", "digits")  # each has a page with this name
GENES_OWN = ("songbook", "about", "lesson")  # pages about Gene's own networks, like the home page
SHELF = "shelf.html"
PICTURES_IN_HTML = r'<meta property="og:image"[^>]*>\n|<div id="singer".*?</div>\n'
PICTURES_IN_CSS = r' url\("?\.\./pictures/[^;]*'
DEFAULT_LYRICS = "gene-lyrica-three"  # the network that wrote the song in the HTML of the page


def select(models: list[dict], names: Sequence[str]) -> list[dict]:
    """Return the entries of the index with these names, in the order of the names.

    Raises:
        GeneError: If a network has not been exported.
    """
    entries = {f"{entry['task']}/{entry['run']}": entry for entry in models}
    wanted = [name.rstrip("/") for name in names]
    for name in wanted:
        if name not in entries:
            raise GeneError(
                f"{name}: not exported; run python -m export.tfjs {name}, or choose from "
                f"{', '.join(sorted(entries))}"
            )
    return [entries[name] for name in dict.fromkeys(wanted)]


def reduce_site(source: Path, entries: Sequence[dict]) -> None:
    """Remove what the networks do not need from a copy of web/.

    Args:
        source: The copy, without the models. It is modified.
        entries: Entries of the index; the page of the first one becomes the start page.
    """
    tasks = list(dict.fromkeys(entry["task"] for entry in entries))
    for task in TASKS:
        networks = [entry for entry in entries if entry["task"] == task]
        if networks:
            _reduce_page(source / f"{task}.html", tasks, networks)
        else:
            (source / f"{task}.html").unlink()
            shutil.rmtree(source / task)
    for page in (ERROR_PAGE, SHELF):
        _rewrite(source / page, lambda text: _reduce_navigation(text, tasks))
    shutil.copyfile(source / f"{tasks[0]}.html", source / "index.html")
    shutil.rmtree(source / "home")
    for page in GENES_OWN:
        (source / f"{page}.html").unlink()
    shutil.rmtree(source / "songbook")
    shutil.rmtree(source / "lesson")
    shutil.rmtree(source / "songs", ignore_errors=True)
    if "avatars" not in tasks or _are_own(entries, "avatars"):
        _remove_pictures(source)
    if "addition" not in tasks:
        for path in source.glob("vendor/tfjs-cpu.js*"):
            path.unlink()
    if "lyrics" not in tasks:
        for folder in ("band", "lyrics-trainer", "song-reader"):
            shutil.rmtree(source / folder)
        (source / "vendor" / "kernels.wasm").unlink()
        for path in source.glob("vendor/song-tables.js*"):
            path.unlink()


def _rewrite(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def _are_own(entries: Iterable[dict], task: str) -> bool:
    """Return whether all networks of a task were trained on the user's own data."""
    return all(entry.get("own_data") for entry in entries if entry["task"] == task)


def _remove_pictures(source: Path) -> None:
    """Remove the pictures of Gene's own faces: those that pages show first, and those that sing."""
    shutil.rmtree(source / "pictures")
    for page in source.glob("*.html"):
        _rewrite(page, lambda text: re.sub(PICTURES_IN_HTML, "", text))
    for style in source.glob("*/*.css"):
        _rewrite(style, lambda text: re.sub(PICTURES_IN_CSS, "", text))


def _reduce_page(page: Path, tasks: Sequence[str], networks: Sequence[dict]) -> None:
    """Remove links to other tasks from a page; for own data, insert the first network's card."""
    text = _reduce_navigation(page.read_text(encoding="utf-8"), tasks)
    if _are_own(networks, page.stem):
        text = _write_card(text, networks[0])
    if page.stem == "lyrics" and DEFAULT_LYRICS not in [entry["run"] for entry in networks]:
        text = _fill(_fill(text, "song", ""), "caption", "")
    page.write_text(text, encoding="utf-8")


def _reduce_navigation(text: str, tasks: Sequence[str]) -> str:
    """Remove the links to other pages; remove the navigation if only one link would be left."""
    for name in {*TASKS, *GENES_OWN} - set(tasks):
        text = re.sub(rf'<a (?:class="[a-z]+" )?href="{name}\.html[^"]*">[^<]*</a>\n', "", text)
    return text if len(tasks) > 1 else re.sub(r"<nav .*?</nav>", "", text, flags=re.DOTALL)


def _write_card(text: str, entry: dict) -> str:
    """Insert a network's card into the HTML of a page, as web/shared/card.js would show it."""
    card = {name: html.escape(value) for name, value in entry.get("card", {}).items()}
    title = card.get("title") or html.escape(entry["run"])
    about = card.get("about") or _own_text(text, "about")
    license = card.get("license", "").rstrip(".")
    credit = f"{_own_text(text, 'credit')} {license}." if license else ""
    text = _replace(text, r"(<title>).*?(</title>)", f"{title} – Gene")
    text = _replace(text, r'(<meta property="og:title" content=").*?(">)', f"{title} – Gene")
    text = _replace(text, r'(<meta name="description" content=").*?(">)', about)
    for id, content in {"title": title, "about": about, "credit": credit}.items():
        text = _fill(text, id, content)
    return text


def _own_text(text: str, id: str) -> str:
    """Return the text that an element shows for users' own data: its attribute `data-own`."""
    found = re.search(rf'id="{id}" data-own="([^"]*)"', text)
    return found[1] if found else ""


def _fill(text: str, id: str, content: str) -> str:
    """Replace the content of an element."""
    return _replace(text, rf'(<(?:\w+) id="{id}"[^>]*>).*?(</(?:div|h1|p|span)>)', content)


def _replace(text: str, pattern: str, content: str) -> str:
    """Replace the text between the two groups of a pattern."""
    return re.sub(
        pattern, lambda found: f"{found[1]}{content}{found[2]}", text, count=1, flags=re.DOTALL
    )
