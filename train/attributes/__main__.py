"""Train the classifier that recognizes the attributes of a face: hair, glasses, beard and so on.

    python -m train.attributes                     on Gene's own faces
    python -m train.attributes --faces cartoonset10k.tgz --run cartoons
    python -m train.attributes --resume            continue where the run stopped

The classifier evaluates the avatar networks: the attributes that it recognizes in a generated face
are compared with those that were requested, and generated faces are compared with real ones by
their embeddings. A tenth of the training faces, at most 2,000, is set aside to monitor
training; the accuracy printed at the end is measured on held-out faces. The run is saved in
checkpoints/attributes/RUN.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend("attributes", __doc__)

import argparse

import keras
import numpy as np

from common.checkpoint import load_run
from common.cli import GeneError, run_cli
from data.avatars import faces
from data.avatars.labelled_images import LabelledImages, attributes_as_json
from metrics.attributes import accuracy
from models.attributes import AttributeClassifier
from train.attributes.arguments import parse
from train.attributes.augment import to_float
from train.attributes.trainer import AttributeTrainer, FaceBatches
from train.core.fit import fit
from train.core.meta import write_meta
from train.core.run import Run
from train.core.run_folder import open_run

MAX_MONITORED = 2000  # maximum number of training faces set aside to monitor the training


def build(
    args: argparse.Namespace, training: LabelledImages
) -> tuple[AttributeTrainer, FaceBatches, tuple[np.ndarray, np.ndarray]]:
    """Build and compile the trainer.

    Returns:
        The trainer, its batches, and the images and labels used to monitor it.
    """
    monitored = min(MAX_MONITORED, max(len(training.images) // 10, 1))
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
    """Format loss and accuracy for the progress line."""
    return f"loss {logs['cross_entropy']:.4f}  accuracy {logs['accuracy']:.2%}"


def evaluate(run: Run, network: AttributeClassifier, held_out: LabelledImages) -> float:
    """Measure the accuracy on held-out faces, print it and save it in meta.json.

    Returns:
        The accuracy, averaged over the attributes, from 0 to 1.
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
    args = parse(__doc__, argv)
    run = open_run(args)
    keras.utils.set_random_seed(args.seed)
    training, held_out = faces.load_splits(
        args.faces, args.max_images, cache_dir=args.cache_dir, crop=args.crop
    )
    if args.faces:
        print("\n".join(faces.describe(args.faces, args.cache_dir, args.crop)))
    if not training.attributes:
        raise GeneError(
            f"--faces: {args.faces} has no labels, so there are no attributes to learn; give "
            "pictures with labels (see docs/own-data.md)"
        )
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
    best, _ = load_run(run.location, "attributes", [AttributeClassifier])
    mean = evaluate(run, best, held_out)
    print(
        f"best epoch {run.meta['best']['epoch']}: {mean:.2%} accuracy on the attributes of "
        f"{len(held_out.images):,} held-out faces"
    )


if __name__ == "__main__":
    run_cli(main)
