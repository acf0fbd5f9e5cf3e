"""9. Agenda: problems find an owner or stay in between; conflicts escalate, are negotiated, or stay.

What. Working together raises problems. Each lies with a level of a partner, which claims it if it is near what that
level has before it and within its mandate. Otherwise the level above is asked for lack of mandate, and sends down
again what is too concrete for it; once refused, it stays with who asked. Conflicts need boards (``conflicts``).

Why. Practical problems gravitate to the middle, between fine abstract visions and daily practice; boards and floor do
not wish to be bothered with them [V §5.4]. Here that is a consequence: no rule knows the middle, which is just the
one level that is asked from below and refused from above. A manager's mandate differs [V §5.5]. Teams are hindered by
domain interests; make those frictions manifest and let them escalate; boards must be willing to step in;
collaboration and negotiation alternate [H §2.2-2.3]. What is suppressed stays [H §2.3].

Equations. Arrivals: Poisson, mean problem_rate × n/2 × (½ × practice now × (1 - routines) + 0.3 × projects +
0.15 × goals set + 0.3 × drafting + 0.3 × broadening). Claim, a month:

    claim_rate × exp(-((x - position) / (claim_width × (1 + ½ weaving)))²) × salience × engagement

if the mandate suffices, or if it was sent down: what was refused is theirs. The unclaimed is passed with pass_rate.
x: 0 abstract, 1 concrete; positions 0, ½, 1; mandates 1, the manager's (+ 0.3 team mandate), 0.2 (+ ½ team mandate).
Solving: up to eight hours × (0.3 + 0.7 u) × (0.4 + 0.6 process skill) of good work a month against the effort; a bureau
adds up to twelve where the middle has it. u: mean understanding of the partners at that level.
"""

from __future__ import annotations

import math

import numpy as np

from sim.columns import GOING_ON, RUNNING, TAKING_PART
from sim.compiled import compiled
from sim.log import NOBODY, code, note
from sim.mechanisms.conflicts import close_problem, escalate, negotiate
from sim.randomness import combine, point, poisson, uniform
from sim.rules import saturating, share

ARRIVES, CLAIM = point("problem_arrives"), point("problem_claim")
AROSE, CLAIMED, UP, DOWN, SOLVED = (
    code(name)
    for name in ("problem_arose", "problem_claimed", "problem_passed_up", "problem_passed_down", "problem_solved")
)


@compiled
def mandate_of(level, middle_mandate, team_mandate):  # type: ignore[no-untyped-def]
    """Return what a level may decide."""
    if level == 0:
        return 1.0
    if level == 1:
        return share(middle_mandate + 0.3 * team_mandate)
    return 0.2 + 0.5 * team_mandate


@compiled
def claim_chance(level, concreteness, needed, mandate, refused, salience, engagement, rate, width):  # type: ignore[no-untyped-def]
    """Return the chance that a level claims a problem: the rule of who owns one [model §2.5]."""
    if mandate < needed and refused == 0:
        return 0.0
    away = (concreteness - 0.5 * level) / width
    return rate * math.exp(-away * away) * salience * engagement


@compiled
def pass_on(level, concreteness, needed, mandate, refused):  # type: ignore[no-untyped-def]
    """Return the level to which an unclaimed problem is passed: asked above for lack of mandate, else sent down.

    What was sent down once stays where it came to lie.
    """
    if refused == 1:
        return level
    if mandate < needed:
        return max(0, level - 1)
    if concreteness > 0.5 * level + 0.25 and level < 2:
        return level + 1
    return level


@compiled
def open_problem(state, c, ordinal):  # type: ignore[no-untyped-def]
    """Open a problem where it comes up: with the level whose matters it resembles most, of some partner.

    With every slot taken, people no longer bring up what will not be dealt with.
    """
    clock = state.clock[0]
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    slot = -1
    for i in range(collaboration.problem_from, collaboration.problem_to):
        if state.problems[i].open == 0:
            slot = i
            break
    if slot < 0:
        return
    identity = combine(collaboration.identity, np.uint64(clock.month * 64 + ordinal))
    place = int(uniform(clock.key, ARRIVES, clock.month, identity, 1) * max(1, collaboration.partners))
    chosen = NOBODY
    for m in range(collaboration.member_from, collaboration.member_to):
        if state.members[m].status == TAKING_PART:
            chosen = np.int64(m)
            if place == 0:
                break
            place -= 1
    if chosen == NOBODY:
        return
    problem = state.problems[slot]
    concreteness = math.sqrt(uniform(clock.key, ARRIVES, clock.month, identity, 2))
    problem.identity = identity
    problem.open = 1
    problem.member = chosen
    problem.owned = 0
    problem.refused = 0
    problem.concreteness = concreteness
    problem.mandate = uniform(clock.key, ARRIVES, clock.month, identity, 3)
    problem.effort = p.problem_hours * (0.5 + uniform(clock.key, ARRIVES, clock.month, identity, 4))
    problem.months = 0
    problem.project = NOBODY
    problem.level = 0 if concreteness < 0.34 else (1 if concreteness < 0.67 else 2)
    organisation = state.organisations[state.members[chosen].organisation]
    conflicting = (
        uniform(clock.key, ARRIVES, clock.month, identity, 5) < p.conflict_share * organisation.interest_conflict
    )
    problem.conflict = 1 if conflicting else 0
    if conflicting:
        for j in range(collaboration.project_from, collaboration.project_to):
            if state.projects[j].status == RUNNING and state.projects[j].blocked == 0:
                state.projects[j].blocked = 1
                problem.project = j
                break
    note(state, AROSE, c, state.members[chosen].organisation, problem.level, NOBODY, float(problem.conflict))


@compiled
def find_owner(state, c, i):  # type: ignore[no-untyped-def]
    """Let the level with which a problem lies claim it, or pass it on."""
    clock = state.clock[0]
    p = state.parameters[0]
    structure = state.structures[c]
    problem = state.problems[i]
    organisation = state.organisations[state.members[problem.member].organisation]
    own = state.levels[3 * problem.member + problem.level]
    mandate = mandate_of(problem.level, organisation.middle_mandate, structure.team_mandate)
    chance = claim_chance(
        problem.level, problem.concreteness, problem.mandate, mandate, problem.refused, own.salience, own.engagement,
        p.claim_rate, p.claim_width * (1.0 + 0.5 * structure.weaving),
    )  # fmt: skip
    draw = uniform(clock.key, CLAIM, clock.month, problem.identity, 0)
    if draw < chance:
        problem.owned = 1
        note(state, CLAIMED, c, state.members[problem.member].organisation, problem.level, NOBODY, 0.0)
        return
    target = pass_on(problem.level, problem.concreteness, problem.mandate, mandate, problem.refused)
    if target != problem.level and draw < chance + (1.0 - chance) * p.pass_rate:
        note(
            state,
            UP if target < problem.level else DOWN,
            c,
            state.members[problem.member].organisation,
            target,
            NOBODY,
            0.0,
        )
        problem.refused = 1 if target > problem.level else 0
        problem.level = target


@compiled
def solve(state, c, i):  # type: ignore[no-untyped-def]
    """Work on a problem: its owner, and a bureau on what lies in the middle."""
    structure = state.structures[c]
    problem = state.problems[i]
    collaboration = state.collaborations[c]
    organisation = state.organisations[state.members[problem.member].organisation]
    own = state.levels[3 * problem.member + problem.level]
    skill = 0.4 + 0.6 * share(organisation.process_skill + 0.3 * structure.process_training)
    if problem.conflict == 1:
        return  # only boards can settle it
    if problem.owned == 1:
        hours = min(own.hours_left, 8.0)
        own.hours_left -= hours
        problem.effort -= hours * (0.3 + 0.7 * own.partner_understanding) * skill
    if structure.bureau_hours > 0.0 and problem.level == 1:
        each = 0.3 * structure.bureau_hours / max(1, collaboration.problems_open)
        problem.effort -= min(12.0, each) * (0.4 + 0.6 * structure.bureau_skill)
    overtaken = (
        uniform(state.clock[0].key, CLAIM, state.clock[0].month, problem.identity, 1)
        < state.parameters[0].overtaken_rate
    )
    if problem.effort <= 0.0 or overtaken:
        note(state, SOLVED, c, state.members[problem.member].organisation, problem.level, NOBODY, float(problem.months))
        organisation.process_skill += 0.2 * state.parameters[0].learning_rate * (1.0 - organisation.process_skill)
        close_problem(state, i)


@compiled
def arise(state, c):  # type: ignore[no-untyped-def]
    """Let problems arise from what is done together."""
    clock = state.clock[0]
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    activity = 0.5 * collaboration.joint_now * (1.0 - collaboration.routines) + 0.3 * saturating(
        0.5 * collaboration.running
    )
    drafting = 1.0 if collaboration.drafted > 0.0 and collaboration.signed == 0 else 0.0
    activity += 0.15 if collaboration.goals >= p.drafting_goals else 0.0
    activity += 0.3 * drafting + 0.3 * (1.0 if collaboration.broadening > 0.0 else 0.0)
    mean = p.problem_rate * 0.5 * collaboration.partners * activity
    count = poisson(mean, uniform(clock.key, ARRIVES, clock.month, collaboration.identity, 0))
    for ordinal in range(min(count, 8)):
        open_problem(state, c, ordinal)


@compiled
def agenda(state):  # type: ignore[no-untyped-def]
    """Apply mechanism 9 to the month."""
    for c in range(len(state.collaborations)):
        collaboration = state.collaborations[c]
        if collaboration.ending != GOING_ON or state.clock[0].month < collaboration.contact_month:
            continue
        arise(state, c)
        collaboration.settled *= 0.99
        if collaboration.negotiating_months > 0:
            negotiate(state, c)
        count_board = 0
        count_middle = 0
        count_floor = 0
        for i in range(collaboration.problem_from, collaboration.problem_to):
            problem = state.problems[i]
            if problem.open == 0:
                continue
            problem.months += 1
            if state.members[problem.member].status != TAKING_PART:
                close_problem(state, i)
                continue
            if problem.owned == 0:
                find_owner(state, c, i)
            if problem.conflict == 1 and collaboration.negotiating_months == 0:
                escalate(state, c, i)
            solve(state, c, i)
            if problem.open == 1:
                if problem.level == 0:
                    count_board += 1
                elif problem.level == 1:
                    count_middle += 1
                else:
                    count_floor += 1
        collaboration.problems_board = count_board
        collaboration.problems_middle = count_middle
        collaboration.problems_operational = count_floor
        collaboration.problems_open = count_board + count_middle + count_floor
