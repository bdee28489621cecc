"""Build what a training run needs: the corpus, the network, its trainer and the batches."""

import argparse
from functools import partial
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from common.cli import GeneError
from data.lyrics.corpus import Corpus, open_corpus
from data.lyrics.poetry import POETRY, VERSE
from data.lyrics.vocabulary import BOS_EOS
from models.bigru import WindowedBiGRU
from models.lyrics import LSTMLanguageModel, LyricsModel
from models.seq2seq import LineSeq2Seq
from train.core.batches import ResumableBatches
from train.lyrics.arguments import FILTERS
from train.lyrics.batches import LineBatches, StatefulBatches, WindowBatches
from train.lyrics.sampled_softmax import MIN_VOCABULARY, NUM_SAMPLED, SampledSoftmaxTrainer
from train.lyrics.trainers import (
    LineSeq2SeqTrainer,
    LSTMTrainer,
    NextTokenTrainer,
    WindowTrainer,
)

MAX_EVALUATED_SONGS = 1000  # songs of a split on which a network is evaluated
WARMUP_STEPS = 100
FINAL_LEARNING_RATE = 0.02  # share of the peak


class Training(NamedTuple):
    """What `build` returns.

    Attributes:
        trainer: The compiled trainer.
        batches: Training batches.
        train_sample: All examples of up to `MAX_EVALUATED_SONGS` training songs.
        validation: The same for validation songs.
    """

    trainer: NextTokenTrainer
    batches: ResumableBatches
    train_sample: tuple
    validation: tuple


def read_corpus(args: argparse.Namespace) -> Corpus:
    """Open the corpus that the flags ask for.

    Raises:
        GeneError: The songs cannot be read.
    """
    for path in filter(None, (args.songs, args.vocabulary_from)):
        _require_poetry(path)
    limits = (args.min_count, args.max_vocabulary)
    vocabulary = None
    if args.vocabulary_from:
        vocabulary = open_corpus(args.cache_dir, args.vocabulary_from, *limits).vocabulary
    filters = {name: getattr(args, name) for name in FILTERS}
    return open_corpus(
        args.cache_dir, args.songs, *limits, vocabulary, args.condition_on_artist, **filters
    )


def _require_poetry(path: str) -> None:
    commands = {
        VERSE: "python -m data.lyrics.poetry",
        POETRY: "python -m data.lyrics.poetry --all",
    }
    if path in commands and not Path(path).exists():
        raise GeneError(
            f"{path}: no such file; make it first: pip install -e '.[poetry]' && {commands[path]}"
        )


def build(args: argparse.Namespace, corpus: Corpus) -> Training:
    """Build the trainer and the batches.

    Raises:
        GeneError: There are too few songs, or the model does not support the flags.
    """
    validation_songs = corpus.songs("validation")[:MAX_EVALUATED_SONGS]
    if not len(validation_songs):
        count = sum(corpus.meta["songs"].values())
        raise GeneError(
            f"{args.songs}: {count} songs are too few to hold out 8 % for validation; "
            "use at least 50 songs"
        )
    network = build_network(args, corpus)
    make_batches = _batches_class(args, network)
    batches = make_batches(corpus.tokens, corpus.songs("training"))
    train_sample, validation = [
        make_batches(corpus.tokens, songs, require_full_batch=False).as_one_batch()
        for songs in (corpus.songs("training")[:MAX_EVALUATED_SONGS], validation_songs)
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
    """Build the network that the flags ask for."""
    vocabulary_size = len(corpus.vocabulary)
    artists = corpus.meta.get("artists", [])
    if args.model == "lstm":
        return LSTMLanguageModel(
            vocabulary_size,
            args.embedding_dim,
            args.units,
            args.dropout,
            args.recurrent_dropout,
            args.word_dropout,
            num_artist_tokens=len(artists) + 1 if artists else 0,
        )
    if artists:
        raise GeneError(
            f"--condition-on-artist: not possible with --model {args.model}; "
            "use --no-condition-on-artist"
        )
    network_class = WindowedBiGRU if args.model == "bigru" else LineSeq2Seq
    return network_class(
        vocabulary_size, args.context_length, args.embedding_dim, args.units[0], args.dropout
    )


def _batches_class(args: argparse.Namespace, network: LyricsModel) -> partial:
    """Return a function from token ids and songs to the batches that the network needs."""
    common = dict(batch_size=args.batch_size, seed=args.seed)
    if isinstance(network, LSTMLanguageModel):
        any_artist = network.vocabulary_size if network.num_artist_tokens else None
        return partial(
            StatefulBatches, sequence_length=args.sequence_length, any_artist=any_artist, **common
        )
    if isinstance(network, LineSeq2Seq):
        return partial(
            LineBatches,
            context_length=args.context_length,
            max_line_length=network.max_line_length,
            **common,
        )
    return partial(WindowBatches, context_length=args.context_length, **common)


def build_trainer(
    args: argparse.Namespace, network: LyricsModel, corpus: Corpus
) -> NextTokenTrainer:
    """Build the trainer of a network, not compiled."""
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
