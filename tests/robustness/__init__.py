"""Robustness: kills, full disks, corrupted and malicious input lead to a result or a one-line error.

`make test` runs a few cases of each kind, `make nightly` more than 20,000.
"""
