"""Write songs with a trained lyrics network.

Example:
    from generate.lyrics import load

    model = load("gene-lyrica-two")
    print(model.write("hello world", temperature=0.8, seed=7))

`decoder`, `samplers` and `song_form` have twins in `web/core/`, kept identical by `tests/golden/`.
"""

from generate.lyrics.songwriter import Songwriter, load

__all__ = ["Songwriter", "load"]
