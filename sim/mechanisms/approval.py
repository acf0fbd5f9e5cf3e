"""7b. Teams and decisions: who joins a proposal, who has to consent, and where the money comes from.

What. A proposal is put to the partners, who join by the rule of conduct or are put on the team; the level that
approves decides when it is due; what is approved is paid from the shared pot and by the team.

Why. A beginning with everyone at the table carries those who are not willing along, who give their name and little
more; a core of willing partners gets further, and small teams do [H §2.3]. Partners who work from earmarked budgets
can hardly put money in [V §3.3]. Where decisions join in one person, they are quick [H §2.1].

Equations. Joins with chance willingness(value, cost of starting); lead and core partners are put on the team besides,
with chance 1 - willing_core. Ownership is lowered to the share of the willing. Each who is asked consents with chance
√willingness(value × (0.7 + 0.6 solvability), half the cost). The price, project_keur × team / 2, is paid by the pot
and shared by room; if they have less than half of it together, nothing starts. Who was put on the team gives its
name and little more: a third of the hours (``projects``).
"""

from __future__ import annotations

import math

from sim.columns import FREE, PROPOSED, RUNNING, TAKING_PART
from sim.compiled import compiled
from sim.conduct import cost_of, willingness
from sim.log import NOBODY, code, note
from sim.mechanisms.budgets import cents, keur, take
from sim.randomness import combine, point, uniform
from sim.rules import count_bits, has

JOIN, APPROVAL, KIND = point("join_team"), point("approval"), point("project_kind")
REJECTED, STARTED, UNFUNDED = code("project_rejected"), code("project_started"), code("project_unfunded")
LEAD_ROLE, CORE_ROLE = 0, 1
ALL, CORE, LEAD = 0, 1, 2


@compiled
def start_cost(state, m, level):  # type: ignore[no-untyped-def]
    """Return what starting a project asks of a level, by the rule of conduct."""
    p = state.parameters[0]
    member = state.members[m]
    structure = state.structures[member.collaboration]
    hours = state.levels[3 * m + level].hours_available
    money = 12.0 * keur(member.room_cents)
    return cost_of(p.project_hours, hours, 0.25 * p.project_keur, money, structure.appraisal_credit, p)


@compiled
def free_slot(state, c):  # type: ignore[no-untyped-def]
    """Return a free project slot, or -1."""
    collaboration = state.collaborations[c]
    for j in range(collaboration.project_from, collaboration.project_to):
        if state.projects[j].status == FREE:
            return j
    return -1


@compiled
def pick_domain(state, c, draw):  # type: ignore[no-untyped-def]
    """Return one of the overlapping domains."""
    domains = state.collaborations[c].domains
    count = 0
    for d in range(16):
        count += 1 if has(domains, d) else 0
    place = int(draw * count)
    for d in range(16):
        if has(domains, d):
            if place == 0:
                return d
            place -= 1
    return 0


@compiled
def gather_team(state, c, m, level, identity):  # type: ignore[no-untyped-def]
    """Return who takes part in what a member proposes, and who of them of their own accord, as bits."""
    clock = state.clock[0]
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    joined = 0
    willing = 0
    for other in range(collaboration.member_from, collaboration.member_to):
        if state.members[other].status != TAKING_PART:
            continue
        place = other - collaboration.member_from
        own = state.levels[3 * other + level]
        chance = willingness(own.value, start_cost(state, other, level), p)
        joins = uniform(clock.key, JOIN, clock.month, combine(identity, state.members[other].identity), 0) < chance
        if other == m or joins:
            willing = willing | (1 << place)
        # Without a core of the willing, whoever sits in the steering group is put on the team as well.
        drawn_in = state.members[other].role <= CORE_ROLE
        if structure.willing_core > 0.0 and drawn_in:
            draw = uniform(clock.key, JOIN, clock.month, combine(identity, state.members[other].identity), 1)
            drawn_in = draw >= structure.willing_core
        if other == m or joins or drawn_in:
            joined = joined | (1 << place)
    return joined, willing


@compiled
def commission(state, c, j, m, proposer, identity, team, willing):  # type: ignore[no-untyped-def]
    """Write a proposal for one team into a slot."""
    clock = state.clock[0]
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    size = count_bits(team)
    pioneers = 0.0
    for place in range(collaboration.member_to - collaboration.member_from):
        if has(team, place):
            other = collaboration.member_from + place
            pioneers += 0.5 * (state.levels[3 * other + 1].pioneer + state.levels[3 * other + 2].pioneer)
    project = state.projects[j]
    project.status = PROPOSED
    collaboration.underway += 1
    project.identity = identity
    project.proposer = proposer
    project.member = m
    project.team = team
    project.willing = willing & team
    project.team_size = size
    project.domain = pick_domain(state, c, uniform(clock.key, KIND, clock.month, identity, 1))
    near = 0.3 + 0.6 * structure.colocation if structure.building_months > 0.0 else 0.0
    project.inside = 1 if uniform(clock.key, KIND, clock.month, identity, 2) < near else 0
    project.decision_months = int(math.floor(structure.approval_months * (1.0 - structure.personal_union) + 0.5))
    project.pioneering = pioneers / size
    project.effort = p.project_effort * (0.5 + uniform(clock.key, KIND, clock.month, identity, 3)) * size / 2.0
    project.progress = 0.0
    project.months = 0
    project.blocked = 0


@compiled
def consents(state, c, j):  # type: ignore[no-untyped-def]
    """Say whether those whose consent is needed give it, each by the rule of conduct."""
    clock = state.clock[0]
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    project = state.projects[j]
    level = int(structure.approval_level)
    for place in range(collaboration.member_to - collaboration.member_from):
        m = collaboration.member_from + place
        member = state.members[m]
        if not has(project.team, place) or member.status != TAKING_PART:
            continue
        asked = structure.consent == ALL and member.seat == 1
        asked = asked or (structure.consent == CORE and member.role <= CORE_ROLE)
        asked = asked or (structure.consent == LEAD and member.role == LEAD_ROLE)
        if not asked or m == project.member:
            continue
        own = state.levels[3 * m + level]
        yes = willingness(own.value * (0.7 + 0.6 * project.solvability), 0.5 * start_cost(state, m, level), p)
        yes = 1.0 - (1.0 - yes) * (1.0 - 0.5 * structure.personal_union)
        if uniform(clock.key, APPROVAL, clock.month, combine(project.identity, member.identity), 0) >= math.sqrt(yes):
            return False
    return True


@compiled
def fund(state, c, j):  # type: ignore[no-untyped-def]
    """Commit the project's money: the pot first, then the team by their room; say whether it suffices."""
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    project = state.projects[j]
    price = cents(p.project_keur * project.team_size / 2.0)
    from_pot = min(price, collaboration.pot_cents)
    room = 0
    for place in range(collaboration.member_to - collaboration.member_from):
        m = collaboration.member_from + place
        if has(project.team, place) and state.members[m].status == TAKING_PART:
            room += state.members[m].room_cents
    rest = price - from_pot
    if 2 * (from_pot + min(room, rest)) < price:
        return False
    collaboration.pot_cents -= from_pot
    for place in range(collaboration.member_to - collaboration.member_from):
        m = collaboration.member_from + place
        if has(project.team, place) and state.members[m].status == TAKING_PART:
            part = int(math.floor(float(rest) * (float(state.members[m].room_cents) / max(1.0, float(room)))))
            state.members[m].committed_cents += take(state.members[m], part)
    return True


@compiled
def decide(state, c):  # type: ignore[no-untyped-def]
    """Decide on the proposals that are due."""
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    for j in range(collaboration.project_from, collaboration.project_to):
        project = state.projects[j]
        if project.status != PROPOSED:
            continue
        project.decision_months = max(0, project.decision_months - 1)
        if project.decision_months > 0:
            continue
        organisation = state.members[project.member].organisation
        level = int(structure.approval_level)
        if not consents(state, c, j):
            project.status = FREE
            note(state, REJECTED, c, organisation, level, NOBODY, 0.0)
        elif not fund(state, c, j):
            project.status = FREE
            note(state, UNFUNDED, c, organisation, level, NOBODY, 0.0)
        else:
            project.status = RUNNING
            collaboration.running += 1
            if level == 0 and collaboration.first_decision_month == 0:
                collaboration.first_decision_month = state.clock[0].month
            if project.proposer == 0:
                collaboration.started_board += 1
            elif project.proposer == 1:
                collaboration.started_middle += 1
            elif project.proposer == 2:
                collaboration.started_operational += 1
            else:
                collaboration.started_bureau += 1
            collaboration.started_outside += 1 - project.inside
            state.members[project.member].starts += 1
            note(state, STARTED, c, organisation, project.proposer, NOBODY, float(project.team_size))
