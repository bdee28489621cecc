"""The data sets that the networks are trained on: reading, cleaning, caching and splitting."""
