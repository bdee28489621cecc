"""How good generated pictures are: one method a file, numpy and scipy alone, so that train/ and explore/ may both ask.

Points are rows of (n, d) arrays: feature vectors, or pixels laid flat. Images are uint8 (n, side, side, 3). Labels are
int16 (n, features), -1 where a feature cannot be seen.
"""
