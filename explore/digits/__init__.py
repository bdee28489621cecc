"""Experiments with the digit networks: python -m explore.digits."""
