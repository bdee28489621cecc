"""Train a network that draws avatars: a generator against a discriminator, 64x64 pictures.

    python -m train.avatars                                 ours, on the embedded faces, features to choose
    python -m train.avatars --recipe faces-dcgan            the original's kind of network on the same faces
    python -m train.avatars --recipe ellipses-outline       where it began: unfilled ellipses on white (it fails)
    python -m train.avatars --recipe ellipses-white         white ellipses on black; ellipses-color: coloured ones
    python -m train.avatars --faces cartoonset10k.tgz --run cartoons
    python -m train.avatars --recipe faces --resume         go on where it was stopped

--faces takes Google's Cartoon Set (a folder or the .tgz) or any folder of pictures. The same 16 inputs are drawn after
every epoch: samples/epoch-NNN.webp, all of them in samples/sheet.webp and moving in samples/animation.webp. Training
watches the Frechet distance to held-out pictures. The run goes to checkpoints/avatars/RUN.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

import keras
import numpy as np

from common.cli import GeneError, Parser, add_recipes, bounded_float, bounded_int, run_cli
from data.avatars import ellipses as shapes
from data.avatars import faces
from data.avatars.labelled_images import SPLITS, one_hot
from generate.faces import draw
from metrics.eigenface_monitor import EigenFaces
from models.avatars import DCGANDiscriminator, DCGANGenerator, Discriminator, Generator
from train.avatars.gan import PairedGan, PlainGan
from train.avatars.previews import SIDE, Epochs
from train.core.data_parallel import local_copy
from train.core.fit import fit
from train.core.meta import write_meta
from train.core.run import add_run_flags, open_run

WATCHED = 1000  # held-out pictures, and as many made ones, are compared after every epoch
COLLAPSED = 0.5  # an alarm under this share of the diversity of the data
PLAIN = dict(
    kind="plain",
    latent=100,
    activation="tanh",
    batch=32,
    learning_rate=2e-4,
    penalty=0.0,
    sigma=0.0,
    nearness=0.0,
    memory=1,
    epochs=50,
    patience=50,
)
PAIRED = dict(
    kind="paired",
    latent=32,
    activation="tanh",
    batch=32,
    learning_rate=8e-4,
    penalty=100.0,
    sigma=0.05,
    nearness=100.0,
    memory=500,
    epochs=50,
    patience=50,
)
RECIPES = {
    "faces": PAIRED | dict(data="faces", widths=[64, 64, 48, 24]),
    "faces-dcgan": PLAIN | dict(data="faces", widths=[128, 64, 32, 16]),
    "ellipses-outline": PLAIN | dict(data="outline", widths=[128, 64, 32, 16], patience=20),
    # nearly everything is black: a tanh saturates there, and nothing is learned any more
    "ellipses-white": PAIRED | dict(data="white", widths=[24, 24, 16, 8], activation="linear"),
    "ellipses-color": PAIRED | dict(data="color", widths=[24, 24, 16, 8]),
}


def parse(argv):
    """The flags, the recipe's numbers filled in."""
    parser = Parser(__doc__, prog="python -m train.avatars")
    data = parser.add_argument_group("pictures")
    data.add_argument("--data", choices=["faces", *shapes.KINDS], help="what to learn from")
    data.add_argument(
        "--faces",
        metavar="PATH",
        help="Cartoon Set or a folder of pictures (default: embedded faces)",
    )
    data.add_argument(
        "--count",
        type=bounded_int(64, 10**6),
        default=10_000,
        help="pictures to learn from, at most",
    )
    data.add_argument(
        "--cache-dir", metavar="DIR", default=".cache/faces", help="where pictures wait as numbers"
    )
    network = parser.add_argument_group("network")
    network.add_argument("--kind", choices=["paired", "plain"], help="ours, or the original's")
    network.add_argument("--latent", type=bounded_int(1, 4096), help="numbers of noise")
    network.add_argument(
        "--activation", choices=["tanh", "linear"], help="of the last layer (paired only)"
    )
    network.add_argument(
        "--widths",
        type=bounded_int(1, 4096),
        nargs="+",
        help="channels of the generator, from 4x4 on",
    )
    training = parser.add_argument_group("training")
    training.add_argument("--batch", type=bounded_int(2, 4096), help="pictures of a batch")
    training.add_argument("--learning-rate", type=bounded_float(1e-7, 10), help="of Adam")
    training.add_argument(
        "--penalty",
        type=bounded_float(0, 1e6),
        help="weight of the zero-centred penalties (paired only)",
    )
    training.add_argument(
        "--sigma", type=bounded_float(0, 1), help="noise of the penalties (paired only)"
    )
    training.add_argument(
        "--nearness",
        type=bounded_float(0, 1e6),
        help="weight of the distance to the face with the labels",
    )
    training.add_argument(
        "--memory", type=bounded_int(1, 10**6), help="steps that the generator is averaged over"
    )
    add_run_flags(parser, "avatars")
    args = add_recipes(parser, RECIPES, argv)
    if not 2 <= len(args.widths) <= 6 or args.kind == "plain" and len(args.widths) != 4:
        parser.error("--widths: 2 to 6 numbers, 4 for a plain generator")
    if args.faces and args.data != "faces":
        parser.error(f"--faces: recipe {args.recipe} learns from {args.data}")
    return args


def load(args, part):
    """The pictures of a part; never fewer than a sheet of samples needs."""
    if args.data == "faces":
        pictures = faces.load(args.faces, args.count, part, args.cache_dir)
    else:
        pictures = shapes.load(args.data, args.count, part)
    if len(pictures.images) < SIDE * SIDE:
        raise GeneError(
            f"{args.faces}: {len(pictures.images)} {part} pictures; {SIDE * SIDE} are needed at least"
        )
    return pictures


class Batches:
    """Batches of pictures from -1 to 1 with their one-hot labels, shuffled anew every epoch."""

    def __init__(self, images, labels, size, seed):
        self.images, self.labels, self.size, self.seed = (
            images,
            labels,
            min(size, len(images)),
            seed,
        )
        self.steps = len(images) // self.size

    item_name = "images"

    @property
    def items_per_step(self):
        return self.size

    def batches(self, epoch, step):
        """An endless iterator of batches from there on."""
        while True:
            order = np.random.default_rng([self.seed, epoch]).permutation(len(self.images))
            for i in range(step, self.steps):
                rows = np.sort(order[i * self.size : (i + 1) * self.size])
                yield ((self.images[rows].astype("float32") / 127.5 - 1, self.labels[rows]),)
            epoch, step = epoch + 1, 0


def build(args, labels, steps):
    """The trainer: a generator, a discriminator and their losses. labels: numbers of labels; steps: of an epoch."""
    first = args.widths[0]
    if args.kind == "plain":
        discriminator = DCGANDiscriminator([first // 16, first // 8, first // 4])
        trainer = PlainGan(DCGANGenerator(args.latent, args.widths), discriminator, args.memory)
        rate = args.learning_rate
    else:
        generator = Generator(args.latent, labels, widths=args.widths, activation=args.activation)
        discriminator = Discriminator(
            labels, [first // 4, first // 2, first, first * 3 // 2, first * 2]
        )
        trainer = PairedGan(
            generator, discriminator, args.memory, args.penalty, args.sigma, args.nearness
        )
        rate = keras.optimizers.schedules.CosineDecay(
            args.learning_rate, steps * args.epochs, alpha=0.02
        )
    # XLA's convolutions are half as fast on CPU as TensorFlow's own
    trainer.compile(
        keras.optimizers.Adam(rate, beta_1=0.5, beta_2=0.99),
        jit_compile=keras.backend.backend() == "jax",
    )
    return trainer


class Watch(keras.callbacks.Callback):
    """Adds the measures of the generator to what an epoch logs, and says so when it collapses."""

    def __init__(self, images, labels, latent, seed):
        super().__init__()
        self.space, self.labels = EigenFaces(images), labels
        self.noise = np.random.default_rng(seed + 1).standard_normal(
            (len(images), latent), dtype="float32"
        )

    def on_epoch_end(self, epoch, logs):
        with local_copy(self.model.network) as network:
            images = draw(network, self.noise, self.labels)
        logs.update(frechet=self.space.frechet(images), diversity=self.space.diversity(images))
        if logs["diversity"] < COLLAPSED:
            print(
                f"\ncollapse: two pictures differ {logs['diversity']:.0%} as much as two real ones do",
                flush=True,
            )


def words_of(logs):
    """Losses and measures in a few words."""
    return "  ".join(
        f"{name.replace('_', ' ')} {value:.3f}" for name, value in logs.items() if name != "loss"
    )


def main(argv):
    args = parse(argv)
    run = open_run(args)
    keras.utils.set_random_seed(args.seed)
    data, held_out = (load(args, part) for part in SPLITS)
    labels = one_hot(held_out.labels[:WATCHED], held_out.features)
    batches = Batches(data.images, one_hot(data.labels, data.features), args.batch, args.seed)
    trainer = build(args, labels.shape[1], batches.steps)
    write_meta(
        run,
        args,
        trainer.network,
        {
            "pictures": len(data.images),
            "hash": data.hash,
            "features": [feature._asdict() for feature in data.features],
        },
    )
    print(
        f"{run.folder}: {len(data.images):,} pictures to learn from, {len(data.features)} features, "
        f"{run.meta['parameter_count']:,} weights",
        flush=True,
    )
    watch = Watch(held_out.images[:WATCHED], labels, args.latent, args.seed)
    epochs = Epochs(run, args.latent, labels[: SIDE * SIDE], args.seed)
    epochs.draw_data(data.images)
    fit(
        run,
        trainer,
        batches,
        args,
        monitor="frechet",
        format_logs=words_of,
        on_sample=epochs.draw,
        extra_callbacks=[watch],
    )
    best = run.meta["best"]
    print(
        f"best in epoch {best['epoch']}: Frechet distance {best['frechet']:.4f} of the variance, "
        f"diversity {best['diversity']:.2f}"
    )


if __name__ == "__main__":
    run_cli(main)
