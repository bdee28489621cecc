"""Train networks: one package per network, and `core`, which all of them share."""
