"""Train a network that writes lyrics, word by word.

    python -m train.lyrics                              recipe "quick" on Gene's songbook
    python -m train.lyrics --recipe verse               learn English from old verse, which
                                                        python -m data.lyrics.poetry makes
    python -m train.lyrics --recipe gene-lyrica-two     continue from "verse" on the songbook
    python -m train.lyrics --recipe gene-lyrica-one     the network of the blog posts: 14 words in,
                                                        one word out
    python -m train.lyrics --recipe next-line           28 words in, the whole next line out
    python -m train.lyrics --recipe baba-twist          memorize 80 % of the words of one band
    python -m train.lyrics --recipe tod-wonkin          gene-lyrica-one after one epoch
    python -m train.lyrics --recipe poetry              22 million words of verse, vocabulary of
                                                        32,000 (sampled softmax)
    python -m train.lyrics --songs songdata.csv --first-rows 100 --run abc
    python -m train.lyrics --recipe gene-lyrica-two --resume        continue a stopped run

Songs are a CSV file with at least the columns artist and text, plain or gzipped. 8 % of them are
held out to validate the training and another 8 % to test the network; which ones depends only on
the song. With songs of your own, some recipes take what the blog posts took: the first 100 songs
(baba-twist) or the 20 artists with the most songs (gene-lyrica-one). Filters that you give replace
that. The run is saved in checkpoints/lyrics/RUN.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

import argparse
import math
import shlex
from functools import partial
from pathlib import Path

import keras

from common.checkpoint import load_run
from common.cli import run_cli
from data.lyrics.corpus import Corpus
from data.lyrics.vocabulary import Vocabulary
from generate.lyrics import Songwriter
from generate.lyrics.config import write_default
from models.lyrics import LyricsModel
from models.seq2seq import LineSeq2Seq
from train.core.fit import fit
from train.core.meta import write_meta
from train.core.run import Run, open_run
from train.lyrics.arguments import parse
from train.lyrics.build import Training, build, build_trainer, read_corpus
from train.lyrics.evaluation import TrainingSongsMonitor, evaluate
from train.lyrics.warm_start import warm_start

SHOWN_LINES = 4  # of the sample song that is printed at the end


def main(argv: list[str]) -> None:
    """Train, evaluate and say what can be done next."""
    args = parse(argv, __doc__)
    run = open_run(args)
    keras.utils.set_random_seed(args.seed)
    corpus = read_corpus(args)
    training = build(args, corpus)
    network = training.trainer.network
    if args.init_from and not args.resume:
        folder = Path(args.checkpoint_dir) / "lyrics" / args.init_from
        warm_start(folder, network, corpus.vocabulary)
    write_meta(run, args, network, corpus.meta)
    corpus.vocabulary.save(run.path("vocabulary.tsv"))
    write_default(run.folder)
    print(
        f"{run.folder}: {corpus.count_tokens('training'):,} training words, "
        f"vocabulary of {len(corpus.vocabulary):,}, {run.meta['parameter_count']:,} parameters",
        flush=True,
    )
    train(run, args, training, corpus.vocabulary)
    save_metrics(run, args, training, corpus)
    print_next_steps(run, args)


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
        stop_when=lambda logs: memorizes and logs["accuracy"] >= args.stop_at_train_accuracy,
        validation_data=training.validation,
        validation_batch_size=args.batch_size,
    )


def format_logs(logs: dict[str, float]) -> str:
    """Format the metrics of a step or an epoch for one line of output."""
    cross_entropy = logs["cross_entropy"]
    perplexity = math.exp(min(cross_entropy, 50))
    return (
        f"loss {cross_entropy:.3f}  perplexity {perplexity:,.1f}  accuracy {logs['accuracy']:.1%}"
    )


def write_sample(
    run: Run, seed: int, vocabulary: Vocabulary, network: LyricsModel, epoch: int
) -> None:
    """Write a song to samples/ with the network as it is after an epoch."""
    writer = Songwriter(network, vocabulary)
    song = writer.write("hello world", temperature=0.6, form="none", lines=8, seed=seed)
    run.write_sample(sample_name(epoch), song + "\n")


def sample_name(epoch: int) -> str:
    """Return the name of the sample of an epoch, from 1 on."""
    return f"epoch-{epoch:03d}.txt"


def save_metrics(run: Run, args: argparse.Namespace, training: Training, corpus: Corpus) -> None:
    """Write the metrics of the best network into meta.json and print them.

    `training_accuracy` is measured without dropout on `train_sample`, unlike the accuracy that is
    logged during an epoch.
    """
    best = run.meta["best"]
    network, _ = load_run(run.folder, "lyrics", [type(training.trainer.network)])
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
        f"best epoch {best['epoch']}: on held-out songs perplexity "
        f"{run.meta['metrics']['held_out_perplexity']:.1f}, accuracy {best['val_accuracy']:.1%}; "
        f"on training songs accuracy {on_training_songs['accuracy']:.1%}"
    )


def print_next_steps(run: Run, args: argparse.Namespace) -> None:
    """Print the sample of the best epoch, and the commands that use the network."""
    sample = run.path("samples") / sample_name(run.meta["best"]["epoch"])
    lines = sample.read_text(encoding="utf-8").strip().splitlines()[:SHOWN_LINES]
    print("\n" + "\n".join(f"    {line}" for line in lines) + "\n")
    name = run.folder.name
    folder = ""
    if "checkpoint_dir" in args.given:
        folder = f" --checkpoint-dir {shlex.quote(args.checkpoint_dir)}"
    print(f'write a song:       python -m explore.lyrics write "hello world" --run {name}{folder}')
    if run.meta["class_name"] != LineSeq2Seq.__name__:
        export = f"python -m export.tfjs lyrics/{name}{folder}"
        print(f"see it on the page: {export} && python -m export.serve")


if __name__ == "__main__":
    run_cli(main)
