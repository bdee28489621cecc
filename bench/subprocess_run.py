"""Run a measurement in a separate process, so that memory and caches are not shared."""

import subprocess
import sys


def numbers_of(script: str, *arguments) -> list[float]:
    """Run a Python script and return the numbers that it prints.

    Args:
        script: Python source code.
        *arguments: Command-line arguments; each one is converted with `str`.
    """
    result = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        check=True,
        capture_output=True,
        text=True,
    )
    return [float(number) for number in result.stdout.split()]


def peak_memory() -> float:
    """Return the peak memory of this process so far, in GB."""
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1e6
