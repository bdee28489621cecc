"""Train the classifier that recognizes the attributes of a face: hair, glasses, beard and so on.

    python -m train.attributes                     on Gene's own faces
    python -m train.attributes --faces cartoonset10k.tgz --run cartoons
    python -m train.attributes --resume            continue where the run stopped

The classifier evaluates the avatar networks: what it recognizes in a generated face is compared
with what was requested, and generated faces are compared with real ones in the space of its
embeddings. A tenth of the training faces, at most 2,000, is used to monitor the training; the
accuracy printed at the end is that of held-out faces. The run goes to checkpoints/attributes/RUN.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

import argparse

import keras
import numpy as np

from common.checkpoint import load_run
from common.cli import GeneError, Parser, add_recipes, bounded_float, bounded_int, run_cli
from data.avatars import faces
from data.avatars.labelled_images import SPLITS, LabelledImages, attributes_as_json
from metrics.attributes import accuracy
from models.attributes import AttributeClassifier
from train.attributes.augment import to_float
from train.attributes.trainer import AttributeTrainer, FaceBatches
from train.core.fit import fit
from train.core.meta import write_meta
from train.core.run import Run, add_run_flags, open_run

MAX_MONITORED = 2000  # training faces used for monitoring instead
RECIPES = {
    "faces": dict(
        channels=[32, 64, 96, 96],
        embedding_dim=96,
        dropout=0.0,
        batch_size=64,
        learning_rate=2e-3,
        weight_decay=0.01,
        epochs=16,
        patience=4,
    ),
}


def parse(argv: list[str]) -> argparse.Namespace:
    """Parse the command line; the recipe supplies the defaults."""
    parser = Parser(__doc__, prog="python -m train.attributes")
    data = parser.add_argument_group("faces")
    data.add_argument(
        "--faces",
        metavar="PATH",
        help="folder or .tgz of labeled faces, such as Cartoon Set (default: Gene's own faces)",
    )
    data.add_argument(
        "--max-images",
        type=bounded_int(64, 10**6),
        help="maximum number of training faces (default: 10,000 of Gene's own, all of others)",
    )
    data.add_argument(
        "--cache-dir",
        metavar="DIR",
        default=str(faces.CACHE_DIR),
        help="folder for the decoded images (default: %(default)s)",
    )
    network = parser.add_argument_group("network")
    network.add_argument(
        "--channels", type=bounded_int(1, 4096), nargs="+", help="channels of each convolution"
    )
    network.add_argument(
        "--embedding-dim", type=bounded_int(1, 65536), help="size of the embedding"
    )
    network.add_argument(
        "--dropout",
        type=bounded_float(0, 0.95),
        help="dropout rate of the embedding",
    )
    training = parser.add_argument_group("training")
    training.add_argument("--batch-size", type=bounded_int(1, 65536), help="faces per batch")
    training.add_argument(
        "--learning-rate", type=bounded_float(1e-7, 10), help="peak learning rate (cosine decay)"
    )
    training.add_argument("--weight-decay", type=bounded_float(0, 1), help="weight decay of AdamW")
    add_run_flags(parser, "attributes")
    return add_recipes(parser, RECIPES, argv)


def build(
    args: argparse.Namespace, training: LabelledImages
) -> tuple[AttributeTrainer, FaceBatches, tuple[np.ndarray, np.ndarray]]:
    """Build and compile the trainer.

    Returns:
        The trainer, its batches, and the images and labels used to monitor it.
    """
    monitored = min(MAX_MONITORED, len(training.images) // 10)
    batches = FaceBatches(
        training.images[monitored:], training.labels[monitored:], args.batch_size, args.seed
    )
    network = AttributeClassifier(
        [len(attribute.variants) for attribute in training.attributes],
        args.channels,
        args.embedding_dim,
        training.images.shape[1],
        args.dropout,
    )
    trainer = AttributeTrainer(network)
    schedule = keras.optimizers.schedules.CosineDecay(
        args.learning_rate, batches.steps * args.epochs, alpha=0.01
    )
    trainer.compile(
        keras.optimizers.AdamW(schedule, weight_decay=args.weight_decay),
        # XLA's convolutions are half as fast as TensorFlow's own on a CPU.
        jit_compile=keras.backend.backend() == "jax",
    )
    return trainer, batches, (to_float(training.images[:monitored]), training.labels[:monitored])


def format_logs(logs: dict) -> str:
    """Format loss and accuracy for one line of progress."""
    return f"loss {logs['cross_entropy']:.4f}  accuracy {logs['accuracy']:.2%}"


def evaluate(run: Run, network: AttributeClassifier, held_out: LabelledImages) -> float:
    """Measure the accuracy on held-out faces, print it and save it in meta.json.

    Returns:
        The mean accuracy of the attributes, 0 to 1.
    """
    recognized, _ = network.predict_with_embeddings(held_out.images)
    accuracies = accuracy(held_out.labels, recognized)
    if np.isnan(accuracies).all():
        raise GeneError(
            f"{run.folder}: no attribute is visible in any held-out face; use more faces"
        )
    names = [attribute.name for attribute in held_out.attributes]
    mean = float(np.nanmean(accuracies))
    run.meta["metrics"] = {
        "held_out_accuracy": mean,
        "worst_attribute": names[int(np.nanargmin(accuracies))],
        "attributes": {name: float(value) for name, value in zip(names, accuracies, strict=True)},
    }
    run.save_meta()
    for name, value in zip(names, accuracies, strict=True):
        print(f"{name:20} {value:7.2%}")
    return mean


def main(argv: list[str]) -> None:
    """Train, save and evaluate a run."""
    args = parse(argv)
    run = open_run(args)
    keras.utils.set_random_seed(args.seed)
    training, held_out = (
        faces.load(args.faces, args.max_images, split, args.cache_dir) for split in SPLITS
    )
    if not training.attributes:
        raise GeneError(f"--faces: {args.faces} has no labels, so there are no attributes to learn")
    trainer, batches, monitored = build(args, training)
    write_meta(
        run,
        args,
        trainer.network,
        {
            "hash": training.hash,
            "faces": len(training.images),
            "held_out": len(held_out.images),
            "attributes": attributes_as_json(training.attributes),
        },
    )
    print(
        f"{run.folder}: {batches.steps * args.batch_size:,} training faces, "
        f"{len(training.attributes)} attributes, {run.meta['parameter_count']:,} weights",
        flush=True,
    )
    fit(
        run,
        trainer,
        batches,
        args,
        monitor="val_cross_entropy",
        format_logs=format_logs,
        validation_data=monitored,
        validation_batch_size=args.batch_size,
    )
    best, _ = load_run(run.folder, "attributes", [AttributeClassifier])
    mean = evaluate(run, best, held_out)
    print(
        f"best epoch {run.meta['best']['epoch']}: {mean:.2%} accuracy on the attributes of "
        f"{len(held_out.images):,} held-out faces"
    )


if __name__ == "__main__":
    run_cli(main)
