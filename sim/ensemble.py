"""Ensembles: many runs of one scenario under one seed, as frames and as a folder."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.engine import BLOCK, Records, simulate_population
from sim.outcomes import OBSERVATION, ORGANISATION_OBSERVATION
from sim.population import build
from sim.problems import single
from sim.results import Case, Origin, frame, save, tables_of
from sim.scenario import MEMORY_MOST, Scenario, load

if TYPE_CHECKING:
    import os

    import pandas as pd

SEED_MOST = 2**63 - 1
RUNS_MOST = 10_000_000
_CHUNK_BYTES = 256 * 1024**2
_ROW_BYTES = 800  # a row of the runs' table, roughly
_EVENT_BYTES = 64
_EVENTS_A_MONTH = 4  # and collaboration, roughly


@dataclass(frozen=True, repr=False)
class Ensemble:
    """What the runs of a scenario left. The frames that were not asked for are None."""

    case: Case
    first_replicate: int
    count: int
    tables: Mapping[str, Any]
    origin: Origin

    def __repr__(self) -> str:
        """Return a short description."""
        held = ", ".join(self.tables)
        return f"<Ensemble of {self.count} runs of {self.case.scenario.name}, seed {self.case.seed}: {held}>"

    @property
    def scenario(self) -> Scenario:
        """Return the scenario that was run."""
        return self.case.scenario

    @cached_property
    def runs(self) -> pd.DataFrame:
        """Return a row per run and collaboration."""
        return frame(self.tables["runs"])

    @cached_property
    def series(self) -> pd.DataFrame | None:
        """Return a row per run, collaboration and month."""
        return self._frame("series")

    @cached_property
    def organisations(self) -> pd.DataFrame | None:
        """Return a row per run, organisation and month."""
        return self._frame("organisations")

    @cached_property
    def events(self) -> pd.DataFrame | None:
        """Return a row per event."""
        return self._frame("events")

    def _frame(self, name: str) -> pd.DataFrame | None:
        return frame(self.tables[name]) if name in self.tables else None

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write the results to a folder, whole or not at all, and return the folder.

        Raises:
            ResultsError: the folder holds other results, or cannot be written.
        """
        return save(Path(folder), self.tables, self.case, self.first_replicate, self.count, self.origin)


def simulate(
    scenario: Scenario | str | os.PathLike[str],
    runs: int = 1000,
    seed: int = 1,
    series: bool = False,  # noqa: FBT001, FBT002 - the names and their order are fixed
    organisations: bool = False,  # noqa: FBT001, FBT002
    events: bool = False,  # noqa: FBT001, FBT002
    workers: int | None = None,
    *,
    first_replicate: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Ensemble:
    """Run replicates 0 … ``runs`` - 1 of a scenario.

    The results do not depend on ``workers``, the number of threads (default: one for each core). ``progress`` is told
    how many runs were done, each time some are.

    Raises:
        ScenarioError: the scenario has problems, or a number is out of bounds, or the results would not fit.
    """
    case = prepare(scenario if isinstance(scenario, Scenario) else load(scenario), seed)
    asked = {"series": series, "organisations": organisations, "events": events}
    wanted = tuple(name for name, yes in asked.items() if yes)
    check_size(case, runs, first_replicate, wanted, workers)
    started = datetime.now(UTC)
    parts = [
        tables_of(case, records, wanted, first_replicate + start, start)
        for start, records in _chunks(case, runs, first_replicate, wanted, workers, progress)
    ]
    ended = datetime.now(UTC)
    return Ensemble(case, first_replicate, runs, _joined(parts), Origin(sys.argv, started, ended))


def prepare(scenario: Scenario, seed: int) -> Case:
    """Return a scenario with its population, ready to be run.

    Raises:
        ScenarioError: the seed is out of bounds.
    """
    _bounded("seed", seed, 0, SEED_MOST)
    return Case(scenario, build(scenario), seed)


def _chunks(
    case: Case, runs: int, first_replicate: int, wanted: tuple[str, ...], workers: int | None,
    progress: Callable[[int], None] | None,
) -> Any:  # fmt: skip
    """Go through the runs in parts, so that a long series need not be held whole before it is made narrow."""
    months = case.scenario.months
    a_run = months * _monthly_bytes(case, wanted)
    size = max(1, _CHUNK_BYTES // max(1, a_run) // BLOCK) * BLOCK
    for start in range(0, runs, size):
        yield start, simulate_population(
            case.population, months, min(size, runs - start), case.seed, first=first_replicate + start,
            series="series" in wanted, organisations="organisations" in wanted, events="events" in wanted,
            workers=workers, progress=progress,
        )  # fmt: skip


def from_records(case: Case, records: Records, first_replicate: int, origin: Origin) -> Ensemble:
    """Return records with everything in them as an ensemble."""
    tables = tables_of(case, records, ("series", "organisations", "events"), first_replicate)
    return Ensemble(case, first_replicate, len(records.finals), tables, origin)


def _joined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    import pyarrow as pa  # noqa: PLC0415

    if len(parts) == 1:
        return parts[0]
    return {name: pa.concat_tables([part[name] for part in parts]).combine_chunks() for name in parts[0]}


def _monthly_bytes(case: Case, wanted: tuple[str, ...]) -> int:
    population = case.population
    total = OBSERVATION.itemsize * len(population.collaborations) if "series" in wanted else 0
    if "organisations" in wanted:
        total += ORGANISATION_OBSERVATION.itemsize * len(population.organisations)
    if "events" in wanted:
        total += _EVENT_BYTES * _EVENTS_A_MONTH * len(population.collaborations)
    return total


def _bounded(name: str, value: Any, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        allowed = f"a whole number from {least} to {most}"
        raise single("simulate", f"{value!r} is not allowed", path=name, value=value, allowed=allowed)


def check_numbers(runs: Any, seed: Any, workers: Any) -> None:
    """See to it that there can be so many runs.

    Raises:
        ScenarioError: a number is out of bounds.
    """
    _bounded("runs", runs, 1, RUNS_MOST)
    _bounded("seed", seed, 0, SEED_MOST)
    if workers is not None:
        _bounded("workers", workers, 1, 1024)


def check_size(case: Case, runs: int, first_replicate: int, wanted: tuple[str, ...], workers: int | None) -> None:
    """See to it that the results fit into memory, before anything is allocated.

    Raises:
        ScenarioError: they do not, or a number is out of bounds.
    """
    check_numbers(runs, case.seed, workers)
    _bounded("replicate", first_replicate, 0, SEED_MOST - RUNS_MOST)
    rows = runs * len(case.population.collaborations)
    need = rows * _ROW_BYTES + runs * case.scenario.months * _monthly_bytes(case, wanted)
    if need > MEMORY_MOST:
        what = "a run" if runs == 1 else f"{runs} runs"
        message = f"the results of {what} would take about {need / 1024**3:.0f} GB of memory"
        raise single("simulate", message, path="runs", value=runs, allowed=f"at most {MEMORY_MOST // 1024**3} GB")
