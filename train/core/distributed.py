"""Train one network in several processes: data-parallel, with JAX (docs/distributed.md).

Every process runs the same program on the same data. Weights are replicated, each device computes
its share of the rows of every batch, and random numbers are drawn for the whole batch, so the
result does not depend on the number of processes, except for rounding. Process 0 writes the run
folder and prints; the others write to a temporary folder.
"""

import os
import sys
import tempfile

from common.keras_quiet import quiet

import jax
import keras
from jax.experimental import multihost_utils

import common.progress
from common.cli import GeneError, bounded_int
from train.core.backend import is_distributed
from train.core.collectives import is_main_process, process_count
from train.core.data_parallel import ReplicatedBatchLayout

INITIALIZATION_TIMEOUT = 300  # seconds to wait for the other processes at the start
HEARTBEAT_TIMEOUT = 30  # seconds without a heartbeat after which a process counts as lost
SHUTDOWN_TIMEOUT = 20  # seconds to wait for the other processes at the end


def add_distributed_flags(parser) -> None:
    """Add JAX's own flags, which a launcher that JAX recognizes makes unnecessary."""
    group = parser.add_argument_group(
        "several processes (not needed under mpirun, srun or a Kubernetes indexed job)"
    )
    group.add_argument(
        "--coordinator-address",
        metavar="HOST:PORT",
        help="address of process 0, which listens there (default: detected)",
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
        help="number of this process, counted from 0 (default: detected)",
    )


def initialize(args) -> tempfile.TemporaryDirectory | None:
    """Connect to the other processes, if there are any.

    Args:
        args: Parsed flags.

    Returns:
        A temporary folder for every process except process 0, which gets None.

    Raises:
        GeneError: If the flags are incomplete or the processes do not meet in time.
    """
    flags = (args.coordinator_address, args.num_processes, args.process_id)
    if flags == (None, None, None) and not is_distributed([], os.environ):
        return None
    _check(args)
    jax.config.update("jax_enable_preemption_service", False)  # it would ignore SIGTERM
    sys.excepthook = _report_lost_process
    try:
        with quiet(), quiet(1):
            import tensorflow  # noqa: F401  (Keras would import it later, with messages)

            jax.distributed.initialize(
                *flags,
                initialization_timeout=INITIALIZATION_TIMEOUT,
                heartbeat_timeout_seconds=HEARTBEAT_TIMEOUT,
                shutdown_timeout_seconds=SHUTDOWN_TIMEOUT,
            )
            multihost_utils.sync_global_devices("start")
    except (RuntimeError, ValueError) as error:
        raise GeneError(
            f"cannot start distributed training ({str(error).strip().splitlines()[0]}); "
            "check --coordinator-address, --num-processes and --process-id"
        ) from None
    keras.distribution.set_distribution(ReplicatedBatchLayout(auto_shard_dataset=False))
    if is_main_process():
        print(
            f"{process_count()} processes; if one of them is lost, start all of them again "
            "with --resume",
            flush=True,
        )
        return None
    _silence_output()
    return tempfile.TemporaryDirectory(prefix="gene-")


def _check(args) -> None:
    host, _, port = (args.coordinator_address or "detected:1").rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise GeneError(
            f"--coordinator-address: {args.coordinator_address!r} is not HOST:PORT, such as "
            "10.0.0.1:7000"
        )
    if args.num_processes and args.process_id is not None:
        if args.process_id >= args.num_processes:
            raise GeneError(
                f"--process-id: {args.process_id} is not from 0 to {args.num_processes - 1}, as "
                f"--num-processes {args.num_processes} requires"
            )
    if keras.backend.backend() != "jax":
        raise GeneError(
            f"training in several processes needs JAX, not {keras.backend.backend()}; "
            "unset KERAS_BACKEND or set it to jax"
        )


def _report_lost_process(kind, error, trace) -> None:
    """Turn JAX's error about a lost connection into one line, and exit without waiting."""
    if not issubclass(kind, jax.errors.JaxRuntimeError):
        sys.__excepthook__(kind, error, trace)
        return
    print(
        f"\nerror: lost another process of the training ({str(error).splitlines()[0][:200]}); "
        "to continue, start all processes again with --resume; their number may change",
        file=sys.stderr,
        flush=True,
    )
    os._exit(2)


def _silence_output() -> None:
    common.progress.enabled = False
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def shutdown() -> None:
    """Wait for the other processes and disconnect: from here on each works on its own."""
    if process_count() > 1:
        keras.distribution.set_distribution(None)
        multihost_utils.sync_global_devices("end of training")
        jax.distributed.shutdown()
