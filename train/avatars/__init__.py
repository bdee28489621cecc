"""Train the avatar generators: `python -m train.avatars`."""
