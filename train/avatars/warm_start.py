"""Initialize a generator from another run, matching labels by attribute and variant."""

from collections.abc import Sequence

import numpy as np
from keras import ops

from data.avatars.labelled_images import Attribute
from generate.faces import FaceGenerator
from models.avatars import Generator
from models.sub_pixel import SubPixelGenerator

_LabelName = tuple[str, str]  # an attribute and one of its variants


def warm_start(
    source: FaceGenerator, network: Generator | SubPixelGenerator, attributes: Sequence[Attribute]
) -> list[str]:
    """Copy the weights of another run where shapes match; all others keep their initial values.

    Nothing is copied from a DCGAN. A `Generator` can be the start of a `SubPixelGenerator`.

    Args:
        source: The other run.
        network: The generator that is about to be trained.
        attributes: The attributes of `network`.

    Returns:
        The names of those attributes of `network` that share a variant with the other run.
    """
    if isinstance(network, SubPixelGenerator) and isinstance(source.network, Generator):
        network = network.base
    if type(source.network) is not type(network):
        return []
    first = _base(network).mapping[0].kernel
    known = _by_path(source.network)
    for path, target in _by_path(network).items():
        other = known.get(path)
        if target is not first and other is not None and target.shape == other.shape:
            target.assign(other)
    return _copy_inputs(source, _base(network), attributes)


def _base(network: Generator | SubPixelGenerator) -> Generator:
    return network.base if isinstance(network, SubPixelGenerator) else network


def _by_path(network: Generator | SubPixelGenerator) -> dict:
    """Return {path: weight}, without the model name, to which Keras may append a number."""
    return {weight.path.removeprefix(f"{network.name}/"): weight for weight in network.weights}


def _copy_inputs(
    source: FaceGenerator, network: Generator, attributes: Sequence[Attribute]
) -> list[str]:
    """Copy the first layer, whose inputs are noise and labels; return the shared attributes."""
    target = network.mapping[0].kernel
    values = np.array(ops.convert_to_numpy(target))
    base = _base(source.network)
    known = ops.convert_to_numpy(base.mapping[0].kernel)
    if known.shape[1] != values.shape[1]:
        return []
    latent = min(network.latent_dim, base.latent_dim)
    values[:latent] = known[:latent]
    rows = {label: base.latent_dim + i for i, label in enumerate(_labels(source.attributes))}
    shared = [(i, label) for i, label in enumerate(_labels(attributes)) if label in rows]
    for i, label in shared:
        values[network.latent_dim + i] = known[rows[label]]
    target.assign(values)
    return list(dict.fromkeys(name for _, (name, _) in shared))


def _labels(attributes: Sequence[Attribute]) -> list[_LabelName]:
    return [(attribute.name, variant) for attribute in attributes for variant in attribute.variants]
