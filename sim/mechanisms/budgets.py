"""2. Budgets: what may be put into collaborations, and the month's accounts.

What. At the start of a budget year income comes in, earmarked and free. Each month it is worked out how much money an
organisation may put into collaborations and how many hours its levels can give; at the month's end, after the other
mechanisms, all is settled to the cent.

Why. Welfare and care can work from earmarked budgets only, hardly (or 'by tricks') invest in what has no direct
result, while collaboration takes overhead and investment for the long term; corporations have fat on the bones and
may shift costs and income [V §3.2-3.3], but only to ends that housing money may serve [H §2.1]. Unspent earmarked
money goes back [A]. Its costs, mostly time, are underestimated [H §2.1].

Equations. Of each euro of income ``ordinary_share`` goes into ordinary work. What is left of the earmarked part is
bound but for ``leak_share`` of it; what is left of the free part, and a share of the reserve, is room, in cents a
month:

    room = (free money - ordinary work still to pay) / months left + reserve × reserve_draw × usable / 12

shared equally among an organisation's collaborations. Out of it, in this order: overhead, interventions and spanners;
assignments; the part of the rent that comes on top of what housing cost before (``rent_on_top``; the rest takes its
place, up to a quarter of ordinary spending [A]); hours, at most ``hours_money_share`` of what is left; investments.

    hours given = engagement × people × hours_per_person / collaborations × min(1, money for hours / their cost)

A building is capital: the lead pays it from its reserve, and as far as that goes.
"""

from __future__ import annotations

import math

from sim.columns import GOING_ON, TAKING_PART
from sim.compiled import compiled
from sim.rules import share

HOUSING = 0
LEAD_ROLE = 0


@compiled
def cents(keur):  # type: ignore[no-untyped-def]
    """Return an amount in k€ as whole cents."""
    return int(math.floor(keur * 100000.0 + 0.5))


@compiled
def keur(amount):  # type: ignore[no-untyped-def]
    """Return whole cents as k€."""
    return amount / 100000.0


@compiled
def open_year(organisation, p):  # type: ignore[no-untyped-def]
    """Book a year's income: earmarked and free, and what ordinary work will take of each every month."""
    income = cents(organisation.income_keur * (1.0 - organisation.tendered_share * organisation.lost_share))
    earmarked = cents(keur(income) * organisation.earmarked_share)
    free = income - earmarked
    ordinary_earmarked = cents(keur(earmarked) * p.ordinary_share) // 12
    organisation.ordinary_free_cents = cents(keur(free) * p.ordinary_share) // 12
    organisation.ordinary_earmarked_cents = ordinary_earmarked
    leak = cents(keur(earmarked - 12 * ordinary_earmarked) * organisation.leak_share)
    organisation.income_cents = income
    organisation.earmarked_cents = earmarked - leak
    organisation.free_cents = free + leak


@compiled
def usable_share(organisation, p):  # type: ignore[no-untyped-def]
    """Return the share of a reserve that may serve a collaboration: housing money only housing ends [H §2.1]."""
    return p.housing_end_share if organisation.kind == HOUSING else 1.0


@compiled
def monthly_room(organisation, months_left, p):  # type: ignore[no-untyped-def]
    """Return the cents that an organisation may put into collaborations this month."""
    free = (organisation.free_cents - organisation.ordinary_free_cents * months_left) // months_left
    draw = p.reserve_draw * usable_share(organisation, p) / 12.0
    reserve = int(math.floor(max(0, organisation.reserve_cents) * draw))
    return max(0, free) + reserve


@compiled
def overhead_share(member, p):  # type: ignore[no-untyped-def]
    """Return a partner's part of the overhead: who has no seat in the steering group bears less."""
    return 1.0 if member.seat == 1 else p.seatless_overhead


@compiled
def taking_part(state, m):  # type: ignore[no-untyped-def]
    """Say whether a member takes part in a collaboration that has begun and goes on."""
    member = state.members[m]
    collaboration = state.collaborations[member.collaboration]
    begun = state.clock[0].month >= collaboration.contact_month
    return member.status == TAKING_PART and collaboration.ending == GOING_ON and begun


@compiled
def share_room(state, month_of_year):  # type: ignore[no-untyped-def]
    """Open the year if it starts, and share each organisation's room and hours among its collaborations."""
    p = state.parameters[0]
    for o in range(len(state.organisations)):
        organisation = state.organisations[o]
        organisation.income_cents = 0
        organisation.building_cents = 0
        if month_of_year == 0:
            open_year(organisation, p)
        organisation.room_cents = monthly_room(organisation, 12 - month_of_year, p)
        if month_of_year == 0:
            organisation.room_year_keur = 12.0 * keur(organisation.room_cents)
        active = 0
        for place in range(organisation.membership_from, organisation.membership_to):
            active += 1 if taking_part(state, state.memberships[place]) else 0
        for place in range(organisation.membership_from, organisation.membership_to):
            m = state.memberships[place]
            member = state.members[m]
            takes_part = taking_part(state, m)
            member.room_cents = organisation.room_cents // active if takes_part else 0
            member.fixed_cents = 0
            member.hours_cents = 0
            member.building_cents = 0
            member.rent_cents = 0
            member.rent_on_top_cents = 0
            member.assignment_cents = 0
            member.committed_cents = 0
            for level in range(3):
                people = organisation.people_board
                if level == 1:
                    people = organisation.people_middle
                elif level == 2:
                    people = organisation.people_operational
                own = state.levels[3 * m + level]
                own.hours_available = people * p.hours_per_person / active if takes_part else 0.0
                own.hours_granted = 0.0
                own.hours_left = 0.0


@compiled
def take(member, amount):  # type: ignore[no-untyped-def]
    """Take cents from what a member may still spend this month; return what it could give."""
    given = min(max(0, amount), member.room_cents)
    member.room_cents -= given
    return given


@compiled
def fixed_costs(state, c):  # type: ignore[no-untyped-def]
    """Set aside overhead, interventions, spanners, rent and assignments."""
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    partners = max(1, collaboration.partners)
    lead = -1
    for m in range(collaboration.member_from, collaboration.member_to):
        if state.members[m].role == LEAD_ROLE and state.members[m].status == TAKING_PART:
            lead = m
    shared = structure.intervention_keur_per_year / 12.0 + structure.bureau_hours * p.hour_keur
    for s in range(collaboration.spanner_from, collaboration.spanner_to):
        spanner = state.spanners[s]
        if spanner.present == 1:
            pay = spanner.hours * spanner.hour_rate_share * p.hour_keur
            if spanner.payer >= 0 and state.members[spanner.payer].status == TAKING_PART:
                payer = state.members[spanner.payer]
                payer.fixed_cents += take(payer, cents(pay))
            else:
                shared += pay
    for m in range(collaboration.member_from, collaboration.member_to):
        member = state.members[m]
        if member.status != TAKING_PART:
            continue
        own = overhead_share(member, p) * structure.overhead_keur_per_year / 12.0
        member.fixed_cents += take(member, cents(own + shared / partners))
        if lead >= 0 and m != lead:
            if member.housed == 1:
                organisation = state.organisations[member.organisation]
                housing = (organisation.ordinary_free_cents + organisation.ordinary_earmarked_cents) // 4
                rent = min(cents(structure.rent_keur_per_year / 12.0), housing)
                on_top = take(member, int(math.floor(rent * p.rent_on_top)))
                member.rent_cents = rent - int(math.floor(rent * p.rent_on_top)) + on_top
                member.rent_on_top_cents = on_top
            if member.seat == 1:
                owed = cents(structure.assignments_per_year * structure.assignment_keur / 12.0)
                member.assignment_cents = take(state.members[lead], owed)


@compiled
def grant_hours(state, c):  # type: ignore[no-untyped-def]
    """Give each level the hours that it wants and the organisation can pay; overhead is used up at once."""
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    shared = structure.intervention_hours / max(1, collaboration.partners)
    for m in range(collaboration.member_from, collaboration.member_to):
        member = state.members[m]
        if member.status != TAKING_PART:
            continue
        organisation = state.organisations[member.organisation]
        wanted = 0.0
        available = 0.0
        for level in range(3):
            own = state.levels[3 * m + level]
            wanted += own.engagement * own.hours_available
            available += own.hours_available
        price = max(wanted * p.hour_keur, 1e-12)
        member.delivered = min(1.0, p.hours_money_share * keur(member.room_cents) / price)
        given = wanted * member.delivered
        member.hours_cents = take(member, cents(given * p.hour_keur))
        overhead = overhead_share(member, p) * structure.overhead_hours + shared
        used_up = min(1.0, overhead / max(given, 1e-9))
        for level in range(3):
            own = state.levels[3 * m + level]
            part = own.engagement * own.hours_available / max(wanted, 1e-9)
            own.hours_granted = given * (part + p.hours_pooled * (own.hours_available / max(available, 1e-9) - part))
            own.hours_granted = min(own.hours_granted, own.hours_available)
            own.hours_left = own.hours_granted * (1.0 - used_up)
        if member.role == LEAD_ROLE and collaboration.opened == 0 and structure.building_months > 0.0:
            planned = cents(structure.building_keur / structure.building_months)
            # Capital comes from the reserve at once, but for what the month's room has claimed of it.
            capital = (organisation.reserve_cents + organisation.building_cents) * 9 // 10 - organisation.building_cents
            member.building_cents = min(planned, max(0, capital))
            organisation.reserve_cents -= member.building_cents
            organisation.building_cents += member.building_cents
            paid = 1.0 if planned <= 0 else member.building_cents / planned
            collaboration.built_month = share(paid / structure.building_months)


@compiled
def budgets(state):  # type: ignore[no-untyped-def]
    """Apply mechanism 2 at the start of the month."""
    share_room(state, (state.clock[0].month - 1) % 12)
    for c in range(len(state.collaborations)):
        collaboration = state.collaborations[c]
        collaboration.built_month = 0.0
        if collaboration.ending == GOING_ON and state.clock[0].month >= collaboration.contact_month:
            fixed_costs(state, c)
            grant_hours(state, c)
