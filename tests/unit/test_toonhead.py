"""Gene's own faces: every attribute is visible unless its label is INVISIBLE."""

import numpy as np
import pytest

from data.avatars import toonhead
from data.avatars.labelled_images import INVISIBLE, contact_sheet, mask_invisible, sample_labels
from data.avatars.toonhead import ATTRIBUTES, render, svg

NAMES = [attribute.name for attribute in ATTRIBUTES]


def changed(first, second):
    """How many pixels of two pictures differ plainly."""
    return (np.abs(first.astype(int) - second).max(axis=-1) > 40).sum()


def variants_of(face, i):
    """The face with each variant of feature i that can be seen."""
    rows = np.repeat(face[None], len(ATTRIBUTES[i].variants), axis=0)
    rows[:, i] = np.arange(len(rows))
    return [render(row, 64) for row in rows[mask_invisible(rows, ATTRIBUTES)[:, i] != INVISIBLE]]


@pytest.mark.parametrize("i", range(len(ATTRIBUTES)), ids=NAMES)
def test_every_variant_can_be_seen_at_64_pixels(i):
    for face in sample_labels(np.random.default_rng(1), ATTRIBUTES, 4):
        pictures = variants_of(face, i)
        for j, picture in enumerate(pictures):
            assert all(
                changed(picture, other) >= (2 if NAMES[i] != "skin" else 0)
                for other in pictures[:j]
            )
            assert all((picture != other).any() for other in pictures[:j])


def test_what_is_hidden_cannot_be_seen():
    faces = sample_labels(np.random.default_rng(2), ATTRIBUTES, 12)
    hidden = mask_invisible(faces, ATTRIBUTES) == INVISIBLE
    assert {NAMES[i] for i in np.flatnonzero(hidden.any(axis=0))} == {"frame_color", "eyes", "iris"}
    for face, i in ((faces[row], i) for row, i in np.argwhere(hidden)):
        other = face.copy()
        other[i] = (face[i] + 1) % len(ATTRIBUTES[i].variants)
        assert (render(face, 64) == render(other, 64)).all(), NAMES[i]


def test_a_face_on_white_at_any_size():
    face = sample_labels(np.random.default_rng(3), ATTRIBUTES, 1)[0]
    small, large = render(face, 64), render(face, 512)
    assert (small.shape, large.shape, small.dtype) == ((64, 64, 3), (512, 512, 3), np.uint8)
    assert (large[0, 0] == 255).all()
    shrunk = large.reshape(64, 8, 64, 8, 3).mean(axis=(1, 3))
    assert np.abs(shrunk - small).mean() < 3


def test_a_face_needs_a_label_for_each_feature():
    with pytest.raises(ValueError):
        svg([0] * (len(ATTRIBUTES) - 1))


def test_labels_are_drawn_as_often_as_stated_and_the_first_stay_the_same():
    labels = sample_labels(np.random.default_rng(0), ATTRIBUTES, 20_000)
    for column, attribute in zip(labels.T, ATTRIBUTES, strict=True):
        assert sum(attribute.probabilities) == pytest.approx(1)
        shares = np.bincount(column, minlength=len(attribute.variants)) / len(column)
        assert shares == pytest.approx(np.array(attribute.probabilities), abs=0.02)
    assert (sample_labels(np.random.default_rng(0), ATTRIBUTES, 10) == labels[:10]).all()
    assert np.corrcoef(labels.T)[np.triu_indices(len(ATTRIBUTES), 1)] == pytest.approx(0, abs=0.04)


def test_the_credit_names_author_license_and_changes():
    assert all(word in toonhead.__doc__ for word in ("Johan Melin", "CC BY 4.0", "modified"))


def test_a_contact_sheet_fills_up_with_white():
    images = np.zeros((5, 64, 64, 3), "uint8")
    picture = np.asarray(contact_sheet(images, 3, scale=2))
    assert picture.shape == (256, 384, 3)
    assert (
        not picture[:128].any()
        and not picture[128:, :256].any()
        and (picture[128:, 256:] == 255).all()
    )
