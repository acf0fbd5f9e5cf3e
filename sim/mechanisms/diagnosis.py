"""What is binding: which condition keeps a collaboration from the next phase, at which level of which partner.

What. Each condition of the next phase is a factor of what brings it about; the binding one is the factor that falls
furthest short of what stood in collaborations when they got there; the partner is the one in whom it is weakest.

Why. 'There it goes wrong!': fingers point at a level [V §5.1, §5.4]; the model looks where it does. Nothing reads
this but people.

Equations. Factor / what serves. To phases 1 and 2: contact of boards / 0.25, their engagement / 0.5, their vision /
0.6. To phase 3, the factors of readiness (``cases``): ∛(familiarity / 0.5), ∛(trust / 0.45), ∛(understanding / 0.35),
hours / hours wanted, what the middle lends (0.4 + 0.6 engagement) / 0.85, what routines or pioneers carry / 0.6, the
drag of open problems / 0.9; negotiation. To phase 4: contact of the middle / 0.4, its engagement / 0.75, looseness
from old routines / 0.6, practice / 0.6. To phase 5: looseness / 0.7, routines / their threshold, money, room in the
frame (0.4 + 0.6 width) / 0.9. What serves is the median over frameworks of four partners when they reached the phase
[A: from the model itself].
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.columns import GOING_ON, TAKING_PART
from sim.compiled import compiled
from sim.log import NOBODY
from sim.partners import both_take_part, of_boards, of_level
from sim.rules import cube_root

BINDINGS: Final = (
    "none", "contact", "engagement", "vision", "goals", "familiarity", "trust", "understanding", "hours", "money",
    "middle_support", "pioneers", "problems", "negotiation", "practice", "middle_contact", "attachment",
    "routines", "breadth",
)  # fmt: skip
(
    NONE, CONTACT, ENGAGEMENT, VISION, GOALS, FAMILIARITY, TRUST, UNDERSTANDING, HOURS, MONEY, MIDDLE_SUPPORT,
    PIONEERS, PROBLEMS, NEGOTIATION, PRACTICE, MIDDLE_CONTACT, ATTACHMENT, ROUTINES, BREADTH,
) = range(len(BINDINGS))  # fmt: skip


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
            lowest = np.int64(m)
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
    boards, contact_boards, vision, _satisfaction = of_boards(state, c)
    _engaged, _contact, _pioneering, attached_boards = of_level(state, c, 0)
    middle, contact_middle, pioneers_middle, attached_middle = of_level(state, c, 1)
    floor, _met, pioneers_floor, attached_floor = of_level(state, c, 2)
    attachment = (attached_boards + attached_middle + attached_floor) / 3.0
    pioneers = 0.3 * pioneers_middle + 0.7 * pioneers_floor
    delivered = 0.0
    available = 0.0
    for m in range(collaboration.member_from, collaboration.member_to):
        if state.members[m].status == TAKING_PART:
            available += state.levels[3 * m + 2].hours_available
            delivered += state.members[m].delivered / partners
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
            if both_take_part(state, link):
                relation = state.relations[3 * link.pair + 2]
                familiarity += relation.familiarity
                trust += relation.trust
                understanding += relation.understanding
                links += 1
        links = max(1, links)
        # Familiarity, trust and understanding enter by their cube roots; the order of the three is that of the ratios.
        if familiarity / links / 0.5 < least:
            least, what, where = familiarity / links / 0.5, FAMILIARITY, 2
        if trust / links / 0.45 < least:
            least, what, where = trust / links / 0.45, TRUST, 2
        if understanding / links / 0.35 < least:
            least, what, where = understanding / links / 0.35, UNDERSTANDING, 2
        least = cube_root(least)
        wanted = collaboration.entangled_month * collaboration.needed * p.joint_case_hours
        if wanted > 0.0 and floor * delivered * available / wanted < least:
            least = floor * delivered * available / wanted
            what = MONEY if delivered < floor else HOURS
            where = 2
        if (0.4 + 0.6 * middle) / 0.85 < least:
            least, what, where = (0.4 + 0.6 * middle) / 0.85, MIDDLE_SUPPORT, 1
        carried = collaboration.routines + (1.0 - collaboration.routines) * (0.4 + 0.6 * pioneers)
        if carried / 0.6 < least:
            least, what, where = carried / 0.6, PIONEERS, 2
        drag = 1.0 / (1.0 + p.problem_drag * collaboration.problems_open / partners)
        if drag / 0.9 < least:
            where = 1
            if collaboration.problems_board > collaboration.problems_middle:
                where = 0
            if collaboration.problems_operational > max(collaboration.problems_board, collaboration.problems_middle):
                where = 2
            least, what = drag / 0.9, PROBLEMS
        if collaboration.negotiating_months > 0 and least > 0.5:
            what, where = NEGOTIATION, 0
    elif collaboration.phase == 3:
        if contact_middle / 0.4 < least:
            least, what, where = contact_middle / 0.4, MIDDLE_CONTACT, 1
        if middle / 0.75 < least:
            least, what, where = middle / 0.75, ENGAGEMENT, 1
        if (1.0 - 0.8 * attachment) / 0.6 < least:
            least, what, where = (1.0 - 0.8 * attachment) / 0.6, ATTACHMENT, 1
        if collaboration.practice_maturity / 0.6 < least:
            what, where = PRACTICE, 2
    else:
        if (1.0 - 0.8 * attachment) / 0.7 < least:
            least, what, where = (1.0 - 0.8 * attachment) / 0.7, ATTACHMENT, 1
        if collaboration.routines / p.deep_threshold < least:
            least, what, where = collaboration.routines / p.deep_threshold, ROUTINES, 1
        if (0.4 + 0.6 * state.structures[c].frame_width) / 0.9 < least:
            least, what, where = (0.4 + 0.6 * state.structures[c].frame_width) / 0.9, BREADTH, 0
        if delivered < least:
            what, where = MONEY, 0
    bind(state, c, what, where)
