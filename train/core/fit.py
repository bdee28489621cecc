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
from train.core.meta import how_to_continue
from train.core.plot_history import plot_history
from train.core.preview import PREVIEW_FILE, Preview
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
    stop_when: Callable[[list[Logs]], bool] = lambda history: False,
    validation_data=None,
    validation_batch_size: int | None = None,
) -> None:
    """Train for `args.epochs` epochs, or until patience runs out or `stop_when` returns True.

    Args:
        run: The run folder, which is written during training.
        trainer: A compiled Keras model whose attribute `network` is the model that is saved.
        data: Training batches, usually `train.core.batches.ResumableBatches`: `steps` per epoch,
            an endless iterator `batches(epoch, step)`, and `items_per_step` and `item_name` for the
            progress line.
        args: Parsed flags; `epochs`, `patience`, `save_steps` and `resume` are used.
        monitor: Name of the logged metric to minimize.
        format_logs: Formats metrics for the progress line.
        on_sample: Writes samples; called after each epoch with the network and the epoch, counted
            from 1.
        extra_callbacks: Callbacks that add metrics to the logs of an epoch.
        stop_when: Called after each epoch with the logs of all epochs so far; training stops if it
            returns True.
        validation_data: Arrays for Keras `fit`, evaluated after each epoch.
        validation_batch_size: Batch size for `validation_data`.

    Raises:
        GeneError: If the state does not fit the network on `--resume`, or if the loss is not
            finite.
        Interrupted: After Ctrl-C, once the state has been saved.
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
    preview = Preview(run, record["history"], monitor, format_logs)
    callbacks = [
        *extra_callbacks,
        BroadcastLogs(),
        RestoreMetrics(trainer, record),
        ResumableEarlyStopping(monitor, args.patience, record, stop_when),
        checkpoint,
        ProgressCallback(record, data, args.epochs, format_logs),
        preview,
    ]
    shard_batches(trainer)
    if is_main_process():
        print(f"to watch it learn, epoch by epoch: {run.folder / PREVIEW_FILE}", flush=True)
    previous_handler = signal.signal(signal.SIGINT, checkpoint.interrupt)
    try:
        while record["epoch"] < args.epochs and not record["stopped"]:
            steps_left = data.steps - record["step"]
            several_epochs = steps_left == data.steps and not run.replacement
            trainer.fit(
                data.batches(record["epoch"], record["step"]),
                steps_per_epoch=steps_left,
                initial_epoch=record["epoch"],
                epochs=args.epochs if several_epochs else record["epoch"] + 1,
                shuffle=False,
                verbose=0,
                callbacks=[*callbacks, *_tensorboard(run, args)],
                validation_data=validation_data,
                validation_batch_size=validation_batch_size,
            )
    except Interrupted:
        if is_main_process():
            print(
                f"\nstopped in epoch {record['epoch'] + 1} after step {record['step']}; "
                f"{how_to_continue(run, args)}",
                file=sys.stderr,
            )
        raise
    finally:
        signal.signal(signal.SIGINT, previous_handler)
    shutdown()
    run.meta["finished"] = True
    run.save_meta()
    plot_history(record["history"], run.path("history.png"))
    preview.write(is_finished=True)


def _tensorboard(run: Run, args) -> list[keras.callbacks.Callback]:
    """Return the callback for `--tensorboard`, but none while the run has a temporary folder."""
    if not args.tensorboard or run.replacement:
        return []
    return [keras.callbacks.TensorBoard(run.path("logs"), write_graph=False)]


def _open_record(
    run: Run,
    trainer: keras.Model,
    steps: int,
    args,
    monitor: str,
    stop_when: Callable[[list[Logs]], bool],
) -> Record:
    """Return a new record; on `--resume`, restore the trainer and return the saved record."""
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
    history = record["history"]
    out_of_patience = record["wait"] >= args.patience
    record["stopped"] = out_of_patience or bool(history and stop_when(history))
    return record


def is_valid_record(record: Record, steps: int, monitor: str) -> bool:
    """Return whether a record from state.npz has the content that `fit` writes.

    Args:
        record: Any parsed JSON value.
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
