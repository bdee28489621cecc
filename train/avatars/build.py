"""Build what `python -m train.avatars` trains: generator, discriminator and trainer."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import keras
from keras.optimizers.schedules import CosineDecay

from common.cli import GeneError, printable
from data.avatars.labelled_images import Attribute, LabelledImages
from generate.faces import load
from models.avatars import DCGANDiscriminator, DCGANGenerator, Discriminator, Generator
from models.sub_pixel import SubPixelGenerator
from train.avatars.batches import ImageBatches
from train.avatars.codes import image_codes
from train.avatars.gan import DCGANTrainer, GANTrainer, RelativisticGANTrainer
from train.avatars.sub_pixel import SubPixelTrainer
from train.avatars.warm_start import warm_start

FINAL_RATE = 0.02  # the learning rate at the end of training, divided by its peak
WARM_UP = 0.25  # fraction of training in which the 64x64 generator's learning rate rises


def build_batches(args: argparse.Namespace, training: LabelledImages) -> ImageBatches:
    """Return the training batches.

    Args:
        args: Parsed flags.
        training: The training images.
    """
    batches = ImageBatches(training, args.batch_size, args.seed, args.min_steps)
    if args.image_codes:
        batches.codes = image_codes(training.images, batches.labels, args.latent, args.seed)
    return batches


def build_trainer(
    args: argparse.Namespace, attributes: Sequence[Attribute], steps: int
) -> GANTrainer:
    """Build and compile the trainer.

    Args:
        args: Parsed flags.
        attributes: The attributes that the labels of the generator describe.
        steps: Steps per epoch.
    """
    trainer = _trainer(args, attributes)
    if not attributes and keras.backend.backend() == "tensorflow":
        _switch_off_remapper()
    trainer.compile(
        _optimizer(args, steps),
        # XLA's convolutions are half as fast as TensorFlow's own on a CPU.
        jit_compile=keras.backend.backend() == "jax",
    )
    return trainer


def _optimizer(args: argparse.Namespace, steps: int) -> keras.optimizers.Optimizer:
    """Return Adam; the sub-pixel model has a second one for the generator of small images.

    That generator comes from another run. At the learning rate of the new layers, it would forget
    rare details, such as green irises behind glasses, before the new layers have learned anything.
    """
    steps *= args.epochs
    if args.model == "dcgan":
        return _adam(args.learning_rate)
    rate = CosineDecay(args.learning_rate, steps, alpha=FINAL_RATE)
    if args.model == "relativistic":
        return _adam(rate)
    warm_up = round(WARM_UP * steps)
    base_rate = CosineDecay(
        0.0,
        steps - warm_up,
        alpha=FINAL_RATE,
        warmup_target=args.base_learning_rate,
        warmup_steps=warm_up,
    )
    base = {"base/.*": _adam(base_rate, momentum=0.9)}
    return keras.optimizers.MultiOptimizer(
        keras.optimizers.OptimizerMap(_adam(rate, momentum=0.9), base)
    )


def _adam(learning_rate, momentum: float = 0.5) -> keras.optimizers.Adam:
    """Return Adam. A GAN needs a low momentum, because the adversary keeps changing the loss."""
    return keras.optimizers.Adam(learning_rate, beta_1=momentum, beta_2=0.99)


def _switch_off_remapper() -> None:
    """Turn off TensorFlow's remapper.

    For networks without labels, this step of TensorFlow's graph optimizer fails and prints an
    error.
    """
    import tensorflow as tf

    tf.config.optimizer.set_experimental_options({"remapping": False})


def _trainer(args: argparse.Namespace, attributes: Sequence[Attribute]) -> GANTrainer:
    if args.model == "dcgan":
        return _dcgan(args)
    if args.model == "sub-pixel":
        return _sub_pixel(args, attributes)
    return _relativistic(args, attributes)


def _dcgan(args: argparse.Namespace) -> DCGANTrainer:
    first = args.channels[0]
    generator = DCGANGenerator(args.latent, args.channels)
    discriminator = DCGANDiscriminator([first // 16, first // 8, first // 4])
    return DCGANTrainer(generator, discriminator, args.ema_decay)


def _relativistic(
    args: argparse.Namespace, attributes: Sequence[Attribute]
) -> RelativisticGANTrainer:
    first = args.channels[0]
    num_labels = sum(len(attribute.variants) for attribute in attributes)
    generator = Generator(
        args.latent, num_labels, channels=args.channels, output_activation=args.activation
    )
    if args.init_from and not args.resume:
        _start_from(args, generator, attributes)
    discriminator = Discriminator(
        num_labels, [first // 4, first // 2, first, first * 3 // 2, first * 2]
    )
    return RelativisticGANTrainer(
        generator,
        discriminator,
        args.ema_decay,
        args.gradient_penalty,
        args.sigma,
        args.l1_weight,
        args.diff_augment,
    )


def _sub_pixel(args: argparse.Namespace, attributes: Sequence[Attribute]) -> SubPixelTrainer:
    generator = SubPixelGenerator(
        args.latent,
        sum(len(attribute.variants) for attribute in attributes),
        channels=args.channels,
        detail_channels=args.detail_channels,
    )
    if args.init_from and not args.resume:
        _start_from(args, generator, attributes)
    return SubPixelTrainer(generator, args.ema_decay, args.l1_weight)


def _start_from(
    args: argparse.Namespace,
    generator: Generator | SubPixelGenerator,
    attributes: Sequence[Attribute],
) -> None:
    """Copy the weights of the run that --init-from names.

    The run is in --checkpoint-dir or else one of those that come with Gene.
    """
    own = Path(args.checkpoint_dir) / "avatars" / args.init_from
    try:
        source = load(own if own.is_dir() else args.init_from)
    except GeneError as error:
        raise GeneError(
            f"--init-from: {error}; or start from random weights with --init-from none"
        ) from None
    shared = warm_start(source, generator, attributes)
    known = (
        f", including what it learned about {', '.join(map(printable, shared))}" if shared else ""
    )
    print(f"starting from the run {args.init_from}{known}")
