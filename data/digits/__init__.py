"""Handwritten digits: MNIST, and users' own images converted to its style."""
