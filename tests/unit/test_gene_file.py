"""A .gene file moves a network to another computer; a damaged or malicious one is harmless."""

import io
import json
import struct
import warnings
import zipfile

import common.keras_quiet  # noqa: F401

import keras
import numpy as np
import pytest
from safetensors.numpy import save

import explore.lyrics.__main__ as explore_lyrics
import train.lyrics.__main__ as train_lyrics
from common import gene_archive
from common.cli import GeneError
from common.files import read_json
from data.lyrics.vocabulary import SPECIAL_TOKENS, Vocabulary
from export import gene
from generate.lyrics import gene_file, load
from generate.lyrics.config import GenerationConfig
from generate.lyrics.songwriter import load_model
from models.lyrics import LSTMLanguageModel
from tests.golden import gene_file as golden
from tests.helpers import assert_main_refuses

WORDS = [*SPECIAL_TOKENS, "hello", "world", "the", "sea", "is", "wide"]
META = {"version": 2, "task": "lyrics", "data": {"artists": ["Ada", "Björk"]}}


def make_network(units=(6,)):
    """A network with artists, titles and random weights."""
    keras.utils.set_random_seed(7)
    model = LSTMLanguageModel(len(WORDS), 4, units, num_artist_tokens=3, num_title_words=8)
    model.set_weights([np.random.normal(size=weight.shape) for weight in model.get_weights()])
    vocabulary = Vocabulary(WORDS, [3] * len(WORDS))
    card = {"title": "Kitchen Songs"}
    return gene_file.PackedNetwork(model, vocabulary, GenerationConfig(), META, card, b"{}\n")


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """The path of a sound file."""
    path = tmp_path_factory.mktemp("gene") / "kitchen.gene"
    gene_file.write(make_network(), path)
    return path


def test_a_network_comes_back_as_it_was(sound, tmp_path):
    network = make_network()
    again = gene_file.read(sound)
    for weight, other in zip(network.model.get_weights(), again.model.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, other)
    assert again.vocabulary.words == WORDS and again.config == network.config
    assert again.meta == META and again.card == network.card and again.song_index == b"{}\n"
    gene_file.write(again, tmp_path / "copy.gene")
    assert (tmp_path / "copy.gene").read_bytes() == sound.read_bytes()


def test_other_programs_can_open_it(sound):
    with zipfile.ZipFile(sound) as archive:
        assert archive.testzip() is None
        header = archive.read("model.safetensors")[8:200]
    assert header.startswith(b'{"lstm_0/bias":{"dtype":"F32","shape":[24],"data_offsets":[0,96]}')


def test_two_layers_keep_their_order(tmp_path):
    network = make_network(units=(6, 5))
    gene_file.write(network, tmp_path / "deep.gene")
    again = gene_file.read(tmp_path / "deep.gene").model
    for weight, other in zip(network.model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, other)


def test_it_sings(sound, capsys):
    explore_lyrics.main(["write", "hello world", "--run", str(sound), "--artist", "ada"])
    assert capsys.readouterr().out.startswith("Hello world")


def test_python_meets_the_golden_files(tmp_path):
    gene_file.write(golden.network(), tmp_path / "network.gene")
    saved = golden.FOLDER / "network.gene"
    assert (tmp_path / "network.gene").read_bytes() == saved.read_bytes()
    expected = read_json(golden.FOLDER / "lstm_step.json")
    np.testing.assert_allclose(golden.steps()["logits"], expected["logits"], atol=1e-5)
    settings = json.loads(json.dumps(golden.generation_config()))
    assert settings == read_json(golden.FOLDER / "generation_config.json")


def weights_of(parts, **changes):
    """The weights with some replaced; None removes one."""
    weights = gene_file.load_tensors(parts["model.safetensors"])
    weights |= {name.replace("__", "/"): value for name, value in changes.items()}
    return {
        "model.safetensors": save({k: v for k, v in weights.items() if v is not None}),
    }


def change_json(parts, name, **changes):
    return {name: json.dumps(json.loads(parts[name]) | changes).encode()}


def change_config(parts, **changes):
    config = json.loads(parts["config.json"])["config"] | changes
    return change_json(parts, "config.json", config=config)


NOT_FINITE = np.full(4, np.nan, "float32")
CHANGES = {  # name: (changed parts, words of the message)
    "later format": (lambda p: change_json(p, "config.json", version=2), "update Gene"),
    "no format": (lambda p: {"config.json": b"{}"}, "config.json"),
    "later meta.json": (lambda p: change_json(p, "meta.json", version=99), "update Gene"),
    "other task": (lambda p: change_json(p, "meta.json", task="digits"), "meta.json"),
    "no data": (lambda p: change_json(p, "meta.json", data=3), "meta.json"),
    "other artists": (lambda p: change_json(p, "meta.json", data={}), "artists"),
    "no object": (lambda p: {"meta.json": b"[1]"}, "not a JSON object"),
    "deep JSON": (lambda p: {"meta.json": b"[" * 100_000}, "not valid JSON"),
    "a card with a script": (lambda p: {"card.json": b'{"script": "x"}'}, "card.json"),
    "a long card": (lambda p: {"card.json": b'{"title": "%s"}' % (b"x" * 61)}, "card.json"),
    "endless songs": (
        lambda p: change_json(p, "generation_config.json", max_tokens=10**9),
        "max_tokens",
    ),
    "other class": (lambda p: change_json(p, "config.json", class_name="Lambda"), "must be LSTM"),
    "a list as class": (lambda p: change_json(p, "config.json", class_name=[]), "must be LSTM"),
    "a huge network": (lambda p: change_config(p, units=[1 << 22]), "do not fit"),
    "a negative size": (lambda p: change_config(p, embedding_dim=-4), "out of range"),
    "a size of text": (lambda p: change_config(p, embedding_dim="4"), "out of range"),
    "other words": (
        lambda p: {"vocabulary.tsv": p["vocabulary.tsv"].replace(b"wide\t", b"sea\t")},
        "twice",
    ),
    "fewer words": (
        lambda p: {"vocabulary.tsv": p["vocabulary.tsv"].rsplit(b"\n", 2)[0]},
        "9 words",
    ),
    "binary words": (lambda p: {"vocabulary.tsv": b"\xff\xfe"}, "not a vocabulary"),
    "NaN": (lambda p: weights_of(p, projection__bias=NOT_FINITE), "finite float32"),
    "infinity": (lambda p: weights_of(p, projection__bias=NOT_FINITE + np.inf), "finite float32"),
    "float64": (lambda p: weights_of(p, projection__bias=np.zeros(4)), "finite float32"),
    "other shape": (
        lambda p: weights_of(p, projection__bias=np.zeros((2, 2), "float32")),
        "do not fit",
    ),
    "missing weights": (lambda p: weights_of(p, projection__bias=None), "do not fit"),
    "more weights": (lambda p: weights_of(p, more=np.zeros(3, "float32")), "do not fit"),
    "cut weights": (lambda p: {"model.safetensors": p["model.safetensors"][:-1]}, "damaged"),
    "a pickle": (lambda p: {"model.safetensors": b"\x80\x04cos\nsystem\n."}, "damaged"),
    "a huge header": (lambda p: {"model.safetensors": struct.pack("<Q", 1 << 62)}, "damaged"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changed_content_is_refused(name, sound, tmp_path, monkeypatch):
    parts = gene_archive.read_archive(sound)
    change, words = CHANGES[name]
    path = tmp_path / "bad.gene"
    path.write_bytes(gene_archive.encode(parts | change(parts)))
    assert_refused_alone(path, monkeypatch, words)


def assert_refused_alone(path, monkeypatch, words):
    """A file is refused in one line that says where and what; nothing is written next to it."""
    monkeypatch.chdir(path.parent)
    with pytest.raises(GeneError) as refusal:
        load(path.name)
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 400
    assert path.name in str(refusal.value) and words in str(refusal.value)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "change",
    [
        lambda p, v: change_json(p, "meta.json", version=v),
        lambda p, v: change_json(p, "meta.json", data=v),
        lambda p, v: change_json(p, "meta.json", data={"artists": v}),
        lambda p, v: change_json(p, "config.json", version=v),
        lambda p, v: change_json(p, "config.json", config=v),
        lambda p, v: change_config(p, units=v),
        lambda p, v: change_config(p, vocabulary_size=v),
        lambda p, v: change_config(p, num_artist_tokens=v),
        lambda p, v: change_config(p, num_title_words=v),
        lambda p, v: change_json(p, "card.json", title=v),
    ],
)
def test_strange_values_are_refused(change, sound, tmp_path):
    parts = gene_archive.read_archive(sound)
    for value in (None, True, -1, 1e99, [], {}, [None]):
        (tmp_path / "bad.gene").write_bytes(gene_archive.encode(parts | change(parts, value)))
        with pytest.raises(GeneError) as refusal:
            load(tmp_path / "bad.gene")
        assert "\n" not in str(refusal.value)


def zipped(parts, *more, compression=zipfile.ZIP_STORED, mode=0):
    """The bytes of an archive of someone else's program."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # names that occur twice
        for name, content in [*parts.items(), *more]:
            header = zipfile.ZipInfo(name)
            header.compress_type = compression
            header.external_attr = mode << 16
            archive.writestr(header, content)
    return buffer.getvalue()


ARCHIVES = {  # name: (content made of the parts, words of the message)
    "empty": (lambda p: b"", "not a .gene file"),
    "text": (lambda p: b"hello world\n" * 9, "not a .gene file"),
    "cut": (lambda p: gene_archive.encode(p)[:-300], "not a .gene file"),
    "changed byte": (
        lambda p: gene_archive.encode(p).replace(b"Kitchen", b"Kitsch!", 1),
        "Bad CRC",
    ),
    "a bomb": (lambda p: zipped(p, compression=zipfile.ZIP_DEFLATED), "compressed"),
    "twice": (lambda p: zipped(p, ("meta.json", b"{}")), "meta.json twice"),
    "outside": (lambda p: zipped(p, ("../../evil.py", b"")), "does not belong"),
    "absolute": (lambda p: zipped(p, ("/etc/passwd", b"")), "does not belong"),
    "more": (lambda p: zipped(p, ("model.pkl", b"")), "does not belong"),
    "links": (lambda p: zipped(p, mode=0o120777), "a link"),
    "without weights": (
        lambda p: zipped({k: v for k, v in p.items() if k != "model.safetensors"}),
        "lacks model.safetensors",
    ),
    "signs": (
        lambda p: zipped({k: p[k] for k in ("config.json", "meta.json", "model.safetensors")}),
        "contains signs, which only the digits page can open",
    ),
    "large JSON": (lambda p: zipped(p | {"meta.json": b" " * (1 << 21)}), "larger than 1,048,576"),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_other_archives_are_refused(name, sound, tmp_path, monkeypatch):
    make, words = ARCHIVES[name]
    path = tmp_path / "bad.gene"
    path.write_bytes(make(gene_archive.read_archive(sound)))
    assert_refused_alone(path, monkeypatch, words)


def test_a_size_that_is_not_there_is_not_allocated(sound, tmp_path, monkeypatch):
    content = bytearray(sound.read_bytes())
    at = content.index(b"model.safetensors", content.index(b"PK\x01\x02")) - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    content[at + 20 : at + 28] = struct.pack("<II", 100 << 20, 100 << 20)
    path = tmp_path / "bad.gene"
    path.write_bytes(content)
    assert_refused_alone(path, monkeypatch, "overlapping")


def test_huge_and_missing_files_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "huge.gene"
    with open(path, "wb") as file:
        file.truncate(1 << 34)
    assert_refused_alone(path, monkeypatch, "the limit for .gene files")
    with pytest.raises(GeneError, match="no such file"):
        load(tmp_path / "other.gene")


def test_a_run_is_exported_sings_and_is_continued(checkpoints, songs, tmp_path, monkeypatch):
    run = checkpoints / "lyrics" / "tiny"
    monkeypatch.chdir(tmp_path)
    gene.main(["lyrics/tiny", "--checkpoint-dir", str(checkpoints)])
    assert load("tiny.gene").write("the sea", seed=3) == load(run).write("the sea", seed=3)
    packed = gene_file.read("tiny.gene")
    assert packed.song_index and packed.meta["sample"] and "args" not in packed.meta
    flags = ["--songs", songs, "--init-from", "tiny.gene", "--run", "more", "--epochs", "1"]
    train_lyrics.main(list(map(str, [*flags, "--batch-size", 4, "--learning-rate", 1e-7])))
    model, vocabulary, _ = load_model(tmp_path / "checkpoints" / "lyrics" / "more")
    assert (model.embedding_dim, model.units) == (8, (12,)), "the sizes of the file"
    assert read_json("checkpoints/lyrics/more/meta.json")["args"]["init_from"] == "tiny.gene"
    at = vocabulary.id_of("boat")
    np.testing.assert_allclose(
        np.array(model.token_embedding.table)[at],
        np.array(packed.model.token_embedding.table)[packed.vocabulary.id_of("boat")],
        atol=0.02,
    )
    gene.main(["lyrics/tiny", "--checkpoint-dir", str(checkpoints), "--no-song-index"])
    assert not gene_file.read("tiny.gene").song_index


def test_what_cannot_travel_is_refused(checkpoints, capsys, tmp_path, monkeypatch):
    folder = ["--checkpoint-dir", checkpoints]
    monkeypatch.chdir(tmp_path)
    assert_main_refuses(capsys, gene.main, ["lyrics/glance", *folder], "glance", "--model lstm")
    assert_main_refuses(capsys, gene.main, ["avatars/faces", *folder], "lyrics/RUN")
    assert_main_refuses(capsys, gene.main, ["lyrics/tiny", "--out", "x.zip", *folder], ".gene")
    assert not list(tmp_path.iterdir())
