"""Samplers: which of the words that the network finds likely is the next one?

`web/core/samplers.js` is the twin of this file; `tests/golden/samplers.json` holds the two together. All arithmetic is
in float64, ties go to the smaller number.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from data.lyrics.vocabulary import PAD, UNK

NEVER = [PAD, UNK]  # signs that are no word anybody could sing


@dataclass(frozen=True)
class Sampling:
    """How words are drawn.

    randomness: the temperature; 0 takes the likeliest word.
    min_p: words less likely than this share of the likeliest are not drawn (arXiv:2407.01082).
    top_k: only so many are, the likeliest; 0: any number (arXiv:1805.04833).
    nucleus: only the likeliest are that together have this share of the probability (arXiv:1904.09751).
    no_repeat: a run of so many words is sung once in a song; 0: as often as it comes (arXiv:1705.04304).
    guard: keep out of loops, as `generate/lyrics/decoder.py` says.
    form: stanzas, chorus and rhyme, as `generate/lyrics/song_form.py` says; none: as the network has it.
    """

    randomness: float = 0.9
    min_p: float = 0.00425  # a 235th: with it songs vary about as much as those of people
    top_k: int = 0
    nucleus: float = 1.0
    no_repeat: int = 0
    guard: bool = True
    form: str = ""


def choose(scores, sampling, random):
    """The number of the next word.

    scores: logits (vocabulary,); random: gives one number where the randomness is above 0.
    """
    likely, weights = weigh(scores, sampling)
    return likely[0] if sampling.randomness == 0 else _draw(likely, weights, random)


def weigh(scores, sampling):
    """What the next word is drawn from: numbers in their order, and a weight for each."""
    scores = np.array(scores, dtype="float64")
    scores[NEVER] = -math.inf
    best = int(scores.argmax())
    if sampling.randomness == 0:
        return [best], [1.0]
    scaled = (scores - scores[best]) / sampling.randomness
    least = math.log(sampling.min_p) if sampling.min_p else -700.0  # where e^x is still above 0
    likely = _likeliest(np.flatnonzero(scaled >= least), scaled, sampling)
    return likely, [math.exp(x) for x in scaled[likely]]


def _likeliest(numbers, scaled, sampling):
    """Those of the numbers that top-k and the nucleus let through, in their own order."""
    ranked = numbers[np.argsort(-scaled[numbers], kind="stable")][: sampling.top_k or None]
    if sampling.nucleus < 1:
        weights = [math.exp(x) for x in scaled[ranked]]
        wanted, together = sampling.nucleus * sum(weights), list(itertools.accumulate(weights))
        ranked = ranked[: 1 + sum(share < wanted for share in together)]
    return sorted(ranked.tolist())


def _draw(likely, weights, random):
    target, drawn = random.uniform() * sum(weights), 0.0
    for number, weight in zip(likely, weights):
        drawn += weight
        if drawn > target:
            break
    return number
