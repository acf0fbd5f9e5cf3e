"""One run recorded for looking at, and many runs counted: what a viewer plays.

``record`` steps one run and keeps, month by month, how every level, relation and organisation stands, in whole numbers
from 0 to 250 for intensities from 0 to 1. ``count_phases`` steps many and keeps the phase and the practice only. Both
let the same months pass as ``sim.engine`` does, with the same luck; neither knows a rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.compiled import compiled, entry, is_cold, mark_complete
from sim.outcomes import observations, observe, observe_organisation, organisation_observations
from sim.population import Population, begin
from sim.randomness import run_key
from sim.schedule import month
from sim.warmup import warm_up

SCALE = 250
LEVEL_FIELDS = (
    "engagement", "satisfaction", "expectation", "perceived_progress", "salience", "workload", "perceived_phase",
    "withdrawn",
)  # fmt: skip
RELATION_FIELDS = ("trust", "familiarity", "understanding", "encounters")
ENDED = 6  # beside the phases 0 to 5
ENCOUNTERS_MOST = 4.0  # encounters a month at which the scale ends


@compiled
def scaled(value):  # type: ignore[no-untyped-def]
    """Return an intensity as a whole number from 0 to 250."""
    return np.uint8(min(1.0, max(0.0, value)) * 250.0 + 0.5)


@compiled
def see_levels(state, c, levels, status):  # type: ignore[no-untyped-def]
    """Write down how each level of each member of a collaboration stands."""
    own = state.collaborations[c]
    for m in range(own.member_from, own.member_to):
        place = m - own.member_from
        status[place] = np.uint8(state.members[m].status)
        for level in range(3):
            part = state.levels[3 * m + level]
            row = levels[3 * place + level]
            row[0] = scaled(part.engagement)
            row[1] = scaled(part.satisfaction)
            row[2] = scaled(part.expectation)
            row[3] = scaled(part.perceived_progress)
            row[4] = scaled(part.salience)
            row[5] = scaled(part.workload)
            row[6] = np.uint8(part.perceived_phase)
            row[7] = np.uint8(part.withdrawn)


@compiled
def see_relations(state, c, relations, joint):  # type: ignore[no-untyped-def]
    """Write down how the relations between the members of a collaboration stand."""
    own = state.collaborations[c]
    for k in range(own.link_from, own.link_to):
        place = k - own.link_from
        link = state.links[k]
        joint[place] = scaled(link.joint)
        for level in range(3):
            relation = state.relations[3 * link.pair + level]
            row = relations[3 * place + level]
            row[0] = scaled(relation.trust)
            row[1] = scaled(relation.familiarity)
            row[2] = scaled(relation.understanding)
            row[3] = scaled(relation.encounters / 4.0)


@entry
def record_run(state, buffer, template, seed, replicate, c, series, organisations, levels, status, relations, joint):  # type: ignore[no-untyped-def]
    """Run one replicate and write down every month."""
    buffer[:] = template
    state.clock[0].key = run_key(seed, replicate)
    begin(state)
    for t in range(series.shape[0]):
        month(state)
        for each in range(series.shape[1]):
            observe(state, each, series[t, each])
        for o in range(organisations.shape[1]):
            observe_organisation(state, o, organisations[t, o])
        see_levels(state, c, levels[t], status[t])
        see_relations(state, c, relations[t], joint[t])


@entry
def count_runs(state, buffer, template, seed, first, c, phases, practice):  # type: ignore[no-untyped-def]
    """Run replicates from ``first`` on and write down phase and practice of one collaboration every month."""
    for r in range(phases.shape[0]):
        buffer[:] = template
        state.clock[0].key = run_key(seed, np.uint64(first + r))
        begin(state)
        for t in range(phases.shape[1]):
            month(state)
            own = state.collaborations[c]
            phases[r, t] = np.uint8(6 if own.dissolved_month > 0 else own.phase)
            practice[r, t] = scaled(own.practice_maturity)


@dataclass(frozen=True)
class Recording:
    """One run of a population, seen from one collaboration.

    ``series`` (months, collaborations) and ``organisations`` (months, organisations) hold observations as
    ``sim.outcomes`` defines them; ``levels`` (months, 3 x members, fields), ``status`` (months, members),
    ``relations`` (months, 3 x links, fields) and ``joint`` (months, links) are whole numbers; ``log`` the events.
    """

    series: Any
    organisations: Any
    levels: Any
    status: Any
    relations: Any
    joint: Any
    log: Any


def record(population: Population, months: int, seed: int, replicate: int, collaboration: int = 0) -> Recording:
    """Return one replicate of a population, recorded month by month.

    Raises:
        MemoryError: the record does not fit.
    """
    warm_up(population.state)
    own = population.state.collaborations[collaboration]
    members, links = int(own.member_to - own.member_from), int(own.link_to - own.link_from)
    log_rows = population.layout.log_rows
    while True:
        buffer = population.buffer.copy()
        state = population.layout.state(buffer, log_rows)
        made = Recording(
            series=observations((months, len(population.collaborations))),
            organisations=organisation_observations((months, len(population.organisations))),
            levels=np.zeros((months, 3 * members, len(LEVEL_FIELDS)), np.uint8),
            status=np.zeros((months, members), np.uint8),
            relations=np.zeros((months, 3 * links, len(RELATION_FIELDS)), np.uint8),
            joint=np.zeros((months, links), np.uint8),
            log=state.log,
        )
        record_run(
            state, buffer, population.buffer, np.uint64(seed), np.uint64(replicate), collaboration, made.series,
            made.organisations, made.levels, made.status, made.relations, made.joint,
        )  # fmt: skip
        logged = int(state.clock[0].logged)
        if logged <= log_rows:
            break
        log_rows = logged
    if is_cold():
        mark_complete()
    return Recording(
        made.series, made.organisations, made.levels, made.status, made.relations, made.joint, state.log[:logged].copy()
    )


def count_phases(
    population: Population, months: int, first: int, runs: int, seed: int, collaboration: int = 0
) -> tuple[Any, Any]:
    """Return phases (0 to 5, or 6 once it has ended) and practice (0 to 250) of replicates from ``first`` on.

    Both are arrays of small whole numbers, (runs, months).
    """
    phases, practice = np.zeros((runs, months), np.uint8), np.zeros((runs, months), np.uint8)
    buffer = population.buffer.copy()
    state = population.layout.state(buffer, 0)
    count_runs(state, buffer, population.buffer, np.uint64(seed), first, collaboration, phases, practice)
    return phases, practice
