"""Plots of the addition networks: python -m explore.addition."""
