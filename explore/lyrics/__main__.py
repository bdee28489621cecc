"""Write songs with a trained network, or measure networks.

    python -m explore.lyrics "hello world" --temperature 0.8 --lines 12 --seed 7
    python -m explore.lyrics "hello world" --temperature 0         always the most likely word
    python -m explore.lyrics --form chorus --artist "Night Ledger"   in the style of an artist
    python -m explore.lyrics "happy birthday anna" --title "The Cake"   with a title to write about
    python -m explore.lyrics --run quick the sea
    python -m explore.lyrics --run kitchen.gene the sea            a network in a .gene file
    python -m explore.lyrics measure                               a table of all networks
    python -m explore.lyrics write measure                         a song that starts with "measure"

"write" is the default command. The same run, text, settings and seed always give the same song.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

import argparse
import sys

from common.cli import GeneError, Parser, add_checkpoint_dir, bounded_float, bounded_int, run_cli
from explore.lyrics import measure
from generate.lyrics import load
from generate.lyrics.config import FORMS, GenerationConfig

MAX_TEXT_LENGTH = 10_000  # characters
COMMANDS = ("write", "measure")
DEFAULTS_NOTE = "A run's generation_config.json may set other defaults."


def main(argv: list[str]) -> None:
    """Run the command that `argv` starts with; the default is `write`."""
    command, arguments = "write", argv
    if argv and argv[0] in COMMANDS:
        command, *arguments = argv
    if command == "measure":
        parser = Parser(measure.__doc__ or "", prog="python -m explore.lyrics measure")
        add_checkpoint_dir(parser)
        measure.add_arguments(parser)
        measure.run(parser.parse_args(arguments))
    else:
        write(parse_write(arguments))


def parse_write(argv: list[str]) -> argparse.Namespace:
    """Parse the flags of `python -m explore.lyrics write`."""
    parser = Parser(__doc__ or "", prog="python -m explore.lyrics")
    parser.add_argument(
        "text", nargs="*", metavar="TEXT", help="first words of the song (default: hello world)"
    )
    parser.add_argument(
        "--run",
        metavar="NAME",
        default="gene-lyrica-three",
        help="run, or .gene file, whose network writes the song (default: %(default)s)",
    )
    add_checkpoint_dir(parser, default=None)
    song = parser.add_argument_group("song", DEFAULTS_NOTE)
    song.add_argument(
        "--form",
        metavar="FORM",
        help=f'{", ".join(FORMS)}, or a rhyme scheme such as "abab CCDD": a letter per line, lines '
        "with the same letter rhyme, a stanza in capitals is a chorus "
        f"(default: {GenerationConfig.form})",
    )
    song.add_argument(
        "--title",
        metavar="TITLE",
        help="what the song is about (default: the words it starts with)",
    )
    song.add_argument(
        "--artist", metavar="NAME", help="write in the style of this artist (default: any)"
    )
    song.add_argument(
        "--lines",
        metavar="N",
        type=bounded_int(1, 1000),
        help=f"maximum number of lines (default: {GenerationConfig.lines})",
    )
    song.add_argument(
        "--seed",
        metavar="N",
        type=bounded_int(0, 2**32 - 1),
        default=1,
        help="random seed (default: %(default)s)",
    )
    add_sampling_flags(parser)
    args = parser.parse_args(argv)
    args.text = " ".join(args.text) or "hello world"
    return args


def add_sampling_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags that control how words are chosen."""
    sampling = parser.add_argument_group("sampling", DEFAULTS_NOTE)
    sampling.add_argument(
        "--temperature",
        metavar="T",
        type=bounded_float(0, 5),
        help="randomness, 0 to 5; 0: always the most likely word (default: "
        f"{GenerationConfig.temperature:g})",
    )
    sampling.add_argument(
        "--top-p",
        metavar="P",
        type=bounded_float(0, 1),
        help="choose from the most likely words with this total probability "
        f"(default: {GenerationConfig.top_p:g})",
    )
    sampling.add_argument(
        "--min-p",
        metavar="P",
        type=bounded_float(0, 1),
        help="drop words below this fraction of the top probability "
        f"(default: {GenerationConfig.min_p:g})",
    )
    sampling.add_argument(
        "--top-k",
        metavar="N",
        type=bounded_int(0, 10**6),
        help="choose from the N most likely words; 0: from all "
        f"(default: {GenerationConfig.top_k})",
    )
    sampling.add_argument(
        "--no-repeat-ngram-size",
        metavar="N",
        type=bounded_int(0, 1000),
        help="never repeat a phrase of N words; 0: off "
        f"(default: {GenerationConfig.no_repeat_ngram_size})",
    )
    sampling.add_argument(
        "--num-candidates",
        metavar="N",
        type=bounded_int(1, 64),
        help="number of candidates to write for each line, of which the best is kept "
        f"(default: {GenerationConfig.num_candidates})",
    )
    sampling.add_argument(
        "--allow-loops",
        dest="loop_guard",
        action="store_const",
        const=False,
        help="do not prevent endless repetition (default: prevent it)",
    )


def write(args: argparse.Namespace) -> None:
    """Generate a song and print it."""
    for name, text in (("text", args.text), ("title", args.title or "")):
        if len(text) > MAX_TEXT_LENGTH:
            raise GeneError(f"the {name} has more than {MAX_TEXT_LENGTH:,} characters; shorten it")
    model = load(args.run, args.checkpoint_dir)
    if args.title and not model.model.num_title_words:
        print(
            f"--title: ignored, because the run {args.run} was not trained with titles",
            file=sys.stderr,
        )
    unknown = model.unknown_words(args.text, args.title or "")
    if unknown:
        print(f"not in the vocabulary of the network: {', '.join(unknown)}", file=sys.stderr)
    song = model.write(
        args.text,
        seed=args.seed,
        title=args.title,
        artist=args.artist,
        form=args.form,
        lines=args.lines,
        temperature=args.temperature,
        top_p=args.top_p,
        min_p=args.min_p,
        top_k=args.top_k,
        no_repeat_ngram_size=args.no_repeat_ngram_size,
        num_candidates=args.num_candidates,
        loop_guard=args.loop_guard,
    )
    print(song)


if __name__ == "__main__":
    run_cli(main)
