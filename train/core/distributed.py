"""Train one network in several processes: data-parallel, with JAX (docs/distributed.md).

Every process runs the same program on the same data. The weights are replicated, and each device
computes its share of every batch. Random numbers are drawn for the whole batch, so the result does
not depend on the number of processes, except for rounding. Process 0 writes the run folder and
prints the progress. The other processes write to a temporary folder and print nothing.
"""

import contextlib
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator

from common.keras_quiet import quiet

import jax
import keras
from jax.experimental import multihost_utils

import common.progress
from common.cli import GeneError, printable
from train.core.backend import is_distributed
from train.core.collectives import is_main_process, process_count
from train.core.data_parallel import ReplicatedBatchLayout

INITIALIZATION_TIMEOUT = 300  # seconds to wait for the other processes at the start
WAITING_NOTICE = 10  # seconds after which a process prints that it is waiting for the others
HEARTBEAT_TIMEOUT = 30  # seconds without a heartbeat after which a process counts as lost
SHUTDOWN_TIMEOUT = 20  # seconds to wait for the other processes at the end


def initialize(args) -> tempfile.TemporaryDirectory | None:
    """Connect to the other processes, if there are any.

    Args:
        args: Parsed flags.

    Returns:
        A temporary folder to write to; None in process 0, or if there are no other processes.

    Raises:
        GeneError: If the flags are invalid or not all processes connect in time.
    """
    flags = (args.coordinator_address, args.num_processes, args.process_id)
    if flags == (None, None, None) and not is_distributed([], os.environ):
        return None
    _check(args)
    jax.config.update("jax_enable_preemption_service", False)  # it would make SIGTERM ineffective
    sys.excepthook = _report_lost_process
    try:
        with _report_waiting(args), quiet(), quiet(1):
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
            f"--coordinator-address: {args.coordinator_address!r} is not an address with a port; "
            "give HOST:PORT, such as 10.0.0.1:7000"
        )
    if args.num_processes and args.process_id is not None:
        if args.process_id >= args.num_processes:
            raise GeneError(
                f"--process-id: {args.process_id} is too large for --num-processes "
                f"{args.num_processes}; use 0 to {args.num_processes - 1}"
            )
    if keras.backend.backend() != "jax":
        raise GeneError(
            f"training in several processes needs JAX, not {keras.backend.backend()}; "
            "unset KERAS_BACKEND or set it to jax"
        )
    if args.coordinator_address:
        _check_host(host.strip("[]"))


def _check_host(host: str) -> None:
    """Raise GeneError if the host name cannot be resolved; JAX would keep trying until timeout."""
    try:
        socket.getaddrinfo(host, None)
    except (OSError, UnicodeError):  # UnicodeError: a label of the name exceeds 63 characters
        raise GeneError(
            f"--coordinator-address: unknown host {printable(host)}; give the name or address of "
            "the machine that runs process 0"
        ) from None


@contextlib.contextmanager
def _report_waiting(args) -> Iterator[None]:
    """Print a notice if the other processes have not connected after a few seconds."""
    stderr = os.fdopen(os.dup(2), "w")  # a copy, because `quiet` discards what JAX writes to stderr
    where = f" at {args.coordinator_address}" if args.coordinator_address else ""
    text = f"waiting for the other processes{where}, at most {INITIALIZATION_TIMEOUT} seconds"
    timer = threading.Timer(WAITING_NOTICE, print, [text], {"file": stderr, "flush": True})
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        stderr.close()


def _report_lost_process(kind, error, trace) -> None:
    """Turn JAX's error about a lost connection into one line, and exit without waiting."""
    if not issubclass(kind, jax.errors.JaxRuntimeError):
        sys.__excepthook__(kind, error, trace)
        return
    print(
        f"\nerror: lost another training process ({str(error).splitlines()[0][:200]}); "
        "to continue, start all processes again with --resume; their number may change",
        file=sys.stderr,
        flush=True,
    )
    os._exit(2)


def _silence_output() -> None:
    common.progress.enabled = False
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def shutdown() -> None:
    """Wait for the other processes and disconnect, so that each can finish on its own."""
    if process_count() > 1:
        keras.distribution.set_distribution(None)
        multihost_utils.sync_global_devices("end of training")
        jax.distributed.shutdown()
