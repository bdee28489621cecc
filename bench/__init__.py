"""Benchmarks; each figure has a target value, and some compare Gene with another program."""
