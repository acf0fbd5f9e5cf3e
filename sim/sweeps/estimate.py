"""What a sweep will take: runs, time and room on disk, from a short timing on this machine."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

from sim.design import Design
from sim.problems import ScenarioError
from sim.sweeps.blocks import compute, told
from sim.sweeps.folder import plain_text
from sim.sweeps.running import warm_up

_ROWS_TIMED = 6
_RUNS_TIMED = 8


@dataclass(frozen=True)
class Estimate:
    """What a sweep will take: processes, seconds with all of them, and bytes; ``timed`` runs tell, on one process.

    ``failing`` are the errors of those rows that were tried and cannot be run, by number of the row.
    """

    workers: int
    seconds: float
    size: float
    timed: int
    failing: dict[int, str]


def estimate(design: Design, workers: int | None = None) -> Estimate:
    """Return what a sweep will take, from some rows spread over the design that are run for a moment."""
    warm_up(design)
    text = plain_text(design.as_dict())
    count = min(_ROWS_TIMED, design.rows)
    rows = sorted({number * (design.rows - 1) // max(1, count - 1) for number in range(count)})
    runs = min(_RUNS_TIMED, design.replicates)
    failing: dict[int, str] = {}
    alone = more = size = 0.0
    done = 0
    # The time of a row without runs and that of a run: from one run of each row, and from some.
    for number in rows:
        try:
            design.scenario_of(design.row(number))
        except ScenarioError as error:
            failing[number] = told(error)
            continue
        first = number * design.replicates
        compute(text, "", first, first + 1, {})  # once, so that what is kept is there
        alone += _seconds(text, first, 1)[0]
        seconds, bytes_ = _seconds(text, first, runs)
        more += seconds
        size += bytes_
        done += runs
    measured = len(rows) - len(failing)
    if not measured:
        return Estimate(1, 0.0, 0.0, 0, failing)
    a_row = alone / measured
    a_run = max(0.0, (more - alone) / (measured * (runs - 1))) if runs > 1 else 0.0
    parts = design.rows if design.replicates <= design.block_runs else max(design.rows, design.blocks)
    processes = min(workers or os.cpu_count() or 1, design.blocks)
    busy = min(processes, os.cpu_count() or 1)
    seconds = (parts * a_row + (design.runs - parts) * a_run) / busy
    empty = _empty(text, rows[0] * design.replicates)
    per_run = max(0.0, size - measured * empty) / done
    return Estimate(processes, seconds, design.blocks * empty + design.runs * per_run, done, failing)


def _seconds(text: str, first: int, runs: int) -> tuple[float, int]:
    start = time.perf_counter()
    files = compute(text, "", first, first + runs, {})
    return time.perf_counter() - start, sum(map(len, files.values()))


def _empty(text: str, first: int) -> int:
    """Return the size of files without outcomes: what a block takes anyway."""
    return sum(map(len, compute(text, "", first, first + 1, {first: ""}).values()))
