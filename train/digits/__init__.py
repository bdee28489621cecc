"""Train the digit networks: `python -m train.digits`."""
