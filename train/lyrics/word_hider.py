"""Hide words of songs from a network, so that it learns to repeat unknown words."""

import numpy as np

from data.lyrics.songbook_plan import first_names
from data.lyrics.vocabulary import UNK, Vocabulary
from data.lyrics.word_kinds import CONTENT

HIDDEN_NAMES = 0.5  # fraction of the first names in a song that are hidden in each epoch
HIDDEN_TITLE_WORDS = 0.15  # fraction of the content words in a title that are hidden in each epoch


class WordHider:
    """Replaces some first names and title words with slots, everywhere in a song.

    A song's slots for hidden and for unknown words are numbered together, as in
    `data/lyrics/slots.py`.

    Args:
        vocabulary: A vocabulary with slots.
        tokens: Token ids of the corpus.
        songs: Start and end of each song in `tokens`, (songs, 2).
        titles: Title of each song, (songs, MAX_TITLE_WORDS).
    """

    def __init__(
        self, vocabulary: Vocabulary, tokens: np.ndarray, songs: np.ndarray, titles: np.ndarray
    ):
        self._slots = np.array(vocabulary.slots)
        self._tokens = np.array(tokens)
        self._songs = songs
        self._titles = titles
        self._num_ids = max(len(vocabulary), int(self._tokens.max()) + 1)  # including artist tokens
        names = vocabulary.encode(name.lower() for name in first_names())
        self._name_shares = np.zeros(self._num_ids)
        self._name_shares[names[names != UNK]] = HIDDEN_NAMES
        is_content = np.append(vocabulary.word_kinds == CONTENT, False)
        self._title_shares = is_content[np.minimum(titles, len(vocabulary))] * HIDDEN_TITLE_WORDS

    def hide(self, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return the tokens and titles for one epoch, with a new choice of words to hide.

        Args:
            random: Random number generator of the epoch.
        """
        tokens = self._tokens.copy()
        titles = self._titles.copy()
        renumbered = np.arange(self._num_ids)
        for title, shares, (start, end) in zip(
            titles, self._title_shares, self._songs, strict=True
        ):
            lyrics = tokens[start:end]
            hidden = self._choose(title, shares, lyrics, random)
            renumbered[hidden] = self._slots[: len(hidden)]
            title[:] = renumbered[title]
            lyrics[:] = renumbered[lyrics]
            renumbered[hidden] = hidden
        return tokens, titles

    def _choose(
        self,
        title: np.ndarray,
        shares: np.ndarray,
        lyrics: np.ndarray,
        random: np.random.Generator,
    ) -> np.ndarray:
        """Choose the tokens of a song to renumber as slots: words to hide, and existing slots.

        Args:
            title: Token ids of the title of the song, (MAX_TITLE_WORDS,).
            shares: Probability of hiding each word of the title, (MAX_TITLE_WORDS,).
            lyrics: Token ids of the song, (time,).
            random: Random number generator of the epoch.

        Returns:
            Token ids in order of first occurrence: the words to hide, and the slots that the song
            already has.
        """
        song = np.concatenate([title, lyrics])
        shares = np.concatenate([shares, np.zeros(len(lyrics))])
        unique, first = np.unique(song, return_index=True)
        shares = np.maximum(shares[first], self._name_shares[unique])
        has_slot = np.isin(unique, self._slots)
        is_hidden = random.random(len(unique)) < shares
        free = len(self._slots) - np.count_nonzero(has_slot)
        is_hidden &= np.cumsum(is_hidden) <= free
        chosen = has_slot | is_hidden
        return unique[chosen][np.argsort(first[chosen])]
