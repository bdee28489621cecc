"""Start commands quickly by forking a process that has already loaded Keras and a backend.

Each runs in its own process, as `python -m` would run it, and can be killed.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

MODULES = ["train.lyrics", "train.avatars", "train.digits", "train.addition", "train.attributes"]
LIMIT = 300  # seconds that a command may run when a test waits for it
# For processes that train a few steps on JAX: it takes longer to compile than to train.
QUICK_JAX = {"JAX_DISABLE_MOST_OPTIMIZATIONS": "1"}


class ForkServer:
    """Starts commands; call `end` when done.

    Args:
        backend: The Keras backend of all commands.
    """

    def __init__(self, backend):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.robustness.fork_server"],
            env=os.environ | {"KERAS_BACKEND": backend} | (QUICK_JAX if backend == "jax" else {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.ask("ready") == "ready"

    def ask(self, *question):
        """Send a request and return the reply."""
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def start(self, folder, module, *argv, **changes):
        """Start `python -m module argv`.

        Args:
            folder: Where stdout and stderr are written.
            module: The entry point.
            *argv: Its command line.
            **changes: Globals to set in the module.
        """
        return Started(
            self,
            folder,
            self.ask("start", str(folder), module, [str(word) for word in argv], changes),
        )

    def run_cli(self, folder, module, *argv, **changes):
        """Run a command to its end; arguments as for `start`."""
        return self.start(folder, module, *argv, **changes).wait()

    def end(self):
        """Stop the server."""
        self.process.stdin.close()
        self.process.wait(timeout=60)


class Started:
    """A running command; `wait` sets `returncode`, `stdout` and `stderr`."""

    def __init__(self, fork_server, folder, pid):
        self.fork_server, self.folder, self.pid = fork_server, folder, pid

    def wait(self):
        """Wait until the command has ended."""
        self.returncode = self.fork_server.ask("wait", self.pid)
        self.stdout, self.stderr = self._read("out"), self._read("err")
        return self

    def _read(self, stream):
        """Read what the command has printed; it may have been killed before it opened its files."""
        path = self.folder / f"{self.pid}.{stream}"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def is_alive(self):
        """Return whether the command is still running."""
        time.sleep(0.005)
        return ") Z " not in Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8")

    def pause(self):
        """Suspend the command."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume_process(self):
        """Continue a suspended command."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self, after=0.0):
        """Kill the command after this many seconds, unless it has ended."""
        until = time.monotonic() + after
        while time.monotonic() < until and self.is_alive():
            pass
        os.kill(self.pid, signal.SIGKILL)
        return self.wait()


def _start(folder, module, argv, changes):
    pid = os.fork()
    if pid:
        return pid
    try:
        for stream, end in ((1, "out"), (2, "err")):
            os.dup2(
                os.open(f"{folder}/{os.getpid()}.{end}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
                stream,
            )
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        status = _run(importlib.import_module(f"{module}.__main__"), argv, changes)
    except BaseException:  # print it like the interpreter
        sys.excepthook(*sys.exc_info())
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _run(module, argv, changes):
    from common.cli import run_cli

    sys.argv = [module.__name__, *argv]
    vars(module).update(changes)
    try:
        run_cli(module.main)
    except SystemExit as end:
        return end.code or 0
    return 0


def _wait(pid):
    killer = threading.Timer(LIMIT, os.kill, [pid, signal.SIGKILL])
    killer.start()
    status = os.waitpid(pid, 0)[1]
    killer.cancel()
    return os.waitstatus_to_exitcode(status)


def main():
    """Reply to requests until there are no more."""
    for module in MODULES:
        importlib.import_module(f"{module}.__main__")
    answers = {"ready": lambda: "ready", "start": _start, "wait": _wait}
    for line in sys.stdin:
        name, *values = json.loads(line)
        print(json.dumps(answers[name](*values)), flush=True)


if __name__ == "__main__":
    main()
