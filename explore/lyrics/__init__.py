"""Songs in the terminal and their metrics: python -m explore.lyrics."""
