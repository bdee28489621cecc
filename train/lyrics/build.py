"""Build what a training run needs: the corpus, the network, its trainer and the batches."""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np

from common.cli import GeneError
from common.runs import find_any_run
from data.lyrics.corpus import Corpus, open_corpus
from data.lyrics.poetry import POETRY, VERSE
from data.lyrics.slots import MAX_TITLE_WORDS
from data.lyrics.vocabulary import BOS_EOS
from models.bigru import WindowedBiGRU
from models.lyrics import LSTMLanguageModel, LyricsModel
from models.seq2seq import LineSeq2Seq
from train.core.batches import ResumableBatches
from train.lyrics.arguments import read_filters
from train.lyrics.batches import LineBatches, WindowBatches, repeat_batches
from train.lyrics.recipes import MIN_VOCABULARY, NUM_SAMPLED
from train.lyrics.sampled_softmax import SampledSoftmaxTrainer
from train.lyrics.stateful_batches import StatefulBatches
from train.lyrics.trainers import (
    LineSeq2SeqTrainer,
    LSTMTrainer,
    NextTokenTrainer,
    WindowTrainer,
)
from train.lyrics.warm_start import load_source_vocabulary
from train.lyrics.word_hider import WordHider

MAX_UNKNOWN = 0.5  # if a larger fraction of the words is unknown, training is refused
MAX_RARE = 0.15  # if a larger fraction is unknown, the vocabulary includes rare words
MIN_STEPS = 20  # minimum number of steps per epoch; an epoch repeats the songs if they are few
MAX_EVALUATED_SONGS = 1000  # maximum number of songs per split to evaluate on
WARMUP_STEPS = 100
FINAL_LEARNING_RATE = 0.02  # as a fraction of the peak


class Training(NamedTuple):
    """The trainer, the batches and the evaluation data of a training run.

    Attributes:
        trainer: The compiled trainer.
        batches: Training batches.
        train_sample: All examples of up to `MAX_EVALUATED_SONGS` training songs, as one batch.
        validation: All examples of up to `MAX_EVALUATED_SONGS` validation songs, as one batch.
    """

    trainer: NextTokenTrainer
    batches: ResumableBatches
    train_sample: tuple
    validation: tuple


def read_corpus(args: argparse.Namespace, resumed: dict | None = None) -> Corpus:
    """Open the corpus that the flags describe.

    With --init-from and --keep-vocabulary, the vocabulary includes all words of the other run. A
    run that an earlier version of Gene started without these words is resumed without them.

    Args:
        args: Parsed flags; `min_count` becomes 1 if the songs have too many rare words.
        resumed: The description of the data in meta.json, if a run is resumed.

    Raises:
        GeneError: If the songs cannot be read, or if most of their words are unknown.
    """
    for path in filter(None, (args.songs, args.more_songs, args.vocabulary_from)):
        _require_poetry(path)
    wants = bool(args.init_from) and args.keep_vocabulary
    inherits = wants and (not resumed or "base_vocabulary_sha256" in resumed)
    corpus = _open(args, inherits)
    if corpus.unknown_share() > MAX_RARE and "min_count" not in args.given:
        args.min_count = 1
        corpus = _open(args, inherits)
    _check_vocabulary(args, corpus)
    return corpus


def _open(args: argparse.Namespace, inherits: bool) -> Corpus:
    limits = (args.min_count, args.max_vocabulary)
    vocabulary = base_vocabulary = None
    if args.vocabulary_from:
        vocabulary = open_corpus(args.cache_dir, args.vocabulary_from, *limits).vocabulary
    elif inherits:
        folder = find_any_run("lyrics", args.init_from, args.checkpoint_dir)
        base_vocabulary = load_source_vocabulary(folder)
    return open_corpus(
        args.cache_dir,
        args.songs,
        *limits,
        vocabulary,
        args.condition_on_artist,
        base_vocabulary,
        args.condition_on_title,
        args.slots,
        args.more_songs,
        **read_filters(args),
    )


def _check_vocabulary(args: argparse.Namespace, corpus: Corpus) -> None:
    """Raise GeneError if most words are unknown; print a note if many are."""
    share = corpus.unknown_share()
    message = f"{args.songs}: {share:.0%} of the words are not in the vocabulary"
    advice = "use --min-count 1, a larger --max-vocabulary or other songs for --vocabulary-from"
    if share > MAX_UNKNOWN:
        raise GeneError(f"{message}, so the network would learn nothing; {advice}")
    if share > MAX_RARE:
        print(f"note: {message}; {advice}", flush=True)


def _require_poetry(path: str) -> None:
    commands = {
        VERSE: "python -m data.lyrics.poetry",
        POETRY: "python -m data.lyrics.poetry --all",
    }
    if path in commands and not Path(path).exists():
        raise GeneError(
            f"{path}: no such file; create it first: pip install -e '.[poetry]' && {commands[path]}"
        )


def build(args: argparse.Namespace, corpus: Corpus) -> Training:
    """Build the trainer and the batches.

    Raises:
        GeneError: If there are too few songs, or if the model does not support the flags.
    """
    if args.model == "lstm":  # each row needs a song, so extra rows would be empty
        args.batch_size = min(args.batch_size, len(corpus.songs("training")))
    network = build_network(args, corpus)
    make_batches = _batches_function(args, network, corpus)
    batches = repeat_batches(make_batches("training"), MIN_STEPS)
    train_sample, validation = [
        make_batches(split, MAX_EVALUATED_SONGS).as_one_batch()
        for split in ("training", "validation")
    ]
    trainer = build_trainer(args, network, corpus)
    schedule = keras.optimizers.schedules.CosineDecay(
        args.learning_rate / 10,
        batches.steps * args.epochs,
        alpha=FINAL_LEARNING_RATE,
        warmup_target=args.learning_rate,
        warmup_steps=min(WARMUP_STEPS, batches.steps),
    )
    trainer.compile(
        keras.optimizers.AdamW(schedule, weight_decay=args.weight_decay, global_clipnorm=1.0)
    )
    return Training(trainer, batches, train_sample, validation)


def build_network(args: argparse.Namespace, corpus: Corpus) -> LyricsModel:
    """Build the network that the flags describe."""
    vocabulary_size = len(corpus.vocabulary)
    artists = corpus.meta.get("artists", [])
    has_titles = bool(corpus.meta.get("titles"))
    if args.model == "lstm":
        return LSTMLanguageModel(
            vocabulary_size,
            args.embedding_dim,
            args.units,
            args.dropout,
            args.recurrent_dropout,
            args.word_dropout,
            num_artist_tokens=len(artists) + 1 if artists else 0,
            num_title_words=MAX_TITLE_WORDS if has_titles else 0,
        )
    refused = {"condition-on-artist": artists, "condition-on-title": has_titles}
    for flag in (flag for flag, is_used in refused.items() if is_used):
        raise GeneError(f"--{flag}: not supported with --model {args.model}; use --no-{flag}")
    network_class = WindowedBiGRU if args.model == "bigru" else LineSeq2Seq
    return network_class(
        vocabulary_size, args.context_length, args.embedding_dim, args.units[0], args.dropout
    )


def _batches_function(
    args: argparse.Namespace, network: LyricsModel, corpus: Corpus
) -> Callable[..., Any]:
    """Return a function that makes the batches for a network.

    The arguments of that function are the name of a split and, optionally, the number of songs.
    """
    if isinstance(network, LSTMLanguageModel):
        return partial(_stateful_batches, args, network, corpus)
    batches_class: Callable = WindowBatches
    if isinstance(network, LineSeq2Seq):
        batches_class = partial(LineBatches, max_line_length=network.max_line_length)
    return lambda split, limit=None: batches_class(
        corpus.tokens,
        corpus.songs(split)[:limit],
        context_length=args.context_length,
        batch_size=args.batch_size,
        seed=args.seed,
    )


def _stateful_batches(
    args: argparse.Namespace,
    network: LSTMLanguageModel,
    corpus: Corpus,
    split: str,
    limit: int | None = None,
) -> StatefulBatches:
    songs = corpus.songs(split)[:limit]
    titles = corpus.titles(split)
    hider = None
    if titles is not None:
        titles = titles[:limit]
        if corpus.vocabulary.slots and split == "training":
            hider = WordHider(corpus.vocabulary, corpus.tokens, songs, titles)
    return StatefulBatches(
        corpus.tokens,
        songs,
        args.batch_size,
        args.sequence_length,
        args.seed,
        any_artist=network.vocabulary_size if network.num_artist_tokens else None,
        titles=titles,
        word_hider=hider,
    )


def build_trainer(
    args: argparse.Namespace, network: LyricsModel, corpus: Corpus
) -> NextTokenTrainer:
    """Build the trainer of a network without compiling it."""
    if isinstance(network, WindowedBiGRU):
        return WindowTrainer(network)
    if isinstance(network, LineSeq2Seq):
        return LineSeq2SeqTrainer(network)
    num_sampled = args.num_sampled
    if num_sampled is None:
        num_sampled = NUM_SAMPLED if network.vocabulary_size >= MIN_VOCABULARY else 0
    if num_sampled == 0:
        return LSTMTrainer(network, args.batch_size)
    counts = np.array(corpus.vocabulary.counts, dtype="float64")
    counts[BOS_EOS] = len(corpus.songs("training"))
    return SampledSoftmaxTrainer(network, args.batch_size, counts, num_sampled)
