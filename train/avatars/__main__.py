"""Train a network that draws 64x64 avatars: a generator against a discriminator.

    python -m train.avatars                            faces with attributes to choose, our network
    python -m train.avatars --recipe faces-dcgan       a plain DCGAN on the same faces
    python -m train.avatars --recipe ellipses-outline  outlines on white, a DCGAN (it fails)
    python -m train.avatars --recipe ellipses-white    white ellipses on black
    python -m train.avatars --recipe ellipses-color    colored ellipses on black
    python -m train.avatars --faces cartoonset10k.tgz --run cartoons
    python -m train.avatars --recipe faces --resume    continue where the run stopped

--faces takes Google's Cartoon Set (a folder or the .tgz) or a folder of about 200 or more images
of your own (see docs/avatars.md). The same 16 inputs are drawn after every epoch:
samples/epoch-NNN.webp, all of them in samples/sheet.webp and samples/animation.webp. Training
monitors the Frechet distance to held-out images. The run goes to checkpoints/avatars/RUN.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

import argparse

import keras

from common.cli import GeneError, Parser, add_recipes, bounded_float, bounded_int, run_cli
from data.avatars import ellipses, faces
from data.avatars.labelled_images import (
    SPLITS,
    LabelledImages,
    attributes_as_json,
    one_hot,
)
from models.avatars import DCGANDiscriminator, DCGANGenerator, Discriminator, Generator
from train.avatars.batches import ImageBatches
from train.avatars.gan import DCGANTrainer, GANTrainer, RelativisticGANTrainer
from train.avatars.monitor import GeneratorMonitor
from train.avatars.previews import GRID, PreviewRecorder
from train.core.fit import fit
from train.core.meta import write_meta
from train.core.run import add_run_flags, open_run

MONITORED = 1000  # held-out images, and as many generated ones, are compared after every epoch
DCGAN = dict(
    model="dcgan",
    latent=100,
    activation="tanh",
    batch_size=32,
    learning_rate=2e-4,
    gradient_penalty=0.0,
    sigma=0.0,
    l1_weight=0.0,
    ema_decay=0.0,
    epochs=50,
    patience=50,
)
RELATIVISTIC = dict(
    model="relativistic",
    latent=32,
    activation="tanh",
    batch_size=32,
    learning_rate=8e-4,
    gradient_penalty=100.0,
    sigma=0.05,
    l1_weight=100.0,
    ema_decay=0.998,
    epochs=50,
    patience=50,
)
RECIPES = {
    "faces": RELATIVISTIC | dict(data="faces", channels=[64, 64, 48, 24]),
    "faces-dcgan": DCGAN | dict(data="faces", channels=[128, 64, 32, 16]),
    "ellipses-outline": DCGAN | dict(data="outline", channels=[128, 64, 32, 16], patience=20),
    # Nearly all pixels are black. A tanh saturates there, and the network stops learning.
    "ellipses-white": RELATIVISTIC
    | dict(data="white", channels=[24, 24, 16, 8], activation="linear"),
    "ellipses-color": RELATIVISTIC | dict(data="color", channels=[24, 24, 16, 8]),
}


def parse(argv: list[str]) -> argparse.Namespace:
    """Parse the command line; the recipe supplies the defaults."""
    parser = Parser(__doc__, prog="python -m train.avatars")
    _add_data_flags(parser.add_argument_group("images"))
    _add_network_flags(parser.add_argument_group("network"))
    _add_training_flags(parser.add_argument_group("training"))
    add_run_flags(parser, "avatars")
    args = add_recipes(parser, RECIPES, argv)
    if not 2 <= len(args.channels) <= 6:
        parser.error("--channels: give 2 to 6 numbers")
    if args.model == "dcgan" and len(args.channels) != 4:
        parser.error("--channels: give 4 numbers for --model dcgan")
    if args.faces and args.data != "faces":
        parser.error(f"--faces: recipe {args.recipe} trains on {args.data} ellipses; omit --faces")
    return args


def _add_data_flags(group) -> None:
    group.add_argument(
        "--data",
        choices=["faces", *ellipses.STYLES],
        help="train on faces, or on ellipses of this style",
    )
    group.add_argument(
        "--faces",
        metavar="PATH",
        help="folder or .tgz of images, such as Cartoon Set (default: Gene's own faces)",
    )
    group.add_argument(
        "--max-images",
        type=bounded_int(64, 10**6),
        default=10_000,
        help="maximum number of training images (default: 10,000)",
    )
    group.add_argument(
        "--cache-dir",
        metavar="DIR",
        default=str(faces.CACHE_DIR),
        help="folder for the decoded images (default: %(default)s)",
    )


def _add_network_flags(group) -> None:
    group.add_argument(
        "--model",
        choices=["relativistic", "dcgan"],
        help="our conditional network with a relativistic loss, or a plain DCGAN",
    )
    group.add_argument(
        "--latent", type=bounded_int(1, 4096), help="size of the generator's noise vector"
    )
    group.add_argument(
        "--activation",
        choices=["tanh", "linear"],
        help="activation of the generator's output (relativistic model only)",
    )
    group.add_argument(
        "--channels",
        type=bounded_int(1, 4096),
        nargs="+",
        help="channels of the generator per resolution, lowest first; the resolution doubles "
        "from each to the next, up to 64x64",
    )


def _add_training_flags(group) -> None:
    group.add_argument("--batch-size", type=bounded_int(2, 4096), help="images per batch")
    group.add_argument(
        "--learning-rate",
        type=bounded_float(1e-7, 10),
        help="learning rate of Adam; the peak of a cosine decay for the relativistic model",
    )
    group.add_argument(
        "--gradient-penalty",
        type=bounded_float(0, 1e6),
        help="weight of the zero-centered gradient penalties (relativistic model only)",
    )
    group.add_argument(
        "--sigma",
        type=bounded_float(0, 1),
        help="standard deviation of the noise that the penalties add to images from -1 to 1 "
        "(relativistic model only)",
    )
    group.add_argument(
        "--l1-weight",
        type=bounded_float(0, 1e6),
        help="weight of the mean absolute difference between a generated image and the real one "
        "with the same labels (relativistic model only)",
    )
    group.add_argument(
        "--ema-decay",
        type=bounded_float(0, 0.999999),
        help="decay of the moving average of the generator's weights per step; 0 for none",
    )


def load_data(args: argparse.Namespace, split: str) -> LabelledImages:
    """Load one split of the images.

    Raises:
        GeneError: If there are too few images for a preview.
    """
    if args.data == "faces":
        data = faces.load(args.faces, args.max_images, split, args.cache_dir)
    else:
        data = ellipses.load(args.data, args.max_images, split)
    needed = GRID * GRID
    if len(data.images) < needed:
        raise GeneError(
            f"{args.faces}: only {len(data.images)} {split} images; a tenth of all images is held "
            f"out, and at least {needed} of those are needed; use at least about 200 images"
        )
    return data


def build_trainer(args: argparse.Namespace, num_labels: int, steps: int) -> GANTrainer:
    """Build and compile the trainer.

    Args:
        args: Parsed flags.
        num_labels: Size of the one-hot label vector.
        steps: Steps per epoch.
    """
    channels = args.channels
    first = channels[0]
    trainer: GANTrainer
    if args.model == "dcgan":
        generator = DCGANGenerator(args.latent, channels)
        discriminator = DCGANDiscriminator([first // 16, first // 8, first // 4])
        trainer = DCGANTrainer(generator, discriminator, args.ema_decay)
        learning_rate = args.learning_rate
    else:
        generator = Generator(
            args.latent, num_labels, channels=channels, output_activation=args.activation
        )
        discriminator = Discriminator(
            num_labels, [first // 4, first // 2, first, first * 3 // 2, first * 2]
        )
        trainer = RelativisticGANTrainer(
            generator,
            discriminator,
            args.ema_decay,
            args.gradient_penalty,
            args.sigma,
            args.l1_weight,
        )
        learning_rate = keras.optimizers.schedules.CosineDecay(
            args.learning_rate, steps * args.epochs, alpha=0.02
        )
    trainer.compile(
        keras.optimizers.Adam(learning_rate, beta_1=0.5, beta_2=0.99),
        # XLA's convolutions are half as fast as TensorFlow's own on a CPU.
        jit_compile=keras.backend.backend() == "jax",
    )
    return trainer


def format_logs(logs: dict) -> str:
    """Format losses and metrics for one line of progress."""
    return "  ".join(
        f"{name.replace('_', ' ')} {value:.3f}" for name, value in logs.items() if name != "loss"
    )


def main(argv: list[str]) -> None:
    """Train and save a run."""
    args = parse(argv)
    run = open_run(args)
    keras.utils.set_random_seed(args.seed)
    training, held_out = (load_data(args, split) for split in SPLITS)
    labels = one_hot(held_out.labels[:MONITORED], held_out.attributes)
    batches = ImageBatches(training, args.batch_size, args.seed)
    trainer = build_trainer(args, labels.shape[1], batches.steps)
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
    monitor = GeneratorMonitor(held_out.images[:MONITORED], labels, trainer.network, args.seed)
    previews = PreviewRecorder(run, trainer.network, labels[: GRID * GRID], args.seed)
    previews.save_data(training.images)
    fit(
        run,
        trainer,
        batches,
        args,
        monitor="frechet",
        format_logs=format_logs,
        on_sample=previews.save_epoch,
        extra_callbacks=[monitor],
    )
    best = run.meta["best"]
    print(
        f"best epoch {best['epoch']}: Frechet distance {best['frechet']:.4f} of the variance, "
        f"diversity {best['diversity']:.2f}"
    )


if __name__ == "__main__":
    run_cli(main)
