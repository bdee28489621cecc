"""Training of the lyrics networks: python -m train.lyrics."""
