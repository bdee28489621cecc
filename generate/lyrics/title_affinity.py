"""Find words that fit a title and make them more likely, so that a song stays on its topic.

A network that reads titles has learned which words fit them: with the title "the last train", it
gives higher logits to "rails", "whistle" and "driver" than without a title. Such words get a bonus
in each stanza until they occur in it.

`web/core/title-affinity.js` does the same; `tests/golden/titles.json` checks both.
"""

from collections.abc import Sequence

import numpy as np

from data.lyrics.word_kinds import CONTENT
from generate.lyrics.song_form import split_stanzas

MAX_AFFINITY = 3.0  # standard deviations


def title_affinity(with_title: np.ndarray, without: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Return how well each token fits a title.

    Args:
        with_title: Logits of the first word of a song that has the title, (vocabulary,).
        without: The same logits without a title.
        kinds: Kind of each token, (vocabulary,); see `data.lyrics.word_kinds`.

    Returns:
        The affinity of each token, float64 (vocabulary,). For a content word, it is the effect of
        the title on the logit, in standard deviations above the mean effect on content words,
        minus 1, and clipped to the range from 0 to `MAX_AFFINITY`. For all other tokens, it is 0.
    """
    is_content = kinds == CONTENT
    effect = np.array(with_title, "float64") - np.array(without, "float64")
    deviations = effect - effect[is_content].mean()
    scale = deviations[is_content].std() or 1.0
    return np.where(is_content, np.clip(deviations / scale - 1, 0, MAX_AFFINITY), 0.0)


def apply_title_bonus(
    tokens: Sequence[int], logits: np.ndarray, bonus: float, affinity: np.ndarray
) -> None:
    """Raise the logits of the words that fit the title and are not in the stanza yet.

    Args:
        tokens: The song so far.
        logits: Logits of the next token, float64 (vocabulary,); modified.
        bonus: Bonus per unit of affinity, in nats.
        affinity: What `title_affinity` returns.
    """
    stanza = split_stanzas(tokens)[-1]
    bonuses = bonus * affinity
    bonuses[[token for line in stanza for token in line]] = 0
    logits += bonuses
