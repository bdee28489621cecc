"""Train a network that classifies handwritten digits.

    python -m train.digits                          the original network, an MLP: 784 inputs, 100
                                                    hidden sigmoids and 10 output sigmoids
    python -m train.digits --recipe modern          a small convolutional network
    python -m train.digits --recipe judge           another one, to rate generated images
    python -m train.digits --recipe robust          trained on adversarially perturbed images
    python -m train.digits --recipe eleven          with an 11th class: images that fool `original`
    python -m train.digits --recipe modern --resume continue a stopped run
    python -m train.digits --mnist ~/mnist          your own copy of the IDX files, plain or gzip

5,000 of the 60,000 training digits are held out to monitor training; the 10,000 test digits are
used once, at the end. The run, with its confusion matrix and the misclassified digits, is written
to checkpoints/digits/RUN.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend("digits", __doc__)

import argparse
from collections.abc import Callable

import keras
import numpy as np

from common.checkpoint import load_run
from common.cli import run_cli
from data.digits.mnist import NUM_CLASSES, DigitSplit, load_digits
from models.digits import NETWORKS, ConvNet, LeNet, SigmoidMLP
from train.core.fit import fit
from train.core.meta import write_meta
from train.core.run import Run
from train.core.run_folder import open_run
from train.digits.arguments import parse
from train.digits.confusion import confusion_csv, plot_confusion, plot_mistakes
from train.digits.fooling import add_fooling_class, fooling_images, sha256_of
from train.digits.trainer import (
    DigitBatches,
    DigitTrainer,
    FreeAdversarialTrainer,
    one_hot,
    to_float,
)

EVAL_BATCH = 500

_MAKE_MODEL: dict[str, Callable[[argparse.Namespace], SigmoidMLP | ConvNet | LeNet]] = {
    "sigmoid-mlp": lambda args: SigmoidMLP(args.hidden),
    "convnet": lambda args: ConvNet(
        args.channels, args.downsample, NUM_CLASSES + bool(args.fooling_images)
    ),
    "lenet": lambda args: LeNet(args.channels, args.hidden, args.dropout),
}


def build(args: argparse.Namespace, training: DigitSplit) -> tuple[DigitTrainer, DigitBatches]:
    """Return the compiled trainer and its batches."""
    network = _MAKE_MODEL[args.model](args)
    batches = DigitBatches(
        training,
        args.batch_size,
        network.classes,
        args.seed,
        args.replay_steps,
        args.label_smoothing,
        translation=args.translation,
        rotation=args.rotation,
        shear_zoom=args.shear_zoom,
    )
    schedule = keras.optimizers.schedules.CosineDecay(
        args.learning_rate / 10,
        batches.steps * args.epochs,
        alpha=0.02,
        warmup_target=args.learning_rate,
        warmup_steps=min(200, batches.steps),
    )
    if args.epsilon:
        trainer = FreeAdversarialTrainer(network, args.ema_decay, args.batch_size, args.epsilon)
        optimizer = trainer.make_optimizer(schedule, args.weight_decay)
    else:
        trainer = DigitTrainer(network, args.ema_decay)
        is_mlp = args.model == "sigmoid-mlp"
        optimizer_class = keras.optimizers.SGD if is_mlp else keras.optimizers.AdamW
        optimizer = optimizer_class(schedule, weight_decay=args.weight_decay)
        optimizer.exclude_from_weight_decay(var_names=["bias"])
    trainer.compile(optimizer)
    return trainer, batches


def format_metrics(logs: dict) -> str:
    """Return loss and accuracy for the progress line."""
    return f"loss {logs['cross_entropy']:.4f}  accuracy {logs['accuracy']:.2%}"


def predict(network: keras.Model, split: DigitSplit) -> np.ndarray:
    """Return the predicted class of each digit, of shape (n,)."""
    logits = network.predict(to_float(split.images), batch_size=EVAL_BATCH, verbose=0)
    return logits.argmax(axis=1)


def evaluate(run: Run, network: keras.Model, split: DigitSplit) -> float:
    """Write the confusion matrix and the mistakes to samples/; return the accuracy, 0 to 1."""
    predictions = predict(network, split)
    run.write_sample("confusion.csv", confusion_csv(split.labels, predictions))
    plot_confusion(split.labels, predictions, run.path("samples") / "confusion.png")
    plot_mistakes(split, predictions, run.path("samples") / "wrong.png")
    return float(np.mean(predictions == split.labels))


def load_data(args):
    """Return all digits, the training split and its description for meta.json.

    The training split includes the fooling images, if the flags ask for them.
    """
    digits = load_digits(args.mnist, args.allow_other_digits)
    if not args.fooling_images:
        return digits, digits.training, digits.meta
    images = fooling_images(digits.training, args.checkpoint_dir, args.fooling_images, args.seed)
    return (
        digits,
        add_fooling_class(digits.training, images),
        digits.meta | {"fooling_images": sha256_of(images)},
    )


def main(argv):
    """Train a network, or resume its training."""
    args = parse(__doc__, argv)
    run = open_run(args)
    digits, training, data = load_data(args)
    keras.utils.set_random_seed(args.seed)
    trainer, batches = build(args, training)
    write_meta(run, args, trainer.network, data)
    print(
        f"{run.folder}: {len(training.labels):,} training images, "
        f"{run.meta['parameter_count']:,} weights",
        flush=True,
    )

    def write_confusion(network, epoch):
        predictions = predict(network, digits.validation)
        run.write_sample("held-out.csv", confusion_csv(digits.validation.labels, predictions))

    validation_data = (
        to_float(digits.validation.images),
        one_hot(digits.validation.labels, trainer.network.classes),
    )
    fit(
        run,
        trainer,
        batches,
        args,
        monitor="val_cross_entropy",
        format_logs=format_metrics,
        on_sample=write_confusion,
        validation_data=validation_data,
        validation_batch_size=EVAL_BATCH,
    )
    _report(run, digits)


def _report(run, digits):
    """Measure the best network on the test digits, save the accuracy and print it."""
    best, _ = load_run(run.location, "digits", NETWORKS)
    accuracy = evaluate(run, best, digits.test)
    run.meta["metrics"] = {
        "held_out_accuracy": run.meta["best"]["val_accuracy"],
        "test_accuracy": accuracy,
    }
    run.save_meta()
    print(
        f"best epoch {run.meta['best']['epoch']}: {accuracy:.2%} of the "
        f"{len(digits.test.labels):,} test digits classified correctly"
    )


if __name__ == "__main__":
    run_cli(main)
