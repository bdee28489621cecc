"""The metrics of generated pictures against closed-form results."""

import numpy as np
import pytest
import sklearn

from metrics import attributes, ellipses
from metrics.density_coverage import density_coverage
from metrics.eigenface_monitor import EigenfaceMonitor
from metrics.frechet import Moments, frechet_distance, moments
from metrics.memorization import DataCopyingTest
from metrics.neighbors import iter_distances, nearest, neighbor_radii
from metrics.pixel_space import downsample, flat_pixels
from metrics.precision_recall import precision_recall


@pytest.fixture
def random():
    return np.random.default_rng(1)


def some_images(random, n=300):
    """Random pictures (n, 64, 64, 3) of four colored fields."""
    return random.integers(0, 256, (n, 2, 2, 3), "uint8").repeat(32, axis=1).repeat(32, axis=2)


def test_frechet_of_known_gaussians():
    one = Moments(np.zeros(2), np.diag([1.0, 4.0]))
    two = Moments(np.array([3.0, 4.0]), np.diag([9.0, 16.0]))
    assert frechet_distance(one, two) == pytest.approx(25 + (1 - 3) ** 2 + (2 - 4) ** 2)
    assert frechet_distance(one, one) == pytest.approx(0, abs=1e-12)
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])  # the same rotation of both: the distance stays
    turned = [Moments(turn @ mean, turn @ covariance @ turn.T) for mean, covariance in (one, two)]
    assert frechet_distance(*turned) == pytest.approx(33)


def test_frechet_of_covariances_that_do_not_commute():
    first, second = np.array([[2.0, 1], [1, 2]]), np.array([[3.0, -1], [-1, 1]])
    product = first @ second  # 2 x 2: the trace of the root is sqrt(trace + 2 sqrt(det))
    root = np.sqrt(np.trace(product) + 2 * np.sqrt(np.linalg.det(product)))
    expected = np.trace(first) + np.trace(second) - 2 * root
    assert frechet_distance(
        Moments(np.zeros(2), first), Moments(np.zeros(2), second)
    ) == pytest.approx(expected)


def test_frechet_where_a_covariance_is_singular(random):
    points = random.normal(size=(50, 80))  # fewer points than dimensions
    assert frechet_distance(moments(points), moments(points)) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(moments(points), moments(points + 2)) == pytest.approx(4 * 80, rel=1e-6)


def test_distances_and_neighbours_are_the_naive_ones(random):
    points, others = random.normal(size=(1203, 5)) + 100, random.normal(size=(30, 5)) + 100
    naive = np.linalg.norm(points[:, None] - others, axis=2)
    assert np.concatenate([block for _, block in iter_distances(points, others)]) == pytest.approx(
        naive, abs=1e-9
    )
    places, apart = nearest(points, others)
    assert (places == naive.argmin(axis=1)).all() and apart == pytest.approx(naive.min(axis=1))
    among = np.sort(np.linalg.norm(others[:, None] - others, axis=2), axis=1)
    assert neighbor_radii(others, 3) == pytest.approx(among[:, 3])


def test_nearest_over_more_others_than_fit_at_once(random):
    points, others = random.normal(size=(40, 3)), random.normal(size=(95, 3))
    whole = nearest(points, others)
    with sklearn.config_context(working_memory=1e-3):  # MB
        parts = nearest(points, others)
    for a, b in zip(whole, parts, strict=True):
        assert a == pytest.approx(b)


def test_the_same_distribution_gives_what_theory_says(random):
    real, generated = random.normal(size=(2, 3000, 8))
    density, coverage = density_coverage(real, generated)
    assert density == pytest.approx(1, abs=0.03) and coverage == pytest.approx(1 - 2**-5, abs=0.01)
    precision, recall = precision_recall(real, generated)
    assert precision == pytest.approx(recall, abs=0.02) and precision > 0.8


def test_a_collapsed_set_is_precise_and_covers_nothing(random):
    real = random.normal(size=(1000, 8))
    collapsed = real[:1] + 1e-3 * random.normal(size=(1000, 8))
    precision, recall = precision_recall(real, collapsed)
    density, coverage = density_coverage(real, collapsed)
    assert precision == 1 and recall < 0.005 and coverage < 0.05 and density > 0.5


def test_a_set_far_away_scores_nothing(random):
    real = random.normal(size=(500, 4))
    assert precision_recall(real, real + 100) == (0, 0) and density_coverage(real, real + 100) == (
        0,
        0,
    )


def test_copies_are_found(random):
    training, held_out, fresh = random.normal(size=(3, 1000, 16))
    copies = DataCopyingTest(training, held_out)
    copied, nearer = copies(fresh)
    assert copied < 0.03 and nearer == pytest.approx(0.5, abs=0.06)
    copied, nearer = copies(np.concatenate([training[:500] + 0.01, fresh[:500]]))
    assert copied == pytest.approx(0.5, abs=0.02) and nearer == pytest.approx(0.75, abs=0.05)


def test_copies_of_few_held_out_points_are_judged_by_as_many_of_both(random):
    training, held_out, fresh = np.split(random.normal(size=(3200, 8)), [2000, 2300])
    assert DataCopyingTest(training, held_out)(fresh)[1] == pytest.approx(0.5, abs=0.06)


def test_attributes_count_where_they_can_be_seen():
    asked = np.array([[0, 1], [1, -1], [2, 0], [2, 0]], "int16")
    seen = np.array([[0, 1], [1, 2], [0, 0], [2, 1]], "int16")
    assert attributes.accuracy(asked, seen) == pytest.approx([3 / 4, 2 / 3])
    assert attributes.total_variation(asked, seen, [3, 3]) == pytest.approx([1 / 4, 1 / 3])
    assert attributes.missing_variants(asked, seen, [3, 3]) == []
    assert attributes.missing_variants(asked, np.zeros_like(seen), [3, 3]) == [
        (0, 1),
        (0, 2),
        (1, 1),
    ]


def test_a_feature_that_no_face_shows_is_no_number():
    nothing = np.full((3, 1), -1, "int16")
    assert np.isnan(attributes.accuracy(nothing, nothing)).all()
    assert attributes.total_variation(nothing, nothing, [2]) == [0]


def ellipse(a, b, angle, center=(31.2, 32.7)):
    """Draw an ellipse with semi-axes a and b, (64, 64) from 0 to 1, supersampled 4 x 4."""
    y, x = (np.mgrid[:256, :256] + 0.5) / 4 - 0.5 - np.array(center)[:, None, None]
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    return (np.hypot(u / a, v / b) < 1).reshape(64, 4, 64, 4).mean(axis=(1, 3))


def picture(share, ink, ground):
    return np.uint8(
        255 * (share[..., None] * np.array(ink) + (1 - share[..., None]) * np.array(ground))
    )[None]


@pytest.mark.parametrize("axes", [(20, 10, 0.5), (12, 12, 0), (25, 6, 2.0)])
def test_an_ellipse_overlaps_with_itself(axes):
    full, inner = ellipse(*axes), ellipse(axes[0] - 2, axes[1] - 2, axes[2])
    assert ellipses.ellipse_overlaps(picture(full, (1, 1, 1), (0, 0, 0))) > 0.97
    assert ellipses.ellipse_overlaps(picture(full, (0.1, 0.3, 0.5), (0, 0, 0))) > 0.97
    outline = picture(full - inner, (0.9, 0.2, 0.2), (1, 1, 1))
    assert ellipses.ellipse_overlaps(outline, outlined=True) > 0.95
    assert ellipses.ellipse_overlaps(outline) < 0.75, "a ring is no ellipse"


def test_what_is_no_ellipse_overlaps_less():
    square, cross = np.zeros((2, 64, 64))
    square[16:48, 16:48] = 1
    cross[28:36, 8:56] = cross[8:56, 28:36] = 1
    two = ellipse(8, 8, 0, (16, 16)) + ellipse(8, 8, 0, (48, 48))
    pictures = np.concatenate(
        [picture(shape, (1, 1, 1), (0, 0, 0)) for shape in (square, cross, two, square * 0)]
    )
    found = ellipses.ellipse_overlaps(pictures)
    assert 0.8 < found[0] < 0.86 and found[1] < 0.7 and found[2] < 0.6 and found[3] == 0


def test_shrinking_averages(random):
    images = some_images(random, 3)
    assert downsample(images, 8)[1] == pytest.approx(images[1, ::8, ::8] / 255, abs=1e-6)
    assert flat_pixels(images).shape == (3, 3072)


@pytest.mark.slow
def test_quality_knows_the_same_from_faded_and_collapsed(random):
    images = some_images(random, 900)
    space = EigenfaceMonitor(images[:600])
    same, faded, collapsed = (
        images[600:],
        images[600:] // 2 + 100,
        images[600:601].repeat(300, axis=0),
    )
    assert space.frechet(images[:600]) == pytest.approx(0, abs=1e-4)
    assert min(space.frechet(faded), space.frechet(collapsed)) > 1.5 * space.frechet(same)
    assert space.diversity(same) == pytest.approx(1, abs=0.1) and space.diversity(faded) < 0.6
    assert space.diversity(collapsed) < 1e-3
