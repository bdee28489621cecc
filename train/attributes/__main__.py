"""Train the network that looks at faces and says which hair, glasses, beard and so on they have.

    python -m train.attributes                            on the rendered faces
    python -m train.attributes --faces cartoonset10k.tgz --run cartoons
    python -m train.attributes --resume                   go on where it was stopped

It is the judge of the avatars: what it sees in a generated face is compared with what was asked for, and generated
faces with real ones in the space of its last layer but one. A tenth of the training faces, 2,000 at most, is held out
to watch the training; the measure printed at the end is of faces that nobody has trained on. The run goes to
checkpoints/attributes/RUN.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

import keras
import numpy as np

from common.checkpoint import load_run
from common.cli import GeneError, Parser, add_recipes, bounded_float, bounded_int, run_cli
from data.avatars import faces
from metrics.attributes import accuracy
from models.attributes import AttributeClassifier
from train.attributes.trainer import Faces, LookTrainer, plain
from train.core.fit import fit
from train.core.meta import write_meta
from train.core.run import add_run_flags, open_run

WATCHED = 2000  # faces at most that watch the training
RECIPES = {
    "faces": dict(
        widths=[32, 64, 96, 96],
        size=96,
        dropout=0.0,
        batch=64,
        learning_rate=2e-3,
        weight_decay=0.01,
        epochs=16,
        patience=4,
    ),
}


def parse(argv):
    """The flags, the recipe's numbers filled in."""
    parser = Parser(__doc__, prog="python -m train.attributes")
    data = parser.add_argument_group("faces")
    data.add_argument(
        "--faces",
        metavar="PATH",
        help="Cartoon Set, a folder or .tgz (default: the rendered faces)",
    )
    data.add_argument(
        "--count",
        type=bounded_int(64, 10**6),
        help="faces to learn from, at most (default: 10,000, or all)",
    )
    data.add_argument(
        "--cache-dir", metavar="DIR", default=str(faces.CACHE), help="where faces wait as numbers"
    )
    network = parser.add_argument_group("network")
    network.add_argument(
        "--widths", type=bounded_int(1, 4096), nargs="+", help="channels of each convolution"
    )
    network.add_argument("--size", type=bounded_int(1, 65536), help="numbers of the feature vector")
    network.add_argument(
        "--dropout", type=bounded_float(0, 0.95), help="share of them dropped in training"
    )
    training = parser.add_argument_group("training")
    training.add_argument("--batch", type=bounded_int(1, 65536), help="faces of a step")
    training.add_argument(
        "--learning-rate",
        type=bounded_float(1e-7, 10),
        help="its highest value; it falls along a cosine",
    )
    training.add_argument("--weight-decay", type=bounded_float(0, 1), help="of AdamW")
    add_run_flags(parser, "attributes")
    return add_recipes(parser, RECIPES, argv)


def build(args, training):
    """The trainer, its batches, and the faces that watch it."""
    watched = min(WATCHED, len(training.images) // 10)
    lessons = Faces(training.images[watched:], training.labels[watched:], args.batch, args.seed)
    network = AttributeClassifier(
        [len(f.variants) for f in training.features],
        args.widths,
        args.size,
        training.images.shape[1],
        args.dropout,
    )
    trainer = LookTrainer(network)
    schedule = keras.optimizers.schedules.CosineDecay(
        args.learning_rate, lessons.steps * args.epochs, alpha=0.01
    )
    # XLA's convolutions are half as fast on CPU as TensorFlow's own
    trainer.compile(
        keras.optimizers.AdamW(schedule, weight_decay=args.weight_decay),
        jit_compile=keras.backend.backend() == "jax",
    )
    return trainer, lessons, (plain(training.images[:watched]), training.labels[:watched])


def check(training, args):
    """GeneError for faces that the classifier cannot learn from."""
    if not training.features:
        raise GeneError(
            f"--faces: {args.faces} has no labels; without them there is nothing to see"
        )
    if len(training.images) // 10 * 9 < args.batch:
        raise GeneError(
            f"--batch: {len(training.images):,} faces are too few for steps of {args.batch}; "
            "give a smaller one, or more --faces"
        )


def words_of(logs):
    """Loss and accuracy in a few words."""
    return f"loss {logs['cross_entropy']:.4f}  accuracy {logs['accuracy']:.2%}"


def judge(run, network, held_out):
    """Put into the meta how much of what faces that nobody trained on show is seen right; returns the mean."""
    right = accuracy(held_out.labels, network.look(held_out.images)[0])
    if np.isnan(right).all():
        raise GeneError(f"{run.folder}: no held-out face shows a feature; give more --faces")
    names = [feature.name for feature in held_out.features]
    run.meta["metrics"] = {
        "held_out_accuracy": float(np.nanmean(right)),
        "worst": names[int(np.nanargmin(right))],
        "features": {name: float(value) for name, value in zip(names, right)},
    }
    run.save_meta()
    print("\n".join(f"{name:20} {value:7.2%}" for name, value in zip(names, right)))
    return run.meta["metrics"]["held_out_accuracy"]


def main(argv):
    args = parse(argv)
    run = open_run(args)
    keras.utils.set_random_seed(args.seed)
    training, held_out = (
        faces.load(args.faces, args.count, part, args.cache_dir)
        for part in ("training", "held-out")
    )
    check(training, args)
    trainer, lessons, watched = build(args, training)
    write_meta(
        run,
        args,
        trainer.network,
        {
            "hash": training.hash,
            "faces": len(training.images),
            "held_out": len(held_out.images),
            "features": [feature._asdict() for feature in training.features],
        },
    )
    print(
        f"{run.folder}: {lessons.steps * args.batch:,} faces to learn, {len(training.features)} features, "
        f"{run.meta['parameter_count']:,} weights",
        flush=True,
    )
    fit(
        run,
        trainer,
        lessons,
        args,
        monitor="val_cross_entropy",
        format_logs=words_of,
        validation_data=watched,
        validation_batch_size=args.batch,
    )
    best, _ = load_run(run.folder, "attributes", [AttributeClassifier])
    print(
        f"best in epoch {run.meta['best']['epoch']}: {judge(run, best, held_out):.2%} of the features of "
        f"{len(held_out.images):,} held-out faces seen right"
    )


if __name__ == "__main__":
    run_cli(main)
