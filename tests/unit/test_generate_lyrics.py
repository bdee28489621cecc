"""The library: load a network, write a song."""

import json
import shutil
from dataclasses import replace

import pytest

from common.cli import GeneError
from data.lyrics.vocabulary import Vocabulary
from generate.lyrics import Songwriter, load
from generate.lyrics.config import (
    FILE_NAME,
    GenerationConfig,
    override,
    read_config,
    write_config,
    write_default,
)
from tests.helpers import ROOT


@pytest.fixture(scope="module")
def model():
    return load("gene-lyrica-two")


def test_three_lines_write_a_song(model):
    song = model.write("hello world", temperature=0.8, seed=7)
    assert song.startswith("Hello world") and song == model.write(
        "hello world", temperature=0.8, seed=7
    )
    assert [len(stanza.splitlines()) for stanza in song.split("\n\n")] == [4, 4, 4, 4], "a ballad"
    assert song != model.write("hello world", temperature=0.8, seed=8)


def test_a_run_is_found_by_name_from_any_folder_and_by_path(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    by_name = load("gene-lyrica-two")
    by_path = load(ROOT / "checkpoints" / "lyrics" / "gene-lyrica-two")
    assert by_name.write("the sea", lines=2) == by_path.write("the sea", lines=2)
    with pytest.raises(GeneError, match="no such run"):
        load("nosuch")


def test_the_settings_of_a_song(model):
    assert len(model.write("the sea", lines=3, form="none").strip().split("\n")) == 3
    stanzas = model.write("the sea", form="AA AA", artist="odessa plum").split("\n\n")
    assert len(stanzas) == 2 and stanzas[0] == stanzas[1]
    greedy = model.write("the sea", temperature=0)
    assert greedy == model.write("the sea", temperature=0, seed=99)
    assert greedy == model.write("the sea", top_k=1) == model.write("the sea", min_p=1.0)
    assert greedy == model.write("the sea", top_p=0.0)


@pytest.mark.parametrize(
    "settings, words",
    [
        ({"artist": "Nobody"}, "Nobody"),
        ({"form": "a-b"}, "a-b"),
        ({"temperature": -1}, "temperature cannot be -1; use a number from 0 to 5"),
        ({"top_k": 1.5}, "use a whole number from 0"),
        ({"randomness": 1}, "randomness"),
    ],
)
def test_wrong_settings_are_refused_in_a_line(model, settings, words):
    with pytest.raises(GeneError, match=words):
        model.write("the sea", **settings)


def test_a_network_without_artists_says_so(checkpoints):
    with pytest.raises(GeneError, match="not trained with artists"):
        load("tiny", checkpoints).write("the sea", artist="Band 1")


def test_the_settings_file(tmp_path, checkpoints):
    write_default(tmp_path)
    assert read_config(tmp_path) == GenerationConfig() == read_config(tmp_path / "none")
    config = override(GenerationConfig(), {"temperature": 0.5, "lines": 3, "form": "aa bb"})
    write_config(config, tmp_path)
    assert read_config(tmp_path) == config and config.scheme == "aa bb"
    assert read_config(checkpoints / "lyrics" / "tiny") == GenerationConfig(), "training writes it"
    assert (checkpoints / "lyrics" / "tiny" / FILE_NAME).exists()


# Networks that were published with these settings keep them, because links name their songs.
EARLIER = GenerationConfig(
    temperature=0.9,
    cache_weight=0.0,
    rhyme_bonus=6.0,
    rhyme_bonus_per_token=2.0,
    rhyme_bonus_per_candidate=0.0,
    rare_rhyme_penalty=1.0,
    min_rhymes=8,
    frequency_penalty=0.0,
    typical_log_probability=-2.2,
    word_frequency_weight=0.0,
    unlikely_word_weight=0.12,
    line_break_weight=0.0,
    few_content_words_penalty=0.0,
    open_quotation_penalty=0.0,
    missed_rhyme_penalty=4.0,
    repeated_rhyme_penalty=0.0,
    title_bonus=0.0,
)
SETTINGS = {
    "gene-lyrica-three": GenerationConfig(),
    "gene-lyrica-two": EARLIER,
    "baba-twist": replace(EARLIER, num_candidates=1),
    "gene-lyrica-one": replace(EARLIER, num_candidates=1),
    "tod-wonkin": replace(EARLIER, num_candidates=1),
}


@pytest.mark.parametrize("run", SETTINGS)
def test_shipped_runs_have_their_settings_and_current_columns(run):
    folder = ROOT / "checkpoints" / "lyrics" / run
    assert read_config(folder) == SETTINGS[run]
    assert (folder / FILE_NAME).exists()
    vocabulary = Vocabulary.load(folder / "vocabulary.tsv")
    fresh = Vocabulary(vocabulary.words, vocabulary.counts)
    assert vocabulary.rhyme_classes.tolist() == fresh.rhyme_classes.tolist()
    assert vocabulary.word_kinds.tolist() == fresh.word_kinds.tolist()


@pytest.mark.parametrize(
    "content",
    ["{", "[]", "{}", '{"version": 9}', '{"version": 1, "temperature": "hot"}']
    + [f'{{"version": 1, "{name}": -1}}' for name in ("lines", "top_p", "max_tokens", "form")]
    + ['{"version": 1, "forms": {"x": "a1"}}', '{"version": 1, "loop_guard": 1}'],
)
def test_a_damaged_settings_file_is_refused(checkpoints, tmp_path, content):
    shutil.copytree(checkpoints / "lyrics" / "tiny", tmp_path / "lyrics" / "tiny")
    (tmp_path / "lyrics" / "tiny" / FILE_NAME).write_text(content)
    with pytest.raises(GeneError, match=FILE_NAME):
        load("tiny", tmp_path)


def test_unknown_settings_of_a_later_version_are_refused(tmp_path):
    (tmp_path / FILE_NAME).write_text(json.dumps({"version": 1, "warmth": 3}))
    with pytest.raises(GeneError, match="warmth"):
        read_config(tmp_path)


def test_a_songwriter_without_a_settings_file_uses_the_defaults(model):
    writer = Songwriter(model.model, model.vocabulary)
    assert writer.config == GenerationConfig() and writer.artists == []


def test_the_documentation_has_the_rows_of_the_table():
    page = (ROOT / "docs" / "lyrics.md").read_text(encoding="utf-8")
    for folder in ("lyrics", "lyrics/gene-lyrica-three"):
        table = (ROOT / "checkpoints" / folder / "table.md").read_text(encoding="utf-8")
        assert table in page


def test_the_documentation_has_the_song_that_its_command_writes():
    song = load("gene-lyrica-three").write("i lost my keys", seed=206)
    command = '$ python -m explore.lyrics "i lost my keys" --seed 206\n'
    assert command + song in (ROOT / "docs" / "lyrics.md").read_text(encoding="utf-8")
    first_lines = "\n".join(song.split("\n")[:7])
    assert command + first_lines in (ROOT / "README.md").read_text(encoding="utf-8")
