"""The original's way: one network after another under Keras `fit`, with Keras' own early stopping.

Steps this small cost little beside what the engine spends to begin one. With KERAS_BACKEND=jax that is a fifth.
"""

import time

import keras
import numpy as np

from data.addition import HELD_OUT, PAIRS, lessons, order
from models.addition import adder as network_of
from train.addition.spec import Trained, Weights, begin

BATCH = 32
STEPS = (PAIRS - HELD_OUT) // BATCH
# A whole epoch in one call of the engine, and TensorFlow without XLA, which takes longer to begin than the step does:
# a fraction of the time for the very same numbers.
QUICK = {"steps_per_execution": STEPS, "jit_compile": keras.backend.backend() == "jax"}


def train_plain(adder, epochs, patience, learning_rate):
    """Train an Adder; returns it as a Trained."""
    start = time.monotonic()
    model, losses = fit(adder, epochs, patience, learning_rate, **QUICK)
    return Trained(adder, weights_of(model), losses, time.monotonic() - start)


def fit(adder, epochs, patience, learning_rate, **compiled):
    """Train one network; returns the Keras model with its best weights, and the held-out losses.

    compiled: for Keras' `compile`. The lessons of all epochs lie end to end, each epoch in an order of its own that
    hangs on the seed alone.
    """
    pairs, sums = lessons(adder.max_sum, adder.seed)
    model = network_of(adder.hidden, adder.biases)
    model.set_weights(as_keras(begin(adder), adder.biases))
    model.compile(keras.optimizers.Adam(learning_rate), "mse", **compiled)
    stop = keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True)
    rows = np.concatenate([order(adder.seed, epoch) for epoch in range(epochs)])
    history = model.fit(
        pairs[rows],
        sums[rows],
        BATCH,
        epochs,
        steps_per_epoch=STEPS,
        shuffle=False,
        verbose=0,
        callbacks=[stop],
        validation_data=(pairs[-HELD_OUT:], sums[-HELD_OUT:]),
    )
    return model, history.history["val_loss"]


def as_keras(weights, biases):
    """Weights as the list that a Keras network takes."""
    first, bias, last, offset = weights
    last = last[:, None]
    return [first, bias, last, offset[None]] if biases else [first, last]


def weights_of(model):
    """The Weights of a Keras network; where it has no biases, zeros."""
    values = model.get_weights()
    if len(values) == 2:
        values = [values[0], np.zeros(len(values[1]), "float32"), values[1], np.zeros(1, "float32")]
    first, bias, last, offset = values
    return Weights(first, bias, last[:, 0], offset[0])
