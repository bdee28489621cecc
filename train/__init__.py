"""How the networks learn: one entry point a network, and the run folder that all of them share."""

import common.engine  # noqa: F401  (before anything else loads Keras)
