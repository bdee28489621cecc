"""The original's way: one network after another under Keras `fit`, with Keras' own early stopping."""

import time
from functools import lru_cache, partial

import keras
import numpy as np

from datasets.sums import HELD_OUT, lessons, order
from models.addition import adder as network_of
from train.adders import Trained, Weights

BATCH = 32


class Shuffled(keras.utils.PyDataset):
    """The lessons in batches, epoch after epoch, in an order that hangs on the seed alone, so it can be had again."""

    def __init__(self, pairs, sums, seed, epochs):
        super().__init__()
        self.pairs, self.sums, self.seed, self.epochs = pairs, sums, seed, epochs
        self.steps = len(pairs) // BATCH
        self.order_of = lru_cache(maxsize=2)(partial(order, seed))

    def __len__(self):
        return self.steps * self.epochs

    def __getitem__(self, i):
        epoch, step = divmod(i, self.steps)
        rows = self.order_of(epoch)[step * BATCH:(step + 1) * BATCH]
        return self.pairs[rows], self.sums[rows]


def train_plain(adders, epochs, patience, learning_rate, say=lambda text: None):
    """Yield each Adder as a Trained, one after another."""
    for adder in adders:
        start = time.monotonic()
        model, losses = fit(adder, epochs, patience, learning_rate)
        seconds = time.monotonic() - start
        say(f"{adder.hidden} nodes to {adder.max_sum}: {len(losses)} epochs, {seconds:.0f} s")
        yield Trained(adder, weights_of(model), losses, seconds)


def fit(adder, epochs, patience, learning_rate):
    """Train one network; returns the Keras model with its best weights, and the held-out losses."""
    pairs, sums = lessons(adder.max_sum, adder.seed)
    model = network_of(adder.hidden, adder.biases, adder.seed)
    model.compile(keras.optimizers.Adam(learning_rate), "mse")
    stop = keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True)
    batches = Shuffled(pairs[:-HELD_OUT], sums[:-HELD_OUT], adder.seed, epochs)
    history = model.fit(batches, epochs=epochs, steps_per_epoch=batches.steps, shuffle=False, verbose=0,
                        callbacks=[stop], validation_data=(pairs[-HELD_OUT:], sums[-HELD_OUT:]))
    return model, history.history["val_loss"]


def weights_of(model):
    """The Weights of a Keras network; where it has no biases, zeros."""
    values = model.get_weights()
    if len(values) == 2:
        values = [values[0], np.zeros(len(values[1]), "float32"), values[1], np.zeros(1, "float32")]
    first, bias, last, offset = values
    return Weights(first, bias, last[:, 0], offset[0])
