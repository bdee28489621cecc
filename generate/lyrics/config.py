"""The settings for generating songs, stored in `generation_config.json` next to each network.

The defaults are defined only here: training writes them to the folder of the run, the export copies
them to the site, and both Python and JavaScript read the file.
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
# Values for settings that older files lack; with these, old links still lead to the same songs.
_NOT_IN_OLD_FILES = {
    "cache_weight": 0.0,
    "open_quotation_penalty": 0.0,
    "word_frequency_weight": 0.0,
    "line_break_weight": 0.0,
    "few_content_words_penalty": 0.0,
    "min_rhymes": 8,
    "frequency_penalty": 0.0,
    "title_bonus": 0.0,
    "repeated_rhyme_penalty": 0.0,
    "rhyme_bonus_per_candidate": 0.0,
}
_SCHEME = re.compile("([A-Za-z]+( [A-Za-z]+)*)?")

FORMS = {
    "ballad": "abcb abcb abcb abcb",
    "chorus": "abab CCDD abab CCDD",
    "couplets": "aabb aabb aabb aabb",
    "limerick": "aabba",
    "none": "",
}

# Smallest and largest allowed value of each number. Files with other values are rejected.
_BOUNDS: dict[str, tuple[float, float]] = {
    "temperature": (0, 5),
    "top_p": (0, 1),
    "min_p": (0, 1),
    "top_k": (0, 10**6),
    "cache_weight": (0, 0.99),
    "frequency_penalty": (0, 1000),
    "title_bonus": (0, 1000),
    "no_repeat_ngram_size": (0, 1000),
    "max_repeats": (1, 1000),
    "max_loop_length": (1, 100),
    "lines": (1, 1000),
    "max_tokens": (1, 100_000),
    "rhyme_bonus": (0, 1000),
    "rhyme_bonus_per_token": (0, 1000),
    "rhyme_bonus_per_candidate": (0, 1000),
    "rhyme_lead": (0, 100),
    "line_break_bonus": (0, 1000),
    "num_candidates": (1, 64),
    "max_line_length": (1, 1000),
    "typical_log_probability": (-100, 100),
    "word_frequency_weight": (0, 1000),
    "unlikely_word_weight": (0, 1000),
    "line_break_weight": (0, 1000),
    "few_content_words_penalty": (0, 1000),
    "missed_rhyme_penalty": (0, 1000),
    "rare_rhyme_penalty": (0, 1000),
    "min_rhymes": (0, 10**6),
    "repeated_rhyme_penalty": (0, 1000),
    "dangling_end_penalty": (0, 1000),
    "open_quotation_penalty": (0, 1000),
    "repeated_line_penalty": (0, 1000),
    "repeated_word_penalty": (0, 1000),
    "short_line_penalty": (0, 1000),
    "long_line_penalty": (0, 1000),
}


@dataclass(frozen=True)
class GenerationConfig:
    """How tokens are chosen and when a song ends.

    Settings that Hugging Face Transformers also has are named as they are there.

    Attributes:
        temperature: Divisor of the logits; 0 always takes the most likely token.
        top_p: Keep the most likely tokens whose probabilities add up to this much (nucleus
            sampling, arXiv:1904.09751); 1 keeps all.
        min_p: Drop tokens below this fraction of the largest probability (arXiv:2407.01082).
        top_k: Keep this many of the most likely tokens (arXiv:1805.04833); 0 keeps all.
        cache_weight: Weight of the song cache in each prediction (see `song_cache.py`); 0 for no
            cache.
        frequency_penalty: Subtracted from the logit of a content word for each time that it already
            occurs in the song, in nats.
        title_bonus: Bonus per unit of affinity to the title (see `title_affinity.py`), in nats;
            added to the logits of content words that do not occur in the stanza yet.
        no_repeat_ngram_size: Never repeat a phrase of this many tokens (arXiv:1705.04304); 0 allows
            all repetitions.
        loop_guard: Whether to prevent endless repetition (see `loop_guard.py`).
        max_repeats: The loop guard allows a line to occur at most this many times in a song, and a
            phrase at most this many times in a row.
        max_loop_length: Length of the longest phrase that the loop guard checks, in tokens.
        lines: Maximum number of lines, including those of the prompt but not stanza breaks.
        max_tokens: Maximum number of generated tokens.
        form: Stanzas, rhyme and chorus: a name in `forms`, or a rhyme scheme (see `song_form`).
        forms: Rhyme schemes by name.
        rhyme_bonus: Maximum bonus that is added to the logits of rhyming words.
        rhyme_bonus_per_token: Increase of this bonus with each token of the line.
        rhyme_bonus_per_candidate: Increase of the maximum bonus with each candidate of a line: the
            first ones may find a rhyme by themselves, the last ones are made to rhyme.
        rhyme_lead: Number of tokens before the target length of a line at which the bonus starts.
        line_break_bonus: Added to the logit of a line break if the line ends with a rhyming word;
            otherwise subtracted, unless the line is longer than the target length.
        num_candidates: Number of candidates to choose each line from; 1 keeps whatever is drawn.
            At temperature 0 all would be the same, so only one is drawn.
        max_line_length: Length of the longest candidate, in tokens; a longer line is split.
        typical_log_probability: The mean log-probability per token at which a line scores best, in
            nats, after the correction by `word_frequency_weight`.
        word_frequency_weight: Fraction of the log-frequency of each token that is subtracted from
            its log-probability, so that lines of common words have no advantage.
        unlikely_word_weight: Weight of the log-probability of the least likely token of a line.
        line_break_weight: Weight of the log-probability of the line break after a line, or of the
            blank line after a stanza.
        few_content_words_penalty: Cost per distinct content word by which a line falls short of 2.
        missed_rhyme_penalty: Cost of a line that should rhyme but does not.
        rare_rhyme_penalty: Cost of a word with few rhymes if a later line must rhyme with it.
        min_rhymes: Number of rhymes below which a word costs `rare_rhyme_penalty`.
        repeated_rhyme_penalty: Cost of a line with the same rhyme as a line of an earlier stanza,
            if a later line must rhyme with it.
        dangling_end_penalty: Cost of a line that ends with a word such as "the" or "and".
        open_quotation_penalty: Cost of a line that leaves a quotation or a bracket open, closes a
            bracket that was not open, or contains an empty quotation.
        repeated_line_penalty: Cost of a line that is already in the song.
        repeated_word_penalty: Cost of each content word that is already in the song.
        short_line_penalty: Cost per word by which a line falls short of 5.
        long_line_penalty: Cost of each word of a line beyond the ninth.
    """

    temperature: float = 0.65
    top_p: float = 1.0
    min_p: float = 0.00425
    top_k: int = 0
    cache_weight: float = 0.1
    frequency_penalty: float = 0.1
    title_bonus: float = 1.0
    no_repeat_ngram_size: int = 0
    loop_guard: bool = True
    max_repeats: int = 3
    max_loop_length: int = 8
    lines: int = 16
    max_tokens: int = 800
    form: str = "ballad"
    forms: dict[str, str] = field(default_factory=lambda: dict(FORMS))
    rhyme_bonus: float = 2.0
    rhyme_bonus_per_token: float = 1.5
    rhyme_bonus_per_candidate: float = 0.4
    rhyme_lead: int = 5
    line_break_bonus: float = 6.0
    num_candidates: int = 12
    max_line_length: int = 40
    typical_log_probability: float = 1.0
    word_frequency_weight: float = 0.5
    unlikely_word_weight: float = 0.5
    line_break_weight: float = 0.3
    few_content_words_penalty: float = 0.5
    missed_rhyme_penalty: float = 7.0
    rare_rhyme_penalty: float = 3.0
    min_rhymes: int = 12
    repeated_rhyme_penalty: float = 1.0
    dangling_end_penalty: float = 3.0
    open_quotation_penalty: float = 8.0
    repeated_line_penalty: float = 3.0
    repeated_word_penalty: float = 0.25
    short_line_penalty: float = 0.15
    long_line_penalty: float = 0.1

    @property
    def candidates_per_line(self) -> int:
        """Number of candidates that are drawn for each line."""
        return self.num_candidates if self.temperature > 0 else 1

    @property
    def scheme(self) -> str:
        """The rhyme scheme of `form`; "" for a song without a rhyme scheme."""
        return self.forms.get(self.form, self.form)


def is_scheme(text: str) -> bool:
    """Return whether a string is empty or a rhyme scheme, such as "abab CCDD"."""
    return len(text) <= MAX_SCHEME_LENGTH and _SCHEME.fullmatch(text) is not None


def override(config: GenerationConfig, settings: dict[str, Any]) -> GenerationConfig:
    """Return a copy of the settings with some of them replaced.

    Args:
        config: The settings to start from.
        settings: {attribute of `GenerationConfig`: value}. The value None means no change.

    Raises:
        GeneError: If there is no such setting, or a value is out of range.
    """
    changes = {name: value for name, value in settings.items() if value is not None}
    names = [setting.name for setting in fields(GenerationConfig)]
    for name, value in changes.items():
        if name not in names:
            raise GeneError(f"{name}: no such setting; choose from {', '.join(names)}")
        if not _is_valid(name, value):
            raise GeneError(f"{name} cannot be {printable(value)}; use {_expected(name)}")
    config = replace(config, **changes)
    if not is_scheme(config.scheme):
        forms = ", ".join(config.forms)
        raise GeneError(f'form {config.form!r}: use {forms}, or letters such as "abab CC"')
    return config


def write_default(folder: str | Path) -> None:
    """Write `generation_config.json` with the default settings to the folder of a run."""
    write_config(GenerationConfig(), folder)


def write_config(config: GenerationConfig, folder: str | Path) -> None:
    """Write `generation_config.json` to a folder."""
    write_json(Path(folder) / FILE_NAME, config_as_json(config))


def config_as_json(config: GenerationConfig) -> dict[str, Any]:
    """Return the content of `generation_config.json`."""
    return {"version": VERSION} | asdict(config)


def read_config(folder: str | Path) -> GenerationConfig:
    """Read the generation settings of a run.

    Args:
        folder: The folder of the run.

    Returns:
        The settings; the defaults if there is no `generation_config.json`, as in runs of earlier
        versions.

    Raises:
        GeneError: If the file is damaged, or a value is out of range.
    """
    path = Path(folder) / FILE_NAME
    if not path.exists():
        return GenerationConfig()
    return parse_config(read_json(path), path)


def parse_config(content: dict[str, Any], source: str | Path) -> GenerationConfig:
    """Check the content of a `generation_config.json`.

    Args:
        content: The JSON object.
        source: Where the JSON object is from, for error messages.

    Raises:
        GeneError: If the object is from another version, or a value is out of range.
    """
    settings = {name: value for name, value in content.items() if name != "version"}
    if content.get("version") != VERSION:
        raise GeneError(
            f"{source}: not generation settings of version {VERSION}; delete the file to use the "
            "defaults, or update Gene"
        )
    try:
        return override(GenerationConfig(), _NOT_IN_OLD_FILES | settings)
    except GeneError as error:
        raise GeneError(f"{source}: {error}") from None


def _expected(name: str) -> str:
    """Describe the valid values of a setting, for a message."""
    if name not in _BOUNDS:
        return {
            "loop_guard": "true or false",
            "form": "the name of a form or a rhyme scheme",
            "forms": 'rhyme schemes by name, such as {"couplets": "aabb"}',
        }[name]
    low, high = _BOUNDS[name]
    kind = "number" if isinstance(getattr(GenerationConfig, name), float) else "whole number"
    return f"a {kind} from {low:,} to {high:,}"


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
