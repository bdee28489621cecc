"""The command line of `python -m train.lyrics`."""

import argparse

from common.cli import Parser, add_recipes, bounded_float, bounded_int
from train.core.run import add_run_flags
from train.lyrics.recipes import DEFAULT_LENGTHS, OWN_SONGS, RECIPES
from train.lyrics.sampled_softmax import MIN_VOCABULARY, NUM_SAMPLED

FILTERS = ["artists", "top_artists", "min_songs", "first_rows", "max_songs"]  # of `read_songs`


def parse(argv: list[str], doc: str) -> argparse.Namespace:
    """Parse the command line.

    Args:
        argv: Arguments without the program name.
        doc: Description for --help.
    """
    parser = Parser(doc, prog="python -m train.lyrics")
    _add_song_flags(parser)
    _add_network_flags(parser)
    _add_training_flags(parser)
    add_run_flags(parser, "lyrics")
    args = add_recipes(parser, RECIPES, argv)
    _adapt_to_own_songs(args)
    length_flag, default = DEFAULT_LENGTHS[args.model]
    if getattr(args, length_flag) is None:
        setattr(args, length_flag, default)
    return args


def _adapt_to_own_songs(args: argparse.Namespace) -> None:
    """Replace those recipe values that only fit the songs that come with Gene."""
    if "songs" not in args.given:
        return
    if not args.given & {"artists", "top_artists", "min_songs", "first_rows"}:
        vars(args).update(OWN_SONGS.get(args.recipe, {}))
    if "init_from" not in args.given:
        args.init_from = None


def _add_song_flags(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("songs")
    group.add_argument(
        "--songs",
        metavar="FILE",
        help="songs to train on: a CSV or CSV.gz file with columns artist and text",
    )
    group.add_argument(
        "--vocabulary-from",
        metavar="FILE",
        help="build the vocabulary from this table of songs instead of --songs",
    )
    group.add_argument("--artists", metavar="NAME", nargs="+", help="use only these artists")
    group.add_argument(
        "--top-artists",
        type=bounded_int(1, 10**6),
        help="use only the N artists with the most songs (default: all)",
    )
    group.add_argument(
        "--min-songs",
        type=bounded_int(1, 10**6),
        help="use only artists with at least N songs (default: 1)",
    )
    group.add_argument(
        "--first-rows",
        type=bounded_int(1, 10**9),
        help="read only the first N rows of the file (default: all)",
    )
    group.add_argument(
        "--max-songs",
        type=bounded_int(1, 10**9),
        help="use at most N songs, after the other filters (default: all)",
    )
    group.add_argument(
        "--min-count",
        type=bounded_int(1, 10**6),
        help="treat words that occur fewer than N times as unknown",
    )
    group.add_argument(
        "--max-vocabulary",
        type=bounded_int(16, 10**6),
        help="vocabulary size: keep only the N most frequent words",
    )
    group.add_argument(
        "--condition-on-artist",
        action=argparse.BooleanOptionalAction,
        help="tell the network whose song it reads, so that it can write in an artist's style "
        "(lstm only)",
    )
    group.add_argument(
        "--cache-dir",
        metavar="DIR",
        default=".cache/lyrics",
        help="folder for the tokenized songs (default: %(default)s)",
    )


def _add_network_flags(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("network")
    group.add_argument(
        "--model",
        choices=list(DEFAULT_LENGTHS),
        help="lstm: LSTM language model; bigru: bidirectional GRUs over a window of words; "
        "seq2seq: GRU encoder-decoder that writes whole lines",
    )
    group.add_argument(
        "--embedding-dim", type=bounded_int(1, 4096), help="size of the word embeddings"
    )
    group.add_argument(
        "--units",
        type=bounded_int(1, 8192),
        nargs="+",
        help="size of each LSTM layer; bigru and seq2seq take one size, that of every layer",
    )
    group.add_argument("--dropout", type=bounded_float(0, 0.95), help="dropout rate, 0 to 0.95")
    group.add_argument(
        "--recurrent-dropout",
        type=bounded_float(0, 0.95),
        help="dropout rate of the LSTM state (lstm only)",
    )
    group.add_argument(
        "--word-dropout",
        type=bounded_float(0, 0.95),
        help="share of the vocabulary whose embeddings are dropped in a step (lstm only)",
    )


def _add_training_flags(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("training")
    group.add_argument(
        "--init-from",
        metavar="RUN",
        type=lambda name: None if name == "none" else name,
        help="start from the weights of this run, or none (lstm only)",
    )
    group.add_argument("--batch-size", type=bounded_int(1, 65536), help="sequences per step")
    group.add_argument(
        "--sequence-length",
        type=bounded_int(1, 1024),
        help="words per training sequence; the state carries over to the next one (lstm only)",
    )
    group.add_argument(
        "--context-length",
        type=bounded_int(1, 1024),
        help="number of preceding words that the network reads (bigru and seq2seq only)",
    )
    group.add_argument(
        "--num-sampled",
        type=bounded_int(0, 10**6),
        help="number of negative samples for the sampled softmax; 0 uses the full softmax (lstm "
        f"only; default: {NUM_SAMPLED:,} for vocabularies of {MIN_VOCABULARY:,} words or more, "
        "else 0)",
    )
    group.add_argument(
        "--learning-rate",
        type=bounded_float(1e-7, 10),
        help="peak learning rate (cosine decay after a short warm-up)",
    )
    group.add_argument(
        "--weight-decay", type=bounded_float(0, 1), help="weight decay of AdamW, per step"
    )
    group.add_argument(
        "--stop-at-train-accuracy",
        type=bounded_float(0, 1),
        metavar="SHARE",
        help="memorize: keep the network that fits the training songs best, and stop when it "
        "predicts this share of their words (0: keep the best on held-out songs)",
    )
