"""Golden files of the addition networks: prediction, solving, and Adam's steps.

    python -m tests.golden.addition     regenerates them with Python

`tests/unit/test_addition.py` checks Python against them, `tests/js/addition.test.js` and
`tests/browser/test_addition_site.py` check JavaScript.
"""

import json
from pathlib import Path

import keras
import numpy as np

from data.addition import epoch_permutation, training_pairs
from models.addition import build_mlp
from train.addition.keras_fit import fit, to_keras_weights, weights_of
from train.addition.solve import descend, solve
from train.addition.spec import AdderSpec, Weights, initial_weights, predict_float32

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
    """Return weights as web/core/addition.js has them, in float32."""
    first, bias, last, offset = (np.float32(array).ravel().tolist() for array in weights)
    return {"first": first, "bias": bias, "last": last, "offset": offset[0]}


def predictions():
    """Return weights, pairs, and the sums that they give in float32."""
    rng = np.random.default_rng(1)
    result = []
    for hidden, reach, strength in ((1, 0.1, 9), (2, 1, 25), (4, 1e-3, 1e4), (16, 1e-6, 4e5)):
        scales_and_shapes = ((reach, (2, hidden)), (1, hidden), (strength, hidden), (1, ()))
        weights = Weights(
            *(np.float32(rng.normal(0, scale, shape)) for scale, shape in scales_and_shapes)
        )
        pairs = rng.integers(0, 8 / reach, (20, 2)).astype("float64")
        result.append(
            {
                "weights": flat(weights),
                "pairs": pairs.ravel().tolist(),
                "sums": predict_float32(weights, pairs).tolist(),
            }
        )
    return result


def solutions():
    """Return networks, the number of starts they take, and sums of the solution and one start."""
    result = []
    for hidden, biases, max_sum in SOLVED:
        numbers = np.arange(0, max_sum // 2, max_sum // 8 or 1)
        pairs = np.stack([numbers, numbers], axis=1).astype("float64")
        spec = AdderSpec(hidden, biases, max_sum, hidden)
        solved = solve(spec)
        result.append(
            {
                "hidden": hidden,
                "biases": biases,
                "maxSum": max_sum,
                "seed": spec.seed,
                "starts": len(solved.losses),
                "pairs": pairs.ravel().tolist(),
                "sums": predict_float32(solved.weights, pairs).tolist(),
                "descended": predict_float32(descend(spec, 1.0), pairs).tolist(),
            }
        )
    return result


def steps():
    """Return initial weights, batches of pairs, and the weights after a step of Adam on each."""
    result = []
    for hidden, biases in ((2, False), (4, True)):
        model = build_mlp(hidden, biases)
        weights = initial_weights(AdderSpec(hidden, biases, 16, 1))
        model.set_weights(to_keras_weights(weights, biases))
        model.compile(keras.optimizers.Adam(1e-3), "mse")
        batches = np.random.default_rng(2).integers(0, 8, (20, 32, 2)).astype("float32")
        initial = flat(weights_of(model))
        for batch in batches:
            model.train_on_batch(batch, batch.sum(axis=1, keepdims=True))
        result.append(
            {
                "biases": biases,
                "initialWeights": initial,
                "batches": batches.reshape(20, -1).astype(int).tolist(),
                "finalWeights": flat(weights_of(model)),
            }
        )
    return result


def trainings():
    """Return what a seed draws (last pairs, weights, start of a permutation) and some losses."""
    result = []
    for spec in (
        AdderSpec(2, False, 16, 1),
        AdderSpec(8, True, 256, 4294967295),
        AdderSpec(16, True, 65536, 7),
    ):
        hidden, biases, max_sum, seed = spec
        result.append(
            {
                "hidden": hidden,
                "biases": biases,
                "maxSum": max_sum,
                "seed": seed,
                "pairs": training_pairs(max_sum, seed)[0][-20:].ravel().tolist(),
                "initialWeights": flat(initial_weights(spec)),
                "permutation": epoch_permutation(seed, 3)[:20].tolist(),
                "losses": fit(spec, 4, 5, 1e-3)[1],
            }
        )
    return result


GOLDEN = {
    "addition": lambda: {"predictions": predictions(), "solutions": solutions()},
    "training": lambda: {"steps": steps(), "trainings": trainings()},
}


def read(name):
    """Return the cases of a golden file."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    for name, make in GOLDEN.items():
        (FOLDER / f"{name}.json").write_text(json.dumps(make(), indent=0) + "\n", encoding="utf-8")
