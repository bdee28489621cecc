"""The lyrics networks: shapes, and the same results token by token as all at once."""

import keras
import numpy as np
import pytest

from data.lyrics.vocabulary import SPECIAL_TOKENS, Vocabulary
from generate.lyrics import Songwriter
from models.bigru import WindowedBiGRU
from models.lyrics import LSTMLanguageModel
from models.seq2seq import LineSeq2Seq


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(1)
    return LSTMLanguageModel(
        30, embedding_dim=6, units=[7, 9], dropout=0.5, recurrent_dropout=0.2, word_dropout=0.1
    )


def test_step_by_step_is_all_at_once(network):
    words = np.array([[1, 5, 6, 7, 29, 4]], "int32")
    together, after = network(words, network.start(1))
    state = network.start(1)
    for i, word in enumerate(words[0]):
        scores, state = network.step(np.array([word]), state)
        np.testing.assert_allclose(scores[0], together[0, i], atol=1e-6)
    for a, b in zip(state, after, strict=False):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_a_title_lasts_for_the_song_and_changes_nothing_if_there_is_none():
    network = LSTMLanguageModel(30, 6, [7, 9], num_title_words=8)
    network.topic.kernel.assign(np.random.default_rng(0).normal(size=(6, 12)))
    words = np.array([[1, 5, 6, 7, 29, 4]], "int32")
    plain, told = (network(words, network.start(1, title))[0] for title in ([], [12, 13]))
    assert (np.abs(np.array(told - plain)[0]).max(axis=-1) > 1e-4).all(), "at each word"
    logits = network.logits(words[0], title=[12, 13])
    state = network.start(2, [12, 13])
    for i, word in enumerate(words[0]):
        scores, state = network.step([word, word], state)
        np.testing.assert_allclose(scores[1], told[0, i], atol=1e-6)
        np.testing.assert_allclose(logits[i], told[0, i], atol=1e-6)
    np.testing.assert_array_equal(network.start(1, [])[-1], 0)
    one, other = (np.array(network.start(1, [word])[-1]) for word in (12, 13))
    np.testing.assert_allclose(network.start(1, [12, 13])[-1], (one + other) / 2, atol=1e-6)


def test_the_state_carries_a_song_over_a_cut(network):
    words = np.array([[1, 5, 6, 7, 29, 4]], "int32")
    together, _ = network(words, network.start(1))
    _, middle = network(words[:, :3], network.start(1))
    second, _ = network(words[:, 3:], middle)
    np.testing.assert_allclose(second, together[:, 3:], atol=1e-6)


def test_dropout_is_for_training_only(network):
    words = np.array([[1, 5, 6]], "int32")
    calm = [network(words, network.start(1))[0] for _ in range(2)]
    wild = [network(words, network.start(1), training=True)[0] for _ in range(2)]
    np.testing.assert_array_equal(*calm)
    assert np.abs(np.asarray(wild[0]) - np.asarray(wild[1])).max() > 1e-3


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [
        lambda: LSTMLanguageModel(30, 6, [7]),
        lambda: LSTMLanguageModel(30, 6, [7], num_title_words=8),
        lambda: WindowedBiGRU(30, 5, 6, 7),
        lambda: LineSeq2Seq(30, 5, 6, 7),
    ],
)
def test_a_network_comes_back_from_its_file(tmp_path, make):
    first = make()
    first.save(tmp_path / "model.keras")
    second = type(first)(
        **{k: v for k, v in first.get_config().items() if k not in {"name", "trainable", "dtype"}}
    )
    second.load_weights(tmp_path / "model.keras")
    for token in (1, 4):
        logits, _ = first.step([token], first.start(1))
        same, _ = second.step([token], second.start(1))
        np.testing.assert_array_equal(np.array(logits), np.array(same))


def test_the_exported_window_network_is_the_called_one():
    network = WindowedBiGRU(30, context_length=5, embedding_dim=6, units=7)
    for variable in network.variables:  # biases too
        variable.assign(np.random.default_rng(len(variable.shape)).normal(0, 0.5, variable.shape))
    words = np.array([1, 5, 6, 7, 29], "int32")
    np.testing.assert_allclose(network.forward_for_export(words), network(words[None]), atol=1e-6)


def test_the_window_sees_its_context_and_no_more():
    network = WindowedBiGRU(30, context_length=5, embedding_dim=6, units=7)
    scores = []
    for first in (4, 5):
        state = network.start(1)
        for token in (first, 6, 7, 8, 9, 10):
            logits, state = network.step([token], state)
        scores.append(np.array(logits))
    np.testing.assert_array_equal(*scores)


@pytest.mark.slow
def test_a_song_depends_only_on_its_seed(network):
    vocabulary = Vocabulary([*SPECIAL_TOKENS, *(f"w{i}" for i in range(26))], [1] * 30)
    writer = Songwriter(network, vocabulary)

    def written(seed, temperature=1.0):
        settings = {"temperature": temperature, "lines": 6, "form": "none"}
        return writer.write("w1 what w2", seed=seed, **settings)

    assert written(3) == written(3) != written(4)
    assert written(3, 0.0) == written(4, 0.0)
    assert written(3).startswith("W1 what w2")
