"""Let a trained network write a song in the terminal.

    python -m explore.lyrics "hello world" --randomness 0.8 --lines 12 --seed 7
    python -m explore.lyrics "hello world" --randomness 0          always the likeliest word
    python -m explore.lyrics --form chorus --band "Night Ledger"   verse and chorus, rhymed, in the manner of a band
    python -m explore.lyrics --run quick "the sea"
    python -m explore.lyrics measure                               every network on songs that none has read

The same run, text, randomness and seed give the same song again.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

import argparse
import re
import sys
from pathlib import Path

from common.cli import GeneError, Parser, bounded_float, bounded_int, run_cli
from data.lyrics.tokenizer import tokenize
from explore.lyrics import measure
from generate.lyrics.samplers import Sampling
from generate.lyrics.song import song_text
from generate.lyrics.song_form import FORMS
from generate.runs import load_lyrics

LONGEST_TEXT = 10_000  # characters


def main(argv):
    if argv[:1] == ["measure"]:
        return measure.main(argv[1:])
    parser = Parser(__doc__, prog="python -m explore.lyrics")
    parser.add_argument(
        "text", nargs="?", default="hello world", help="how the song begins (default: %(default)s)"
    )
    parser.add_argument(
        "--run", default="gene-lyrica-two", help="which network (default: %(default)s)"
    )
    parser.add_argument(
        "--checkpoint-dir", metavar="DIR", default="checkpoints", help="where runs live"
    )
    parser.add_argument(
        "--randomness", type=bounded_float(0, 5), default=0.9, help="0 to 5 (default: %(default)s)"
    )
    parser.add_argument(
        "--min-p",
        type=bounded_float(0, 1),
        default=0.00425,
        help="leave out words less likely than this share of the likeliest (default: %(default)s)",
    )
    parser.add_argument(
        "--top-k",
        type=bounded_int(0, 10**6),
        default=0,
        help="so many words to choose from, the likeliest; 0: any number (default: %(default)s)",
    )
    parser.add_argument(
        "--nucleus",
        type=bounded_float(0, 1),
        default=1.0,
        help="only the likeliest words that have this share together (default: %(default)s)",
    )
    parser.add_argument(
        "--no-repeat",
        type=bounded_int(0, 1000),
        default=0,
        help="sing a run of so many words once; 0: as it comes (default: %(default)s)",
    )
    parser.add_argument(
        "--form",
        type=form,
        default="ballad",
        metavar="FORM",
        help=f'{", ".join(FORMS)}, or stanzas of letters, a letter a line, such as "abab CCDD": '
        "lines of one letter rhyme, a stanza in capitals comes back (default: %(default)s)",
    )
    parser.add_argument("--band", metavar="NAME", help="in the manner of a band (default: any)")
    parser.add_argument(
        "--lines", type=bounded_int(1, 1000), default=16, help="at most (default: %(default)s)"
    )
    parser.add_argument(
        "--seed",
        type=bounded_int(0, 2**32 - 1),
        default=1,
        help="of the randomness (default: %(default)s)",
    )
    parser.add_argument("--no-guard", action="store_true", help="let the song fall into loops")
    args = parser.parse_args(argv)
    if len(args.text) > LONGEST_TEXT:
        raise GeneError(f"the text is longer than {LONGEST_TEXT:,} characters; give a shorter one")
    network, vocabulary, meta = load_lyrics(Path(args.checkpoint_dir) / "lyrics" / args.run)
    unknown = vocabulary.out_of_vocabulary(tokenize(args.text))
    if unknown:
        print(f"words the network does not know: {', '.join(unknown)}", file=sys.stderr)
    sampling = Sampling(
        args.randomness,
        args.min_p,
        args.top_k,
        args.nucleus,
        args.no_repeat,
        not args.no_guard,
        args.form,
    )
    band = band_of(meta, args.band) if args.band else 0
    print(song_text(network, vocabulary, args.text, sampling, args.lines, args.seed, band))


def form(text):
    """The letters of a form that is called by its name, or given as letters."""
    found = FORMS.get(text, text)
    if not re.fullmatch("([A-Za-z]+( [A-Za-z]+)*)?", found) or len(found) > 400:
        raise argparse.ArgumentTypeError(
            f'{text!r} is no form; {", ".join(FORMS)} are, and letters: "abab CC"'
        )
    return found


def band_of(meta, name):
    """The number of a band among those that a run knows, from 1 on. GeneError when it does not know it."""
    bands = meta["data"].get("artists", [])
    places = [i for i, band in enumerate(bands, 1) if band.casefold() == name.casefold()]
    if not places:
        raise GeneError(
            f"--band: the network knows no {name!r}; "
            + (f"it knows {', '.join(bands[:40])}" if bands else "it was told of no band")
        )
    return places[0]


if __name__ == "__main__":
    run_cli(main)
