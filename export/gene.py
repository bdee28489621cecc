"""Export a lyrics network to a .gene file, which can be opened in a browser and in Python.

    python -m export.gene lyrics/kitchen                writes kitchen.gene
    python -m export.gene lyrics/kitchen --out songs/kitchen.gene --title "Kitchen Songs"

Drop the file on the lyrics page, or choose it there with "Open a network": nothing is published or
uploaded. In Python, name it wherever a run can be named:

    python -m explore.lyrics --run kitchen.gene "hello world"
    python -m train.lyrics --init-from kitchen.gene --songs more.txt --run more

The file holds the weights, the vocabulary, the artists, the metrics and a song that the network
wrote. With the song index, which --no-song-index leaves out, the page marks copied phrases. The
index has the artists and titles of the songs but not their lyrics; it can only tell whether a given
phrase of six words occurs in them.
"""

import os

from common.cli import exit_on_error, exit_on_interrupt

if __name__ == "__main__":
    exit_on_interrupt()
    # `export.conversion` and `export.lyrics`, imported below, need the TensorFlow backend.
    os.environ["KERAS_BACKEND"] = "tensorflow"
    with exit_on_error():
        import common.keras_quiet  # noqa: F401

from collections.abc import Sequence
from pathlib import Path

from common.cli import GeneError, Parser, add_checkpoint_dir, run_cli
from common.migrations import VERSION
from common.runs import GENE_SUFFIX
from data.lyrics.vocabulary import Vocabulary
from export.card import add_card_flags, read_card, update_card
from export.conversion import page_meta
from export.lyrics import build_song_index, load
from generate.lyrics.config import read_config
from generate.lyrics.gene_file import PackedNetwork, write
from models.lyrics import LSTMLanguageModel


def main(argv: Sequence[str]) -> None:
    """Write the .gene file of a run, and print how to use it.

    Args:
        argv: The command line without the program.

    Raises:
        GeneError: If the run cannot be exported.
    """
    parser = Parser(__doc__, prog="python -m export.gene")
    parser.add_argument("run", metavar="lyrics/RUN", help="run to export, e.g. lyrics/quick")
    add_checkpoint_dir(parser)
    parser.add_argument(
        "--out",
        metavar="FILE",
        help=f"file to write (default: RUN{GENE_SUFFIX} in the current folder)",
    )
    parser.add_argument(
        "--no-song-index",
        dest="song_index",
        action="store_false",
        help="leave out the index of the training songs; then the page cannot mark copied phrases",
    )
    add_card_flags(parser)
    args = parser.parse_args(argv)
    folder = _find(args.run, Path(args.checkpoint_dir))
    out = Path(args.out or f"{folder.name}{GENE_SUFFIX}")
    if out.suffix != GENE_SUFFIX:
        raise GeneError(f"--out {out}: the name must end with {GENE_SUFFIX}")
    update_card([folder], args)
    write(pack(folder, args.song_index), out)
    print(f"{out}: {out.stat().st_size / 1e6:.2f} MB")
    print(f"to use it: drop it on the lyrics page, or python -m explore.lyrics --run {out}")


def _find(name: str, checkpoints: Path) -> Path:
    """Return the folder of a run, given as lyrics/RUN."""
    task, _, run = name.rstrip("/").partition("/")
    if task != "lyrics" or not run or "/" in run or run.startswith("."):
        raise GeneError(f"{name}: not the name of a lyrics run; use lyrics/RUN")
    return checkpoints / task / run


def pack(folder: Path, has_song_index: bool = True) -> PackedNetwork:
    """Return what the .gene file of a run contains.

    Args:
        folder: The folder of the run.
        has_song_index: Whether to add the song index.

    Raises:
        GeneError: If the run is damaged, or its network does not fit the format.
    """
    model, meta = load(folder)
    if not isinstance(model, LSTMLanguageModel):
        raise GeneError(
            f"{folder}: a {type(model).__name__} cannot be stored in a {GENE_SUFFIX} file; export "
            "a run trained with --model lstm"
        )
    vocabulary = Vocabulary.load(folder / "vocabulary.tsv")
    index = build_song_index(folder, vocabulary) if has_song_index else b""
    meta = {"version": VERSION} | page_meta(meta)
    return PackedNetwork(model, vocabulary, read_config(folder), meta, read_card(folder), index)


if __name__ == "__main__":
    run_cli(main)
