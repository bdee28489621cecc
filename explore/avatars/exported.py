"""A generator as the site has it: exported with its weights quantised, and read back."""

import tempfile
from pathlib import Path

from export import avatars, graph

FORM = "uint8"  # the one that the page loads


class Exported:
    """Takes the place of a generator: called with noise (n, latent) and labels (n, labels), it returns pictures."""

    def __init__(self, generator):
        self.latent, self.labels = generator.latent, generator.labels
        function = avatars.graph(generator)
        with tempfile.TemporaryDirectory() as folder:
            outputs = graph.convert(function, generator, Path(folder), FORM)
            self.run = graph.load(Path(folder), outputs)

    def __call__(self, noise, labels):
        return self.run({"noise": noise, "labels": labels})["images"]
