"""The command line of `python -m train.lyrics`."""

import argparse
from typing import Any

from common.cli import Parser, add_recipes, bounded_float, bounded_int
from data.lyrics.columns import FIELDS
from train.core.flags import add_run_flags, refuse_resumed_dry_run
from train.lyrics.recipes import (
    DEFAULT_LENGTHS,
    MIN_VOCABULARY,
    NUM_SAMPLED,
    OWN_SONGS,
    RECIPES,
)

# Arguments of `read_songs` that select songs.
FILTERS = ["artists", "top_artists", "min_songs", "first_rows", "max_songs"]


def parse(argv: list[str], doc: str) -> argparse.Namespace:
    """Parse the command line.

    Args:
        argv: The command-line arguments, without the program name.
        doc: Description for --help.
    """
    parser = Parser(doc, prog="python -m train.lyrics")
    _add_song_flags(parser)
    _add_network_flags(parser)
    _add_training_flags(parser)
    add_run_flags(parser, "lyrics")
    args = add_recipes(parser, RECIPES, argv)
    refuse_resumed_dry_run(parser, args)
    _adapt_to_own_songs(args)
    length_flag, default = DEFAULT_LENGTHS[args.model]
    if getattr(args, length_flag) is None:
        setattr(args, length_flag, default)
    return args


def _adapt_to_own_songs(args: argparse.Namespace) -> None:
    """Adapt a recipe to the user's songs; some values fit only the songs that come with Gene."""
    if "songs" not in args.given:
        return
    if not args.given & {"artists", "top_artists", "min_songs", "first_rows"}:
        vars(args).update(OWN_SONGS.get(args.recipe, {}))
    if "init_from" not in args.given:
        args.init_from = None
    if "more_songs" not in args.given:
        args.more_songs = None


def read_filters(args: argparse.Namespace) -> dict[str, Any]:
    """Return the keyword arguments of `read_songs` that the flags select.

    `columns` and `clean` are included only if they differ from their defaults, so that runs that
    earlier versions of Gene started can be resumed.
    """
    filters = {name: getattr(args, name) for name in FILTERS}
    if args.columns:
        filters["columns"] = dict(column.split("=", 1) for column in args.columns)
    if not args.clean:
        filters["clean"] = False
    return filters


def _column(text: str) -> str:
    """Check a value of --columns (an argparse type)."""
    field, equals, name = text.partition("=")
    if field not in FIELDS or not equals or not name.strip():
        raise argparse.ArgumentTypeError(
            f"{text!r} is not one of {', '.join(f'{field}=NAME' for field in FIELDS)}"
        )
    return text


def _add_song_flags(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("songs")
    group.add_argument(
        "--songs",
        metavar="PATH",
        help="songs to train on: a file, folder or archive; docs/own-data.md lists the formats",
    )
    group.add_argument(
        "--more-songs",
        metavar="PATH",
        type=lambda path: None if path == "none" else path,
        help="songs to train on in addition to --songs; none: only --songs",
    )
    group.add_argument(
        "--columns",
        type=_column,
        metavar="FIELD=NAME",
        nargs="+",
        help="columns of a table whose headers are not recognized: artist=NAME, title=NAME, "
        "text=NAME; NAME is a header or a column number, counted from 1",
    )
    group.add_argument(
        "--clean",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="remove duplicate songs, and everything that is not lyrics, such as HTML",
    )
    group.add_argument(
        "--dry-run",
        action="store_true",
        help="describe the songs in --songs, print three of them, and stop",
    )
    group.add_argument(
        "--vocabulary-from",
        metavar="PATH",
        help="build the vocabulary from these songs instead of --songs",
    )
    group.add_argument("--artists", metavar="NAME", nargs="+", help="use only these artists")
    group.add_argument(
        "--top-artists",
        metavar="N",
        type=bounded_int(1, 10**6),
        help="use only the N artists with the most songs (default: all)",
    )
    group.add_argument(
        "--min-songs",
        metavar="N",
        type=bounded_int(1, 10**6),
        help="use only artists with at least N songs (default: 1)",
    )
    group.add_argument(
        "--first-rows",
        metavar="N",
        type=bounded_int(1, 10**9),
        help="read only the first N songs, before the other filters (default: all)",
    )
    group.add_argument(
        "--max-songs",
        metavar="N",
        type=bounded_int(1, 10**9),
        help="use at most N songs, after the other filters (default: all)",
    )
    group.add_argument(
        "--min-count",
        metavar="N",
        type=bounded_int(1, 10**6),
        help="treat words that occur fewer than N times as unknown",
    )
    group.add_argument(
        "--max-vocabulary",
        metavar="N",
        type=bounded_int(16, 10**6),
        help="vocabulary size: keep only the N most frequent words",
    )
    group.add_argument(
        "--condition-on-artist",
        action=argparse.BooleanOptionalAction,
        help="give the network the artist of each song, so that it can write in an artist's style "
        "(lstm only)",
    )
    group.add_argument(
        "--condition-on-title",
        action=argparse.BooleanOptionalAction,
        help="give the network the title of each song, so that it can write a song for a title "
        "(lstm only)",
    )
    group.add_argument(
        "--slots",
        action=argparse.BooleanOptionalAction,
        help="replace the unknown words of each song with numbered tokens such as <unknown 1>, so "
        "that the network can repeat such words",
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
        help="units of each LSTM layer; bigru and seq2seq take one number, which all layers share",
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
        help="fraction of the vocabulary whose embeddings are dropped in each step (lstm only)",
    )


def _add_training_flags(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("training")
    group.add_argument(
        "--init-from",
        metavar="RUN",
        type=lambda name: None if name == "none" else name,
        help="start from the weights of this run or .gene file, and use its sizes; none: start "
        "from random weights (lstm only)",
    )
    group.add_argument(
        "--keep-vocabulary",
        action=argparse.BooleanOptionalAction,
        help="with --init-from, add all words of the other run to the vocabulary",
    )
    group.add_argument("--batch-size", type=bounded_int(1, 65536), help="sequences per step")
    group.add_argument(
        "--sequence-length",
        type=bounded_int(1, 1024),
        help="words per training sequence; the next sequence continues with the final LSTM state "
        "(lstm only)",
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
        metavar="FRACTION",
        help="memorize the training songs: stop when the network predicts this fraction of their "
        "words correctly, and keep the epoch with the lowest loss on these songs (0: do not "
        "memorize them, and keep the epoch with the lowest held-out loss)",
    )
