"""Train networks that add two numbers.

    python -m train.addition                        30 networks and 10 seeds, all at once
    python -m train.addition --recipe original      15 of them, one by one with Keras fit
    python -m train.addition --recipe solve         all 30, solved instead of trained
    python -m train.addition --hidden 1 2 3 --max-sum 16 100 --seeds 3 --run mine

The training data are 10,000 pairs of numbers up to half of the maximum sum; a fifth of them is
held out for early stopping. Accuracy is the share of sums that round to the right number, over
every pair of numbers up to half of the maximum sum. The run is saved in checkpoints/addition/RUN:
a table as CSV and Markdown and, for each network, the seed with the median error.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

import math
import sys
import time
from argparse import Namespace
from collections.abc import Iterable, Sequence

import keras

from common.cli import GeneError, Parser, add_recipes, bounded_float, bounded_int, run_cli
from common.progress import Progress
from data.addition import NUM_HELD_OUT, NUM_PAIRS
from train.addition.keras_fit import train_with_fit
from train.addition.sequential import train_sequentially
from train.addition.solve import solve
from train.addition.spec import AdderSpec, Trained, evaluate
from train.addition.stack import empty_stack, fill_stack, select_median
from train.addition.sweep_state import SweepState, initial_state, load_sweep, save_sweep
from train.addition.tables import save_losses, save_tables
from train.addition.vectorized import train_vectorized
from train.core.distributed import add_distributed_flags, shutdown
from train.core.meta import resume_command, write_meta
from train.core.run import Run, add_folder_flags, open_run

ORIGINAL = {
    "hidden": [1, 2, 4, 8, 16],
    "max_sum": [16, 256, 65536],
    "epochs": 1000,
    "patience": 5,
    "learning_rate": 1e-3,
}
RECIPES = {
    "sweep": ORIGINAL | {"biases": "both", "seeds": 10},
    "original": ORIGINAL | {"biases": "without", "seeds": 10},
    "solve": ORIGINAL | {"biases": "both", "seeds": 10},
}
SAVE_INTERVAL = 5  # seconds between two saved states of a sweep
MAX_NETWORKS = 64  # per run, not counting seeds: the capacity of one exported graph


def parse(argv: Sequence[str]) -> Namespace:
    """Parse the command line and fill in the values of the recipe."""
    parser = Parser(__doc__, prog="python -m train.addition")
    _add_network_flags(parser)
    _add_training_flags(parser)
    add_folder_flags(parser)
    add_distributed_flags(parser)
    parser.set_defaults(task="addition")
    args = add_recipes(parser, RECIPES, argv)
    if args.resume and args.given & {"epochs", "patience"}:
        parser.error(
            "--epochs and --patience cannot be changed on --resume, because they would not "
            "apply to networks that are already finished"
        )
    return args


def _add_network_flags(parser: Parser) -> None:
    group = parser.add_argument_group("networks")
    group.add_argument(
        "--hidden",
        type=bounded_int(1, 256),
        nargs="+",
        metavar="NODES",
        help="numbers of hidden nodes; one network for each",
    )
    group.add_argument(
        "--max-sum",
        type=bounded_int(4, 65536),
        nargs="+",
        metavar="SUM",
        help="largest sums to train for; one network for each",
    )
    group.add_argument(
        "--biases",
        choices=["without", "with", "both"],
        help="train networks without biases, with biases, or both",
    )
    group.add_argument(
        "--seeds",
        type=bounded_int(1, 100),
        help="number of random seeds to train each network with, from --seed upward",
    )
    group.add_argument(
        "--seed",
        type=bounded_int(0, 2**30),
        default=1,
        help="first random seed, for the pairs, the first weights and the order of the pairs "
        "(default: 1)",
    )


def _add_training_flags(parser: Parser) -> None:
    group = parser.add_argument_group("training (recipes sweep and original)")
    group.add_argument(
        "--epochs",
        type=bounded_int(1, 10_000),
        help="maximum number of epochs",
    )
    group.add_argument(
        "--patience",
        type=bounded_int(1, 100_000),
        help="stop after this many epochs without a lower held-out loss",
    )
    group.add_argument(
        "--learning-rate",
        type=bounded_float(1e-9, 1e30),
        help="learning rate of Adam",
    )


def network_specs(args: Namespace) -> list[AdderSpec]:
    """Return the networks that the flags ask for, all of the first seed first.

    Raises:
        GeneError: If they are too many for one run.
    """
    biases = {"without": [False], "with": [True], "both": [False, True]}[args.biases]
    networks = [
        (hidden, has_biases, max_sum)
        for has_biases in biases
        for max_sum in sorted(set(args.max_sum))
        for hidden in sorted(set(args.hidden))
    ]
    if len(networks) > MAX_NETWORKS:
        raise GeneError(
            f"--hidden and --max-sum: {len(networks)} networks, but a run holds at most "
            f"{MAX_NETWORKS}; use fewer values"
        )
    seeds = range(args.seed, args.seed + args.seeds)
    return [AdderSpec(*network, seed) for seed in seeds for network in networks]


def train(args: Namespace, specs: list[AdderSpec], run: Run) -> Iterable[Trained]:
    """Train networks by the recipe of a run, in their order."""
    if args.recipe == "solve":
        return train_sequentially(run, specs, solve, args.resume)
    if args.recipe == "original":
        return train_sequentially(run, specs, lambda spec: _fit_and_report(spec, args), args.resume)
    return sweep(args, specs, run)


def _fit_and_report(spec: AdderSpec, args: Namespace) -> Trained:
    trained = train_with_fit(spec, args.epochs, args.patience, args.learning_rate)
    biases = ", biases" if spec.biases else ""
    print(
        f"seed {spec.seed}, {spec.hidden} nodes{biases}, sums up to {spec.max_sum:,}: "
        f"{len(trained.losses)} epochs, {trained.seconds:.0f} s",
        flush=True,
    )
    return trained


def sweep(args: Namespace, specs: list[AdderSpec], run: Run) -> list[Trained]:
    """Train all networks at once and save the state every few seconds."""
    if args.resume:
        state = load_sweep(run, specs, args.epochs)
    else:
        state = initial_state(specs, args.epochs)
    save_sweep(run, state)
    progress = Progress(args.epochs, state.epoch)
    saved_at = time.monotonic()

    def on_epoch(state: SweepState, num_training: int) -> None:
        nonlocal saved_at
        if time.monotonic() - saved_at > SAVE_INTERVAL or num_training == 0:
            save_sweep(run, state)
            saved_at = time.monotonic()
        progress.show(
            state.epoch,
            lambda speed: (
                f"epoch {state.epoch}, {num_training} of {len(specs)} networks in training, "
                f"{speed:.0f} epochs/s"
            ),
        )

    trained = train_vectorized(
        specs, args.epochs, args.patience, args.learning_rate, state, on_epoch
    )
    progress.end()
    return trained


def check_losses(trained: Trained) -> None:
    """Raise a GeneError if the training of a network diverged."""
    spec = trained.spec
    for epoch, loss in enumerate(trained.losses, 1):
        if not math.isfinite(loss):
            raise GeneError(
                f"--learning-rate: the loss of the network with {spec.hidden} nodes for sums up to "
                f"{spec.max_sum:,} became NaN or infinite in epoch {epoch}; lower the learning "
                "rate and start again with --overwrite"
            )


def main(argv: Sequence[str]) -> None:
    """Train, evaluate and save the networks that the command line asks for."""
    args = parse(argv)
    network_specs(args)  # reject impossible flags before the run is opened
    run = open_run(args)
    # Several processes divide the networks among themselves, not the batches.
    keras.distribution.set_distribution(None)
    specs = network_specs(args)  # with --resume, open_run has replaced the flags
    solved = args.recipe == "solve"
    stack = empty_stack([spec for spec in specs if spec.seed == args.seed])
    write_meta(run, args, stack, {"pairs": NUM_PAIRS, "held_out": NUM_HELD_OUT})

    trained = []
    rows = []
    try:
        networks = train(args, specs, run)
        progress = Progress(len(specs))
        for network in networks:
            check_losses(network)
            trained.append(network)
            rows.append(evaluate(network))
            save_tables(run, rows, solved)
            if args.recipe != "original":  # which prints a line for each network
                _show_evaluation(progress, len(rows), len(specs))
        progress.end()
    except KeyboardInterrupt:
        print(f"\nstopped; to continue: {resume_command(run, args)}", file=sys.stderr)
        raise
    shutdown()

    medians = select_median(trained, rows)
    fill_stack(stack, medians)
    run.save_model(stack)
    if not solved:
        save_losses(run, medians)
    _finish(run, medians, trained, rows)


def _show_evaluation(progress: Progress, done: int, total: int) -> None:
    progress.show(done, lambda speed: f"{done} of {total} networks evaluated")


def _finish(run: Run, medians: list[Trained], trained: list[Trained], rows: list[dict]) -> None:
    """Complete meta.json and print the table."""
    seconds = sum(network.seconds for network in trained)
    perfect = sum(row["all_float32"] == 1 for row in rows)
    run.meta.update(
        seeds=[network.spec.seed for network in medians],
        training_seconds=round(seconds, 1),
        finished=True,
        metrics={"networks": len(rows), "perfect": perfect},
    )
    run.save_meta()
    print(run.path("table.md").read_text(encoding="utf-8"))
    print(
        f"{run.folder}: {len(rows)} networks in {seconds:.1f} s; {perfect} add every pair correctly"
    )


if __name__ == "__main__":
    run_cli(main)
