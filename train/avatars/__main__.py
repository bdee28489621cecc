"""Train a network that generates 64x64 avatars: a generator against a discriminator.

    python -m train.avatars                            Gene's own faces, with selectable attributes
    python -m train.avatars --faces FOLDER --dry-run   describe a folder of your own pictures
    python -m train.avatars --faces FOLDER --run mine  learn to generate pictures like them
    python -m train.avatars --recipe faces-128         another run's faces at twice the size
    python -m train.avatars --recipe faces-dcgan       a plain DCGAN on Gene's own faces
    python -m train.avatars --recipe ellipses-outline  outlines on white, with a DCGAN (it fails)
    python -m train.avatars --recipe ellipses-white    white ellipses on black
    python -m train.avatars --recipe ellipses-color    colored ellipses on black
    python -m train.avatars --recipe faces --resume    continue where the run stopped

--faces takes a folder, a .zip or a tar archive of 20 or more pictures, with or without labels, or
Google's Cartoon Set (see docs/own-data.md). For fewer than 2,000 training pictures, the default
recipe is "few". After every epoch, images from the same 16 inputs are written to
samples/epoch-NNN.webp, and those of all epochs to samples/sheet.webp and samples/animation.webp.
Training monitors the Frechet distance to held-out images. It stops with status 2 if nearly all
generated images look alike for five epochs in a row. The run is saved in checkpoints/avatars/RUN.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend("avatars", __doc__)

import argparse
import shlex
from pathlib import Path

import keras
import numpy as np

from common.cli import GeneError, run_cli
from data.avatars import ellipses, faces, large_faces
from data.avatars.labelled_images import (
    SPLITS,
    LabelledImages,
    attributes_as_json,
    contact_sheet,
    one_hot,
)
from train.avatars.arguments import load, parse
from train.avatars.build import build_batches, build_trainer
from train.avatars.monitor import (
    COLLAPSED_DIVERSITY,
    COLLAPSED_EPOCHS,
    CollapseDetector,
    GeneratorMonitor,
)
from train.avatars.previews import PreviewRecorder
from train.core.fit import fit
from train.core.flags import checkpoint_dir_flag
from train.core.meta import write_meta
from train.core.run import Run
from train.core.run_folder import open_run

MONITORED = 1000  # maximum number of held-out images to compare with generated ones in each epoch
MIN_PICTURES = 8
DRY_RUN_FOLDER = Path("results/avatars")
DRY_RUN_PICTURES = 64
DRY_RUN_COLUMNS = 8
IMAGES_PER_SECOND = 60  # training speed of the recipe "few" on two cores


def load_data(args: argparse.Namespace, split: str) -> LabelledImages:
    """Load one split of the images.

    Raises:
        GeneError: If there are too few images, or if they are all the same.
    """
    if args.model == "sub-pixel":
        count = args.max_images if split == "training" else MONITORED
        return large_faces.load(count, split, args.cache_dir)
    if args.data != "faces":
        return ellipses.load(args.data, args.max_images, split)
    data = load(args, split)
    if args.faces and split == "held-out":
        _check_held_out(args.faces, data.images)
    return data


def _check_held_out(source: str, images: np.ndarray) -> None:
    if len(images) < MIN_PICTURES // 4:
        raise GeneError(
            f"{source}: too few pictures; give at least {MIN_PICTURES}, and at least 20 for good "
            "results"
        )
    if (images == images[0]).all():
        raise GeneError(f"{source}: all pictures are the same; use pictures that differ")


def describe(args: argparse.Namespace) -> None:
    """Describe the pictures in --faces."""
    lines = faces.describe(args.faces, args.cache_dir, args.crop, not args.no_labels)
    print("\n".join([f"{args.faces}:", *(f"  {line}" for line in lines)]))


def print_expectation(args: argparse.Namespace, steps: int) -> None:
    """Print how long the recipe "few" takes and what results to expect."""
    minutes = args.epochs * steps * args.batch_size / IMAGES_PER_SECOND / 60
    print(
        f"recipe few: {args.epochs} epochs of {steps:,} steps, about {max(minutes, 1):,.0f} min on "
        "two idle cores\n"
        "what to expect: blurred shapes after the first epoch and clear ones after five; with few "
        "pictures, most results are variations or mixtures of them; if the pictures have labels, "
        "you can choose attributes"
    )


def print_next_steps(run: Run, args: argparse.Namespace) -> None:
    """Print the commands that use the network."""
    name = run.folder.name
    folder = checkpoint_dir_flag(args)
    print(f"look at its pictures: {run.path('samples')}")
    print(f"draw more:            python -m explore.avatars draw --run {shlex.quote(name)}{folder}")
    print(f"put it on a page:     python -m export.tfjs {shlex.quote(f'avatars/{name}')}{folder}")


def write_contact_sheet(args: argparse.Namespace) -> None:
    """Save a sheet of pictures as the network will see them, and print its path."""
    images = load(args, "training").images[:DRY_RUN_PICTURES]
    name = "".join(c if c.isalnum() or c in "-_" else "-" for c in Path(args.faces).stem)
    path = DRY_RUN_FOLDER / f"{name or 'pictures'}-pictures.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    contact_sheet(images, min(DRY_RUN_COLUMNS, len(images)), scale=2).save(path)
    print(f"{path}: {len(images)} pictures as the network will see them")


def collapse_message(run: Run, args: argparse.Namespace) -> str:
    """Return the error message for mode collapse, including what to do."""
    advice = (
        "give more pictures, pictures that are more alike (--crop subject), or labels"
        if args.recipe == "few"
        else "use --recipe few"
    )
    return (
        f"{run.folder}: mode collapse: for {COLLAPSED_EPOCHS} epochs, generated images differed "
        f"from each other less than {COLLAPSED_DIVERSITY:.0%} as much as real ones; start another "
        f"run with --run NAME and {advice} (see docs/own-data.md)"
    )


def format_logs(logs: dict) -> str:
    """Format losses and metrics for the progress line."""
    return "  ".join(
        f"{name.replace('_', ' ')} {value:.3f}" for name, value in logs.items() if name != "loss"
    )


def main(argv: list[str]) -> None:
    """Train and save a run."""
    args = parse(__doc__, argv)
    if args.dry_run:
        describe(args)
        write_contact_sheet(args)
        faces_flag = f"--faces {shlex.quote(args.faces)}"
        print(f"train on them: python -m train.avatars {faces_flag} --run NAME")
        return
    run = open_run(args)
    if args.faces:
        describe(args)
    keras.utils.set_random_seed(args.seed)
    training, held_out = (load_data(args, split) for split in SPLITS)
    labels = one_hot(held_out.labels[:MONITORED], held_out.attributes)
    batches = build_batches(args, training)
    if args.recipe == "few":
        print_expectation(args, batches.steps)
    trainer = build_trainer(args, training.attributes, batches.steps)
    write_meta(
        run,
        args,
        trainer.network,
        {
            "images": len(training.images),
            "hash": training.hash,
            "attributes": attributes_as_json(training.attributes),
        },
    )
    print(
        f"{run.folder}: {len(training.images):,} training images, "
        f"{len(training.attributes)} attributes, {run.meta['parameter_count']:,} weights",
        flush=True,
    )
    monitor = GeneratorMonitor(
        held_out.images[:MONITORED],
        labels,
        trainer.network,
        args.seed,
        training.images if args.data == "faces" else None,
    )
    previews = PreviewRecorder(run, trainer.network, labels, args.seed)
    previews.save_data(training.images)
    # The recipes for ellipses demonstrate how training fails, so collapse does not stop them.
    has_collapsed = CollapseDetector(enabled=args.data == "faces")
    fit(
        run,
        trainer,
        batches,
        args,
        monitor="frechet",
        format_logs=format_logs,
        on_sample=previews.save_epoch,
        extra_callbacks=[monitor],
        stop_when=has_collapsed,
    )
    best = run.meta["best"]
    if has_collapsed.found:
        raise GeneError(collapse_message(run, args))
    print(
        f"best epoch {best['epoch']}: Frechet distance {best['frechet']:.4f} (real images: 0), "
        f"diversity {best['diversity']:.2f} (real images: 1)"
    )
    print_next_steps(run, args)


if __name__ == "__main__":
    run_cli(main)
