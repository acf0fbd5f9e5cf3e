"""The phases: read off, never driven. No mechanism reads what is written here.

What. The phase of each collaboration after Van Delden [H box], as it is and as each level sees it; the states beside it; and what
was binding: which condition kept it from the next phase, at which level of which partner.

Rules. 1 learning: goals begin to form. 2 goals set: goals at ``goals_threshold`` or an agreement in force. 3 practice at
``practice_threshold``. 4 and routines at ``routine_threshold``. 5 and routines and breadth at ``deep_threshold``. A phase once entered is left only below
three quarters of its threshold, so that a month more or less is no relapse. It is a cycle, not a ladder: the formal phases may be skipped and
practice lost; phases 4 and 5 are entered one at a time.

States (durations [A]): sham: formally mature, practice absent for 18 months [H §2.2]; partial: practice without broadening for 48 months;
uncontracted: practice without agreement for 12 months [V §2.3]; shared address: housed together, practice gone for 12 months, or never there 36
months after the opening [V §5.7]; negotiating.

Binding. Each condition of the next phase is a factor in [0, 1]; the binding one is the factor that is lowest relative to what serves well.
"""

from __future__ import annotations

import math
from typing import Final

from sim.columns import GOING_ON, TAKING_PART
from sim.compiled import compiled
from sim.log import NOBODY, code, note

PHASE_UP, PHASE_DOWN = code("phase_up"), code("phase_down")
STATE_ENTERED, STATE_LEFT = code("state_entered"), code("state_left")

END_STATES: Final = (
    "dissolved", "shared_address", "negotiating", "sham", "partial", "uncontracted", "deepening", "structuring", "practising",
    "goals", "learning", "none",
)  # fmt: skip
BINDINGS: Final = (
    "none", "contact", "engagement", "vision", "goals", "familiarity", "trust", "understanding", "hours", "money", "middle_support",
    "pioneers", "problems", "negotiation", "practice", "middle_contact", "attachment", "routines", "breadth",
)  # fmt: skip
(
    NONE, CONTACT, ENGAGEMENT, VISION, GOALS, FAMILIARITY, TRUST, UNDERSTANDING, HOURS, MONEY, MIDDLE_SUPPORT, PIONEERS, PROBLEMS,
    NEGOTIATION, PRACTICE, MIDDLE_CONTACT, ATTACHMENT, ROUTINES, BREADTH,
) = range(len(BINDINGS))  # fmt: skip
SHAM_MONTHS, PARTIAL_MONTHS, UNCONTRACTED_MONTHS, ADDRESS_MONTHS, EMPTY_MONTHS = 18, 48, 12, 12, 36


@compiled
def holds(value, threshold, already):  # type: ignore[no-untyped-def]
    """Say whether a threshold is reached, or not yet left."""
    return value >= threshold * (0.75 if already else 1.0)


@compiled
def phase_of(goals, signed, practice, routines, breadth, before, p):  # type: ignore[no-untyped-def]
    """Return the phase that the conditions amount to."""
    if holds(practice, p.practice_threshold, before >= 3):
        if not holds(routines, p.routine_threshold, before >= 4) or before < 3:
            return 3
        deep = holds(routines, p.deep_threshold, before >= 5) and holds(breadth, p.deep_threshold, before >= 5)
        return 5 if deep and before >= 4 else 4
    if holds(goals, p.goals_threshold, before >= 2) or signed == 1:
        return 2
    return 1 if holds(goals, 0.1, before >= 1) else 0


@compiled
def lowest_member(state, c, level, what):  # type: ignore[no-untyped-def]
    """Return the member in whom a condition is weakest: engagement, trust, contact, pioneers, attachment or money."""
    collaboration = state.collaborations[c]
    lowest = NOBODY
    least = 1e9
    for m in range(collaboration.member_from, collaboration.member_to):
        member = state.members[m]
        if member.status != TAKING_PART or (level == 0 and member.seat == 0):
            continue
        own = state.levels[3 * m + level]
        value = own.engagement
        if what == TRUST:
            value = own.partner_trust
        elif what == CONTACT or what == MIDDLE_CONTACT or what == FAMILIARITY or what == UNDERSTANDING:
            value = own.contact
        elif what == PIONEERS:
            value = own.pioneer
        elif what == ATTACHMENT:
            value = -own.attachment
        elif what == MONEY:
            value = member.delivered
        if value < least:
            least = value
            lowest = m
    return lowest


@compiled
def bind(state, c, what, level):  # type: ignore[no-untyped-def]
    """Write down what is binding, where, and in whom it is weakest."""
    collaboration = state.collaborations[c]
    collaboration.binding = what
    collaboration.binding_level = level
    collaboration.binding_member = lowest_member(state, c, level, what) if what != NONE else NOBODY


@compiled
def diagnose(state, c):  # type: ignore[no-untyped-def]
    """Find what keeps a collaboration from the next phase."""
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    if collaboration.ending != GOING_ON or collaboration.phase == 5:
        bind(state, c, NONE, -1)
        return
    partners = max(1, collaboration.partners)
    seats = max(1, collaboration.seats)
    boards = 0.0
    contact_boards = 0.0
    vision = 0.0
    middle = 0.0
    contact_middle = 0.0
    attachment = 0.0
    pioneers = 0.0
    floor = 0.0
    delivered = 0.0
    available = 0.0
    for m in range(collaboration.member_from, collaboration.member_to):
        member = state.members[m]
        if member.status != TAKING_PART:
            continue
        organisation = state.organisations[member.organisation]
        if member.seat == 1:
            boards += state.levels[3 * m].engagement / seats
            contact_boards += state.levels[3 * m].contact / seats
            vision += 0.5 * (organisation.vision + organisation.openness) / seats
        middle += state.levels[3 * m + 1].engagement / partners
        contact_middle += state.levels[3 * m + 1].contact / partners
        floor += state.levels[3 * m + 2].engagement / partners
        available += state.levels[3 * m + 2].hours_available
        delivered += member.delivered / partners
        pioneers += (0.3 * state.levels[3 * m + 1].pioneer + 0.7 * state.levels[3 * m + 2].pioneer) / partners
        for level in range(3):
            attachment += state.levels[3 * m + level].attachment / (3.0 * partners)
    what = NONE
    where = -1
    least = 1e9
    if collaboration.phase <= 1 and collaboration.practice_maturity < 0.5 * p.practice_threshold:
        if contact_boards / 0.25 < least:
            least, what, where = contact_boards / 0.25, CONTACT, 0
        if boards / 0.5 < least:
            least, what, where = boards / 0.5, ENGAGEMENT, 0
        if vision / 0.6 < least:
            least, what, where = vision / 0.6, VISION, 0
    elif collaboration.phase <= 2:
        familiarity = 0.0
        trust = 0.0
        understanding = 0.0
        links = 0
        for k in range(collaboration.link_from, collaboration.link_to):
            link = state.links[k]
            if state.members[link.first_member].status == TAKING_PART and state.members[link.second_member].status == TAKING_PART:
                relation = state.relations[3 * link.pair + 2]
                familiarity += relation.familiarity
                trust += relation.trust
                understanding += relation.understanding
                links += 1
        links = max(1, links)
        # Familiarity, trust and understanding enter by their cube roots.
        if familiarity / links / 0.6 < least:
            least, what, where = familiarity / links / 0.6, FAMILIARITY, 2
        if trust / links / 0.6 < least:
            least, what, where = trust / links / 0.6, TRUST, 2
        if understanding / links / 0.5 < least:
            least, what, where = understanding / links / 0.5, UNDERSTANDING, 2
        least = math.sqrt(least) if least < 1.0 else least
        wanted = collaboration.entangled_month * collaboration.needed * p.joint_case_hours
        if wanted > 0.0 and floor * delivered * available / wanted < least:
            least = floor * delivered * available / wanted
            what = MONEY if delivered < floor else HOURS
            where = 2
        if (0.5 + 0.5 * middle) / 0.85 < least:
            least, what, where = (0.5 + 0.5 * middle) / 0.85, MIDDLE_SUPPORT, 1
        carried = collaboration.routines + (1.0 - collaboration.routines) * (0.3 + 0.7 * pioneers)
        if carried / 0.8 < least:
            least, what, where = carried / 0.8, PIONEERS, 2
        drag = 1.0 / (1.0 + p.problem_drag * collaboration.problems_open / partners)
        if drag < least:
            where = 1
            if collaboration.problems_board > collaboration.problems_middle:
                where = 0
            if collaboration.problems_operational > max(collaboration.problems_board, collaboration.problems_middle):
                where = 2
            least, what = drag, PROBLEMS
        if collaboration.negotiating_months > 0 and least > 0.5:
            what, where = NEGOTIATION, 0
    elif collaboration.phase == 3:
        if contact_middle / 0.4 < least:
            least, what, where = contact_middle / 0.4, MIDDLE_CONTACT, 1
        if middle / 0.7 < least:
            least, what, where = middle / 0.7, ENGAGEMENT, 1
        if (1.0 - 0.8 * attachment) / 0.7 < least:
            least, what, where = (1.0 - 0.8 * attachment) / 0.7, ATTACHMENT, 1
        if collaboration.practice_maturity / 0.6 < least:
            what, where = PRACTICE, 2
    else:
        if (1.0 - 0.8 * attachment) / 0.7 < least:
            least, what, where = (1.0 - 0.8 * attachment) / 0.7, ATTACHMENT, 1
        if collaboration.routines / p.deep_threshold < least:
            least, what, where = collaboration.routines / p.deep_threshold, ROUTINES, 1
        if collaboration.breadth / p.deep_threshold < least:
            least, what, where = collaboration.breadth / p.deep_threshold, BREADTH, 0
        if delivered < least:
            what, where = MONEY, 0
    bind(state, c, what, where)


@compiled
def count_states(state, c):  # type: ignore[no-untyped-def]
    """Count how long the conditions of each state have held, and book the states that are established."""
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    formal = collaboration.formal_maturity >= p.formal_threshold
    practice = collaboration.phase >= 3
    absent = collaboration.practice_maturity < 0.5 * p.practice_threshold
    collaboration.sham_for = collaboration.sham_for + 1.0 if formal and absent else 0.0
    broad = collaboration.phase == 5 or (collaboration.phase == 4 and collaboration.breadth >= p.deep_threshold)
    collaboration.partial_for = collaboration.partial_for + 1.0 if practice and not broad else 0.0
    collaboration.uncontracted_for = collaboration.uncontracted_for + 1.0 if practice and collaboration.signed == 0 else 0.0
    gone = collaboration.opened == 1 and not practice and absent
    collaboration.address_for = collaboration.address_for + 1.0 if gone else 0.0
    sham = collaboration.sham_for >= SHAM_MONTHS
    partial = collaboration.partial_for >= PARTIAL_MONTHS
    uncontracted = collaboration.uncontracted_for >= UNCONTRACTED_MONTHS
    empty = ADDRESS_MONTHS if collaboration.practised == 1 else EMPTY_MONTHS
    address = collaboration.address_for >= empty
    negotiating = collaboration.negotiating_months > 0
    collaboration.months_sham += 1 if sham else 0
    collaboration.months_partial += 1 if partial else 0
    collaboration.months_uncontracted += 1 if uncontracted else 0
    collaboration.months_shared_address += 1 if address else 0
    collaboration.months_negotiating += 1 if negotiating else 0
    before = collaboration.end_state
    if address:
        collaboration.end_state = 1
    elif negotiating:
        collaboration.end_state = 2
    elif sham:
        collaboration.end_state = 3
    elif partial:
        collaboration.end_state = 4
    elif uncontracted:
        collaboration.end_state = 5
    else:
        collaboration.end_state = 11 - collaboration.phase
    if before != collaboration.end_state:
        if 1 <= before <= 5:
            note(state, STATE_LEFT, c, NOBODY, NOBODY, NOBODY, float(before))
        if 1 <= collaboration.end_state <= 5:
            note(state, STATE_ENTERED, c, NOBODY, NOBODY, NOBODY, float(collaboration.end_state))


@compiled
def as_seen(state, c):  # type: ignore[no-untyped-def]
    """Work out the phase as each level sees it: boards take agreements for progress, the floor knows little of goals."""
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    for m in range(collaboration.member_from, collaboration.member_to):
        if state.members[m].status != TAKING_PART:
            for level in range(3):
                state.levels[3 * m + level].perceived_phase = 0
            continue
        transparency = state.organisations[state.members[m].organisation].transparency
        for level in range(3):
            own = state.levels[3 * m + level]
            known = 1.0 if level == 2 else (0.5 + 0.5 * transparency if level == 1 else transparency)
            guess = collaboration.formal_maturity if level == 0 else collaboration.project_practice
            practice = known * collaboration.practice_maturity + (1.0 - known) * guess
            heard = 1.0 if level == 0 else (0.5 + 0.5 * transparency if level == 1 else transparency)
            routines = collaboration.routines * (1.0 if level == 1 else 0.5 + 0.5 * transparency)
            signed = collaboration.signed if heard >= 0.5 else 0
            own.perceived_phase = phase_of(
                heard * collaboration.goals, signed, practice, routines, collaboration.breadth, own.perceived_phase, p
            )


@compiled
def phases(state):  # type: ignore[no-untyped-def]
    """Read off the phases, the states and what is binding."""
    p = state.parameters[0]
    month = state.clock[0].month
    for c in range(len(state.collaborations)):
        collaboration = state.collaborations[c]
        before = collaboration.phase
        if collaboration.ending != GOING_ON:
            collaboration.phase = 0
            collaboration.end_state = 0
            bind(state, c, NONE, -1)
            as_seen(state, c)
            continue
        if month < collaboration.contact_month:
            collaboration.end_state = 11
            continue
        collaboration.phase = phase_of(
            collaboration.goals, collaboration.signed, collaboration.practice_maturity, collaboration.routines,
            collaboration.breadth, before, p,
        )  # fmt: skip
        now = collaboration.phase
        if now != before:
            note(state, PHASE_UP if now > before else PHASE_DOWN, c, NOBODY, NOBODY, NOBODY, float(now))
        collaboration.highest_phase = max(collaboration.highest_phase, now)
        if now >= 1 and collaboration.reached_1 == 0:
            collaboration.reached_1 = month
        if now >= 2 and collaboration.reached_2 == 0:
            collaboration.reached_2 = month
        if now >= 3 and collaboration.reached_3 == 0:
            collaboration.reached_3 = month
            collaboration.practised = 1
        if now >= 4 and collaboration.reached_4 == 0:
            collaboration.reached_4 = month
        if now >= 5 and collaboration.reached_5 == 0:
            collaboration.reached_5 = month
        as_seen(state, c)
        count_states(state, c)
        diagnose(state, c)
