"""The measures of the lyrics: what they say of a network agrees with a slower way of asking."""

import numpy as np
import pytest

from explore import lyrics
from explore.measure import judge
from explore.runs import load_lyrics
from sampling.song import step_of


@pytest.mark.parametrize("run", ["tiny", "glance"])
def test_a_song_judged_at_once_is_the_song_judged_word_by_word(checkpoints, run):
    network, vocabulary, _ = load_lyrics(checkpoints / "lyrics" / run)
    song = np.array([1, *np.random.default_rng(0).integers(3, len(vocabulary), 30), 1], "int32")
    nats, right = judge(network, song)
    step, state = step_of(network), None
    for i, word in enumerate(song[:-1]):
        scores, state = step(word, state)
        chance = np.exp(scores) / np.exp(scores).sum()
        assert nats[i] == pytest.approx(-np.log(chance[song[i + 1]]), abs=1e-4)
        assert right[i] == (scores.argmax() == song[i + 1])


def test_the_table_names_every_run(checkpoints, songs, tmp_path, capsys):
    lyrics.main(["measure", "--checkpoints", str(checkpoints), "--songs", str(songs), "--cache", str(tmp_path)])
    head, _, glance, tiny = capsys.readouterr().out.strip().splitlines()
    assert head.startswith("network") and glance.startswith("glance | ") and tiny.startswith("tiny | ")
    assert 1 < float(tiny.split(" | ")[2]) < 30
