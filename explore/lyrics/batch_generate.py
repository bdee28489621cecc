"""Take prompts and reference excerpts from held-out songs, and generate songs in batches."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from common.progress import Progress
from data.lyrics.slots import title_words
from data.lyrics.tokenizer import NEWLINE_TEXT
from data.lyrics.vocabulary import Vocabulary
from generate.lyrics.config import GenerationConfig
from generate.lyrics.generation import generate
from generate.lyrics.line_score import token_properties
from models.lyrics import LyricsModel

Words = Sequence[str]

EXCERPT_LINES = 16  # lines per reference excerpt, as in songs on the page
PROMPT_LENGTH = 3  # words per prompt
BATCH_SIZE = 25  # songs that are generated in parallel


def reference_excerpts(songs: Sequence[Words], limit: int) -> list[list[str]]:
    """Cut human songs into excerpts of `EXCERPT_LINES` lines.

    Args:
        songs: Songs as lists of words.
        limit: Maximum number of excerpts; they are spread evenly over the songs.
    """
    excerpts = []
    for song in songs:
        starts = _line_starts(song)[::EXCERPT_LINES]
        for start, end in pairwise(starts):
            excerpt = _without_trailing_breaks(song[start:end])
            if NEWLINE_TEXT not in excerpt[:PROMPT_LENGTH]:
                excerpts.append(excerpt)
    return _spread(excerpts, limit)


def prompts_from(songs: Sequence[Words], limit: int) -> list[tuple[str, ...]]:
    """Return distinct prompts, each the first `PROMPT_LENGTH` words of a line of a song.

    Args:
        songs: Songs as lists of words.
        limit: Maximum number of prompts; they are spread evenly over the songs.
    """
    prompts = []
    for song in songs:
        for start in _line_starts(song):
            prompt = tuple(song[start : start + PROMPT_LENGTH])
            if len(prompt) == PROMPT_LENGTH and NEWLINE_TEXT not in prompt:
                prompts.append(prompt)
    return _spread(list(dict.fromkeys(prompts)), limit)


def _spread(items: list, limit: int) -> list:
    count = min(limit, len(items))
    return [items[i * len(items) // count] for i in range(count)]


def _line_starts(song: Words) -> list[int]:
    return [
        i
        for i, word in enumerate(song)
        if word != NEWLINE_TEXT and (i == 0 or song[i - 1] == NEWLINE_TEXT)
    ]


def _without_trailing_breaks(words: Words) -> list[str]:
    words = list(words)
    while words and words[-1] == NEWLINE_TEXT:
        words.pop()
    return words


def generate_all(
    model: LyricsModel,
    vocabulary: Vocabulary,
    prompts: Sequence[Words],
    config: GenerationConfig,
) -> list[list[str]]:
    """Generate a song for each prompt, titled with the prompt; the random seed of song i is i.

    Returns:
        The words that follow each prompt.
    """
    progress = Progress(len(prompts))
    songs = []
    for start in range(0, len(prompts), BATCH_SIZE):
        of_batch = prompts[start : start + BATCH_SIZE]
        encoded = [vocabulary.encode(prompt).tolist() for prompt in of_batch]
        titles = [vocabulary.encode(title_words(" ".join(prompt))).tolist() for prompt in of_batch]
        seeds = list(range(start, start + len(encoded)))
        properties = token_properties(vocabulary)
        batch = generate(model, encoded, config, seeds, properties, titles=titles)
        songs += [vocabulary.decode(song) for song in batch]
        progress.show(len(songs), _progress_text(len(songs), len(prompts)))
    progress.end()
    return songs


def _progress_text(done: int, total: int) -> Callable[[float], str]:
    return lambda _: f"{done} of {total} songs"
