"""The digits' golden files, and fast implementations compared with slow, simple ones."""

import math

import numpy as np
import pytest

from common.prng import Random
from common.prng_jax import next_uint32, open_streams
from data.digits.mnist_style import as_mnist
from generate.digits import genetic_search as evolve
from metrics.pixel_statistics import statistics
from tests.golden import digits as golden


@pytest.mark.slow
@pytest.mark.parametrize("name", ["drawing", "pixels"])
def test_python_meets_the_golden_file(name):
    for found, kept in zip(golden.GOLDEN[name](), golden.read(name), strict=True):
        assert found.keys() == kept.keys()
        for key in kept:
            assert found[key] == (
                kept[key] if kept[key] is None else pytest.approx(kept[key], abs=1e-12)
            )


def test_scikit_learn_meets_the_golden_heads():
    for found, kept in zip(golden.heads(), golden.read("softmax_head"), strict=True):
        for key in kept:
            assert found[key] == pytest.approx(kept[key], abs=1e-6)


@pytest.mark.slow
def test_python_meets_the_golden_search():
    found, kept = golden.GOLDEN["evolve"](), golden.read("evolve")
    assert found["searches"] == kept["searches"]
    for one, other in zip(found["doubts"], kept["doubts"], strict=True):
        assert one == pytest.approx(other)


def test_streams_are_the_shared_generator():
    seeds = [0, 1, 12345, 2**32 - 1]
    numbers, state = next_uint32(open_streams(np.array(seeds, "uint32")), 30)
    more, _ = next_uint32(state, 5)
    for i, seed in enumerate(seeds):
        one = Random(seed)
        expected = [one.uint32() for _ in range(35)]
        assert np.concatenate([numbers, more])[:, i].tolist() == expected


def test_statistics_are_those_of_a_plain_loop():
    image = golden.blots(9, 28, 28, 12)
    value = image / 255
    bins = [0] * 10
    for v in value.ravel():
        bins[max(0, math.ceil(round(v * 10, 9)) - 1)] += 1 / 784
    along = {axis: [] for axis in "xy"}
    for lag in range(1, 15):
        pairs = {
            "x": [(value[r, c], value[r, c + lag]) for r in range(28) for c in range(28 - lag)],
            "y": [(value[r, c], value[r + lag, c]) for r in range(28 - lag) for c in range(28)],
        }
        for axis in "xy":
            along[axis].append(sum(abs(a - b) for a, b in pairs[axis]) / len(pairs[axis]))
    assert statistics(image[None])[0] == pytest.approx([*bins, *along["x"], *along["y"]], abs=1e-12)
    assert statistics(image[None], lag_bug=True)[0][10] == pytest.approx(along["x"][0])
    assert statistics(image[None], lag_bug=True)[0][11] < statistics(image[None])[0][11]


def test_a_stroke_is_the_rectangle_that_its_number_says():
    ink = np.arange(256).astype("uint8")
    for n in (
        0,
        0x80_00_00_00 | 0x3F_80_80,
        200 << 24 | 3 << 16 | 1 << 18 | 255 << 8 | 3,
        255 << 24 | 1 << 22 | 1234,
    ):
        image = np.full((28, 28), 9, "uint8")
        y, x = (n & 255) * 28 >> 8, (n >> 8 & 255) * 28 >> 8
        h, w = 1 + (n >> 16 & 3), 1 + (n >> 18 & 3)
        for r in range(y - (h >> 1), y - (h >> 1) + h):
            for c in range(x - (w >> 1), x - (w >> 1) + w):
                if 0 <= r < 28 and 0 <= c < 28:
                    image[r, c] = 0 if n >> 22 & 1 else n >> 24
        painted = evolve._paint(np.full((1, 28, 28), 9, "uint8"), np.array([[n]], "uint32"), ink)
        np.testing.assert_array_equal(painted[0], image)


def test_the_best_is_never_lost():
    ink = np.arange(256).astype("uint8")
    streams, images = evolve.start([5], 10, ink)
    for _ in range(5):
        costs = -np.asarray(images).reshape(1, 10, 784).sum(axis=2).astype("float64")
        best = np.asarray(images)[0, costs[0].argmin()]
        streams, images = evolve.breed(streams, images, costs, ink)
        np.testing.assert_array_equal(images[0, 0], best)


def test_a_drawing_keeps_its_ink_and_lies_in_the_middle():
    drawing = np.zeros((200, 300))
    drawing[20:120, 30:80] = 1
    picture = as_mnist(drawing)
    assert picture.shape == (28, 28) and picture.max() == pytest.approx(1)
    np.testing.assert_array_equal(np.flatnonzero(picture.any(axis=1)), range(5, 25))
    np.testing.assert_array_equal(np.flatnonzero(picture.any(axis=0)), range(10, 20))
    assert as_mnist(np.zeros((9, 9))) is None
    np.testing.assert_allclose(as_mnist(np.pad(drawing, 50)), picture)
    assert as_mnist(np.ones((3, 3)))[5:25, 5:25].min() == pytest.approx(1)
