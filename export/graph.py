"""Convert a concrete TensorFlow function to a TensorFlow.js graph model, and load such a model.

The converter's LayersModel format does not support Keras 3: browsers cannot load the result.
So models are converted from a SavedModel to a GraphModel. Outputs are identified by node name.
"""

import contextlib
import io
import json
import tempfile
from pathlib import Path
from typing import Any

from common.keras_quiet import quiet

import keras
import numpy as np
import tensorflow as tf
from google.protobuf import json_format

from common.cli import GeneError
from export.exporter import ExportedFunction

with quiet():
    from tensorflowjs.converters import tf_saved_model_conversion_v2
    from tensorflowjs.read_weights import read_weights

QUANTIZED = {
    "float32": {},
    "float16": {"quantization_dtype_map": {"float16": "*"}},
    "uint8": {"quantization_dtype_map": {"uint8": "*"}},
}


def convert(function: Any, model: keras.Model, folder: Path, dtype: str) -> dict[str, str]:
    """Write a function of a Keras model as model.json and group1-shard*.bin.

    The same function yields the same bytes in every process.

    Args:
        function: The concrete function; its outputs are a dictionary.
        model: The model whose weights the function uses.
        folder: Folder to write to.
        dtype: Number format of the stored weights, a key of QUANTIZED.

    Returns:
        The node name of each output.

    Raises:
        GeneError: If the files cannot be written, for example because the disk is full.
    """
    holder = tf.Module()
    holder.weights = [variable.value for variable in model.variables]
    try:
        with (
            tempfile.TemporaryDirectory() as temporary,
            quiet(),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            tf.saved_model.save(holder, temporary, signatures=function)
            tf_saved_model_conversion_v2.convert_tf_saved_model(
                temporary, str(folder), **QUANTIZED[dtype]
            )
    except tf.errors.OpError as error:  # for example, the disk is full
        raise GeneError(
            f"{folder}: cannot be written ({error.message.rpartition('; ')[2]}); free some disk "
            "space"
        ) from None
    _sort_keys(folder / "model.json")
    return _outputs(function, folder)


def _sort_keys(path: Path) -> None:
    """Sort the keys of model.json, because the converter writes protobuf maps in random order."""
    model = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(model, sort_keys=True, separators=(",", ":")), encoding="utf-8")


def _outputs(function: Any, folder: Path) -> dict[str, str]:
    """Return the node name of each output.

    The converter names the outputs Identity, Identity_1 and so on, in the order of their sorted
    keys. Each of these nodes only copies another node. That node is returned instead, to save the
    browser the copy.
    """
    nodes = {
        node["name"]: node
        for node in json.loads((folder / "model.json").read_text())["modelTopology"]["node"]
    }
    identities = [
        "Identity" + (f"_{i}" if i else "") for i in range(len(function.structured_outputs))
    ]
    sources = [nodes[identity]["input"][0] for identity in identities]
    return dict(zip(sorted(function.structured_outputs), sources, strict=True))


def count_stored_weights(folder: Path) -> int:
    """Count the float weights in an exported folder."""
    manifest = json.loads((folder / "model.json").read_text())["weightsManifest"]
    return sum(
        int(np.prod(weight["shape"]))
        for group in manifest
        for weight in group["weights"]
        if weight["dtype"] == "float32"
    )


def load(folder: Path, names: dict[str, str]) -> ExportedFunction:
    """Load an exported model.

    Args:
        folder: The folder that `convert` wrote.
        names: The node name of each output.

    Returns:
        A function that maps named inputs to named outputs.
    """
    model = json.loads((folder / "model.json").read_text())
    weights = {
        entry["name"]: entry["data"]
        for group in read_weights(model["weightsManifest"], str(folder), flatten=False)
        for entry in group
    }
    definition = json_format.ParseDict(model["modelTopology"], tf.compat.v1.GraphDef())
    for node in definition.node:
        if node.name in weights:
            node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(weights[node.name]))
    frozen = tf.compat.v1.wrap_function(
        lambda: tf.graph_util.import_graph_def(definition, name=""), []
    )
    inputs = [node.name for node in definition.node if node.op == "Placeholder"]
    pruned = frozen.prune([f"{name}:0" for name in inputs], {k: f"{v}:0" for k, v in names.items()})

    def run(values):
        outputs = pruned(*(tf.constant(values[name]) for name in inputs))
        return {name: value.numpy() for name, value in outputs.items()}

    return run
