"""Reading results back: of a sweep or of a single ensemble, whole or piece by piece, and seeing that they are sound."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from sim.design import Design, design_of
from sim.problems import single
from sim.results import MANIFEST, ResultsError, frame
from sim.sweeps.folder import KIND, Block, Damage, blocks_in, damage_of, read_manifest, tables_of_folder

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class Results:
    """A folder of results. Frames are read when they are asked for, and every byte of them is checked then."""

    folder: Path
    manifest: dict[str, Any]

    def __repr__(self) -> str:
        """Return a short description."""
        state = "" if self.is_complete else ", not complete"
        return f"<Results in {self.folder}: {', '.join(self.tables)}{state}>"

    @property
    def tables(self) -> list[str]:
        """Return the names of the tables that are there."""
        return tables_of_folder(self.folder)

    @property
    def is_sweep(self) -> bool:
        """Say whether these are the results of a sweep."""
        return self.manifest.get("kind") == KIND

    @property
    def is_complete(self) -> bool:
        """Say whether all runs are there."""
        return not self.is_sweep or not self.missing

    @cached_property
    def design(self) -> Design:
        """Return the design of the sweep.

        Raises:
            ScenarioError: these are not the results of a sweep.
        """
        if not self.is_sweep:
            raise single(str(self.folder), "these are not the results of a sweep")
        return design_of(self.manifest["design"])

    @property
    def missing(self) -> list[int]:
        """Return the numbers of the blocks that are not there."""
        if not self.is_sweep:
            return []
        there = [{block.number for block in blocks_in(self.folder, name)} for name in self.manifest["tables"]]
        return [number for number in range(self.manifest["blocks"]) if not all(number in each for each in there)]

    @cached_property
    def runs(self) -> pd.DataFrame:
        """Return a row per run and collaboration."""
        found = self._frame("runs")
        if found is None:
            raise ResultsError(f"{self.folder} holds no runs")
        return found

    @cached_property
    def series(self) -> pd.DataFrame | None:
        """Return a row per run, collaboration and month; None if that was not asked for."""
        return self._frame("series")

    @cached_property
    def organisations(self) -> pd.DataFrame | None:
        """Return a row per run, organisation and month; None if that was not asked for."""
        return self._frame("organisations")

    @cached_property
    def events(self) -> pd.DataFrame | None:
        """Return a row per event; None if that was not asked for."""
        return self._frame("events")

    def _frame(self, table: str) -> pd.DataFrame | None:
        if table not in self.tables:
            return None
        parts = [
            pq.read_table(pa.BufferReader(data), page_checksum_verification=True) for data in self._sound_bytes(table)
        ]
        return frame(pa.concat_tables(parts).unify_dictionaries())

    def _files(self, table: str) -> list[Block]:
        alone = self.folder / f"{table}.parquet"
        if alone.is_file():
            return [Block(0, self.manifest.get("files", {}).get(alone.name, ""), alone)]
        return list(blocks_in(self.folder, table))

    def _sound_bytes(self, table: str) -> Iterator[bytes]:
        """Go through the files of a table, each seen to be what was written.

        Raises:
            ResultsError: one is damaged.
        """
        for block in self._files(table):
            try:
                data = block.file.read_bytes()
            except OSError as error:
                raise ResultsError(f"{block.file} cannot be read: {error.strerror or error}") from error
            if hashlib.sha256(data).hexdigest() != block.sha256:
                raise ResultsError(f"{block.file} is damaged; the sweep computes it again if it is started once more")
            yield data

    def scan(self, table: str = "runs", *, verify: bool = True) -> Any:
        """Return a table as a ``pyarrow.dataset.Dataset``: to filter and read piece by piece, also if it is very large.

        All files are checked first, one at a time, unless ``verify`` is false; checksums of pages are always verified.

        Raises:
            ResultsError: there is no such table, or a file is damaged.
        """
        if table not in self.tables:
            raise ResultsError(f"{self.folder} holds no {table}; it holds {', '.join(self.tables)}")
        files = self._files(table)
        if verify:
            for damage in (damage_of(block, table) for block in files):
                if damage is not None:
                    raise ResultsError(str(damage))
        options = ds.ParquetFragmentScanOptions(page_checksum_verification=True)
        form = ds.ParquetFileFormat(default_fragment_scan_options=options)
        return ds.dataset([str(block.file) for block in files], format=form)

    def verify(self) -> list[Damage]:
        """Return everything that is damaged; an empty list if all is sound. Reads every file once."""
        mark = self.manifest.get("mark") if self.is_sweep else None
        found = [damage_of(block, table, mark) for table in self.tables for block in self._files(table)]
        return [damage for damage in found if damage is not None]


def open_results(folder: str | os.PathLike[str]) -> Results:
    """Return the results in a folder, to be read when asked for.

    Raises:
        ResultsError: there are none, or the manifest is damaged.
    """
    place = Path(folder)
    if not place.is_dir():
        raise ResultsError(f"{place} is {'a file, not a folder' if place.exists() else 'not there'}")
    file = place / MANIFEST
    if not file.is_file():
        raise ResultsError(f"{place} holds no results: there is no {MANIFEST}")
    about = read_manifest(file)
    if about is None:
        raise ResultsError(f"{file} is damaged; a sweep that is started once more writes it again")
    return Results(place, about)
