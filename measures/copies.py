"""Are generated pictures copies of training pictures? Asked of the distance to the nearest one."""

import numpy as np

from measures.neighbours import nearest

NEAR = 0.01     # held-out pictures of which so many lie as near to a training picture by chance


def copies(generated, training, held_out):
    """How generated points lie to training points, beside held-out points that nobody could have copied.

    copied: the share of generated points nearer to a training point than all but 1 % of the held-out points are;
    nearer: the share that is nearer to a training point than to any held-out point, of as many of both: 0.5 where
    nothing was copied, however blurred the pictures are (after Meehan et al. 2020, arXiv:2004.05675);
    places and distances of the nearest training points, each (n,).
    """
    size = min(len(training), len(held_out))
    places, apart = nearest(generated, training)
    usual = np.quantile(nearest(held_out, training)[1], NEAR)
    same_size = apart if size == len(training) else nearest(generated, training[:size])[1]
    nearer = same_size < nearest(generated, held_out[:size])[1]
    return {"copied": float((apart < usual).mean()), "nearer": float(nearer.mean()),
            "places": places, "distances": apart}
