"""What export/tfjs.py needs to know about each kind of network."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ExportedFunction = Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]


def _add_no_files(source: Path, folder: Path) -> None:
    """Add nothing."""


@dataclass(frozen=True)
class Exporter:
    """How runs of one task become TensorFlow.js models.

    Args:
        load: Loads a run's folder; returns its model and its metadata.
        graph: Returns the concrete TensorFlow function of a model that is to be exported.
        compare: Returns the largest error of an exported function, compared with its model.
        max_error: The largest accepted error by weight format ("float32", "float16", "uint8"). The
            model is exported in each of these formats.
        files: Names of files of the run's folder that are copied next to the model.
        add_files: Called with the run's folder and the exported folder; writes further files.
        inputs: Returns the files outside the run's folder that the export reads.
        is_published: Whether the site has a use for a run.
    """

    load: Callable[[Path], tuple[Any, dict]]
    graph: Callable[[Any], Any]
    compare: Callable[[Any, ExportedFunction], float]
    max_error: Mapping[str, float]
    files: Sequence[str] = ()
    add_files: Callable[[Path, Path], None] = _add_no_files
    inputs: Callable[[Path], Sequence[Path]] = lambda source: ()
    is_published: Callable[[Path], bool] = lambda source: True
