"""A concrete TensorFlow function becomes the files of a TensorFlow.js graph model, and is run again out of them.

Keras 3 models cannot go through the converter's LayersModel way (it writes files that no browser loads), so the way is
SavedModel -> GraphModel. Outputs come back by node name.
"""

import contextlib
import io
import json
import tempfile

from common.keras_quiet import quiet

import numpy as np
import tensorflow as tf
from google.protobuf import json_format

from common.cli import GeneError

with quiet():
    from tensorflowjs.converters import tf_saved_model_conversion_v2
    from tensorflowjs.read_weights import read_weights

QUANTISED = {
    "float32": {},
    "float16": {"quantization_dtype_map": {"float16": "*"}},
    "uint8": {"quantization_dtype_map": {"uint8": "*"}},
}


def convert(function, network, folder, form):
    """Write `function` of a Keras network to `folder`: model.json and group1-shard*.bin, weights in `form`.

    form: a key of QUANTISED. Returns the node name of each output. GeneError when the disk is full.
    """
    holder = tf.Module()
    holder.weights = [variable.value for variable in network.variables]
    try:
        with (
            tempfile.TemporaryDirectory() as temporary,
            quiet(),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            tf.saved_model.save(holder, temporary, signatures=function)
            tf_saved_model_conversion_v2.convert_tf_saved_model(
                temporary, str(folder), **QUANTISED[form]
            )
    except tf.errors.OpError as error:  # a full disk, as TensorFlow tells it
        raise GeneError(
            f"{folder}: could not be written ({error.message.rpartition('; ')[2]})"
        ) from None
    return _outputs(function, folder)


def _outputs(function, folder):
    """The converter calls them Identity, Identity_1, ... in the order of the sorted keys, and each of these copies what
    another node has made. It is those that are named here, so that the browser need not copy."""
    nodes = {
        node["name"]: node
        for node in json.loads((folder / "model.json").read_text())["modelTopology"]["node"]
    }
    identities = [
        "Identity" + (f"_{i}" if i else "") for i in range(len(function.structured_outputs))
    ]
    made = [nodes[identity]["input"][0] for identity in identities]
    return dict(zip(sorted(function.structured_outputs), made))


def stored(folder):
    """The number of float weights that the files hold."""
    manifest = json.loads((folder / "model.json").read_text())["weightsManifest"]
    return sum(
        int(np.prod(weight["shape"]))
        for group in manifest
        for weight in group["weights"]
        if weight["dtype"] == "float32"
    )


def load(folder, names):
    """Read the files back; returns a function {input: array} -> {output: array}. `names`: of the outputs' nodes."""
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
