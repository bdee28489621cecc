"""Experiments with digit classifiers: python -m explore.digits."""
