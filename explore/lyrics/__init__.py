"""Write songs in the terminal, and measure lyrics networks: python -m explore.lyrics."""
