"""Handwritten digits: MNIST and users' own images in its style."""
