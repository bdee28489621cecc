"""Choose the next token from the logits of a network.

`web/core/samplers.js` does the same; `tests/golden/samplers.json` keeps both identical. All
arithmetic is in float64, and of equally likely tokens the one with the smaller id wins.
"""

import itertools
import math

import numpy as np

from common.prng import Random
from data.lyrics.vocabulary import PAD, UNK
from generate.lyrics.config import GenerationConfig

BANNED_TOKENS = [PAD, UNK]  # special tokens that no song contains
_MIN_LOG_WEIGHT = -700.0  # exp() of less is 0 in float64


def sample_token(logits: np.ndarray, config: GenerationConfig, random: Random) -> int:
    """Draw the next token.

    Args:
        logits: Scores of all tokens, (vocabulary,).
        config: The sampling settings.
        random: Source of one random number; not used at temperature 0.

    Returns:
        The id of the token.
    """
    candidates, weights = candidate_weights(logits, config)
    if config.temperature == 0:
        return candidates[0]
    target = random.uniform() * sum(weights)
    cumulative = 0.0
    for candidate, weight in zip(candidates, weights, strict=True):
        cumulative += weight
        if cumulative > target:
            return candidate
    return candidates[-1]  # rounding


def candidate_weights(
    logits: np.ndarray, config: GenerationConfig
) -> tuple[list[int], list[float]]:
    """Return the tokens that may come next and how likely each is.

    Applies temperature, then min-p, then top-k, then top-p.

    Args:
        logits: Scores of all tokens, (vocabulary,).
        config: The sampling settings.

    Returns:
        Token ids in ascending order, and a weight for each: its probability relative to that of the
        most likely token.
    """
    logits = np.array(logits, dtype="float64")
    logits[BANNED_TOKENS] = -math.inf
    best = int(logits.argmax())
    if config.temperature == 0:
        return [best], [1.0]
    log_weights = (logits - logits[best]) / config.temperature
    threshold = math.log(config.min_p) if config.min_p else _MIN_LOG_WEIGHT
    candidates = np.flatnonzero(log_weights >= threshold)
    kept = _top_k_top_p(candidates, log_weights, config)
    return kept, [math.exp(x) for x in log_weights[kept]]


def _top_k_top_p(
    candidates: np.ndarray, log_weights: np.ndarray, config: GenerationConfig
) -> list[int]:
    """Return the candidates that top-k and top-p keep, in ascending order."""
    order = np.argsort(-log_weights[candidates], kind="stable")
    ranked = candidates[order][: config.top_k or None]
    if config.top_p < 1:
        weights = [math.exp(x) for x in log_weights[ranked]]
        target = config.top_p * sum(weights)
        cumulative = itertools.accumulate(weights)
        num_below = sum(share < target for share in cumulative)
        ranked = ranked[: num_below + 1]  # with the one that reaches the target
    return sorted(ranked.tolist())
