"""10. Structuring: goals, agreements, routines, breadth, evaluations.

What. Boards set goals and draft agreements; the middle turns joint practice into routines; with routines, money and
hours a collaboration broadens to further domains; agreements are renegotiated, evaluations held or lapse.

Why. Setting goals is the boards' work, structuring the managers'; goals are better concrete [H box]. Formal and
practice maturity go their own ways [V §2.2-2.3]; a formal form may land on informal practice and unsettle it [V
§5.6]. Broadening takes restructuring, costs, and meets attachment to known routines [H §2.2]; fear for one's own
identity lives on the floor too [V §5.3]. Performance agreements are sharpened periodically, and remove barriers [H
§2.2]. Agreed evaluations lapse silently [V §4.1]. Building milestones force decisions [V §5.7].

Equations, a month; C, e: mean contact and engagement of the boards with a seat.

    goals   += goal_rate × C × e × vision × (½ + ½ concreteness) × (1 - goals) + 0.25 × milestone × (1 - goals)
               - goal_fade × goals
    drafted += draft_rate × C × e × (1 + bureau) + 0.3 × milestone,  once goals pass drafting_goals
    formal   → strength of what is signed + 0.15 × (1 - exp(-steering meetings / 4)) × e + 0.1 × bureau,  lag 6 months

At 1 the draft is signed if all boards say yes (0.3 + 0.7 × willingness), else drafting goes on from 0.8. Strengths:
letter 0.5, framework agreement 0.65, contract 0.8. An agreed evaluation is held with chance 0.1 + 0.4 × hardness +
0.2 × e + 0.2 × (1 - exp(-bureau hours / 80)), and lapses otherwise.
"""

from __future__ import annotations

from sim.columns import GOING_ON, TAKING_PART
from sim.compiled import compiled
from sim.conduct import willingness
from sim.log import BOARD, FLOOR, NOBODY, code, note
from sim.mechanisms.routines import standardise, updated_attachment
from sim.partners import of_boards, of_level
from sim.randomness import point, uniform
from sim.rules import saturating, share, toward

SIGNING, EVALUATION = point("signing"), point("evaluation")
GOALS, SIGNED, UNSETTLED, RENEGOTIATED = (
    code(name) for name in ("goals_set", "agreement_signed", "practice_unsettled", "renegotiated")
)
EVALUATED, LAPSED, BROADENED = code("evaluated"), code("evaluation_lapsed"), code("broadened")


@compiled
def strength_of(agreement):  # type: ignore[no-untyped-def]
    """Return how much an agreement fixes: nothing, a letter of intent, a framework agreement, a contract."""
    if agreement <= 0.0:
        return 0.0
    return 0.35 + 0.15 * agreement


@compiled
def agree(state, c, boards, contact, vision):  # type: ignore[no-untyped-def]
    """Set goals, draft and sign."""
    clock = state.clock[0]
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    before = collaboration.goals
    forced = 0.25 * collaboration.milestone
    grown = p.goal_rate * contact * boards * vision * (0.5 + 0.5 * structure.goal_concreteness)
    collaboration.goals = share(before + (grown + forced) * (1.0 - before) - p.goal_fade * before)
    if before < p.drafting_goals <= collaboration.goals:
        note(state, GOALS, c, NOBODY, BOARD, NOBODY, structure.goal_concreteness)
    if collaboration.milestone == 1 and collaboration.first_decision_month == 0:
        collaboration.first_decision_month = clock.month
    bureau = saturating(structure.bureau_hours / 40.0)
    if structure.agreement > 0.0 and collaboration.signed == 0 and collaboration.goals >= p.drafting_goals:
        collaboration.drafted = share(
            collaboration.drafted + p.draft_rate * contact * boards * (1.0 + bureau) + 0.3 * collaboration.milestone
        )
        if collaboration.drafted >= 1.0:
            sign(state, c)
    strength = strength_of(structure.agreement) if collaboration.signed == 1 else 0.0
    governance = 0.15 * saturating(structure.steering_meetings_per_year / 4.0) * boards
    target = share(strength + governance + 0.1 * bureau)
    collaboration.formal_maturity = toward(collaboration.formal_maturity, target, 6.0)


@compiled
def sign(state, c):  # type: ignore[no-untyped-def]
    """Let the boards sign, if all with a seat are willing; else they go on drafting."""
    clock = state.clock[0]
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    ready = True
    for m in range(collaboration.member_from, collaboration.member_to):
        member = state.members[m]
        if member.status == TAKING_PART and member.seat == 1:
            yes = willingness(state.levels[3 * m].value, 0.3 * p.taking_part_cost, p)
            if uniform(clock.key, SIGNING, clock.month, member.identity, 0) >= 0.3 + 0.7 * yes:
                ready = False
    if not ready:
        collaboration.drafted = 0.8
        return
    collaboration.signed = 1
    collaboration.formal_maturity = max(collaboration.formal_maturity, strength_of(structure.agreement))
    collaboration.renegotiation_due = structure.renegotiation_months
    if collaboration.first_agreement_month == 0:
        collaboration.first_agreement_month = clock.month
    if collaboration.first_decision_month == 0:
        collaboration.first_decision_month = clock.month
    note(state, SIGNED, c, NOBODY, BOARD, NOBODY, structure.agreement)
    for m in range(collaboration.member_from, collaboration.member_to):
        if state.members[m].status == TAKING_PART:
            state.levels[3 * m].ambition_impulse += 0.05
            state.levels[3 * m].salience_impulse += 0.2
            if collaboration.practice_maturity > 0.3:
                state.levels[3 * m + 2].salience_impulse -= 0.3 * (1.0 - structure.weaving)
    if collaboration.practice_maturity > 0.3:
        note(state, UNSETTLED, c, NOBODY, FLOOR, NOBODY, collaboration.practice_maturity)


@compiled
def renegotiate(state, c):  # type: ignore[no-untyped-def]
    """Sharpen the agreement where that is agreed; barriers that boards can remove are removed."""
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    if structure.renegotiation_months <= 0.0 or collaboration.signed == 0:
        return
    collaboration.renegotiation_due -= 1.0
    if collaboration.renegotiation_due > 0.0:
        return
    collaboration.renegotiation_due = structure.renegotiation_months
    collaboration.decisions += 1.0
    for m in range(collaboration.member_from, collaboration.member_to):
        if state.members[m].status == TAKING_PART and state.members[m].seat == 1:
            state.levels[3 * m].salience_impulse += 0.3
    for i in range(collaboration.problem_from, collaboration.problem_to):
        problem = state.problems[i]
        if problem.open == 1 and problem.level <= 1:
            problem.effort *= 0.3
            problem.owned = 1
            problem.conflict = 0
            if problem.project != NOBODY:
                state.projects[problem.project].blocked = 0
                problem.project = NOBODY
    note(state, RENEGOTIATED, c, NOBODY, BOARD, NOBODY, 0.0)


@compiled
def evaluate(state, c, boards):  # type: ignore[no-untyped-def]
    """Hold the evaluations that were agreed, or let them lapse."""
    clock = state.clock[0]
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    collaboration.evaluated_weight = 0.0
    if structure.evaluation_months <= 0.0:
        return
    collaboration.evaluation_due = min(collaboration.evaluation_due, structure.evaluation_months) - 1.0
    if collaboration.evaluation_due > 0.0:
        return
    collaboration.evaluation_due = structure.evaluation_months
    held = 0.1 + 0.4 * structure.criteria_hardness + 0.2 * boards + 0.2 * saturating(structure.bureau_hours / 80.0)
    if uniform(clock.key, EVALUATION, clock.month, collaboration.identity, 0) < held:
        collaboration.evaluated_weight = 1.0
        collaboration.evaluated_month = clock.month
        note(state, EVALUATED, c, NOBODY, BOARD, NOBODY, structure.criteria_hardness)
    else:
        note(state, LAPSED, c, NOBODY, BOARD, NOBODY, 0.0)


@compiled
def structuring(state):  # type: ignore[no-untyped-def]
    """Apply mechanism 10 to the month."""
    for c in range(len(state.collaborations)):
        collaboration = state.collaborations[c]
        if collaboration.ending != GOING_ON or state.clock[0].month < collaboration.contact_month:
            continue
        attachment = 0.0
        experience = 0.0
        for m in range(collaboration.member_from, collaboration.member_to):
            if state.members[m].status != TAKING_PART:
                continue
            experience += state.organisations[state.members[m].organisation].experience
            for level in range(3):
                own = state.levels[3 * m + level]
                own.attachment = updated_attachment(
                    own.attachment, own.attachment_start, collaboration.routines, collaboration.practice_maturity
                )
                attachment += own.attachment / 3.0
        boards, contact, vision, _satisfaction = of_boards(state, c)
        middle, met, _pioneers, _attachment = of_level(state, c, 1)
        partners = max(1, collaboration.partners)
        agree(state, c, boards, contact, vision)
        renegotiate(state, c)
        standardise(state, c, middle, met, attachment / partners, experience / partners)
        evaluate(state, c, boards)
