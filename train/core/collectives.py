"""Exchange data between the processes of distributed training; no-ops in a single process."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import jax
import numpy as np
from jax.experimental import multihost_utils

from common.cli import GeneError

RUN_FILES = ["meta.json", "state.npz", "model.keras"]  # what every process needs to resume


def is_main_process() -> bool:
    """Return whether this process writes the run folder and prints."""
    return process_count() == 1 or jax.process_index() == 0


def process_count() -> int:
    """Return the number of connected processes; 1 before they connect and after they disconnect."""
    return jax.process_count() if jax.distributed.is_initialized() else 1


def shard_slice(count: int) -> slice:
    """Return the slice of `count` items that is this process's share of the work."""
    if process_count() == 1:
        return slice(count)
    start = count * jax.process_index() // jax.process_count()
    end = count * (jax.process_index() + 1) // jax.process_count()
    return slice(start, end)


def broadcast(data: bytes) -> bytes:
    """Return the `data` of process 0 in every process."""
    if process_count() == 1:
        return data
    size = int(multihost_utils.broadcast_one_to_all(np.int64(len(data))))
    padded = np.frombuffer(data[:size].ljust(size, b"\0"), "uint8")
    return np.asarray(multihost_utils.broadcast_one_to_all(padded)).tobytes()


def raise_first_error(message: str) -> None:
    """Raise the error of process 0 in the other processes, which would otherwise wait forever.

    Args:
        message: Error message of this process; "" for none. Only the message of process 0 is used.

    Raises:
        GeneError: If process 0 has an error. Process 0 itself does not raise it here.
    """
    first = broadcast(message.encode(errors="backslashreplace")).decode()
    if first and not is_main_process():
        raise GeneError(first)


def broadcast_files(folder: Path) -> None:
    """Give all other processes copies of process 0's files that are needed to resume a run.

    Args:
        folder: The folder of the run in process 0; the temporary folder in the other processes.
    """
    if process_count() == 1:
        return
    for name in RUN_FILES:
        path = folder / name
        is_source = is_main_process() and path.exists()
        data = broadcast(path.read_bytes() if is_source else b"")
        if data and not is_main_process():
            path.write_bytes(data)


def all_gather_arrays(arrays: list) -> list[list[np.ndarray]]:
    """Return the arrays of every process, in the order of the processes.

    Args:
        arrays: Any number of arrays of any shapes, which may differ between processes.
    """
    file = io.BytesIO()
    np.savez(file, *arrays)
    data = file.getvalue()
    if process_count() == 1:
        return [_load_arrays(data)]
    sizes = multihost_utils.process_allgather(np.int64(len(data))).ravel()
    padded = np.frombuffer(data.ljust(sizes.max(), b"\0"), "uint8")
    rows = multihost_utils.process_allgather(padded)
    return [_load_arrays(row[:size].tobytes()) for row, size in zip(rows, sizes, strict=True)]


def _load_arrays(data: bytes) -> list[np.ndarray]:
    return list(np.load(io.BytesIO(data)).values())


def assert_equal(values: dict[str, Any]) -> None:
    """Raise GeneError in every process unless all processes pass the same values.

    Args:
        values: JSON values by name. The error lists the names of those that differ.
    """
    if process_count() == 1:
        return
    texts = [json.dumps(value, sort_keys=True).encode() for value in values.values()]
    digests = np.stack([np.frombuffer(hashlib.sha256(text).digest(), "uint8") for text in texts])
    all_digests = multihost_utils.process_allgather(digests)
    differs = (all_digests != all_digests[0]).any(axis=(0, 2))
    names = [name for name, different in zip(values, differs, strict=True) if different]
    if names:
        raise GeneError(
            f"the processes were started with different {', '.join(names)}; "
            "give all of them the same flags and data"
        )
