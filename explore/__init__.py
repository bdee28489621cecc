"""Analyze trained networks with tables and plots, and generate songs and faces with them."""
