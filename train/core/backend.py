"""Choose and load the Keras backend before an entry point imports Keras."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

from common.cli import GeneError, add_checkpoint_dir, exit_on_error, exit_on_interrupt
from common.runs import BACKENDS, find_run, read_meta

_HELP = {"-h", "--help"}
COORDINATOR_FLAGS = ("--coordinator-address", "--num-processes", "--process-id")


def select_backend(task: str = "", doc: str | None = None) -> None:
    """Choose the backend and import Keras; entry points call this before they import Keras.

    `--help` prints the help and exits without loading Keras, which would take seconds.

    KERAS_BACKEND, if set, determines the backend. Otherwise, distributed training uses JAX, the
    only backend that supports it, and a resumed run uses the backend that it was trained with. If
    Keras or its backend cannot be loaded, the process prints one line and exits with status 2.
    Until `run_cli` takes over, Ctrl-C ends it with status 130.

    Args:
        task: Task of a training command, such as "lyrics"; `train.<task>.arguments` defines its
            command line and its recipes. "" for other commands.
        doc: Description of a training command for `--help`.
    """
    exit_on_interrupt()
    argv = sys.argv[1:]
    with exit_on_error():
        if task and not _HELP.isdisjoint(argv):
            import_module(f"train.{task}.arguments").parse(argv=argv, doc=doc)
        backend = "jax" if is_distributed(argv, os.environ) else None
        if task and not backend:
            backend = saved_backend(argv, task)
        if backend:
            os.environ.setdefault("KERAS_BACKEND", backend)
        import common.keras_quiet  # noqa: F401

        if os.environ.get("JAX_PLATFORMS"):
            _check_platforms()


def saved_backend(argv: Sequence[str], task: str) -> str | None:
    """Return the backend of the run that a command line resumes; None if there is no such run."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--run")
    parser.add_argument("--recipe")
    add_checkpoint_dir(parser)
    try:
        args, _ = parser.parse_known_args(argv)
        if not args.resume:
            return None
        recipe = args.recipe or next(iter(import_module(f"train.{task}.arguments").RECIPES))
        folder = find_run(task, recipe if args.run is None else args.run, args.checkpoint_dir)
        backend = read_meta(folder).get("backend")
    except (argparse.ArgumentError, GeneError, OSError):
        return None  # opening the run will report the error
    return backend if backend in BACKENDS else None


def is_distributed(argv: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Return whether this process is one of several that train together.

    Args:
        argv: The command-line arguments, without the program name.
        environment: The environment variables; srun, mpirun and Kubernetes set some of them for
            each process.
    """
    if any(word.split("=")[0] in COORDINATOR_FLAGS for word in argv):
        return True
    return process_count_of(environment) > 1


def process_count_of(environment: Mapping[str, str]) -> int:
    """Return the number of processes started by a launcher that JAX supports; 1 if there is none.

    Only the Kubernetes API knows the size of an indexed job, so for such a job the result is 2,
    which stands for "more than one".
    """
    if "OMPI_COMM_WORLD_SIZE" in environment:  # mpirun
        return _count(environment["OMPI_COMM_WORLD_SIZE"])
    if "SLURM_STEP_NODELIST" in environment:  # srun
        return _count(environment.get("SLURM_NTASKS", ""))
    if "KUBERNETES_SERVICE_HOST" in environment and "JOB_COMPLETION_INDEX" in environment:
        return 2
    return 1


def _count(text: str) -> int:
    return int(text) if text.isdecimal() else 1


def _check_platforms() -> None:
    """Raise GeneError if JAX_PLATFORMS names hardware that this machine does not have."""
    import jax

    try:
        jax.devices()
    except Exception as error:  # JAX raises an AssertionError without text
        raise GeneError(
            f"JAX_PLATFORMS={os.environ['JAX_PLATFORMS']}: JAX finds no such device "
            f"({type(error).__name__}); unset JAX_PLATFORMS"
        ) from None
