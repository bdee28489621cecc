"""How the processes of one training meet, and how the others learn within seconds that one of them is gone.

Process 0 listens, every other one connects to it and says which it is. When all are there, process 0 tells them the
port on which the engine shall connect them. From then on both ends of every line say a byte a second; a line that ends,
or is silent for too long, ends the process at the other end: the engine by itself would wait, or abort. Who goes of its
own accord says goodbye first, and the others have a few seconds to come to the same end by themselves.
"""

import contextlib
import os
import socket
import sys
import threading
import time

from common.cli import GeneError

BEAT = 1  # seconds between two signs of life
SILENCE = 30  # seconds without one that a process is gone after
PARTING = 5  # seconds after another one's goodbye that a process has to say its own
MEETING = 300  # seconds that they wait for each other at the beginning


def meet(host, port, processes, index):
    """Wait until all processes are there; returns {index of another one: socket to it} and the engine's port.

    GeneError when they do not come, or do not fit together.
    """
    return _gather(host, port, processes) if index == 0 else _come(host, port, processes, index)


def _gather(host, port, processes):
    """Process 0's half of `meet`."""
    lines, deadline = {}, time.monotonic() + MEETING
    with _listen(host, port) as server:
        while len(lines) < processes - 1:
            server.settimeout(max(deadline - time.monotonic(), 0.01))
            try:
                line = server.accept()[0]
                line.settimeout(SILENCE)
                greeting = _read(line)
            except TimeoutError:
                raise GeneError(
                    f"--processes: of {processes} processes {len(lines) + 1} came within {MEETING} "
                    "seconds; start the others, each with its --index"
                ) from None
            except OSError:
                continue
            index = next(
                (i for i in range(1, processes) if greeting == _greeting(processes, i)), None
            )
            if index is None or index in lines:
                _say(line, "no")
                line.close()
            else:
                lines[index] = line
    engine = _free_port(host)
    for line in lines.values():
        _say(line, str(engine))
    return lines, engine


def _come(host, port, processes, index):
    """Another process' half of `meet`."""
    deadline = time.monotonic() + MEETING
    while True:
        try:
            line = socket.create_connection((host, port), timeout=MEETING)
            break
        except OSError as error:
            if time.monotonic() > deadline:
                raise GeneError(
                    f"--coordinator: nobody answers at {host}:{port} ({error.strerror or error}); "
                    "start process 0 there"
                ) from None
            time.sleep(0.2)
    try:
        _say(line, _greeting(processes, index))
        answer = _read(line)
    except OSError:
        answer = ""
    if answer == "no":
        raise GeneError(
            f"--index: the process at {host}:{port} has a process {index} already, or trains with another "
            f"number than {processes}"
        )
    if not answer.isdecimal():
        raise GeneError(
            f"--coordinator: the process at {host}:{port} has ended before all were there"
        )
    return {0: line}, int(answer)


def _listen(host, port):
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise GeneError(
            f"--coordinator: cannot listen at {host}:{port} ({error.strerror or error}); name an address "
            "of the machine of process 0 and a port that is free there"
        ) from None


def _free_port(host):
    with socket.create_server((host, 0)) as server:
        return server.getsockname()[1]


def _greeting(processes, index):
    return f"gene {processes} {index}"


def _say(line, text):
    line.sendall(f"{text}\n".encode())


def _read(line):
    """A line of text, without its end; shorter where the other end closed."""
    text = b""
    while not text.endswith(b"\n") and len(text) < 100 and (byte := line.recv(1)):
        text += byte
    return text.decode(errors="replace").rstrip("\n")


class Watch:
    """Watches the lines to other processes, {index: socket}. One that is gone ends this process with status 2.

    scratch: a TemporaryDirectory to be removed then, or None.
    """

    def __init__(self, lines, scratch):
        self.lines, self.scratch, self.over = lines, scratch, False
        for index, line in lines.items():
            line.settimeout(BEAT)
            threading.Thread(target=self._beat, args=(index, line), daemon=True).start()

    def _beat(self, index, line):
        heard, said = time.monotonic(), 0
        with contextlib.suppress(OSError):
            while time.monotonic() - heard < SILENCE and not self.over:
                if time.monotonic() - said > BEAT:
                    line.sendall(b".")
                    said = time.monotonic()
                with contextlib.suppress(TimeoutError):
                    word = line.recv(100)
                    if (
                        b"!" in word
                    ):  # for a reason, perhaps, that this process is about to tell as well
                        time.sleep(PARTING)
                        break
                    if not word:
                        break
                    heard = time.monotonic()
        if not self.over:
            self._end(index)

    def _end(self, index):
        print(
            f"\nerror: process {index} of the training is gone; start all that are left again with --resume and "
            "their new number as --processes",
            file=sys.stderr,
            flush=True,
        )
        if self.scratch:
            self.scratch.cleanup()
        os._exit(2)

    def goodbye(self):
        """Watch no longer, and tell the others that this process is about to go."""
        self.over = True
        for line in self.lines.values():
            with contextlib.suppress(OSError):
                line.sendall(b"!")

    def part(self):
        """Go, and wait until the others have gone as well."""
        for line in self.lines.values():
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_WR)
                line.settimeout(SILENCE)
                while line.recv(100):
                    pass
            line.close()
