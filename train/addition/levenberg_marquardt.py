"""The Levenberg-Marquardt method for small nonlinear least-squares problems.

For a small step s, the sum of squared residuals is approximately r'r + 2 r'J s + s'J'J s, where r
are the residuals and J is their Jacobian. Each step minimizes this quadratic model. Damping makes
the step shorter where the model is poor.

Sources: Levenberg, 1944, "A method for the solution of certain non-linear problems in least
squares"; Marquardt, 1963, "An algorithm for least-squares estimation of nonlinear parameters",
which scales the damping by the columns of J. `web/core/levenberg-marquardt.js` is the JavaScript
version.
"""

from collections.abc import Callable

import numpy as np

INITIAL_DAMPING = 1e-3
DAMPING_DOWN = 0.2  # factor after a successful step
DAMPING_UP = 4.0  # factor after a failed step
MIN_DAMPING = 1e-15
MAX_DAMPING = 1e8
MIN_GAIN = 1e-9  # stop when a step reduces the cost by a smaller fraction than this


def levenberg_marquardt(
    function: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    start: np.ndarray,
    max_steps: int,
) -> np.ndarray:
    """Minimize a sum of squared residuals.

    Args:
        function: Maps parameters, shape (p,), to residuals, shape (m,), and their Jacobian,
            shape (m, p), all float64.
        start: Initial parameters, shape (p,).
        max_steps: Maximum number of steps, including failed ones.

    Returns:
        The best parameters found, shape (p,).
    """
    parameters = start
    damping = INITIAL_DAMPING
    residuals, jacobian = function(parameters)
    cost = residuals @ residuals
    for _ in range(max_steps):
        trial = parameters + _damped_step(residuals, jacobian, damping)
        trial_residuals, trial_jacobian = function(trial)
        trial_cost = trial_residuals @ trial_residuals
        if trial_cost < cost:
            gain = 1 - trial_cost / cost
            parameters = trial
            residuals = trial_residuals
            jacobian = trial_jacobian
            cost = trial_cost
            damping = max(damping * DAMPING_DOWN, MIN_DAMPING)
            if gain < MIN_GAIN:
                break
        else:
            damping *= DAMPING_UP
            if damping > MAX_DAMPING:
                break
    return parameters


def _damped_step(residuals: np.ndarray, jacobian: np.ndarray, damping: float) -> np.ndarray:
    """Compute the step with a QR decomposition; J'J would square the condition number of J."""
    scale = np.sqrt(damping * (jacobian * jacobian).sum(axis=0)) + 1e-12
    matrix = np.concatenate([jacobian, np.diag(scale)])
    q, r = np.linalg.qr(matrix)
    return np.linalg.solve(r, q.T @ np.concatenate([-residuals, np.zeros(len(scale))]))
