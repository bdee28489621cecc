"""Choose and load the Keras backend before an entry point imports Keras."""

import os
import sys
from collections.abc import Mapping, Sequence

from common.cli import GeneError, exit_on_error, exit_on_interrupt

COORDINATOR_FLAGS = ("--coordinator-address", "--num-processes", "--process-id")


def select_backend(argv: Sequence[str] | None = None) -> None:
    """Load Keras for an entry point, which calls this before it imports Keras.

    Several processes train on JAX alone, so JAX is chosen for them unless KERAS_BACKEND is set.
    Ends the process with status 2 and one line if Keras or its backend cannot be loaded, and with
    status 130 on Ctrl-C until `run_cli` takes over.

    Args:
        argv: The command line without the program; None for that of this process.
    """
    exit_on_interrupt()
    if is_distributed(sys.argv[1:] if argv is None else argv, os.environ):
        os.environ.setdefault("KERAS_BACKEND", "jax")
    with exit_on_error():
        import common.keras_quiet  # noqa: F401

        if os.environ.get("JAX_PLATFORMS"):
            _check_platforms()


def is_distributed(argv: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Return whether this process is one of several that train together.

    Args:
        argv: The command line without the program.
        environment: The environment variables, in which srun, mpirun and Kubernetes count the
            processes.
    """
    if any(word.split("=")[0] in COORDINATOR_FLAGS for word in argv):
        return True
    return process_count_of(environment) > 1


def process_count_of(environment: Mapping[str, str]) -> int:
    """Return how many processes the launcher has started; 1 without a launcher that JAX knows.

    For a Kubernetes indexed job, whose size only the Kubernetes API knows, the result is 2.
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
    """Raise GeneError if JAX_PLATFORMS names hardware that is not here."""
    import jax

    try:
        jax.devices()
    except Exception as error:  # JAX raises an AssertionError without text
        raise GeneError(
            f"JAX_PLATFORMS={os.environ['JAX_PLATFORMS']}: JAX finds no such device "
            f"({type(error).__name__}); unset JAX_PLATFORMS"
        ) from None
