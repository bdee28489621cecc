"""Measure lyrics networks on songs that none of them was trained on.

    python -m explore.lyrics measure
    python -m explore.lyrics measure gene-lyrica-three
    python -m explore.lyrics measure gene-lyrica-two quick --songs mine.csv

Each run is measured on its own table of songs. Perplexity and accuracy are measured on the test
songs: 8% of all songs, which were not used in training, not even for early stopping. For
comparison, a 5-gram model with Kneser-Ney smoothing is trained on the same songs with the same
vocabulary; both read unknown words as slots (data/lyrics/slots.py). "Accuracy on training songs" is
measured on a sample of the training songs, without dropout.

Most other rows compare songs that the networks write with held-out songs by people. The networks
start with the first words of a held-out song and, unless a row says otherwise, use their default
settings. A phrase of 6 words or more that occurs in a training song counts as copied.

The table is printed and saved as table.md: in the folder of the run, or in checkpoints/lyrics if
there are several. The measurements of a run are saved in its meta.json. The first 20 songs without
unknown words, not selected in any other way, are saved in its samples/songs.txt.
"""

import argparse
import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from common.cli import GeneError, bounded_int
from common.files import write_text
from common.runs import read_meta, save_metrics
from data.lyrics.corpus import Corpus, open_corpus
from data.lyrics.songs import SONGBOOK, songs_sha256
from data.lyrics.typography import typeset
from data.lyrics.vocabulary import SLOT_TOKENS, SPECIAL_TOKENS, UNK, Vocabulary
from explore.lyrics.batch_generate import (
    PROMPT_LENGTH,
    generate_all,
    prompts_from,
    reference_excerpts,
)
from explore.lyrics.prediction import (
    MeasuredRun,
    measure_conditioned,
    measure_lost_words,
    measure_prediction,
)
from explore.lyrics.table import as_table
from generate.lyrics.config import read_config
from generate.lyrics.songwriter import known_artists, load_model
from metrics.copied_phrases import COPIED_PHRASE_LENGTH, CopiedPhrases
from metrics.diversity import distinct_n, has_loop, self_bleu
from metrics.rhyme_rate import (
    dangling_end_rate,
    line_lengths,
    promised_rhyme_rate,
    rhyme_rate,
)

BASELINE = "gene-lyrica-one"
NUM_SAMPLES = 20  # number of songs to save
UNKNOWN_WORDS = {SPECIAL_TOKENS[UNK], *SLOT_TOKENS}
LOOP_SETTINGS = {
    "loop_rate_greedy": {"temperature": 0.0},
    "loop_rate_temperature_05": {"temperature": 0.5},
    "loop_rate_temperature_1": {"temperature": 1.0},
    "loop_rate_greedy_unguarded": {"temperature": 0.0, "loop_guard": False},
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `python -m explore.lyrics measure`."""
    parser.add_argument(
        "runs",
        nargs="*",
        metavar="RUN",
        help="runs to measure (default: all trained on --songs or, without it, on the songbook)",
    )
    parser.add_argument(
        "--num-songs",
        type=bounded_int(2, 10**5),
        default=200,
        help="maximum number of songs to generate for each row (default: %(default)s)",
    )
    parser.add_argument(
        "--num-loop-songs",
        type=bounded_int(1, 10**6),
        default=1000,
        help='maximum number of songs to generate for the row "loops, default settings" '
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--songs",
        metavar="FILE",
        help="the songs that the runs were trained on (default: those in their meta.json)",
    )
    parser.add_argument(
        "--cache-dir",
        metavar="DIR",
        default=".cache/lyrics",
        help="folder for tokenized songs (default: %(default)s)",
    )


def run(args: argparse.Namespace) -> None:
    """Measure the runs, then print and save the table."""
    folder = Path(args.checkpoint_dir) / "lyrics"
    songs = args.songs or os.path.relpath(SONGBOOK)
    runs = args.runs or runs_trained_on(folder, songs)
    if not runs:
        raise GeneError(
            f"{folder}: no run was trained on {songs}; train one with python -m train.lyrics"
        )
    columns = {}
    for name in runs:
        columns[name], people = measure(folder / name, args)
    if BASELINE in columns:
        baseline = columns[BASELINE]["perplexity"]
        for column in columns.values():
            column["perplexity_ratio_gene_lyrica_one"] = column["perplexity"] / baseline
    text = as_table(columns | {"human songs": people})
    write_text(table_path(folder, runs), text)
    print(text, end="")


def table_path(folder: Path, runs: Sequence[str]) -> Path:
    """Return where the table of some runs in a folder is saved."""
    return (folder / runs[0] if len(runs) == 1 else folder) / "table.md"


def runs_trained_on(folder: Path, songs: str | Path) -> list[str]:
    """Return the names of the runs in `folder` that were trained on a table of songs."""
    fingerprint = songs_sha256(songs)
    return sorted(
        path.parent.name
        for path in folder.glob("*/model.keras")
        if read_meta(path.parent).get("data", {}).get("songs_sha256") == fingerprint
    )


def measure(folder: Path, args: argparse.Namespace) -> tuple[dict[str, float], dict[str, float]]:
    """Measure one run, and save the measurements and some songs in its folder.

    Returns:
        The measurements of the run, and those of the songs by people.
    """
    this = _open(folder, args)
    meta = this.meta
    excerpts = _excerpts_by_people(this, args.num_songs)  # first, so that an error comes early
    metrics = measure_prediction(this)
    if known_artists(meta) or this.model.num_title_words:
        metrics |= measure_conditioned(this, args.cache_dir)
    metrics |= measure_lost_words(this.vocabulary)
    of_songs, of_people, samples = measure_songs(this, args, excerpts)
    metrics |= of_songs
    write_text(folder / "samples" / "songs.txt", "\n\n---\n\n".join(samples) + "\n")
    save_metrics(folder, {"test": metrics})
    return metrics, of_people


def _open(folder: Path, args: argparse.Namespace) -> MeasuredRun:
    """Load a run and the songs to measure it on."""
    model, vocabulary, meta = load_model(folder)
    saved = meta["args"]
    songs, more = (args.songs, None) if args.songs else (saved["songs"], saved.get("more_songs"))
    open_songs = partial(open_corpus, args.cache_dir, songs, None, None, vocabulary, more=more)
    return MeasuredRun(
        folder,
        model,
        vocabulary,
        meta,
        read_config(folder),
        songs,
        more,
        held_out=open_songs(),
        learned=open_songs(**meta["data"]["filters"]),
    )


def _excerpts_by_people(this: MeasuredRun, count: int) -> list[list[str]]:
    """Return the beginnings of held-out songs, as lists of words.

    Raises:
        GeneError: If no held-out song is long enough.
    """
    excerpts = reference_excerpts(_held_out_songs(this), count)
    if not excerpts:
        raise GeneError(
            f"{this.songs}: no held-out song is long enough to compare with; measure a run that "
            "was trained on more or longer songs"
        )
    return excerpts


def _held_out_songs(this: MeasuredRun) -> list[list[str]]:
    return _songs_as_words(this.held_out, this.vocabulary, ["validation", "test"])


def measure_songs(
    this: MeasuredRun, args: argparse.Namespace, excerpts: Sequence[Sequence[str]]
) -> tuple[dict[str, float], dict[str, float], list[str]]:
    """Measure songs that a run writes.

    Args:
        this: The run.
        args: The command line.
        excerpts: The beginnings of held-out songs. The run's songs start with the same words.

    Returns:
        The measurements of the run, those of songs by people, and some of the run's songs as text.
    """
    copied = CopiedPhrases(_songs_as_words(this.learned, this.vocabulary, ["training"]))
    prompts = [tuple(excerpt[:PROMPT_LENGTH]) for excerpt in excerpts]

    def write(prompts, **settings):
        config = replace(this.config, **settings)
        return generate_all(this.model, this.vocabulary, prompts, config)

    metrics = {key: _loop_rate(write(prompts, **kw)) for key, kw in LOOP_SETTINGS.items()}
    many_prompts = prompts_from(_held_out_songs(this), args.num_loop_songs)
    metrics["loop_rate_default"] = _loop_rate(write(many_prompts))
    songs = write(prompts)
    metrics |= describe(songs, copied)
    whole_songs = [[*prompt, *song] for prompt, song in zip(prompts, songs, strict=True)]
    metrics["promised_rhymes"] = promised_rhyme_rate(whole_songs, this.config.scheme)
    metrics["copied_phrase_length"] = COPIED_PHRASE_LENGTH
    of_people = describe([excerpt[PROMPT_LENGTH:] for excerpt in excerpts], copied)
    of_people["loop_rate_default"] = _loop_rate(excerpts)
    samples = [
        typeset(song, this.vocabulary.forms).strip()
        for song in whole_songs
        if not UNKNOWN_WORDS.intersection(song)
    ]
    return metrics, of_people, samples[:NUM_SAMPLES]


def describe(songs: Sequence[Sequence[str]], copied: CopiedPhrases) -> dict[str, float]:
    """Measure songs, given as lists of words: diversity, copied phrases, rhyme and lines."""
    mean, std = line_lengths(songs)
    is_copied = [mark for song in songs for mark in copied.is_copied(song)]
    return {
        "distinct_2": distinct_n(songs, 2),
        "distinct_3": distinct_n(songs, 3),
        "self_bleu": self_bleu(songs),
        "copied_words": float(np.mean(is_copied)),
        "longest_copied_phrase": max(copied.longest(song) for song in songs),
        "rhyme_rate": rhyme_rate(songs),
        "dangling_ends": dangling_end_rate(songs),
        "words_per_line": mean,
        "words_per_line_std": std,
    }


def _loop_rate(songs: Sequence[Sequence[str]]) -> float:
    return float(np.mean([has_loop(song) for song in songs]))


def _songs_as_words(
    corpus: Corpus, vocabulary: Vocabulary, splits: Sequence[str]
) -> list[list[str]]:
    """Return the songs of some splits as lists of words, without the start token."""
    return [
        vocabulary.decode(corpus.tokens[start + 1 : end])
        for split in splits
        for start, end in corpus.songs(split)
    ]
