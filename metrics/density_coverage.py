"""Density and coverage (Naeem et al. 2020, arXiv:2002.09797).

Around every real point lies a ball that reaches to its k-th nearest real neighbour. Density: in how many balls a
generated point lies, divided by k; coverage: the share of balls in which a generated point lies.
"""

import numpy as np

from metrics.neighbors import distances, radii


def density_coverage(real, generated, k=5):
    """Density and coverage of generated points (m, d) against real ones (n, d).

    Two sets from the same distribution, of the same size, give about 1 and 1 - 2^-k, which is .969.
    """
    reach = radii(real, k)
    inside, covered = 0, np.zeros(len(real), bool)
    for _, block in distances(generated, real):
        within = block <= reach
        inside += int(within.sum())
        covered |= within.any(axis=0)
    return inside / (k * len(generated)), float(covered.mean())
