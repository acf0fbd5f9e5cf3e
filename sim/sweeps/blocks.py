"""What a block of runs holds: a pure function of the design and the numbers of the runs.

Whoever computes a block (this process, another one, a machine in a cluster) comes to the same bytes. A run that fails
is a row with its error: its row of the design is tried in ever smaller parts until the run stands alone.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import pyarrow as pa

from sim.design import Design, Row, design_of
from sim.engine import Records, simulate_population
from sim.outcomes import observations, organisation_observations
from sim.population import Population, build
from sim.problems import ScenarioError
from sim.results import Case, tables_of, write_table
from sim.scenario import Scenario

IDENTITY = ("run", "scenario", "collaboration", "framework", "partners", "seed", "replicate", "status", "error")
"""The columns that say which run a row is of, beside those that vary."""

MARK = b"sweep"
"""Under this name every file of a block says which sweep it belongs to."""


@lru_cache(maxsize=4)
def design_from(text: str) -> Design:
    """Return a design from its JSON text; kept, for a worker computes many blocks of the same one."""
    return design_of(json.loads(text))


def compute(text: str, mark: str, first: int, last: int, failed: Mapping[int, str]) -> dict[str, bytes]:
    """Return the files of a block, by table: of the runs ``first`` … ``last`` - 1 of a design, given as JSON.

    ``failed`` are runs that are known to bring down whoever runs them, with what is to be said of them.
    """
    design = design_from(text)
    parts = [tables for each in _parts(design, range(first, last), failed) for tables in each]
    return {name: _file([part[name] for part in parts], mark) for name in design.outputs}


def _file(tables: list[Any], mark: str) -> bytes:
    table = pa.concat_tables(tables).unify_dictionaries().combine_chunks()
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), MARK: mark.encode()})
    stream = io.BytesIO()
    write_table(table, stream)
    return stream.getvalue()


def _parts(design: Design, runs: range, failed: Mapping[int, str]) -> Iterator[Iterator[dict[str, Any]]]:
    """Go through the rows of a design that a block holds runs of."""
    for number in range(runs.start // design.replicates, (runs.stop - 1) // design.replicates + 1):
        start = number * design.replicates
        here = range(max(runs.start, start), min(runs.stop, start + design.replicates))
        yield _row_tables(design, number, here, failed)


def _row_tables(design: Design, number: int, runs: range, failed: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    row = design.row(number)
    try:
        scenario = design.scenario_of(row)
        population = build(scenario)
    except MemoryError:
        raise  # of the machine, and not of the run
    except Exception as error:  # noqa: BLE001 - whatever it is, the other rows go on
        stand_in = _stand_in(design, row)
        yield _failures(design, row, stand_in, build(stand_in), runs, told(error))
        return
    case = Case(scenario, population, design.seed, design.varied(row), design.units)
    start = runs.start
    for run in (*(run for run in runs if run in failed), runs.stop):
        if start < run:
            yield from _tried(design, row, case, range(start, run))
        if run < runs.stop:
            yield _failures(design, row, scenario, population, range(run, run + 1), failed[run])
        start = run + 1


def _tried(design: Design, row: Row, case: Case, runs: range) -> Iterator[dict[str, Any]]:
    """Go through the tables of runs of one row; where something fails, of ever fewer runs."""
    try:
        tables = _simulated(design, case, runs)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a failed run is a row with its error
        if len(runs) == 1:
            yield _failures(design, row, case.scenario, case.population, runs, told(error))
            return
    else:
        yield tables
        return
    half = runs.start + len(runs) // 2
    yield from _tried(design, row, case, range(runs.start, half))
    yield from _tried(design, row, case, range(half, runs.stop))


def _simulated(design: Design, case: Case, runs: range) -> dict[str, Any]:
    replicate = runs.start % design.replicates
    wanted = design.outputs[1:]
    records = simulate_population(
        case.population, case.scenario.months, len(runs), design.seed, first=replicate, series="series" in wanted,
        organisations="organisations" in wanted, events="events" in wanted, workers=1,
    )  # fmt: skip
    return tables_of(case, records, wanted, replicate, runs.start)


# ---------------------------------------------------------------- what failed


def told(error: BaseException) -> str:
    """Return an error in one line."""
    if isinstance(error, ScenarioError):
        parts = [": ".join(part for part in (each.path, each.message) if part) for each in error.problems[:3]]
        return "; ".join(parts)
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _stand_in(design: Design, row: Row) -> Scenario:
    """Return a scenario with the same collaborations, for a row whose own cannot be made."""
    try:
        sized = design.of_size(row.partners)
        return sized.with_framework(row.framework, design.collaboration or None) if row.framework else sized
    except ScenarioError:
        return design.scenario


def _failures(
    design: Design, row: Row, scenario: Scenario, population: Population, runs: range, error: str
) -> dict[str, Any]:
    """Return the tables of runs that failed: a row for each run and collaboration without outcomes, no series."""
    case = Case(scenario, population, design.seed, design.varied(row), design.units)
    count = len(population.collaborations)
    nothing = Records(
        observations((len(runs), count)),
        observations((1, 1, count)),
        organisation_observations((1, 1, len(population.organisations))),
        [population.layout.state(population.buffer.copy()).log[:0]],
    )
    tables = tables_of(case, nothing, design.outputs[1:], runs.start % design.replicates, runs.start)
    kept = {*IDENTITY, *case.varied}
    table = tables["runs"]
    for place, each in enumerate(table.schema):
        if each.name == "status":
            table = table.set_column(place, each, pa.array(["failed"] * len(table), each.type))
        elif each.name == "error":
            table = table.set_column(place, each, pa.array([error] * len(table), each.type))
        elif each.name not in kept:
            table = table.set_column(place, each, pa.nulls(len(table), each.type))
    return {"runs": table} | {name: tables[name].slice(0, 0) for name in design.outputs[1:]}
