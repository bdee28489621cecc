"""File systems without locks or permissions, encodings other than UTF-8, and early interrupts."""

import errno
import fcntl
import io
import os
import signal
import subprocess
import sys

import pytest

from common import files
from common.cli import run_cli
from common.files import atomic, build_once, locked, read_json, write_json, write_text
from tests.helpers import ROOT, assert_refused
from train.core import distributed


@pytest.fixture
def no_locks(request, monkeypatch):
    """A file system on which `flock` fails."""

    def flock(*_):
        raise OSError(request.param, os.strerror(request.param))

    monkeypatch.setattr(fcntl, "flock", flock)
    files._report_missing_locks.cache_clear()


@pytest.fixture
def no_modes(monkeypatch):
    """A file system on which `chmod` fails."""

    def chmod(*_, **__):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    for name in ("chmod", "fchmod"):
        monkeypatch.setattr(os, name, chmod)


@pytest.mark.parametrize("no_locks", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS], indirect=True)
def test_without_locks_everything_works_and_that_is_said_once(no_locks, tmp_path, capsys):
    for i in range(3):
        with locked(tmp_path / "a"):
            build_once(tmp_path / "a" / str(i), lambda folder: write_json(folder / "meta.json", {}))
    lock = files.try_lock(tmp_path / ".run.lock")
    assert lock is not None
    lock.release()
    assert files.try_lock(tmp_path / ".run.lock") is not None, "the next start is not blocked"
    assert capsys.readouterr().err.count("does not support locks") == 1


def test_a_lock_still_locks(tmp_path):
    first = files.try_lock(tmp_path / ".run.lock")
    assert first and files.try_lock(tmp_path / ".run.lock") is None
    first.release()
    assert files.try_lock(tmp_path / ".run.lock")


def test_without_permissions_files_are_written(no_modes, tmp_path):
    write_text(tmp_path / "a.txt", "text")
    with files.atomic_folder(tmp_path / "b") as folder:
        (folder / "c").touch()
    assert (tmp_path / "a.txt").read_text() == "text" and (tmp_path / "b" / "c").exists()


def test_what_a_killed_process_was_writing_is_removed_and_nothing_else(tmp_path):
    kept = [".notes-20261128.txt", ".my-secret-plan", "a-b.txt", ".git-abc", "samples/.x-y.txt"]
    (tmp_path / "samples").mkdir()
    for name in kept:
        (tmp_path / name).touch()
    with pytest.raises(KeyboardInterrupt), pytest.MonkeyPatch.context() as patch:
        patch.setattr("pathlib.Path.unlink", lambda *_, **__: None)
        with atomic(tmp_path / "samples" / "state.npz"):
            raise KeyboardInterrupt
    assert len(list((tmp_path / "samples").iterdir())) == 2
    files.remove_temporary_files(tmp_path)
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert found == set(kept)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_text_can_be_printed(monkeypatch, encoding):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "argv", ["gene", "ümlaut ☃ \udce9"])
    run_cli(lambda argv: print(argv[0]))
    stream.flush()
    assert b"mlaut" in stream.buffer.getvalue() and b"\\udce9" in stream.buffer.getvalue()


def test_a_file_name_that_is_not_utf8_is_kept_in_json(tmp_path):
    value = {"songs": os.fsdecode(b"caf\xe9.csv"), "artist": "Zoë"}
    write_json(tmp_path / "meta.json", value)
    assert "Zoë" in (tmp_path / "meta.json").read_text(encoding="utf-8")
    assert read_json(tmp_path / "meta.json") == value


@pytest.mark.slow
@pytest.mark.parametrize(
    "encoding, word", [("ascii", "ümlaut"), ("latin-1", os.fsdecode(b"caf\xe9.csv"))]
)
def test_names_that_are_not_utf8_end_in_one_line(tmp_path, encoding, word):
    flag = "--songs" if word.endswith(".csv") else "--run"
    process = subprocess.run(
        [sys.executable, "-m", "train.lyrics", "--checkpoint-dir", tmp_path, flag, word],
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": encoding, "LC_ALL": "C"},
        capture_output=True,
        check=False,
        timeout=120,
    )
    process.stderr = process.stderr.decode(encoding)
    assert_refused(process, "mlaut" if flag == "--run" else "caf")


COMMANDS = [
    *(f"train.{name}" for name in ("lyrics", "avatars", "attributes", "digits", "addition")),
    *(f"explore.{name}" for name in ("lyrics", "avatars", "digits", "addition")),
    *("export.tfjs", "data.lyrics.poetry"),
]


@pytest.mark.parametrize("module", COMMANDS)
def test_an_interrupt_at_the_first_import_is_silent(module):
    """Ctrl-C arrives where the command imports NumPy for the first time."""
    code = "\n".join(
        [
            "import os, runpy, signal, sys",
            "class Finder:",
            "    def find_spec(name, *_):",
            "        if name == 'numpy': os.kill(os.getpid(), signal.SIGINT)",
            "sys.meta_path.insert(0, Finder)",
            "sys.argv[1:] = ['--xyz']",
            f"runpy.run_module({module!r}, run_name='__main__')",
        ]
    )
    process = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (process.returncode, process.stderr) == (130, "")


@pytest.mark.parametrize("task", ["lyrics", "avatars", "attributes", "digits", "addition"])
def test_help_needs_no_keras(task):
    code = f"import sys, runpy; sys.argv[1:] = ['--help']; runpy.run_module('train.{task}', run_name='__main__')"
    process = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.split("|")[-1].strip() for line in process.stderr.splitlines()}
    assert "usage: python -m train" in process.stdout
    assert imported.isdisjoint({"keras", "tensorflow", "jax"})


class Flags:
    coordinator_address = "[::1]:7000"
    num_processes = 2
    process_id = 1


def test_the_address_of_the_coordinator_is_checked_at_once(monkeypatch):
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")
    flags = Flags()
    distributed._check(flags)
    flags.coordinator_address = "no-such-host.invalid:7000"
    with pytest.raises(distributed.GeneError, match=r"unknown host no-such-host\.invalid"):
        distributed._check(flags)


def test_a_process_says_that_it_waits_for_the_others(monkeypatch, capfd):
    monkeypatch.setattr(distributed, "WAITING_NOTICE", 0)
    with distributed._report_waiting(Flags()), distributed.quiet():
        signal.sigtimedwait([], 0.2)
    assert capfd.readouterr().err.count("waiting for the other processes at [::1]:7000") == 1
    monkeypatch.setattr(distributed, "WAITING_NOTICE", 60)
    with distributed._report_waiting(Flags()):
        pass
    assert capfd.readouterr().err == ""
