"""Look into trained networks: figures, tables, plots, and songs in the terminal."""
