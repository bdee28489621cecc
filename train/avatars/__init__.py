"""Training of the avatar generators: python -m train.avatars."""
