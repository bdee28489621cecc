"""A song keeps to its title: the words that belong to it are more likely."""

import numpy as np
import pytest

from data.lyrics.slots import title_words
from data.lyrics.vocabulary import NEWLINE
from data.lyrics.word_kinds import CONTENT, PUNCTUATION
from generate.lyrics import load
from generate.lyrics.config import override
from generate.lyrics.generation import generate
from generate.lyrics.line_score import token_properties
from generate.lyrics.title_affinity import MAX_AFFINITY, apply_title_bonus, title_affinity

TITLES = ["happy birthday", "the last train home", "snow in may", "rain on the window"]


@pytest.fixture(scope="module")
def writer():
    return load("gene-lyrica-three")


def affinity_of(writer, title):
    """How much each token belongs to a title."""
    model = writer.model

    def logits(tokens):
        state = model.start(1, tokens)
        for token in model.prompt_prefix():
            scores, state = model.step([token], state)
        return np.array(scores)[0]

    told = logits(writer.vocabulary.encode(title_words(title)).tolist())
    return title_affinity(told, logits([]), writer.vocabulary.word_kinds)


def write_all(writer, **settings):
    """A song for each of TITLES, as token ids."""
    titles = [writer.vocabulary.encode(title_words(title)).tolist() for title in TITLES]
    config = override(writer.config, settings)
    properties = token_properties(writer.vocabulary)
    seeds = list(range(len(titles)))
    return generate(writer.model, titles, config, seeds, properties, titles=titles)


def test_affinity_is_measured_in_standard_deviations_and_only_for_content_words():
    kinds = np.array([CONTENT] * 100 + [PUNCTUATION])
    effect = np.zeros(101)
    effect[:10] = np.linspace(0.2, 2, 10)
    effect[100] = 50
    affinity = title_affinity(effect + 7, np.full(101, 7.0), kinds)
    content = effect[:100]
    expected = (content - content.mean()) / content.std() - 1
    assert np.allclose(affinity[:100], np.clip(expected, 0, MAX_AFFINITY))
    assert affinity[9] == MAX_AFFINITY and affinity[50] == 0
    assert affinity[100] == 0, "punctuation"


def test_a_title_that_changes_nothing_has_no_words():
    kinds = np.array([CONTENT, CONTENT, PUNCTUATION])
    assert not title_affinity(np.ones(3), np.ones(3), kinds).any()


def test_words_of_the_stanza_get_no_bonus():
    affinity = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 3.0, 2.0])
    for song in ([6, 6], [5, NEWLINE, 7, NEWLINE, NEWLINE, 4, NEWLINE, 6]):
        logits = np.ones(8)
        apply_title_bonus(song, logits, 0.5, affinity)
        assert logits.tolist() == [1, 1, 1, 1, 1, 1.5, 1, 2]


@pytest.mark.slow
def test_the_network_knows_which_words_belong_to_a_title(writer):
    for title, words in {
        "happy birthday": {"birthday", "cake", "candles"},
        "the last train": {"train", "rails", "whistle"},
        "snow": {"snow", "snowman", "ice"},
    }.items():
        best = np.argsort(-affinity_of(writer, title))[:40]
        assert words <= {writer.vocabulary.words[token] for token in best}, title


@pytest.mark.slow
def test_songs_have_more_words_of_their_title_with_a_bonus(writer):
    affinities = [affinity_of(writer, title) for title in TITLES]

    def count(songs):
        pairs = zip(songs, affinities, strict=True)
        return sum(len({token for token in song if words[token] >= 1}) for song, words in pairs)

    with_bonus, without = write_all(writer, title_bonus=1.0), write_all(writer, title_bonus=0.0)
    assert count(with_bonus) >= 1.3 * count(without)


@pytest.mark.slow
def test_each_song_of_a_batch_keeps_to_its_own_title(writer):
    songs = write_all(writer)
    for i, title in enumerate(TITLES):
        tokens = writer.vocabulary.encode(title_words(title)).tolist()
        properties = token_properties(writer.vocabulary)
        alone = generate(writer.model, [tokens], writer.config, [i], properties, titles=[tokens])
        assert alone == [songs[i]]


@pytest.mark.slow
def test_without_a_title_the_bonus_changes_nothing(writer):
    songs = [writer.write("hello", title="", title_bonus=bonus) for bonus in (0.0, 2.0)]
    assert songs[0] == songs[1]
