"""Train a network that writes lyrics, word by word.

    python -m train.lyrics                              recipe "quick" on Gene's songbook
    python -m train.lyrics --recipe verse               learn English from old verse; first run
                                                        python -m data.lyrics.poetry
    python -m train.lyrics --recipe gene-lyrica-two     continue from "verse" on the songbook
    python -m train.lyrics --recipe gene-lyrica-three   continue from "gene-lyrica-two" on both
                                                        songbooks, with titles
    python -m train.lyrics --recipe gene-lyrica-one     the network of the original blog posts: 14
                                                        words in, one word out
    python -m train.lyrics --recipe next-line           28 words in, the whole next line out
    python -m train.lyrics --recipe baba-twist          memorize 80% of the words of one band
    python -m train.lyrics --recipe tod-wonkin          gene-lyrica-one, but only one epoch
    python -m train.lyrics --recipe poetry              22 million words of verse, vocabulary of
                                                        32,000 (sampled softmax)
    python -m train.lyrics --songs songdata.csv --dry-run
    python -m train.lyrics --songs songdata.csv --first-rows 100 --run abc
    python -m train.lyrics --songs mine.txt --init-from kitchen.gene --run mine
                                                        continue from the weights in a .gene file
    python -m train.lyrics --recipe gene-lyrica-two --resume        continue a stopped run

--songs takes a file, a folder or an archive in any common format (see docs/own-data.md); --dry-run
describes the songs and trains nothing. 8% of the songs are held out for validation and another 8%
for testing; all versions of a song are in the same split. On your own songs, two recipes select
songs as the original blog posts did: the first 100 songs (baba-twist) or the 20 artists with the
most songs (gene-lyrica-one), unless you give filters of your own. The run is saved in
checkpoints/lyrics/RUN.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend("lyrics", __doc__)

import argparse
import math
import shlex
from functools import partial

import keras

from common.checkpoint import load_run
from common.cli import run_cli
from common.runs import find_any_run
from data.lyrics.corpus import Corpus
from data.lyrics.songs import has_hash, read_songs
from data.lyrics.summary import Summary
from data.lyrics.tokenizer import NEWLINE_TEXT, detokenize, tokenize
from data.lyrics.vocabulary import Vocabulary
from generate.lyrics import Songwriter
from generate.lyrics.config import write_default
from models.lyrics import LyricsModel
from models.seq2seq import LineSeq2Seq
from train.core.fit import fit
from train.core.flags import checkpoint_dir_flag
from train.core.meta import write_meta
from train.core.run import Run
from train.core.run_folder import open_run
from train.lyrics.arguments import parse, read_filters
from train.lyrics.build import Training, build, build_trainer, read_corpus
from train.lyrics.evaluation import TrainingSongsMonitor, evaluate
from train.lyrics.warm_start import adopt_sizes, warm_start

DRY_RUN_SONGS = 3
FEW_SONGS = 60
SHOWN_LINES = 4  # lines of a sample song to print at the end


def main(argv: list[str]) -> None:
    """Train and evaluate a network, and print the commands to use next."""
    args = parse(argv, __doc__)
    if args.dry_run:
        describe(args)
        return
    run = open_run(args)
    keras.utils.set_random_seed(args.seed)
    if not args.resume:
        adopt_sizes(args)
    corpus = read_corpus(args, run.meta.get("data") if args.resume else None)
    print("\n  ".join([f"{args.songs}:", *corpus.summary()]), flush=True)
    training = build(args, corpus)
    network = training.trainer.network
    if args.init_from and not args.resume:
        folder = find_any_run("lyrics", args.init_from, args.checkpoint_dir)
        warm_start(folder, network, corpus.vocabulary)
    write_meta(run, args, network, _describe_data(run, args, corpus))
    corpus.vocabulary.save(run.path("vocabulary.tsv"))
    write_default(run.location)
    print(
        f"{run.folder}: {corpus.count_tokens('training'):,} training words, "
        f"vocabulary of {len(corpus.vocabulary):,}, {run.meta['parameter_count']:,} parameters",
        flush=True,
    )
    print_expectation(args, corpus)
    train(run, args, training, corpus.vocabulary)
    save_metrics(run, args, training, corpus)
    print_next_steps(run, args)


def describe(args: argparse.Namespace) -> None:
    """Describe the songs in --songs, and print the first three as the network will see them."""
    summary = Summary(args.songs)
    songs: list[str] = []
    for song in read_songs(args.songs, summary=summary, more=args.more_songs, **read_filters(args)):
        tokens = tokenize(song.text)
        summary.words += len(tokens) - tokens.count(NEWLINE_TEXT)
        if len(songs) < DRY_RUN_SONGS:
            songs.append(f"{song.artist}: {song.title or 'no title'}\n{detokenize(tokens)}")
    print("\n  ".join([f"{args.songs}:", *summary.lines()]))
    for song_text in songs:
        print("\n" + "\n".join(f"    {line}" for line in song_text.splitlines()))
    flags = "--recipe gene-lyrica-two --init-from gene-lyrica-two"
    songs_flag = f"--songs {shlex.quote(args.songs)}"
    print(f"\ntrain on them: python -m train.lyrics {flags} {songs_flag} --run NAME")


def print_expectation(args: argparse.Namespace, corpus: Corpus) -> None:
    """Print what to expect if there are only a few songs."""
    songs = sum(corpus.meta["songs"].values())
    if songs < FEW_SONGS:
        print(
            "what to expect: with so few songs, the network mostly repeats their phrases in a "
            f"different order{_advice(args)}",
            flush=True,
        )


def _advice(args: argparse.Namespace) -> str:
    """Return advice for training on a few songs; "" if the flags already follow it."""
    if args.init_from:
        return ""
    flags = "--recipe gene-lyrica-two --init-from gene-lyrica-two"
    return f"; to start from a network that knows English, use {flags}"


def _describe_data(run: Run, args: argparse.Namespace, corpus: Corpus) -> dict:
    """Return the description of the songs for meta.json.

    If the songs still match the hash that an earlier version of Gene saved, keep that hash.
    """
    saved = run.meta.get("data")
    digest = saved.get("songs_sha256") if isinstance(saved, dict) else None
    same = isinstance(digest, str) and has_hash(args.songs, digest)
    return corpus.meta | ({"songs_sha256": digest} if same else {})


def train(run: Run, args: argparse.Namespace, training: Training, vocabulary: Vocabulary) -> None:
    """Run the training loop."""
    memorizes = args.stop_at_train_accuracy > 0
    callbacks = []
    if memorizes:
        callbacks.append(TrainingSongsMonitor(training.train_sample, args.batch_size))
    fit(
        run,
        training.trainer,
        training.batches,
        args,
        monitor="cross_entropy" if memorizes else "val_cross_entropy",
        format_logs=format_logs,
        on_sample=partial(write_sample, run, args.seed, vocabulary),
        extra_callbacks=callbacks,
        stop_when=lambda history: (
            memorizes and history[-1]["accuracy"] >= args.stop_at_train_accuracy
        ),
        validation_data=training.validation,
        validation_batch_size=args.batch_size,
    )


def format_logs(logs: dict[str, float]) -> str:
    """Format the metrics of a step or an epoch as one line."""
    cross_entropy = logs["cross_entropy"]
    perplexity = math.exp(min(cross_entropy, 50))
    return (
        f"loss {cross_entropy:.3f}  perplexity {perplexity:,.1f}  accuracy {logs['accuracy']:.1%}"
    )


def write_sample(
    run: Run, seed: int, vocabulary: Vocabulary, network: LyricsModel, epoch: int
) -> None:
    """Write a song to samples/ with the network at the end of an epoch."""
    writer = Songwriter(network, vocabulary)
    song = writer.write("hello world", temperature=0.6, form="none", lines=8, seed=seed)
    run.write_sample(sample_name(epoch), song + "\n")


def sample_name(epoch: int) -> str:
    """Return the file name of an epoch's sample; epochs are counted from 1."""
    return f"epoch-{epoch:03d}.txt"


def save_metrics(run: Run, args: argparse.Namespace, training: Training, corpus: Corpus) -> None:
    """Write the metrics of the best network to meta.json, and print them.

    `training_accuracy` is measured on `train_sample` without dropout; the accuracy that is logged
    during an epoch is measured with dropout.
    """
    best = run.meta["best"]
    network, _ = load_run(run.location, "lyrics", [type(training.trainer.network)])
    trainer = build_trainer(args, network, corpus)
    trainer.compile()
    on_training_songs = evaluate(trainer, training.train_sample, args.batch_size)
    run.meta["metrics"] = {
        "held_out_perplexity": math.exp(best["val_cross_entropy"]),
        "held_out_accuracy": best["val_accuracy"],
        "training_accuracy": on_training_songs["accuracy"],
    }
    run.save_meta()
    print(
        f"best epoch {best['epoch']}: perplexity "
        f"{run.meta['metrics']['held_out_perplexity']:.1f} and accuracy "
        f"{best['val_accuracy']:.1%} on held-out songs, accuracy "
        f"{on_training_songs['accuracy']:.1%} on training songs"
    )


def print_next_steps(run: Run, args: argparse.Namespace) -> None:
    """Print the sample of the best epoch, and the commands that use the network."""
    sample = run.path("samples") / sample_name(run.meta["best"]["epoch"])
    lines = sample.read_text(encoding="utf-8").strip().splitlines()[:SHOWN_LINES]
    print("\n" + "\n".join(f"    {line}" for line in lines) + "\n")
    name = run.folder.name
    folder = checkpoint_dir_flag(args)
    run_name = shlex.quote(name)
    print(
        f'write a song:     python -m explore.lyrics write "hello world" --run {run_name}{folder}'
    )
    if run.meta["class_name"] != LineSeq2Seq.__name__:
        print(f"put it on a page: python -m export.tfjs {shlex.quote(f'lyrics/{name}')}{folder}")


if __name__ == "__main__":
    run_cli(main)
