"""Read tables from Parquet files with DuckDB, which does not load the whole file into memory."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

import duckdb

from common.cli import GeneError, printable
from data.lyrics.readers.record import Record
from data.lyrics.readers.tables import read_rows
from data.lyrics.summary import Summary

MAGIC = b"PAR1"
_ROWS = 256  # fetched at once
_MEMORY = "512MB"


def read_parquet(
    name: str, blocks: Iterable[bytes], chosen: Mapping[str, str], summary: Summary
) -> Iterator[Record]:
    """Yield the songs in a Parquet file.

    Args:
        name: Name of the file, for messages.
        blocks: Content of the file.
        chosen: Columns that the user named, {field: name or number}.
        summary: Counts the tables read and the rows skipped.

    Raises:
        GeneError: If the file is damaged or contains no lyrics.
    """
    with tempfile.NamedTemporaryFile(suffix=".parquet") as copy:
        copy.writelines(blocks)
        copy.flush()
        connection = _confined_connection(copy.name)
        try:
            query = connection.execute("SELECT * FROM read_parquet(?)", [copy.name])
            header = [column[0] for column in query.description]
            rows = _rows(name, query, summary)
            yield from read_rows(name, chain([header], rows), chosen, summary)
        except (duckdb.Error, RuntimeError) as error:
            reason = printable(str(error).splitlines()[0])
            raise GeneError(
                f"{name}: damaged or not a Parquet file ({reason}); download it again"
            ) from None
        finally:
            connection.close()


def _confined_connection(path: str) -> duckdb.DuckDBPyConnection:
    """Return a connection that can read only this file and cannot use the network."""
    connection = duckdb.connect(config={"memory_limit": _MEMORY, "threads": 1})
    quoted = path.replace("'", "''")
    connection.execute(f"SET allowed_paths = ['{quoted}']")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _rows(
    name: str, query: duckdb.DuckDBPyConnection, summary: Summary
) -> Iterator[list[str] | None]:
    while rows := query.fetchmany(_ROWS):
        for row in rows:
            yield [_cell(value) for value in row]


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return "" if value is None else str(value)
