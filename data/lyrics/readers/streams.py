"""Streams for reading compressed files and archives."""

from common.cli import GeneError
from data.avatars.decompress import Readable
from data.lyrics.encoding import BLOCK_BYTES

_START_BYTES = 8  # maximum number of bytes that `Rewindable` can go back


class Budget:
    """A limit on the total unpacked size of all members of an archive."""

    def __init__(self, name: str, max_bytes: int):
        self._name = name
        self._max_bytes = max_bytes
        self._left = max_bytes

    def bound(self, stream: Readable) -> "Bounded":
        """Return a stream whose bytes count toward the limit."""
        return Bounded(stream, self)

    def take(self, count: int) -> None:
        """Count bytes; raise GeneError if the limit is exceeded."""
        self._left -= count
        if self._left < 0:
            raise GeneError(
                f"{self._name}: unpacks to more than {self._max_bytes:,} bytes; if you trust it, "
                "unpack it yourself"
            )


class Bounded:
    """A stream whose bytes count toward a `Budget`."""

    def __init__(self, stream: Readable, budget: Budget):
        self._stream = stream
        self._budget = budget

    def read(self, count: int, /) -> bytes:
        """Return up to `count` bytes; raise GeneError if the limit is exceeded."""
        data = self._stream.read(count)
        self._budget.take(len(data))
        return data


class Chained:
    """A stream that consists of bytes that were already read, followed by the rest."""

    def __init__(self, head: bytes, stream: Readable):
        self._head = head
        self._stream = stream

    def read(self, count: int = BLOCK_BYTES, /) -> bytes:
        """Return up to `count` bytes."""
        data = self._head[:count]
        self._head = self._head[count:]
        return data + self._stream.read(count - len(data)) if len(data) < count else data


class Rewindable:
    """A stream that can go back to its start as long as at most 8 bytes have been read."""

    def __init__(self, stream: Readable):
        self._start = stream.read(_START_BYTES)
        self._rest = Chained(self._start, stream)
        self._stream = stream

    def read(self, count: int = BLOCK_BYTES, /) -> bytes:
        """Return up to `count` bytes."""
        return self._rest.read(count)

    def seek(self, position: int) -> int:
        """Go back to the start."""
        self._rest = Chained(self._start, self._stream)
        return position
