"""Read a compressed archive from start to end, with a limit on its unpacked size."""

import bz2
import gzip
import lzma
from pathlib import Path
from typing import BinaryIO, Protocol

import zstandard

from common.cli import GeneError

MAX_FILE_BYTES = 1 << 26  # limit on one file; a Cartoon Set image takes about 45,000 bytes
_MAX_RATIO = 100
_FREE_BYTES = 1 << 26
_MAX_WINDOW = 1 << 27  # maximum memory of a decompressor, in bytes
_BLOCK = 1 << 16
_REWIND = 512  # number of bytes that `seek` can step back; tarfile steps back by one


class Readable(Protocol):
    """Anything with a `read` method."""

    def read(self, count: int, /) -> bytes:
        """Return up to `count` bytes; b"" at the end."""


def max_unpacked_bytes(packed_bytes: int) -> int:
    """Return the limit on the unpacked size of an archive: 100 times its size plus 64 MiB."""
    return packed_bytes * _MAX_RATIO + _FREE_BYTES


def decompressed(file: BinaryIO) -> Readable:
    """Open a .gz, .bz2, .xz, .lzma or .zst file for reading; return any other file unchanged."""
    head = file.read(6)
    file.seek(0)
    if head.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file)
    if head.startswith(b"BZh"):
        return bz2.BZ2File(file)
    if head == b"\xfd7zXZ\0" or head.startswith(b"\x5d\0\0"):
        return _XzReader(file)
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        decoder = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW)
        return decoder.stream_reader(file, read_across_frames=True)
    return file


class _XzReader:
    """Reads an .xz or .lzma file; unlike `lzma.LZMAFile`, it limits the memory of the decoder."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self._decoder = _xz_decoder()

    def read(self, count: int, /) -> bytes:
        data = b""
        while len(data) < count and (part := self._next_part(count - len(data))) is not None:
            data += part
        return data

    def _next_part(self, count: int) -> bytes | None:
        block = b""
        if self._decoder.eof:
            block = self._decoder.unused_data or self._file.read(_BLOCK)
            if not block:
                return None
            self._decoder = _xz_decoder()
        elif self._decoder.needs_input:
            block = self._file.read(_BLOCK)
            if not block:
                raise EOFError("compressed file ended too early")
        return self._decoder.decompress(block, count)


def _xz_decoder() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(memlimit=_MAX_WINDOW)


class BoundedStream:
    """A stream for `tarfile` with a limit on its total size and on the size of one read.

    Args:
        path: Path of the archive, for messages.
        stream: The uncompressed archive.
        packed_bytes: Size of the compressed archive.
    """

    def __init__(self, path: Path, stream: Readable, packed_bytes: int):
        self._path = path
        self._stream = stream
        self._max_bytes = max_unpacked_bytes(packed_bytes)
        self._position = 0
        self._last = b""  # the last bytes that were read, kept so that `seek` can step back
        self._again = b""  # bytes that `seek` stepped back over, to be read again

    def tell(self) -> int:
        """Return the position in bytes."""
        return self._position

    def read(self, count: int) -> bytes:
        """Return up to `count` bytes; raise GeneError if a limit is exceeded."""
        if self._position + count > self._max_bytes or count > MAX_FILE_BYTES:
            raise GeneError(
                f"{self._path}: unpacks to more than {self._max_bytes:,} bytes, or contains a "
                f"header of more than {MAX_FILE_BYTES:,} bytes; if you trust the archive, "
                "unpack it yourself"
            )
        data = self._again[:count]
        self._again = self._again[count:]
        data += self._stream.read(count - len(data))
        self._position += len(data)
        self._last = (self._last + data)[-_REWIND:]
        return data

    def seek(self, position: int) -> int:
        """Move forward, or back by at most 512 bytes; return the new position."""
        back = self._position - position
        if back > len(self._last):
            raise OSError("invalid header")
        if back > 0:
            self._again = self._last[-back:] + self._again
            self._last = self._last[:-back]
            self._position = position
        while self._position < position:
            if not self.read(min(position - self._position, _BLOCK)):
                break
        return self._position
