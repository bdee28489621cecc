"""Convert a concrete TensorFlow function to a TensorFlow.js graph model, and run that model again.

The converter's LayersModel format does not support Keras 3 (no browser can load the result), so
models are converted from a SavedModel to a GraphModel. Outputs are found by node name.
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

    Args:
        function: The concrete function; its outputs are a dictionary.
        model: The model whose weights the function uses.
        folder: Where to write the files.
        dtype: Number format of the stored weights, a key of QUANTIZED.

    Returns:
        The node name of each output.

    Raises:
        GeneError: The disk is full.
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
    except tf.errors.OpError as error:  # a full disk
        raise GeneError(
            f"{folder}: could not be written ({error.message.rpartition('; ')[2]})"
        ) from None
    return _outputs(function, folder)


def _outputs(function: Any, folder: Path) -> dict[str, str]:
    """Find the nodes of the outputs.

    The converter names the outputs Identity, Identity_1, ... in the order of their sorted keys.
    Each only copies another node, which is returned instead to spare the browser the copy.
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
    """Read an exported model back.

    Args:
        folder: The folder that `convert` has written.
        names: The node name of each output.

    Returns:
        A function from arrays by input name to arrays by output name.
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
