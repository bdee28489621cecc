"""Data-parallel training with `keras.distribution`: replicated weights, sharded batches."""

import contextlib
import json

import keras

from common.cli import GeneError
from train.core.collectives import broadcast


class ReplicatedBatchLayout(keras.distribution.DataParallel):
    """Data-parallel distribution in which every process passes the whole batch to Keras.

    `shard_batches` then splits it among the devices. By default, Keras expects each process to pass
    only its share of the batch, which fails if the last batch is smaller.
    """

    def get_data_layout(self, data_shape):
        """Return a layout that replicates the batch on every device."""
        return keras.distribution.TensorLayout([None] * len(data_shape), self.device_mesh)


def shard_batches(trainer: keras.Model) -> None:
    """Make each device compute an equal share of each batch in the steps of a trainer."""
    distribution = keras.distribution.distribution()
    if distribution:
        mesh = distribution.device_mesh
        trainer.train_step = _sharded_step(trainer.train_step, mesh, must_shard=True)
        trainer.test_step = _sharded_step(trainer.test_step, mesh, must_shard=False)


def _sharded_step(step, mesh, must_shard: bool):
    """Wrap a Keras step, so that it splits each batch among the devices.

    If a batch cannot be divided equally, the step raises GeneError if `must_shard` is True; if it
    is False, every device computes the whole batch.
    """
    devices = mesh.devices.size

    def shard(rows):
        if rows.shape[0] % devices == 0:
            axes = [*mesh.axis_names, *[None] * (len(rows.shape) - 1)]
            layout = keras.distribution.TensorLayout(axes, mesh)
            return keras.distribution.distribute_tensor(rows, layout)
        if must_shard:
            raise GeneError(
                f"--batch-size: {rows.shape[0]} rows cannot be divided evenly among "
                f"{devices} devices; use a multiple of {devices}"
            )
        return rows

    return lambda state, data: step(state, keras.tree.map_structure(shard, data))


@contextlib.contextmanager
def local_copy(network: keras.Model):
    """Yield a copy of a network that this process can run without the other processes.

    In a single process, yield the network itself.
    """
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
    """Send the logs of process 0 to every process, so that all stop after the same epoch."""

    def on_epoch_end(self, epoch, logs=None):
        """Replace the logs of the epoch with those of process 0."""
        logs.update(json.loads(broadcast(json.dumps(logs).encode())))
