"""The command line of explore.avatars."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from common.cli import GeneError, Parser, add_checkpoint_dir, bounded_int
from data.avatars import faces, toonhead

PROG = "python -m explore.avatars"
DEFAULT_RUN = "faces-128"
OUTPUT_FOLDER = Path("results/avatars")


def parse(doc: str | None, argv: Sequence[str]) -> argparse.Namespace:
    """Parse the command line.

    Args:
        doc: Description for --help.
        argv: The command-line arguments, without the program name.
    """
    parser = Parser(doc, prog=PROG)
    parser.usage = f"{PROG} [COMMAND] [flags]"
    commands = parser.add_subparsers(title="commands", dest="command", metavar="", prog=PROG)
    draw = commands.add_parser("draw", doc=_draw_help(), help="draw faces to a PNG file")
    _add_common_flags(draw)
    _add_image_flags(draw, default_count=16)
    measure_doc = (
        "Compare generated images with held-out images.\n\nThe table is printed, and saved in "
        "meta.json and table.md of the run."
    )
    measuring = commands.add_parser(
        "measure", doc=measure_doc, help="compare generated images with held-out images"
    )
    _add_common_flags(measuring)
    measuring.add_argument(
        "--count",
        type=bounded_int(1, 10**6),
        default=10_000,
        help="maximum number of generated images, and of held-out images in each of two sets "
        "(default: 10,000)",
    )
    nearest_text = "draw faces above the most similar training faces"
    neighbors = commands.add_parser(
        "nearest",
        doc=f"{nearest_text[0].upper()}{nearest_text[1:]}.\n\nThe training faces are rendered or "
        "decoded first if they are not in the cache.",
        help=nearest_text,
    )
    _add_common_flags(neighbors)
    _add_image_flags(neighbors, default_count=24)
    naming_text = "draw the face for a name or a code"
    naming = commands.add_parser("face", doc=_FACE_HELP, help=naming_text)
    _add_common_flags(naming)
    source = naming.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--name", metavar="TEXT", help="name (or any other text) that determines the face"
    )
    source.add_argument(
        "--code", metavar="CODE", help="code of a face, from this command or the avatars page"
    )
    naming.add_argument(
        "--side",
        metavar="PIXELS",
        type=bounded_int(1, 4096),
        default=512,
        help="width and height of the image in pixels (default: %(default)s)",
    )
    naming.add_argument(
        "--out",
        metavar="FILE",
        help=f"PNG file to write (default: {OUTPUT_FOLDER}/RUN-CODE.png)",
    )
    mixing_text = "measure mixtures of two faces, in steps of a tenth"
    mixing = commands.add_parser("mix", doc=_MIX_HELP, help=mixing_text)
    _add_common_flags(mixing)
    mixing.add_argument(
        "--count",
        type=bounded_int(1, 10**5),
        default=200,
        help="number of pairs of faces (default: %(default)s)",
    )
    mixing.add_argument(
        "--out",
        metavar="FILE",
        help=f"PNG file with the first ten mixtures (default: {OUTPUT_FOLDER}/RUN-COMMAND.png)",
    )
    singing_text = "draw the faces that sing on the site, with their expressions"
    singing = commands.add_parser("singers", doc=_SINGERS_HELP, help=singing_text)
    _add_common_flags(singing)
    singing.add_argument(
        "--out",
        metavar="FILE",
        help=f"WebP file to write (default: {OUTPUT_FOLDER}/RUN-singers.webp)",
    )
    is_default = not argv or (argv[0].startswith("-") and argv[0] not in ("-h", "--help"))
    args = parser.parse_args(["draw", *argv] if is_default else list(argv))
    if args.command == "face" and not args.out:
        return args  # the default file name depends on the code
    if args.command != "measure":
        suffix = ".webp" if args.command == "singers" else ".png"
        name = f"{Path(args.run).name}-{args.command}{suffix}"
        args.out = Path(args.out or OUTPUT_FOLDER / name)
        if args.out.suffix != suffix:
            parser.error(f"--out: {args.out} does not end in {suffix}; change the name")
    return args


_FACE_HELP = """Draw the face for a name or a code to a PNG file, and print its code.

The same text always gives the same face, here and on the avatars page. This link opens the face
there: avatars.html#v=1&code=CODE"""
_MIX_HELP = """Measure mixtures of two faces, from 0% to 100% in steps of 10%, and draw ten pairs.

An attribute of a mixture should look like that of one of the two faces. The table shows how
confident the attribute classifier is of that: the lowest confidence, and how often the confidence
is at least 90%. Colors are ignored, because they blend."""

_SINGERS_HELP = """Draw the faces that sing on the lyrics page and the home page to a WebP file.

Each row is a face; its columns are at rest, singing, singing, and blinking. The site's own file is
web/pictures/singers.webp."""


def _draw_help() -> str:
    lines = ["Draw faces to a PNG file.", "", "Attributes and variants of Gene's own faces:", ""]
    for attribute in toonhead.ATTRIBUTES:
        variants = [_with_label(variant) for variant in attribute.variants]
        lines.append(f"    {_with_label(attribute.name)}: {', '.join(variants)}")
    return "\n".join(lines)


def _with_label(name: str) -> str:
    label = toonhead.LABELS.get(name)
    return f"{name} ({label})" if label else name


def _add_common_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--run", metavar="NAME", default=DEFAULT_RUN, help="name of the run (default: %(default)s)"
    )
    add_checkpoint_dir(parser, default=None)
    parser.add_argument(
        "--cache-dir",
        metavar="DIR",
        default=str(faces.CACHE_DIR),
        help="folder for the decoded images (default: %(default)s)",
    )
    parser.add_argument(
        "--seed",
        type=bounded_int(0, 2**32 - 1),
        default=1,
        help="random seed for attributes and noise (default: 1)",
    )


def _add_image_flags(parser: argparse.ArgumentParser, default_count: int) -> None:
    parser.add_argument(
        "--count",
        type=bounded_int(1, 10**6),
        default=default_count,
        help="number of faces (default: %(default)s)",
    )
    parser.add_argument(
        "--set",
        metavar="ATTRIBUTE=VARIANT",
        nargs="+",
        default=[],
        help="attributes that all faces share, such as hair=spiky; all others are random",
    )
    parser.add_argument(
        "--wild",
        metavar="PERCENT",
        type=bounded_int(0, 100),
        default=0,
        help="how unusual the combinations of attributes are, from 0 (as in ordinary faces) to 100 "
        "(any combination) (default: 0)",
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        help=f"PNG file to write (default: {OUTPUT_FOLDER}/RUN-COMMAND.png)",
    )


def parse_choices(texts: Sequence[str]) -> dict[str, str]:
    """Parse texts such as hair=spiky; return the variant of each attribute."""
    choices = {}
    for text in texts:
        name, separator, variant = text.partition("=")
        if not separator:
            raise GeneError(f"--set {text}: give ATTRIBUTE=VARIANT, such as hair=spiky")
        choices[name] = variant
    return choices
