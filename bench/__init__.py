"""Measure the speed of everything, each figure against a limit or a rival."""
