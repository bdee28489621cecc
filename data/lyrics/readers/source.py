"""Detect the format of each file in a source from its content, and read it."""

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from common.cli import GeneError
from data.lyrics.columns import field_of
from data.lyrics.encoding import (
    detect_encoding,
    encoding_name,
    is_text,
    split_lines,
    text_blocks,
)
from data.lyrics.readers import parquet
from data.lyrics.readers.dialect import detect_dialect, strip_preamble
from data.lyrics.readers.files import WITHOUT_SONGS, SongFile, open_files, rest_of
from data.lyrics.readers.json_songs import read_json, read_json_lines
from data.lyrics.readers.record import Record
from data.lyrics.readers.tables import read_csv
from data.lyrics.readers.texts import TIMED_SUFFIXES, read_text
from data.lyrics.summary import Summary

_TABLE_SUFFIXES = (".csv", ".tsv", ".tab", ".psv")
_SIGNATURES = {
    b"%PDF": "a PDF document; save it as plain text",
    b"\xd0\xcf\x11\xe0": "an old office document; save it as CSV (UTF-8) or as plain text",
    b"{\\rtf": "a rich text document; save it as plain text",
    b"SQLite": "an SQLite database; export the table as CSV",
    b"7z\xbc\xaf": "a .7z archive; unpack it and pass the folder to --songs",
    b"Rar!": "a .rar archive; unpack it and pass the folder to --songs",
    b"\x93NUMPY": "a NumPy array; save the songs as CSV",
    b"\x80\x04": "a Python pickle, not opened because it can run code; save the songs as CSV",
    b"\x89PNG": "a picture; --songs takes lyrics",
    b"\xff\xd8\xff": "a picture; --songs takes lyrics",
    b"ID3": "an audio file; --songs takes lyrics",
    b"PK\x03\x04": "an archive inside an archive; unpack the outer one",
    b"\x89HDF": "an HDF5 file; save the songs as CSV",
    b"ARROW1": "an Arrow file; save the songs as CSV or Parquet",
}
_MARKUP = {
    "<!doctype html": "an HTML page; save its text as .txt",
    "<html": "an HTML page; save its text as .txt",
    "<?xml": "an XML file; save the songs as CSV or JSON",
    "version https://git-lfs": "a Git LFS pointer, not the file itself; run git lfs pull",
}


def read_source(path: str | Path, chosen: Mapping[str, str], summary: Summary) -> Iterator[Record]:
    """Yield the songs in a file, a folder or an archive, without cleaning them.

    Args:
        path: The source.
        chosen: Columns that the user named, {field: name or number}.
        summary: Counts the formats recognized and the files skipped.

    Raises:
        GeneError: If the source cannot be read. In a folder or an archive, files that cannot be
            read are skipped instead.
    """
    for file in open_files(path, summary):
        try:
            yield from _read_file(file, chosen, summary)
        except GeneError as error:
            if file.is_alone:
                raise
            summary.skip(WITHOUT_SONGS, file.name, str(error).partition(": ")[2])


def _read_file(file: SongFile, chosen: Mapping[str, str], summary: Summary) -> Iterator[Record]:
    for signature, meaning in _SIGNATURES.items():
        if file.head.startswith(signature):
            raise GeneError(f"{file.name}: {meaning}")
    blocks = rest_of(file, summary)
    if file.head.startswith(parquet.MAGIC):
        yield from parquet.read_parquet(file.name, blocks, chosen, summary)
        return
    if file.head[257:262] == b"ustar":
        raise GeneError(f"{file.name}: an archive inside an archive; unpack the outer one")
    if not is_text(file.head):
        raise GeneError(
            f"{file.name}: not a text file; docs/own-data.md lists the supported formats"
        )
    encoding = detect_encoding(file.head)
    text = text_blocks(blocks, encoding)
    head = next(text_blocks([file.head], encoding))
    before = set(summary.sources)
    yield from _read_text(file, head, text, chosen, summary)
    if encoding != "utf-8":
        _add_encoding(summary, before, encoding_name(encoding))


def _add_encoding(summary: Summary, before: set[str], name: str) -> None:
    for source in set(summary.sources) - before:
        count = summary.sources.pop(source)
        summary.sources[f"{source}, {name}"] += count


def _read_text(
    file: SongFile, head: str, text: Iterator[str], chosen: Mapping[str, str], summary: Summary
) -> Iterator[Record]:
    suffix = PurePosixPath(file.name).suffix.lower()
    lines = split_lines(text)
    start = head.lstrip()[:1]
    for beginning, meaning in _MARKUP.items():
        if head[:1000].lstrip().lower().startswith(beginning):
            raise GeneError(f"{file.name}: {meaning}")
    if suffix in TIMED_SUFFIXES:
        yield from read_text(file, lines, summary)
    elif start == "{" and _is_json_lines(head):
        yield from read_json_lines(file.name, lines, chosen, summary)
    elif start == "{" or (start == "[" and _is_json_array(head)):
        yield from read_json(file.name, text, chosen, summary)
    elif suffix in _TABLE_SUFFIXES or chosen or (suffix != ".txt" and file.is_alone):
        yield from read_csv(file.name, lines, chosen, summary)
    elif _is_table(head):
        yield from read_csv(file.name, lines, chosen, summary)
    else:
        yield from read_text(file, lines, summary)


def _is_json_lines(head: str) -> bool:
    """Return whether the first line is a complete JSON object and another one follows."""
    first, _, rest = head.strip().partition("\n")
    return first.rstrip(" ,\r").endswith("}") and rest.lstrip()[:1] == "{" and '"' in first


def _is_json_array(head: str) -> bool:
    return head.lstrip()[1:].lstrip()[:1] in ("{", "[", '"', "]")


def _is_table(head: str) -> bool:
    """Return whether the first line of some text is the header of a table of songs."""
    lines = head.splitlines(keepends=True)
    start, delimiter = strip_preamble(lines)
    if start == len(lines):
        return False
    row = next(detect_dialect(lines[start : start + 50], delimiter).rows(lines[start:])) or []
    fields = {field_of(name) for name in row if len(name) < 40}
    return len(row) > 1 and "text" in fields and len(fields - {None}) > 1
