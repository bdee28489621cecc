"""Draw faces with a trained generator, and measure how good they are.

    python -m explore.avatars draw                      16 faces with random attributes
    python -m explore.avatars draw --set hair=spiky glasses=round --seed 7 --out faces.png
    python -m explore.avatars draw --help               all attributes and their variants
    python -m explore.avatars measure                   a table of metrics (about 5 minutes)
    python -m explore.avatars measure --run ellipses-white
    python -m explore.avatars nearest                   faces above their nearest training faces

`draw` is the default command. The same run, attributes and seed always give the same faces.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from common.cli import GeneError, Parser, add_checkpoint_dir, bounded_int, run_cli
from common.files import atomic, write_json, write_text
from common.runs import find_run
from data.avatars import faces, toonhead
from data.avatars.labelled_images import contact_sheet
from explore.avatars.measure import (
    Evaluator,
    compare_with_baseline,
    data_loader,
    load_data,
    measure,
)
from explore.avatars.quantized import quantized_copy
from explore.avatars.report import HEAD, Row, as_json, as_markdown, format_row
from generate.faces import COLUMNS, FaceGenerator, load
from metrics.feature_extractor import find_classifier
from metrics.neighbors import nearest
from metrics.pixel_space import flat_pixels

PROG = "python -m explore.avatars"
SCALE = 2  # pixels of the sheet per pixel of a face
OUTPUT_FOLDER = Path("results/avatars")


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = Parser(__doc__, prog=PROG)
    parser.usage = f"{PROG} [COMMAND] [flags]"
    commands = parser.add_subparsers(title="commands", dest="command", metavar="", prog=PROG)
    draw = commands.add_parser("draw", doc=_draw_help(), help="draw faces to a PNG file")
    _add_common_flags(draw)
    _add_image_flags(draw, default_count=16)
    measure_doc = (
        "Compare generated images with held-out images.\n\nPrints a table, and saves it in "
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
    nearest_text = "draw faces above the training faces that are most like them"
    neighbors = commands.add_parser(
        "nearest",
        doc=f"{nearest_text[0].upper()}{nearest_text[1:]}.\n\nThe training faces are rendered or "
        "decoded first if they are not in the cache.",
        help=nearest_text,
    )
    _add_common_flags(neighbors)
    _add_image_flags(neighbors, default_count=24)
    is_default = not argv or (argv[0].startswith("-") and argv[0] not in ("-h", "--help"))
    args = parser.parse_args(["draw", *argv] if is_default else list(argv))
    if args.command != "measure":
        args.out = Path(args.out or OUTPUT_FOLDER / f"{Path(args.run).name}-{args.command}.png")
        if args.out.suffix != ".png":
            parser.error(f"--out: {args.out} does not end in .png")
    return args


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
        "--run", metavar="NAME", default="faces", help="trained network (default: %(default)s)"
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
        help="random seed of attributes and noise (default: 1)",
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
        help="attributes of all faces; the others are random",
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        help=f"PNG file to write (default: {OUTPUT_FOLDER}/RUN-COMMAND.png)",
    )


def parse_choices(texts: Sequence[str]) -> dict[str, str]:
    """Parse texts like hair=spiky into variants by attribute."""
    choices = {}
    for text in texts:
        name, separator, variant = text.partition("=")
        if not separator:
            raise GeneError(f"--set {text}: give ATTRIBUTE=VARIANT, such as hair=spiky")
        choices[name] = variant
    return choices


def with_nearest(images: np.ndarray, training: np.ndarray) -> np.ndarray:
    """Arrange images in rows, each row above the training images nearest to them.

    Args:
        images: uint8 array of shape (n, side, side, 3).
        training: uint8 array of shape (m, side, side, 3).

    Returns:
        uint8 array of shape (k, side, side, 3), for a sheet of COLUMNS columns; white images fill
        up the last row.
    """
    indices, _ = nearest(flat_pixels(images), flat_pixels(training))
    pairs = np.stack([images, training[indices]])
    padding = [(0, 0), (0, -len(images) % COLUMNS), *[(0, 0)] * 3]
    pairs = np.pad(pairs, padding, constant_values=255)
    rows = pairs.reshape(2, -1, COLUMNS, *images.shape[1:]).swapaxes(0, 1)
    return rows.reshape(-1, *images.shape[1:])


def save_sheet(images: np.ndarray, path: Path) -> None:
    """Write images as a contact sheet and print its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet = contact_sheet(images, min(COLUMNS, len(images)), SCALE)
    with atomic(path) as temporary:
        sheet.save(temporary, format="PNG")
    print(path)


def draw_images(args: argparse.Namespace, generator: FaceGenerator) -> None:
    """Run the commands `draw` and `nearest`."""
    images = generator.draw_pixels(args.count, args.seed, parse_choices(args.set))
    if args.command == "nearest":
        load_images = data_loader(generator.meta, args.cache_dir)
        training = load_images(count=generator.meta["args"]["max_images"])
        images = with_nearest(images, training.images)
    save_sheet(images, args.out)


def measure_run(args: argparse.Namespace, generator: FaceGenerator, folder: Path) -> None:
    """Run the command `measure`: print the table row by row, then save it."""
    meta = generator.meta
    data = load_data(meta, args.count, args.cache_dir)
    count = len(data.held_out.images)
    print(f"{count:,} images of {folder}\n\n{HEAD}", flush=True)
    classifier = find_classifier(data.training.attributes, folder.parent.parent)
    evaluator = Evaluator(data, classifier, meta["args"]["data"])
    rows: list[Row] = []
    quantized = quantized_copy(generator.network)
    for row in measure(generator.network, quantized, evaluator, args.seed):
        rows.append(row)
        print(format_row(row), flush=True)
    for row in compare_with_baseline(rows, count, folder, meta):
        rows.append(row)
        print(format_row(row))
    meta["metrics"] = {"images": count} | as_json(rows)
    write_json(folder / "meta.json", meta)
    write_text(folder / "table.md", as_markdown(rows))


def main(argv: Sequence[str]) -> None:
    """Run the subcommand that the command line names."""
    args = parse(argv)
    folder = find_run("avatars", args.run, args.checkpoint_dir)
    generator = load(args.run, args.checkpoint_dir)
    if args.command == "measure":
        measure_run(args, generator, folder)
    else:
        draw_images(args, generator)


if __name__ == "__main__":
    run_cli(main)
