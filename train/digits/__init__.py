"""Training of the digit classifiers: python -m train.digits."""
