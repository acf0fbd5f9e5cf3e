"""5. Relations: familiarity, understanding, trust and image, per pair and level.

What. Who meets gets to know each other and learns the other's language; agreements that are kept or broken, joint
results and what is said in public make trust and image. All of it fades, and part goes when people go.

Why. Working together takes a language in which organisations can understand each other; they never will entirely, for
their work differs too much [V §7]. Boundary spanners translate [V §6.3]. 'Business-like' means that clear agreements
are made and kept [V §6.2]. Part of the trust is bound to persons [V §5.2]; collaboration has to outgrow its
initiators [H §2.2]. Old images linger and do harm, celebrated results do good [V §6.2]. Unclear roles let silent
expectations of exclusivity arise between those who know each other: → (1 - clarity) × f, 0.05 a month [V §3.3].

Equations, a month; C: contact × (1 + click_spread × click), for it clicks between persons or does not [V §2.3,
§5.2-5.3]; click is drawn from -1 to 1 at the start, and anew in the share of the people who left. For boards also ×
(0.4 + 1.6 × the openness of both directors), and what thus goes on between directors opens or closes doors below, as
far as their pull reaches: with the click of a new board, people worked together on ever more levels [V §2.3]. L:
share of the people of either side who left; P: personal share of trust.

    familiarity   f ← (f + familiarity_rate × C × (1 - f) - familiarity_fade × f) × (1 - ½ L)
    understanding u ← (u + understanding_rate × C × (1 + help) × (1 - u) × (1 - distance) - understanding_fade × u)
                      × (1 - ¼ L)
    trust         t ← t + trust_gain × kept × (1 - t) - trust_gain × trust_breach_weight × broken × t
                      + trust_fade × (base - t),  less P × L of what is above the base
    base  = ½ × image + base_trust - ¼
    image ← image + image_rate × (0.3 × (kept - 2 × broken) + what is celebrated) + 0.02 × (½ - image)

An agreement is put to the test with chance test_rate × contact, kept with chance 0.6 + 0.4 √(r_a r_b), r = business-
likeness × (½ + ½ share of hours delivered); ground rules take away up to 0.4 of what is missing, help up to 0.8. A
breach weighs more than a promise kept [A]. Distance = culture_weight × half the sum of the differences in business-
likeness, planning and views of residents (a shared view takes away 0.6 of the last).
"""

from __future__ import annotations

import math

from sim.columns import GOING_ON
from sim.compiled import compiled
from sim.partners import both_take_part
from sim.randomness import point, uniform
from sim.rules import saturating, share

AGREEMENT_KEPT, CLICK = point("agreement_kept"), point("click")


@compiled
def updated_familiarity(familiarity, contact, departed, rate, fade):  # type: ignore[no-untyped-def]
    """Return familiarity after a month."""
    grown = familiarity + rate * contact * (1.0 - familiarity) - fade * familiarity
    return share(grown * (1.0 - 0.5 * departed))


@compiled
def updated_understanding(understanding, contact, help_given, distance, departed, rate, fade):  # type: ignore[no-untyped-def]
    """Return the shared language after a month; ``distance`` is already weighed."""
    learnt = rate * contact * (1.0 + help_given) * (1.0 - understanding) * (1.0 - distance)
    return share((understanding + learnt - fade * understanding) * (1.0 - 0.25 * departed))


@compiled
def updated_trust(trust, kept, broken, personal, departed, base, gain, breach_weight, fade):  # type: ignore[no-untyped-def]
    """Return trust after a month of agreements kept and broken, and of people who left."""
    changed = trust + gain * kept * (1.0 - trust) - gain * breach_weight * broken * trust + fade * (base - trust)
    return share(changed - personal * departed * max(0.0, changed - base))


@compiled
def keeping_chance(reliability_a, reliability_b, ground_rules, help_given):  # type: ignore[no-untyped-def]
    """Return the chance that an agreement put to the test is kept."""
    chance = 0.6 + 0.4 * math.sqrt(reliability_a * reliability_b)
    chance += (1.0 - chance) * 0.4 * ground_rules
    return chance + (1.0 - chance) * 0.8 * saturating(help_given)


@compiled
def culture_distance(one, other, shared_view, p):  # type: ignore[no-untyped-def]
    """Return how far two organisations' cultures differ: business-likeness, planning and view of residents."""
    views = abs(one.view_customer - other.view_customer) + abs(one.view_victim - other.view_victim)
    views = 0.5 * (views + abs(one.view_member - other.view_member)) * (1.0 - 0.6 * shared_view)
    ways = abs(one.business_likeness - other.business_likeness) + abs(
        one.planning_orientation - other.planning_orientation
    )
    return p.culture_weight * share((ways + views) / 2.0)


@compiled
def departed_share(organisation, level):  # type: ignore[no-untyped-def]
    """Return the share of a level's people who left this month."""
    if level == 0:
        return organisation.departed_board
    if level == 1:
        return organisation.departed_middle
    return organisation.departed_operational


@compiled
def gather(state):  # type: ignore[no-untyped-def]
    """Collect per pair what its collaborations do for it: help, roots, clarity."""
    for pair in state.pairs:
        pair.joint = 0
        pair.help = 0.0
        pair.rooted = 0.0
        pair.clarity = 0.0
    for c in range(len(state.collaborations)):
        collaboration = state.collaborations[c]
        if collaboration.ending != GOING_ON or state.clock[0].month < collaboration.contact_month:
            continue
        structure = state.structures[c]
        p = state.parameters[0]
        spanning = 0.0
        for s in range(collaboration.spanner_from, collaboration.spanner_to):
            spanner = state.spanners[s]
            if spanner.present == 1:
                spanning += (
                    spanner.skill * (0.5 + 0.5 * spanner.network) * (0.7 + 0.3 * spanner.independence) * spanner.hours
                )
        helping = p.spanner_help * spanning / (10.0 * max(1, collaboration.partners - 1))
        helping += 0.5 * structure.process_training + 0.3 * structure.offers_explicit
        rooted = share(0.7 * collaboration.routines + 0.3 * collaboration.formal_maturity)
        for k in range(collaboration.link_from, collaboration.link_to):
            link = state.links[k]
            if not both_take_part(state, link):
                continue
            pair = state.pairs[link.pair]
            one = state.organisations[state.members[link.first_member].organisation]
            other = state.organisations[state.members[link.second_member].organisation]
            distance = culture_distance(one, other, structure.shared_view, p)
            pair.distance = distance if pair.joint == 0 else min(pair.distance, distance)
            first_time = pair.joint == 0
            pair.joint = 1
            pair.help = max(pair.help, helping)
            pair.rooted = max(pair.rooted, rooted)
            pair.clarity = max(pair.clarity, structure.role_clarity)
            if first_time:  # agreements belong to the pair, however many collaborations the two share
                delivered = state.members[link.first_member].delivered
                delivered_other = state.members[link.second_member].delivered
                for level in range(3):
                    relation = state.relations[3 * link.pair + level]
                    test_agreement(
                        state, relation, one, other, delivered, delivered_other, structure.ground_rules, helping
                    )
            if state.members[link.first_member].replaced == 1 or state.members[link.second_member].replaced == 1:
                for level in range(3):
                    relation = state.relations[3 * link.pair + level]
                    relation.familiarity = 0.0
                    relation.understanding *= 0.3
                    relation.trust = min(relation.trust, p.base_trust)


@compiled
def test_agreement(state, relation, one, other, delivered_one, delivered_other, rules, helping):  # type: ignore[no-untyped-def]
    """Put an agreement to the test, by chance as people have to do with each other."""
    clock = state.clock[0]
    p = state.parameters[0]
    tested = p.test_rate * saturating(relation.encounters)
    draw = uniform(clock.key, AGREEMENT_KEPT, clock.month, relation.identity, 0)
    if draw < tested:
        reliability_one = one.business_likeness * (0.5 + 0.5 * delivered_one)
        reliability_other = other.business_likeness * (0.5 + 0.5 * delivered_other)
        if draw < tested * keeping_chance(reliability_one, reliability_other, rules, helping):
            relation.kept += 1.0
        else:
            relation.broken += 1.0


@compiled
def update_pair(state, r):  # type: ignore[no-untyped-def]
    """Move the relations and the image of one pair a month on."""
    p = state.parameters[0]
    pair = state.pairs[r]
    one = state.organisations[pair.first]
    other = state.organisations[pair.second]
    at_the_top = 1.0
    for level in range(3):
        relation = state.relations[3 * r + level]
        departed = 1.0 - (1.0 - departed_share(one, level)) * (1.0 - departed_share(other, level))
        if departed > 0.0:
            draw = uniform(state.clock[0].key, CLICK, state.clock[0].month, relation.identity, 0)
            relation.click += departed * (2.0 * draw - 1.0 - relation.click)
        if level == 0:
            at_the_top = (0.4 + 1.6 * one.openness * other.openness) * (1.0 + p.click_spread * relation.click)
            contact = saturating(relation.encounters) * at_the_top
        else:  # as far as directors carry their people along
            carried = 1.0 + 0.5 * (one.pull + other.pull) * (at_the_top - 1.0)
            contact = saturating(relation.encounters) * (1.0 + p.click_spread * relation.click) * carried
        contact = share(contact)
        relation.familiarity = updated_familiarity(
            relation.familiarity, contact, departed, p.familiarity_rate, p.familiarity_fade
        )
        relation.understanding = updated_understanding(
            relation.understanding, contact, pair.help, pair.distance, departed, p.understanding_rate,
            p.understanding_fade,
        )  # fmt: skip
        before = relation.trust
        base = 0.5 * pair.image + p.base_trust - 0.25
        relation.trust = updated_trust(
            before, relation.kept, relation.broken, relation.personal, departed, base, p.trust_gain,
            p.trust_breach_weight, p.trust_fade,
        )  # fmt: skip
        if relation.trust > before:
            relation.personal = share((relation.personal * before + relation.trust - before) / relation.trust)
        relation.personal *= 1.0 - p.rooting_rate * pair.rooted
        if pair.joint == 1:
            expected = (1.0 - pair.clarity) * relation.familiarity
            relation.exclusivity = share(relation.exclusivity + 0.05 * (expected - relation.exclusivity))
        pair.image_impulse += 0.3 * (relation.kept - 2.0 * relation.broken)
        relation.kept = 0.0
        relation.broken = 0.0
    pair.image = share(pair.image + p.image_rate * pair.image_impulse + 0.02 * (0.5 - pair.image))
    pair.image_impulse = 0.0


@compiled
def mean_relations(state, c):  # type: ignore[no-untyped-def]
    """Work out each level's mean trust in, and language with, the partners with whom it sits at a table."""
    collaboration = state.collaborations[c]
    for m in range(collaboration.member_from, collaboration.member_to):
        for level in range(3):
            state.levels[3 * m + level].partner_trust = 0.0
            state.levels[3 * m + level].partner_understanding = 0.0
    for k in range(collaboration.link_from, collaboration.link_to):
        link = state.links[k]
        first = state.members[link.first_member]
        second = state.members[link.second_member]
        if not both_take_part(state, link):
            continue
        for level in range(3):
            if level == 0 and first.seat * second.seat == 0:
                continue
            trust = state.relations[3 * link.pair + level].trust
            others = (collaboration.seats if level == 0 else collaboration.partners) - 1
            state.levels[3 * link.first_member + level].partner_trust += trust / max(1, others)
            state.levels[3 * link.second_member + level].partner_trust += trust / max(1, others)
            understanding = state.relations[3 * link.pair + level].understanding / max(1, others)
            state.levels[3 * link.first_member + level].partner_understanding += understanding
            state.levels[3 * link.second_member + level].partner_understanding += understanding


@compiled
def relations(state):  # type: ignore[no-untyped-def]
    """Apply mechanism 5 to the month."""
    gather(state)
    for r in range(len(state.pairs)):
        update_pair(state, r)
    for c in range(len(state.collaborations)):
        if state.collaborations[c].ending == GOING_ON:
            mean_relations(state, c)
