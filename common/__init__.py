"""Shared basics: command line, files, checkpoints, progress, tables and random numbers."""
