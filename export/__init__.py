"""Convert checkpoints to TensorFlow.js models and build the site that is published.

The modules that convert checkpoints import tensorflow and tensorflowjs.
"""
