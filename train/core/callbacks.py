"""Callbacks that make Keras `fit` resumable at any step.

Keras callbacks lose their state when training is resumed: `EarlyStopping` loses `best` and `wait`,
and `ModelCheckpoint` loses `best`. The callbacks in this module keep these values in `record`, the
JSON part of state.npz:

    epoch    finished epochs
    step     finished steps of the current epoch
    best     best value of the monitored metric so far, or None
    wait     epochs without an improvement
    stopped  whether early stopping has ended training
    history  one dictionary per finished epoch, as in history.csv
"""

import math
import time
from collections.abc import Callable
from typing import Any

import keras

from common.cli import GeneError
from common.files import write_text
from common.progress import Progress
from common.tables import as_csv
from train.core.data_parallel import local_copy
from train.core.run import Run

Logs = dict[str, float]
Record = dict[str, Any]


class Interrupted(KeyboardInterrupt):
    """Raised on Ctrl-C, after the state has been saved."""


class ResumableEarlyStopping(keras.callbacks.EarlyStopping):
    """`EarlyStopping` that keeps its state when a run is resumed.

    Args:
        monitor: Name of the metric to minimize.
        patience: Epochs without an improvement after which training stops.
        record: The JSON part of the state; this callback updates `wait`, `best` and `stopped`.
        stop_when: Called with the logs of all epochs; training stops if it returns True.
    """

    def __init__(
        self, monitor: str, patience: int, record: Record, stop_when: Callable[[list[Logs]], bool]
    ):
        super().__init__(monitor=monitor, mode="min", patience=patience)
        self.record = record
        self.stop_when = stop_when

    def on_train_begin(self, logs=None):
        """Restore `best` and `wait` from the record."""
        super().on_train_begin(logs)
        self.wait = self.record["wait"]
        self.best = self.record["best"]

    def on_epoch_end(self, epoch, logs=None):
        """Update the record and decide whether to stop."""
        super().on_epoch_end(epoch, logs)
        self.model.stop_training |= self.stop_when([*self.record["history"], logs])
        self.record.update(wait=self.wait, best=float(self.best), stopped=self.model.stop_training)


class RestoreMetrics(keras.callbacks.Callback):
    """Restore the running metrics of an interrupted epoch, which `fit` would reset to zero."""

    def __init__(self, trainer: keras.Model, record: Record):
        super().__init__()
        # Between epochs there is nothing to restore: the variables hold the values of the last
        # finished epoch, which `fit` should reset.
        variables = trainer.metrics_variables if record["step"] else []
        self.values = [keras.ops.convert_to_numpy(variable) for variable in variables]

    def on_epoch_begin(self, epoch, logs=None):
        """Restore the metrics in the first epoch only."""
        if self.values:
            for variable, value in zip(self.model.metrics_variables, self.values, strict=True):
                variable.assign(value)
        self.values = []


class CheckpointCallback(keras.callbacks.Callback):
    """Write the run folder during training.

    A single callback writes all files, to guarantee their order: the best model, the samples, the
    history, and finally the state, which completes the epoch. Within an epoch, the state is saved
    every `save_steps` steps. When the first epoch is complete, the new run replaces an earlier run
    of the same name.

    Args:
        run: The run to write to.
        record: The JSON part of the state.
        steps: Steps per epoch.
        monitor: Name of the metric to minimize.
        save_steps: Number of steps between saves of the state.
        on_sample: Called after each epoch with the network and the epoch, counted from 1.
    """

    def __init__(
        self,
        run: Run,
        record: Record,
        *,
        steps: int,
        monitor: str,
        save_steps: int,
        on_sample: Callable[[keras.Model, int], None],
    ):
        super().__init__()
        self.run = run
        self.record = record
        self.steps = steps
        self.monitor = monitor
        self.save_steps = save_steps
        self.on_sample = on_sample
        self.step_offset = record["step"]
        self.interrupted = False
        self.saved_at = time.monotonic()

    def interrupt(self, *_) -> None:
        """Handle Ctrl-C: the first lets the step finish and saves, the second stops immediately."""
        if self.interrupted:
            raise KeyboardInterrupt
        self.interrupted = True

    def on_train_batch_end(self, batch, logs=None):
        """Save the state every `save_steps` steps, and after Ctrl-C."""
        step = self.step_offset + batch + 1
        self.record["step"] = step
        if step == self.steps:  # on_epoch_end saves
            return
        if self.interrupted or step % self.save_steps == 0:
            self._save_state()
        if self.interrupted:
            raise Interrupted

    def on_epoch_end(self, epoch, logs=None):
        """Write all files of the run; raise GeneError if the loss or a metric is not finite."""
        row = {"epoch": epoch + 1} | {name: float(value) for name, value in logs.items()}
        if not all(map(math.isfinite, row.values())):
            raise GeneError(
                f"{self.run.folder}: loss became NaN or infinite in epoch {epoch + 1}; "
                "start another run with --run NAME and a lower --learning-rate"
            )
        self.record["history"].append(row)
        self.step_offset = 0
        self.record.update(epoch=epoch + 1, step=0)
        if row[self.monitor] == self.record["best"]:
            self.run.save_model(self.model.network)
        with local_copy(self.model.network) as network:
            self.on_sample(network, epoch + 1)
        write_text(self.run.path("history.csv"), as_csv(self.record["history"]))
        self._save_state()
        self.run.replace_earlier()
        if self.interrupted:
            raise Interrupted

    def _save_state(self) -> None:
        now = time.monotonic()
        seconds = self.run.meta["training_seconds"] + now - self.saved_at
        self.run.meta["training_seconds"] = round(seconds, 1)
        self.saved_at = now
        self.run.save_state(state_variables(self.model), self.record)
        self.run.update_progress(self.record, self.monitor)


class ProgressCallback(keras.callbacks.Callback):
    """Print progress during each epoch, and a line with its metrics at the end.

    Args:
        record: The JSON part of the state.
        data: The training batches; `steps`, `items_per_step` and `item_name` are used.
        epochs: Maximum number of epochs.
        format_logs: Formats the metrics of an epoch as one line.
    """

    def __init__(self, record: Record, data, epochs: int, format_logs: Callable[[Logs], str]):
        super().__init__()
        self.record = record
        self.data = data
        self.epochs = epochs
        self.format_logs = format_logs
        self.progress = None

    def _steps_done(self) -> int:
        return self.record["epoch"] * self.data.steps + self.record["step"]

    def _line(self, logs: Logs, steps_per_second: float) -> str:
        items = steps_per_second * self.data.items_per_step
        return (
            f"epoch {self.record['epoch'] + 1}/{self.epochs}  "
            f"step {self.record['step']}/{self.data.steps}  "
            f"{self.format_logs(logs)}  {items:,.0f} {self.data.item_name}/s"
        )

    def on_train_batch_end(self, batch, logs=None):
        """Update the progress line."""
        if self.progress is None:  # do not time the first step, which includes compilation
            self.progress = Progress(self.epochs * self.data.steps, self._steps_done())
            return
        self.progress.show(self._steps_done(), lambda speed: self._line(logs, speed))

    def on_epoch_end(self, epoch, logs=None):
        """Print the metrics of the epoch."""
        if self.progress:
            self.progress.end()
        validation = {
            name.removeprefix("val_"): value
            for name, value in logs.items()
            if name.startswith("val_")
        }
        line = f"epoch {epoch + 1}/{self.epochs}  {self.format_logs(logs)}"
        if validation:
            line += f"  held out: {self.format_logs(validation)}"
        print(line, flush=True)


def state_variables(trainer: keras.Model) -> list:
    """Return all variables that the next training step depends on.

    Args:
        trainer: A compiled Keras model.

    Returns:
        Weights, random seeds, recurrent states, optimizer variables and running metrics.
    """
    return [*trainer.variables, *trainer.optimizer.variables, *trainer.metrics_variables]
