"""How the networks learn: one entry point a network, and the run folder that all of them share."""

import os
import sys

if any(
    word.split("=")[0] == "--coordinator" for word in sys.argv
):  # several processes train on JAX alone
    os.environ.setdefault("KERAS_BACKEND", "jax")

import common.keras_quiet  # noqa: E402, F401  (before anything else loads Keras)
