"""The trainer for `SubPixelGenerator`: supervised, because labels determine a face completely."""

from keras import ops

from train.avatars.gan import GANTrainer

# Weights of the loss terms for slopes, steepness and colors, relative to the term for pixels.
SLOPE_WEIGHT = 0.25
STEEPNESS_WEIGHT = 0.5
COLOR_WEIGHT = 10.0

WINDOW = 3  # pixels; steepness is measured in squares of this width
PATCH = 4  # pixels; colors are compared in squares of this width
EPSILON = 1e-6  # keeps the gradient of the square root finite


class SubPixelTrainer(GANTrainer):
    """Trains a generator to reproduce each training image from its labels.

    The loss is the mean absolute difference of the pixels, of the slopes, which are the differences
    between neighboring pixels, and of the steepness, which is the root mean square of the slopes in
    a small square. A blurred edge, spread over several pixels, has the same average slope as a
    sharp one, but is less steep.

    The last part of the loss is the squared difference of the mean colors of small squares. In this
    part, a wrong color in a few pixels, such as those of an iris, counts more than small
    differences in many pixels.

    Args:
        generator: The generator to train.
        ema_decay: As in `GANTrainer`.
        l1_weight: Weight of all differences.
    """

    loss_names = ("reconstruction", "slopes", "steepness", "colors")

    def __init__(self, generator, ema_decay: float, l1_weight: float):
        super().__init__(generator, None, ema_decay)
        self.l1_weight = l1_weight

    def losses_of_batch(self, images, labels, codes, fake) -> dict:
        """Return the losses of a batch by name."""
        slopes = [(_slopes(fake, axis), _slopes(images, axis)) for axis in (1, 2)]
        steepness = [_difference(_steepness(ours), _steepness(theirs)) for ours, theirs in slopes]
        return {
            "reconstruction": self.l1_weight * _difference(fake, images),
            "slopes": self.l1_weight * SLOPE_WEIGHT * sum(_difference(*pair) for pair in slopes),
            "steepness": self.l1_weight * STEEPNESS_WEIGHT * sum(steepness),
            "colors": self.l1_weight * COLOR_WEIGHT * _color_difference(fake, images),
        }


def _slopes(images, axis: int):
    """Return the differences between neighboring pixels, vertical (axis 1) or horizontal (2)."""
    if axis == 1:
        return images[:, 1:] - images[:, :-1]
    return images[:, :, 1:] - images[:, :, :-1]


def _steepness(slopes):
    """Return the root mean square of slopes in every square of `WINDOW` pixels."""
    return ops.sqrt(ops.average_pool(ops.square(slopes), WINDOW, 1) + EPSILON)


def _color_difference(ours, theirs):
    """Return the mean squared difference of the mean colors of squares of `PATCH` pixels."""
    return ops.mean(ops.square(ops.average_pool(ours - theirs, PATCH, PATCH)))


def _difference(ours, theirs):
    return ops.mean(ops.abs(ours - theirs))
