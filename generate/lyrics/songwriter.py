"""Load a trained lyrics network and write songs with it."""

from pathlib import Path
from typing import Any

from common.checkpoint import load_run
from common.cli import GeneError
from common.runs import find_run
from data.lyrics.tokenizer import detokenize, tokenize
from data.lyrics.vocabulary import Vocabulary
from generate.lyrics.config import GenerationConfig, override, read_config
from generate.lyrics.generation import generate
from models.bigru import WindowedBiGRU
from models.lyrics import LSTMLanguageModel, LyricsModel
from models.seq2seq import LineSeq2Seq

MODELS = [LSTMLanguageModel, WindowedBiGRU, LineSeq2Seq]


class Songwriter:
    """A lyrics network with its vocabulary and settings.

    Args:
        model: The network.
        vocabulary: The vocabulary that it was trained with.
        config: Default settings of `write`.
        artists: The artists whose style it can be asked for.
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
        self, text: str = "", *, seed: int = 1, artist: str | None = None, **settings: Any
    ) -> str:
        """Write a song.

        Args:
            text: How the song starts.
            seed: Random seed, 0 to 2^32 - 1. The same arguments give the same song again.
            artist: Name of the artist in whose style to write; None for any.
            **settings: Attributes of `GenerationConfig` that replace those of `config`, such as
                `temperature`, `top_p`, `min_p`, `top_k`, `no_repeat_ngram_size`, `loop_guard`,
                `lines`, or `form` (a name such as "ballad" or a rhyme scheme such as "abab CCDD").

        Returns:
            The song, starting with `text` in lowercase.

        Raises:
            GeneError: A setting is out of range, or the network does not know the artist.
        """
        config = override(self.config, settings)
        words = tokenize(text)
        [tokens] = generate(
            self.model,
            [self.vocabulary.encode(words).tolist()],
            config,
            [seed],
            self.artist_index(artist),
            self.vocabulary.rhyme_classes,
        )
        return detokenize(words + self.vocabulary.decode(tokens))

    def artist_index(self, name: str | None) -> int:
        """Return the number by which the network knows an artist: from 1 on, 0 for any.

        Raises:
            GeneError: The network does not know the artist.
        """
        if not name:
            return 0
        for index, artist in enumerate(self.artists, 1):
            if artist.casefold() == name.casefold():
                return index
        if not self.artists:
            raise GeneError(f"artist {name!r}: this network was not trained with artists' names")
        raise GeneError(f"artist {name!r}: unknown; known artists: {', '.join(self.artists[:40])}")

    def unknown_words(self, text: str) -> list[str]:
        """Return the words of a text that the network does not know, each once, in order."""
        return self.vocabulary.out_of_vocabulary(tokenize(text))


def load(name: str | Path, checkpoint_dir: str | Path | None = None) -> Songwriter:
    """Load a lyrics network.

    Args:
        name: Name of a run, such as "gene-lyrica-two", or path of its folder.
        checkpoint_dir: Folder of all runs; None for `checkpoints` in the working directory, else
            next to this package.

    Returns:
        The network, ready to write.

    Raises:
        GeneError: There is no such run, or its files are damaged or do not belong together.
    """
    folder = find_run("lyrics", name, checkpoint_dir)
    model, vocabulary, meta = load_model(folder)
    return Songwriter(model, vocabulary, read_config(folder), known_artists(meta))


def load_model(folder: str | Path) -> tuple[LyricsModel, Vocabulary, dict]:
    """Load the network, the vocabulary and the metadata of the run in `folder`.

    Raises:
        GeneError: There is no run, or its files are damaged or do not belong together.
    """
    model, meta = load_run(folder, "lyrics", MODELS)
    path = Path(folder) / "vocabulary.tsv"
    vocabulary = Vocabulary.load(path)
    if len(vocabulary) != model.vocabulary_size:
        raise GeneError(
            f"{path}: {len(vocabulary):,} words, but the network has {model.vocabulary_size:,}"
        )
    return model, vocabulary, meta


def known_artists(meta: dict) -> list[str]:
    """Return the artists that a run was trained to tell apart, in the network's order."""
    return meta["data"].get("artists", [])
