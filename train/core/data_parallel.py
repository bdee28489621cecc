"""Data-parallel training with `keras.distribution`: replicated weights, sharded batches."""

import contextlib
import json

import keras

from common.cli import GeneError
from train.core.collectives import broadcast


class ReplicatedBatchLayout(keras.distribution.DataParallel):
    """Data-parallel distribution in which every process has the whole batch.

    `shard_batches` then gives each device its rows. Keras itself expects a share of the batch from
    every process, which fails for a smaller last batch.
    """

    def get_data_layout(self, data_shape):
        """Return the layout of a batch: replicated."""
        return keras.distribution.TensorLayout([None] * len(data_shape), self.device_mesh)


def shard_batches(trainer: keras.Model) -> None:
    """Make the steps of a trainer give every device its share of the rows of a batch."""
    distribution = keras.distribution.distribution()
    if distribution:
        mesh = distribution.device_mesh
        trainer.train_step = _sharded_step(trainer.train_step, mesh, must_shard=True)
        trainer.test_step = _sharded_step(trainer.test_step, mesh, must_shard=False)


def _sharded_step(step, mesh, must_shard: bool):
    """Wrap a Keras step; batches that cannot be sharded stay whole, or raise GeneError."""
    devices = mesh.devices.size

    def shard(rows):
        if rows.shape[0] % devices == 0:
            axes = [*mesh.axis_names, *[None] * (len(rows.shape) - 1)]
            layout = keras.distribution.TensorLayout(axes, mesh)
            return keras.distribution.distribute_tensor(rows, layout)
        if must_shard:
            raise GeneError(
                f"--batch-size: {rows.shape[0]} rows cannot be divided among {devices} devices; "
                f"use a multiple of {devices}"
            )
        return rows

    return lambda state, data: step(state, keras.tree.map_structure(shard, data))


@contextlib.contextmanager
def local_copy(network: keras.Model):
    """Yield a copy of a network that this process can run without the others.

    Without distribution it is the network itself.
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
    """Give every process the logs of process 0, so that all stop at the same epoch."""

    def on_epoch_end(self, epoch, logs=None):
        """Replace the logs of an epoch."""
        logs.update(json.loads(broadcast(json.dumps(logs).encode())))
