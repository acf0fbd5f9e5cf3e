"""The phases: read off, never driven. No mechanism reads what is written here.

What. The phase of each collaboration after Van Delden [H box], as it is and as each level sees it; the states beside
it; and, by ``diagnosis``, what was binding.

Why. Collaboration develops in phases, and stalls at two places: between goals and practice, and before it broadens [H
§2.2, box]. Formal and practice maturity go their own ways [V §2.2-2.3], so the phase follows from what is there,
never the reverse. Levels see different phases: boards are further and forget the rest, or do not know that the floor
has worked together for long [V §5.6].

Equations. 1 learning: goals begin to form. 2 goals set: goals at ``goals_threshold`` or an agreement in force. 3
practice at ``practice_threshold``. 4 and routines at ``routine_threshold``. 5 and routines and breadth at
``deep_threshold``. A phase once entered is left only below three quarters of its threshold, so that a month more or
less is no relapse. It is a cycle, not a ladder: the formal phases may be skipped and practice lost; phases 4 and 5
are entered one at a time.

States (durations [A]). Sham: formally mature, practice absent for 18 months [H §2.2]. Partial: practice without
broadening for 48 months. Uncontracted: practice without agreement for 12 months [V §2.3]. Shared address: housed
together, practice gone for 12 months, or not there 36 months after the opening [V §5.7]. Negotiating.
"""

from __future__ import annotations

from typing import Final

from sim.columns import GOING_ON, TAKING_PART
from sim.compiled import compiled
from sim.log import NOBODY, code, note
from sim.mechanisms.diagnosis import NONE, bind, diagnose

PHASE_UP, PHASE_DOWN = code("phase_up"), code("phase_down")
STATE_ENTERED, STATE_LEFT = code("state_entered"), code("state_left")

END_STATES: Final = (
    "dissolved", "shared_address", "negotiating", "sham", "partial", "uncontracted", "deepening", "structuring",
    "practising", "goals", "learning", "none",
)  # fmt: skip
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
    collaboration.uncontracted_for = (
        collaboration.uncontracted_for + 1.0 if practice and collaboration.signed == 0 else 0.0
    )
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
    """Work out the phase as each level sees it: boards know the goals, and of practice what reaches them."""
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
            practice = known * collaboration.practice_maturity + (1.0 - known) * 0.5 * collaboration.project_practice
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
            bind(state, c, NONE, NOBODY)
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
