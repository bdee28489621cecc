"""A script in a process of its own, so that neither memory nor warm caches are shared with what was measured before."""

import subprocess
import sys


def numbers_of(script, *arguments):
    """Run a Python script; returns the numbers it printed."""
    result = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        check=True,
        capture_output=True,
        text=True,
    )
    return [float(number) for number in result.stdout.split()]


def peak():
    """The most memory that this process has held so far, in GB."""
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1e6
