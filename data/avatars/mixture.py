"""Mix two faces: colors blend, and the other attributes switch one after another.

`mixFaces` in `web/core/face-mixture.js` does the same in JavaScript.
"""

from collections.abc import Collection, Sequence

import numpy as np

from data.avatars.labelled_images import INVISIBLE, Attribute, mask_invisible, one_hot


def mix_labels(
    one: Sequence[int],
    other: Sequence[int],
    amount: float,
    attributes: Sequence[Attribute],
    colors: Collection[str],
) -> np.ndarray:
    """Return the labels of a mixture, encoded as the input of a network.

    Args:
        one: The variants of the first face, without INVISIBLE.
        other: The variants of the second face.
        amount: Weight of the second face, from 0 to 1.
        attributes: The attributes.
        colors: Names of the attributes that blend.

    Returns:
        float32 array of shape (total number of variants,).
    """
    ends = mask_invisible(np.array([one, other], "int16"), attributes)
    shapes = [i for i, attribute in enumerate(attributes) if attribute.name not in colors]
    differing = [i for i in shapes if one[i] != other[i] and (ends[:, i] != INVISIBLE).any()]
    mixed = np.array(one, "int16")
    for order, i in enumerate(differing):
        if amount > (order + 0.5) / len(differing):
            mixed[i] = other[i]
    blended = [i for i, attribute in enumerate(attributes) if attribute.name in colors]
    near, far = mixed.copy(), mixed.copy()
    near[blended], far[blended] = np.array(one)[blended], np.array(other)[blended]
    hot = one_hot(mask_invisible(np.stack([near, far]), attributes), attributes)
    return _blend(hot, ends, blended, amount, attributes)


def _blend(
    hot: np.ndarray,
    ends: np.ndarray,
    blended: Sequence[int],
    amount: float,
    attributes: Sequence[Attribute],
) -> np.ndarray:
    """Blend the colors in two encoded labels; if one face hides a color, use the other face's."""
    result = hot[0].copy()
    starts = np.cumsum([0, *[len(attribute.variants) for attribute in attributes]])
    for i in blended:
        is_hidden = ends[:, i] == INVISIBLE
        share = amount if is_hidden[0] == is_hidden[1] else float(is_hidden[0])
        part = slice(starts[i], starts[i + 1])
        result[part] = (1 - share) * hot[0, part] + share * hot[1, part]
    return result
