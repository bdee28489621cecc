"""Malicious files (code, zip bombs, paths that escape) are refused with one line and never run."""

import gzip
import io
import json
import pickle
import struct
import zipfile
import zlib

import h5py
import keras
import numpy as np
import pytest

from common.checkpoint import load_run
from common.cli import GeneError
from data.avatars import faces
from data.lyrics.corpus import Corpus
from data.lyrics.songs import read_songs
from data.lyrics.vocabulary import Vocabulary
from models.addition import Stack
from models.attributes import AttributeClassifier
from models.bigru import WindowedBiGRU
from models.digits import SigmoidMLP
from models.lyrics import LSTMLanguageModel
from tests.robustness.damage import rezip, unzip
from tests.robustness.sandbox import case
from train.core.run import Run

KINDS = [Stack, SigmoidMLP, LSTMLanguageModel, WindowedBiGRU, AttributeClassifier]


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.fixture
def canary(tmp_path):
    """A path that must not exist after the test."""
    yield tmp_path / "canary"
    assert not (tmp_path / "canary").exists(), "it ran"


def refused(function, *arguments, words=""):
    """Assert that a call is refused in one line with `words`, within the limits of a case."""
    with case("hostile files"), pytest.raises(GeneError, match=words) as caught:
        function(*arguments)
    assert "\n" not in str(caught.value)


def run_of(folder, change, network=None):
    """A run folder with a modified model.keras; `change` gets its members as {name: bytes}."""
    network = network or SigmoidMLP(2)
    (folder / "meta.json").write_text(json.dumps({"task": "digits", "version": 2}))
    network.save(folder / "model.keras")
    parts = unzip((folder / "model.keras").read_bytes())
    data = change(parts)
    (folder / "model.keras").write_bytes(
        data if isinstance(data, bytes) else rezip((parts | (data or {})).items())
    )
    return folder


def lambda_layer(canary):
    """The configuration of a Keras model whose Lambda layer writes the canary."""
    function = eval(f"lambda x: (open({str(canary)!r}, 'w'), x)[1]")  # for Keras to marshal
    model = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(function)])
    return json.dumps(keras.saving.serialize_keras_object(model))


def test_a_lambda_layer_never_runs(tmp_path, canary):
    whole = json.loads(lambda_layer(canary))
    inner = next(layer for layer in whole["config"]["layers"] if layer["class_name"] == "Lambda")
    canary.unlink(missing_ok=True)  # building the model ran it
    for config in (
        whole,
        inner,
        {"class_name": "Sigmoids", "config": {"hidden": inner}},
        {"class_name": "Sigmoids", "config": {"hidden": 2, "classes": whole["config"]}},
        {"module": "builtins", "class_name": "eval", "config": {"hidden": 2}},
        {"module": "os", "class_name": "system", "config": {"command": f"touch {canary}"}},
    ):
        folder = run_of(
            tmp_path, lambda parts, config=config: {"config.json": json.dumps(config).encode()}
        )
        refused(load_run, folder, "digits", KINDS, words="model.keras")


def test_no_file_is_unpickled(tmp_path, canary):
    bomb = pickle.dumps(Bomb(canary))
    objects = np.empty(1, object)
    objects[0] = Bomb(canary)
    np.save(array := io.BytesIO(), objects, allow_pickle=True)
    np.savez(arrays := io.BytesIO(), record=np.zeros(2, "uint8"), v0=objects)
    run, path = Run(tmp_path), tmp_path / "state.npz"
    for data in (
        bomb,
        array.getvalue(),
        arrays.getvalue(),
        rezip([("record.npy", bomb), ("v0.npy", bomb)]),
    ):
        path.write_bytes(data)
        refused(run.load_state, lambda record: True, words="state.npz: damaged")
    for member in ("config.json", "model.weights.h5", "metadata.json"):
        if member != "metadata.json":  # which is never read
            refused(
                load_run,
                run_of(tmp_path, lambda parts, member=member: {member: bomb}),
                "digits",
                KINDS,
                words="model.keras",
            )
    refused(load_run, run_of(tmp_path, lambda parts: bomb), "digits", KINDS, words="damaged")
    Vocabulary(["<no word>", "<song start>", "<unknown word>", "<new line>"], [0] * 4).save(
        tmp_path / "vocabulary.tsv"
    )
    for name in ("tokens", "starts", "splits"):
        (tmp_path / f"{name}.npy").write_bytes(array.getvalue())
    refused(Corpus, tmp_path, words="damaged corpus")


def swollen(shape, **options):
    """A small HDF5 file that claims to hold an array of gigabytes."""

    def change(parts):
        file = io.BytesIO(parts["model.weights.h5"])
        with h5py.File(file, "a") as weights:
            group = weights["first/vars"]
            del group["0"]
            group.create_dataset("0", shape, dtype="float32", **options)
        return {"model.weights.h5": file.getvalue()}

    return change


def overlapping(parts):
    """A zip file whose members share the same bytes."""
    data, names = io.BytesIO(), sorted(parts)
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(names[0], bytes(10 << 20))
        for name in names[1:]:
            info = zipfile.ZipInfo(name)
            info.file_size, info.compress_size, info.header_offset, info.CRC = (
                10 << 20,
                10 << 20,
                0,
                0,
            )
            archive.filelist.append(info)
            archive.NameToInfo[name] = info
        archive._didModify = True
    return data.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        swollen((1 << 30,), chunks=(1 << 20,), compression="gzip"),
        swollen((1 << 40,), chunks=(1 << 20,)),
        swollen((784, 2), external=[("/etc/passwd", 0, 6272)]),
        overlapping,
        lambda parts: rezip([*parts.items(), ("../outside.txt", b"x")]),
        lambda parts: rezip([("/tmp/" + name, data) for name, data in parts.items()]),
        lambda parts: rezip((parts | {"model.weights.h5": bytes(1 << 28)}).items(), packed=True),
        lambda parts: {"config.json": b"[" * 100_000},
        lambda parts: {"config.json": b" " * (2 << 20)},
        lambda parts: {
            "config.json": json.dumps(
                {"class_name": "Sigmoids", "config": {"hidden": 1 << 22}}
            ).encode()
        },
        lambda parts: {
            "config.json": json.dumps(
                {
                    "class_name": "Stream",
                    "config": {
                        "vocabulary_size": 1 << 22,
                        "embedding_dim": 1 << 12,
                        "units": [1 << 12],
                    },
                }
            ).encode()
        },
        lambda parts: {
            "config.json": json.dumps(
                {
                    "class_name": "Classifier",
                    "config": {"variants": [2], "widths": [1 << 20] * 60, "side": 1 << 22},
                }
            ).encode()
        },
    ],
)
def test_a_checkpoint_that_swells_or_reaches_out_is_refused(tmp_path, change):
    refused(load_run, run_of(tmp_path, change), "digits", KINDS, words="model.keras")
    assert {path.name for path in tmp_path.iterdir()} == {"meta.json", "model.keras"}


def array_header(shape):
    np.lib.format.write_array_header_1_0(
        file := io.BytesIO(), {"descr": "<f4", "fortran_order": False, "shape": shape}
    )
    return file.getvalue()


@pytest.mark.parametrize(
    "members, packed",
    [
        ([("v0.npy", array_header((1 << 26,)) + bytes(1 << 28))], True),
        ([("v0.npy", array_header((1 << 40,)))], False),
        ([("../v0.npy", array_header((1,)) + bytes(4))], False),
    ],
)
def test_a_state_that_swells_or_reaches_out_is_refused(tmp_path, members, packed):
    record = array_header((0,)).replace(b"<f4", b"|u1")
    (tmp_path / "state.npz").write_bytes(rezip([("record.npy", record), *members], packed))
    refused(Run(tmp_path).load_state, lambda record: True, words="state.npz: damaged")
    assert [path.name for path in tmp_path.iterdir()] == ["state.npz"]


def test_a_table_of_one_endless_line_is_refused(tmp_path):
    with gzip.open(tmp_path / "songs.csv.gz", "wb", 1) as file:
        file.write(b"artist,text\nA,")
        for _ in range(1 << 7):
            file.write(bytes(1 << 20).replace(b"\0", b"x"))
    refused(lambda: list(read_songs(tmp_path / "songs.csv.gz")), words="unpacks to more than")


def png(side, depth, kind):
    """A tiny PNG file of a black image with this side in pixels."""

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    row = bytes(1 + side * depth // 8 * {0: 1, 2: 3, 6: 4}[kind])
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, depth, kind, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(row * side, 1))
        + chunk(b"IEND", b"")
    )


def test_the_largest_pictures_fit_into_memory(tmp_path):
    """Four images of 49 million pixels load; one of 100 million is skipped without a warning."""
    (tmp_path / "set").mkdir()
    for i, (side, depth, kind) in enumerate(
        [(7000, 8, 6), (7000, 16, 6), (7000, 16, 0), (7000, 8, 2), (10_000, 8, 0)]
    ):
        (tmp_path / "set" / f"{i}.png").write_bytes(png(side, depth, kind))
    with case("hostile files", seconds=100) as folder:
        parts = faces.load_splits(tmp_path / "set", cache_dir=folder / "cache")
    assert sum(len(part.images) for part in parts) == 4
