"""The interface between export/tfjs.py and the exporter of each task."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ExportedFunction = Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]


def _add_no_files(source: Path, folder: Path) -> None:
    """Add no files; the default for `Exporter.add_files`."""


@dataclass(frozen=True)
class Exporter:
    """Exports the runs of one task as TensorFlow.js models.

    Args:
        load: Function that loads a run from its folder, and returns its model and its metadata.
        graph: Function that returns the concrete TensorFlow function of a model to export.
        compare: Function that returns the largest error of an exported function compared with its
            model.
        dtype: The weight format that the page loads: "float32", "float16" or "uint8".
        max_error: The maximum error for each weight format. The model is converted to each of these
            formats and compared with Keras; only `dtype` is published.
        files: Names of files in the folder of the run that are copied next to the model.
        add_files: Function that writes more files; called with the folder of the run and the
            exported folder.
        inputs: Function that returns the files outside the folder of the run that the export reads.
        has_own_data: Function that returns, from the metadata of a run, whether it was trained on
            the user's own data.
        is_published: Function that returns whether a run is shown on the site.
    """

    load: Callable[[Path], tuple[Any, dict]]
    graph: Callable[[Any], Any]
    compare: Callable[[Any, ExportedFunction], float]
    dtype: str
    max_error: Mapping[str, float]
    files: Sequence[str] = ()
    add_files: Callable[[Path, Path], None] = _add_no_files
    inputs: Callable[[Path], Sequence[Path]] = lambda source: ()
    has_own_data: Callable[[dict], bool] = lambda meta: False
    is_published: Callable[[Path], bool] = lambda source: True
