"""Commands that start in no time: forked off a process in which Keras is loaded already.

Each runs in a process of its own, as `python -m` would run it, and can be killed.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

MODULES = ["train.lyrics", "train.avatars", "train.digits", "train.addition", "train.attributes"]


class Nursery:
    """Starts commands. To be closed by `end`."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.robustness.fork_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.ask("ready") == "ready"

    def ask(self, *question):
        """One question, one answer."""
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def start(self, folder, module, *argv, **changes):
        """`python -m module argv`; output goes to files in `folder`, changes are made to the module's globals."""
        return Started(
            self,
            folder,
            self.ask("start", str(folder), module, [str(word) for word in argv], changes),
        )

    def run_cli(self, folder, module, *argv, **changes):
        """The same, waited for."""
        return self.start(folder, module, *argv, **changes).wait()

    def end(self):
        """Nobody is left behind."""
        self.process.stdin.close()
        self.process.wait(timeout=60)


class Started:
    """A command under way; `returncode` and `stderr` are there after `wait`."""

    def __init__(self, nursery, folder, pid):
        self.nursery, self.folder, self.pid = nursery, folder, pid

    def wait(self):
        """Until it has ended."""
        self.returncode = self.nursery.ask("wait", self.pid)
        self.stderr = (self.folder / f"{self.pid}.err").read_text()
        return self

    def is_alive(self):
        """Whether it still runs; looks after a moment."""
        time.sleep(0.005)
        return ") Z " not in Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8")

    def pause(self):
        """Hold it where it is."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self):
        """Let it go on."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self, after=0.0):
        """SIGKILL after so many seconds, if it has not ended by then."""
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
    except BaseException:  # as the interpreter would tell it
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
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main():
    """Answer questions until there are no more."""
    for module in MODULES:
        importlib.import_module(f"{module}.__main__")
    answers = {"ready": lambda: "ready", "start": _start, "wait": _wait}
    for line in sys.stdin:
        name, *values = json.loads(line)
        print(json.dumps(answers[name](*values)), flush=True)


if __name__ == "__main__":
    main()
