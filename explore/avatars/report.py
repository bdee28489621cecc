"""The table of a generator's measures: each figure beside the one that held-out pictures reach against held-out
pictures of the same number, which no generator can be asked to pass, and beside the goal."""

from typing import NamedTuple

import numpy as np

from metrics.attributes import accuracy, total_variation, undrawn
from metrics.density_coverage import density_coverage
from metrics.ellipses import overlaps
from metrics.frechet import frechet, moments
from metrics.memorization import Copies
from metrics.precision_recall import precision_recall

HEAD = "| measure | made | as exported | real against real | goal | reached |\n| --- | ---: | ---: | ---: | --- | --- |"


class Row(NamedTuple):
    """A measure: its key and its name, its value, that of real pictures, the goal, in words and as bounds, and the
    value of the network as the site has it, its weights quantised."""

    key: str
    name: str
    value: float
    real: float
    goal: str = ""
    least: float | None = None
    most: float | None = None
    exported: float | None = None

    @property
    def reached(self):
        """Yes, by the network and by what is exported of it, no, or nothing where there is no goal."""
        if self.least is self.most is None:
            return ""
        least, most = (
            (-np.inf if self.least is None else self.least),
            (np.inf if self.most is None else self.most),
        )
        return "yes" if all(least <= value <= most for value in self._values()) else "no"

    def _values(self):
        return [value for value in (self.value, self.exported) if value is not None]


class Sets(NamedTuple):
    """What is compared, each (n, ...): made pictures, two sets of held-out ones, and those trained on."""

    made: np.ndarray
    held_out: np.ndarray
    second: np.ndarray
    training: np.ndarray


def space_rows(points):
    """Rows of how made points lie among real ones. points: Sets of (n, d)."""
    made, held_out, second, _ = points
    real = moments(held_out)
    far, floor = frechet(moments(made), real), frechet(moments(second), real)
    (precision, recall), (density, coverage) = (
        precision_recall(held_out, made),
        density_coverage(held_out, made),
    )
    (sure, found), (dense, covered) = (
        precision_recall(held_out, second),
        density_coverage(held_out, second),
    )
    return [
        Row("frechet", "Fréchet distance", far, floor, "at most 3 times real", most=3 * floor),
        Row("precision", "precision", precision, sure),
        Row("recall", "recall", recall, found),
        Row("density", "density", density, dense, "0.8 to 1.2", 0.8, 1.2),
        Row("coverage", "coverage", coverage, covered, "at least 0.9 of real", 0.9 * covered),
    ]


def copy_rows(points, space):
    """Rows of how near made points lie to training points. `space`: its name."""
    copies = Copies(points.training, points.held_out)
    (copied, nearer), (by_chance, even) = copies(points.made), copies(points.second)
    return [
        Row(
            f"copied_{space}",
            f"copies: nearer to a training picture than 99 % of held-out ones, by {space}",
            copied,
            by_chance,
        ),
        Row(
            f"nearer_{space}",
            f"nearer to a training than to a held-out picture, by {space}",
            nearer,
            even,
        ),
    ]


def asked_rows(asked, seen, real, features):
    """Rows of whether features are drawn as asked, asked and seen (n, features); real: the same pair of real faces."""
    names = [f.name for f in features]
    made, floor = accuracy(asked, seen), accuracy(*real)
    worst, least = int(np.nanargmin(made)), int(np.nanargmin(floor))
    return [
        Row(
            "accuracy",
            "features as asked",
            np.nanmean(made),
            np.nanmean(floor),
            "at least 97 %",
            0.97,
        ),
        Row(
            "worst_accuracy",
            f"the worst of them ({names[worst]}; real: {names[least]})",
            made[worst],
            floor[least],
            "at least 90 %",
            0.9,
        ),
    ]


def histogram_rows(asked, seen, real, features):
    """Rows of how often variants are drawn, arguments as above. Where nothing is asked, `asked` is what others show."""
    names, variants = [f.name for f in features], [len(f.variants) for f in features]
    apart, usual = total_variation(asked, seen, variants), total_variation(*real, variants)
    missing, overlooked = undrawn(asked, seen, variants), undrawn(*real, variants)
    listed = ", ".join(f"{names[k]}={features[k].variants[v]}" for k, v in missing)
    return [
        Row(
            "undrawn",
            f"variants never drawn{listed and f' ({listed})'}",
            len(missing),
            len(overlooked),
            "none",
            most=0,
        ),
        Row(
            "total_variation",
            f"total variation of the worst histogram ({names[apart.argmax()]}; real: "
            f"{names[usual.argmax()]})",
            apart.max(),
            usual.max(),
            "at most 0.03",
            most=0.03,
        ),
    ]


def ellipse_rows(pictures, outlined):
    """The row of how well made pictures overlap with ellipses. pictures: Sets of uint8 images."""
    made, real = (
        overlaps(images, outlined).mean() for images in (pictures.made, pictures.held_out)
    )
    return [Row("overlap", "overlap with the best ellipse", made, real, "at least 0.95", 0.95)]


def line(row):
    """A row of the Markdown table."""
    figures = map(_figure, (row.value, row.exported, row.real))
    return f"| {row.name} | {' | '.join(figures)} | {row.goal} | {row.reached} |"


def markdown(rows):
    """The rows as a Markdown table."""
    return "\n".join([HEAD, *map(line, rows)]) + "\n"


def _figure(value):
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def as_json(rows):
    """The rows as meta.json keeps them."""
    return {
        row.key: {"made": float(row.value), "real": float(row.real)}
        | ({} if row.exported is None else {"exported": float(row.exported)})
        | ({"reached": row.reached == "yes"} if row.reached else {})
        for row in rows
    }
