"""Training of the digit networks: python -m train.digits."""
