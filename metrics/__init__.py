"""Metrics for generated images, songs and digits, one method per module.

Points are arrays of shape (n, d), such as embeddings or flattened pixels. Images are uint8 arrays
of shape (n, side, side, 3). Labels are int16 arrays of shape (n, attributes), negative where an
attribute cannot be seen.
"""
