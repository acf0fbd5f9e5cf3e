"""The event log: what happened, when, to whom. Words are made of it on reading."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.compiled import compiled

# Append only: files written earlier name events by their place here.
EVENTS: Final = (
    "first_contact", "director_changed", "people_left", "spanner_came", "spanner_left", "tenant_left", "tenant_came",
    "policy_shift", "chance_meeting", "joint_bid", "milestone", "building_opened", "tender_won", "tender_lost",
    "worked_with_rival", "project_proposed", "project_rejected", "project_started", "project_unfunded",
    "project_finished", "project_given_up", "problem_arose", "problem_claimed", "problem_passed_up",
    "problem_passed_down", "problem_solved", "conflict_escalated", "boards_refused", "negotiation_began",
    "barrier_removed", "negotiation_failed", "goals_set", "agreement_signed", "practice_unsettled", "renegotiated",
    "evaluated", "evaluation_lapsed", "broadened", "level_withdrew", "level_returned", "notice_given", "partner_left",
    "partner_joined", "dissolved", "phase_up", "phase_down", "state_entered", "state_left", "changed",
    "results_celebrated", "passage_taken_up",
)  # fmt: skip
CODES: Final = {name: code for code, name in enumerate(EVENTS)}


NOBODY: Final = np.int64(-1)
BOARD, MIDDLE, FLOOR = np.int64(0), np.int64(1), np.int64(2)


def code(name: str) -> np.int64:
    """Return the number of a kind of event."""
    return np.int64(CODES[name])


@compiled
def note(state, event, collaboration, organisation, level, other, amount):  # type: ignore[no-untyped-def]
    """Log an event; what does not fit is only counted, and the engine then repeats the run with more room."""
    clock = state.clock[0]
    if clock.logged < len(state.log):
        row = state.log[clock.logged]
        row.month = clock.month
        row.event = event
        row.collaboration = collaboration
        row.organisation = organisation
        row.level = level
        row.other = other
        row.amount = amount
    clock.logged += 1
