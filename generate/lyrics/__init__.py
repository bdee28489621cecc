"""Write songs with a trained lyrics network.

Example:
    from generate.lyrics import load

    model = load("gene-lyrica-three")
    print(model.write("hello world", temperature=0.8, seed=7))

Most modules of this package also exist in JavaScript, in `web/core/`; `tests/golden/` checks both.
"""

from generate.lyrics.songwriter import Songwriter, load

__all__ = ["Songwriter", "load"]
