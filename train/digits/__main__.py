"""Train a network that tells handwritten digits apart.

    python -m train.digits                          the original's: 784 pixels, 100 sigmoids, ten sigmoids
    python -m train.digits --recipe modern          a small convolutional network
    python -m train.digits --recipe judge           another one, which names what the others dream up
    python -m train.digits --recipe robust          one whose pictures are changed against it while it learns
    python -m train.digits --recipe eleven          one with an eleventh class, of pictures that fool the original's
    python -m train.digits --recipe modern --resume go on where it was stopped
    python -m train.digits --mnist ~/mnist          your own copy of the IDX files, plain or gzip

5,000 of the 60,000 training digits are held out to watch the training; the 10,000 test digits are asked once, at the
end. The run, with the confusion matrix and the digits it gets wrong, goes to checkpoints/digits/RUN.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

import keras
import numpy as np

from common.checkpoint import load_run
from common.cli import Parser, add_recipes, bounded_float, bounded_int, run_cli
from data.digits.mnist import CLASSES, load_digits
from models.digits import ConvNet, LeNet, SigmoidMLP
from train.core.fit import fit
from train.core.run import add_run_flags, open_run, write_meta
from train.digits.confusion import confusion_csv, draw_confusion, draw_wrong
from train.digits.fooling import fingerprint, fooling_images, with_fooling
from train.digits.trainer import Attacked, Batches, Classifier, as_pictures, wanted

KINDS = {
    "sigmoids": lambda args: SigmoidMLP(args.units[0]),
    "convolutions": lambda args: ConvNet(args.units, args.halved, CLASSES + bool(args.fooled)),
    "lenet": lambda args: LeNet(args.units[:-1], args.units[-1], args.dropout),
}
MODERN = dict(
    kind="convolutions",
    units=[16, 32, 48, 64, 64],
    halved=[0, 1, 0, 1, 0],
    dropout=0.0,
    batch=128,
    learning_rate=4e-3,
    weight_decay=0.02,
    average=0.997,
    smooth=0.05,
    shift=2.0,
    turn=12.0,
    stretch=0.15,
    strength=0.0,
    replays=1,
    fooled=0,
    epochs=18,
    patience=6,
)
RECIPES = {
    "seed": MODERN
    | dict(
        kind="sigmoids",
        units=[100],
        batch=16,
        learning_rate=1.0,
        weight_decay=5e-5,
        average=0.0,
        smooth=0.0,
        shift=0.0,
        turn=0.0,
        stretch=0.0,
        epochs=40,
        patience=12,
    ),
    "modern": MODERN,
    "judge": MODERN
    | dict(kind="lenet", units=[16, 32, 128], dropout=0.4, learning_rate=2e-3, epochs=12, seed=2),
    "robust": MODERN
    | dict(
        learning_rate=2e-3,
        average=0.99,
        smooth=0.0,
        shift=1.0,
        turn=0.0,
        stretch=0.0,
        strength=2.5,
        replays=4,
        epochs=5,
    ),
    "eleven": MODERN | dict(fooled=3000, epochs=8, seed=3),
}


def parse(argv):
    """The flags, the recipe's numbers filled in."""
    parser = Parser(__doc__, prog="python -m train.digits")
    digits = parser.add_argument_group("digits")
    digits.add_argument(
        "--mnist", metavar="DIR", help="folder of the four IDX files (default: the package's)"
    )
    digits.add_argument(
        "--fooled",
        type=bounded_int(0, 10**6),
        help="so many pictures that fool the run `seed` are added, "
        "as an eleventh class (convolutions only)",
    )
    digits.add_argument(
        "--unchecked", action="store_true", help="take digits that are not the published MNIST"
    )
    network = parser.add_argument_group("network")
    network.add_argument("--kind", choices=KINDS, help="which network")
    network.add_argument(
        "--units",
        type=bounded_int(1, 4096),
        nargs="+",
        help="sigmoids; or channels of each convolution, "
        "for lenet two, and the units of its dense layer",
    )
    network.add_argument(
        "--halved",
        type=bounded_int(0, 1),
        nargs="+",
        help="1 for each convolution that halves the picture",
    )
    network.add_argument(
        "--dropout",
        type=bounded_float(0, 0.95),
        help="share of numbers dropped in training (lenet only)",
    )
    training = parser.add_argument_group("training")
    training.add_argument("--batch", type=bounded_int(1, 65536), help="digits of a batch")
    training.add_argument(
        "--learning-rate",
        type=bounded_float(1e-7, 100),
        help="its highest value; it falls along a cosine",
    )
    training.add_argument(
        "--weight-decay", type=bounded_float(0, 1), help="of SGD (sigmoids) or AdamW"
    )
    training.add_argument(
        "--average",
        type=bounded_float(0, 0.99999),
        help="share of the averaged weights that a step keeps",
    )
    training.add_argument(
        "--smooth", type=bounded_float(0, 0.5), help="share of certainty given to all digits alike"
    )
    training.add_argument(
        "--shift", type=bounded_float(0, 14), help="digits are shifted by so many pixels"
    )
    training.add_argument(
        "--turn", type=bounded_float(0, 180), help="and turned by so many degrees"
    )
    training.add_argument(
        "--stretch", type=bounded_float(0, 1), help="and stretched and slanted by such a share"
    )
    training.add_argument(
        "--strength",
        type=bounded_float(0, 28),
        help="and changed against the network by such a length",
    )
    training.add_argument(
        "--replays", type=bounded_int(1, 100), help="times that a batch comes in a row"
    )
    add_run_flags(parser, "digits")
    args = add_recipes(parser, RECIPES, argv)
    layers = {"sigmoids": 1, "lenet": 3}.get(args.kind, len(args.halved))
    if len(args.units) != layers:
        parser.error(
            f"--units: {len(args.units)} numbers where a {args.kind} network here has {layers}"
        )
    if args.fooled and args.kind != "convolutions":
        parser.error(f"--fooled: a {args.kind} network has no eleventh class")
    return args


def build(args, training):
    """The trainer and the batches of a training Part."""
    network = KINDS[args.kind](args)
    batches = Batches(
        training,
        args.batch,
        network.classes,
        args.seed,
        args.replays,
        args.smooth,
        shift=args.shift,
        turn=args.turn,
        stretch=args.stretch,
    )
    schedule = keras.optimizers.schedules.CosineDecay(
        args.learning_rate / 10,
        batches.steps * args.epochs,
        alpha=0.02,
        warmup_target=args.learning_rate,
        warmup_steps=min(200, batches.steps),
    )
    if args.strength:
        trainer = Attacked(network, args.average, args.batch, args.strength)
        optimizer = trainer.optimizer_for(schedule, args.weight_decay)
    else:
        trainer = Classifier(network, args.average)
        optimizer = (keras.optimizers.SGD if args.kind == "sigmoids" else keras.optimizers.AdamW)(
            schedule, weight_decay=args.weight_decay
        )
        optimizer.exclude_from_weight_decay(var_names=["bias"])
    trainer.compile(optimizer)
    return trainer, batches


def words_of(logs):
    """Loss and accuracy in a few words."""
    return f"loss {logs['cross_entropy']:.4f}  accuracy {logs['accuracy']:.2%}"


def ask(network, part):
    """What the network calls each digit of a part, (n,)."""
    return network.predict(as_pictures(part.images), batch_size=500, verbose=0).argmax(axis=1)


def examine(run, network, part):
    """The confusion matrix and the wrong digits of a part go to samples/; returns the share that is right."""
    said = ask(network, part)
    run.write_sample("confusion.csv", confusion_csv(part.labels, said))
    draw_confusion(part.labels, said, run.path("samples") / "confusion.png")
    draw_wrong(part, said, run.path("samples") / "wrong.png")
    return float(np.mean(said == part.labels))


def main(argv):
    args = parse(argv)
    run = open_run(args)
    digits = load_digits(args.mnist, args.unchecked)
    training, data = digits.training, digits.meta
    if args.fooled:
        images = fooling_images(training, args.checkpoint_dir, args.fooled, args.seed)
        training, data = with_fooling(training, images), data | {"fooled": fingerprint(images)}
    keras.utils.set_random_seed(args.seed)
    trainer, batches = build(args, training)
    write_meta(run, args, trainer.network, data)
    print(
        f"{run.folder}: {len(training.labels):,} pictures to learn, {run.meta['parameter_count']:,} weights",
        flush=True,
    )

    def sample(network, epoch):
        run.write_sample(
            "held-out.csv", confusion_csv(digits.validation.labels, ask(network, digits.validation))
        )

    held_out = (
        as_pictures(digits.validation.images),
        wanted(digits.validation.labels, trainer.network.classes),
    )
    fit(
        run,
        trainer,
        batches,
        args,
        monitor="val_cross_entropy",
        format_logs=words_of,
        on_sample=sample,
        validation_data=held_out,
        validation_batch_size=500,
    )
    best, _ = load_run(run.folder, "digits", [ConvNet, LeNet, SigmoidMLP])
    accuracy = examine(run, best, digits.test)
    run.meta["metrics"] = {
        "held_out_accuracy": run.meta["best"]["val_accuracy"],
        "test_accuracy": accuracy,
    }
    run.save_meta()
    print(
        f"best in epoch {run.meta['best']['epoch']}: "
        f"{accuracy:.2%} of the {len(digits.test.labels):,} test digits right"
    )


if __name__ == "__main__":
    run_cli(main)
