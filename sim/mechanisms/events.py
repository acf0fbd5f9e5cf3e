"""1. Events: interventions, people who come and go, tenants, triggers to learn.

What. Values change when an intervention begins or ends; directors change; people leave; spanners come and go; a
shared building reaches a milestone and opens; tenants move; policy shifts, boards meet by chance, partners bid
together.

Why. Collaboration rests largely on persons [V §5.2]; the click in Roosendaal came with a new board [V §2.3]. A change
of board, a new rule or a chance meeting is an occasion to learn [H box]; the Tilburg partners met over a joint bid [V
§2.2]. Boards must decide early, long before a building opens, who is housed and what happens there [V §5.7].

Equations. Chance that someone of a level leaves this month = 1 - (1 - turnover)^people, one leaver a month at most;
who leaves takes 1/people of what is bound to persons. Director: hazard 1/director_months; openness and vision of the
new one are those that the organisation looks for, shifted by a draw of ± director_spread: it looks for a person of the
same cut, and gets one a little otherwise; so it was with who is in office at the start. A building progresses by
1/building_months a month, as far as it is paid for; milestones stand at equal distances before the opening. Tenants:
hazard tenant_turnover, replaced at once. Triggers, the first contact among them, add to the salience that boards
perceive.
"""

from __future__ import annotations

import math

from sim.columns import GOING_ON, TAKING_PART
from sim.compiled import compiled
from sim.log import BOARD, FLOOR, MIDDLE, NOBODY, code, note
from sim.mechanisms.building import build, tenants
from sim.randomness import point, uniform
from sim.rules import share

PEOPLE_LEAVE, DIRECTOR, SPANNER_LEAVES, TENANT, CHANCE = (
    point(name) for name in ("people_leave", "director", "spanner_leaves", "tenant", "chance_meeting")
)
CHANGED, DIRECTOR_CHANGED, PEOPLE_LEFT = code("changed"), code("director_changed"), code("people_left")
SPANNER_CAME, SPANNER_LEFT = code("spanner_came"), code("spanner_left")
TENANT_LEFT, TENANT_CAME = code("tenant_left"), code("tenant_came")
MET, POLICY, BID = code("chance_meeting"), code("policy_shift"), code("joint_bid")
MILESTONE, OPENED, FIRST_CONTACT = code("milestone"), code("building_opened"), code("first_contact")

HAPPENINGS = (
    "director_change", "spanner_leaves", "tenant_leaves", "tenant_arrives", "policy_shift", "chance_meeting",
    "joint_bid",
)  # fmt: skip
A_DIRECTOR, A_SPANNER, TENANT_OUT, TENANT_IN, A_POLICY, A_MEETING, A_BID = range(len(HAPPENINGS))
TENANT_ROLE = 3


@compiled
def leaving_chance(turnover, people):  # type: ignore[no-untyped-def]
    """Return the chance that somebody of a level leaves in a month."""
    return 1.0 - math.exp(people * math.log(1.0 - min(turnover, 0.999)))


@compiled
def shifted(trait, spread, draw):  # type: ignore[no-untyped-def]
    """Return a trait of a new director: what the organisation looks for, give or take the spread."""
    return share(trait + spread * (2.0 * draw - 1.0))


@compiled
def apply_changes(state):  # type: ignore[no-untyped-def]
    """Set what interventions set this month."""
    month = state.clock[0].month
    for change in state.changes:
        if change.month == month:
            state.cells[change.cell] = change.setting
            if change.collaboration != NOBODY:
                note(state, CHANGED, change.collaboration, NOBODY, NOBODY, NOBODY, change.setting)


@compiled
def change_director(state, o, strength):  # type: ignore[no-untyped-def]
    """Put a new director in office; ``strength`` ≥ 0 is the new openness as a scenario gives it."""
    organisation = state.organisations[o]
    clock = state.clock[0]
    p = state.parameters[0]
    if organisation.director_changed == 1:
        organisation.openness = strength if strength >= 0.0 else organisation.openness
        return
    organisation.director_months = 0.0
    organisation.director_changed = 1
    organisation.departed_board = 1.0 / max(1.0, organisation.people_board)
    if strength >= 0.0:
        organisation.openness = strength
    else:
        draw = uniform(clock.key, DIRECTOR, clock.month, organisation.identity, 1)
        organisation.openness = shifted(organisation.openness_start, p.director_spread, draw)
    draw = uniform(clock.key, DIRECTOR, clock.month, organisation.identity, 2)
    organisation.vision = shifted(organisation.vision_start, p.director_spread, draw)
    note(state, DIRECTOR_CHANGED, NOBODY, o, BOARD, NOBODY, organisation.openness)


@compiled
def people(state):  # type: ignore[no-untyped-def]
    """Let directors and other people go."""
    clock = state.clock[0]
    p = state.parameters[0]
    for o in range(len(state.organisations)):
        organisation = state.organisations[o]
        organisation.director_months += 1.0
        organisation.director_changed = 0
        organisation.departed_board = 0.0
        organisation.departed_middle = 0.0
        organisation.departed_operational = 0.0
        if organisation.membership_to > organisation.membership_from:
            if uniform(clock.key, DIRECTOR, clock.month, organisation.identity, 0) < 1.0 / p.director_months:
                change_director(state, o, -1.0)
            draw = uniform(clock.key, PEOPLE_LEAVE, clock.month, organisation.identity, 1)
            if draw < leaving_chance(p.turnover, organisation.people_middle):
                organisation.departed_middle = 1.0 / organisation.people_middle
                note(state, PEOPLE_LEFT, NOBODY, o, MIDDLE, NOBODY, organisation.departed_middle)
            draw = uniform(clock.key, PEOPLE_LEAVE, clock.month, organisation.identity, 2)
            if draw < leaving_chance(p.turnover, organisation.people_operational):
                organisation.departed_operational = 1.0 / organisation.people_operational
                note(state, PEOPLE_LEFT, NOBODY, o, FLOOR, NOBODY, organisation.departed_operational)


@compiled
def trigger(state, c, impulse):  # type: ignore[no-untyped-def]
    """Give the boards of a collaboration an occasion to look at it again."""
    collaboration = state.collaborations[c]
    for m in range(collaboration.member_from, collaboration.member_to):
        if state.members[m].status == TAKING_PART and state.members[m].seat == 1:
            state.levels[3 * m].salience_impulse += impulse


@compiled
def happen(state):  # type: ignore[no-untyped-def]
    """Let the events happen that the scenario dates."""
    month = state.clock[0].month
    p = state.parameters[0]
    for happening in state.happenings:
        if happening.month != month:
            continue
        if happening.happening == A_DIRECTOR:
            change_director(state, happening.organisation, happening.strength)
            continue
        impulse = p.trigger if happening.strength < 0.0 else happening.strength
        for c in range(len(state.collaborations)):
            if happening.collaboration >= 0 and happening.collaboration != c:
                continue
            collaboration = state.collaborations[c]
            if collaboration.ending != GOING_ON or month < collaboration.contact_month:
                continue
            if happening.happening == A_POLICY:
                trigger(state, c, impulse)
                note(state, POLICY, c, NOBODY, NOBODY, NOBODY, impulse)
            elif happening.happening == A_BID:
                trigger(state, c, 2.0 * impulse)
                note(state, BID, c, NOBODY, NOBODY, NOBODY, impulse)
            elif happening.happening == A_SPANNER:
                for s in range(collaboration.spanner_from, collaboration.spanner_to):
                    if state.spanners[s].present == 1:
                        state.spanners[s].left = 1
            else:
                for m in range(collaboration.member_from, collaboration.member_to):
                    member = state.members[m]
                    if member.status != TAKING_PART:
                        continue
                    if happening.happening == A_MEETING:
                        if member.organisation == happening.organisation or member.organisation == happening.other:
                            state.levels[3 * m].salience_impulse += impulse
                            note(state, MET, c, member.organisation, BOARD, happening.other, impulse)
                    elif member.organisation == happening.organisation:
                        if happening.happening == TENANT_OUT:
                            member.housed = 0
                            note(state, TENANT_LEFT, c, member.organisation, NOBODY, NOBODY, 0.0)
                        elif happening.happening == TENANT_IN and collaboration.opened == 1:
                            member.housed = 1
                            note(state, TENANT_CAME, c, member.organisation, NOBODY, NOBODY, 0.0)


@compiled
def spanners(state):  # type: ignore[no-untyped-def]
    """Let boundary spanners come and go: the more independent, the more easily gone [V §6.3]."""
    clock = state.clock[0]
    p = state.parameters[0]
    for s in range(len(state.spanners)):
        spanner = state.spanners[s]
        was = spanner.present
        due = clock.month >= spanner.from_month and (spanner.until_month == 0 or clock.month <= spanner.until_month)
        hazard = p.spanner_turnover * (0.5 + spanner.independence)
        if was == 1 and uniform(clock.key, SPANNER_LEAVES, clock.month, spanner.identity, 0) < hazard:
            spanner.left = 1
        going_on = state.collaborations[spanner.collaboration].ending == GOING_ON
        spanner.present = 1 if due and spanner.left == 0 and going_on else 0
        if spanner.present != was:
            note(
                state,
                SPANNER_CAME if was == 0 else SPANNER_LEFT,
                spanner.collaboration,
                NOBODY,
                spanner.position,
                NOBODY,
                0.0,
            )


@compiled
def events(state):  # type: ignore[no-untyped-def]
    """Apply mechanism 1 to the month."""
    clock = state.clock[0]
    p = state.parameters[0]
    apply_changes(state)
    people(state)
    happen(state)
    for c in range(len(state.collaborations)):
        collaboration = state.collaborations[c]
        collaboration.milestone = 0
        drafting = collaboration.drafted > 0.0 and collaboration.signed == 0
        collaboration.decisions = p.strategy_objects + (0.5 if drafting else 0.0)
        for m in range(collaboration.member_from, collaboration.member_to):
            state.members[m].replaced = 0
        if collaboration.ending != GOING_ON or clock.month < collaboration.contact_month:
            continue
        if clock.month == collaboration.contact_month:
            trigger(state, c, p.trigger)
            note(state, FIRST_CONTACT, c, NOBODY, BOARD, NOBODY, 0.0)
        build(state, c)
        tenants(state, c)
        if uniform(clock.key, CHANCE, clock.month, collaboration.identity, 0) < p.chance_meetings:
            trigger(state, c, p.trigger)
            note(state, MET, c, NOBODY, BOARD, NOBODY, p.trigger)
        for m in range(collaboration.member_from, collaboration.member_to):
            member = state.members[m]
            if member.status == TAKING_PART and state.organisations[member.organisation].director_changed == 1:
                state.levels[3 * m].salience_impulse += p.trigger
    spanners(state)
