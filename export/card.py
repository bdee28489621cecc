"""Write and read card.json, in which you describe a network and its training data for the site.

    {"title": "Kitchen Songs", "about": "Forty songs about breakfast.", "license": "CC BY 4.0, Ada"}

`python -m export.tfjs lyrics/kitchen --title "Kitchen Songs"` writes card.json to the folder of the
run; you can also edit it by hand. The site shows a network without a card under the name of its
run.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from common.card import MAX_LENGTHS, check_card, check_text
from common.cli import GeneError
from common.files import read_json, write_json

FILE_NAME = "card.json"


def add_card_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags that write card.json."""
    group = parser.add_argument_group("description of the network on the site (one run only)")
    group.add_argument(
        "--title", metavar="TEXT", help="title of the network (default: the name of the run)"
    )
    group.add_argument(
        "--about", metavar="TEXT", help="a few sentences about the network (default: none)"
    )
    group.add_argument(
        "--license",
        metavar="TEXT",
        help="license and authors of the songs or pictures (default: none)",
    )


def update_card(folders: Sequence[Path], args: argparse.Namespace) -> None:
    """Write the values of --title, --about and --license to the card.json of a run.

    Args:
        folders: The folders of the runs that are exported.
        args: Parsed flags. Without a flag, the text in card.json is kept; an empty text removes it.

    Raises:
        GeneError: If several runs are exported with these flags, a text is too long, or card.json
            is damaged.
    """
    given = {name: getattr(args, name) for name in MAX_LENGTHS if getattr(args, name) is not None}
    if not given:
        return
    if len(folders) != 1:
        raise GeneError("--title, --about and --license describe one run; specify it as TASK/RUN")
    for name, text in given.items():
        check_text(name, text, f"--{name}")
    [folder] = folders
    card = read_card(folder) | given
    write_json(folder / FILE_NAME, {name: text for name, text in card.items() if text})


def read_card(folder: Path) -> dict[str, str]:
    """Read the card.json of a run.

    Returns:
        {name: text}; empty if there is no card.json.

    Raises:
        GeneError: If the file is damaged, or a text is too long.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return {}
    return check_card(read_json(path), path)
