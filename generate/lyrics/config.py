"""All constants of song generation, in `generation_config.json` next to each network.

The defaults below are the only place where they are defined: training writes them to the run's
folder, the export copies them to the site, and both Python and JavaScript read the file.
"""

import re
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from common.cli import GeneError, printable
from common.files import read_json, write_json

FILE_NAME = "generation_config.json"
VERSION = 1

MAX_SCHEME_LENGTH = 400  # characters of a rhyme scheme
_SCHEME = re.compile("([A-Za-z]+( [A-Za-z]+)*)?")

FORMS = {
    "ballad": "abcb abcb abcb abcb",
    "chorus": "abab CCDD abab CCDD",
    "couplets": "aabb aabb aabb aabb",
    "limerick": "aabba",
    "none": "",
}

# Smallest and largest value of each number. A file with a value outside of them is refused.
_BOUNDS: dict[str, tuple[float, float]] = {
    "temperature": (0, 5),
    "top_p": (0, 1),
    "min_p": (0, 1),
    "top_k": (0, 10**6),
    "no_repeat_ngram_size": (0, 1000),
    "max_repeats": (1, 1000),
    "max_loop_length": (1, 100),
    "lines": (1, 1000),
    "max_tokens": (1, 100_000),
    "rhyme_bonus": (0, 1000),
    "rhyme_bonus_per_token": (0, 1000),
    "rhyme_lead": (0, 100),
    "line_break_bonus": (0, 1000),
}


@dataclass(frozen=True)
class GenerationConfig:
    """How tokens are chosen and when a song ends; names follow Hugging Face where it has one.

    Attributes:
        temperature: Divisor of the logits; 0 always takes the most likely token.
        top_p: Keep the most likely tokens whose probabilities add up to this share (nucleus
            sampling, arXiv:1904.09751); 1 keeps all.
        min_p: Drop tokens below this share of the largest probability (arXiv:2407.01082). With the
            default, 1/235, songs are about as diverse as those of people.
        top_k: Keep this many of the most likely tokens (arXiv:1805.04833); 0 keeps all.
        no_repeat_ngram_size: Never repeat a phrase of this many tokens (arXiv:1705.04304); 0: off.
        loop_guard: Whether to prevent loops.
        max_repeats: The loop guard lets a line occur this many times in a song, and a phrase this
            many times in a row.
        max_loop_length: Longest phrase that the loop guard watches, in tokens.
        lines: Maximum number of lines; those of the prompt count, stanza breaks do not.
        max_tokens: Maximum number of generated tokens.
        form: Stanzas, rhyme and chorus: a name of `forms`, or a rhyme scheme (see `song_form`).
        forms: Rhyme schemes by name.
        rhyme_bonus: Largest addition to the logits of rhyming words.
        rhyme_bonus_per_token: How much the bonus grows with each token of the line.
        rhyme_lead: How many tokens before the target length of a line the bonus starts.
        line_break_bonus: Addition to the logit of a line break after a rhyme; subtracted before.
    """

    temperature: float = 0.9
    top_p: float = 1.0
    min_p: float = 0.00425
    top_k: int = 0
    no_repeat_ngram_size: int = 0
    loop_guard: bool = True
    max_repeats: int = 3
    max_loop_length: int = 8
    lines: int = 16
    max_tokens: int = 800
    form: str = "ballad"
    forms: dict[str, str] = field(default_factory=lambda: dict(FORMS))
    rhyme_bonus: float = 6.0
    rhyme_bonus_per_token: float = 2.0
    rhyme_lead: int = 5
    line_break_bonus: float = 6.0

    @property
    def scheme(self) -> str:
        """The rhyme scheme of `form`; "" for a song without one."""
        return self.forms.get(self.form, self.form)


def is_scheme(text: str) -> bool:
    """Return whether a text is a rhyme scheme, such as "abab CCDD", or empty."""
    return len(text) <= MAX_SCHEME_LENGTH and _SCHEME.fullmatch(text) is not None


def override(config: GenerationConfig, settings: dict[str, Any]) -> GenerationConfig:
    """Return a copy of the settings with some of them replaced.

    Args:
        config: The settings to start from.
        settings: {attribute of `GenerationConfig`: value}. None keeps the value of `config`.

    Raises:
        GeneError: There is no such setting, or a value is out of range.
    """
    changes = {name: value for name, value in settings.items() if value is not None}
    names = [setting.name for setting in fields(GenerationConfig)]
    for name, value in changes.items():
        if name not in names:
            raise GeneError(f"{name}: no such setting; choose from {', '.join(names)}")
        if not _is_valid(name, value):
            raise GeneError(f"{name} cannot be {printable(value)}")
    config = replace(config, **changes)
    if not is_scheme(config.scheme):
        forms = ", ".join(config.forms)
        raise GeneError(f'form {config.form!r}: use {forms}, or letters such as "abab CC"')
    return config


def write_default(folder: str | Path) -> None:
    """Write `generation_config.json` with the default settings into a run's folder."""
    write_config(GenerationConfig(), folder)


def write_config(config: GenerationConfig, folder: str | Path) -> None:
    """Write `generation_config.json` into a folder."""
    write_json(Path(folder) / FILE_NAME, {"version": VERSION} | asdict(config))


def read_config(folder: str | Path) -> GenerationConfig:
    """Read the generation settings of a run.

    Args:
        folder: The run's folder. Runs of earlier versions have no such file and get the defaults.

    Returns:
        The settings.

    Raises:
        GeneError: The file is damaged or a value is out of range.
    """
    path = Path(folder) / FILE_NAME
    if not path.exists():
        return GenerationConfig()
    content = read_json(path)
    if content.pop("version", None) != VERSION:
        raise GeneError(f"{path}: not a generation settings file of version {VERSION}")
    try:
        return override(GenerationConfig(), content)
    except GeneError as error:
        raise GeneError(f"{path}: {error}") from None


def _is_valid(name: str, value: Any) -> bool:
    if name == "loop_guard":
        return isinstance(value, bool)
    if name == "form":
        return isinstance(value, str)
    if name == "forms":
        return isinstance(value, dict) and all(
            isinstance(scheme, str) and is_scheme(scheme) for scheme in value.values()
        )
    low, high = _BOUNDS[name]
    default = getattr(GenerationConfig, name)
    kinds = (int, float) if isinstance(default, float) else int
    return isinstance(value, kinds) and not isinstance(value, bool) and low <= value <= high
