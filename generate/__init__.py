"""How a network's numbers become a song: random numbers, samplers, the writer. `web/sampling/` is its twin."""

import common.keras_quiet  # noqa: F401  (before anything else loads Keras)
