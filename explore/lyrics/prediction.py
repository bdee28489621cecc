"""Measure how well a network predicts the next token of songs that it was not trained on."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from keras import ops

from common.cli import GeneError
from common.progress import Progress
from data.lyrics.corpus import Corpus, open_corpus
from data.lyrics.slots import SongSlots
from data.lyrics.songbook_plan import everyday_words, first_names
from data.lyrics.vocabulary import BOS_EOS, NEWLINE, PAD, UNK, Vocabulary
from generate.lyrics.config import GenerationConfig
from generate.lyrics.song_cache import apply_song_cache
from generate.lyrics.songwriter import known_artists
from metrics.kneser_ney import KneserNey
from models.lyrics import LyricsModel

NGRAM_ORDER = 5
NUM_TRAINING_SONGS = 100  # songs in the sample for the accuracy on training songs

_About = tuple[int, list[int]]  # what a network is conditioned on: artist and title


class MeasuredRun(NamedTuple):
    """A trained network and the songs that it is measured on."""

    folder: Path
    model: LyricsModel
    vocabulary: Vocabulary
    meta: dict
    config: GenerationConfig
    songs: str  # path of the table of songs
    more: str | None  # path of a second table, if there is one
    held_out: Corpus  # all songs; only the validation and test splits are used
    learned: Corpus  # songs selected by the run's filters; only the training split is used


def measure_lost_words(vocabulary: Vocabulary) -> dict[str, float]:
    """Count everyday words and first names that the network reads as `UNK`.

    Such words are not in its vocabulary, and no slot stands for them.
    """
    lists = [everyday_words(), [name.lower() for name in first_names()]]
    lost = [
        sum(token == UNK for word in words for token in SongSlots(vocabulary).encode([word]))
        for words in lists
    ]
    return {"lost_everyday_words": lost[0], "lost_first_names": lost[1]}


def measure_prediction(this: MeasuredRun) -> dict[str, float]:
    """Measure how well a run and a 5-gram model predict the next token of test songs.

    If the generation settings of the run have a cache of the song (see `song_cache.py`), the run is
    also measured with it; the 5-gram model never has one.
    """
    test = sequences(this.held_out, "test")
    training = sequences(this.learned, "training")
    ngram_model = KneserNey([song.tolist() for song in training], NGRAM_ORDER, len(this.vocabulary))
    score = partial(score_song, this.model)
    cross_entropy, is_right = _score_all(score, test)
    their_cross_entropy, their_is_right = _score_all(ngram_model.score, test)
    step = max(1, len(training) // NUM_TRAINING_SONGS)
    sample = training[::step][:NUM_TRAINING_SONGS]
    _, is_right_in_training = _score_all(score, sample)
    tokens = np.concatenate(test)
    words = tokens[(tokens != BOS_EOS) & (tokens != NEWLINE)]
    unknown = [UNK, *this.vocabulary.slots]
    baseline = their_cross_entropy.mean()
    metrics = {
        "perplexity": float(np.exp(cross_entropy.mean())),
        "perplexity_ratio_5gram": float(np.exp(cross_entropy.mean() - baseline)),
        "accuracy": float(is_right.mean()),
        "accuracy_5gram": float(their_is_right.mean()),
        "accuracy_training_songs": float(is_right_in_training.mean()),
        "vocabulary_coverage": float(np.mean(~np.isin(words, unknown))),
    }
    if this.config.cache_weight:
        cached, _ = _score_all(partial(score, cache_weight=this.config.cache_weight), test)
        metrics["perplexity_with_cache"] = float(np.exp(cached.mean()))
        metrics["perplexity_with_cache_ratio_5gram"] = float(np.exp(cached.mean() - baseline))
    return metrics


def _score_all(score, songs: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Score songs; return the concatenated cross-entropies and correctness of all tokens."""
    progress = Progress(len(songs))
    scores = []
    for song in songs:
        scores.append(score(song))
        progress.show(len(scores), lambda speed: f"predicting songs: {speed:.1f} songs/s")
    progress.end()
    return (
        np.concatenate([cross_entropy for cross_entropy, _ in scores]),
        np.concatenate([is_right for _, is_right in scores]),
    )


def measure_conditioned(this: MeasuredRun, cache_dir: str) -> dict[str, float]:
    """Measure the perplexity of test songs given the artist, the title, or both."""
    artists = known_artists(this.meta)
    corpus = open_corpus(
        cache_dir,
        this.songs,
        None,
        None,
        this.vocabulary,
        condition_on_artist=True,
        condition_on_title=True,
        more=this.more,
    )
    names = ["", *corpus.meta["artists"]]
    titles = _titles(corpus, "test")
    told: list[_About] = []
    for (start, _), title in zip(corpus.songs("test"), titles, strict=True):
        name = names[int(corpus.tokens[start + 1]) - len(this.vocabulary)]
        told.append((artists.index(name) + 1 if name in artists else 0, title))
    ways: dict[str, list[_About]] = {
        "perplexity_artist_given": [(artist, []) for artist, _ in told],
        "perplexity_title_given": [(0, title) for _, title in told],
        "perplexity_both_given": told,
    }
    known = {"perplexity_artist_given": bool(artists)}
    known["perplexity_title_given"] = bool(this.model.num_title_words)
    known["perplexity_both_given"] = all(known.values())
    songs = sequences(this.held_out, "test")
    return {key: _perplexity(this.model, songs, ways[key]) for key in ways if known[key]}


def _titles(corpus: Corpus, split: str) -> list[list[int]]:
    titles = corpus.titles(split)
    return [] if titles is None else [title[title != PAD].tolist() for title in titles]


def _perplexity(model: LyricsModel, songs: Sequence[np.ndarray], told: Sequence[_About]) -> float:
    """Return the perplexity of songs, given the artist and title of each."""
    about = iter(told)
    cross_entropy, _ = _score_all(lambda song: score_song(model, song, *next(about)), songs)
    return float(np.exp(cross_entropy.mean()))


def sequences(corpus: Corpus, split: str) -> list[np.ndarray]:
    """Return the songs of a split as token ids, int32, with `BOS_EOS` at both ends.

    Raises:
        GeneError: If the split is empty.
    """
    songs = [
        np.append(corpus.tokens[start:end], BOS_EOS).astype("int32")
        for start, end in corpus.songs(split)
    ]
    if not songs:
        raise GeneError(f"there are too few songs for a {split} split; use more songs")
    return songs


def score_song(
    model: LyricsModel,
    song: np.ndarray,
    artist: int = 0,
    title: Sequence[int] = (),
    cache_weight: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Score how well a network predicts a song.

    Args:
        model: The network.
        song: Token ids with `BOS_EOS` at both ends.
        artist: Number of the artist, counted from 1; 0 for any artist.
        title: Token ids of the title; empty for any title.
        cache_weight: Weight of the song cache in each prediction; see `song_cache.py`.

    Returns:
        For every token except the first, the cross-entropy in nats, and whether the most likely
        token is the right one; both have shape (tokens - 1,).
    """
    tokens = song[:-1].tolist()
    logits = ops.convert_to_numpy(model.logits(tokens, artist, title)).astype("float64")
    for i, predicted in enumerate(logits):
        apply_song_cache(tokens[: i + 1], predicted, cache_weight)
    logits -= logits.max(axis=1, keepdims=True)
    log_probabilities = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    targets = song[1:]
    cross_entropy = -log_probabilities[np.arange(len(targets)), targets]
    return cross_entropy, log_probabilities.argmax(axis=1) == targets
