"""How good is a generator? What it makes against two sets of held-out pictures, and against what it learned from."""

from functools import partial
from typing import NamedTuple

import numpy as np

from common.cli import GeneError
from common.files import read_json
from data.avatars import ellipses as shapes
from data.avatars import faces
from data.avatars.labelled_images import SPLITS, mask_invisible, one_hot, sample_labels
from explore.avatars.report import (
    Row,
    Sets,
    asked_rows,
    copy_rows,
    ellipse_rows,
    histogram_rows,
    space_rows,
)
from generate.faces import draw, noise_of
from metrics.pixel_space import PixelSpace, flat

RIVAL = "faces-dcgan"  # the run that a run on the same faces is held against
FEWEST = 100  # held-out pictures in each of the two sets


def loader(meta, cache):
    """A function (count=, part=) that loads Pictures of the kind that the run of this meta learned from."""
    told = meta["args"]
    if told["data"] == "faces":
        return partial(faces.load, told["faces"], cache=cache)
    return partial(shapes.load, told["data"])


def load_pictures(meta, count, cache):
    """What the run of this meta learned from, and two sets of at most `count` held-out pictures, each as Pictures."""
    load = loader(meta, cache)
    training, held_out = load(count=meta["args"]["count"]), load(count=2 * count, part="held-out")
    half = min(count, len(held_out.images) // 2)
    if half < FEWEST:
        raise GeneError(
            f"--count: {half} held-out pictures in each half are too few; give at least {FEWEST}"
        )
    first, second = (
        held_out._replace(images=held_out.images[rows], labels=held_out.labels[rows])
        for rows in (slice(half), slice(half, 2 * half))
    )
    return training, first, second


def asking(seed):
    """The random numbers that features are asked for with: other ones than the faces of the data are drawn with, which
    would make every made face the very twin of a held-out one."""
    return np.random.default_rng([len(SPLITS), seed])


class Made(NamedTuple):
    """What a generator has made: the labels asked for, or None, the pictures, their features as seen, their points."""

    asked: np.ndarray
    images: np.ndarray
    seen: np.ndarray
    points: np.ndarray


class Judge:
    """Holds what generators make against real pictures.

    pictures: as from load_pictures; classifier: who knows their features, or None; kind: "faces", or of ellipses.
    """

    def __init__(self, pictures, classifier, kind):
        self.training, self.held_out, self.second = pictures
        self.classifier, self.kind, self.features = classifier, kind, self.training.features
        self.look = (classifier or PixelSpace(self.training.images)).look
        self.real = [self.look(part.images) for part in (self.held_out, self.second, self.training)]

    def draw(self, network, seed):
        """As many pictures as there are held-out ones, as Made, with features asked for at random."""
        count = len(self.held_out.images)
        asked = mask_invisible(sample_labels(asking(seed), self.features, count), self.features)
        images = draw(network, noise_of(seed, count, network), one_hot(asked, self.features))
        return Made(asked if network.labels else None, images, *self.look(images))

    def quality(self, made):
        """Yield the Rows of how good the pictures are."""
        if self.kind != "faces":
            yield from ellipse_rows(self._beside(made.images), self.kind == "outline")
        real = self.second.labels, self.real[1][0]
        if self.classifier and made.asked is not None:
            yield from asked_rows(made.asked, made.seen, real, self.features)
        if self.classifier:
            asked = self.real[0][0] if made.asked is None else made.asked
            yield from histogram_rows(asked, made.seen, real, self.features)
        yield from space_rows(Sets(made.points, *(points for _, points in self.real)))

    def copies(self, made):
        """Yield the Rows of whether they are copies of what was learned from."""
        points = Sets(made.points, *(points for _, points in self.real))
        yield from copy_rows(points, "features" if self.classifier else "components")
        yield from copy_rows(Sets(*map(flat, self._beside(made.images))), "pixels")

    def _beside(self, images):
        return Sets(images, *(part.images for part in (self.held_out, self.second, self.training)))


def measure(network, exported, pictures, classifier, kind, seed):
    """Yield the Rows of a generator, one after another; how good its pictures are beside those of `exported`, the same
    network as the site has it. Arguments else as of Judge."""
    judge = Judge(pictures, classifier, kind)
    made, others = (judge.draw(one, seed) for one in (network, exported))
    for row, other in zip(judge.quality(made), judge.quality(others)):
        yield row._replace(exported=other.value)
    yield from judge.copies(made)


def against_rival(rows, count, folder, meta):
    """The row that holds a run's Frechet distance against that of the plain network, where that one has learned from
    the same pictures and is measured on as many of its own."""
    path = folder.parent / RIVAL / "meta.json"
    rival = read_json(path) if path.exists() and folder.name != RIVAL else {}
    theirs = rival.get("metrics", {})
    if "frechet" not in theirs or theirs["pictures"] != count or rival["data"] != meta["data"]:
        return []
    ours = next(row.value for row in rows if row.key == "frechet")
    return [
        Row(
            "frechet_of_rival",
            f"Fréchet distance as a share of that of {RIVAL}, {_seen(meta)} against "
            f"{_seen(rival)} pictures seen",
            ours / theirs["frechet"]["made"],
            theirs["frechet"]["real"] / theirs["frechet"]["made"],
            "at most a fifth",
            most=0.2,
        )
    ]


def _seen(meta):
    return f"{meta['best']['epoch'] * meta['data']['pictures']:,}"
