"""A generator with the quantized weights that the web page loads."""

from common.keras_quiet import quiet

import keras
import numpy as np
from keras import layers, ops

with quiet():  # the module needs only NumPy, but its package imports TensorFlow
    from tensorflowjs.quantization import dequantize_weights, quantize_weights


def quantized_copy(network: keras.Model) -> keras.Model:
    """Return a copy of a network with all weights rounded to 8 bits, as `export.tfjs` does.

    The converter folds batch normalization into a scale and a shift per channel, and quantizes
    these. This function does the same.

    Args:
        network: A generator.

    Returns:
        A network of the same class. It differs from the exported graph only by rounding errors.
    """
    copy = type(network).from_config(network.get_config())
    copy.set_weights(network.get_weights())
    for layer in copy._flatten_layers(include_self=False):
        if isinstance(layer, layers.BatchNormalization):
            _fold_statistics(layer)
        layer.set_weights([_quantize(weights) for weights in layer.get_weights()])
    return copy


def _quantize(weights: np.ndarray) -> np.ndarray:
    quantized, scale_and_min = quantize_weights(weights, np.uint8)
    return dequantize_weights(quantized, scale_and_min)


def _fold_statistics(layer: layers.BatchNormalization) -> None:
    """Fold mean and variance into gamma and beta, the scale and shift in inference."""
    deviation = ops.sqrt(layer.moving_variance + layer.epsilon)
    scale = layer.gamma / deviation
    layer.beta.assign(layer.beta - layer.moving_mean * scale)
    layer.gamma.assign(scale)
    layer.moving_mean.assign(ops.zeros_like(layer.moving_mean))
    layer.moving_variance.assign(ops.ones_like(layer.moving_variance) - layer.epsilon)
