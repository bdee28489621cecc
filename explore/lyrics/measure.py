"""Measure lyrics networks on songs that none of them has learned from.

    python -m explore.lyrics measure
    python -m explore.lyrics measure gene-lyrica-two quick --songs mine.csv

Perplexity and accuracy are those of the test songs: 8 % of all songs, which no run has seen, not
even to decide when to stop. A 5-gram model with Kneser-Ney smoothing is trained on the same songs
and the same vocabulary for comparison. "Accuracy on training songs" is measured on a sample of the
training songs with dropout switched off.

All other rows are about songs that the networks write with their default settings, each from the
first words of a held-out song, next to those songs themselves. A phrase of 6 words or more that
occurs in a training song counts as copied.

The table is printed and saved as checkpoints/lyrics/table.md. A run's measurements are saved in its
meta.json, and the first 20 songs, unselected, in its samples/songs.txt.
"""

import argparse
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from keras import ops

from common.checkpoint import read_meta
from common.cli import GeneError, bounded_int
from common.files import sha256, write_json, write_text
from data.lyrics.corpus import Corpus, open_corpus
from data.lyrics.songs import SONGBOOK
from data.lyrics.tokenizer import detokenize
from data.lyrics.vocabulary import BOS_EOS, NEWLINE, UNK, Vocabulary
from explore.lyrics.batch_generate import (
    PROMPT_LENGTH,
    generate_all,
    prompts_from,
    reference_excerpts,
)
from explore.lyrics.table import as_table
from generate.lyrics.config import GenerationConfig, read_config
from generate.lyrics.songwriter import known_artists, load_model
from metrics.copied_phrases import COPIED_PHRASE_LENGTH, CopiedPhrases
from metrics.diversity import distinct_n, has_loop, self_bleu
from metrics.kneser_ney import KneserNey
from metrics.rhyme_rate import line_lengths, rhyme_rate
from models.lyrics import LyricsModel

NGRAM_ORDER = 5
BASELINE = "gene-lyrica-one"
NUM_SAMPLES = 20  # songs that are saved
NUM_TRAINING_SONGS = 100  # whose tokens the accuracy on training songs is measured on
LOOP_SETTINGS = {
    "loop_rate_greedy": {"temperature": 0.0},
    "loop_rate_temperature_05": {"temperature": 0.5},
    "loop_rate_temperature_1": {"temperature": 1.0},
    "loop_rate_greedy_unguarded": {"temperature": 0.0, "loop_guard": False},
}


class _Run(NamedTuple):
    """A trained network and the songs that it is measured on."""

    folder: Path
    model: LyricsModel
    vocabulary: Vocabulary
    meta: dict
    config: GenerationConfig
    held_out: Corpus  # all songs of the table
    learned: Corpus  # the songs that the run was trained on


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `python -m explore.lyrics measure`."""
    parser.add_argument(
        "runs", nargs="*", metavar="RUN", help="runs to measure (default: all trained on --songs)"
    )
    parser.add_argument(
        "--num-songs",
        type=bounded_int(2, 10**5),
        default=200,
        help="songs to generate for each row, at most (default: %(default)s)",
    )
    parser.add_argument(
        "--num-loop-songs",
        type=bounded_int(1, 10**6),
        default=1000,
        help="songs to search for loops with the default settings (default: %(default)s)",
    )
    parser.add_argument(
        "--songs",
        metavar="FILE",
        default=os.path.relpath(SONGBOOK),
        help="CSV or CSV.gz file that the runs were trained on (default: the songbook)",
    )
    parser.add_argument(
        "--cache-dir",
        metavar="DIR",
        default=".cache/lyrics",
        help="folder for tokenized songs (default: %(default)s)",
    )


def run(args: argparse.Namespace) -> None:
    """Measure all runs, then print and save the table."""
    folder = Path(args.checkpoint_dir) / "lyrics"
    runs = args.runs or runs_trained_on(folder, args.songs)
    if not runs:
        raise GeneError(
            f"{folder}: no run was trained on {args.songs}; train one with python -m train.lyrics"
        )
    columns = {}
    for name in runs:
        columns[name], people = measure(folder / name, args)
    if BASELINE in columns:
        baseline = columns[BASELINE]["perplexity"]
        for column in columns.values():
            column["perplexity_ratio_gene_lyrica_one"] = column["perplexity"] / baseline
    text = as_table(columns | {"human songs": people})
    write_text(folder / "table.md", text)
    print(text, end="")


def runs_trained_on(folder: Path, songs: str | Path) -> list[str]:
    """Return the names of the runs in `folder` that were trained on a table of songs."""
    fingerprint = sha256(songs)
    return sorted(
        path.parent.name
        for path in folder.glob("*/model.keras")
        if read_meta(path.parent).get("data", {}).get("songs_sha256") == fingerprint
    )


def measure(folder: Path, args: argparse.Namespace) -> tuple[dict[str, float], dict[str, float]]:
    """Measure one run; save measurements and sample songs in its folder.

    Returns:
        The measurements of the run, and those of the human songs that it is compared with.
    """
    model, vocabulary, meta = load_model(folder)
    this = _Run(
        folder,
        model,
        vocabulary,
        meta,
        read_config(folder),
        held_out=open_corpus(args.cache_dir, args.songs, None, None, vocabulary),
        learned=open_corpus(
            args.cache_dir, args.songs, None, None, vocabulary, **meta["data"]["filters"]
        ),
    )
    metrics = measure_prediction(this)
    if known_artists(meta):
        metrics["perplexity_artist_given"] = _perplexity_artist_given(this, args)
    of_songs, of_people, samples = measure_songs(this, args)
    metrics |= of_songs
    write_text(folder / "samples" / "songs.txt", "\n\n---\n\n".join(samples) + "\n")
    meta["metrics"] |= {"test": metrics}
    write_json(folder / "meta.json", meta)
    return metrics, of_people


def measure_prediction(this: _Run) -> dict[str, float]:
    """Measure how well a run and a 5-gram model predict the next token of test songs."""
    test = sequences(this.held_out, "test")
    training = sequences(this.learned, "training")
    ngram_model = KneserNey([song.tolist() for song in training], NGRAM_ORDER, len(this.vocabulary))
    cross_entropy, is_right = _score_all(lambda song: score_song(this.model, song), test)
    their_cross_entropy, their_is_right = _score_all(ngram_model.score, test)
    step = max(1, len(training) // NUM_TRAINING_SONGS)
    sample = training[::step][:NUM_TRAINING_SONGS]
    _, is_right_in_training = _score_all(lambda song: score_song(this.model, song), sample)
    tokens = np.concatenate(test)
    words = tokens[(tokens != BOS_EOS) & (tokens != NEWLINE)]
    difference = cross_entropy.mean() - their_cross_entropy.mean()
    return {
        "perplexity": float(np.exp(cross_entropy.mean())),
        "perplexity_ratio_5gram": float(np.exp(difference)),
        "accuracy": float(is_right.mean()),
        "accuracy_5gram": float(their_is_right.mean()),
        "accuracy_training_songs": float(is_right_in_training.mean()),
        "vocabulary_coverage": float(np.mean(words != UNK)),
    }


def _score_all(score, songs: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Concatenate the scores of all tokens of all songs."""
    scores = [score(song) for song in songs]
    return (
        np.concatenate([cross_entropy for cross_entropy, _ in scores]),
        np.concatenate([is_right for _, is_right in scores]),
    )


def _perplexity_artist_given(this: _Run, args: argparse.Namespace) -> float:
    """Measure the perplexity of test songs when the network is told the artist."""
    artists = known_artists(this.meta)
    with_artists = open_corpus(
        args.cache_dir, args.songs, None, None, this.vocabulary, condition_on_artist=True
    )
    names = ["", *with_artists.meta["artists"]]
    cross_entropy = []
    songs = zip(sequences(this.held_out, "test"), with_artists.songs("test"), strict=True)
    for song, (start, _) in songs:
        name = names[int(with_artists.tokens[start + 1]) - len(this.vocabulary)]
        artist = artists.index(name) + 1 if name in artists else 0
        cross_entropy.append(score_song(this.model, song, artist)[0])
    return float(np.exp(np.concatenate(cross_entropy).mean()))


def measure_songs(
    this: _Run, args: argparse.Namespace
) -> tuple[dict[str, float], dict[str, float], list[str]]:
    """Measure songs that a run writes.

    Returns:
        The measurements of the run, those of human songs, and some of the songs as text.
    """
    held_out = _songs_as_words(this.held_out, this.vocabulary, ["validation", "test"])
    copied = CopiedPhrases(_songs_as_words(this.learned, this.vocabulary, ["training"]))
    excerpts = reference_excerpts(held_out, args.num_songs)
    if not excerpts:
        raise GeneError(f"{args.songs}: no held-out song is long enough to compare with")
    prompts = [tuple(excerpt[:PROMPT_LENGTH]) for excerpt in excerpts]

    def write(prompts, **settings):
        config = replace(this.config, **settings)
        return generate_all(this.model, this.vocabulary, prompts, config)

    metrics = {key: _loop_rate(write(prompts, **kw)) for key, kw in LOOP_SETTINGS.items()}
    many_prompts = prompts_from(held_out, args.num_loop_songs)
    metrics["loop_rate_default"] = _loop_rate(write(many_prompts))
    songs = write(prompts)
    metrics |= describe(songs, copied)
    metrics["copied_phrase_length"] = COPIED_PHRASE_LENGTH
    of_people = describe([excerpt[PROMPT_LENGTH:] for excerpt in excerpts], copied)
    of_people["loop_rate_default"] = _loop_rate(excerpts)
    samples = [
        detokenize([*prompt, *song]).strip()
        for prompt, song in zip(prompts[:NUM_SAMPLES], songs, strict=False)
    ]
    return metrics, of_people, samples


def describe(songs: Sequence[Sequence[str]], copied: CopiedPhrases) -> dict[str, float]:
    """Measure songs, given as lists of words: diversity, copied phrases, rhyme, line lengths."""
    mean, std = line_lengths(songs)
    is_copied = [mark for song in songs for mark in copied.is_copied(song)]
    return {
        "distinct_2": distinct_n(songs, 2),
        "distinct_3": distinct_n(songs, 3),
        "self_bleu": self_bleu(songs),
        "copied_words": float(np.mean(is_copied)),
        "longest_copied_phrase": max(copied.longest(song) for song in songs),
        "rhyme_rate": rhyme_rate(songs),
        "words_per_line": mean,
        "words_per_line_std": std,
    }


def _loop_rate(songs: Sequence[Sequence[str]]) -> float:
    return float(np.mean([has_loop(song) for song in songs]))


def _songs_as_words(
    corpus: Corpus, vocabulary: Vocabulary, splits: Sequence[str]
) -> list[list[str]]:
    """Return the songs of some splits as lists of words, without the token that starts them."""
    return [
        vocabulary.decode(corpus.tokens[start + 1 : end])
        for split in splits
        for start, end in corpus.songs(split)
    ]


def sequences(corpus: Corpus, split: str) -> list[np.ndarray]:
    """Return the songs of a split as token ids, int32, with `BOS_EOS` at both ends.

    Raises:
        GeneError: There is none.
    """
    songs = [
        np.append(corpus.tokens[start:end], BOS_EOS).astype("int32")
        for start, end in corpus.songs(split)
    ]
    if not songs:
        raise GeneError(f"there are no {split} songs among these; use more songs")
    return songs


def score_song(
    model: LyricsModel, song: np.ndarray, artist: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Score how well a network predicts a song.

    Args:
        model: The network.
        song: Token ids with `BOS_EOS` at both ends.
        artist: Whose song it is: 0 for any artist, else the position of the artist from 1 on.

    Returns:
        Cross-entropy in nats of every token but the first, and whether the most likely token was
        the right one; both have shape (tokens - 1,).
    """
    logits = ops.convert_to_numpy(model.logits(song[:-1].tolist(), artist)).astype("float64")
    logits -= logits.max(axis=1, keepdims=True)
    log_probabilities = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    targets = song[1:]
    cross_entropy = -log_probabilities[np.arange(len(targets)), targets]
    return cross_entropy, log_probabilities.argmax(axis=1) == targets
