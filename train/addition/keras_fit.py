"""Train one network at a time with Keras `fit` and early stopping, as in the original experiment.

The networks are so small that most of the time is overhead per step. With JAX
(`KERAS_BACKEND=jax`), training takes about a fifth of the time that it takes with TensorFlow.
"""

import time

import keras
import numpy as np

from data.addition import NUM_HELD_OUT, NUM_PAIRS, epoch_permutation, training_pairs
from models.addition import build_mlp
from train.addition.spec import AdderSpec, Trained, Weights, initial_weights

BATCH_SIZE = 32
STEPS_PER_EPOCH = (NUM_PAIRS - NUM_HELD_OUT) // BATCH_SIZE

# Run a whole epoch per call of the backend. Do not use XLA with TensorFlow, because compiling would
# take longer than training. Neither changes the results.
FAST_COMPILE_ARGS = {
    "steps_per_execution": STEPS_PER_EPOCH,
    "jit_compile": keras.backend.backend() == "jax",
}


def train_with_fit(spec: AdderSpec, epochs: int, patience: int, learning_rate: float) -> Trained:
    """Train a network.

    Args:
        spec: Specification of the network.
        epochs: Maximum number of epochs.
        patience: Stop after this many epochs without a lower held-out loss.
        learning_rate: Learning rate of Adam.

    Returns:
        The trained network.
    """
    start = time.monotonic()
    model, losses = fit(spec, epochs, patience, learning_rate, **FAST_COMPILE_ARGS)
    return Trained(spec, weights_of(model), losses, time.monotonic() - start)


def fit(
    spec: AdderSpec, epochs: int, patience: int, learning_rate: float, **compile_args
) -> tuple[keras.Model, list[float]]:
    """Train a network and return the Keras model.

    Args:
        spec: Specification of the network.
        epochs: Maximum number of epochs.
        patience: Stop after this many epochs without a lower held-out loss.
        learning_rate: Learning rate of Adam.
        **compile_args: Additional arguments of `keras.Model.compile`.

    Returns:
        The model with its best weights, and the held-out loss of each epoch.
    """
    pairs, sums = training_pairs(spec.max_sum, spec.seed)
    model = build_mlp(spec.hidden, spec.biases)
    model.set_weights(to_keras_weights(initial_weights(spec), spec.biases))
    model.compile(keras.optimizers.Adam(learning_rate), "mse", **compile_args)
    early_stopping = keras.callbacks.EarlyStopping(
        "val_loss", patience=patience, restore_best_weights=True
    )
    # Concatenate the data of all epochs, so that each epoch has its own permutation.
    rows = np.concatenate([epoch_permutation(spec.seed, epoch) for epoch in range(epochs)])
    history = model.fit(
        pairs[rows],
        sums[rows],
        BATCH_SIZE,
        epochs,
        steps_per_epoch=STEPS_PER_EPOCH,
        shuffle=False,
        verbose=0,
        callbacks=[early_stopping],
        validation_data=(pairs[-NUM_HELD_OUT:], sums[-NUM_HELD_OUT:]),
    )
    return model, history.history["val_loss"]


def to_keras_weights(weights: Weights, biases: bool) -> list[np.ndarray]:
    """Convert weights to the list that `set_weights` of a `build_mlp` model expects."""
    first, bias, last, offset = weights
    kernel = last[:, None]
    return [first, bias, kernel, offset[None]] if biases else [first, kernel]


def weights_of(model: keras.Model) -> Weights:
    """Return the weights of a `build_mlp` model, with zeros for missing biases."""
    values = model.get_weights()
    if len(values) == 2:
        first, kernel = values
        return Weights(first, np.zeros(len(kernel), "float32"), kernel[:, 0], np.float32(0))
    first, bias, kernel, offset = values
    return Weights(first, bias, kernel[:, 0], offset[0])
