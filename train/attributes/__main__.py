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
