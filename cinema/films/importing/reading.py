"""films.csv to rows, whatever state the file is in."""

import csv
from collections.abc import Iterator
from pathlib import Path

from .notes import Note
from .parsing import COLUMNS, FilmRow, RowError, parse

__all__ = ["FileError", "count_lines", "read"]


class FileError(Exception):
    """The file cannot be read as films at all; `str()` says why and what to do."""


def count_lines(path: Path) -> int:
    """Count the lines of the file, for a progress bar.

    Raises:
        FileError: The file is not there or not readable.
    """
    try:
        with path.open("rb") as file:
            return sum(1 for _ in file)
    except OSError as error:
        raise FileError(f"{path} must be a readable file, got: {error.strerror}.") from None


def read(path: Path) -> Iterator[FilmRow | Note]:
    """Yield a film, or the note of its refusal, for each row of the file.

    Rows count from 1 without the header and keep their number when others are refused.

    Raises:
        FileError: No readable file, or a header that lacks columns.
    """
    records = _records(path)
    _, header = next(records, (0, []))
    _refuse_header(path, header)
    for row, (line, record) in enumerate(records, 1):
        try:
            yield parse(_cells(header, record), row=row, line=line)
        except RowError as refusal:
            yield Note(row, line, "refused", str(refusal))


def _records(path: Path) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Yield the number of its last line with each record, or with the error it made."""
    # Bytes that are not UTF-8 stay recognisable in their cell, so that only their row is refused.
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        records = csv.reader(file)
        while True:
            try:
                record = next(records)
            except StopIteration:
                return
            except csv.Error as error:
                yield records.line_num, error
                continue
            if record:
                yield records.line_num, record


def _refuse_header(path: Path, header: list[str] | csv.Error) -> None:
    names = [] if isinstance(header, csv.Error) else header
    if missing := [name for name in COLUMNS if name not in names]:
        raise FileError(
            f"{path} must be UTF-8 CSV whose first line names the columns {', '.join(COLUMNS)}; "
            f"missing: {', '.join(missing)}."
        )


def _cells(header: list[str], record: list[str] | csv.Error) -> dict[str, str]:
    if isinstance(record, csv.Error):
        raise RowError(f"the row must be CSV with cells of a sane size, got: {record}")
    if len(record) != len(header):
        raise RowError(f"the row must have {len(header)} cells, got {len(record)}")
    return dict(zip(header, record, strict=True))
