"""Train the addition networks: `python -m train.addition`."""
