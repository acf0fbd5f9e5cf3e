"""12. Engagement: each level weighs whether and how much to take part.

What. The inputs of the rule of conduct are brought up to date (experience, salience, pioneers, workload), and
engagement follows willingness.

Why. On every level the importance of collaborating is recognised, and enthusiasm varies [V §5.1]. It is done 'on the
side', and its interests are the least visible in the middle [V §5.4]. Participants of a shared building must be
reminded of the salience for good [V §5.7]. Leadership hands on a torch [V §7]. Whether collaborating counts in
appraisal is a question worth asking [H §1.3]. Pioneers carry what routines do not yet carry [H §2.2-2.3].

Equations, a month; e: engagement.

    evidence   → 1.2 × what is seen × (1 - 0.3 × workload) - 0.05 × open problems a partner,  lag evidence_months
    salience   ← salience - salience_fade × (salience - recognised) + renewal × (1 - salience) + impulses
    recognised = recognised_salience × vision of the director, for the importance is recognised on every level [V §5.1]
    renewal    = salience_rate × (contact + signals + torch + pull + ½ results + support)
    torch      = torch × e of the level above × pull × (0.4 + 0.6 inspiration) × image × (1 - ½ steering pressure)
    prior      = prior_benefit × complementarity × (1 - ½ outside option) × (0.8 + 0.2 offers) × what the level brings
    role       = exp(-12 × turnover of the role)
    engagement → willingness(value, cost of overhead, base ask and workload),  lag engagement_months; 0 if withdrawn
    who is new starts anew: in the share of the people who left, engagement, satisfaction and salience begin again
    pioneer    ← pioneer × (1 - people who left) × 0.995; a new one with chance pioneer_rate × e

Signals and torch reach the levels below the board; pull: 0.2 × lead_force, half as much again for the lead. What the
level brings to the prior: the board what its director stands for, 0.3 + 0.3 vision + 0.6 openness; the others 0.7 +
0.3 image + 0.2 credit, and half the director's pull of the way to what the director stands for [V §2.3].
"""

from __future__ import annotations

import math

from sim.columns import GOING_ON, TAKING_PART
from sim.compiled import compiled
from sim.conduct import cost_of, expected_benefit, expected_value, willingness
from sim.mechanisms.budgets import keur, overhead_share
from sim.mechanisms.relations import departed_share
from sim.partners import start_anew
from sim.randomness import point, uniform
from sim.rules import saturating, share, toward

PIONEER, NEWCOMER = point("pioneer"), point("newcomer")
LEAD_ROLE = 0


@compiled
def updated_salience(salience, renewal, fade, recognised, impulse):  # type: ignore[no-untyped-def]
    """Return salience after a month: unless renewed it fades to the importance that is recognised anyway."""
    return share(
        salience
        - fade * (salience - recognised)
        + renewal * (1.0 - salience)
        + impulse * (1.0 - salience if impulse > 0.0 else salience)
    )


@compiled
def experienced(seen, workload, problems_each):  # type: ignore[no-untyped-def]
    """Return the benefit that a level lives through: what it sees, less what it bears."""
    return share(1.2 * seen * (1.0 - 0.3 * workload) - 0.05 * problems_each)


@compiled
def updated_pioneer(pioneer, departed, engagement, draw, rate):  # type: ignore[no-untyped-def]
    """Return the presence of pioneers: it goes with people and comes up by chance where a level is engaged."""
    kept = pioneer * (1.0 - departed) * 0.995
    return kept + 0.5 * (1.0 - kept) if draw < rate * engagement else kept


@compiled
def weigh(state, c, m, level):  # type: ignore[no-untyped-def]
    """Let one level of one partner weigh its part."""
    clock = state.clock[0]
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    member = state.members[m]
    organisation = state.organisations[member.organisation]
    own = state.levels[3 * m + level]
    departed = departed_share(organisation, level)
    partners = max(1, collaboration.partners)

    if departed > 0.0:
        draw = uniform(clock.key, NEWCOMER, clock.month, own.identity, 0)
        start_anew(own, organisation.vision, draw, departed)
    own.experience_months = (own.experience_months + 1.0) * (1.0 - departed)  # who is new has yet to find out
    available = (
        state.levels[3 * m].hours_available
        + state.levels[3 * m + 1].hours_available
        + state.levels[3 * m + 2].hours_available
    )
    borne = overhead_share(member, p)
    asked = borne * structure.overhead_hours * own.hours_available / max(available, 1e-9)
    load = asked / max(own.hours_available, 1e-9)
    own.workload = share(toward(own.workload, load + collaboration.overflow * (1.0 if level == 2 else 0.3), 3.0))
    own.evidence = toward(
        own.evidence,
        experienced(own.perceived_progress, own.workload, collaboration.problems_open / partners),
        p.evidence_months,
    )

    torch = 0.0
    signal = 0.0
    if level > 0:
        above = state.levels[3 * m + level - 1]
        drawn = organisation.pull * (0.4 + 0.6 * structure.inspiration)
        torch = p.torch * above.engagement * drawn * own.image * (1.0 - 0.5 * structure.steering_pressure)
        signal = structure.signals_from_above * state.levels[3 * m].engagement
    municipal = 0.0
    for other in range(collaboration.member_from, collaboration.member_to):
        if state.members[other].status == TAKING_PART:
            municipal = max(municipal, state.organisations[state.members[other].organisation].promotes_collaboration)
    outside = 0.3 * (collaboration.support - 0.5) + 0.1 * municipal
    pull = 0.2 * collaboration.lead_force * (1.5 if member.role == LEAD_ROLE and structure.led == 1.0 else 1.0)
    results = 0.5 * saturating(collaboration.visible_results)
    renewal = p.salience_rate * max(0.0, own.contact + signal + torch + pull + results + outside)
    recognised = p.recognised_salience * organisation.vision
    own.salience = updated_salience(
        own.salience, min(1.0, renewal), p.salience_fade, recognised, own.salience_impulse
    )  # fmt: skip
    own.salience_impulse = 0.0
    draw = uniform(clock.key, PIONEER, clock.month, own.identity, 0)
    own.pioneer = updated_pioneer(own.pioneer, departed, own.engagement, draw, p.pioneer_rate)

    prior = member.complementarity * (1.0 - 0.5 * organisation.outside_option) * (0.8 + 0.2 * structure.offers_explicit)
    stands_for = 0.3 + 0.3 * organisation.vision + 0.6 * organisation.openness
    if level == 0:
        prior *= stands_for
    else:
        seen = 0.7 + 0.3 * own.image + 0.2 * structure.appraisal_credit
        prior *= seen + 0.5 * organisation.pull * (stands_for - seen)
    own.prior = share(p.prior_benefit * prior)
    turnover = 1.0 / p.director_months if level == 0 else p.turnover
    benefit = expected_benefit(own.prior, own.evidence, own.experience_months, p.patience_months)
    own.value = expected_value(
        benefit, organisation.horizon_months, math.exp(-12.0 * turnover), own.partner_trust, own.salience,
        organisation.scar, own.satisfaction, p,
    )  # fmt: skip
    money = borne * structure.overhead_keur_per_year
    cost = cost_of(
        asked + p.base_ask * own.hours_available, own.hours_available, money,
        12.0 * keur(member.room_cents) + money, structure.appraisal_credit, p,
    )  # fmt: skip
    aim = willingness(own.value, cost * (1.0 + own.workload), p) if own.withdrawn == 0 else 0.0
    own.engagement = toward(own.engagement, aim, p.engagement_months)


@compiled
def engagement(state):  # type: ignore[no-untyped-def]
    """Apply mechanism 12 to the month."""
    for c in range(len(state.collaborations)):
        collaboration = state.collaborations[c]
        if collaboration.ending != GOING_ON or state.clock[0].month < collaboration.contact_month:
            continue
        for m in range(collaboration.member_from, collaboration.member_to):
            if state.members[m].status == TAKING_PART:
                for level in range(3):
                    weigh(state, c, m, level)
