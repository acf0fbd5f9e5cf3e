"""The tables of a result folder, or of a sweep's blocks, as CSV files or as one workbook, for spreadsheets.

Beside the tables stands one more, *columns*: the unit of every column, and what it is called in words. Files are
written beside their place and renamed; nothing is overwritten, and if one cannot be written none is left.
"""

from __future__ import annotations

import contextlib
import csv
import io
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from sim.language import Language
from sim.outcomes import ORGANISATION_OUTCOMES, OUTCOMES
from sim.results import TABLES, ResultsError, write_file
from sim.sweeps.folder import blocks_in
from sim.sweeps.opened import open_results

WORKBOOK = "results.xlsx"
ROWS_MOST = 1_048_575  # what a sheet holds besides its heading
_EXACT_MOST = 2**53  # larger whole numbers lose digits in a spreadsheet
_BATCH = 16 * 1024
_TABLES = (*TABLES, "differences")

Write = Callable[[BinaryIO], object]
Tables = Mapping[str, Sequence[Path]]


def export_csv(folder: Path, out: Path | None, words: Language) -> list[Path]:
    """Write a CSV file for each table to a folder (the same one unless told otherwise); return the files.

    Raises:
        ResultsError: there are no results, a file is there already, or something cannot be read or written.
    """
    tables = _tables(folder)
    place = out or folder
    if place.exists() and not place.is_dir():
        raise ResultsError(f"{place} is a file; CSV files need a folder")
    files: dict[Path, Write] = {place / f"{name}.csv": _csv_writer(parts) for name, parts in tables.items()}
    about = io.StringIO()
    csv.writer(about, lineterminator="\n").writerows(_columns(tables, words))
    files[place / f"{words.text('export.columns')}.csv"] = lambda file: file.write(about.getvalue().encode())
    return _written(files)


def export_xlsx(folder: Path, out: Path | None, words: Language) -> list[Path]:
    """Write a workbook with a sheet for each table; return the file.

    Raises:
        ResultsError: there are no results, they do not fit, the file is there already, or openpyxl is not installed.
    """
    try:
        import openpyxl  # noqa: PLC0415
    except ImportError:
        raise ResultsError("workbooks need openpyxl: pip install 'vital-coalitions[analysis]'; or take --csv") from None
    tables = _tables(folder)
    place = out or folder
    file = place if place.suffix.lower() == ".xlsx" else place / WORKBOOK
    for name, parts in tables.items():
        rows = sum(pq.read_metadata(part).num_rows for part in parts)
        if rows > ROWS_MOST:
            raise ResultsError(f"{name} has {rows} rows, and a sheet holds {ROWS_MOST}; take --csv")
        for _ in _batches(parts):  # a damaged table is told of before a workbook is begun
            pass

    def write(target: BinaryIO) -> None:
        book = openpyxl.Workbook(write_only=True)
        _fill(book.create_sheet(words.text("export.columns")), _columns(tables, words))
        for name, parts in tables.items():
            _fill(book.create_sheet(name), _rows(parts))
        book.save(target)

    return _written({file: write})


# ---------------------------------------------------------------- reading


def _tables(folder: Path) -> dict[str, list[Path]]:
    """Return the files of each table that a folder holds, in the order of the runs; each has been seen to be readable.

    A sweep that has not come to its end is refused: a table of some of its runs would look like one of all.
    """
    if not folder.is_dir():
        raise ResultsError(f"{folder} is {'a file, not a folder' if folder.exists() else 'not there'}")
    found = {name: _parts(folder, name) for name in _TABLES}
    found = {name: parts for name, parts in found.items() if parts}
    if not found:
        raise ResultsError(f"{folder} holds no results ({', '.join(f'{name}.parquet' for name in _TABLES)})")
    for part in (part for parts in found.values() for part in parts):
        with _told(part, "read"):
            pq.read_schema(part)
    if any(part.parent != folder for parts in found.values() for part in parts) and (
        missing := open_results(folder).missing
    ):
        raise ResultsError(f"{folder}: {len(missing)} of its blocks are missing; start it once more to go on")
    return found


def _parts(folder: Path, table: str) -> list[Path]:
    alone = folder / f"{table}.parquet"
    return [alone] if alone.is_file() else [block.file for block in blocks_in(folder, table)]


def _batches(files: Sequence[Path]) -> Iterator[Any]:
    for file in files:
        with _told(file, "read"), pq.ParquetFile(file, page_checksum_verification=True) as source:
            yield from source.iter_batches(_BATCH)


def _columns(tables: Tables, words: Language) -> Iterator[Sequence[str]]:
    """Go through the columns of all tables: table, column, unit and what it is called in words."""
    yield [words.text(f"export.{name}") for name in ("table", "column", "unit", "meaning")]
    for table, parts in tables.items():
        outcomes = ORGANISATION_OUTCOMES if table == "organisations" else OUTCOMES
        called = {each.name: each.nl if words.code == "nl" else each.en for each in outcomes}
        for field in pq.read_schema(parts[0]):
            unit = (field.metadata or {}).get(b"unit", b"").decode()
            yield [table, field.name, unit, called.get(field.name, "")]


# ---------------------------------------------------------------- writing


def _csv_writer(parts: Sequence[Path]) -> Write:
    def write(target: BinaryIO) -> None:
        plain = pa.schema([(field.name, _plain_type(field.type)) for field in pq.read_schema(parts[0])])
        with pyarrow.csv.CSVWriter(target, plain) as writer:
            for batch in _batches(parts):
                writer.write_table(pa.Table.from_batches([batch]).cast(plain))

    return write


def _plain_type(kind: Any) -> Any:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _rows(parts: Sequence[Path]) -> Iterator[Sequence[Any]]:
    yield pq.read_schema(parts[0]).names
    for batch in _batches(parts):
        yield from zip(*(_values(column) for column in batch.columns), strict=True)


def _values(column: Any) -> list[Any]:
    """Return the values of a column; narrow floats with the digits that they have, not those that widening adds."""
    if column.type == pa.float32():
        return [None if text is None else float(text) for text in column.cast(pa.string()).to_pylist()]
    found: list[Any] = column.to_pylist()
    return found


def _fill(sheet: Any, rows: Iterable[Sequence[Any]]) -> None:
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Any, value: Any) -> Any:
    """Return a value as a sheet can hold it: nothing that it would round, refuse, or take for a formula."""
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    if isinstance(value, int) and abs(value) > _EXACT_MOST:
        return str(value)
    if isinstance(value, str):
        value = "".join(each if each.isprintable() else " " for each in value)
        if value.startswith("="):
            from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

            cell = WriteOnlyCell(sheet, value)
            cell.data_type = "s"
            return cell
    return value


def _written(files: Mapping[Path, Write]) -> list[Path]:
    """Write files, all or none, over nothing that is there."""
    if there := [str(file) for file in files if file.exists()]:
        raise ResultsError(f"already there: {', '.join(there)}; choose another place with --out")
    done: list[Path] = []
    folder = next(iter(files)).parent
    made = [each for each in (folder, *folder.absolute().parents) if not each.exists()]
    try:
        with _told(folder, "written"):
            folder.mkdir(parents=True, exist_ok=True)
            for file, write in files.items():
                write_file(file, write)
                done.append(file)
    except BaseException:
        for file in done:
            file.unlink(missing_ok=True)
        for each in made:
            with contextlib.suppress(OSError):
                each.rmdir()
        raise
    return done


@contextlib.contextmanager
def _told(place: Path, what: str) -> Iterator[None]:
    """Turn an error of files into one line for the user."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ResultsError(f"{place} cannot be {what}: {told}") from error
