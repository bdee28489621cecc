"""Train networks that add two numbers.

    python -m train.addition                        30 networks with 10 seeds each, all at once
    python -m train.addition --recipe original      the 15 without biases, one by one with Keras fit
    python -m train.addition --recipe solve         all 30, solved instead of trained
    python -m train.addition --hidden 1 2 3 --max-sum 16 100 --seeds 3 --run mine

The training data are 10,000 pairs of numbers up to half of the maximum sum; a fifth of them is
held out for early stopping. Accuracy is the fraction of all pairs of such numbers whose predicted
sum rounds to the correct one. The run is saved in checkpoints/addition/RUN: a table as CSV and
Markdown and, for each network, the weights of the seed with the median error.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend("addition", __doc__)

import math
import sys
import time
from argparse import Namespace
from collections.abc import Iterable, Sequence

import keras

from common.cli import GeneError, run_cli
from common.progress import Progress
from data.addition import NUM_HELD_OUT, NUM_PAIRS
from train.addition.arguments import parse
from train.addition.keras_fit import train_with_fit
from train.addition.sequential import train_sequentially
from train.addition.solve import solve
from train.addition.spec import AdderSpec, Trained, evaluate
from train.addition.stack import empty_stack, fill_stack, select_median
from train.addition.sweep_state import SweepState, initial_state, load_sweep, save_sweep
from train.addition.tables import save_losses, save_tables
from train.addition.vectorized import train_vectorized
from train.core.distributed import shutdown
from train.core.meta import how_to_continue, write_meta
from train.core.run import Run
from train.core.run_folder import open_run

SAVE_INTERVAL = 5  # seconds between saves of the state of a sweep
MAX_NETWORKS = 64  # per run, not counting seeds: the capacity of one exported graph


def network_specs(args: Namespace) -> list[AdderSpec]:
    """Return the networks that the flags describe, ordered by seed.

    Raises:
        GeneError: If there are too many networks for one run.
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
    """Train networks with the recipe of a run, and return them in the order of `specs`."""
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
            run.replace_earlier()
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
    """Raise GeneError if the training of a network diverged."""
    spec = trained.spec
    for epoch, loss in enumerate(trained.losses, 1):
        if not math.isfinite(loss):
            raise GeneError(
                f"--learning-rate: the loss of the network with {spec.hidden} nodes for sums up to "
                f"{spec.max_sum:,} became NaN or infinite in epoch {epoch}; start another run "
                "with --run NAME and a lower --learning-rate"
            )


def main(argv: Sequence[str]) -> None:
    """Train, evaluate and save the networks that the command line describes."""
    args = parse(__doc__, argv)
    network_specs(args)  # reject impossible flags before the run is opened
    run = open_run(args)
    # Distributed training divides the networks, not the batches, among the processes.
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
            run.replace_earlier()
            if args.recipe != "original":  # `original` already prints a line per network
                _show_evaluation(progress, len(rows), len(specs))
        progress.end()
    except KeyboardInterrupt:
        print(f"\nstopped; {how_to_continue(run, args)}", file=sys.stderr)
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
        f"{run.folder}: {len(rows)} networks in {seconds:.1f} s; {perfect} of them add every pair "
        "correctly"
    )


if __name__ == "__main__":
    run_cli(main)
