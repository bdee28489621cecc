"""Samplers: which of the words that the network finds likely is the next one?

`web/core/samplers.js` is the twin of this file; `tests/golden/samplers.json` holds the two together. All arithmetic is
in float64, ties go to the smaller number.
"""

import math

import numpy as np

from datasets.vocabulary import PAD, UNKNOWN

NEVER = [PAD, UNKNOWN]      # signs that are no word anybody could sing
CUT = -3.5                  # words less likely than e^CUT, a 33rd, of the likeliest are not drawn (min-p sampling,
                            # arXiv:2407.01082)


def choose(scores, randomness, random):
    """The number of the next word.

    scores: logits (vocabulary,); randomness: the temperature; 0 takes the likeliest word, above 0 it is drawn with one
    number from `random`.
    """
    scores = np.array(scores, dtype="float64")
    scores[NEVER] = -math.inf
    best = int(scores.argmax())
    if randomness == 0:
        return best
    scaled = (scores - scores[best]) / randomness
    likely = np.flatnonzero(scaled >= CUT)
    weights = [math.exp(x) for x in scaled[likely]]
    target, drawn = random.uniform() * sum(weights), 0.0
    for number, weight in zip(likely, weights):
        drawn += weight
        if drawn > target:
            break
    return int(number)
