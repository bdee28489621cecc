"""Robustness: kills, full disks, corrupted and malicious input end in a result or in one line.

`make test` runs a few cases of each kind, `make nightly` more than 20,000.
"""
