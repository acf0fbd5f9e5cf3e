"""6. Cases: residents' problems come in, and are handled jointly, apart, or bounced.

What. Households with problems arrive in the neighbourhoods; some of their problems are entangled and need several
organisations. The floor handles as many of these jointly as relations, hours, help from the middle and routines
allow.

Why. Life is indivisible, services are not [V §1.1]; on the floor people find each other over the same households, and
not always: persons, capacity and fear of losing one's identity were named [V §5.3]. Joint work takes hours from
ordinary cases and pays only as far as understanding, fitting views of residents and routines allow [H §2.1-2.2, V
§7]. Without routines it rests on pioneers, and goes when they go [H §2.2].

Equations. For two partners, with q = ∛(familiarity × trust × understanding) on the floor,

    ready      = (q × backing)^min(1, complexity) × fit × (1 - conflict_weight × interests × (1 - settled))
    backing    = (0.4 + 0.6 middle) × (routines + (1 - routines) × (0.4 + 0.6 pioneers))
    readiness  = ready × hours × (1 - 1/n)ᵇ / (1 + problem_drag × open problems / n)
    joint      = readiness⁴ / (readiness⁴ + threshold⁴)
    threshold  = joint_half × stubbornness × max(1, complexity)
    complexity = 1 + complexity_weight × ((domains - 1) / 6 + (organisations a case needs - 1) / 3 - 1), at least 0.2
    practice   ← practice + (1 - (1 - J)(1 - 0.3 team work) - practice) / practice_months

middle: mean engagement of the two middles; fit = 1 - ½ culture distance; hours = floor hours left / hours that all
entangled cases would take (at most 1); b = 1 during negotiation; interests: mean conflict of interests of the two, in
the way until boards have settled it (``conflicts``) [H §2.2-2.3]. Stubbornness: what a place asks, 1 ± place_spread by
luck at the start, for in one neighbourhood of a city it works and in another it does not [V §5.3]. J, the share of
the entangled cases that is handled jointly, is the mean of ``joint`` over pairs, weighed by the overlap of their
domains × familiarity², for people turn to those they know. The fourth power is a threshold: a few shared cases do not
make a practice, many do [A]; a bounded, predictable task takes little, a wide and entangled one more of everything [H
§2.1].

Outcome of an entangled case: apart, or beyond the scope (``case_reach``), ``apart_outcome``; jointly that +
joint_gain × fit × (u × (½ + ½ routines))^min(1, complexity); of an ordinary one ``ordinary_outcome`` × (1 - displaced
work).
"""

from __future__ import annotations

import math

from sim.columns import GOING_ON, TAKING_PART
from sim.compiled import compiled
from sim.partners import both_take_part
from sim.randomness import point, poisson, uniform
from sim.rules import count_bits, cube_root, hill, share, toward

ARRIVALS = point("case_arrivals")


@compiled
def floor_quality(familiarity, trust, understanding):  # type: ignore[no-untyped-def]
    """Return the geometric mean of the three: each one missing blocks."""
    return cube_root(familiarity * trust * understanding)


@compiled
def readiness_of(quality, middle, routines, pioneers, fit, complexity):  # type: ignore[no-untyped-def]
    """Return how ready the floors of two partners are to handle cases jointly: a bounded task takes little."""
    carried = routines + (1.0 - routines) * (0.4 + 0.6 * pioneers)
    backed = quality * (0.4 + 0.6 * middle) * carried
    return math.exp(min(1.0, complexity) * math.log(backed)) * fit


@compiled
def in_the_way(conflict_one, conflict_other, settled, weight):  # type: ignore[no-untyped-def]
    """Return what is left of readiness where interests by domain run against each other and are not settled."""
    return 1.0 - weight * 0.5 * (conflict_one + conflict_other) * (1.0 - settled)


@compiled
def complexity_of(domains, needed, weight):  # type: ignore[no-untyped-def]
    """Return the complexity of the task, 1 for four domains and two to three organisations a case."""
    complexity = (domains - 1.0) / 6.0 + (needed - 1.0) / 3.0
    return max(0.2, 1.0 + weight * (complexity - 1.0))


@compiled
def joint_outcome(apart, gain, understanding, fit, routines, complexity):  # type: ignore[no-untyped-def]
    """Return the outcome of an entangled case that is handled jointly: what is bounded takes little understanding."""
    worth = max(1e-12, understanding * (0.5 + 0.5 * routines))
    return share(apart + gain * math.exp(min(1.0, complexity) * math.log(worth)) * fit)


@compiled
def arrive(state):  # type: ignore[no-untyped-def]
    """Let cases arrive in every neighbourhood."""
    clock = state.clock[0]
    for neighbourhood in state.neighbourhoods:
        draw = uniform(clock.key, ARRIVALS, clock.month, neighbourhood.identity, 0)
        neighbourhood.arrived = poisson(neighbourhood.cases_per_month, draw)


@compiled
def handle(state, c):  # type: ignore[no-untyped-def]
    """Handle the month's cases of one collaboration."""
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    arrived = 0.0
    entangled = 0.0
    outside = 0.0  # entangled cases beyond the scope: nobody handles these jointly
    needed = 0.0
    stubborn = 0.0
    for place in range(collaboration.coverage_from, collaboration.coverage_to):
        neighbourhood = state.neighbourhoods[state.coverage[place]]
        everywhere = neighbourhood.arrived * neighbourhood.entanglement
        tangled = everywhere * structure.case_reach
        arrived += neighbourhood.arrived
        outside += everywhere - tangled
        entangled += tangled
        needed += neighbourhood.organisations_needed * tangled
        stubborn += neighbourhood.stubbornness * tangled
    needed = needed / entangled if entangled > 0.0 else 2.0
    stubborn = stubborn / entangled if entangled > 0.0 else 1.0
    collaboration.entangled_month = entangled
    collaboration.needed = needed

    hours = 0.0
    staff = 0.0
    for m in range(collaboration.member_from, collaboration.member_to):
        if state.members[m].status == TAKING_PART:
            hours += state.levels[3 * m + 2].hours_left
            staff += state.organisations[state.members[m].organisation].people_operational
    partners = max(1, collaboration.partners)
    wanted = entangled * needed * p.joint_case_hours
    enough = min(1.0, hours / wanted) if wanted > 0.0 else 1.0
    ease = enough / (1.0 + p.problem_drag * collaboration.problems_open / partners)
    if collaboration.negotiating_months > 0:
        ease *= 1.0 - 1.0 / partners  # those two who negotiate hold back

    complexity = complexity_of(count_bits(collaboration.domains), needed, p.complexity_weight)
    threshold = p.joint_half * stubborn * max(1.0, complexity)

    joint = 0.0
    understanding = 0.0
    fit = 0.0
    weight = 0.0
    for k in range(collaboration.link_from, collaboration.link_to):
        link = state.links[k]
        link.joint = 0.0
        if not both_take_part(state, link):
            continue
        relation = state.relations[3 * link.pair + 2]
        each = floor_quality(relation.familiarity, relation.trust, relation.understanding)
        middle = 0.5 * (
            state.levels[3 * link.first_member + 1].engagement + state.levels[3 * link.second_member + 1].engagement
        )
        pioneers = 0.35 * (
            state.levels[3 * link.first_member + 2].pioneer + state.levels[3 * link.second_member + 2].pioneer
        )
        pioneers += 0.15 * (
            state.levels[3 * link.first_member + 1].pioneer + state.levels[3 * link.second_member + 1].pioneer
        )
        fits = 1.0 - 0.5 * state.pairs[link.pair].distance
        one = state.organisations[state.members[link.first_member].organisation].interest_conflict
        other = state.organisations[state.members[link.second_member].organisation].interest_conflict
        free = in_the_way(one, other, collaboration.settled, p.conflict_weight)
        ready = ease * free * readiness_of(each, middle, collaboration.routines, pioneers, fits, complexity)
        link.joint = hill(ready, threshold)
        turned_to = link.overlap * relation.familiarity * relation.familiarity + 1e-9
        weight += turned_to
        understanding += turned_to * relation.understanding
        fit += turned_to * fits
        joint += turned_to * link.joint
    if weight <= 0.0:
        collaboration.joint_now = 0.0
        collaboration.practice_maturity = toward(collaboration.practice_maturity, 0.0, p.practice_months)
        return
    understanding /= weight
    fit /= weight
    joint /= weight
    used = joint * wanted
    spent = min(1.0, used / hours) if hours > 0.0 else 0.0
    for m in range(collaboration.member_from, collaboration.member_to):
        state.levels[3 * m + 2].hours_left *= 1.0 - spent

    collaboration.joint_now = joint
    signal = 1.0 - (1.0 - joint) * (1.0 - 0.3 * collaboration.project_practice)
    collaboration.practice_maturity = toward(collaboration.practice_maturity, signal, p.practice_months)
    collaboration.overflow = share(used / max(1.0, staff * p.ordinary_case_hours))
    better = joint_outcome(p.apart_outcome, p.joint_gain, understanding, fit, collaboration.routines, complexity)
    ordinary = p.ordinary_outcome * (1.0 - collaboration.overflow)
    outcome = entangled * joint * better + (entangled * (1.0 - joint) + outside) * p.apart_outcome
    outcome += (arrived - entangled - outside) * ordinary
    collaboration.entangled_total += entangled + outside
    collaboration.joint_total += joint * entangled
    collaboration.cases_total += arrived
    collaboration.outcome_total += outcome
    for k in range(collaboration.link_from, collaboration.link_to):
        link = state.links[k]
        if both_take_part(state, link):
            worth = share(better - p.apart_outcome + 0.5)
            state.relations[3 * link.pair + 2].kept += p.case_trust * link.joint * worth


@compiled
def cases(state):  # type: ignore[no-untyped-def]
    """Apply mechanism 6 to the month."""
    arrive(state)
    for c in range(len(state.collaborations)):
        collaboration = state.collaborations[c]
        if collaboration.ending == GOING_ON and state.clock[0].month >= collaboration.contact_month:
            handle(state, c)
