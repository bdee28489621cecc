"""Generate songs with a network, many at a time."""

from collections.abc import Sequence

import numpy as np
from keras import ops

from data.lyrics.vocabulary import PAD
from generate.lyrics.config import GenerationConfig
from generate.lyrics.decoder import LyricsDecoder
from models.lyrics import LyricsModel


def generate(
    model: LyricsModel,
    prompts: Sequence[Sequence[int]],
    config: GenerationConfig,
    seeds: Sequence[int],
    artist: int = 0,
    rhyme_classes: np.ndarray | None = None,
) -> list[list[int]]:
    """Generate one song for each prompt, all in one batch.

    Args:
        model: The network.
        prompts: Token ids that each song starts with; lengths may differ.
        config: How tokens are chosen.
        seeds: A random seed for each song.
        artist: Whose style to write in: 0 for any artist, else its position from 1 on.
        rhyme_classes: Rhyme class of each token, (vocabulary,); only needed for a form.

    Returns:
        The token ids that follow each prompt.
    """
    inputs = [[*model.prompt_prefix(artist), *prompt] for prompt in prompts]
    decoders = [
        LyricsDecoder(prompt, config, seed, rhyme_classes)
        for prompt, seed in zip(prompts, seeds, strict=True)
    ]
    state = model.start(len(prompts))
    unfinished = list(range(len(prompts)))
    logits = np.empty(0)
    position = 0
    while unfinished:
        tokens = np.full(len(prompts), PAD, "int32")
        for i in unfinished.copy():
            if position < len(inputs[i]):
                tokens[i] = inputs[i][position]
                continue
            token = decoders[i].next_token(logits[i])
            if token is None:
                unfinished.remove(i)
            else:
                tokens[i] = token
        if unfinished:
            next_logits, state = model.step(tokens.tolist(), state)
            logits = ops.convert_to_numpy(next_logits)
        position += 1
    return [
        decoder.tokens[len(prompt) :] for decoder, prompt in zip(decoders, prompts, strict=True)
    ]
