"""Tests of one module or command at a time."""
