"""128x128 faces with an alpha channel: the network, its data, its training, and enlargement."""

from argparse import Namespace

import common.keras_quiet  # noqa: F401

import keras
import numpy as np
import pytest
from PIL import Image

from common.checkpoint import load_run
from data.avatars import large_faces, toonhead
from data.avatars.labelled_images import reduce_size
from generate.enlarge import ALPHA_MARGIN, enlarge, resize, to_rgba
from generate.faces import generate_images, load
from metrics.edge_sharpness import edge_sharpness
from models.sub_pixel import SubPixelGenerator, _depth_to_space
from tests.helpers import TINY_AVATARS, assert_main_refuses, fork_server
from train.avatars.build import _optimizer
from train.avatars.sub_pixel import _color_difference
from train.avatars.warm_start import warm_start


@pytest.fixture(scope="module")
def rendered():
    """Eight faces on white, with alpha."""
    labels = np.zeros((8, len(toonhead.ATTRIBUTES)), int)
    labels[:, 0] = np.arange(8) % 5
    return np.stack([large_faces.render(row) for row in labels])


def test_channels_become_sub_pixels():
    pixels = np.arange(2 * 3 * 3 * 16, dtype="float32").reshape(2, 3, 3, 16)
    image = np.asarray(_depth_to_space(pixels))
    assert image.shape == (2, 6, 6, 4)
    assert (image[1, 5, 2] == pixels[1, 2, 1, 8:12]).all(), "row 1, column 0 of its pixel"


def test_training_starts_with_the_small_picture():
    network = SubPixelGenerator(8, 0, 8, (8, 8, 8, 8), (8,))
    noise = np.random.default_rng(1).standard_normal((2, 8), dtype="float32")
    small, large = np.asarray(network.base(noise)), np.asarray(network(noise))
    assert (large[:, 1::2, ::2, :3] == small).all() and (large[..., 3] == 1).all()


def test_faces_are_the_drawings_on_white(rendered):
    small = toonhead.render([0] * len(toonhead.ATTRIBUTES), 64)
    assert rendered.shape == (8, 128, 128, 4)
    assert np.abs(reduce_size(rendered)[0].astype(int) - small).mean() < 2
    assert (rendered[0, 0, 0] == [255, 255, 255, 0]).all() and rendered[0, 64, 64, 3] == 255


def test_images_on_white_are_cut_out(rendered):
    straight = to_rgba(rendered[0])
    again = large_faces.on_white(straight)
    assert np.abs(again.astype(int) - rendered[0]).max() <= 255 * ALPHA_MARGIN + 1


def test_enlarged_edges_are_sharp(rendered):
    def smooth(image):
        return np.asarray(Image.fromarray(image[..., :3]).resize((512, 512), Image.BICUBIC))

    sharp = edge_sharpness(rendered, lambda image: resize(image, 512))
    assert sharp > 1.3 * edge_sharpness(rendered, smooth)


def test_enlarging_keeps_flat_colors_and_the_size_of_shapes(rendered):
    flat = np.full((8, 8, 4), 200, "uint8")
    assert (enlarge(flat, 32) == 200).all()
    face = rendered[0]
    assert enlarge(face, 128) is face
    opaque = (enlarge(to_rgba(rendered[0]), 512)[..., 3] > 127).mean()
    assert opaque == pytest.approx((rendered[0, ..., 3] > 127).mean(), abs=0.01)


def train(folder, *more):
    arguments = ["--recipe", "faces-128", *TINY_AVATARS, "--detail-channels", 8, "--run", "r"]
    shared = ["--checkpoint-dir", folder, "--cache-dir", folder / "cache", *more]
    # Nearly all the time would go into rendering the held-out faces.
    return fork_server().run_cli(folder, "train.avatars", *arguments, *shared, MONITORED=64)


def test_a_sharp_network_is_trained_on_another_run(avatars, tmp_path):
    result = train(tmp_path, "--init-from", avatars / "avatars" / "faces")
    assert result.returncode == 0, result.stderr
    network, _ = load_run(tmp_path / "avatars" / "r", "avatars", [SubPixelGenerator])
    kernels = [
        generator.to_rgb.kernel.numpy()
        for generator in (network.base, load(avatars / "avatars" / "faces").network)
    ]
    assert 0 < np.abs(kernels[0] - kernels[1]).max() < 0.1, "it starts there, and goes on learning"
    noise, labels = np.zeros((3, 8), "float32"), np.zeros((3, network.num_labels), "float32")
    assert generate_images(network, noise, labels).shape == (3, 128, 128, 4)
    assert load(tmp_path / "avatars" / "r").draw(side=200).size == (200, 200)


def test_wrong_colors_count_but_shifted_edges_hardly_do():
    stripes = np.zeros((1, 8, 8, 4), "float32")
    stripes[:, :, ::2] = 1
    shifted = np.roll(stripes, 1, axis=2)
    assert float(_color_difference(shifted, stripes)) == 0
    assert float(_color_difference(stripes + 0.5, stripes)) == pytest.approx(0.25)


def test_the_base_starts_slowly():
    rates = {"learning_rate": 0.01, "base_learning_rate": 0.001}
    optimizer = _optimizer(Namespace(model="sub-pixel", epochs=4, **rates), steps=25)
    weights = SubPixelGenerator(8, 3, channels=[8] * 4, detail_channels=[4]).trainable_variables
    before = [weight.numpy() for weight in weights]
    optimizer.build(weights)
    for _ in range(25):
        optimizer.apply([keras.ops.ones(weight.shape) for weight in weights])
        moved = {
            weight.path: np.abs(weight.numpy() - old).max()
            for weight, old in zip(weights, before, strict=True)
        }
        in_base = [distance for path, distance in moved.items() if path.startswith("base/")]
        others = [distance for path, distance in moved.items() if not path.startswith("base/")]
        assert max(in_base) < 0.06 * min(others)
    assert min(in_base) > 0


def test_other_pictures_have_no_sharp_networks(tmp_path, capsys):
    from train.avatars.__main__ import main

    wrong = ["--recipe", "faces-128", "--faces", tmp_path]
    assert_main_refuses(capsys, main, wrong, "--faces", "sub-pixel")


def test_training_can_start_from_a_run_of_the_same_size():
    source = load("faces-128")
    network = SubPixelGenerator.from_config(source.network.get_config())
    assert warm_start(source, network, source.attributes)[:2] == ["hair", "rear_hair"]
    pairs = zip(network.get_weights(), source.network.get_weights(), strict=True)
    assert all((ours == theirs).all() for ours, theirs in pairs)
