"""A baseline language model: interpolated n-grams with modified Kneser-Ney smoothing.

See Chen & Goodman, An Empirical Study of Smoothing Techniques for Language Modeling (1998), section
4.1.3. There are three discounts per order, which are derived from counts of counts. Lower orders
count the distinct words before an n-gram instead of its occurrences.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

Ngram = tuple[int, ...]


@dataclass
class _Context:
    """The words that follow one context in the training data.

    Attributes:
        total: Sum of their counts.
        num_words: Number of words with count 1, with count 2, and with count 3 or more.
        words: Ids of all these words.
    """

    total: int = 0
    num_words: dict[int, int] = field(default_factory=lambda: {1: 0, 2: 0, 3: 0})
    words: list[int] = field(default_factory=list)


class KneserNey:
    """An n-gram model of sequences of token ids.

    Args:
        sequences: Training data.
        order: Length of the longest n-gram.
        vocabulary_size: Number of different tokens.
    """

    def __init__(self, sequences: Sequence[Sequence[int]], order: int, vocabulary_size: int):
        self.order = order
        self.vocabulary_size = vocabulary_size
        self._counts = _count(sequences, order)
        self._discounts = [_discounts(counts) for counts in self._counts]
        self._contexts = [_contexts(counts) for counts in self._counts]
        self._cache: dict[Ngram, np.ndarray] = {}

    def distribution(self, context: Sequence[int]) -> np.ndarray:
        """Return the probability of every token after a context.

        Args:
            context: Token ids; only the last `order` - 1 are used.

        Returns:
            Probabilities, (vocabulary_size,).
        """
        start = max(0, len(context) - self.order + 1)
        return self._distribution(tuple(int(token) for token in context[start:]))

    def _distribution(self, context: Ngram) -> np.ndarray:
        if context in self._cache:
            return self._cache[context]
        if context:
            lower_order = self._distribution(context[1:])
        else:
            lower_order = np.full(self.vocabulary_size, 1 / self.vocabulary_size)
        probabilities = self._interpolate(context, lower_order)
        if len(context) < 2:  # longer contexts rarely occur again
            self._cache[context] = probabilities
        return probabilities

    def _interpolate(self, context: Ngram, lower_order: np.ndarray) -> np.ndarray:
        seen = self._contexts[len(context)].get(context)
        if seen is None:
            return lower_order
        counts = self._counts[len(context)]
        discounts = self._discounts[len(context)]
        discounted = sum(discounts[k] * seen.num_words[k] for k in (1, 2, 3))
        probabilities = lower_order * discounted / seen.total
        for word in seen.words:
            count = counts[(*context, word)]
            probabilities[word] += max(count - discounts[min(count, 3)], 0) / seen.total
        return probabilities

    def score(self, sequence: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Score every token of a sequence except the first.

        Returns:
            The cross-entropy in nats, and whether the most likely token was the correct one, each
            of shape (tokens - 1,).
        """
        cross_entropy = []
        is_right = []
        for i in range(1, len(sequence)):
            probabilities = self.distribution(sequence[max(0, i - self.order + 1) : i])
            cross_entropy.append(-np.log(probabilities[sequence[i]]))
            is_right.append(probabilities.argmax() == sequence[i])
        return np.array(cross_entropy), np.array(is_right)


def _count(sequences: Sequence[Sequence[int]], order: int) -> list[Counter]:
    """Count n-grams.

    Returns:
        {n-gram: count} for each order, unigrams first. N-grams of the highest order and n-grams at
        the start of a sequence are counted by their occurrences, all others by the number of
        distinct words before them.
    """
    occurrences: list[Counter] = [Counter() for _ in range(order)]
    starts: list[Counter] = [Counter() for _ in range(order)]
    for sequence in sequences:
        tokens = tuple(int(token) for token in sequence)
        for n in range(1, order + 1):
            first = 1 if n == 1 else 0  # the token that starts every sequence is never predicted
            occurrences[n - 1].update(tokens[i : i + n] for i in range(first, len(tokens) - n + 1))
            starts[n - 1][tokens[:n]] += 1
    counts = [occurrences[-1]]
    for n in range(order - 1, 0, -1):
        level = Counter(ngram[1:] for ngram in occurrences[n])
        if n > 1:
            level.update(starts[n - 1])
        counts.append(level)
    return counts[::-1]


def _discounts(counts: Counter) -> list[float]:
    """Return the discounts [0, D1, D2, D3+] of an n-gram order."""
    times = Counter(min(count, 5) for count in counts.values())
    n1, n2, n3, n4 = (times.get(k, 0) or 1 for k in (1, 2, 3, 4))
    y = n1 / (n1 + 2 * n2)
    discounts = [0.0]
    for k, n_k, n_next in ((1, n1, n2), (2, n2, n3), (3, n3, n4)):
        discount = k - (k + 1) * y * n_next / n_k
        discounts.append(min(max(discount, 0.0), k))
    return discounts


def _contexts(counts: Counter) -> dict[Ngram, _Context]:
    contexts: dict[Ngram, _Context] = defaultdict(_Context)
    for ngram, count in counts.items():
        seen = contexts[ngram[:-1]]
        seen.total += count
        seen.num_words[min(count, 3)] += 1
        seen.words.append(ngram[-1])
    return dict(contexts)
