"""Many runs of one scenario: in parallel across runs, and knowing no rule.

A run starts from a copy of the population, draws its own start and lets the months pass. Runs are cut into blocks
that do
not depend on the number of workers; each block writes its own rows, so that the outcome is the same bytes however
many threads there are.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.compiled import compiled, entry, mark_complete
from sim.mechanisms.diagnosis import BINDINGS
from sim.outcomes import observations, observe, observe_organisation, organisation_observations
from sim.population import Population, begin
from sim.randomness import run_key
from sim.schedule import month
from sim.warmup import warm_up

BLOCK = 64  # runs
CONDITIONS = len(BINDINGS)


@compiled
def most_often(tally, row):  # type: ignore[no-untyped-def]
    """Write down what was binding in most months, and at which level most often; of equals, the first in the list."""
    most = 0
    row.binding = 0.0
    row.binding_level = -1.0
    for condition in range(tally.shape[0]):
        months = tally[condition, 0] + tally[condition, 1] + tally[condition, 2]
        if months > most:
            most = months
            row.binding = condition
            row.binding_level = 0.0
            for level in range(1, 3):
                if tally[condition, level] > tally[condition, int(row.binding_level)]:
                    row.binding_level = level


@entry
def run_block(state, buffer, template, seed, first, runs, months, finals, series, organisations):  # type: ignore[no-untyped-def]
    """Run replicates ``first`` … ``first + runs - 1``; write what stands at the end, and if there is room, every month.

    ``finals``: (runs, collaborations); ``series``: (runs, months, collaborations) or empty;
    ``organisations``: (runs, months, organisations) or empty.
    """
    count = len(state.collaborations)
    tally = np.zeros((count, CONDITIONS, 3), np.int64)
    for r in range(runs):
        buffer[:] = template
        tally[:] = 0
        state.clock[0].key = run_key(seed, np.uint64(first + r))
        begin(state)
        for t in range(months):
            month(state)
            for c in range(count):
                own = state.collaborations[c]
                if own.binding > 0:
                    tally[c, own.binding, own.binding_level] += 1
            if series.shape[0] > 0:
                for c in range(count):
                    observe(state, c, series[r, t, c])
            if organisations.shape[0] > 0:
                for o in range(len(state.organisations)):
                    observe_organisation(state, o, organisations[r, t, o])
        for c in range(count):
            observe(state, c, finals[r, c])
            most_often(tally[c], finals[r, c])


@dataclass(frozen=True)
class Records:
    """What an ensemble leaves: record arrays, see ``sim.outcomes``; ``log`` holds the events of every run."""

    finals: Any
    series: Any | None
    organisations: Any | None
    log: list[Any] | None


def simulate_population(
    population: Population,
    months: int,
    runs: int,
    seed: int,
    *,
    first: int = 0,
    series: bool = False,
    organisations: bool = False,
    events: bool = False,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Records:
    """Run replicates ``first`` … ``first + runs - 1`` of a population.

    Raises:
        MemoryError: the records asked for do not fit.
    """
    warm_up(population.state)
    collaborations, people = len(population.collaborations), len(population.organisations)
    finals = observations((runs, collaborations))
    monthly = observations((runs if series else 0, months, collaborations))
    yearly = organisation_observations((runs if organisations else 0, months, people))
    logs: list[Any] = [None] * runs

    def work(start: int) -> int:
        stop = min(start + (1 if events else BLOCK), runs)
        here = slice(start, stop)
        log_rows = population.layout.log_rows if events else 0
        while True:
            buffer = population.buffer.copy()
            state = population.layout.state(buffer, log_rows)
            run_block(
                state, buffer, population.buffer, np.uint64(seed), first + start, stop - start, months, finals[here],
                monthly[here], yearly[here],
            )  # fmt: skip
            logged = int(state.clock[0].logged)
            if not events or logged <= log_rows:
                break
            log_rows = logged
        if events:
            logs[start] = state.log[:logged].copy()
        return stop - start

    starts = range(0, runs, 1 if events else BLOCK)
    count = workers or os.cpu_count() or 1
    if count == 1 or len(starts) == 1:
        for start in starts:
            done = work(start)
            if progress:
                progress(done)
    else:
        with ThreadPoolExecutor(count) as pool:
            for done in pool.map(work, starts):
                if progress:
                    progress(done)
    mark_complete()
    return Records(finals, monthly if series else None, yearly if organisations else None, logs if events else None)
