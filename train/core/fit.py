"""Train a network with Keras `fit`: progress, checkpoints, early stopping and exact resume."""

import math
import signal
import sys
from collections.abc import Callable, Sequence

import keras

from train.core.callbacks import (
    CheckpointCallback,
    Interrupted,
    Logs,
    ProgressCallback,
    Record,
    RestoreMetrics,
    ResumableEarlyStopping,
    state_variables,
)
from train.core.collectives import is_main_process
from train.core.data_parallel import BroadcastLogs, shard_batches
from train.core.distributed import shutdown
from train.core.meta import resume_command
from train.core.plot_history import plot_history
from train.core.run import Run


def fit(
    run: Run,
    trainer: keras.Model,
    data,
    args,
    *,
    monitor: str,
    format_logs: Callable[[Logs], str],
    on_sample: Callable[[keras.Model, int], None] = lambda network, epoch: None,
    extra_callbacks: Sequence[keras.callbacks.Callback] = (),
    stop_when: Callable[[Logs], bool] = lambda logs: False,
    validation_data=None,
    validation_batch_size: int | None = None,
) -> None:
    """Train until `args.epochs`, until patience runs out, or until `stop_when` is true.

    Args:
        run: The run folder, which is written during training.
        trainer: A compiled Keras model whose attribute `network` is the model that is saved.
        data: Training batches (see `train.core.batches.ResumableBatches`): `steps` per epoch,
            `batches(epoch, step)`, which yields batches without end from that step on, and
            `items_per_step` and `item_name` for the progress line.
        args: Parsed flags; `epochs`, `patience`, `save_steps` and `resume` are used.
        monitor: Name of the logged metric to minimize.
        format_logs: Formats metrics for one line of progress.
        on_sample: Called after each epoch with a network and the number of the epoch; writes
            samples.
        extra_callbacks: Callbacks that add metrics to the logs of an epoch.
        stop_when: Called with the logs of an epoch; training stops if it returns True.
        validation_data: Arrays for Keras `fit`, evaluated after each epoch.
        validation_batch_size: Batch size for `validation_data`.

    Raises:
        GeneError: If the state does not fit on `--resume`, or if the loss is not finite.
        Interrupted: After Ctrl-C, when the state has been saved.
    """
    record = _open_record(run, trainer, data.steps, args, monitor, stop_when)
    checkpoint = CheckpointCallback(
        run,
        record,
        steps=data.steps,
        monitor=monitor,
        save_steps=args.save_steps,
        on_sample=on_sample,
    )
    callbacks = [
        *extra_callbacks,
        BroadcastLogs(),
        RestoreMetrics(trainer, record),
        ResumableEarlyStopping(monitor, args.patience, record, stop_when),
        checkpoint,
        ProgressCallback(record, data, args.epochs, format_logs),
    ]
    shard_batches(trainer)
    previous_handler = signal.signal(signal.SIGINT, checkpoint.interrupt)
    try:
        while record["epoch"] < args.epochs and not record["stopped"]:
            steps_left = data.steps - record["step"]
            whole_epochs = steps_left == data.steps
            trainer.fit(
                data.batches(record["epoch"], record["step"]),
                steps_per_epoch=steps_left,
                initial_epoch=record["epoch"],
                epochs=args.epochs if whole_epochs else record["epoch"] + 1,
                shuffle=False,
                verbose=0,
                callbacks=callbacks,
                validation_data=validation_data,
                validation_batch_size=validation_batch_size,
            )
    except Interrupted:
        if is_main_process():
            print(
                f"\nstopped in epoch {record['epoch'] + 1} after step {record['step']}; "
                f"to continue: {resume_command(run, args)}",
                file=sys.stderr,
            )
        raise
    finally:
        signal.signal(signal.SIGINT, previous_handler)
    shutdown()
    run.meta["finished"] = True
    run.save_meta()
    plot_history(record["history"], run.path("history.png"))


def _open_record(
    run: Run,
    trainer: keras.Model,
    steps: int,
    args,
    monitor: str,
    stop_when: Callable[[Logs], bool],
) -> Record:
    """Return a new record, or on `--resume` the saved one, and restore the trainer's state."""
    trainer.optimizer.build(trainer.trainable_variables)
    if not args.resume:
        return {
            "epoch": 0,
            "step": 0,
            "best": None,
            "wait": 0,
            "stopped": False,
            "history": [],
        }
    record = run.load_state(lambda record: is_valid_record(record, steps, monitor))
    run.restore(state_variables(trainer))
    run.update_progress(record, monitor)
    last_epoch = record["history"][-1:]
    out_of_patience = record["wait"] >= args.patience
    record["stopped"] = out_of_patience or any(map(stop_when, last_epoch))
    return record


def is_valid_record(record: Record, steps: int, monitor: str) -> bool:
    """Return whether a record read from state.npz is one that `fit` can have written.

    Args:
        record: The parsed JSON, of any kind.
        steps: Steps per epoch.
        monitor: Name of the monitored metric.
    """
    counts = [record[name] for name in ("epoch", "step", "wait")]
    history = record["history"]
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
