"""Training of the addition networks: python -m train.addition."""
