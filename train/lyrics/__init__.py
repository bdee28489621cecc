"""Train the lyrics networks: `python -m train.lyrics`."""
