"""Training under Keras `fit`, the same for the four networks: progress, checkpoints, early stopping, resume.

Keras forgets when it resumes (EarlyStopping its best and wait, ModelCheckpoint its best); what is here does not. One
callback, `Recorder`, writes everything, so the order is sure: history, best network, then the state that ends the
epoch. Between epochs the state is saved every `--save-steps` steps.
"""

import csv
import io
import math
import signal
import sys
import time

import keras

from common.cli import GeneError
from common.files import write_text
from common.progress import Progress
from train.core import distributed as together
from train.core.plot_history import draw_history


class Stopped(KeyboardInterrupt):
    """Ctrl-C, after the state has been saved."""


class Patience(keras.callbacks.EarlyStopping):
    """EarlyStopping that begins where a resumed run had come to. enough(logs): stop at once."""

    def __init__(self, monitor, patience, record, enough):
        super().__init__(monitor=monitor, mode="min", patience=patience)
        self.record, self.enough = record, enough

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self.wait, self.best = self.record["wait"], self.record["best"]

    def on_epoch_end(self, epoch, logs=None):
        super().on_epoch_end(epoch, logs)
        self.model.stop_training |= self.enough(logs)
        self.record.update(wait=self.wait, best=float(self.best), stopped=self.model.stop_training)


class RunningMeans(keras.callbacks.Callback):
    """Gives the epoch's running means back to a run that was stopped in the middle of it: `fit` sets them to zero."""

    def __init__(self, trainer, record):
        super().__init__()
        means = (
            trainer.metrics_variables if record["step"] else []
        )  # between epochs they are the last epoch's
        self.values = [keras.ops.convert_to_numpy(v) for v in means]

    def on_epoch_begin(self, epoch, logs=None):
        for variable, value in zip(self.model.metrics_variables, self.values):
            variable.assign(value)
        self.values = []


class Recorder(keras.callbacks.Callback):
    """Writes the run's folder as training goes on. `record` is the JSON half of the state."""

    def __init__(self, run, record, steps, monitor, save_steps, sample):
        super().__init__()
        self.run, self.record, self.steps, self.monitor = run, record, steps, monitor
        self.save_steps, self.sample = save_steps, sample
        self.offset, self.interrupted, self.begun = record["step"], False, time.monotonic()

    def interrupt(self, *_):
        """The first Ctrl-C lets the step end and saves; the second ends at once."""
        if self.interrupted:
            raise KeyboardInterrupt
        self.interrupted = True

    def on_train_batch_end(self, batch, logs=None):
        step = self.offset + batch + 1
        self.record["step"] = step
        if step == self.steps:  # the end of the epoch saves
            return
        if self.interrupted or step % self.save_steps == 0:
            self._save_state()
        if self.interrupted:
            raise Stopped

    def on_epoch_end(self, epoch, logs=None):
        row = {"epoch": epoch + 1} | {k: float(v) for k, v in logs.items()}
        if not all(map(math.isfinite, row.values())):
            raise GeneError(
                f"{self.run.folder}: the loss is no number any more in epoch {epoch + 1}; "
                "give a smaller --learning-rate and --fresh"
            )
        self.record["history"].append(row)
        self.offset = 0
        self.record.update(epoch=epoch + 1, step=0)
        if row[self.monitor] == self.record["best"]:
            self.run.save_model(self.model.network)
        with together.alone(self.model.network) as network:
            self.sample(network, epoch + 1)
        write_text(self.run.path("history.csv"), history_csv(self.record["history"]))
        self._save_state()
        if self.interrupted:
            raise Stopped

    def _save_state(self):
        now = time.monotonic()
        self.run.meta["training_seconds"] = round(
            self.run.meta["training_seconds"] + now - self.begun, 1
        )
        self.begun = now
        self.run.save_state(state_variables(self.model), self.record)
        self.run.tell(self.record, self.monitor)


class Reporter(keras.callbacks.Callback):
    """Prints progress within an epoch and a line after it. `units`: how many a step, and their name."""

    def __init__(self, record, steps, epochs, units, describe):
        super().__init__()
        self.record, self.steps, self.epochs, self.describe = record, steps, epochs, describe
        self.units, self.name = units
        self.progress = None

    def _done(self):
        return self.record["epoch"] * self.steps + self.record["step"]

    def on_train_batch_end(self, batch, logs=None):
        if self.progress is None:  # the first step compiles and says nothing of the speed
            self.progress = Progress(self.epochs * self.steps, self._done())
            return
        self.progress.show(
            self._done(),
            lambda speed: (
                f"epoch {self.record['epoch'] + 1}/{self.epochs}  step {self.record['step']}/{self.steps}  "
                f"{self.describe(logs)}  {speed * self.units:,.0f} {self.name}/s"
            ),
        )

    def on_epoch_end(self, epoch, logs=None):
        if self.progress:
            self.progress.end()
        held_out = {k.removeprefix("val_"): v for k, v in logs.items() if k.startswith("val_")}
        print(
            f"epoch {epoch + 1}/{self.epochs}  {self.describe(logs)}"
            + (f"  held out: {self.describe(held_out)}" if held_out else ""),
            flush=True,
        )


def state_variables(trainer):
    """Everything that the next step hangs on: weights, seeds, carried state, optimizer, and the running means."""
    return [*trainer.variables, *trainer.optimizer.variables, *trainer.metrics_variables]


def fit(
    run,
    trainer,
    args,
    batches,
    steps,
    monitor,
    units,
    sample,
    describe,
    watch=(),
    enough=lambda logs: False,
    **validation,
):
    """Train until `--epochs`, until patience ends or an epoch is good enough.

    trainer: a compiled Keras model whose attribute `network` is what ships; batches(epoch, step): an endless iterator
    of batches from there on; steps: batches an epoch; monitor: the measure that is watched, the less the better;
    units: (how many a step, their name); sample(network, epoch): writes into samples/; describe(logs): a few words;
    watch: callbacks that add measures to what an epoch logs; enough(logs): is this epoch the last?
    validation: keyword arguments of Keras `fit`.
    """
    record = {"epoch": 0, "step": 0, "best": None, "wait": 0, "stopped": False, "history": []}
    trainer.optimizer.build(trainer.trainable_variables)
    if args.resume:
        record = run.load_state(lambda record: _is_sound(record, steps, monitor))
        run.restore(state_variables(trainer))
        run.tell(record, monitor)
        record["stopped"] = record["wait"] >= args.patience or any(
            map(enough, record["history"][-1:])
        )
    recorder = Recorder(run, record, steps, monitor, args.save_steps, sample)
    together.split(trainer)
    callbacks = [
        *watch,
        together.Agreed(),
        RunningMeans(trainer, record),
        Patience(monitor, args.patience, record, enough),
        recorder,
        Reporter(record, steps, args.epochs, units, describe),
    ]
    previous = signal.signal(signal.SIGINT, recorder.interrupt)
    try:
        while record["epoch"] < args.epochs and not record["stopped"]:
            rest = steps - record["step"]
            trainer.fit(
                batches(record["epoch"], record["step"]),
                steps_per_epoch=rest,
                initial_epoch=record["epoch"],
                epochs=args.epochs if rest == steps else record["epoch"] + 1,
                shuffle=False,
                verbose=0,
                callbacks=callbacks,
                **validation,
            )
    except Stopped:
        again = run.meta["command"].replace(" --fresh", "").replace(" --resume", "")
        print(
            f"\nstopped in epoch {record['epoch'] + 1} after step {record['step']}; to go on: {again} --resume",
            file=sys.stderr,
        )
        raise
    finally:
        signal.signal(signal.SIGINT, previous)
    together.leave()
    run.meta["finished"] = True
    run.save_meta()
    draw_history(record["history"], run.path("history.png"))


def _is_sound(record, steps, monitor):
    """Whether a record is one that `fit` has written."""
    counts, history = [record[name] for name in ("epoch", "step", "wait")], record["history"]
    return (
        all(type(count) is int and count >= 0 for count in counts)
        and record["step"] < steps
        and isinstance(record["best"], (float, type(None)))
        and len(history) == record["epoch"]
        and all(
            monitor in row
            and row.keys() == history[0].keys()
            and all(map(math.isfinite, row.values()))
            for row in history
        )
    )


def history_csv(rows):
    """The rows of the history as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: f"{v:.6g}" for k, v in row.items()} for row in rows)
    return text.getvalue()
