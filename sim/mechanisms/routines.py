"""10b. Routines: joint practice becomes a way of working, and then broadens.

What. Where people on the floor work together and the middle meets and works at it, joint ways of working replace old
ones; with routines, a collaboration can be restructured for a further domain, which costs money and hours.

Why. Structuring is the work of managers [H box]. Broadening takes restructuring and meets attachment to known
routines [H §2.2], which the floor knows as well: 'do we not lose our identity?' [V §5.3]. Experience carries over to
the next collaboration [V §2.1.2]. First results are modest and taste of more [H box].

Equations, a month; C, e: mean contact and engagement of the middle, A: mean attachment of all levels.

    routines   += routine_rate × (0.8 + 0.4 experience) × practice × C × e × (1 - routines) × (1 - 0.8 A)
                  × (0.7 + 0.6 mandate) - routine_fade × routines × (1 - practice)
    broadening += broaden_rate × routines × practice × (1 - 0.8 A) × share of broaden_keur paid
                  × (0.4 + 0.6 frame width) × (1 - conflict_weight × interests × (1 - settled))
                  from routines of 0.3 on
    attachment ← attachment - 0.03 × routines × practice × attachment + 0.01 × (1 - practice) × (start - attachment)

A result in a new domain adds broadening_result; at 1 a domain is added, and routines lose a tenth to the rebuilding.
"""

from __future__ import annotations

from sim.columns import TAKING_PART
from sim.compiled import compiled
from sim.log import NOBODY, code, note
from sim.mechanisms.budgets import cents, take
from sim.rules import count_bits, has, share

BROADENED = code("broadened")


@compiled
def updated_routines(routines, practice, contact, engagement, attachment, mandate, rate, fade):  # type: ignore[no-untyped-def]
    """Return joint routines after a month."""
    grown = rate * practice * contact * engagement * (1.0 - routines) * (1.0 - 0.8 * attachment) * (0.7 + 0.6 * mandate)
    return share(routines + grown - fade * routines * (1.0 - practice))


@compiled
def updated_attachment(attachment, start, routines, practice):  # type: ignore[no-untyped-def]
    """Return attachment after a month: living with joint routines loosens it, doing without brings it back."""
    return share(attachment - 0.03 * routines * practice * attachment + 0.01 * (1.0 - practice) * (start - attachment))


@compiled
def standardise(state, c, middle, contact, attachment, experience):  # type: ignore[no-untyped-def]
    """Turn joint practice into routines, and broaden."""
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    practice = collaboration.practice_maturity
    collaboration.routines = updated_routines(
        collaboration.routines,
        practice,
        contact,
        middle,
        attachment,
        structure.team_mandate,
        p.routine_rate * (0.8 + 0.4 * experience),
        p.routine_fade,
    )
    overlapping = max(1, count_bits(collaboration.domains))
    if collaboration.joint_domains == 0 and practice >= p.first_domain_practice:
        widen(state, c)
    if collaboration.routines >= 0.3 and count_bits(collaboration.joint_domains) < overlapping:
        price = cents(p.broaden_keur / 12.0)
        paid = 0.0
        conflict = 0.0
        for m in range(collaboration.member_from, collaboration.member_to):
            member = state.members[m]
            if member.status == TAKING_PART and member.seat == 1:
                given = take(member, price)
                member.committed_cents += given
                paid += 1.0 if price == 0 else given / price
                conflict += state.organisations[member.organisation].interest_conflict / max(1, collaboration.seats)
        paid /= max(1, collaboration.seats)
        effort = p.broaden_rate * collaboration.routines * practice * (1.0 - 0.8 * attachment) * paid
        effort *= 1.0 - p.conflict_weight * conflict * (1.0 - collaboration.settled)
        collaboration.broadening += effort * (0.4 + 0.6 * structure.frame_width)
        if collaboration.broadening >= 1.0:
            collaboration.broadening = 0.0
            widen(state, c)
            collaboration.routines *= 0.9
            note(state, BROADENED, c, NOBODY, NOBODY, NOBODY, float(count_bits(collaboration.joint_domains)))
    elif practice < 0.2 and collaboration.joint_domains > 0:
        collaboration.joint_domains = collaboration.joint_domains & (collaboration.joint_domains - 1)
    collaboration.breadth = count_bits(collaboration.joint_domains) / overlapping


@compiled
def widen(state, c):  # type: ignore[no-untyped-def]
    """Add the next overlapping domain."""
    collaboration = state.collaborations[c]
    for d in range(16):
        if has(collaboration.domains, d) and not has(collaboration.joint_domains, d):
            collaboration.joint_domains = collaboration.joint_domains | (1 << d)
            return
