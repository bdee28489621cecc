"""How a checkpoint becomes a TensorFlow.js model, and the site a folder to publish.

The only room that imports tensorflow and tensorflowjs.
"""

import common.keras_quiet  # noqa: F401  (before anything else loads Keras)
