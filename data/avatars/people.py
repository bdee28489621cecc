"""Derive a person, that is, the attributes and the noise of a face, from a random seed.

The rules in plausibility.tsv make some combinations of attributes more likely than others. At
wildness 0 they have their full effect. At wildness 1 they have none: attributes are independent, as
in the training data. `web/core/avatars.js` does the same in JavaScript.
"""

import functools
import math
from collections.abc import Sequence
from importlib import resources
from typing import NamedTuple

import numpy as np

from common.prng import Random
from data.avatars.labelled_images import Attribute


class Rule(NamedTuple):
    """A weight for the probabilities of some variants of an attribute.

    Attributes:
        attribute: Name of the attribute.
        variants: The variants whose probabilities are multiplied by the weight.
        given: {name of another attribute: variants}; the rule applies only to faces that have one
            of these variants. Empty if it applies to all faces.
        weight: Factor for the probabilities; larger than 0.
    """

    attribute: str
    variants: tuple[str, ...]
    given: dict[str, tuple[str, ...]]
    weight: float


class Person(NamedTuple):
    """The input from which a network generates a face.

    Attributes:
        labels: The variant of each attribute; never INVISIBLE.
        noise: float32 array of shape (latent_dim,).
    """

    labels: list[int]
    noise: np.ndarray


@functools.cache
def own_rules() -> tuple[Rule, ...]:
    """Return the rules for Gene's own faces, from plausibility.tsv."""
    path = resources.files("data.avatars") / "plausibility.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(_parse(line) for line in lines if not line.startswith("#"))


def _parse(line: str) -> Rule:
    attribute, variants, given, weight = line.split("\t")
    name, _, values = given.partition("=")
    condition = {name: tuple(values.split(","))} if given else {}
    return Rule(attribute, tuple(variants.split(",")), condition, float(weight))


def rules_for(attributes: Sequence[Attribute]) -> tuple[Rule, ...]:
    """Return the rules for a network: none unless it has the attributes of Gene's faces."""
    names = [attribute.name for attribute in attributes]
    rules = own_rules()
    fits = {rule.attribute for rule in rules} | {name for rule in rules for name in rule.given}
    return rules if fits <= set(names) else ()


def person_of_seed(
    seed: int,
    attributes: Sequence[Attribute],
    latent_dim: int,
    rules: Sequence[Rule] = (),
    wildness: float = 1,
) -> Person:
    """Derive a person from a seed.

    Args:
        seed: Integer from 0 to 2**32 - 1.
        attributes: The attributes of the network.
        latent_dim: Size of the noise vector of the network.
        rules: The rules, see `rules_for`.
        wildness: From 0, full effect of the rules, to 1, no effect.
    """
    random = Random(seed)
    uniforms = [random.uniform() for _ in attributes]
    rules = () if wildness == 1 else rules
    labels: list[int | None] = [None] * len(attributes)
    for i in _order(attributes, rules):
        probabilities = _weigh(i, labels, attributes, rules, wildness)
        labels[i] = _pick(probabilities, uniforms[i])
    noise = [_normal(random) for _ in range(latent_dim)]
    return Person([label or 0 for label in labels], np.array(noise, "float32"))


def seeds_from(seed: int, count: int) -> list[int]:
    """Derive the seeds of `count` people from one seed."""
    random = Random(seed)
    return [random.uint32() for _ in range(count)]


def _order(attributes: Sequence[Attribute], rules: Sequence[Rule]) -> list[int]:
    """Return the order in which to sample the attributes, as indices: those with rules first."""
    names = [attribute.name for attribute in attributes]
    ordered = [name for name in dict.fromkeys(rule.attribute for rule in rules) if name in names]
    return [names.index(name) for name in dict.fromkeys([*ordered, *names])]


def _weigh(
    i: int,
    labels: Sequence[int | None],
    attributes: Sequence[Attribute],
    rules: Sequence[Rule],
    wildness: float,
) -> list[float]:
    """Return the probabilities of an attribute's variants, given those sampled before."""
    attribute = attributes[i]
    held = [rule for rule in rules if rule.attribute == attribute.name]
    held = [rule for rule in held if _holds(rule, labels, attributes)]
    weighted = list(attribute.probabilities)
    for rule in held:
        factor = wildness + (1 - wildness) * rule.weight
        for variant in rule.variants:
            weighted[attribute.variants.index(variant)] *= factor
    total = 0.0
    for weight in weighted:
        total += weight
    return [weight / total for weight in weighted] if held else weighted


def _holds(rule: Rule, labels: Sequence[int | None], attributes: Sequence[Attribute]) -> bool:
    for attribute, label in zip(attributes, labels, strict=True):
        wanted = rule.given.get(attribute.name)
        if wanted and (label is None or attribute.variants[label] not in wanted):
            return False
    return True


def _pick(probabilities: Sequence[float], uniform: float) -> int:
    for variant, probability in enumerate(probabilities):
        uniform -= probability
        if uniform < 0:
            return variant
    return len(probabilities) - 1


def _normal(random: Random) -> float:
    """Return a normally distributed number (Box and Muller, 1958)."""
    radius = math.sqrt(-2 * math.log(1 - random.uniform()))
    return radius * math.cos(2 * math.pi * random.uniform())
