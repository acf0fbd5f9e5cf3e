"""Results: what an ensemble leaves as tables, and folders of files that survive.

Tables are made once, with Arrow: the frames that Python sees and the Parquet files on disk are the same columns. A
folder of results is complete or is not one: each file is written beside its place, flushed and renamed, the manifest
last.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim import provenance
from sim.elements import Value
from sim.engine import Records
from sim.log import EVENTS
from sim.mechanisms.diagnosis import BINDINGS
from sim.mechanisms.phases import END_STATES
from sim.outcomes import ORGANISATION_OUTCOMES, OUTCOMES, Outcome
from sim.population import Population
from sim.scenario import Scenario
from sim.structure import LEVELS

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
TABLES = ("runs", "series", "organisations", "events")
MANIFEST = "manifest.json"
_ROW_GROUP = 64 * 1024
_BUREAU = (*LEVELS, "bureau")
# Of the month, and not of the run: in a run's row the condition that was binding most often says more than a partner.
_MONTHLY_ONLY = ("binding_organisation",)


class ResultsError(Exception):
    """A folder that cannot be written or read, in words for the user."""


# ---------------------------------------------------------------- columns


def _field(name: str, kind: Any, unit: str) -> Any:
    return pa.field(name, kind, metadata={"unit": unit})


# Arrays are made from memory, not by ``pa.array``: that imports pandas, which takes longer than a run.


def _array(values: Any, kind: Any, known: Any = None) -> Any:
    """Return numbers as an array; those not known are null."""
    numbers = np.ascontiguousarray(values, kind.to_pandas_dtype())
    bits = None
    if known is not None and not known.all():
        numbers = np.where(known, numbers, np.zeros(1, numbers.dtype))
        bits = pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(kind, len(numbers), [bits, pa.py_buffer(numbers)])


def _floats(values: Any, kind: Any) -> Any:
    return _array(values, kind)


def _integers(values: Any, kind: Any, *, zero_is_none: bool = False) -> Any:
    return _array(values, kind, np.asarray(values) != 0 if zero_is_none else None)


def _strings(words: Sequence[str]) -> Any:
    encoded = [word.encode() for word in words]
    ends = np.cumsum([0, *(len(word) for word in encoded)], dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(words), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))])


def _words(codes: Any, words: Sequence[str], *, plain: bool = False) -> Any:
    """Return codes as words; a code without a word is null."""
    places = np.ascontiguousarray(codes, np.int32)
    found = pa.DictionaryArray.from_arrays(
        _array(places, pa.int32(), (places >= 0) & (places < len(words))), _strings(words)
    )
    return found.dictionary_decode() if plain else found


def _repeated(word: str, rows: int, *, plain: bool) -> Any:
    return _words(np.zeros(rows, np.int32), (word,), plain=plain)


class _Columns:
    """Gathers the columns of a table, each with its unit."""

    def __init__(self) -> None:
        self._fields: list[Any] = []
        self._arrays: list[Any] = []

    def add(self, name: str, unit: str, array: Any) -> None:
        self._fields.append(_field(name, array.type, unit))
        self._arrays.append(array)

    def outcome(self, outcome: Outcome, values: Any, population: Population, *, narrow: bool) -> None:
        """Add an outcome: codes as words, counts as integers, the rest as floats of the width wanted."""
        words = {
            "end_state": END_STATES,
            "binding": BINDINGS,
            "binding_level": LEVELS,
            "organisation": population.organisations,
        }
        if outcome.codes:
            array = _words(values, words[outcome.codes], plain=not narrow)
        elif outcome.whole:
            array = _integers(values, pa.int32() if narrow else pa.int64(), zero_is_none=outcome.nullable)
        else:
            array = _floats(values, pa.float32() if narrow else pa.float64())
        self.add(outcome.name, outcome.unit, array)

    def table(self) -> Any:
        """Return the table; pandas is told which integers may be missing."""
        described = [_described(each) for each in self._fields]
        pandas = {"index_columns": [], "column_indexes": [], "columns": described, "pandas_version": "2.2.3"}
        schema = pa.schema(self._fields, metadata={"pandas": json.dumps(pandas)})
        return pa.Table.from_arrays(self._arrays, schema=schema)


_PLAIN = frozenset({"run", "month", "seed", "replicate", "partners"})


def _described(each: Any) -> dict[str, Any]:
    """Return what pandas wants to know of a column to read it back as it was."""
    kind = each.type
    width = "64" if kind in (pa.int64(), pa.float64()) else "32"
    about: dict[str, Any] = {"name": each.name, "field_name": each.name, "metadata": None}
    if pa.types.is_dictionary(kind):
        return about | {"pandas_type": "categorical", "numpy_type": "int32", "metadata": {"ordered": False}}
    if pa.types.is_integer(kind):
        letter = "int" if each.name in _PLAIN else "Int"
        return about | {"pandas_type": f"int{width}", "numpy_type": f"{letter}{width}"}
    if pa.types.is_floating(kind):
        return about | {"pandas_type": f"float{width}", "numpy_type": f"float{width}"}
    return about | {"pandas_type": "unicode", "numpy_type": "object"}


# ---------------------------------------------------------------- tables


@dataclass(frozen=True)
class Case:
    """What a number of runs have in common: a scenario, its population, a seed, and the values of a design's row."""

    scenario: Scenario
    population: Population
    seed: int
    varied: Mapping[str, Value] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


def _numbers_of_runs(first_run: int, runs: int, each: int) -> Any:
    return np.repeat(np.arange(first_run, first_run + runs, dtype=np.int64), each)


def runs_table(case: Case, records: Records, first_replicate: int, first_run: int = 0) -> Any:
    """Return a row per run and collaboration."""
    population = case.population
    runs, collaborations = records.finals.shape
    rows = runs * collaborations
    columns = _Columns()
    number = _numbers_of_runs(0, runs, collaborations)
    columns.add("run", "number", _integers(number + first_run, pa.int64()))
    columns.add("scenario", "name", _repeated(case.scenario.name, rows, plain=True))
    turn = np.tile(np.arange(collaborations), runs)
    columns.add("collaboration", "name", _words(turn, population.collaborations, plain=True))
    columns.add("framework", "name", _words(turn, population.frameworks, plain=True))
    columns.add("partners", "organisations", _integers(np.tile(population.partners, runs), pa.int64()))
    columns.add("seed", "number", _integers(np.full(rows, case.seed), pa.int64()))
    columns.add("replicate", "number", _integers(number + first_replicate, pa.int64()))
    for path, value in case.varied.items():
        if isinstance(value, str):
            array = _repeated(value, rows, plain=True)
        else:
            array = _floats(np.full(rows, float(value)), pa.float64())
        columns.add(path, case.units.get(path, "number"), array)
    columns.add("status", "state", _repeated("ok", rows, plain=True))
    columns.add("error", "text", pa.nulls(rows, pa.string()))
    for outcome in OUTCOMES:
        if outcome.name not in _MONTHLY_ONLY:
            columns.outcome(outcome, records.finals[outcome.name].ravel(), population, narrow=False)
    return columns.table()


def series_table(case: Case, records: Records, first_run: int = 0) -> Any:
    """Return a row per run, collaboration and month."""
    assert records.series is not None  # noqa: S101
    runs, months, collaborations = records.series.shape
    columns = _Columns()
    columns.add("run", "number", _integers(_numbers_of_runs(first_run, runs, months * collaborations), pa.int64()))
    turn = np.tile(np.repeat(np.arange(collaborations), months), runs)
    columns.add("collaboration", "name", _words(turn, case.population.collaborations))
    columns.add("month", "month", _integers(np.tile(np.arange(1, months + 1), runs * collaborations), pa.int32()))
    for outcome in OUTCOMES:
        values = records.series[outcome.name].transpose(0, 2, 1).ravel()
        columns.outcome(outcome, values, case.population, narrow=True)
    return columns.table()


def organisations_table(case: Case, records: Records, first_run: int = 0) -> Any:
    """Return a row per run, organisation and month."""
    assert records.organisations is not None  # noqa: S101
    runs, months, people = records.organisations.shape
    columns = _Columns()
    columns.add("run", "number", _integers(_numbers_of_runs(first_run, runs, months * people), pa.int64()))
    turn = np.tile(np.repeat(np.arange(people), months), runs)
    columns.add("organisation", "name", _words(turn, case.population.organisations))
    columns.add("month", "month", _integers(np.tile(np.arange(1, months + 1), runs * people), pa.int32()))
    for outcome in ORGANISATION_OUTCOMES:
        values = records.organisations[outcome.name].transpose(0, 2, 1).ravel()
        columns.add(outcome.name, outcome.unit, _floats(values, pa.float64()))
    return columns.table()


def events_table(case: Case, records: Records, first_run: int = 0) -> Any:
    """Return a row per event, run after run, in the order in which things happened."""
    assert records.log is not None  # noqa: S101
    population = case.population
    lengths = [len(each) for each in records.log]
    run = np.repeat(np.arange(first_run, first_run + len(lengths), dtype=np.int64), lengths)
    log = np.concatenate(records.log)
    columns = _Columns()
    columns.add("run", "number", _integers(run, pa.int64()))
    columns.add("month", "month", _integers(log["month"], pa.int32()))
    columns.add("kind", "event", _words(log["event"], EVENTS))
    columns.add("collaboration", "name", _words(log["collaboration"], population.collaborations))
    columns.add("organisation", "name", _words(log["organisation"], population.organisations))
    columns.add("level", "level", _words(log["level"], _BUREAU))
    columns.add("other", "name", _words(log["other"], population.organisations))
    columns.add("value", "number", _floats(log["amount"], pa.float64()))
    return columns.table()


def tables_of(
    case: Case, records: Records, wanted: Sequence[str], first_replicate: int, first_run: int = 0
) -> dict[str, Any]:
    """Return the tables that are wanted, by name."""
    made: dict[str, Any] = {"runs": runs_table(case, records, first_replicate, first_run)}
    makers = {"series": series_table, "organisations": organisations_table, "events": events_table}
    made.update({name: make(case, records, first_run) for name, make in makers.items() if name in wanted})
    return made


def frame(table: Any) -> pd.DataFrame:
    """Return a table as a pandas frame: missing integers stay integers, repeated words become categories."""
    made: pd.DataFrame = table.to_pandas()
    return made


# ---------------------------------------------------------------- files


def write_table(table: Any, file: BinaryIO) -> None:
    """Write a table so that the same table gives the same bytes, and flipped bits are noticed on reading."""
    write_tables([table], file)


def write_tables(tables: Iterable[Any], file: BinaryIO) -> None:
    """Write tables of the same columns below each other, holding no more than one of them; there has to be one."""
    parts = iter(tables)
    first = next(parts)
    words = [each.name for each in first.schema if pa.types.is_dictionary(each.type) or pa.types.is_string(each.type)]
    with pq.ParquetWriter(
        file,
        first.schema,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=3,
        use_dictionary=words,
        data_page_size=1024 * 1024,
        write_statistics=True,
        write_page_checksum=True,
        store_schema=True,
    ) as writer:
        writer.write_table(first, row_group_size=_ROW_GROUP)
        for table in parts:
            writer.write_table(table, row_group_size=_ROW_GROUP)


def read_table(path: Path) -> Any:
    """Return a table from a file, with its checksums verified.

    Raises:
        ResultsError: the file is not there, or damaged.
    """
    try:
        return pq.read_table(path, page_checksum_verification=True, partitioning=None)
    except (OSError, pa.ArrowException) as error:
        raise ResultsError(f"{path} cannot be read: {' '.join(str(error).split())}") from error


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot flush a folder
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file beside its place, flush it and put it in place in one move."""
    beside = path.with_name(f".{path.name}.partial")
    try:
        with beside.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def held(folder: Path) -> list[str]:
    """Return the names of results that a folder holds."""
    if not folder.is_dir():
        return []
    return sorted(
        each.name for each in folder.iterdir() if each.name in (MANIFEST, "runs") or each.suffix == ".parquet"
    )


def check_free(folder: Path) -> None:
    """See to it that results can be written to a folder, before work is done for them.

    Raises:
        ResultsError: the folder holds other results, is a file, or cannot be written.
    """
    with _told(folder):
        if folder.exists() and not folder.is_dir():
            raise ResultsError(f"{folder} is a file; results need a folder")
        others = held(folder)
        if others:
            raise ResultsError(f"{folder} already holds results ({', '.join(others[:3])}); choose another folder")
        absent = [each for each in (folder, *folder.absolute().parents) if not each.exists()]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
        finally:
            for each in absent:
                with contextlib.suppress(OSError):
                    each.rmdir()


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Turn an error of the file system into one line for the user."""
    try:
        yield
    except (OSError, ValueError) as error:
        told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ResultsError(f"{folder} cannot be written: {told}") from error


@dataclass(frozen=True)
class Origin:
    """How a result came about, for its manifest."""

    command: Sequence[str]
    started: datetime
    ended: datetime


def birth_certificate(origin: Origin, files: Mapping[str, str]) -> dict[str, Any]:
    """Return what every manifest tells: versions, command, times, hashes of files."""
    return {
        "format": FORMAT,
        "package": provenance.DISTRIBUTION,
        "version": provenance.version(),
        "commit": provenance.commit(),
        "tables": sorted(Path(name).stem for name in files),
        "libraries": provenance.libraries(),
        "command": list(origin.command),
        "started": _stamp(origin.started),
        "ended": _stamp(origin.ended),
        "files": dict(sorted(files.items())),
    }


def manifest(case: Case, first_replicate: int, runs: int, files: Mapping[str, str], origin: Origin) -> dict[str, Any]:
    """Return everything that is needed to run a result again, and to check it."""
    return {
        **birth_certificate(origin, files),
        "seed": case.seed,
        "first_replicate": first_replicate,
        "replicates": runs,
        "scenario": case.scenario.as_dict(),
    }


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def save(folder: Path, tables: Mapping[str, Any], case: Case, first_replicate: int, runs: int, origin: Origin) -> Path:
    """Write a folder of results, whole or not at all.

    Raises:
        ResultsError: the folder holds other results, or cannot be written.
    """
    return save_tables(
        folder,
        {name: [table] for name, table in tables.items()},
        lambda hashes, _: manifest(case, first_replicate, runs, hashes, origin),
    )


def save_tables(
    folder: Path,
    tables: Mapping[str, Iterable[Any]],
    about: Callable[[Mapping[str, str], Mapping[str, str]], Mapping[str, Any]],
    beside: Callable[[Path], object] | None = None,
) -> Path:
    """Write a folder of tables, each in parts below each other, and a manifest; whole or not at all.

    Args:
        folder: where; it is made if it is not there.
        tables: by name.
        about: makes the manifest from the hashes of the tables' files and of those written beside them.
        beside: writes further files into the folder, after the tables and before the manifest.

    Raises:
        ResultsError: the folder holds other results, or cannot be written.
    """
    check_free(folder)
    new = not folder.exists()
    before = set() if new else _below(folder)
    try:
        with _told(folder):
            folder.mkdir(parents=True, exist_ok=True)
            hashes: dict[str, str] = {}
            for name, parts in tables.items():
                path = folder / f"{name}.parquet"
                write_file(path, lambda file, parts=parts: write_tables(parts, file))  # type: ignore[misc]
                hashes[path.name] = provenance.sha256(path)
        if beside is not None:
            beside(folder)
        with _told(folder):
            others = sorted(path for path in _below(folder) - before if path.is_file() and path.name not in hashes)
            told = {path.relative_to(folder).as_posix(): provenance.sha256(path) for path in others}
            text = json.dumps(about(hashes, told), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
            write_file(folder / MANIFEST, lambda file: file.write(text.encode()))
            _sync_folder(folder.absolute().parent)
    except BaseException:
        _clear(folder, before)
        if new:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise
    return folder


def _below(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def _clear(folder: Path, before: set[Path]) -> None:
    """Take away what was not there before."""
    with contextlib.suppress(OSError):
        for path in sorted(_below(folder) - before, key=lambda path: len(path.parts), reverse=True):
            with contextlib.suppress(OSError):
                if path.is_dir() and not path.is_symlink():
                    path.rmdir()
                else:
                    path.unlink(missing_ok=True)
