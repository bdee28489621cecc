"""Find the folder of a training run."""

import os
from pathlib import Path

from common.migrations import RUN_NAMES

PROJECT_FOLDER = Path(__file__).resolve().parents[1]


def find_run(task: str, name: str | Path, checkpoint_dir: str | Path | None = None) -> Path:
    """Return the folder of a run that is given by its name or its path.

    Args:
        task: Task of the run, e.g. "lyrics".
        name: Name of the run (the current one, or that of an earlier version), or a path.
        checkpoint_dir: Folder of all runs. None for `checkpoints` in the working directory and,
            for a run that is not there, `checkpoints` next to this package.

    Returns:
        The folder. It need not exist: `common.checkpoint.load_run` reports that.
    """
    if os.sep in str(name):
        return Path(name)
    if checkpoint_dir is None:
        roots = [Path("checkpoints"), PROJECT_FOLDER / "checkpoints"]
    else:
        roots = [Path(checkpoint_dir)]
    names = [str(name), RUN_NAMES.get(task, {}).get(str(name), str(name))]
    candidates = [root / task / candidate for root in roots for candidate in names]
    return next((folder for folder in candidates if folder.is_dir()), candidates[0])
