"""How good are the lyrics networks? One table of every run, beside songs that people wrote and an n-gram model.

    python -m explore.lyrics measure
    python -m explore.lyrics measure gene-lyrica-two quick --songs mine.csv

Perplexity and accuracy are of the test songs, the 8 of 100 that no run has read, not even to know when to stop; the
Kneser-Ney 5-gram model has the run's vocabulary and has read the same songs. The rest is of songs that the network
sings with the settings of the page, each from the first words of a piece of a test or validation song on, and of those
pieces themselves.
The table is printed and kept in checkpoints/lyrics/table.md, a run's figures in its meta.json, and the first 20 of the
songs, unselected, in its samples/songs.txt.
"""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
from keras import ops

from common.cli import GeneError, Parser, bounded_int
from common.files import read_json, sha256, write_json, write_text
from data.lyrics.corpus import open_corpus
from data.lyrics.songs import SONGBOOK
from data.lyrics.tokenizer import detokenize
from data.lyrics.vocabulary import BOS_EOS, NEWLINE, UNK
from explore.lyrics.batch_generate import BEGIN, beginnings, pieces, sing_all
from generate.lyrics.samplers import Sampling
from generate.lyrics.song_form import FORMS
from generate.runs import load_lyrics
from metrics.copied_phrases import Memory
from metrics.diversity import distinct, loops, self_bleu
from metrics.kneser_ney import KneserNey
from metrics.rhyme_rate import line_lengths, rhymed

ORDER, ORIGINAL = 5, "gene-lyrica-one"
KEPT = 20  # songs
PAGE = Sampling(form=FORMS["ballad"])
LOOPS = [
    ("loops, randomness 0", {"randomness": 0}),
    ("loops, randomness 0.5", {"randomness": 0.5}),
    ("loops, randomness 1", {"randomness": 1}),
    ("loops, randomness 0, no guard", {"randomness": 0, "guard": False}),
]
GOALS = {  # of gene-lyrica-two, and the order of the table
    "perplexity": "",
    "of the 5-gram model's": "at most 0.65",
    "of the original's network": "at most 0.65",
    "perplexity, the band told": "",
    "accuracy": "",
    "5-gram model's accuracy": "",
    "accuracy on training songs": "",
    "words it can say": "",
    "loops, randomness 0": "under 5 %",
    "loops, randomness 0.5": "",
    "loops, randomness 1": "",
    "loops, randomness 0, no guard": "",
    "loops, the page's settings": "0 %",
    "distinct-2": "within 10 %",
    "distinct-3": "within 10 %",
    "self-BLEU": "within 10 %",
    "copied words": "under 1 %",
    "longest copied run": "",
    "rhymed pairs of lines": "within 20 %",
    "words a line": "",
    "their spread": "within 20 %",
}
SHARES = {"words it can say", "copied words", "rhymed pairs of lines"}


def main(argv):
    parser = Parser(__doc__, prog="python -m explore.lyrics measure")
    parser.add_argument(
        "runs", nargs="*", metavar="RUN", help="which runs (default: all that have read the songs)"
    )
    parser.add_argument(
        "--count",
        type=bounded_int(2, 10**5),
        default=200,
        help="songs sung a figure (default: %(default)s)",
    )
    parser.add_argument(
        "--guarded",
        type=bounded_int(1, 10**6),
        default=1000,
        help="songs in which loops are looked for with the page's settings (default: %(default)s)",
    )
    parser.add_argument(
        "--checkpoint-dir", metavar="DIR", default="checkpoints", help="where runs live"
    )
    parser.add_argument(
        "--songs", metavar="FILE", default=os.path.relpath(SONGBOOK), help="CSV or CSV.gz"
    )
    parser.add_argument(
        "--cache-dir", metavar="DIR", default=".cache/lyrics", help="where songs wait as numbers"
    )
    args = parser.parse_args(argv)
    folder = Path(args.checkpoint_dir) / "lyrics"
    runs = args.runs or runs_of(folder, args.songs)
    if not runs:
        raise GeneError(
            f"{folder}: no run has read {args.songs}; train one first, e.g. python -m train.lyrics"
        )
    columns = {}
    for run in runs:
        columns[run], people = measure(folder / run, args)
    if ORIGINAL in columns:
        for column in columns.values():
            column["of the original's network"] = (
                column["perplexity"] / columns[ORIGINAL]["perplexity"]
            )
    text = table(columns | {"songs of people": people})
    write_text(folder / "table.md", text)
    print(text, end="")


def runs_of(folder, songs):
    """The names of the runs that have read these songs."""
    fingerprint = sha256(songs)
    return sorted(
        path.parent.name
        for path in folder.glob("*/meta.json")
        if (path.parent / "model.keras").exists()
        and read_json(path).get("data", {}).get("songs_sha256") == fingerprint
    )


def table(columns):
    """Columns {name: {figure: value}} as Markdown, the goals for gene-lyrica-two last."""
    head = ["", *columns, "goal"]
    rows = [
        [figure, *(_told(figure, column.get(figure)) for column in columns.values()), goal]
        for figure, goal in GOALS.items()
        if any(figure in column for column in columns.values())
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in [head, ["---"] * len(head), *rows])


def _told(figure, value):
    if value is None:
        return ""
    if figure in SHARES or "accuracy" in figure or "loops" in figure:
        return f"{value:.1%}"
    return (
        f"{value:,.1f}" if value >= 10 or figure.startswith(("words", "their")) else f"{value:.2f}"
    )


def measure(folder, args):
    """The figures of one run, and those of the songs of people that it is measured beside."""
    network, vocabulary, meta = load_lyrics(folder)
    corpora = [
        open_corpus(args.cache_dir, args.songs, None, None, own, **filters)
        for own, filters in ((vocabulary, {}), (vocabulary, meta["data"]["filters"]))
    ]
    figures = _judged(
        network, sequences(corpora[0], "test"), sequences(corpora[1], "training"), len(vocabulary)
    )
    if network.num_artist_tokens:
        told = open_corpus(
            args.cache_dir, args.songs, None, None, vocabulary, condition_on_artist=True
        )
        bands = _bands(told, len(vocabulary), meta["data"]["artists"])
        nats = [
            judge_song(network, song, band)[0]
            for song, band in zip(sequences(corpora[0], "test"), bands)
        ]
        figures["perplexity, the band told"] = float(np.exp(np.concatenate(nats).mean()))
    held_out, training = (
        _words(corpus, vocabulary, parts)
        for corpus, parts in zip(corpora, (["validation", "test"], ["training"]))
    )
    people, begins = pieces(held_out, args.count), beginnings(held_out, args.guarded)
    if not people:
        raise GeneError(
            f"{args.songs}: no held-out song is long enough to be sung against; give more songs"
        )
    memory = Memory(training)

    def sing(begins, **changes):
        return sing_all(network, vocabulary, begins, replace(PAGE, **changes))

    some = [tuple(piece[:BEGIN]) for piece in people]
    figures["accuracy on training songs"] = meta["best"]["accuracy"]
    figures |= {name: _share(loops, sing(some, **changes)) for name, changes in LOOPS}
    figures["loops, the page's settings"] = _share(loops, sing(begins))
    songs = sing(some)
    figures |= describe(songs, memory)
    write_text(
        folder / "samples" / "songs.txt",
        "\n\n---\n\n".join(
            detokenize([*begin, *song]).strip() for begin, song in zip(some[:KEPT], songs)
        )
        + "\n",
    )
    meta["metrics"] |= {"test": figures}
    write_json(folder / "meta.json", meta)
    theirs = describe([piece[BEGIN:] for piece in people], memory)
    return figures, theirs | {"loops, the page's settings": _share(loops, people)}


def _judged(network, test, training, size):
    """Perplexity, accuracy and the words that can be said, beside the n-gram model's."""
    rival = KneserNey(training, ORDER, size)
    (nats, right), (their_nats, their_right) = (
        (np.concatenate(part) for part in zip(*map(judge, test)))
        for judge in (lambda song: judge_song(network, song), rival.judge)
    )
    words = np.concatenate(test)
    words = words[(words != BOS_EOS) & (words != NEWLINE)]
    return {
        "perplexity": float(np.exp(nats.mean())),
        "of the 5-gram model's": float(np.exp(nats.mean() - their_nats.mean())),
        "accuracy": float(right.mean()),
        "5-gram model's accuracy": float(their_right.mean()),
        "words it can say": float(np.mean(words != UNK)),
    }


def _bands(corpus, first, known):
    """What each test song's band is to a network that knows `known`: its place from 1 on, 0 for any."""
    places = [
        0,
        *(known.index(name) + 1 if name in known else 0 for name in corpus.meta["artists"]),
    ]
    return [places[int(corpus.tokens[begin + 1]) - first] for begin, _ in corpus.songs("test")]


def describe(songs, memory):
    """The figures of songs, each a list of words."""
    mean, spread = line_lengths(songs)
    copied = [mark for song in songs for mark in memory.copied(song)]
    return {
        "distinct-2": distinct(songs, 2),
        "distinct-3": distinct(songs, 3),
        "self-BLEU": self_bleu(songs),
        "copied words": float(np.mean(copied)),
        "longest copied run": max(map(memory.longest, songs)),
        "rhymed pairs of lines": rhymed(songs),
        "words a line": mean,
        "their spread": spread,
    }


def _share(what, songs):
    return float(np.mean([what(song) for song in songs]))


def _words(corpus, vocabulary, parts):
    """Songs of a corpus as lists of words, without the sign that begins them."""
    return [
        vocabulary.decode(corpus.tokens[begin + 1 : end])
        for part in parts
        for begin, end in corpus.songs(part)
    ]


def sequences(corpus, part):
    """The songs of a part as arrays of word numbers, SONG at both ends."""
    found = [
        np.append(corpus.tokens[begin:end], BOS_EOS).astype("int32")
        for begin, end in corpus.songs(part)
    ]
    if not found:
        raise GeneError(f"there is no {part} song in these songs; give more of them")
    return found


def judge_song(network, song, band=0):
    """Nats and hits (0 or 1) of every word of a song but the first, each (words,)."""
    logits = network.logits(song[:-1], band)
    logits = ops.convert_to_numpy(logits).astype("float64")
    logits -= logits.max(axis=1, keepdims=True)
    chance = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -chance[np.arange(len(chance)), song[1:]], chance.argmax(axis=1) == song[1:]
