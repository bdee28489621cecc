"""The network's oldest rival: an interpolated n-gram model with modified Kneser-Ney smoothing.

After Chen & Goodman, An Empirical Study of Smoothing Techniques for Language Modeling (1998), section 4.1.3: three
discounts an order, from the counts of counts; lower orders count the different words before an n-gram, not the n-gram.
"""

from collections import Counter, defaultdict

import numpy as np


class KneserNey:
    """A model of sequences of word numbers. order: longest n-gram; vocabulary: how many words there are."""

    def __init__(self, sequences, order, vocabulary):
        self.order, self.vocabulary = order, vocabulary
        self._counts = _count(sequences, order)
        self._discounts = [_discounts(level) for level in self._counts]
        self._contexts = [_contexts(level) for level in self._counts]
        self._known = {}

    def distribution(self, context):
        """The probability of every word after the numbers in `context` (its last order - 1 count), (vocabulary,)."""
        context = tuple(map(int, context[max(0, len(context) - self.order + 1) :]))
        if context in self._known:
            return self._known[context]
        lower = (
            self.distribution(context[1:])
            if context
            else np.full(self.vocabulary, 1 / self.vocabulary)
        )
        chance = self._discounted(context, lower)
        if len(context) < 2:  # longer ones seldom come again
            self._known[context] = chance
        return chance

    def _discounted(self, context, lower):
        seen = self._contexts[len(context)].get(context)
        if seen is None:
            return lower
        counts, discounts = self._counts[len(context)], self._discounts[len(context)]
        chance = lower * sum(discounts[k] * seen[k] for k in (1, 2, 3)) / seen["total"]
        for word in seen["words"]:
            count = counts[(*context, word)]
            chance[word] += max(count - discounts[min(count, 3)], 0) / seen["total"]
        return chance

    def judge(self, sequence):
        """Nats and hits (0 or 1) of every word of a sequence but the first, each (words,)."""
        nats, hits = [], []
        for i in range(1, len(sequence)):
            chance = self.distribution(sequence[max(0, i - self.order + 1) : i])
            nats.append(-np.log(chance[sequence[i]]))
            hits.append(chance.argmax() == sequence[i])
        return np.array(nats), np.array(hits)


def _count(sequences, order):
    """Per level a {n-gram: count}: how often for the longest, and for those that begin a sequence; else how many
    different words stand before it."""
    raw = [Counter() for _ in range(order)]
    begins = [Counter() for _ in range(order)]
    for sequence in sequences:
        numbers = tuple(int(number) for number in sequence)
        for n in range(1, order + 1):
            raw[n - 1].update(numbers[i : i + n] for i in range(n == 1, len(numbers) - n + 1))
            begins[n - 1][numbers[:n]] += 1
    levels = [raw[-1]]
    for n in range(order - 1, 0, -1):
        level = Counter(ngram[1:] for ngram in raw[n])
        if n > 1:
            level.update(begins[n - 1])
        levels.append(level)
    return levels[::-1]


def _discounts(level):
    """[0, D1, D2, D3+] of an order, from how many n-grams were counted once to four times."""
    times = Counter(min(count, 5) for count in level.values())
    n1, n2, n3, n4 = (times.get(k, 0) or 1 for k in (1, 2, 3, 4))
    y = n1 / (n1 + 2 * n2)
    return [
        0.0,
        *(
            min(max(k - (k + 1) * y * more / less, 0.0), k)
            for k, less, more in ((1, n1, n2), (2, n2, n3), (3, n3, n4))
        ),
    ]


def _contexts(level):
    """{context: {"total": sum of counts, 1, 2, 3: how many words were counted once, twice, more, "words": which}}."""
    contexts = defaultdict(lambda: {"total": 0, 1: 0, 2: 0, 3: 0, "words": []})
    for ngram, count in level.items():
        seen = contexts[ngram[:-1]]
        seen["total"] += count
        seen[min(count, 3)] += 1
        seen["words"].append(ngram[-1])
    return dict(contexts)
