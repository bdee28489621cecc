"""The card of a network: title, description and license, as the site shows them."""

from pathlib import Path
from typing import Any

from common.cli import GeneError

MAX_LENGTHS = {"title": 60, "about": 1000, "license": 300}  # characters


def check_card(card: dict[str, Any], source: str | Path) -> dict[str, str]:
    """Check the card of a network and return it.

    Args:
        card: The content of a card.json.
        source: Where the card comes from, for error messages.

    Raises:
        GeneError: If the card has unknown fields, or a value that is not text or is too long.
    """
    if not set(card) <= set(MAX_LENGTHS):
        raise GeneError(f"{source}: may contain only {', '.join(MAX_LENGTHS)}; delete the rest")
    for name, text in card.items():
        check_text(name, text, f"{source}: {name}")
    return card


def check_text(name: str, text: object, where: str) -> None:
    """Raise GeneError unless a value is valid for the field `name` of a card."""
    if not isinstance(text, str) or len(text) > MAX_LENGTHS[name]:
        raise GeneError(f"{where}: must be text of at most {MAX_LENGTHS[name]:,} characters")
