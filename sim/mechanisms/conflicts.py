"""9b. Conflicts: brought up to the boards, negotiated, removed or not.

What. A problem in which interests by domain conflict is brought up in the end; the boards step in, or do not; a
negotiation takes all open conflicts together and may remove them.

Why. Teams are hindered by domain interests; make those frictions manifest and let them escalate; boards must be
willing to step in; collaboration and negotiation alternate [H §2.3]. Escalating to unwilling boards costs trust and
pioneers [A]. What is suppressed stays [H §2.3].

Equations. Brought up with chance escalation_rate × (0.1 + 0.9 protocol) a month, after two months; boards step in
with chance commit + (1 - commit) × their mean willingness, their value lessened by half the interest in conflict;
negotiation lasts negotiation_months and succeeds with chance 0.35 + 0.35 × understanding of boards + 0.3 × process
skill. A refusal or a failure rests for half a year. With success the boards adjust their organisations [H §2.3]:
0.35 of the interests that are in the way are settled (this lapses by 1 % a month), attachment to old ways falls by
0.15 of itself, every level sees that it matters (``trigger``), an agreement is kept.
"""

from __future__ import annotations

from sim.columns import NOBODY, TAKING_PART
from sim.compiled import compiled
from sim.conduct import willingness
from sim.log import BOARD, code, note
from sim.partners import both_take_part
from sim.randomness import point, uniform

SETTLES = 0.35  # what one negotiation settles of the interests that are in the way
HEARD, REST_MONTHS = 2, 6  # months before a conflict is brought up; months of rest after a refusal or a failure
ESCALATION, NEGOTIATION = point("escalation"), point("negotiation")
ESCALATED, REFUSED, BEGAN, REMOVED, FAILED = (
    code(name)
    for name in ("conflict_escalated", "boards_refused", "negotiation_began", "barrier_removed", "negotiation_failed")
)


@compiled
def close_problem(state, i):  # type: ignore[no-untyped-def]
    """Close a problem and free the project that it blocked."""
    problem = state.problems[i]
    problem.open = 0
    if problem.project != NOBODY:
        state.projects[problem.project].blocked = 0
        problem.project = NOBODY


@compiled
def disappoint(state, c, weight):  # type: ignore[no-untyped-def]
    """Let unwilling boards, or a failed negotiation, cost trust and pioneers."""
    collaboration = state.collaborations[c]
    for k in range(collaboration.link_from, collaboration.link_to):
        link = state.links[k]
        if both_take_part(state, link):
            for level in range(3):
                state.relations[3 * link.pair + level].broken += weight / max(1, collaboration.partners - 1)
    for place in range(3 * collaboration.member_from, 3 * collaboration.member_to):
        state.levels[place].pioneer *= 1.0 - 0.3 * weight


@compiled
def adjust(state, c):  # type: ignore[no-untyped-def]
    """Let boards that removed a barrier adjust their organisations: old ways loosen, and all see that it matters."""
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    collaboration.settled += SETTLES * (1.0 - collaboration.settled)
    for m in range(collaboration.member_from, collaboration.member_to):
        if state.members[m].status == TAKING_PART:
            for level in range(3):
                own = state.levels[3 * m + level]
                own.attachment *= 0.85
                own.salience_impulse += p.trigger
    for k in range(collaboration.link_from, collaboration.link_to):
        link = state.links[k]
        if both_take_part(state, link):
            for level in range(3):
                state.relations[3 * link.pair + level].kept += 1.0


@compiled
def escalate(state, c, i):  # type: ignore[no-untyped-def]
    """Bring a conflict up to the boards, who step in or not."""
    clock = state.clock[0]
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    problem = state.problems[i]
    chance = p.escalation_rate * (0.1 + 0.9 * structure.escalation)
    if problem.months < HEARD or uniform(clock.key, ESCALATION, clock.month, problem.identity, 0) >= chance:
        return
    note(state, ESCALATED, c, state.members[problem.member].organisation, BOARD, NOBODY, float(problem.months))
    willing = 0.0
    for m in range(collaboration.member_from, collaboration.member_to):
        if state.members[m].status == TAKING_PART and state.members[m].seat == 1:
            conflict = state.organisations[state.members[m].organisation].interest_conflict
            willing += willingness(state.levels[3 * m].value * (1.0 - 0.5 * conflict), p.taking_part_cost, p)
    willing /= max(1, collaboration.seats)
    step_in = structure.boards_commit + (1.0 - structure.boards_commit) * willing
    if uniform(clock.key, ESCALATION, clock.month, problem.identity, 1) < step_in:
        collaboration.negotiating_months = int(p.negotiation_months)
        note(state, BEGAN, c, NOBODY, BOARD, NOBODY, 0.0)
    else:
        disappoint(state, c, 0.5)
        note(state, REFUSED, c, NOBODY, BOARD, NOBODY, 0.0)
        problem.months = HEARD - REST_MONTHS


@compiled
def negotiate(state, c):  # type: ignore[no-untyped-def]
    """Carry a negotiation a month on, and end it."""
    clock = state.clock[0]
    collaboration = state.collaborations[c]
    collaboration.negotiating_months -= 1
    collaboration.decisions += 1.0
    if collaboration.negotiating_months > 0:
        return
    understanding = 0.0
    skill = 0.0
    links = 0
    for k in range(collaboration.link_from, collaboration.link_to):
        link = state.links[k]
        first = state.members[link.first_member]
        second = state.members[link.second_member]
        if first.status == TAKING_PART and second.status == TAKING_PART and first.seat * second.seat == 1:
            understanding += state.relations[3 * link.pair].understanding
            one = state.organisations[first.organisation].process_skill
            skill += 0.5 * (one + state.organisations[second.organisation].process_skill)
            links += 1
    understanding /= max(1, links)
    skill /= max(1, links)
    draw = uniform(clock.key, NEGOTIATION, clock.month, collaboration.identity, 0)
    success = draw < 0.35 + 0.35 * understanding + 0.3 * skill
    for i in range(collaboration.problem_from, collaboration.problem_to):
        problem = state.problems[i]
        if problem.open == 1 and problem.conflict == 1:
            if success:
                close_problem(state, i)
            else:
                problem.months = HEARD - REST_MONTHS
    if success:
        adjust(state, c)
    else:
        disappoint(state, c, 1.0)
    note(state, REMOVED if success else FAILED, c, NOBODY, BOARD, NOBODY, 0.0)
