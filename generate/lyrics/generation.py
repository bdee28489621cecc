"""Generate many songs at a time with a network."""

from collections.abc import Sequence

import numpy as np
from keras import ops

from data.lyrics.vocabulary import PAD
from generate.lyrics.config import GenerationConfig
from generate.lyrics.decoder import LyricsDecoder
from generate.lyrics.line_score import TokenProperties
from generate.lyrics.title_affinity import title_affinity
from models.lyrics import LyricsModel, State


class CandidateBatch:
    """A network and its state for a batch of songs, with one row per candidate of each song.

    Args:
        model: The network.
        titles: Token ids of the title of each song; empty for no particular title.
        count: Number of candidates of each song.

    Attributes:
        logits: Logits of the next token of each row, (rows, vocabulary).
    """

    def __init__(self, model: LyricsModel, titles: Sequence[Sequence[int]], count: int):
        self.model = model
        self.logits = np.zeros((count * len(titles), model.vocabulary_size))
        states = [map(ops.convert_to_numpy, model.start(count, title)) for title in titles]
        self._state: State = [np.concatenate(parts) for parts in zip(*states, strict=True)]

    def read(self, tokens: Sequence[int]) -> None:
        """Run the network on the next token of each row; `PAD` does not change a row."""
        logits, state = self.model.step(list(tokens), self._state)
        is_read = np.array(tokens) != PAD
        self.logits = _choose_rows(is_read, logits, self.logits)
        pairs = zip(state, self._state, strict=True)
        self._state = [_choose_rows(is_read, new, old) for new, old in pairs]

    def take(self, rows: np.ndarray) -> None:
        """Replace the logits and the state of each row i with those of row `rows[i]`."""
        self.logits = self.logits[rows]
        self._state = [part[rows] for part in self._state]


def _choose_rows(condition: np.ndarray, new, old: np.ndarray) -> np.ndarray:
    """Take the rows of `new` where the condition holds, and those of `old` elsewhere."""
    new = ops.convert_to_numpy(new)
    return np.where(condition.reshape(-1, *[1] * (new.ndim - 1)), new, old)


def generate(
    model: LyricsModel,
    prompts: Sequence[Sequence[int]],
    config: GenerationConfig,
    seeds: Sequence[int],
    properties: TokenProperties,
    artist: int = 0,
    titles: Sequence[Sequence[int]] = (),
) -> list[list[int]]:
    """Generate one song for each prompt, all in one batch.

    Args:
        model: The network.
        prompts: Token ids that each song starts with; their lengths may differ.
        config: The generation settings.
        seeds: A random seed for each song.
        properties: Properties of the tokens of the vocabulary.
        artist: The artist in whose style to write: an index counted from 1, or 0 for any artist.
        titles: Token ids of the title of each song; by default, no song has one.

    Returns:
        The token ids that follow each prompt.
    """
    titles = titles or [()] * len(prompts)
    affinities: Sequence[np.ndarray | None] = [None] * len(prompts)
    if config.title_bonus and model.num_title_words and any(map(len, titles)):
        affinities = _title_affinities(model, titles, artist, properties.kinds)
    decoders = [
        LyricsDecoder(prompt, config, seed, properties, title, affinity)
        for prompt, seed, title, affinity in zip(prompts, seeds, titles, affinities, strict=True)
    ]
    count = config.candidates_per_line
    batch = CandidateBatch(model, titles, count)
    _read_prompts(batch, [[*model.prompt_prefix(artist), *prompt] for prompt in prompts], count)
    while not all(decoder.is_over for decoder in decoders):
        _write_one_token(batch, decoders, count)
    return [
        decoder.tokens[len(prompt) :] for decoder, prompt in zip(decoders, prompts, strict=True)
    ]


def _title_affinities(
    model: LyricsModel, titles: Sequence[Sequence[int]], artist: int, kinds: np.ndarray
) -> list[np.ndarray]:
    """Return how well each token fits each title, (vocabulary,) each."""
    prefix = model.prompt_prefix(artist)
    with_title = CandidateBatch(model, titles, 1)
    without = CandidateBatch(model, [()], 1)
    for token in prefix:
        with_title.read([token] * len(titles))
        without.read([token])
    return [title_affinity(logits, without.logits[0], kinds) for logits in with_title.logits]


def _read_prompts(batch: CandidateBatch, prompts: list[list[int]], count: int) -> None:
    """Run the network on the prompts; each prompt has `count` rows, one per candidate."""
    for position in range(max(map(len, prompts), default=0)):
        tokens = [
            prompt[position] if position < len(prompt) else PAD
            for prompt in prompts
            for _ in range(count)
        ]
        batch.read(tokens)


def _write_one_token(batch: CandidateBatch, decoders: list[LyricsDecoder], count: int) -> None:
    """Draw a token for each candidate; choose a line for each song with all candidates finished."""
    tokens: list[int] = []
    for i, decoder in enumerate(decoders):
        logits = batch.logits[i * count : (i + 1) * count]
        tokens += [PAD] * count if decoder.is_over else decoder.draw(logits)
    if any(token != PAD for token in tokens):
        batch.read(tokens)
    rows = np.arange(len(tokens))
    for i, decoder in enumerate(decoders):
        chosen = None if decoder.is_over else decoder.choose_line()
        if chosen is not None:
            rows[i * count : (i + 1) * count] = i * count + chosen
    batch.take(rows)
