"""What the networks turned out to be: pictures, tables, measures, and songs in the terminal."""

import common.keras_quiet  # noqa: F401  (before anything else loads Keras)
