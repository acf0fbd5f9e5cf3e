"""Who takes part, and what holds for those who do on average: asked by many mechanisms, written once."""

from __future__ import annotations

from sim.columns import TAKING_PART
from sim.compiled import compiled


@compiled
def both_take_part(state, link):  # type: ignore[no-untyped-def]
    """Say whether both ends of a link take part."""
    return (
        state.members[link.first_member].status == TAKING_PART
        and state.members[link.second_member].status == TAKING_PART
    )


@compiled
def start_anew(own, vision, draw, part):  # type: ignore[no-untyped-def]
    """Let a part of a level's people start as newcomers do, with an open mind and everything still to be found out.

    That part of salience goes to 0.3 + 0.4 × vision × draw, that part of satisfaction and engagement to ½.
    """
    own.salience += part * (0.3 + 0.4 * vision * draw - own.salience)
    own.satisfaction += part * (0.5 - own.satisfaction)
    own.engagement += part * (0.5 - own.engagement)


@compiled
def of_boards(state, c):  # type: ignore[no-untyped-def]
    """Return the mean engagement, contact, vision and satisfaction of the boards with a seat.

    What a board sees in wider work is half its vision, half its openness to others.
    """
    collaboration = state.collaborations[c]
    engagement = 0.0
    contact = 0.0
    vision = 0.0
    satisfaction = 0.0
    for m in range(collaboration.member_from, collaboration.member_to):
        member = state.members[m]
        if member.status == TAKING_PART and member.seat == 1:
            organisation = state.organisations[member.organisation]
            engagement += state.levels[3 * m].engagement
            contact += state.levels[3 * m].contact
            vision += 0.5 * (organisation.vision + organisation.openness)
            satisfaction += state.levels[3 * m].satisfaction
    seats = max(1, collaboration.seats)
    return engagement / seats, contact / seats, vision / seats, satisfaction / seats


@compiled
def of_level(state, c, level):  # type: ignore[no-untyped-def]
    """Return the mean engagement, contact, pioneers and attachment of one level of all partners."""
    collaboration = state.collaborations[c]
    engagement = 0.0
    contact = 0.0
    pioneers = 0.0
    attachment = 0.0
    for m in range(collaboration.member_from, collaboration.member_to):
        if state.members[m].status == TAKING_PART:
            own = state.levels[3 * m + level]
            engagement += own.engagement
            contact += own.contact
            pioneers += own.pioneer
            attachment += own.attachment
    partners = max(1, collaboration.partners)
    return engagement / partners, contact / partners, pioneers / partners, attachment / partners
