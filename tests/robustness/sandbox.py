"""Limits for every case: 10 seconds, 2 GB, its own folder, no foreign code, one-line errors."""

import contextlib
import os
import signal
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, settings

from common.cli import GeneError

SECONDS, BYTES = 10, 2 << 30
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.symlink",
    "os.link",
    "os.truncate",
    "os.chmod",
}
HARM = {
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "socket.connect",
    "pickle.find_class",
}

COUNTS: Counter[str] = Counter()  # cases, by kind
settings.register_profile(
    "fast",
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile("nightly", settings.get_profile("fast"), derandomize=False)
_watched: list[Path] = []  # the folder of the current case


def is_nightly():
    """Return whether `make nightly` is running."""
    return settings.get_current_profile_name() == "nightly"


if not is_nightly():
    settings.load_profile("fast")


def cases(fast, nightly):
    """Return a decorator that sets the number of examples of a property."""
    return settings(max_examples=nightly if is_nightly() else fast)


@contextlib.contextmanager
def case(kind, seconds=SECONDS):
    """Count a case and yield its folder; fail if the case exceeds a limit of this module."""
    COUNTS[kind] += 1
    with (
        tempfile.TemporaryDirectory(prefix="case-") as folder,
        warnings.catch_warnings(record=True) as told,
    ):
        warnings.simplefilter("always")  # a warning is not a one-line error,
        for hidden in (ResourceWarning, DeprecationWarning, PendingDeprecationWarning):
            warnings.simplefilter("ignore", hidden)  # but these are never shown
        before = _peak(reset=True)
        signal.signal(signal.SIGALRM, _too_long)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        _watched.append(os.path.realpath(folder))
        try:
            yield Path(folder)
        finally:
            _watched.clear()
            signal.setitimer(signal.ITIMER_REAL, 0)
        assert _peak() - before < BYTES, "more than 2 GB"
        assert not told, str(told[0].message)


def line_or(function, *arguments, **options):
    """Return the result of a call, or None if it is refused in one line."""
    try:
        return function(*arguments, **options)
    except GeneError as error:
        line = str(error)
    except OSError as error:
        line = f"{error.filename or 'disk'}: {error.strerror or error}"
    assert line and "\n" not in line and line.isprintable(), repr(line)
    return None


def _too_long(*_):
    raise AssertionError("too long")


def _peak(reset=False):
    """Return the peak memory of this process since the last reset, in bytes."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    [line] = [
        line
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith("VmHWM")
    ]
    return int(line.split()[1]) * 1024


def _hear(event, arguments):
    if not _watched:
        return
    if event == "open" and isinstance(arguments[0], (str, bytes)) and (arguments[2] or 0) & WRITES:
        _stay(arguments[0])
    elif event in CHANGES:
        for path in arguments[:2]:
            if isinstance(path, (str, bytes)):
                _stay(path, arguments[-1])
    elif event in HARM:
        raise AssertionError(f"{event} {arguments}")


def _stay(path, within=-1):
    """Fail for a path outside the folder of the case.

    Args:
        path: The path.
        within: Descriptor of the folder that the path is relative to.
    """
    start = (
        os.readlink(f"/proc/self/fd/{within}") if isinstance(within, int) and within >= 0 else ""
    )
    path = os.path.realpath(os.path.join(start, os.fsdecode(path)))
    own = path.startswith(_watched[0]) or "__pycache__" in path or path == os.devnull
    assert own, f"reached out for {path}"


sys.addaudithook(_hear)
