"""Train a network that writes lyrics, word by word.

    python -m train.lyrics                              the quick recipe on the embedded songbook
    python -m train.lyrics --recipe verse               the language, out of old verse (python -m data.lyrics.poetry)
    python -m train.lyrics --recipe gene-lyrica-two     ours: what has read the verse now reads the songs
    python -m train.lyrics --recipe gene-lyrica-one     the original's network: 14 words in, one word out
    python -m train.lyrics --recipe next-line           the other technique: 28 words in, the whole next line out
    python -m train.lyrics --recipe baba-twist          one band's songs, until it knows 80 % of the words by heart
    python -m train.lyrics --recipe tod-wonkin          the same network, everything once: it has only begun
    python -m train.lyrics --recipe poetry              22 million words of verse, 32,000 different (sampled softmax)
    python -m train.lyrics --songs songdata.csv --first 100 --run abc
    python -m train.lyrics --recipe gene-lyrica-two --resume        go on where it was stopped

Songs are a CSV file with at least the columns artist and text, plain or gzip. 8 songs of 100 are held out to watch
the training, 8 more to measure it; which ones hangs on the song alone. With songs of your own, recipes
take what the original took: the first 100 songs (baba-twist), the 20 artists with the most (gene-lyrica-one), or
everything; flags change that too. The run goes to checkpoints/lyrics/RUN.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

import argparse
import math
import os
from functools import partial
from pathlib import Path

import keras
import numpy as np

from common.cli import GeneError, Parser, add_recipes, bounded_float, bounded_int, run_cli
from data.lyrics.corpus import open_corpus
from data.lyrics.poetry import POETRY, VERSE
from data.lyrics.songs import SONGBOOK
from data.lyrics.vocabulary import BOS_EOS
from generate.lyrics.samplers import Sampling
from generate.lyrics.song import song_text
from models.lyrics import LSTMLanguageModel, WindowedBiGRU
from models.seq2seq import LineSeq2Seq
from train.core.fit import fit
from train.core.meta import write_meta
from train.core.run import add_run_flags, open_run
from train.lyrics.batches import StatefulBatches, WindowBatches
from train.lyrics.line_batches import LineBatches
from train.lyrics.sampled_softmax import MIN_VOCABULARY, NUM_SAMPLED, SampledSoftmaxTrainer
from train.lyrics.trainers import LineSeq2SeqTrainer, LSTMTrainer, WindowTrainer
from train.lyrics.warm_start import begin_with

HELD_OUT_SONGS = 1000  # at most: a larger corpus needs no larger watch
FILTERS = ["artists", "most_artists", "min_songs", "first", "limit"]
STREAM = dict(
    songs=os.path.relpath(SONGBOOK),
    words_of=None,
    begin_with=None,
    artists=None,
    most_artists=None,
    min_songs=1,
    first=None,
    bands=False,
    kind="stream",
    width=128,
    units=[256],
    dropout=0.4,
    recurrent_dropout=0.0,
    word_dropout=0.0,
    lanes=16,
    length=32,
    learning_rate=4e-3,
    weight_decay=0.01,
    epochs=6,
    patience=4,
    by_heart=0.0,
    min_count=2,
    max_vocabulary=16384,
    sampled=None,
)
WINDOW = STREAM | dict(
    kind="window",
    width=50,
    units=[128],
    dropout=0.3,
    lanes=256,
    length=14,
    learning_rate=1e-3,
    weight_decay=0.0,
    epochs=50,
    patience=3,
)
LARGE = dict(width=224, units=[448])
RECIPES = {
    "quick": STREAM,
    "verse": STREAM
    | LARGE
    | dict(songs=VERSE, words_of=os.path.relpath(SONGBOOK), dropout=0.2, lanes=64, epochs=4),
    "gene-lyrica-two": STREAM
    | LARGE
    | dict(
        begin_with="verse",
        bands=True,
        dropout=0.5,
        recurrent_dropout=0.2,
        word_dropout=0.1,
        learning_rate=2e-3,
        epochs=16,
        patience=4,
    ),
    "gene-lyrica-one": WINDOW,
    "poetry": STREAM
    | dict(songs=POETRY, dropout=0.1, lanes=32, epochs=1, max_vocabulary=MIN_VOCABULARY),
    "next-line": STREAM
    | dict(
        kind="lines",
        width=96,
        units=[192],
        lanes=64,
        length=28,
        learning_rate=3e-3,
        epochs=8,
        patience=2,
    ),
    "baba-twist": STREAM
    | dict(
        artists=["Marzipan Avenue"],
        width=64,
        units=[192],
        dropout=0.0,
        lanes=8,
        epochs=100,
        patience=100,
        weight_decay=0.0,
        by_heart=0.8,
        min_count=1,
    ),
    "tod-wonkin": WINDOW | dict(epochs=1),
}
OWN_SONGS = {  # what the original took of its 55,000 songs, for whoever brings a table
    "baba-twist": dict(artists=None, first=100),
    "gene-lyrica-one": dict(most_artists=20),
}


def parse(argv):
    """The flags, the recipe's numbers filled in."""
    parser = Parser(__doc__, prog="python -m train.lyrics")
    songs = parser.add_argument_group("songs")
    songs.add_argument("--songs", metavar="FILE", help="CSV or CSV.gz (default: the songbook)")
    songs.add_argument(
        "--words-of", metavar="FILE", help="know the words of these songs instead (CSV or CSV.gz)"
    )
    songs.add_argument("--artists", metavar="NAME", nargs="+", help="only these artists")
    songs.add_argument(
        "--most-artists",
        type=bounded_int(1, 10**6),
        help="only so many artists, those with the most songs",
    )
    songs.add_argument(
        "--min-songs", type=bounded_int(1, 10**6), help="only artists with so many songs or more"
    )
    songs.add_argument(
        "--first", type=bounded_int(1, 10**9), help="only the first songs of the file"
    )
    songs.add_argument(
        "--limit",
        type=bounded_int(1, 10**9),
        help="so many songs at most, counted after the other filters",
    )
    songs.add_argument(
        "--min-count", type=bounded_int(1, 10**6), help="words seen less often are unknown"
    )
    songs.add_argument(
        "--max-vocabulary", type=bounded_int(16, 10**6), help="so many words at most, the commonest"
    )
    songs.add_argument(
        "--bands",
        action=argparse.BooleanOptionalAction,
        help="tell the network whose song it is (stream only)",
    )
    songs.add_argument(
        "--cache-dir", metavar="DIR", default=".cache/lyrics", help="where songs wait as numbers"
    )
    network = parser.add_argument_group("network")
    network.add_argument("--kind", choices=["stream", "window", "lines"], help="which network")
    network.add_argument("--width", type=bounded_int(1, 4096), help="numbers a word")
    network.add_argument(
        "--units", type=bounded_int(1, 8192), nargs="+", help="units of each recurrent layer"
    )
    network.add_argument(
        "--dropout", type=bounded_float(0, 0.95), help="share of numbers dropped in training"
    )
    network.add_argument(
        "--recurrent-dropout",
        type=bounded_float(0, 0.95),
        help="the same of the state (stream only)",
    )
    network.add_argument(
        "--word-dropout",
        type=bounded_float(0, 0.95),
        help="share of words dropped whole (stream only)",
    )
    training = parser.add_argument_group("training")
    training.add_argument(
        "--begin-with",
        metavar="RUN",
        type=lambda name: None if name == "none" else name,
        help="go on from what this run has learned, or none (stream only)",
    )
    training.add_argument("--lanes", type=bounded_int(1, 65536), help="rows of a batch")
    training.add_argument(
        "--length",
        type=bounded_int(1, 1024),
        help="words of a row; window, lines: how far it looks back",
    )
    training.add_argument(
        "--sampled",
        type=bounded_int(0, 10**6),
        help="weigh a target against so many words drawn by chance, 0 for all (stream only; default: "
        f"{NUM_SAMPLED:,} where the vocabulary has {MIN_VOCABULARY:,} words or more, else 0)",
    )
    training.add_argument(
        "--learning-rate",
        type=bounded_float(1e-7, 10),
        help="its highest value; it falls along a cosine",
    )
    training.add_argument("--weight-decay", type=bounded_float(0, 1), help="of AdamW")
    training.add_argument(
        "--by-heart",
        type=bounded_float(0, 1),
        help="watch the training songs and stop when this share of their words is guessed right",
    )
    add_run_flags(parser, "lyrics")
    args = add_recipes(parser, RECIPES, argv)
    if "songs" in args.given and not args.given & {
        "artists",
        "most_artists",
        "min_songs",
        "first",
    }:
        vars(args).update(OWN_SONGS.get(args.recipe, {}))
    if "songs" in args.given and "begin_with" not in args.given:
        args.begin_with = None
    return args


def read_corpus(args):
    """The corpus that the flags ask for."""
    counted = (args.min_count, args.max_vocabulary)
    own = open_corpus(args.cache_dir, args.words_of, *counted).vocabulary if args.words_of else None
    filters = {name: getattr(args, name) for name in FILTERS}
    return open_corpus(args.cache_dir, args.songs, *counted, own, bands=args.bands, **filters)


def build(args, corpus):
    """The trainer, the training batches and the held-out batches."""
    tokens, size, bands = corpus.tokens, len(corpus.vocabulary), corpus.meta.get("bands", [])
    if bands and args.kind != "stream":
        raise GeneError(f"--bands: a network of --kind {args.kind} cannot be told; give --no-bands")
    if args.kind == "window":
        network = WindowedBiGRU(size, args.length, args.width, args.units[0], args.dropout)
        trainer, batches = WindowTrainer(network), WindowBatches
    elif args.kind == "lines":
        network = LineSeq2Seq(size, args.length, args.width, args.units[0], args.dropout)
        trainer, batches = LineSeq2SeqTrainer(network), partial(LineBatches, reach=network.reach)
    else:
        network = LSTMLanguageModel(
            size,
            args.width,
            args.units,
            args.dropout,
            args.recurrent_dropout,
            args.word_dropout,
            len(bands) + 1 if bands else 0,
        )
        trainer, batches = (
            stream_trainer(args, network, corpus),
            partial(StatefulBatches, any_band=size if bands else None),
        )
    training, held_out = (
        batches(tokens, songs, args.lanes, args.length, args.seed)
        for songs in (corpus.songs("training"), corpus.songs("validation")[:HELD_OUT_SONGS])
    )
    schedule = keras.optimizers.schedules.CosineDecay(
        args.learning_rate / 10,
        training.steps * args.epochs,
        alpha=0.02,
        warmup_target=args.learning_rate,
        warmup_steps=min(100, training.steps),
    )
    trainer.compile(
        keras.optimizers.AdamW(schedule, weight_decay=args.weight_decay, global_clipnorm=1.0)
    )
    return trainer, training, held_out


def stream_trainer(args, network, corpus):
    """The trainer of a Stream: its softmax over all words, or sampled."""
    drawn = (
        args.sampled
        if args.sampled is not None
        else NUM_SAMPLED
        if network.vocabulary >= MIN_VOCABULARY
        else 0
    )
    if not drawn:
        return LSTMTrainer(network, args.lanes)
    counts = np.array(corpus.vocabulary.counts, dtype="float64")
    counts[BOS_EOS] = len(corpus.songs("training"))
    return SampledSoftmaxTrainer(network, args.lanes, counts, drawn)


def words_of(logs):
    """Loss, perplexity and accuracy in a few words."""
    nats = logs["cross_entropy"]
    return f"loss {nats:.3f}  perplexity {math.exp(min(nats, 50)):,.1f}  accuracy {logs['accuracy']:.1%}"


def main(argv):
    args = parse(argv)
    run = open_run(args)
    keras.utils.set_random_seed(args.seed)
    corpus = read_corpus(args)
    trainer, training, held_out = build(args, corpus)
    if args.begin_with and not args.resume:
        begin_with(
            Path(args.checkpoint_dir) / "lyrics" / args.begin_with,
            trainer.network,
            corpus.vocabulary,
        )
    write_meta(run, args, trainer.network, corpus.meta)
    corpus.vocabulary.save(run.path("vocabulary.tsv"))
    print(
        f"{run.folder}: {corpus.words('training'):,} words to learn, {len(corpus.vocabulary):,} different, "
        f"{run.meta['parameter_count']:,} weights",
        flush=True,
    )

    def sample(network, epoch):
        song = song_text(
            network, corpus.vocabulary, "hello world", Sampling(0.6), lines=8, seed=args.seed
        )
        run.write_sample(f"epoch-{epoch:03d}.txt", song + "\n")

    fit(
        run,
        trainer,
        training,
        args,
        monitor="cross_entropy" if args.by_heart else "val_cross_entropy",
        format_logs=words_of,
        on_sample=sample,
        stop_when=lambda logs: 0 < args.by_heart <= logs["accuracy"],
        validation_data=tuple(held_out.in_order()),
        validation_batch_size=args.lanes,
    )
    best = run.meta["best"]
    perplexity = math.exp(best["val_cross_entropy"])
    run.meta["metrics"] = {
        "held_out_perplexity": perplexity,
        "held_out_accuracy": best["val_accuracy"],
        "training_accuracy": best["accuracy"],
    }
    run.save_meta()
    print(
        f"best in epoch {best['epoch']}: held-out perplexity {perplexity:.1f}, "
        f"accuracy {best['val_accuracy']:.1%}"
    )


if __name__ == "__main__":
    run_cli(main)
