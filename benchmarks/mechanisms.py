"""What each mechanism costs in a real case, and what else a run takes.

    python benchmarks/mechanisms.py [SCENARIO]        # tilburg unless told otherwise; printed

A run goes month by month; before each mechanism the state is set aside, the mechanism is repeated a number of times
from there, and the same copying without it is taken off. Seconds of the processor, added up over the months of some
runs.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sim.compiled import entry
from sim.engine import simulate_population
from sim.mechanisms.accounts import settle
from sim.mechanisms.agenda import agenda
from sim.mechanisms.budgets import budgets
from sim.mechanisms.cases import cases
from sim.mechanisms.encounters import encounters
from sim.mechanisms.engagement import engagement
from sim.mechanisms.events import events
from sim.mechanisms.expectations import expectations
from sim.mechanisms.initiatives import initiatives
from sim.mechanisms.legitimacy import legitimacy
from sim.mechanisms.membership import membership
from sim.mechanisms.phases import phases
from sim.mechanisms.projects import projects
from sim.mechanisms.relations import relations
from sim.mechanisms.structuring import structuring
from sim.mechanisms.tenders import tenders
from sim.outcomes import observations, observe
from sim.population import begin, build
from sim.randomness import run_key
from sim.scenario import load

NAMES = (
    "events", "budgets", "tenders", "encounters", "relations", "cases", "initiatives", "projects", "agenda",
    "structuring", "expectations", "engagement", "legitimacy", "membership", "settle", "phases", "observe",
)  # fmt: skip
START, NOTHING = len(NAMES), -1
RUNS, REPEATS = 10, 200


@entry
def repeat(state, which, row, buffer, before, times):
    """Do one thing a number of times, each from the state that was set aside."""
    for _ in range(times):
        buffer[:] = before
        if which == 0:
            events(state)
        elif which == 1:
            budgets(state)
        elif which == 2:
            tenders(state)
        elif which == 3:
            encounters(state)
        elif which == 4:
            relations(state)
        elif which == 5:
            cases(state)
        elif which == 6:
            initiatives(state)
        elif which == 7:
            projects(state)
        elif which == 8:
            agenda(state)
        elif which == 9:
            structuring(state)
        elif which == 10:
            expectations(state)
        elif which == 11:
            engagement(state)
        elif which == 12:
            legitimacy(state)
        elif which == 13:
            membership(state)
        elif which == 14:
            settle(state)
        elif which == 15:
            phases(state)
        elif which == 16:
            observe(state, 0, row)
        elif which == 17:
            begin(state)


def measure(scenario: str) -> tuple[dict[str, float], float]:
    """Return the microseconds a run for each mechanism, and for a whole run in the engine."""
    found = load(scenario)
    population = build(found)
    buffer = population.buffer.copy()
    state = population.layout.state(buffer, 0)
    row: Any = observations((1,))[0]
    repeat(state, NOTHING, row, buffer, population.buffer, 1)
    spent = dict.fromkeys(NAMES, 0.0)
    for replicate in range(RUNS):
        start = population.buffer.copy()
        start_state = population.layout.state(start, 0)
        start_state.clock["key"][0] = run_key(np.uint64(1), np.uint64(replicate))
        repeat(state, START, row, buffer, start, 1)
        for _ in range(found.months):
            state.clock["month"][0] += 1
            for which, name in enumerate(NAMES):
                before = buffer.copy()
                began = time.thread_time()
                repeat(state, NOTHING, row, buffer, before, REPEATS)
                between = time.thread_time()
                repeat(state, which, row, buffer, before, REPEATS)
                spent[name] += time.thread_time() - between - (between - began)
    simulate_population(population, found.months, 1, 1, workers=1)
    runs = 200
    began = time.process_time()
    simulate_population(population, found.months, runs, 1, workers=1)
    whole = (time.process_time() - began) / runs
    return {name: seconds / REPEATS / RUNS * 1e6 for name, seconds in spent.items()}, whole * 1e6


def main(arguments: list[str]) -> int:
    """Print what each mechanism costs."""
    spent, whole = measure(arguments[0] if arguments else "tilburg")
    total = sum(spent.values())
    print(f"a run: {whole:.0f} µs; mechanisms and reading off: {total:.0f} µs")
    for name, microseconds in sorted(spent.items(), key=lambda item: -item[1]):
        print(f"{name:14} {microseconds:8.1f} µs {microseconds / total:6.1%}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
