"""Images generated from the same inputs after every epoch, also as a sheet and an animation."""

from pathlib import Path

import keras
import numpy as np
from PIL import Image

from common.files import atomic
from data.avatars.labelled_images import contact_sheet
from generate.faces import generate_images, sample_noise
from train.avatars.monitor import repeat_rows
from train.core.run import Run

GRID = 4  # rows and columns of a preview
DATA_ROWS = 8  # rows of samples/data.webp; it has GRID * GRID columns
FRAME_MILLISECONDS = 160  # duration of an epoch in the animation; the last one is 10 times as long


class PreviewRecorder:
    """Generates images from the same 16 inputs after every epoch.

    Args:
        run: The run; images are written to its folder samples/.
        network: The generator, which determines the size of the noise.
        labels: One-hot labels of the inputs, shape (n, num_labels); fewer than 16 are repeated.
        seed: Random seed of the noise.
    """

    def __init__(self, run: Run, network: keras.Model, labels: np.ndarray, seed: int):
        self.run = run
        self.labels = repeat_rows(labels, GRID * GRID)
        self.noise = sample_noise(network, GRID * GRID, seed)

    @property
    def folder(self) -> Path:
        """The folder of the images; it changes when the run replaces an earlier one."""
        return self.run.path("samples")

    def save_data(self, images: np.ndarray) -> None:
        """Write samples/data.webp, the first images of the training data.

        Args:
            images: uint8 array of shape (n, side, side, channels).
        """
        columns = GRID * GRID
        sheet = contact_sheet(images[: DATA_ROWS * columns], columns)
        _save(sheet, self.folder / "data.webp", quality=90)

    def save_epoch(self, network: keras.Model, epoch: int) -> None:
        """Write samples/epoch-NNN.webp, and update the sheet and the animation of all epochs.

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
    side = pixels.shape[1] // GRID
    cells = pixels.reshape(len(frames), GRID, side, GRID, side, 3).swapaxes(2, 3)
    return contact_sheet(cells.reshape(-1, side, side, 3), GRID * GRID)


def _save(image: Image.Image, path: Path, **options) -> None:
    with atomic(path) as temporary:
        image.save(temporary, format="WEBP", **options)
