"""Ellipses: each style looks as documented, and each ellipse is where its parameters put it."""

import time

import numpy as np
import pytest

from data.avatars import ellipses as shapes
from data.avatars.labelled_images import IMAGE_SIDE


@pytest.fixture(scope="module", params=shapes.STYLES)
def kind(request):
    return request.param


def test_pictures_without_labels_always_the_same(kind):
    pictures, again = shapes.load(kind, 40), shapes.load(kind, 40)
    assert (pictures.images.shape, pictures.images.dtype) == (
        (40, IMAGE_SIDE, IMAGE_SIDE, 3),
        np.uint8,
    )
    assert (pictures.labels.shape, pictures.attributes) == ((40, 0), ())
    assert (pictures.images == again.images).all() and pictures.hash == again.hash
    held_out = shapes.load(kind, 40, "held-out")
    assert (
        held_out.hash != pictures.hash
        and (held_out.images != pictures.images).any(axis=(1, 2, 3)).all()
    )


def test_10000_in_less_than_30_seconds(kind):
    start = time.process_time()
    assert len(shapes.load(kind).images) == 10_000
    assert time.process_time() - start < 30


def test_the_ground_and_the_colours_of_each_kind():
    outline, white, color = (shapes.load(kind, 200).images for kind in shapes.STYLES)
    for images, ground in ((outline, 255), (white, 0), (color, 0)):
        assert (images[:, [0, -1]] == ground).all() and (images[:, :, [0, -1]] == ground).all()
    assert (white == white[..., :1]).all()
    assert (outline.mean() > 245) and (5 < color.mean() < 60)
    assert len(np.unique(color.reshape(200, -1, 3).max(axis=1), axis=0)) > 190


def test_a_filled_ellipse_covers_its_area():
    ellipses = shapes.sample_ellipses(np.random.default_rng(0), 300)
    area = shapes.coverage_mask(ellipses).sum(axis=(1, 2))
    assert area == pytest.approx(np.pi * ellipses[:, 2] * ellipses[:, 3], rel=0.01)


def test_an_ellipse_is_anti_aliased_as_one_drawn_large():
    ellipses = shapes.sample_ellipses(np.random.default_rng(1), 20)
    fine = (np.arange(IMAGE_SIDE * 8) + 0.5) / 8
    for cover, (x, y, a, b) in zip(shapes.coverage_mask(ellipses), ellipses, strict=True):
        inside = ((fine[None] - x) / a) ** 2 + ((fine[:, None] - y) / b) ** 2 < 1
        exact = inside.reshape(IMAGE_SIDE, 8, IMAGE_SIDE, 8).mean(axis=(1, 3))
        assert np.abs(cover - exact).max() < 0.16 and np.abs(cover - exact).mean() < 0.002


def test_an_outline_is_empty_inside_and_as_thick_as_stated():
    ellipses = np.array([[32, 32, 20, 12], [30, 34, 10, 22]])
    cover = shapes.coverage_mask(ellipses, shapes.STROKE)
    assert not cover[:, 32, 32].any()
    assert cover[0, 32, :32].sum() == pytest.approx(shapes.STROKE, abs=0.01)


def test_ellipses_lie_inside_and_colours_are_strong():
    x, y, a, b = shapes.sample_ellipses(np.random.default_rng(2), 5000).T
    assert (
        min((x - a).min(), (y - b).min()) >= 2
        and max((x + a).max(), (y + b).max()) <= IMAGE_SIDE - 2
    )
    low, high = shapes.SEMI_AXES
    assert (
        low <= min(a.min(), b.min())
        and max(a.max(), b.max()) <= high
        and abs(a.mean() - (low + high) / 2) < 0.3
    )
    tints = shapes.sample_colors(np.random.default_rng(3), 5000)
    assert tints.max(axis=1).min() >= 150 and (tints.max(axis=1) - tints.min(axis=1)).min() >= 70
    assert (tints.argmax(axis=1) == np.arange(3)[:, None]).mean(axis=1) == pytest.approx(
        1 / 3, abs=0.03
    )
