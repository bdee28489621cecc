"""Train the face attribute classifier: `python -m train.attributes`."""
