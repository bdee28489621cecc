"""The code base uses the field's terms, and none of the names and phrases that it once invented."""

import re
import subprocess

import pytest

from tests.helpers import ROOT

# Identifiers of the first versions, each with the term that replaced it.
OLD_NAMES = {
    "lanes": "batch_size, StatefulBatches",
    "looker": "train/attributes/trainer.py",
    "lifeline": "JAX's heartbeats",
    "val_nats": "val_cross_entropy",
    "hits": "accuracy",
    "Singer": "LyricsModel",
    "TiedWords": "TiedEmbedding",
    "Guesser": "ClassificationTrainer",
    "NextWord": "NextTokenTrainer",
    "Patience": "ResumableEarlyStopping",
    "Recorder": "CheckpointCallback",
    "RunningMeans": "RestoreMetrics",
    "no_repeat": "no_repeat_ngram_size",
    "by_heart": "stop_at_train_accuracy",
    "words_of": "vocabulary_from",
    "begin_with": "init_from",
    "most_artists": "top_artists",
    "roughen": "augment",
    "nearness": "l1_weight",
    "replays": "replay_steps",
    "Attacked": "FreeAdversarialTrainer",
    "Attacker": "AdamWWithPerturbation",
    "undrawn": "missing_variants",
    "Witness": "ScoredNetwork",
    "Trouble": "UserError",
    "nursery": "fork_server",
    "wayBack": "backward",
    "memory.bin": "song-index.bin",
    "QUANTISED": "QUANTIZED",
    "colour": "color",
    "colours": "colors",
    "centre": "center",
    "neighbours": "neighbors",
}

# Phrases that read like a translation, as regular expressions.
OLD_PHRASES = [
    r"\banew\b",
    r"\bhangs? on\b",
    r"\bso (?:many|much) (?:words|pixels|epochs|songs|degrees|lines|pictures|steps|seconds)\b",
    r"\bgoes? on with\b",
    r"\bno (?:number|picture|song|text) any more\b",
    r"\bwhoever\b",
    r"\bbe it\b",
    r"\bever the same\b",
    r"\bby the way\b",
    r"\btold of\b",
    r"\bhold(?:s)? the two together\b",
]

# Files that must know old names: they read or describe what older versions wrote.
EXEMPT = (
    "common/migrations.py",
    "tests/fixtures/",
    "tests/unit/test_migrations.py",
    "tests/unit/test_terminology.py",
    "CHANGELOG.md",
    "data/lyrics/",  # the songbook and the pronunciations are English, not code
    "checkpoints/",
    "results/",
    "tests/golden/",
    "package-lock.json",
)


def files() -> list[str]:
    """Return the tracked text files that the rules apply to."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    suffixes = (".py", ".js", ".mjs", ".html", ".css", ".md", ".cfg", ".toml", "Makefile")
    return [
        path
        for path in listed.stdout.splitlines()
        if path.endswith(suffixes) and not path.startswith(EXEMPT)
    ]


def occurrences(pattern: str, flags: int = 0) -> list[str]:
    """Return every line of the code base that matches, as "file:line: text"."""
    compiled = re.compile(pattern, flags)
    return [
        f"{path}:{number}: {line.strip()}"
        for path in files()
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1)
        if compiled.search(line)
    ]


@pytest.mark.parametrize("name", OLD_NAMES)
def test_old_names_are_gone(name: str) -> None:
    found = occurrences(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    assert not found, f"say {OLD_NAMES[name]}:\n" + "\n".join(found)


@pytest.mark.parametrize("phrase", OLD_PHRASES)
def test_old_phrases_are_gone(phrase: str) -> None:
    found = occurrences(phrase, re.IGNORECASE)
    assert not found, "\n".join(found)
