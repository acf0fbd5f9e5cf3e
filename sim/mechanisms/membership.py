"""14. Membership: levels withdraw and return, partners leave and join, collaborations end.

What. Whoever finds taking part hardly worth its while withdraws in the end: a level from its part, a board with its
whole organisation. Third organisations join where results are celebrated. A collaboration ends when too few are left,
when its boards see nothing in it any more, or when a limited goal is reached.

Why. Lingering is the common bad end, not break-up [L]; expectations and image decide over staying more than results
do [V §4.2, §6.2]. Celebrated results and positive words attract, bad experience that is told deters [V §6.2]. The
form should give clarity on ending beforehand [V §5.7].

Equations, a month; u = (1 - engagement)⁴ × 2 (1 - satisfaction). A level withdraws with hazard 3 × exit_hazard × u and
returns with chance return_rate × its willingness. A board gives notice with hazard exit_hazard × u. A candidate joins
with chance join_rate × willingness, where results that it hears of stand for salience and the image for trust.
Failure: hazard 2 × exit_hazard × u of the boards on average, × (1 + 6 × hardness) where an evaluation finds
them dissatisfied. A collaboration on one domain with concrete goals and routines over 0.8 ends, its goal reached,
with chance exit_hazard.
"""

from __future__ import annotations

from sim.columns import EXIT, FAILURE, FREE, GOAL_REACHED, GOING_ON, LEFT, OUTSIDE, TAKING_PART
from sim.compiled import compiled
from sim.conduct import cost_of, expected_value, reliance_of, willingness
from sim.log import BOARD, NOBODY, code, note
from sim.mechanisms.budgets import keur
from sim.partners import both_take_part, of_boards
from sim.randomness import point, uniform
from sim.rules import count_bits, saturating

WITHDRAWS, RETURNS, LEAVES, JOINS, ENDS = (
    point(name) for name in ("level_withdraws", "level_returns", "partner_leaves", "third_joins", "collaboration_ends")
)
WITHDREW, RETURNED, NOTICE, GONE, JOINED, DISSOLVED = (
    code(name)
    for name in ("level_withdrew", "level_returned", "notice_given", "partner_left", "partner_joined", "dissolved")
)
CANDIDATE = 4


@compiled
def leaving_hazard(engagement, satisfaction, rate):  # type: ignore[no-untyped-def]
    """Return the monthly hazard to withdraw: next to nothing while engaged, more the less satisfied."""
    missing = 1.0 - engagement
    return rate * missing * missing * missing * missing * 2.0 * (1.0 - satisfaction)


@compiled
def part_of_levels(state, c, m):  # type: ignore[no-untyped-def]
    """Let levels of one partner withdraw or return, and its board give notice."""
    clock = state.clock[0]
    p = state.parameters[0]
    member = state.members[m]
    for level in range(1, 3):
        own = state.levels[3 * m + level]
        if own.withdrawn == 0:
            if uniform(clock.key, WITHDRAWS, clock.month, own.identity, 0) < leaving_hazard(
                own.engagement, own.satisfaction, 3.0 * p.exit_hazard
            ):
                own.withdrawn = 1
                note(state, WITHDREW, c, member.organisation, level, NOBODY, own.satisfaction)
        else:
            willing = willingness(own.value, p.taking_part_cost, p)
            if uniform(clock.key, RETURNS, clock.month, own.identity, 0) < p.return_rate * willing:
                own.withdrawn = 0
                note(state, RETURNED, c, member.organisation, level, NOBODY, own.value)
    board = state.levels[3 * m]
    if member.notice_months > 0.0:
        member.notice_months -= 1.0
        if member.notice_months <= 0.0:
            leave(state, c, m)
    elif uniform(clock.key, LEAVES, clock.month, member.identity, 0) < leaving_hazard(
        board.engagement, board.satisfaction, p.exit_hazard
    ):
        member.notice_months = max(1.0, state.structures[c].exit_notice_months)
        note(state, NOTICE, c, member.organisation, BOARD, NOBODY, board.satisfaction)


@compiled
def leave(state, c, m):  # type: ignore[no-untyped-def]
    """Let a partner go; its relations remain, its projects go on without it."""
    collaboration = state.collaborations[c]
    member = state.members[m]
    member.status = LEFT
    member.housed = 0
    collaboration.partners -= 1
    collaboration.seats -= member.seat
    for level in range(3):
        state.levels[3 * m + level].engagement = 0.0
    note(state, GONE, c, member.organisation, BOARD, NOBODY, float(collaboration.partners))


@compiled
def join(state, c, m):  # type: ignore[no-untyped-def]
    """Let a third organisation join where what it hears makes it willing."""
    clock = state.clock[0]
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    member = state.members[m]
    organisation = state.organisations[member.organisation]
    image = 0.0
    links = 0
    for k in range(collaboration.link_from, collaboration.link_to):
        link = state.links[k]
        if both_take_part(state, link):
            image += state.pairs[link.pair].image
            links += 1
    image = image / links if links > 0 else 0.5
    heard = saturating(collaboration.visible_results) * (0.3 + 0.7 * structure.celebration)
    worth = member.complementarity * (0.4 + 0.6 * organisation.vision) * p.prior_benefit
    reliance = reliance_of(image, organisation.tendered_share, p)
    value = expected_value(worth, organisation.horizon_months, 1.0, reliance, heard, organisation.scar, image, p)
    cost = cost_of(
        p.base_ask, 1.0, structure.overhead_keur_per_year,
        12.0 * keur(organisation.room_cents) + structure.overhead_keur_per_year,
        structure.appraisal_credit, p,
    )  # fmt: skip
    if uniform(clock.key, JOINS, clock.month, member.identity, 0) < p.join_rate * willingness(value, cost, p):
        enter(state, c, m)
        note(state, JOINED, c, member.organisation, BOARD, NOBODY, image)


@compiled
def enter(state, c, m):  # type: ignore[no-untyped-def]
    """Let an organisation take part from now on."""
    collaboration = state.collaborations[c]
    member = state.members[m]
    member.status = TAKING_PART
    member.months_in = 0.0
    collaboration.partners += 1
    collaboration.seats += member.seat
    if collaboration.opened == 1 and member.role != CANDIDATE:
        member.housed = 1


@compiled
def end(state, c, ending):  # type: ignore[no-untyped-def]
    """End a collaboration."""
    collaboration = state.collaborations[c]
    collaboration.ending = ending
    collaboration.dissolved_month = state.clock[0].month
    collaboration.joint_now = 0.0
    collaboration.negotiating_months = 0
    for j in range(collaboration.project_from, collaboration.project_to):
        state.projects[j].status = FREE
    for i in range(collaboration.problem_from, collaboration.problem_to):
        state.problems[i].open = 0
    collaboration.pot_cents = 0  # winding up takes what is left
    collaboration.running = 0
    collaboration.problems_open = 0
    collaboration.problems_board = 0
    collaboration.problems_middle = 0
    collaboration.problems_operational = 0
    note(state, DISSOLVED, c, NOBODY, BOARD, NOBODY, float(ending))


@compiled
def may_end(state, c):  # type: ignore[no-untyped-def]
    """End a collaboration that has too few partners, that its boards have given up, or that has done its task."""
    clock = state.clock[0]
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    expected = 0
    for m in range(collaboration.member_from, collaboration.member_to):
        member = state.members[m]
        expected += member.seat if member.status == OUTSIDE and member.role != CANDIDATE else 0
    if collaboration.seats + expected < 2:
        end(state, c, EXIT)
        return
    boards, _contact, _vision, satisfaction = of_boards(state, c)
    hazard = leaving_hazard(boards, satisfaction, 2.0 * p.exit_hazard)
    if collaboration.evaluated_weight > 0.0 and satisfaction < 0.4:
        hazard *= 1.0 + 6.0 * structure.criteria_hardness
    draw = uniform(clock.key, ENDS, clock.month, collaboration.identity, 0)
    if draw < hazard:
        end(state, c, FAILURE)
        return
    narrow = count_bits(collaboration.domains) <= 1
    if narrow and collaboration.routines > 0.8 and structure.goal_concreteness >= 0.7:
        if draw < hazard + p.exit_hazard * structure.goal_concreteness:
            end(state, c, GOAL_REACHED)


@compiled
def membership(state):  # type: ignore[no-untyped-def]
    """Apply mechanism 14 to the month."""
    month = state.clock[0].month
    for c in range(len(state.collaborations)):
        collaboration = state.collaborations[c]
        if collaboration.ending != GOING_ON or month < collaboration.contact_month:
            continue
        collaboration.months += 1.0
        for m in range(collaboration.member_from, collaboration.member_to):
            member = state.members[m]
            if member.status == TAKING_PART:
                member.months_in += 1.0
                part_of_levels(state, c, m)
            elif member.status == OUTSIDE:
                if member.role == CANDIDATE:
                    join(state, c, m)
                elif month + 1 >= member.from_month:
                    enter(state, c, m)
        may_end(state, c)
