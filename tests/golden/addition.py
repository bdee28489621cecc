"""The golden files of the addition networks: prediction, solving, and Adam's steps.

    python -m tests.golden.addition     writes them anew from the Python half

`tests/unit/test_addition.py` holds Python to them, `tests/js/addition.test.js` and `tests/browser/test_addition_site.py` JavaScript.
"""

import json
from pathlib import Path

import keras
import numpy as np

from data.addition import lessons, order
from models.addition import adder
from train.addition.keras_fit import as_keras, fit, weights_of
from train.addition.solve import descend, solve
from train.addition.spec import Adder, Weights, begin, predict_single

FOLDER = Path(__file__).parent
SOLVED = [
    (1, True, 16),
    (2, False, 16),
    (2, True, 256),
    (4, False, 256),
    (3, True, 100),
    (2, False, 65536),
]


def flat(weights):
    """Weights as web/core/addition.js has them, in float32."""
    first, bias, last, offset = (np.float32(part).ravel().tolist() for part in weights)
    return {"first": first, "bias": bias, "last": last, "offset": offset[0]}


def predictions():
    """Weights and pairs, and the sums that float32 gives."""
    source, result = np.random.default_rng(1), []
    for hidden, reach, strength in ((1, 0.1, 9), (2, 1, 25), (4, 1e-3, 1e4), (16, 1e-6, 4e5)):
        weights = Weights(
            *(
                np.float32(source.normal(0, scale, shape))
                for scale, shape in ((reach, (2, hidden)), (1, hidden), (strength, hidden), (1, ()))
            )
        )
        pairs = source.integers(0, 8 / reach, (20, 2)).astype("float64")
        result.append(
            {
                "weights": flat(weights),
                "pairs": pairs.ravel().tolist(),
                "sums": predict_single(weights, pairs).tolist(),
            }
        )
    return result


def solutions():
    """Networks: how many starts their solution takes, and the sums of some pairs by its weights and by one start's."""
    result = []
    for hidden, biases, max_sum in SOLVED:
        pairs = np.stack([np.arange(0, max_sum // 2, max_sum // 8 or 1)] * 2, axis=1).astype(
            "float64"
        )
        network = Adder(hidden, biases, max_sum, hidden)
        solved, one = solve(network), descend(network, 1.0)
        result.append(
            {
                "hidden": hidden,
                "biases": biases,
                "maxSum": max_sum,
                "seed": network.seed,
                "starts": len(solved.losses),
                "pairs": pairs.ravel().tolist(),
                "sums": predict_single(solved.weights, pairs).tolist(),
                "descended": predict_single(one, pairs).tolist(),
            }
        )
    return result


def steps():
    """A start and batches of pairs, and the weights that Keras' Adam makes of them, one step after another."""
    result = []
    for hidden, biases in ((2, False), (4, True)):
        model = adder(hidden, biases)
        model.set_weights(as_keras(begin(Adder(hidden, biases, 16, 1)), biases))
        model.compile(keras.optimizers.Adam(1e-3), "mse")
        batches = np.random.default_rng(2).integers(0, 8, (20, 32, 2)).astype("float32")
        start = flat(weights_of(model))
        for batch in batches:
            model.train_on_batch(batch, batch.sum(axis=1, keepdims=True))
        result.append(
            {
                "biases": biases,
                "start": start,
                "batches": batches.reshape(20, -1).astype(int).tolist(),
                "end": flat(weights_of(model)),
            }
        )
    return result


def courses():
    """What a seed draws (the first of the lessons, the start, the first of an order), and the losses of some epochs."""
    result = []
    for network in (
        Adder(2, False, 16, 1),
        Adder(8, True, 256, 4294967295),
        Adder(16, True, 65536, 7),
    ):
        hidden, biases, max_sum, seed = network
        result.append(
            {
                "hidden": hidden,
                "biases": biases,
                "maxSum": max_sum,
                "seed": seed,
                "lessons": lessons(max_sum, seed)[0][-20:].ravel().tolist(),
                "start": flat(begin(network)),
                "order": order(seed, 3)[:20].tolist(),
                "losses": fit(network, 4, 5, 1e-3)[1],
            }
        )
    return result


GOLDEN = {
    "addition": lambda: {"predictions": predictions(), "solutions": solutions()},
    "training": lambda: {"steps": steps(), "courses": courses()},
}


def read(name):
    """The cases of a golden file."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    for name, make in GOLDEN.items():
        (FOLDER / f"{name}.json").write_text(json.dumps(make(), indent=0) + "\n", encoding="utf-8")
