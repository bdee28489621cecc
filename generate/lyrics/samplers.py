"""Choose the next token from the logits of a network.

All arithmetic is in float64. Among equally likely tokens, the one with the smallest id comes first.
`web/core/samplers.js` does the same; `tests/golden/samplers.json` checks both.
"""

import itertools
import math
from collections.abc import Sequence

import numpy as np

from common.prng import Random
from data.lyrics.vocabulary import PAD, UNK
from data.lyrics.word_kinds import CONTENT
from generate.lyrics.config import GenerationConfig

BANNED_TOKENS = [PAD, UNK]  # special tokens that are never generated
_MIN_LOG_WEIGHT = -700.0  # exp() of anything smaller is practically 0 in float64


def sample_token(logits: np.ndarray, config: GenerationConfig, random: Random) -> int:
    """Draw the next token.

    Args:
        logits: Logits of all tokens, (vocabulary,).
        config: The sampling settings.
        random: Random number generator, used once; not used at temperature 0.

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
    return candidates[-1]  # reached only by rounding errors


def log_probability(logits: np.ndarray, token: int) -> float:
    """Return the log-probability of a token, in nats.

    Args:
        logits: Logits of all tokens, (vocabulary,), without bonuses or penalties.
        token: The id of the token.
    """
    return float(logits[token]) - log_sum_exp(logits)


def log_sum_exp(logits: np.ndarray) -> float:
    """Return the logarithm of the sum of the exponentials of all logits."""
    logits = np.asarray(logits, dtype="float64")
    largest = logits.max()
    return float(largest) + math.log(np.exp(logits - largest).sum())


def candidate_weights(
    logits: np.ndarray, config: GenerationConfig
) -> tuple[list[int], list[float]]:
    """Return the tokens that may come next and their relative probabilities.

    Temperature, min-p, top-k and top-p are applied in this order.

    Args:
        logits: Logits of all tokens, (vocabulary,).
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
        ranked = ranked[: num_below + 1]  # including the token that reaches the target
    return sorted(ranked.tolist())


def apply_frequency_penalty(
    tokens: Sequence[int], logits: np.ndarray, penalty: float, kinds: np.ndarray
) -> None:
    """Lower the logits of content words in place, by `penalty` for each time that they occur.

    Args:
        tokens: The song so far.
        logits: Logits of the next token, float64 (vocabulary,).
        penalty: How much, in nats.
        kinds: Kind of each token, (vocabulary,); see `data.lyrics.word_kinds`.
    """
    song = np.array(tokens, "int64")
    np.subtract.at(logits, song[kinds[song] == CONTENT], penalty)
