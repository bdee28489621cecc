"""Convert checkpoints to TensorFlow.js models and build the site that is published.

This is the only package that imports tensorflow and tensorflowjs.
"""
