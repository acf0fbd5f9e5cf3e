"""2b. Accounts: the month is settled, to the cent, after all other mechanisms.

What. What was committed, given in hours, paid and received in the month is booked on each organisation; at the end of
a budget year, earmarked money that is left goes back and free money that is left goes to the reserve.

Why. Costs of collaborating, mostly hours, are underestimated [H §2.1]; so they are priced and booked, as far as
they were used. Unspent earmarked money goes back [A], which is why it cannot be saved up for the long term [V §3.3].

Equations, every organisation and month, in whole cents:

    income + received = spent + paid + returned + change of reserve

where the reserve includes the year's money still to be spent; over all organisations, received = paid. Free money keeps
what ordinary work will still take this year; the reserve makes up for what was drawn beyond that.
"""

from __future__ import annotations

import math

from sim.compiled import compiled
from sim.mechanisms.budgets import LEAD_ROLE, keur


@compiled
def book_investment(collaboration, kind, amount):  # type: ignore[no-untyped-def]
    """Add an investment in k€ to the collaboration's account of its kind of organisation."""
    if kind == 0:
        collaboration.invested_housing_corporation += amount
    elif kind == 1:
        collaboration.invested_welfare += amount
    elif kind == 2:
        collaboration.invested_care += amount
    elif kind == 3:
        collaboration.invested_municipality += amount
    else:
        collaboration.invested_other += amount


@compiled
def pay_hours(state, c, m):  # type: ignore[no-untyped-def]
    """Charge the hours that were used; what was kept free and not needed goes back to ordinary work."""
    given = 0.0
    used = 0.0
    for level in range(3):
        own = state.levels[3 * m + level]
        given += own.hours_granted
        own.hours_granted -= own.hours_left
        own.hours_left = 0.0
        used += own.hours_granted
    member = state.members[m]
    member.hours_cents = int(math.floor(member.hours_cents * (used / given))) if given > 0.0 else 0
    state.collaborations[c].hours += used


@compiled
def settle(state):  # type: ignore[no-untyped-def]
    """Settle the month to the cent, after all other mechanisms."""
    for o in range(len(state.organisations)):
        organisation = state.organisations[o]
        organisation.received_cents = 0
        organisation.paid_cents = 0
        organisation.returned_cents = 0
        organisation.invested_cents = 0
        organisation.invested_recent_keur *= 1.0 - 1.0 / state.parameters[0].strand_months
        organisation.spent_cents = organisation.ordinary_free_cents + organisation.ordinary_earmarked_cents
    for c in range(len(state.collaborations)):
        collaboration = state.collaborations[c]
        lead = -1
        for m in range(collaboration.member_from, collaboration.member_to):
            if state.members[m].role == LEAD_ROLE:
                lead = state.members[m].organisation
        for m in range(collaboration.member_from, collaboration.member_to):
            member = state.members[m]
            organisation = state.organisations[member.organisation]
            pay_hours(state, c, m)
            invested = member.building_cents + member.committed_cents
            spent = member.fixed_cents + member.hours_cents + invested
            organisation.spent_cents += spent
            organisation.invested_cents += invested
            organisation.invested_recent_keur += keur(invested + member.hours_cents)
            if member.rent_cents > 0:
                organisation.paid_cents += member.rent_cents
                organisation.spent_cents -= member.rent_cents - member.rent_on_top_cents  # in place of rent elsewhere
                state.organisations[lead].received_cents += member.rent_cents
            if member.assignment_cents > 0:
                state.organisations[lead].paid_cents += member.assignment_cents
                organisation.received_cents += member.assignment_cents
            member.invested_keur += keur(invested)
            book_investment(collaboration, organisation.kind, keur(invested))
            collaboration.cost_keur += keur(spent)
    close(state, (state.clock[0].month - 1) % 12)


@compiled
def close(state, month_of_year):  # type: ignore[no-untyped-def]
    """Carry what was spent and received into each organisation's money, and close the year."""
    for o in range(len(state.organisations)):
        organisation = state.organisations[o]
        organisation.earmarked_cents -= organisation.ordinary_earmarked_cents
        other = organisation.spent_cents - organisation.ordinary_earmarked_cents - organisation.building_cents
        organisation.free_cents += organisation.received_cents - organisation.paid_cents - other
        # What the free money must still pay this year stays with it; the reserve makes up for what was drawn upon.
        needed = organisation.ordinary_free_cents * (11 - month_of_year)
        if organisation.free_cents < needed:
            organisation.reserve_cents += organisation.free_cents - needed
            organisation.free_cents = needed
        if month_of_year == 11:
            organisation.returned_cents = organisation.earmarked_cents
            organisation.earmarked_cents = 0
            organisation.reserve_cents += organisation.free_cents
            organisation.free_cents = 0
