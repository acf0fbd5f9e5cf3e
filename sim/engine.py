"""Many runs of one scenario: in parallel across runs, and knowing no rule.

A run starts from a copy of the population, draws its own start and lets the months pass. Runs are cut into blocks
that do
not depend on the number of workers; each block writes its own rows, so that the outcome is the same bytes however
many threads there are.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import numpy as np

from sim.compiled import compiled, entry, mark_complete
from sim.mechanisms.diagnosis import BINDINGS
from sim.outcomes import observations, observe, observe_organisation, organisation_observations
from sim.population import Population, begin
from sim.randomness import run_key
from sim.schedule import month
from sim.warmup import warm_up

BLOCK = 64  # runs
_BLOCK_BYTES = 32 * 1024**2  # of the series of a block that is handed on
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


Made = TypeVar("Made")


def in_order(work: Callable[[int], Made], starts: Iterable[int], workers: int | None) -> Iterator[Made]:
    """Go through what ``work`` makes of each start, in their order, worked on by so many threads.

    No more is under way than the threads need, however many starts there are; who stops listening stops the work.
    """
    count = workers or os.cpu_count() or 1
    if count == 1:
        yield from map(work, starts)
        return
    coming = iter(starts)
    pool = ThreadPoolExecutor(count)
    try:
        pending: deque[Future[Made]] = deque(pool.submit(work, start) for start in islice(coming, count + 2))
        while pending:
            made = pending.popleft().result()
            pending.extend(pool.submit(work, start) for start in islice(coming, 1))
            yield made
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


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

    for done in in_order(work, range(0, runs, 1 if events else BLOCK), workers):
        if progress:
            progress(done)
    mark_complete()
    return Records(finals, monthly if series else None, yearly if organisations else None, logs if events else None)


def blocks_of_runs(
    population: Population, months: int, runs: int, seed: int, *, first: int = 0, workers: int | None = None
) -> Iterator[tuple[int, Any, Any]]:
    """Go through replicates ``first`` … ``first + runs - 1`` block by block, in order, and hold no more than a few.

    Each block is its place among the runs, its finals (runs, collaborations) and its series (runs, months,
    collaborations). Blocks depend on the size of a run, not on the number of workers.
    """
    warm_up(population.state)
    collaborations = len(population.collaborations)
    a_run = months * collaborations * observations(0).dtype.itemsize
    size = min(BLOCK, max(1, _BLOCK_BYTES // max(1, a_run)))

    def work(start: int) -> tuple[int, Any, Any]:
        count = min(size, runs - start)
        finals = observations((count, collaborations))
        series = observations((count, months, collaborations))
        buffer = population.buffer.copy()
        state = population.layout.state(buffer, 0)
        run_block(
            state, buffer, population.buffer, np.uint64(seed), first + start, count, months, finals, series,
            organisation_observations((0, months, len(population.organisations))),
        )  # fmt: skip
        return start, finals, series

    yield from in_order(work, range(0, runs, size), workers)
    mark_complete()
