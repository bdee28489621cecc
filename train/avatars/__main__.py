"""Train a network that draws 64x64 avatars: a generator against a discriminator.

    python -m train.avatars                            faces with attributes to choose, our network
    python -m train.avatars --recipe faces-dcgan       a plain DCGAN on the same faces
    python -m train.avatars --recipe ellipses-outline  unfilled ellipses on white, a DCGAN (it fails)
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
