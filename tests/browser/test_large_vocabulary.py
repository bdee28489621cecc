"""A network with a large vocabulary is exported in small files, published, and writes songs."""

import shutil

import common.keras_quiet  # noqa: F401

import pytest

from common.files import read_json, write_json
from data.lyrics.vocabulary import Vocabulary
from export import dist, tfjs
from export.serve import start_server
from models.lyrics import LSTMLanguageModel
from tests.helpers import WEB, finished_song

WORDS = 61_518
LARGEST_FILE = 25 * 2**20  # of Cloudflare Pages


@pytest.mark.nightly
def test_a_large_vocabulary(checkpoints, chromium, tmp_path, monkeypatch):
    run = tmp_path / "checkpoints" / "lyrics" / "large"
    shutil.copytree(checkpoints / "lyrics" / "tiny", run)
    small = Vocabulary.load(run / "vocabulary.tsv")
    words = [*small.words, *(f"word{i}" for i in range(WORDS - len(small)))]
    Vocabulary(words, [1] * WORDS).save(run / "vocabulary.tsv")
    network = LSTMLanguageModel(WORDS, embedding_dim=128, units=[128])
    network.save(run / "model.keras")
    meta = {"config": network.get_config(), "parameter_count": network.count_params()}
    write_json(run / "meta.json", read_json(run / "meta.json") | meta)
    shutil.copytree(WEB, tmp_path / "web", ignore=shutil.ignore_patterns("models"))
    monkeypatch.chdir(tmp_path)
    tfjs.main([])
    dist.main([])
    sizes = [path.stat().st_size for path in (tmp_path / "dist").rglob("*") if path.is_file()]
    assert sum(sizes) > network.count_params() and max(sizes) < LARGEST_FILE
    server, address = start_server(tmp_path / "dist")
    page = chromium.new_page(reduced_motion="reduce")
    page.goto(f"{address}lyrics.html#v=1&run=large&text=hello+world&number=1")
    assert len(finished_song(page).split()) > 5
    server.shutdown()
