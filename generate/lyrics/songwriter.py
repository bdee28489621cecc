"""Load a trained lyrics network and write songs with it."""

from pathlib import Path
from typing import Any

from common.checkpoint import load_run
from common.cli import GeneError
from common.runs import RESTORE_RUN, find_run, is_gene_file
from data.lyrics.slots import SongSlots, title_words
from data.lyrics.tokenizer import tokenize
from data.lyrics.typography import typed_forms, typeset
from data.lyrics.vocabulary import Vocabulary
from generate.lyrics import gene_file
from generate.lyrics.config import GenerationConfig, override, read_config
from generate.lyrics.generation import generate
from generate.lyrics.line_score import token_properties
from models.bigru import WindowedBiGRU
from models.lyrics import LSTMLanguageModel, LyricsModel
from models.seq2seq import LineSeq2Seq

MODELS = [LSTMLanguageModel, WindowedBiGRU, LineSeq2Seq]


class Songwriter:
    """A lyrics network with its vocabulary and settings.

    Args:
        model: The network.
        vocabulary: The vocabulary that it was trained with.
        config: Default settings for `write`.
        artists: The artists in whose style the network can write.
    """

    def __init__(
        self,
        model: LyricsModel,
        vocabulary: Vocabulary,
        config: GenerationConfig | None = None,
        artists: list[str] | None = None,
    ):
        self.model = model
        self.vocabulary = vocabulary
        self.config = config or GenerationConfig()
        self.artists = artists or []

    def write(
        self,
        text: str = "",
        *,
        seed: int = 1,
        title: str | None = None,
        artist: str | None = None,
        **settings: Any,
    ) -> str:
        """Write a song.

        Args:
            text: The beginning of the song.
            seed: Random seed, 0 to 2^32 - 1. The same arguments always give the same song.
            title: What the song is about, "" for anything; by default, the first words of
                `text`. Networks without titles ignore it.
            artist: Name of the artist in whose style to write; None for any.
            **settings: Attributes of `GenerationConfig` that replace those of `config`, such as
                `temperature`, `top_p`, `min_p`, `top_k`, `no_repeat_ngram_size`, `loop_guard`,
                `lines`, or `form` (a name such as "ballad" or a rhyme scheme such as "abab CCDD").

        Returns:
            The song, starting with `text`, with capitals and curly quotes.

        Raises:
            GeneError: If a setting is out of range, or the network does not know the artist.
        """
        config = override(self.config, settings)
        title = self._used(text if title is None else title)
        slots = SongSlots(self.vocabulary)
        title_tokens = slots.encode(title_words(title))
        words = tokenize(text)
        [tokens] = generate(
            self.model,
            [slots.encode(words)],
            config,
            [seed],
            token_properties(self.vocabulary),
            self.artist_index(artist),
            [title_tokens],
        )
        return typeset(words + slots.decode(tokens), self.forms(text, title))

    def _used(self, title: str) -> str:
        """Return a title, or "" if the network does not use titles."""
        return title if self.model.num_title_words else ""

    def forms(self, text: str, title: str = "") -> dict[str, str]:
        """Return how to write the words that have capitals even in the middle of a line.

        Args:
            text: Text that the user typed. Its words keep their capitals. Exception: a word that
                starts a sentence or is all capitals keeps them only if it is not in the vocabulary.
            title: Title that the user typed. Only words that are not in the vocabulary count.

        Returns:
            {lowercase word: the word as it is written}.
        """
        certain, doubtful = typed_forms(text)
        in_title, doubtful_in_title = typed_forms(title)
        unsure = in_title | doubtful_in_title | doubtful
        unknown = self.vocabulary.out_of_vocabulary(unsure)
        return self.vocabulary.forms | {word: unsure[word] for word in unknown} | certain

    def artist_index(self, name: str | None) -> int:
        """Return the index of an artist in the network, counted from 1; 0 for any artist.

        Raises:
            GeneError: If the network does not know the artist.
        """
        if not name:
            return 0
        for index, artist in enumerate(self.artists, 1):
            if artist.casefold() == name.casefold():
                return index
        if not self.artists:
            raise GeneError(
                f"artist {name!r}: this network was not trained with artists; leave it out"
            )
        raise GeneError(f"artist {name!r}: unknown; choose from {', '.join(self.artists[:40])}")

    def unknown_words(self, text: str, title: str = "") -> list[str]:
        """Return the distinct words in a text that the network cannot repeat, in order.

        A word can be repeated only if it is in the vocabulary or has a slot (see
        `data.lyrics.slots`). Words of the title take slots first.
        """
        slots = SongSlots(self.vocabulary)
        slots.encode(title_words(self._used(title)))
        words = tokenize(text)
        slots.encode(words)
        return slots.without_slot(words)


def load(name: str | Path, checkpoint_dir: str | Path | None = None) -> Songwriter:
    """Load a lyrics network.

    Args:
        name: Name of a run, such as "gene-lyrica-three", the path of its folder, or the path of a
            .gene file.
        checkpoint_dir: Folder that contains all runs. If None, search `checkpoints` in the working
            directory, then `checkpoints` next to this package.

    Returns:
        The network with its vocabulary and settings.

    Raises:
        GeneError: If there is no such run, or its files are damaged or inconsistent.
    """
    folder = find_run("lyrics", name, checkpoint_dir)
    if is_gene_file(folder):
        packed = gene_file.read(folder)
        return Songwriter(
            packed.model, packed.vocabulary, packed.config, known_artists(packed.meta)
        )
    model, vocabulary, meta = load_model(folder)
    return Songwriter(model, vocabulary, read_config(folder), known_artists(meta))


def load_model(folder: str | Path) -> tuple[LyricsModel, Vocabulary, dict]:
    """Load the network, the vocabulary and the metadata of the run in `folder`.

    Raises:
        GeneError: If there is no run, or its files are damaged or inconsistent.
    """
    model, meta = load_run(folder, "lyrics", MODELS)
    path = Path(folder) / "vocabulary.tsv"
    vocabulary = Vocabulary.load(path)
    if len(vocabulary) != model.vocabulary_size:
        raise GeneError(
            f"{path}: {len(vocabulary):,} words, but the network has {model.vocabulary_size:,}; "
            f"{RESTORE_RUN}"
        )
    return model, vocabulary, meta


def known_artists(meta: dict) -> list[str]:
    """Return the artists that a run was trained with, in the order of their indices."""
    return meta["data"].get("artists", [])
