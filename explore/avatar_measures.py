"""How good is a generator? What it makes against two sets of held-out pictures, and against what it learned from."""

from functools import partial

import numpy as np

from common.cli import GeneError
from common.files import read_json
from datasets import faces, shapes
from datasets.pictures import PARTS, hide, one_hot
from datasets.pictures import draw as draw_labels
from explore.avatar_table import Row, Sets, asked_rows, copy_rows, ellipse_rows, histogram_rows, space_rows
from measures.pixels import PixelSpace, flat
from sampling.pictures import draw, noise_of

RIVAL = "faces-dcgan"       # the run that a run on the same faces is held against
FEWEST = 100                # held-out pictures in each of the two sets


def loader(meta, cache):
    """A function (count=, part=) that loads Pictures of the kind that the run of this meta learned from."""
    told = meta["flags"]
    if told["data"] == "faces":
        return partial(faces.load, told["faces"], cache=cache)
    return partial(shapes.load, told["data"])


def load_pictures(meta, count, cache):
    """What the run of this meta learned from, and two sets of at most `count` held-out pictures, each as Pictures."""
    load = loader(meta, cache)
    training, held_out = load(count=meta["flags"]["count"]), load(count=2 * count, part="held-out")
    half = min(count, len(held_out.images) // 2)
    if half < FEWEST:
        raise GeneError(f"--count: {half} held-out pictures in each half are too few; give at least {FEWEST}")
    first, second = (held_out._replace(images=held_out.images[rows], labels=held_out.labels[rows])
                     for rows in (slice(half), slice(half, 2 * half)))
    return training, first, second


def asking(seed):
    """The random numbers that features are asked for with: other ones than the faces of the data are drawn with, which
    would make every made face the very twin of a held-out one."""
    return np.random.default_rng([len(PARTS), seed])


def measure(network, pictures, classifier, kind, seed):
    """Yield the Rows of a generator, one after another.

    pictures: as from load_pictures; classifier: who knows their features, or None; kind: "faces", or of ellipses.
    """
    training, held_out, second = pictures
    features, count = training.features, len(held_out.images)
    asked = hide(draw_labels(asking(seed), features, count), features)
    images = Sets(draw(network, noise_of(seed, count, network), one_hot(asked, features)),
                  *(part.images for part in (held_out, second, training)))
    look = (classifier or PixelSpace(training.images)).look
    seen, points = zip(*map(look, images))
    if kind != "faces":
        yield from ellipse_rows(images, kind == "outline")
    real = second.labels, seen[2]
    if classifier and network.labels:
        yield from asked_rows(asked, seen[0], real, features)
    if classifier:
        yield from histogram_rows(asked if network.labels else seen[1], seen[0], real, features)
    yield from space_rows(Sets(*points))
    yield from copy_rows(Sets(*points), "features" if classifier else "components")
    yield from copy_rows(Sets(*map(flat, images)), "pixels")


def against_rival(rows, count, folder, meta):
    """The row that holds a run's Frechet distance against that of the plain network, where that one has learned from
    the same pictures and is measured on as many of its own."""
    path = folder.parent / RIVAL / "meta.json"
    rival = read_json(path) if path.exists() and folder.name != RIVAL else {}
    theirs = rival.get("measures", {})
    if "frechet" not in theirs or theirs["pictures"] != count or rival["data"] != meta["data"]:
        return []
    ours = next(row.value for row in rows if row.key == "frechet")
    return [Row("frechet_of_rival", f"Fréchet distance as a share of that of {RIVAL}, {_seen(meta)} against "
                f"{_seen(rival)} pictures seen", ours / theirs["frechet"]["made"],
                theirs["frechet"]["real"] / theirs["frechet"]["made"], "at most a fifth", most=0.2)]


def _seen(meta):
    return f"{meta['best']['epoch'] * meta['data']['pictures']:,}"
