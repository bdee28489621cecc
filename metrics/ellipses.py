"""Is it an ellipse? The overlap of a picture's figure with the ellipse that fits it best.

An ellipse is known by its area's centre and second moments: its half axes are twice the roots of the eigenvalues of
their matrix. So the ellipse with the figure's moments is the best fit, and for a true ellipse it is the ellipse itself.
"""

import numpy as np
from scipy import ndimage

FAINT = 0.15  # of full contrast: a picture without anything stronger shows nothing


def figures(images, outlined=False):
    """The figures (n, side, side), bool, of uint8 images: what differs from the ground by more than half of the most
    that any pixel of the picture does. The ground is the middle colour of the edge; an outline's inside is filled."""
    images = np.float32(images) / 255
    edge = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1)
    apart = np.abs(images - np.median(edge, axis=1)[:, None, None]).max(axis=3)
    masks = apart > np.maximum(apart.max(axis=(1, 2), keepdims=True) / 2, FAINT)
    return np.stack([ndimage.binary_fill_holes(mask) for mask in masks]) if outlined else masks


def best_ellipses(masks):
    """The ellipses (n, side, side), bool, that have the area's moments of the masks."""
    side = np.arange(masks.shape[1], dtype="float64")
    weight = masks / np.maximum(masks.sum(axis=(1, 2), keepdims=True), 1)
    rows, columns = weight.sum(axis=2), weight.sum(axis=1)
    down, right = side - (rows @ side)[:, None], side - (columns @ side)[:, None]
    # a pixel is a square, not a point: 1/12 is its own second moment
    yy, xx = (
        (share * offset**2).sum(axis=1) + 1 / 12
        for share, offset in ((rows, down), (columns, right))
    )
    yx = np.einsum("nij,ni,nj->n", weight, down, right)
    y, x = down[:, :, None], right[:, None, :]
    yy, xx, yx = (moment[:, None, None] for moment in (yy, xx, yx))
    return xx * y**2 - 2 * yx * y * x + yy * x**2 <= 4 * (yy * xx - yx**2)


def overlaps(images, outlined=False, block=500):
    """Of every picture (n,) the shared over the joint area of its figure and the best ellipse; 0 for an empty one."""
    found = []
    for begin in range(0, len(images), block):
        masks = figures(images[begin : begin + block], outlined)
        best = best_ellipses(masks)
        shared, joint = ((masks & best).sum(axis=(1, 2)), (masks | best).sum(axis=(1, 2)))
        found.append(np.where(masks.any(axis=(1, 2)), shared / np.maximum(joint, 1), 0))
    return np.concatenate(found)
