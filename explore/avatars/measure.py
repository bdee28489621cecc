"""Measure a generator against two sets of held-out images and against its training images."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from common.cli import GeneError
from common.runs import read_meta
from data.avatars import ellipses, faces, large_faces
from data.avatars.labelled_images import (
    IMAGE_SIDE,
    LabelledImages,
    mask_invisible,
    one_hot,
    reduce_size,
    sample_labels,
)
from explore.avatars.report import (
    Row,
    Splits,
    accuracy_rows,
    distribution_rows,
    ellipse_rows,
    histogram_rows,
    memorization_rows,
    sharpness_row,
)
from generate.faces import generate_images, request_rng, sample_noise
from metrics.feature_extractor import feature_extractor
from metrics.pixel_space import flat_pixels
from models.attributes import AttributeClassifier

BASELINE = "faces-dcgan"  # the run that other runs on the same faces are compared with
BLOCK = 1000  # images are generated and reduced in blocks of this size
ENLARGED_SHARE = 50  # sharpness is measured on one image in 50, because enlarging takes time
MIN_HELD_OUT = 100  # minimum number of images in each of the two held-out sets


class MeasuredData(NamedTuple):
    """The training images of a run, and two disjoint held-out sets of the same size."""

    training: LabelledImages
    held_out: LabelledImages
    reference: LabelledImages


def data_loader(meta: dict, cache_dir: str | Path) -> Callable[..., LabelledImages]:
    """Return a function that loads the images of a run; its arguments are `count` and `split`.

    Args:
        meta: Metadata of the run.
        cache_dir: Folder for the decoded images.
    """
    args = meta["args"]
    if args.get("model") == "sub-pixel":
        return partial(_load_reduced, cache_dir)
    if args["data"] == "faces":
        return partial(
            faces.load,
            args["faces"],
            cache_dir=cache_dir,
            crop=args.get("crop", "square"),
            use_labels=not args.get("no_labels", False),
        )
    return partial(ellipses.load, args["data"])


def _load_reduced(cache_dir: str | Path, count: int, split: str = "training") -> LabelledImages:
    """Load large faces and reduce them in the same way as generated ones."""
    data = large_faces.load(count, split, cache_dir)
    return data._replace(images=reduce_size(data.images))


def load_data(meta: dict, count: int, cache_dir: str | Path) -> MeasuredData:
    """Load the images of a run.

    Args:
        meta: Metadata of the run.
        count: Maximum number of held-out images in each set.
        cache_dir: Folder for the decoded images.

    Raises:
        GeneError: If there are too few held-out images.
    """
    load = data_loader(meta, cache_dir)
    training = load(count=meta["args"]["max_images"])
    held_out = load(count=2 * count, split="held-out")
    half = min(count, len(held_out.images) // 2)
    if half < MIN_HELD_OUT:
        raise GeneError(
            f"--count: two sets of only {half} held-out images cannot be compared; use "
            f"--count {MIN_HELD_OUT} or more, and a run trained on at least "
            f"{20 * MIN_HELD_OUT:,} images (a tenth is held out)"
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
        images: uint8 array of shape (n, 64, 64, 3); larger images are reduced to this size, which
            the classifier expects.
        recognized: Labels that the classifier predicts; None without a classifier.
        points: The feature vectors of the images, shape (n, d).
    """

    requested: np.ndarray | None
    images: np.ndarray
    recognized: np.ndarray | None
    points: np.ndarray


class Evaluator:
    """Compares the output of generators with real images.

    Args:
        data: The real images.
        classifier: A classifier for the attributes of the real images, or None.
        kind: "faces", or the style of the ellipses.
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
        """Generate images with random attributes, as many as there are held-out images."""
        count = len(self.data.held_out.images)
        labels = sample_labels(request_rng(seed), self.attributes, count)
        requested = mask_invisible(labels, self.attributes)
        noise = sample_noise(network, count, seed)
        hot = one_hot(requested, self.attributes)
        images = np.concatenate(
            [
                reduce_size(generate_images(network, noise[i : i + BLOCK], hot[i : i + BLOCK]))
                for i in range(0, count, BLOCK)
            ]
        )
        return Generated(requested if network.num_labels else None, images, *self.extract(images))

    def quality(self, generated: Generated) -> Iterator[Row]:
        """Yield the metrics of image quality."""
        if self.kind != "faces":
            yield from ellipse_rows(self._image_splits(generated), self.kind == "outline")
        if self.classifier:
            yield from self._attribute_rows(generated)
        yield from distribution_rows(self._point_splits(generated), self.kind == "faces")

    def _attribute_rows(self, generated: Generated) -> Iterator[Row]:
        recognized = generated.recognized
        recognized_reference = self.recognized_reference
        assert recognized is not None and recognized_reference is not None
        real = (self.data.reference.labels, recognized_reference)
        requested = generated.requested
        if requested is None:  # without labels, compare with the histogram of held-out images
            requested = self.recognized_held_out
        else:
            yield from accuracy_rows(requested, recognized, real, self.attributes)
        assert requested is not None
        yield from histogram_rows(requested, recognized, real, self.attributes)

    def memorization(self, generated: Generated) -> Iterator[Row]:
        """Yield the metrics of memorization: how many images copy a training image."""
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


def measure_sharpness(
    network: keras.Model, quantized: keras.Model, count: int, cache_dir: str | Path, seed: int
) -> Row:
    """Compare the sharpness of enlarged images of a run with that of real ones.

    The real images are held-out faces of the size that the network draws; the generated images have
    the same attributes.

    Args:
        network: A generator of Gene's own faces.
        quantized: The same network with the quantized weights of the export.
        count: Number of images that the other metrics use; this one uses fewer.
        cache_dir: Folder for the rendered faces.
        seed: Random seed for the noise.
    """
    some = max(4, count // ENLARGED_SHARE)
    real = large_faces.load(some, "held-out", cache_dir)
    noise = sample_noise(network, some, seed)
    hot = one_hot(real.labels, real.attributes)
    generated, exported = (generate_images(one, noise, hot) for one in (network, quantized))
    is_large = generated.shape[1] > IMAGE_SIDE
    images = real.images if is_large else reduce_size(real.images)
    return sharpness_row(generated, exported, images)


def measure(
    network: keras.Model, quantized: keras.Model, evaluator: Evaluator, seed: int
) -> Iterator[Row]:
    """Yield the metrics of a generator, one after another.

    Args:
        network: The generator.
        quantized: The same network with the quantized weights of the export.
        evaluator: The evaluator, which has the images to compare with.
        seed: Random seed for attributes and noise.
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
        One row; empty unless the baseline was trained on the same images and measured with the same
        number of images.
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
