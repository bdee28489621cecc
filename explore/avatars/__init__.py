"""Face sheets and their metrics: python -m explore.avatars."""
