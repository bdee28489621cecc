"""Draw faces with a trained generator, and measure how good they are.

    python -m explore.avatars draw                      16 faces with random attributes
    python -m explore.avatars draw --set hair=spiky glasses=round --seed 7 --out faces.png
    python -m explore.avatars draw --help               all attributes and their variants
    python -m explore.avatars measure                   a table of metrics (about 5 minutes)
    python -m explore.avatars measure --run ellipses-white
    python -m explore.avatars nearest                   faces above their nearest training faces
    python -m explore.avatars face --name "Ada"         the face of a name, and its code
    python -m explore.avatars mix                       how recognizable mixtures of two faces are
    python -m explore.avatars singers                   the faces that sing on the site

`draw` is the default command. The same run, attributes and seed always give the same faces, here
and on the avatars page.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from common.cli import GeneError, run_cli
from common.files import atomic, write_text
from common.runs import find_run, save_metrics
from data.avatars import face_code, toonhead
from data.avatars.labelled_images import IMAGE_SIDE, contact_sheet, reduce_size
from explore.avatars.arguments import OUTPUT_FOLDER, parse, parse_choices
from explore.avatars.measure import (
    Evaluator,
    compare_with_baseline,
    data_loader,
    load_data,
    measure,
    measure_sharpness,
)
from explore.avatars.mixtures import HEAD as HEAD_OF_MIXTURES
from explore.avatars.mixtures import TENTHS, measure_mixtures, mixture_images, pairs_of_people
from explore.avatars.name_face import draw_face, face_labels, save_face
from explore.avatars.quantized import quantized_copy
from explore.avatars.report import HEAD, Row, as_json, as_markdown, format_row
from explore.avatars.singers import draw_singers, variants_of
from generate.faces import COLUMNS, FaceGenerator, load
from metrics.feature_extractor import find_classifier
from metrics.neighbors import nearest
from metrics.pixel_space import flat_pixels

SCALE = 2  # factor by which faces of 64x64 pixels are enlarged on a sheet
WEBP_QUALITY = 80  # of 100


def with_nearest(images: np.ndarray, training: np.ndarray) -> np.ndarray:
    """Arrange images in rows, with the nearest training images in a row below each.

    Args:
        images: uint8 array of shape (n, side, side, 3).
        training: uint8 array of shape (m, side, side, 3).

    Returns:
        uint8 array of shape (k, side, side, 3), for a sheet with COLUMNS columns. White images fill
        up the last row.
    """
    indices, _ = nearest(flat_pixels(images), flat_pixels(training))
    pairs = np.stack([images, training[indices]])
    padding = [(0, 0), (0, -len(images) % COLUMNS), *[(0, 0)] * 3]
    pairs = np.pad(pairs, padding, constant_values=255)
    rows = pairs.reshape(2, -1, COLUMNS, *images.shape[1:]).swapaxes(0, 1)
    return rows.reshape(-1, *images.shape[1:])


def save_sheet(images: np.ndarray, path: Path, columns: int = COLUMNS) -> None:
    """Write images as a contact sheet and print its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scale = SCALE if images.shape[1] == IMAGE_SIDE else 1
    sheet = contact_sheet(images, min(columns, len(images)), scale)
    with atomic(path) as temporary:
        sheet.save(temporary, format="PNG")
    print(path)


def draw_images(args: argparse.Namespace, generator: FaceGenerator) -> None:
    """Run the commands `draw` and `nearest`."""
    choices = parse_choices(args.set)
    images = generator.draw_pixels(args.count, args.seed, choices, args.wild / 100)[..., :3]
    if args.command == "nearest":
        load_images = data_loader(generator.meta, args.cache_dir)
        training = load_images(count=generator.meta["args"]["max_images"])
        images = with_nearest(reduce_size(images), training.images)
    save_sheet(images, args.out)


def draw_name(args: argparse.Namespace, generator: FaceGenerator) -> None:
    """Run the command `face`."""
    labels = face_labels(generator, args.name, args.code)
    code = face_code.encode(labels, generator.attributes)
    path = args.out or OUTPUT_FOLDER / f"{Path(args.run).name}-{code}.png"
    save_face(draw_face(generator, labels, args.side), code, path)
    print(f"{code}  {path}")


def save_singers(args: argparse.Namespace, generator: FaceGenerator) -> None:
    """Run the command `singers`."""
    if variants_of(generator.attributes) != variants_of(toonhead.ATTRIBUTES):
        raise GeneError(
            f"--run: {args.run} does not draw Gene's own faces, which have the expressions of "
            "singers; choose another run"
        )
    args.out.parent.mkdir(parents=True, exist_ok=True)
    with atomic(args.out) as temporary:
        draw_singers(generator).save(temporary, format="WEBP", quality=WEBP_QUALITY, method=6)
    print(args.out)


def mix_faces(args: argparse.Namespace, generator: FaceGenerator, folder: Path) -> None:
    """Run the command `mix`."""
    attributes = generator.attributes
    if not attributes:
        raise GeneError(
            f"{folder}: this network has no attributes, so there is nothing to mix; choose another "
            "run with --run"
        )
    classifier = find_classifier(attributes, folder.parent.parent)
    if classifier is None:
        raise GeneError(
            f"{folder}: there is no classifier for the attributes of these faces; train one with "
            "python -m train.attributes"
        )
    pairs = pairs_of_people(generator, args.count, args.seed)
    print(HEAD_OF_MIXTURES, flush=True)
    for line in measure_mixtures(generator, classifier, pairs):
        print(line, flush=True)
    steps = [mixture_images(generator, pairs[:10], i / TENTHS) for i in range(TENTHS + 1)]
    images = np.stack(steps, axis=1).reshape(-1, *steps[0].shape[1:])
    save_sheet(images, args.out, TENTHS + 1)


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
    if meta["args"]["data"] == "faces" and not meta["args"]["faces"]:
        row = measure_sharpness(generator.network, quantized, count, args.cache_dir, args.seed)
        rows.append(row)
        print(format_row(row), flush=True)
    for row in compare_with_baseline(rows, count, folder, meta):
        rows.append(row)
        print(format_row(row))
    save_metrics(folder, {"images": count} | as_json(rows))
    write_text(folder / "table.md", as_markdown(rows))


def main(argv: Sequence[str]) -> None:
    """Run the subcommand on the command line; the default is `draw`."""
    args = parse(__doc__, argv)
    folder = find_run("avatars", args.run, args.checkpoint_dir)
    generator = load(args.run, args.checkpoint_dir)
    if args.command == "measure":
        measure_run(args, generator, folder)
    elif args.command == "mix":
        mix_faces(args, generator, folder)
    elif args.command == "face":
        draw_name(args, generator)
    elif args.command == "singers":
        save_singers(args, generator)
    else:
        draw_images(args, generator)


if __name__ == "__main__":
    run_cli(main)
