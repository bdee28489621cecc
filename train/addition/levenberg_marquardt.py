"""Levenberg-Marquardt: the least-squares method for small problems that gradient descent crawls through.

Near a minimum a sum of squares looks like r'r + 2 r'J s + s'J'J s in the step s, and J, the slopes of the residuals,
is all that it takes to solve that for s. A damping keeps the step short where the picture is false: Levenberg 1944,
A method for the solution of certain non-linear problems; Marquardt 1963, An algorithm for least-squares estimation of
nonlinear parameters (which scales the damping by the columns of J). Twin: web/core/levenberg-marquardt.js.
"""

import numpy as np

EASE, TIGHTEN, LEAST, MOST = 0.2, 4.0, 1e-15, 1e8
ENOUGH = 1e-9  # of the cost: a step that gains less ends the search


def levenberg_marquardt(function, start, steps):
    """The parameters (p,) that make the sum of squared residuals small, after `steps` attempts at most.

    function(parameters) gives residuals (m,) and their slopes (m, p), both float64; start (p,).
    """
    parameters, damping = start, 1e-3
    residuals, slopes = function(parameters)
    cost = residuals @ residuals
    for _ in range(steps):
        trial = parameters + _step(residuals, slopes, damping)
        new_residuals, new_slopes = function(trial)
        new_cost = new_residuals @ new_residuals
        if new_cost < cost:
            gain, damping = 1 - new_cost / cost, max(damping * EASE, LEAST)
            parameters, residuals, slopes, cost = trial, new_residuals, new_slopes, new_cost
            if gain < ENOUGH:
                break
        else:
            damping *= TIGHTEN
            if damping > MOST:
                break
    return parameters


def _step(residuals, slopes, damping):
    """Solved by orthogonal factors of the slopes themselves: J'J would square how ill-conditioned they are."""
    scale = np.sqrt(damping * (slopes * slopes).sum(axis=0)) + 1e-12
    matrix = np.concatenate([slopes, np.diag(scale)])
    q, r = np.linalg.qr(matrix)
    return np.linalg.solve(r, q.T @ np.concatenate([-residuals, np.zeros(len(scale))]))
