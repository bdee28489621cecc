"""Draw faces with a trained generator, and measure how good they are.

    python -m explore.avatars                                     sixteen faces, their features left to chance
    python -m explore.avatars draw --set hair=spiky glasses=round --seed 7 --out faces.png
    python -m explore.avatars measure                             the table; kept in the run's meta.json and table.md
    python -m explore.avatars measure --run ellipses-white
    python -m explore.avatars nearest                             faces above the training faces most like them

The run is one of checkpoints/avatars/ (default: faces). The same run, features and seed give the same faces again.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

from pathlib import Path

import numpy as np

from common.cli import GeneError, Parser, bounded_int, run_cli
from common.files import atomic, write_json, write_text
from data.avatars import faces
from data.avatars.labelled_images import contact_sheet, mask_invisible, one_hot, sample_labels
from explore.avatars.exported import Exported
from explore.avatars.measure import against_rival, asking, load_pictures, loader, measure
from explore.avatars.report import HEAD, as_json, line, markdown
from generate.faces import draw, noise_of
from generate.runs import load_avatars
from metrics.feature_extractor import find_classifier
from metrics.neighbors import nearest
from metrics.pixel_space import flat

COLUMNS, SCALE = 8, 2  # of a sheet
COUNTS = {"draw": 16, "nearest": 24, "measure": 10_000}


def parse(argv):
    """The flags."""
    parser = Parser(__doc__, prog="python -m explore.avatars")
    parser.add_argument(
        "what", nargs="?", choices=COUNTS, default="draw", help="default: %(default)s"
    )
    parser.add_argument("--run", default="faces", help="whose generator (default: %(default)s)")
    parser.add_argument(
        "--checkpoint-dir", metavar="DIR", default="checkpoints", help="where runs live"
    )
    parser.add_argument(
        "--cache-dir", metavar="DIR", default=str(faces.CACHE), help="where faces wait as numbers"
    )
    parser.add_argument(
        "--count", type=bounded_int(1, 10**6), help="pictures (default: 16, to measure 10,000)"
    )
    parser.add_argument(
        "--seed",
        type=bounded_int(0, 2**32 - 1),
        default=1,
        help="of features and noise (default: 1)",
    )
    parser.add_argument(
        "--set", metavar="FEATURE=VARIANT", nargs="+", default=[], help="what every face is to have"
    )
    parser.add_argument(
        "--out", metavar="FILE", help="PNG to write (default: RUN-draw.png or RUN-nearest.png)"
    )
    args = parser.parse_args(argv)
    args.count = args.count or COUNTS[args.what]
    args.out = Path(args.out or f"{args.run}-{args.what}.png")
    if args.out.suffix != ".png":
        parser.error(f"--out: {args.out} does not end in .png")
    return args


def choose(features, wanted, count, seed):
    """Labels (count, features) drawn at random, but for the features that `wanted`, texts like hair=spiky, sets."""
    labels = sample_labels(asking(seed), features, count)
    names = [feature.name for feature in features]
    for text in wanted:
        name, _, variant = text.partition("=")
        if name not in names:
            raise GeneError(
                f"--set {text}: there is no feature {name}; there are {', '.join(names) or 'none here'}"
            )
        k = names.index(name)
        if variant not in features[k].variants:
            raise GeneError(f"--set {text}: {name} is one of {', '.join(features[k].variants)}")
        labels[:, k] = features[k].variants.index(variant)
    return mask_invisible(labels, features)


def beside_nearest(images, training):
    """Pictures in rows of eight, each row above the training pictures nearest to them, as one array."""
    places, _ = nearest(flat(images), flat(training))
    pairs = np.stack([images, training[places]])
    pairs = np.pad(pairs, [(0, 0), (0, -len(images) % COLUMNS), *[(0, 0)] * 3], constant_values=255)
    return (
        pairs.reshape(2, -1, COLUMNS, *images.shape[1:])
        .swapaxes(0, 1)
        .reshape(-1, *images.shape[1:])
    )


def draw_chosen(args, network, features):
    """As many pictures as the flags ask for, uint8 (count, side, side, 3)."""
    chosen = features if network.labels else ()
    labels = choose(chosen, args.set, args.count, args.seed)
    return draw(network, noise_of(args.seed, args.count, network), one_hot(labels, chosen))


def save_sheet(images, path):
    """Write pictures as a contact sheet."""
    with atomic(path) as temporary:
        contact_sheet(images, min(COLUMNS, len(images)), SCALE).save(temporary)
    print(path)


def save_table(args, network, meta, folder):
    """Print the table of measures line by line, then keep it in meta.json and table.md."""
    pictures, rows = load_pictures(meta, args.count, args.cache_dir), []
    count = len(pictures[1].images)
    print(f"{count:,} pictures of {folder}\n\n{HEAD}", flush=True)
    classifier = find_classifier(pictures[0].features, args.checkpoint_dir)
    for row in measure(
        network, Exported(network), pictures, classifier, meta["args"]["data"], args.seed
    ):
        rows.append(row)
        print(line(row), flush=True)
    for row in against_rival(rows, count, folder, meta):
        rows.append(row)
        print(line(row))
    meta["metrics"] = {"pictures": count} | as_json(rows)
    write_json(folder / "meta.json", meta)
    write_text(folder / "table.md", markdown(rows))


def main(argv):
    args = parse(argv)
    folder = Path(args.checkpoint_dir) / "avatars" / args.run
    network, features, meta = load_avatars(folder)
    if args.what == "measure":
        return save_table(args, network, meta, folder)
    images = draw_chosen(args, network, features)
    if args.what == "nearest":
        images = beside_nearest(
            images, loader(meta, args.cache_dir)(count=meta["args"]["count"]).images
        )
    save_sheet(images, args.out)


if __name__ == "__main__":
    run_cli(main)
