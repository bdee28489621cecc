"""Draw faces and measure avatar networks: python -m explore.avatars."""
