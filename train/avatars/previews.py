"""Pictures of a training: the same inputs drawn after every epoch, as files, as one sheet and as an animation."""

import numpy as np
from PIL import Image

from common.files import atomic
from data.avatars.labelled_images import IMAGE_SIDE, contact_sheet
from generate.faces import draw

SIDE = 4  # faces along an edge of an epoch's picture
MILLISECONDS = 160  # of an epoch in the animation


class Epochs:
    """The pictures of a run, drawn from 16 fixed inputs. labels: (16, labels) float32."""

    def __init__(self, run, latent, labels, seed):
        self.folder, self.labels = run.path("samples"), labels
        self.folder.mkdir(exist_ok=True)
        self.noise = np.random.default_rng(seed).standard_normal(
            (SIDE * SIDE, latent), dtype="float32"
        )

    def draw_data(self, images):
        """Write samples/data.webp: what there is to learn from, the first pictures of uint8 (n, 64, 64, 3)."""
        _save(
            contact_sheet(images[: 8 * SIDE * SIDE], SIDE * SIDE),
            self.folder / "data.webp",
            quality=90,
        )

    def draw(self, network, epoch):
        """Write samples/epoch-NNN.webp, then all epochs so far as a sheet and as an animation."""
        _save(
            contact_sheet(draw(network, self.noise, self.labels), SIDE),
            self.folder / f"epoch-{epoch:03d}.webp",
            quality=90,
        )
        frames = [
            Image.open(path).convert("RGB") for path in sorted(self.folder.glob("epoch-*.webp"))
        ]
        _save(_sheet_of(frames), self.folder / "sheet.webp", quality=50)
        _save(
            frames[0],
            self.folder / "animation.webp",
            save_all=True,
            append_images=frames[1:],
            quality=50,
            duration=[MILLISECONDS] * (len(frames) - 1) + [10 * MILLISECONDS],
            loop=0,
        )


def _sheet_of(frames):
    """One row an epoch, the 16 pictures side by side."""
    cells = np.stack([np.asarray(frame) for frame in frames]).reshape(
        len(frames), SIDE, IMAGE_SIDE, SIDE, IMAGE_SIDE, 3
    )
    return contact_sheet(cells.swapaxes(2, 3).reshape(-1, IMAGE_SIDE, IMAGE_SIDE, 3), SIDE * SIDE)


def _save(image, path, **options):
    with atomic(path) as temporary:
        image.save(temporary, format="WEBP", **options)
