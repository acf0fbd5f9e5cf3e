"""Worlds: settings of the uncertain parameters that the calibration patterns accept, shipped as data.

Where a statement should not hang on one choice of parameters, it is made over several worlds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from sim.parameters import PARAMETERS
from sim.problems import single
from sim.results import write_file

FILE: Final = Path(__file__).resolve().parent.parent / "data" / "worlds.parquet"


@cache
def _shipped(file: Path) -> tuple[dict[str, float], ...]:
    if not file.is_file():
        return ()
    table = pq.read_table(file)
    return tuple({f"parameters.{name}": float(value) for name, value in row.items()} for row in table.to_pylist())


def worlds(count: int, file: Path = FILE) -> tuple[Mapping[str, float], ...]:
    """Return so many worlds, each as paths with values, spread over those that ship; always the same.

    Raises:
        ScenarioError: the number is not one, or so many do not ship.
    """
    there = _shipped(file)
    if not 1 <= count <= len(there):
        allowed = f"a whole number from 1 to {len(there)}" if there else "none ship with this version"
        raise single("worlds", f"{count!r} is not allowed", path="worlds", value=count, allowed=allowed)
    return tuple(there[place * len(there) // count] for place in range(count))


def save_worlds(chosen: Sequence[Mapping[str, float]], about: Mapping[str, Any], file: Path = FILE) -> Path:
    """Write worlds, a row each with a column for each parameter, and return the file; ``about`` goes into its metadata.

    Raises:
        ScenarioError: there are none.
    """
    if not chosen:
        raise single("worlds", "no setting is accepted", allowed="at least one")
    names = list(chosen[0])
    fields = [
        pa.field(name, pa.float64(), metadata={"unit": PARAMETERS[name].unit}) for name in names
    ]  # fmt: skip
    schema = pa.schema(fields, metadata={"worlds": json.dumps(about)})
    table = pa.table([pa.array([each[name] for each in chosen], pa.float64()) for name in names], schema=schema)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_file(file, lambda out: pq.write_table(table, out))
    _shipped.cache_clear()
    return file
