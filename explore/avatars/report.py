"""The table of a generator's metrics.

For each metric, the table also has a value for real images, from a comparison of two held-out sets
of the same size. No generator can be expected to beat it.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from data.avatars.labelled_images import Attribute
from generate.enlarge import resize
from metrics.attributes import accuracy, missing_variants, total_variation
from metrics.density_coverage import density_coverage
from metrics.edge_sharpness import edge_sharpness
from metrics.ellipses import ellipse_overlaps
from metrics.frechet import frechet_distance, moments
from metrics.memorization import DataCopyingTest
from metrics.precision_recall import precision_recall

HEAD = (
    "| metric | generated | as exported | real vs. real | goal | reached |\n"
    "| --- | ---: | ---: | ---: | --- | --- |"
)
ENLARGED_SIDE = 512  # pixels at which sharpness is measured
_COPIED = "copies: closer to a training image than 99% of held-out images are, by"
_NEARER = "closer to a training image than to any held-out image, by"
LABELS = {
    "overlap": "overlap with the best-fitting ellipse",
    "accuracy": "attributes as requested",
    "worst_accuracy": "worst attribute",
    "missing_variants": "variants never drawn",
    "total_variation": "total variation of the worst histogram",
    "frechet": "Fréchet distance",
    "edge_sharpness": f"edge sharpness at {ENLARGED_SIDE} pixels",
    "precision": "precision",
    "recall": "recall",
    "density": "density",
    "coverage": "coverage",
    "copied_embeddings": f"{_COPIED} embeddings",
    "nearer_embeddings": f"{_NEARER} embeddings",
    "copied_components": f"{_COPIED} principal components",
    "nearer_components": f"{_NEARER} principal components",
    "copied_pixels": f"{_COPIED} pixels",
    "nearer_pixels": f"{_NEARER} pixels",
    "frechet_vs_baseline": "Fréchet distance divided by the baseline's",
}


class Row(NamedTuple):
    """A metric of a generator.

    Attributes:
        key: Key in meta.json; LABELS maps it to a label.
        value: Value for the generated images.
        real: Value for real images.
        goal: The goal in words; empty if there is none.
        least: Lower bound of the goal.
        most: Upper bound of the goal.
        exported: Value for the exported network, whose weights are quantized.
        detail: Text to append to the label in the table, e.g. the name of the worst attribute.
    """

    key: str
    value: float
    real: float
    goal: str = ""
    least: float | None = None
    most: float | None = None
    exported: float | None = None
    detail: str = ""

    @property
    def label(self) -> str:
        """The name of the metric in the table, e.g. "worst attribute (iris)"."""
        return f"{LABELS[self.key]} ({self.detail})" if self.detail else LABELS[self.key]

    @property
    def reached(self) -> bool | None:
        """Whether the network and its export both reach the goal; None if there is no goal."""
        if self.least is None and self.most is None:
            return None
        least = -np.inf if self.least is None else self.least
        most = np.inf if self.most is None else self.most
        values = [self.value] if self.exported is None else [self.value, self.exported]
        return all(least <= value <= most for value in values)


class Splits(NamedTuple):
    """Images or points to compare, each of shape (n, ...).

    Attributes:
        generated: Output of the generator.
        held_out: Held-out images.
        reference: Another set of held-out images, of the same size.
        training: Training images.
    """

    generated: np.ndarray
    held_out: np.ndarray
    reference: np.ndarray
    training: np.ndarray


def distribution_rows(points: Splits, are_faces: bool) -> list[Row]:
    """Compare the distribution of generated points with that of real ones.

    Args:
        points: The points.
        are_faces: Whether the images are faces, whose goals are higher than those of ellipses.
    """
    real = moments(points.held_out)
    distance = frechet_distance(moments(points.generated), real)
    real_distance = frechet_distance(moments(points.reference), real)
    precision, recall = precision_recall(points.held_out, points.generated)
    real_precision, real_recall = precision_recall(points.held_out, points.reference)
    density, coverage = density_coverage(points.held_out, points.generated)
    real_density, real_coverage = density_coverage(points.held_out, points.reference)
    factor = 2 if are_faces else 3
    farthest = factor * real_distance
    off = 0.1 if are_faces else 0.2
    covered = "at least 0.95" if are_faces else "at least 0.9 of real"
    least = 0.95 if are_faces else 0.9 * real_coverage
    return [
        Row("frechet", distance, real_distance, f"at most {factor} times real", most=farthest),
        Row("precision", precision, real_precision),
        Row("recall", recall, real_recall),
        Row("density", density, real_density, f"{1 - off:.1f} to {1 + off:.1f}", 1 - off, 1 + off),
        Row("coverage", coverage, real_coverage, covered, least),
    ]


def memorization_rows(points: Splits, space: str) -> list[Row]:
    """Measure how close generated points are to training points.

    Args:
        points: The points.
        space: Name of their space; the keys of the rows end with it.
    """
    test = DataCopyingTest(points.training, points.held_out)
    copied, nearer = test(points.generated)
    real_copied, real_nearer = test(points.reference)
    return [
        Row(f"copied_{space}", copied, real_copied),
        Row(f"nearer_{space}", nearer, real_nearer),
    ]


def accuracy_rows(
    requested: np.ndarray,
    recognized: np.ndarray,
    real: tuple[np.ndarray, np.ndarray],
    attributes: Sequence[Attribute],
) -> list[Row]:
    """Measure whether attributes are drawn as requested.

    Args:
        requested: Labels of shape (n, attributes).
        recognized: Labels that the classifier predicts, of the same shape.
        real: The true and the predicted labels of real images.
        attributes: The attributes.
    """
    names = [attribute.name for attribute in attributes]
    accuracies = accuracy(requested, recognized)
    real_accuracies = accuracy(*real)
    worst = int(np.nanargmin(accuracies))
    real_worst = int(np.nanargmin(real_accuracies))
    return [
        Row(
            "accuracy",
            np.nanmean(accuracies),
            np.nanmean(real_accuracies),
            "at least 99%",
            0.99,
        ),
        Row(
            "worst_accuracy",
            accuracies[worst],
            real_accuracies[real_worst],
            "at least 95%",
            0.95,
            detail=f"{names[worst]}; real: {names[real_worst]}",
        ),
    ]


def histogram_rows(
    requested: np.ndarray,
    recognized: np.ndarray,
    real: tuple[np.ndarray, np.ndarray],
    attributes: Sequence[Attribute],
) -> list[Row]:
    """Measure how often each variant is drawn; takes the same arguments as `accuracy_rows`.

    For a network without labels, `requested` contains the labels predicted for held-out images.
    """
    names = [attribute.name for attribute in attributes]
    sizes = [len(attribute.variants) for attribute in attributes]
    distances = total_variation(requested, recognized, sizes)
    real_distances = total_variation(*real, sizes)
    missing = missing_variants(requested, recognized, sizes)
    missing_names = [f"{names[i]}={attributes[i].variants[variant]}" for i, variant in missing]
    return [
        Row(
            "missing_variants",
            len(missing),
            len(missing_variants(*real, sizes)),
            "none",
            most=0,
            detail=", ".join(missing_names),
        ),
        Row(
            "total_variation",
            distances.max(),
            real_distances.max(),
            "at most 0.03",
            most=0.03,
            detail=f"{names[distances.argmax()]}; real: {names[real_distances.argmax()]}",
        ),
    ]


def ellipse_rows(images: Splits, outlined: bool) -> list[Row]:
    """Measure how well the generated shapes overlap with ellipses.

    Args:
        images: uint8 images.
        outlined: Whether the shapes are outlines.
    """
    overlap = ellipse_overlaps(images.generated, outlined).mean()
    real_overlap = ellipse_overlaps(images.held_out, outlined).mean()
    return [Row("overlap", overlap, real_overlap, "at least 0.95", 0.95)]


def sharpness_row(generated: np.ndarray, exported: np.ndarray, real: np.ndarray) -> Row:
    """Measure the mean gradient at edges of enlarged images, in levels per pixel.

    Args:
        generated: uint8 images.
        exported: The same images, drawn by the exported network.
        real: Real images of the same size.
    """
    value, exported_value, real_value = (
        edge_sharpness(images, lambda image: resize(image, ENLARGED_SIDE))
        for images in (generated, exported, real)
    )
    goal = "at least 90% of real"
    least = 0.9 * real_value
    return Row("edge_sharpness", value, real_value, goal, least, exported=exported_value)


def format_row(row: Row) -> str:
    """Return a line of the Markdown table."""
    values = " | ".join(map(_format, (row.value, row.exported, row.real)))
    reached = {None: "", True: "yes", False: "no"}[row.reached]
    return f"| {row.label} | {values} | {row.goal} | {reached} |"


def as_markdown(rows: Iterable[Row]) -> str:
    """Return the rows as a Markdown table."""
    return "\n".join([HEAD, *map(format_row, rows)]) + "\n"


def _format(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def as_json(rows: Iterable[Row]) -> dict[str, dict]:
    """Return the rows as they are stored in meta.json."""
    values = {}
    for row in rows:
        values[row.key] = {"generated": float(row.value), "real": float(row.real)}
        if row.exported is not None:
            values[row.key]["exported"] = float(row.exported)
        if row.reached is not None:
            values[row.key]["reached"] = row.reached
    return values
