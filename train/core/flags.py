"""The flags that all `python -m train.*` commands share. Imports neither Keras nor JAX."""

import argparse
import shlex

from common.cli import add_checkpoint_dir, bounded_int


def add_run_flags(parser, task: str) -> None:
    """Add the flags that the commands based on `train.core.fit` share.

    Args:
        parser: The parser of the entry point.
        task: Name of the task, such as "lyrics".
    """
    add_folder_flags(parser)
    parser.add_argument(
        "--epochs",
        type=bounded_int(1, 100_000),
        metavar="COUNT",
        help="maximum number of passes over the training data",
    )
    parser.add_argument(
        "--patience",
        type=bounded_int(1, 100_000),
        metavar="EPOCHS",
        help="stop after this many epochs in a row without an improvement",
    )
    parser.add_argument(
        "--save-steps",
        type=bounded_int(1, 10**9),
        metavar="STEPS",
        default=200,
        help="save the state for --resume every STEPS training steps, and after each epoch",
    )
    parser.add_argument(
        "--seed",
        type=bounded_int(0, 2**31 - 1),
        metavar="SEED",
        default=1,
        help="random seed of the run",
    )
    parser.add_argument(
        "--tensorboard",
        action="store_true",
        help="write TensorBoard logs to logs/ in the run folder",
    )
    add_distributed_flags(parser)
    parser.set_defaults(task=task)


def add_folder_flags(parser) -> None:
    """Add the flags for the run folder, and for what to do if it already exists."""
    parser.add_argument(
        "--run",
        metavar="NAME",
        help="name of the run and its folder (default: name of the recipe)",
    )
    add_checkpoint_dir(parser)
    parser.add_argument("--resume", action="store_true", help="continue the run where it stopped")
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="replace an earlier run of the same name once the new run has finished an epoch",
    )


def refuse_resumed_dry_run(parser: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    """Exit with an error if both --dry-run and --resume are given."""
    if args.dry_run and args.resume:
        parser.error("--dry-run: trains nothing, so there is nothing to resume; omit --resume")


def add_distributed_flags(parser) -> None:
    """Add the flags for `jax.distributed`; a launcher that JAX supports makes them unnecessary."""
    group = parser.add_argument_group(
        "distributed training (not needed under mpirun, srun or a Kubernetes indexed job)"
    )
    group.add_argument(
        "--coordinator-address",
        metavar="HOST:PORT",
        help="address on which process 0 listens (default: detected)",
    )
    group.add_argument(
        "--num-processes",
        type=bounded_int(1, 4096),
        metavar="COUNT",
        help="number of processes (default: detected, else 1)",
    )
    group.add_argument(
        "--process-id",
        type=bounded_int(0, 4095),
        metavar="ID",
        help="index of this process, counted from 0 (default: detected)",
    )


def checkpoint_dir_flag(args: argparse.Namespace) -> str:
    """Return ` --checkpoint-dir DIR` to append to a suggested command; "" if it was not given."""
    if "checkpoint_dir" not in args.given:
        return ""
    return f" --checkpoint-dir {shlex.quote(args.checkpoint_dir)}"
