"""Load digit networks, and generate images that maximize their confidence.

Example:
    from generate.digits import load

    network = load("modern")
"""

from pathlib import Path

from common.checkpoint import load_run
from common.runs import find_run
from models.digits import NETWORKS


def load(name: str | Path, checkpoint_dir: str | Path | None = None):
    """Load a trained digit network.

    Args:
        name: Name of a run, e.g. "modern", or the path of its folder.
        checkpoint_dir: Folder that contains all runs. If None, search `checkpoints` in the working
            directory, then `checkpoints` next to this package.

    Returns:
        The Keras model: a `SigmoidMLP`, `ConvNet` or `LeNet`.

    Raises:
        GeneError: If there is no such run, or its files are damaged.
    """
    network, _ = load_run(find_run("digits", name, checkpoint_dir), "digits", NETWORKS)
    return network
