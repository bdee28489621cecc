"""Images of the same inputs after every epoch of a training: files, a sheet and an animation."""

from pathlib import Path

import keras
import numpy as np
from PIL import Image

from common.files import atomic
from data.avatars.labelled_images import IMAGE_SIDE, contact_sheet
from generate.faces import generate_images, sample_noise
from train.core.run import Run

GRID = 4  # images along an edge of a preview
DATA_ROWS = 8  # rows of samples/data.webp, which has as many columns as a preview has images
FRAME_MILLISECONDS = 160  # duration of an epoch in the animation; the last one stays 10 times that


class PreviewRecorder:
    """Draws 16 fixed inputs after every epoch.

    Args:
        run: The run; images go to its folder samples/.
        network: The generator, for the size of its noise.
        labels: One-hot labels of the inputs, shape (16, num_labels).
        seed: Random seed of the noise.
    """

    def __init__(self, run: Run, network: keras.Model, labels: np.ndarray, seed: int):
        self.folder = run.path("samples")
        self.folder.mkdir(exist_ok=True)
        self.labels = labels
        self.noise = sample_noise(network, GRID * GRID, seed)

    def save_data(self, images: np.ndarray) -> None:
        """Write samples/data.webp, the first images of the training data.

        Args:
            images: uint8 array of shape (n, 64, 64, 3).
        """
        columns = GRID * GRID
        sheet = contact_sheet(images[: DATA_ROWS * columns], columns)
        _save(sheet, self.folder / "data.webp", quality=90)

    def save_epoch(self, network: keras.Model, epoch: int) -> None:
        """Write samples/epoch-NNN.webp, then all epochs so far as a sheet and as an animation.

        Args:
            network: The generator.
            epoch: Number of the epoch, counted from 1.
        """
        preview = contact_sheet(generate_images(network, self.noise, self.labels), GRID)
        _save(preview, self.folder / f"epoch-{epoch:03d}.webp", quality=90)
        frames = [
            Image.open(path, formats=("WEBP",)).convert("RGB")
            for path in sorted(self.folder.glob("epoch-*.webp"))
        ]
        _save(_sheet(frames), self.folder / "sheet.webp", quality=50)
        durations = [FRAME_MILLISECONDS] * (len(frames) - 1) + [10 * FRAME_MILLISECONDS]
        _save(
            frames[0],
            self.folder / "animation.webp",
            save_all=True,
            append_images=frames[1:],
            quality=50,
            duration=durations,
            loop=0,
        )


def _sheet(frames: list[Image.Image]) -> Image.Image:
    """Lay out previews with one row per epoch, its 16 images side by side."""
    pixels = np.stack([np.asarray(frame) for frame in frames])
    cells = pixels.reshape(len(frames), GRID, IMAGE_SIDE, GRID, IMAGE_SIDE, 3).swapaxes(2, 3)
    return contact_sheet(cells.reshape(-1, IMAGE_SIDE, IMAGE_SIDE, 3), GRID * GRID)


def _save(image: Image.Image, path: Path, **options) -> None:
    with atomic(path) as temporary:
        image.save(temporary, format="WEBP", **options)
