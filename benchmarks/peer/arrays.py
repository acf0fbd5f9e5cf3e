"""The peer as the real model is written: record arrays, scalar rules compiled by Numba, threads over blocks of runs.

It stands in one file, because the compiled code is kept under a name that tells of the sources of ``sim`` only.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from peer import COLUMNS, DTYPES, OUTCOMES, POINTS, population
from sim.compiled import compiled, entry
from sim.engine import BLOCK, in_order
from sim.randomness import run_key, uniform
from sim.rules import logistic, saturating, share

AMBITION, DIRECTOR, TENDER, KEPT, CASES, START, RESULT, ISSUE, SOLVED, LEAVE = map(np.uint64, range(len(POINTS)))
OBSERVATION = np.dtype([(name, "f8") for name in OUTCOMES])


class State(NamedTuple):
    clock: Any
    parameters: Any
    organisations: Any
    levels: Any
    pairs: Any
    relations: Any
    groups: Any


@compiled
def begin(state):
    clock = state.clock[0]
    clock.month = 0
    for i in range(len(state.levels)):
        own = state.levels[i]
        own.ambition = share(own.ambition + 0.4 * (uniform(clock.key, AMBITION, 0, np.uint64(i), 0) - 0.5))


@compiled
def turnover(state):
    clock = state.clock[0]
    p = state.parameters[0]
    for o in range(len(state.organisations)):
        own = state.organisations[o]
        if own.taking_part == 0.0:
            continue
        own.changed = 0.0
        if uniform(clock.key, DIRECTOR, clock.month, np.uint64(o), 0) < p.turnover:
            own.changed = 1.0
            state.levels[3 * o].salience *= 0.5


@compiled
def budgets(state):
    p = state.parameters[0]
    for o in range(len(state.organisations)):
        own = state.organisations[o]
        if own.taking_part == 0.0:
            continue
        own.reserve += 0.1 * own.income
        for level in range(3):
            row = state.levels[3 * o + level]
            norm = p.norm_board if level == 0 else (p.norm_middle if level == 1 else p.norm_floor)
            hours = norm * row.engagement
            if own.reserve < 0.0:
                hours *= 0.5
            row.hours = hours
            own.reserve -= p.hour_price * hours


@compiled
def scarred(scar, tendered):
    return scar + (1.0 - scar) * saturating(2.0 * tendered)


@compiled
def planning_horizon(tendered, contract, scar):
    return (1.0 - tendered) * 48.0 + tendered * contract * (1.0 - 0.5 * scar)


@compiled
def tenders(state):
    clock = state.clock[0]
    p = state.parameters[0]
    for o in range(len(state.organisations)):
        own = state.organisations[o]
        if own.taking_part == 0.0:
            continue
        own.contract -= 1.0
        own.scar -= own.scar / 36.0
        if own.contract <= 0.0:
            own.contract = 48.0
            if uniform(clock.key, TENDER, clock.month, np.uint64(o), 0) < p.loss_chance:
                own.scar = scarred(own.scar, own.tendered)
                own.reserve -= 0.5 * own.income * own.tendered
        own.horizon = planning_horizon(own.tendered, own.contract, own.scar)


@compiled
def contact_of(meetings, objects, overlap, both):
    return saturating(meetings * both + objects * overlap * (0.25 + 0.75 * both))


@compiled
def encounters(state):
    p = state.parameters[0]
    for k in range(len(state.pairs)):
        pair = state.pairs[k]
        first, second = pair.first, pair.second
        if state.organisations[first].taking_part == 0.0 or state.organisations[second].taking_part == 0.0:
            continue
        for level in range(3):
            both = state.levels[3 * first + level].engagement * state.levels[3 * second + level].engagement
            meetings = p.meetings_board if level == 0 else (p.meetings_middle if level == 1 else p.meetings_floor)
            objects = p.objects_board if level == 0 else (p.objects_middle if level == 1 else p.objects_floor)
            state.relations[3 * k + level].contact = contact_of(meetings, objects, pair.overlap, both)


@compiled
def familiar(familiarity, contact):
    return familiarity + (0.1 * contact * (1.0 - familiarity) - 0.01 * familiarity)


@compiled
def understood(understanding, contact, familiarity):
    return understanding + (0.08 * contact * familiarity * (1.0 - understanding) - 0.005 * understanding)


@compiled
def trusted(trust, contact, rivalry, kept):
    if kept:
        return trust + 0.06 * contact * (1.0 - trust)
    return trust - 0.3 * (0.2 + rivalry) * contact * trust


@compiled
def relations(state):
    clock = state.clock[0]
    for i in range(len(state.levels)):
        row = state.levels[i]
        row.trust, row.understanding, row.relations = 0.0, 0.0, 0.0
    for k in range(len(state.pairs)):
        pair = state.pairs[k]
        first, second = pair.first, pair.second
        a, b = state.organisations[first], state.organisations[second]
        if a.taking_part == 0.0 or b.taking_part == 0.0:
            continue
        chance = 0.4 + 0.6 * state.relations[3 * k + 1].understanding
        kept = uniform(clock.key, KEPT, clock.month, np.uint64(k), 0) < chance
        for level in range(3):
            own = state.relations[3 * k + level]
            if level == 0 and (a.changed == 1.0 or b.changed == 1.0):
                own.familiarity *= 0.5
            own.familiarity = familiar(own.familiarity, own.contact)
            own.understanding = understood(own.understanding, own.contact, own.familiarity)
            own.trust = trusted(own.trust, own.contact, pair.rivalry, kept)
            one, other = state.levels[3 * first + level], state.levels[3 * second + level]
            one.trust += own.trust
            other.trust += own.trust
            one.understanding += own.understanding
            other.understanding += own.understanding
            one.relations += 1.0
            other.relations += 1.0
    for i in range(len(state.levels)):
        row = state.levels[i]
        if row.relations > 0.0:
            row.trust /= row.relations
            row.understanding /= row.relations


@compiled
def cases(state):
    clock = state.clock[0]
    for o in range(len(state.organisations)):
        own = state.organisations[o]
        if own.taking_part == 0.0:
            continue
        floor = state.levels[3 * o + 2]
        arrived = 20.0 * (0.5 + uniform(clock.key, CASES, clock.month, np.uint64(o), 0))
        joint = min(arrived * floor.trust, 0.5 * floor.hours)
        own.joint_share = joint / arrived
        floor.hours -= 2.0 * joint


@compiled
def projects(state):
    clock = state.clock[0]
    for g in range(len(state.groups)):
        group = state.groups[g]
        for o in range(group.organisation_from, group.organisation_to):
            own = state.organisations[o]
            if own.taking_part == 0.0:
                continue
            middle = state.levels[3 * o + 1]
            if own.active == 0.0:
                chance = 0.3 * middle.engagement * middle.trust
                if uniform(clock.key, START, clock.month, np.uint64(o), 0) < chance:
                    own.active = 1.0
                    own.progress = 0.0
                continue
            own.progress += min(middle.hours, 10.0) * (0.3 + 0.7 * middle.understanding)
            if own.progress >= 60.0:
                own.active = 0.0
                group.finished += 1.0
                if uniform(clock.key, RESULT, clock.month, np.uint64(o), 0) < 0.3 + 0.6 * group.routines:
                    middle.satisfaction += 0.2 * (1.0 - middle.satisfaction)
                else:
                    middle.satisfaction -= 0.2 * middle.satisfaction


@compiled
def agenda(state):
    clock = state.clock[0]
    for o in range(len(state.organisations)):
        own = state.organisations[o]
        if own.taking_part == 0.0:
            continue
        board = state.levels[3 * o]
        chance = 0.05 + 0.15 * (1.0 - state.levels[3 * o + 1].understanding)
        if own.issues < 8.0 and uniform(clock.key, ISSUE, clock.month, np.uint64(o), 0) < chance:
            own.issues += 1.0
        if own.issues > 0.0:
            if uniform(clock.key, SOLVED, clock.month, np.uint64(o), 0) < board.engagement * board.trust:
                own.issues -= 1.0


@compiled
def structuring(state):
    for g in range(len(state.groups)):
        group = state.groups[g]
        engagement, trust, joint_share = 0.0, 0.0, 0.0
        for o in range(group.organisation_from, group.organisation_to):
            if state.organisations[o].taking_part == 0.0:
                continue
            for level in range(3):
                engagement += state.levels[3 * o + level].engagement
            trust += state.levels[3 * o + 1].trust
            joint_share += state.organisations[o].joint_share
        members = max(1.0, group.members)
        group.engagement = engagement / 3.0 / members
        group.trust = trust / members
        group.joint_share = joint_share / members
        group.goals += 0.05 * group.engagement * group.trust * (1.0 - group.goals)
        group.routines += 0.08 * group.joint_share * (1.0 - group.routines) - 0.01 * group.routines


@compiled
def expectations(state):
    month = state.clock[0].month
    for g in range(len(state.groups)):
        group = state.groups[g]
        expected = group.goals * saturating(month / 36.0)
        group.seen = 0.5 * group.routines + 0.5 * group.joint_share
        group.gap += (max(0.0, expected - group.seen) - group.gap) / 6.0


@compiled
def weighed(ambition, satisfaction, trust, horizon, issues, scar):
    return logistic(2.0 * ambition + 2.0 * satisfaction + 1.5 * trust + 0.01 * horizon - 0.3 * issues - scar - 2.0)


@compiled
def engagement(state):
    for g in range(len(state.groups)):
        gap = state.groups[g].gap
        for o in range(state.groups[g].organisation_from, state.groups[g].organisation_to):
            own = state.organisations[o]
            if own.taking_part == 0.0:
                continue
            for level in range(3):
                row = state.levels[3 * o + level]
                row.satisfaction += (share(0.3 + 0.7 * row.trust - gap) - row.satisfaction) / 12.0
                row.salience += (0.8 - row.salience) / 12.0
                target = row.salience * weighed(
                    row.ambition, row.satisfaction, row.trust, own.horizon, own.issues, own.scar
                )
                row.engagement += (target - row.engagement) / 4.0


@compiled
def legitimacy(state):
    for g in range(len(state.groups)):
        group = state.groups[g]
        group.legitimacy += (0.5 * group.members / group.size + 0.5 * group.seen - group.legitimacy) / 12.0


@compiled
def membership(state):
    clock = state.clock[0]
    p = state.parameters[0]
    for g in range(len(state.groups)):
        group = state.groups[g]
        for o in range(group.organisation_from, group.organisation_to):
            own = state.organisations[o]
            if own.taking_part == 0.0:
                continue
            own.low = own.low + 1.0 if state.levels[3 * o].engagement < p.leave_below else 0.0
            if own.low > 12.0 and uniform(clock.key, LEAVE, clock.month, np.uint64(o), 0) < 0.1:
                own.taking_part = 0.0
                group.members -= 1.0
                for level in range(3):
                    state.levels[3 * o + level].engagement = 0.0


@compiled
def phases(state):
    for g in range(len(state.groups)):
        group = state.groups[g]
        phase = 0.0
        if group.engagement > 0.2:
            phase = 1.0
            if group.goals > 0.3:
                phase = 2.0
                if group.joint_share > 0.3:
                    phase = 3.0
                    if group.routines > 0.3:
                        phase = 4.0
                        if group.goals > 0.6 and group.legitimacy > 0.6:
                            phase = 5.0
        group.phase = phase
        group.highest = max(group.highest, phase)


@compiled
def month(state):
    state.clock[0].month += 1
    turnover(state)
    budgets(state)
    tenders(state)
    encounters(state)
    relations(state)
    cases(state)
    projects(state)
    agenda(state)
    structuring(state)
    expectations(state)
    engagement(state)
    legitimacy(state)
    membership(state)
    phases(state)


@compiled
def observe(group, row):
    row.goals = group.goals
    row.routines = group.routines
    row.legitimacy = group.legitimacy
    row.gap = group.gap
    row.seen = group.seen
    row.engagement = group.engagement
    row.trust = group.trust
    row.joint_share = group.joint_share
    row.finished = group.finished
    row.members = group.members
    row.phase = group.phase
    row.highest = group.highest


@entry
def run_block(state, buffer, template, seed, first, runs, months, finals, series):
    for r in range(runs):
        buffer[:] = template
        state.clock[0].key = run_key(seed, np.uint64(first + r))
        begin(state)
        for t in range(months):
            month(state)
            if series.shape[0] > 0:
                for g in range(len(state.groups)):
                    observe(state.groups[g], series[r, t, g])
        for g in range(len(state.groups)):
            observe(state.groups[g], finals[r, g])


def layout(tables: dict[str, Any]) -> Any:
    """Return month 0 as one block of memory."""
    return np.concatenate([tables[kind].view("f8") for kind in COLUMNS])


def state_of(buffer: Any, tables: dict[str, Any]) -> State:
    """Return a block of memory as record arrays."""
    parts, start = {}, 0
    for kind in COLUMNS:
        stop = start + tables[kind].nbytes // 8
        parts[kind] = buffer[start:stop].view(DTYPES[kind]).view(np.recarray)
        start = stop
    return State(**parts)


@cache
def start(organisations: int) -> tuple[dict[str, Any], Any]:
    """Return the tables of month 0, and the same as a block of memory."""
    tables = population(organisations)
    return tables, layout(tables)


def room(organisations: int, runs: int, months: int, *, series: bool) -> tuple[Any, Any]:
    """Return arrays for what is written down: (runs, groups), and (runs, months, groups) or empty."""
    groups = len(start(organisations)[0]["groups"])
    finals = np.zeros((runs, groups), OBSERVATION).view(np.recarray)
    return finals, np.zeros((runs if series else 0, months, groups), OBSERVATION).view(np.recarray)


def simulate(
    organisations: int, months: int, runs: int, seed: int = 1, *, workers: int = 1, series: bool = False
) -> Any:
    """Run replicates 0 … ``runs`` - 1; return what stands at the end and, if wanted, every month."""
    tables, template = start(organisations)
    finals, monthly = room(organisations, runs, months, series=series)

    def work(first: int) -> None:
        stop = min(first + BLOCK, runs)
        buffer = template.copy()
        run_block(
            state_of(buffer, tables), buffer, template, np.uint64(seed), first, stop - first, months, finals[first:stop],
            monthly[first:stop],
        )  # fmt: skip

    for _ in in_order(work, range(0, runs, BLOCK), workers):
        pass
    return (finals, monthly) if series else finals
