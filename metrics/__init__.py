"""How good generated pictures are: one method a file. It stands below train/ and explore/, so that both may ask it.

Points are rows of (n, d) arrays: feature vectors, or pixels laid flat. Images are uint8 (n, side, side, 3). Labels are
int16 (n, features), -1 where a feature cannot be seen.
"""
