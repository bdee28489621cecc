"""Plot and tabulate the addition networks: `python -m explore.addition`."""
