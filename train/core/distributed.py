"""Several processes, on one machine or many, train one network: data-parallel, with keras.distribution on JAX.

    python -m train.lyrics --coordinator 10.0.0.1:7000 --processes 2 --index 0      on the machine 10.0.0.1
    python -m train.lyrics --coordinator 10.0.0.1:7000 --processes 2 --index 1      on another

All run the same program with the same flags on the same data. The weights lie on every device, and each device takes
its share of the rows of every batch; random numbers are drawn for the whole batch, so a training is the same with any
number of processes, but for rounding. Process 0 alone speaks and keeps the run; what the others write goes to a
temporary folder.
"""

import atexit
import contextlib
import io
import json
import os
import sys
import tempfile
import time

from common.keras_quiet import quiet

import jax
import keras
import numpy as np
from jax.experimental.multihost_utils import process_allgather

from common.cli import GeneError, bounded_int
from train.core.lifeline import PARTING, Watch, meet

LENT = ["meta.json", "state.npz", "model.keras"]  # what the others need of a run that goes on
_watches = []  # the Watch over the other processes, while there are any


def add_distributed_flags(parser):
    """The flags that say which process of how many this is."""
    group = parser.add_argument_group("several processes, on one machine or many (JAX)")
    group.add_argument(
        "--coordinator", metavar="HOST:PORT", help="where process 0 runs and listens"
    )
    group.add_argument("--processes", type=bounded_int(1, 4096), help="how many there are")
    group.add_argument(
        "--index", type=bounded_int(0, 4095), help="which of them this is, from 0 on"
    )


def initialize(args):
    """Meet the other processes that the flags speak of, if they do. GeneError when that cannot be.

    Returns a temporary folder (TemporaryDirectory), where all but process 0 shall write, or None where there is one.
    """
    if (args.coordinator, args.processes, args.index) == (None, None, None):
        return None
    host, port = _checked(args)
    lines, engine = meet(host, port, args.processes, args.index)
    jax.config.update("jax_enable_recoverability", True)  # or JAX aborts when a process is gone
    jax.config.update("jax_enable_preemption_service", False)  # or SIGTERM ends none any more
    with quiet():
        import tensorflow  # noqa: F401  (Keras loads it on every engine before long)

        jax.distributed.initialize(
            f"{host}:{engine}",
            args.processes,
            args.index,
            shutdown_timeout_seconds=5,
            coordinator_bind_address=f"{host}:{engine}",
        )
    scratch = tempfile.TemporaryDirectory(prefix="gene-") if args.index else None
    _watches.append(Watch(lines, scratch))
    atexit.register(_part)
    sys.excepthook = _leave_it_to_the_watch
    if args.index:
        _hush()
    with quiet(1):  # Gloo greets
        all_gather(b"")
    keras.distribution.set_distribution(ReplicatedBatchLayout(auto_shard_dataset=False))
    return scratch


def _checked(args):
    """Host and port of the coordinator."""
    if None in (args.coordinator, args.processes, args.index):
        raise GeneError("--coordinator, --processes and --index go together; give all three")
    if args.index >= args.processes:
        raise GeneError(
            f"--index: {args.index} is none of 0 to {args.processes - 1}, as there are "
            f"{args.processes} --processes"
        )
    host, _, port = args.coordinator.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise GeneError(
            f"--coordinator: {args.coordinator!r} is not HOST:PORT, such as 10.0.0.1:7000"
        )
    if keras.backend.backend() != "jax":
        raise GeneError(
            f"--coordinator: several processes train on JAX, not on {keras.backend.backend()}; "
            "leave out KERAS_BACKEND"
        )
    return host, int(port)


def _hush():
    """Nothing is said any more, by native code neither, but for errors on sys.stderr."""
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1)
    nothing = os.open(os.devnull, os.O_WRONLY)
    for output in (1, 2):
        os.dup2(nothing, output)


def _leave_it_to_the_watch(kind, error, trace):
    """An error of the engine is most often that a process is gone, which the watch says in a line before long."""
    time.sleep(PARTING + 3)
    sys.__excepthook__(kind, error, trace)


def shutdown():
    """Wait for the other processes, then part: from here on each works alone."""
    if _watches:
        keras.distribution.set_distribution(None)
        _watches[0].over = True
        all_gather(b"")
        _part()


def _part():
    """Process 0 goes last: it has the engine's service, without which the others would be aborted."""
    if _watches:
        watch = _watches.pop()
        watch.goodbye()
        if jax.process_index():
            jax.distributed.shutdown()
        watch.part()
        jax.distributed.shutdown()


def all_gather(data):
    """The bytes that every process gives, in the order of the processes."""
    if not _watches:
        return [data]
    sizes = process_allgather(np.int32(len(data))).ravel()
    rows = process_allgather(np.frombuffer(data.ljust(max(1, sizes.max()), b"\0"), "uint8"))
    return [row[:size].tobytes() for row, size in zip(rows.reshape(len(sizes), -1), sizes)]


def all_gather_arrays(arrays):
    """The list of arrays that every process gives, in the order of the processes."""
    file = io.BytesIO()
    np.savez(file, *arrays)
    return [list(np.load(io.BytesIO(data)).values()) for data in all_gather(file.getvalue())]


def process_count():
    """How many there are, this one included."""
    return jax.process_count() if _watches else 1


def shard_slice(count):
    """The slice of `count` things that is this process' own."""
    if not _watches:
        return slice(count)
    return slice(*(count * (jax.process_index() + more) // jax.process_count() for more in (0, 1)))


def broadcast(values):
    """The values, a JSON object, that process 0 has."""
    return json.loads(all_gather(json.dumps(values).encode())[0])


def assert_equal(values):
    """GeneError unless every process has the same values, a JSON object."""
    values, first = json.loads(json.dumps(values)), broadcast(values)
    if differing := [name for name in first if values.get(name) != first[name]]:
        raise GeneError(
            f"--index: this process and process 0 were started with different {', '.join(differing)}; "
            "give all the same flags and data"
        )


def lend(folder):
    """Process 0's half of `borrow`."""
    for name in LENT:
        path = folder / name
        all_gather(path.read_bytes() if path.exists() else b"")


def borrow(folder):
    """Copy what process 0 has of a run that goes on."""
    for name in LENT:
        if data := all_gather(b"")[0]:
            (folder / name).write_bytes(data)


class ReplicatedBatchLayout(keras.distribution.DataParallel):
    """Weights lie on every device, and so do batches, as they come; `split` gives each device its share of them.

    Keras' own way, a share from every process, has no place for a last batch that is smaller.
    """

    def get_data_layout(self, data_shape):
        return keras.distribution.TensorLayout([None] * len(data_shape), self.device_mesh)


def shard_batches(trainer):
    """Make a Keras model's steps give every device its share of the rows, where there are several processes."""
    if keras.distribution.distribution():
        trainer.train_step = _split_step(trainer.train_step, _refuse)
        trainer.test_step = _split_step(trainer.test_step, lambda rows, devices: rows)


def _split_step(step, otherwise):
    """otherwise(rows, devices): what becomes of rows that cannot be split."""
    mesh = keras.distribution.distribution().device_mesh

    def rows_of(rows):
        if rows.shape[0] % mesh.devices.size:
            return otherwise(rows, mesh.devices.size)
        axes = [*mesh.axis_names, *[None] * (len(rows.shape) - 1)]
        return keras.distribution.distribute_tensor(
            rows, keras.distribution.TensorLayout(axes, mesh)
        )

    return lambda state, data: step(state, keras.tree.map_structure(rows_of, data))


def _refuse(rows, devices):
    raise GeneError(
        f"--processes: a batch of {rows.shape[0]} rows cannot be split among {devices} devices; "
        f"give --lanes or --batch a multiple of {devices}"
    )


@contextlib.contextmanager
def local_copy(network):
    """A copy of a network that this process can ask without the others; where there are none, the network itself."""
    distribution = keras.distribution.distribution()
    if distribution is None:
        yield network
        return
    keras.distribution.set_distribution(None)
    try:
        copy = network.from_config(network.get_config())
        copy.set_weights(network.get_weights())
        yield copy
    finally:
        keras.distribution.set_distribution(distribution)


class BroadcastLogs(keras.callbacks.Callback):
    """What process 0 logs of an epoch is what all log, so that they stop together."""

    def on_epoch_end(self, epoch, logs=None):
        logs.update(broadcast(logs))
