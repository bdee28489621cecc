"""Training speed of lyrics networks: targets per second, and use of the processor's capacity."""

import time
from collections.abc import Callable

import common.keras_quiet  # noqa: F401

import keras
import numpy as np
from keras import ops

from bench.report import ratios, row
from bench.steps import steps_per_second
from models.bigru import WindowedBiGRU
from models.lyrics import LSTMLanguageModel
from train.lyrics.batches import WindowBatches
from train.lyrics.stateful_batches import StatefulBatches
from train.lyrics.trainers import LSTMTrainer, WindowTrainer

ROUNDS = 3
STEPS = 12
VOCABULARY = 4550
NUM_TOKENS = 60_000
SONG_LENGTH = 300
SEQUENCE_LENGTH = 32
CONTEXT_LENGTH = 14


def measure() -> list[dict]:
    """Run this benchmark and return its rows for the results table."""
    tokens = np.random.default_rng(1).integers(4, VOCABULARY, NUM_TOKENS).astype("uint16")
    starts = np.arange(0, NUM_TOKENS, SONG_LENGTH)
    songs = np.stack([starts, starts + SONG_LENGTH], axis=1)
    return [_processor_row(tokens, songs), _models_row(tokens, songs)]


def _processor_row(tokens: np.ndarray, songs: np.ndarray) -> dict:
    network = LSTMLanguageModel(VOCABULARY, 224, [448])
    batch_size = 64
    batches = StatefulBatches(tokens, songs, batch_size, SEQUENCE_LENGTH, 1)
    train = _timed_training(LSTMTrainer(network, batch_size), batches)
    operations = batch_size * SEQUENCE_LENGTH * _operations_per_target(network)
    reached = []
    possible = []
    for _ in range(ROUNDS):
        reached.append(train() * operations)
        possible.append(_matrix_product_operations())
    return row(
        "training, floating-point operations/s, compared with a matrix product",
        [100 * ratio for ratio in ratios(reached, possible)],
        "%",
        40,
        "more",
        f"{max(reached) / 1e9:,.0f} and {max(possible) / 1e9:,.0f} billion per second; sizes "
        f"of gene-lyrica-two, batches of {batch_size} x {SEQUENCE_LENGTH}",
    )


def _models_row(tokens: np.ndarray, songs: np.ndarray) -> dict:
    lstm_batch = 16
    window_batch = 256
    train_lstm = _timed_training(
        LSTMTrainer(LSTMLanguageModel(VOCABULARY, 50, [128, 128]), lstm_batch),
        StatefulBatches(tokens, songs, lstm_batch, SEQUENCE_LENGTH, 1),
    )
    train_window = _timed_training(
        WindowTrainer(WindowedBiGRU(VOCABULARY, CONTEXT_LENGTH, 50, 128, 0.0)),
        WindowBatches(tokens, songs, window_batch, CONTEXT_LENGTH, 1),
    )
    lstm = []
    window = []
    for _ in range(ROUNDS):
        lstm.append(train_lstm() * lstm_batch * SEQUENCE_LENGTH)
        window.append(train_window() * window_batch)
    return row(
        "training, targets/s, LSTM compared with windowed GRU",
        ratios(lstm, window),
        "x",
        4,
        "more",
        f"{max(lstm):,.0f} and {max(window):,.0f} targets/s; vocabulary {VOCABULARY:,}, two "
        "layers of 128",
    )


def _operations_per_target(network: keras.Model) -> int:
    """Return the number of floating-point operations per target.

    Each weight requires a multiplication and an addition in the forward pass, and twice as many in
    the backward pass. The embeddings count once, as the output layer.
    """
    return 6 * network.count_params()


def _matrix_product_operations(size: int = 2048, repeats: int = 8) -> float:
    """Return the floating-point operations per second when two large matrices are multiplied."""
    a, b = (
        ops.convert_to_tensor(np.random.default_rng(i).random((size, size), "float32"))
        for i in range(2)
    )
    np.asarray(ops.matmul(a, b))  # compile
    start = time.monotonic()
    for _ in range(repeats):
        np.asarray(ops.matmul(a, b))
    return repeats * 2 * size**3 / (time.monotonic() - start)


def _timed_training(trainer: keras.Model, batches) -> Callable[[], float]:
    """Compile a trainer; return a function that trains `STEPS` steps and returns steps/s."""
    trainer.compile("adam")
    endless = batches.batches(0, 0)
    return lambda: steps_per_second(trainer, endless, STEPS)
