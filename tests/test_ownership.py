"""Every column has one writer, or stands in the short list of shared ones; and no mechanism reads what it does not say.

What a mechanism reads and writes is taken from its source (``contracts``). That is held against the owners in
``sim.columns`` and, by running each mechanism on states of random scenarios at random months, against what it
really does: nothing else may change, and filling all that it does not read with nonsense may not change what
it does.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from contracts import CELLS, INPUTS, MECHANISMS, contracts, schedule
from random_scenarios import random_scenario

import sim.columns
import sim.schedule
from sim.columns import COLUMNS, SHARED
from sim.population import begin, build
from sim.schedule import month

OWNER = {f"{column.entity}.{column.name}": column.owner for column in COLUMNS}
DECLARED = {
    name: {column for column, owner in OWNER.items() if owner == name or name in SHARED.get(column, ())}
    for name in MECHANISMS
}
EVERYONE = {column for column in OWNER if column.startswith("log.")} | {"clock.logged"}
STATES = 40


@pytest.mark.parametrize("name", MECHANISMS)
def test_writes_what_it_owns(name: str) -> None:
    """The source of a mechanism writes nothing but its own columns, the shared ones it is listed for, and the log."""
    _, writes = contracts()[name]
    assert sorted(writes - DECLARED[name] - EVERYONE) == []


def test_owners_write() -> None:
    """A mechanism that owns a column writes it."""
    written = {name: writes for name, (_, writes) in contracts().items()}
    idle = [column for column, owner in OWNER.items() if owner in written and column not in written[owner]]
    assert idle == []


def test_sharing_is_needed() -> None:
    """Nothing stands in the list of shared columns that does not have to, and no owner shares with itself."""
    written = {name: writes for name, (_, writes) in contracts().items()}
    for column, names in SHARED.items():
        assert column in OWNER
        assert OWNER[column] not in names, column
        for name in names:
            assert column in written[name], (column, name)


def test_phases_are_read_by_none() -> None:
    """No mechanism reads a column that ``phases`` writes."""
    for name, (reads, _) in contracts().items():
        if name != "phases":
            assert [column for column in reads if OWNER[column] == "phases"] == []


def test_all_is_read() -> None:
    """Whatever a file may set is read by some mechanism."""
    read = set().union(*(reads for reads, _ in contracts().values()))
    start_only = {"organisations.domains", "organisations.brings", "organisations.needs"}  # they make month 0
    start_only |= {"parameters.place_spread"}  # places are drawn once
    inputs = {f"{entity}.{name}" for entity in CELLS["cells"] for name in INPUTS[entity]}
    assert sorted(inputs - read - start_only) == []


def test_as_they_run(tmp_path: Path) -> None:
    """On states of random scenarios every mechanism changes and depends on no more than its source says.

    The states come from compiled runs; the mechanisms run interpreted, in another process.
    """
    rng = random.Random(5)
    buffers: dict[str, Any] = {}
    for seed in range(STATES):
        scenario = random_scenario(seed)
        population = build(scenario)
        buffer = population.buffer.copy()
        state = population.layout.state(buffer)
        state.clock["key"][0] = 1234567 + seed
        before = rng.randrange(scenario.months)
        begin(state)
        for _ in range(before):
            month(state)
        buffers[str(seed)] = buffer
    np.savez(tmp_path / "states.npz", **buffers)
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(Path(sim.columns.__file__).parents[1])}
    ran = subprocess.run(
        [sys.executable, __file__, str(tmp_path / "states.npz")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]


# ---------------------------------------------------------------- the other process


def _tables(state: Any) -> dict[str, Any]:
    return {entity: getattr(state, entity) for entity in dict.fromkeys(column.entity for column in COLUMNS)}


def _nonsense(kind: str) -> Any:
    return float("nan") if kind == "f8" else (2**61 + 7 if kind == "u8" else -(2**40) - 7)


def _same(one: Any, other: Any) -> Any:
    if one.dtype == np.float64:
        return (one == other) | (np.isnan(one) & np.isnan(other))
    return one == other


def _run_and_compare(population: Any, buffer: Any, name: str, function: Any, problems: set[str]) -> None:
    reads, writes = contracts()[name]
    before = population.layout.state(buffer.copy())
    state = population.layout.state(buffer)
    blind = buffer.copy()
    blinded = population.layout.state(blind)
    for column in COLUMNS:
        path = f"{column.entity}.{column.name}"
        if path not in reads and column.entity not in ("log", "clock"):
            getattr(blinded, column.entity)[column.name][:] = _nonsense(column.dtype)
    function(state)
    try:
        function(blinded)
    except (IndexError, ZeroDivisionError, ValueError, OverflowError) as error:
        problems.add(f"{name} depends on what it does not read: {error!r}")
        return
    for column in COLUMNS:
        path = f"{column.entity}.{column.name}"
        if column.entity in ("log", "clock"):
            continue
        old, new = getattr(before, column.entity)[column.name], getattr(state, column.entity)[column.name]
        if path not in writes and not _same(old, new).all():
            problems.add(f"{name} changes {path}")
        seen = getattr(blinded, column.entity)[column.name]
        if path in reads:
            same = _same(seen, new)
        else:
            same = _same(seen, new) | (_same(seen, np.full_like(seen, _nonsense(column.dtype))) & _same(old, new))
        if not same.all():
            problems.add(f"{name} depends on what it does not read: {path} comes out otherwise")


def _main(file: str) -> int:
    problems: set[str] = set()
    steps = [(name, getattr(sim.schedule, called)) for name, called in schedule()]
    for seed, buffer in np.load(file).items():
        population = build(random_scenario(int(seed)))
        population.layout.state(buffer).clock["month"][0] += 1
        for name, function in steps:
            _run_and_compare(population, buffer, name, function, problems)
    print("\n".join(sorted(problems)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1]))
