"""3. Tenders: contracts end, are won, lost or shifted; what competition does to planning and to relations.

What. A contract that ends is won or lost, or the shares of several contracted providers shift. Investments in what is
lost are stranded, and leave a reluctance that heals slowly. Partners who are under pressure work with rivals, which
hurts as far as exclusivity was silently expected.

Why. Competition is the most disturbing factor: it shortens the view ahead, and a budget granted to a competitor after
investing does not encourage to invest again [V §3.3]. In Roosendaal it was not felt as negative, for roles were clear
and no silent expectations of exclusivity arose [V §3.3]. Being tendered makes more business-like [V §3.2]. Welfare
loses whole contracts, home care shifts shares among several [L].

Equations, months; s: tendered share, L: months until the contract ends.

    chance to lose = loss_chance × (1 + promoted competition), at most 0.95
    stranded       = investments of the past years × s × share lost
    scar           ← scar + (1 - scar) × (1 - exp(-scar_sensitivity × stranded / room of a year)),  heals in scar_months
    horizon        = (1 - s) × H + s × (min(H, L) + (b + ½ (1 - b) × (1 - chance)) × max(0, H - L))
    H              = free_horizon_months × (1 - ½ earmarked)
    b              = trust_buffer × trust in the partners

Winner takes all: all is lost until the next tender; share shift: up to ``shift_share`` of it. What lies beyond the
contract counts half, if it comes at all; who trusts counts on going on: trust and competition can go together [L:
Bunger 2013; A]. Work with a rival: hazard rival_rate × (the greater s × rivals of the two + the greater s × their
rivalry); it breaks what was silently expected, but for what trust forgives: × (1 - b).
"""

from __future__ import annotations

from sim.columns import GOING_ON, TAKING_PART
from sim.compiled import compiled
from sim.log import NOBODY, code, note
from sim.mechanisms.budgets import cents, keur
from sim.partners import both_take_part
from sim.randomness import point, uniform
from sim.rules import saturating, share, toward

TENDER, RIVAL = point("tender"), point("rival")
WON, LOST, RIVAL_WORK = code("tender_won"), code("tender_lost"), code("worked_with_rival")


@compiled
def planning_horizon(tendered_share, earmarked_share, months_left, chance, buffer, free_horizon):  # type: ignore[no-untyped-def]
    """Return how many months ahead an organisation can plan; ``buffer`` is what trust takes off the fear of losing."""
    untendered = free_horizon * (1.0 - 0.5 * earmarked_share)
    beyond = max(0.0, untendered - months_left)
    counted_on = buffer + 0.5 * (1.0 - buffer) * (1.0 - chance)
    contract = min(untendered, months_left) + counted_on * beyond
    return (1.0 - tendered_share) * untendered + tendered_share * contract


@compiled
def scarred(scar, stranded_keur, room_year_keur, sensitivity):  # type: ignore[no-untyped-def]
    """Return the reluctance after investments were stranded."""
    return scar + (1.0 - scar) * saturating(sensitivity * stranded_keur / max(room_year_keur, 1e-9))


@compiled
def loss_chance(state, o):  # type: ignore[no-untyped-def]
    """Return the chance to lose a contract: higher where a municipality in the collaboration promotes competition."""
    organisation = state.organisations[o]
    promoted = 0.0
    for place in range(organisation.membership_from, organisation.membership_to):
        own = state.members[state.memberships[place]]
        collaboration = state.collaborations[own.collaboration]
        if own.status != TAKING_PART or collaboration.ending != GOING_ON:
            continue
        for m in range(collaboration.member_from, collaboration.member_to):
            if state.members[m].status == TAKING_PART:
                promoted = max(promoted, state.organisations[state.members[m].organisation].promotes_competition)
    return min(0.95, organisation.loss_chance * (1.0 + promoted))


@compiled
def partner_trust(state, o):  # type: ignore[no-untyped-def]
    """Return an organisation's mean trust, as a board, in the partners of its collaborations."""
    organisation = state.organisations[o]
    total = 0.0
    count = 0
    for place in range(organisation.membership_from, organisation.membership_to):
        m = state.memberships[place]
        if state.members[m].status == TAKING_PART:
            total += state.levels[3 * m].partner_trust
            count += 1
    return total / count if count > 0 else 0.0


@compiled
def hold_tender(state, o, chance):  # type: ignore[no-untyped-def]
    """Let a contract end: won, lost or shifted; strand what was invested."""
    clock = state.clock[0]
    p = state.parameters[0]
    organisation = state.organisations[o]
    organisation.contract_months = organisation.contract_term_months
    if uniform(clock.key, TENDER, clock.month, organisation.identity, 0) >= chance:
        organisation.lost_share = 0.0
        note(state, WON, NOBODY, o, NOBODY, NOBODY, organisation.tendered_share)
        return
    lost = 1.0
    if organisation.regime == 1.0:
        lost = p.shift_share * uniform(clock.key, TENDER, clock.month, organisation.identity, 1)
    organisation.lost_share = lost
    stranded = organisation.invested_recent_keur * organisation.tendered_share * lost
    organisation.stranded_cents = cents(stranded)
    organisation.invested_recent_keur -= stranded
    organisation.scar = scarred(organisation.scar, stranded, organisation.room_year_keur, p.scar_sensitivity)
    note(state, LOST, NOBODY, o, NOBODY, NOBODY, keur(organisation.stranded_cents))


@compiled
def work_with_rivals(state, c):  # type: ignore[no-untyped-def]
    """Let pressed partners work with others, and hurt those who silently expected to be the only one."""
    clock = state.clock[0]
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    for k in range(collaboration.link_from, collaboration.link_to):
        link = state.links[k]
        first = state.members[link.first_member]
        second = state.members[link.second_member]
        if not both_take_part(state, link):
            continue
        pair = state.pairs[link.pair]
        if pair.rivals_month == clock.month:
            continue  # considered already, in another collaboration of the two
        pair.rivals_month = clock.month
        one = state.organisations[first.organisation]
        other = state.organisations[second.organisation]
        pressure = max(one.tendered_share * one.rivals, other.tendered_share * other.rivals)
        both = max(one.tendered_share, other.tendered_share)
        hazard = p.rival_rate * (pressure + both * pair.rivalry)
        if hazard > 0.0 and uniform(clock.key, RIVAL, clock.month, pair.identity, 0) < hazard:
            hurt = 0.0
            for level in range(3):
                relation = state.relations[3 * link.pair + level]
                felt = relation.exclusivity * (1.0 - p.trust_buffer * relation.trust)
                relation.broken += p.exclusivity_weight * felt
                hurt = max(hurt, felt)
            pair.image_impulse -= hurt
            note(state, RIVAL_WORK, c, first.organisation, NOBODY, second.organisation, hurt)


@compiled
def tenders(state):  # type: ignore[no-untyped-def]
    """Apply mechanism 3 to the month."""
    p = state.parameters[0]
    for o in range(len(state.organisations)):
        organisation = state.organisations[o]
        organisation.stranded_cents = 0
        organisation.scar = toward(organisation.scar, 0.0, p.scar_months)
        tendered = organisation.tendered_share
        chance = 0.0
        trust = 0.0
        if tendered > 0.0:
            chance = loss_chance(state, o)
            trust = partner_trust(state, o)
            organisation.contract_months -= 1.0
            if organisation.contract_months <= 0.0:
                hold_tender(state, o, chance)
            gain = p.businesslike_rate * tendered
            organisation.business_likeness = share(
                organisation.business_likeness + gain * (1.0 - organisation.business_likeness)
            )
        organisation.horizon_months = planning_horizon(
            tendered, organisation.earmarked_share, organisation.contract_months, chance, p.trust_buffer * trust,
            p.free_horizon_months,
        )  # fmt: skip
    for c in range(len(state.collaborations)):
        if state.collaborations[c].ending == GOING_ON:
            work_with_rivals(state, c)
