"""Convert checkpoints to TensorFlow.js models and build the site that is published.

The only package that imports tensorflow and tensorflowjs.
"""
