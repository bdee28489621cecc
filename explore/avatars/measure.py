"""Measure a generator against two sets of held-out images and against its training images."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from common.checkpoint import read_meta
from common.cli import GeneError
from data.avatars import ellipses, faces
from data.avatars.labelled_images import LabelledImages, mask_invisible, one_hot, sample_labels
from explore.avatars.report import (
    Row,
    Splits,
    accuracy_rows,
    distribution_rows,
    ellipse_rows,
    histogram_rows,
    memorization_rows,
)
from generate.faces import generate_images, request_rng, sample_noise
from metrics.feature_extractor import feature_extractor
from metrics.pixel_space import flat_pixels
from models.attributes import AttributeClassifier

BASELINE = "faces-dcgan"  # other runs on the same faces are compared with this one
MIN_HELD_OUT = 100  # images in each of the two sets


class MeasuredData(NamedTuple):
    """What a run learned from, and two disjoint sets of held-out images of the same size."""

    training: LabelledImages
    held_out: LabelledImages
    reference: LabelledImages


def data_loader(meta: dict, cache_dir: str | Path) -> Callable[..., LabelledImages]:
    """Return a function of `count` and `split` that loads the images of a run.

    Args:
        meta: Metadata of the run.
        cache_dir: Folder of the decoded images.
    """
    args = meta["args"]
    if args["data"] == "faces":
        return partial(faces.load, args["faces"], cache_dir=cache_dir)
    return partial(ellipses.load, args["data"])


def load_data(meta: dict, count: int, cache_dir: str | Path) -> MeasuredData:
    """Load the images of a run.

    Args:
        meta: Metadata of the run.
        count: Maximum number of held-out images in each set.
        cache_dir: Folder of the decoded images.

    Raises:
        GeneError: If there are too few held-out images.
    """
    load = data_loader(meta, cache_dir)
    training = load(count=meta["args"]["max_images"])
    held_out = load(count=2 * count, split="held-out")
    half = min(count, len(held_out.images) // 2)
    if half < MIN_HELD_OUT:
        raise GeneError(
            f"--count: {half} held-out images in each of the two sets, but at least {MIN_HELD_OUT} "
            f"are needed; use --count {MIN_HELD_OUT} or more and at least {20 * MIN_HELD_OUT:,} "
            "images, a tenth of which is held out"
        )
    return MeasuredData(
        training, _rows(held_out, slice(half)), _rows(held_out, slice(half, 2 * half))
    )


def _rows(data: LabelledImages, rows: slice) -> LabelledImages:
    return data._replace(images=data.images[rows], labels=data.labels[rows])


class Generated(NamedTuple):
    """Output of a generator.

    Attributes:
        requested: Requested labels, shape (n, attributes); None for a network without labels.
        images: uint8 array of shape (n, 64, 64, 3).
        recognized: Labels that the classifier recognizes; None without a classifier.
        points: The images as points, shape (n, d).
    """

    requested: np.ndarray | None
    images: np.ndarray
    recognized: np.ndarray | None
    points: np.ndarray


class Evaluator:
    """Compares the output of generators with real images.

    Args:
        data: The real images.
        classifier: A classifier that knows their attributes, or None.
        kind: "faces", or the style of ellipses.
    """

    def __init__(self, data: MeasuredData, classifier: AttributeClassifier | None, kind: str):
        self.data = data
        self.classifier = classifier
        self.kind = kind
        self.attributes = data.training.attributes
        self.extract = feature_extractor(data.training.images, classifier)
        self.recognized_held_out, self.held_out_points = self.extract(data.held_out.images)
        self.recognized_reference, self.reference_points = self.extract(data.reference.images)
        _, self.training_points = self.extract(data.training.images)

    def generate(self, network: keras.Model, seed: int) -> Generated:
        """Generate as many images as there are held-out ones, with random attributes."""
        count = len(self.data.held_out.images)
        labels = sample_labels(request_rng(seed), self.attributes, count)
        requested = mask_invisible(labels, self.attributes)
        noise = sample_noise(network, count, seed)
        images = generate_images(network, noise, one_hot(requested, self.attributes))
        return Generated(requested if network.num_labels else None, images, *self.extract(images))

    def quality(self, generated: Generated) -> Iterator[Row]:
        """Yield the metrics of how good the images are."""
        if self.kind != "faces":
            yield from ellipse_rows(self._image_splits(generated), self.kind == "outline")
        if self.classifier:
            yield from self._attribute_rows(generated)
        yield from distribution_rows(self._point_splits(generated))

    def _attribute_rows(self, generated: Generated) -> Iterator[Row]:
        recognized = generated.recognized
        recognized_reference = self.recognized_reference
        assert recognized is not None and recognized_reference is not None
        real = (self.data.reference.labels, recognized_reference)
        requested = generated.requested
        if requested is None:  # then only the histogram of held-out images can be expected
            requested = self.recognized_held_out
        else:
            yield from accuracy_rows(requested, recognized, real, self.attributes)
        assert requested is not None
        yield from histogram_rows(requested, recognized, real, self.attributes)

    def memorization(self, generated: Generated) -> Iterator[Row]:
        """Yield the metrics of how many images are copies of training images."""
        space = "embeddings" if self.classifier else "components"
        yield from memorization_rows(self._point_splits(generated), space)
        pixels = Splits(*map(flat_pixels, self._image_splits(generated)))
        yield from memorization_rows(pixels, "pixels")

    def _image_splits(self, generated: Generated) -> Splits:
        data = self.data
        return Splits(
            generated.images, data.held_out.images, data.reference.images, data.training.images
        )

    def _point_splits(self, generated: Generated) -> Splits:
        return Splits(
            generated.points, self.held_out_points, self.reference_points, self.training_points
        )


def measure(
    network: keras.Model, quantized: keras.Model, evaluator: Evaluator, seed: int
) -> Iterator[Row]:
    """Yield the metrics of a generator, one after another.

    Args:
        network: The generator.
        quantized: The same network with the weights that are exported.
        evaluator: What to compare with.
        seed: Random seed of attributes and noise.
    """
    generated = evaluator.generate(network, seed)
    exported = evaluator.generate(quantized, seed)
    pairs = zip(evaluator.quality(generated), evaluator.quality(exported), strict=True)
    for row, exported_row in pairs:
        yield row._replace(exported=exported_row.value)
    yield from evaluator.memorization(generated)


def compare_with_baseline(rows: Sequence[Row], count: int, folder: Path, meta: dict) -> list[Row]:
    """Compare the Fréchet distance of a run with that of the baseline.

    Args:
        rows: The metrics of the run.
        count: Number of generated images.
        folder: Folder of the run.
        meta: Metadata of the run.

    Returns:
        One row; none if the baseline learned from other images, or was not measured on as many.
    """
    baseline_folder = folder.parent / BASELINE
    if folder.name == BASELINE or not (baseline_folder / "meta.json").exists():
        return []
    baseline = read_meta(baseline_folder)
    metrics = baseline.get("metrics", {})
    if "frechet" not in metrics or metrics["images"] != count or baseline["data"] != meta["data"]:
        return []
    distance = next(row.value for row in rows if row.key == "frechet")
    baseline_distance = metrics["frechet"]["generated"]
    return [
        Row(
            "frechet_vs_baseline",
            distance / baseline_distance,
            metrics["frechet"]["real"] / baseline_distance,
            "at most a fifth",
            most=0.2,
            detail=f"{BASELINE}; {_images_seen(meta)} vs. {_images_seen(baseline)} images seen",
        )
    ]


def _images_seen(meta: dict) -> str:
    return f"{meta['best']['epoch'] * meta['data']['images']:,}"
