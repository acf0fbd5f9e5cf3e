"""The one rule of conduct, for every level of every organisation: none is difficult by nature [model §2.3; V §5.1].

A level weighs what taking part is worth to it against what is asked:

    value = benefit × (1 - exp(-horizon / horizon_months)) × chance to keep the role × reliance × salience
            × (1 - scar_weight × scar) + satisfaction_weight × (satisfaction - ½)
    reliance = 1 - (1 - trust) × min(1, exposure + pressure_exposure × tendered share)
    cost  = taking_part_cost × (hours asked / hours it has + money asked / eligible money) × (1 - ½ credit)
    willingness = logistic((value - cost) / decisiveness)

all dimensionless, horizon in months; either ratio counts for three at most. To join, to start something, to invest
hours and money and to leave are the same weighing with another ask. The product lets each factor block: no trust,
no horizon or no salience, no value [A; form after dynamics of stalls in H §2.2]. Who competes has more to lose from a
partner that cannot be trusted; who trusts hardly feels it [V §3.3; L: Bunger 2013]. Benefit is a prior that gives way
to experience:

    benefit = (1 - w) × prior + w × evidence,   w = months of experience / (months of experience + patience_months)
"""

from __future__ import annotations

from sim.compiled import compiled
from sim.rules import logistic, saturating


@compiled
def expected_benefit(prior, evidence, experience_months, patience_months):  # type: ignore[no-untyped-def]
    """Return the benefit a level expects: what it thought beforehand, giving way to what it lives through."""
    weight = experience_months / (experience_months + patience_months)
    return (1.0 - weight) * prior + weight * evidence


@compiled
def reliance_of(trust, tendered_share, p):  # type: ignore[no-untyped-def]
    """Return how far a level can count on its partners: distrust weighs more, the more competition there is."""
    return 1.0 - (1.0 - trust) * min(1.0, p.exposure + p.pressure_exposure * tendered_share)


@compiled
def expected_value(benefit, horizon_months, role_chance, reliance, salience, scar, satisfaction, p):  # type: ignore[no-untyped-def]
    """Return the value of taking part; ``p`` is the row of parameters."""
    worth = benefit * saturating(horizon_months / p.horizon_months) * role_chance * reliance * salience
    return worth * (1.0 - p.scar_weight * scar) + p.satisfaction_weight * (satisfaction - 0.5)


@compiled
def cost_of(hours_asked, hours_available, money_asked, money_eligible, credit, p):  # type: ignore[no-untyped-def]
    """Return the cost of an ask, relative to the hours and the eligible money that there are."""
    cost = 0.0
    if hours_asked > 0.0:
        cost += min(3.0, hours_asked / max(hours_available, 1e-9))
    if money_asked > 0.0:
        cost += min(3.0, money_asked / max(money_eligible, 1e-9))
    return p.taking_part_cost * cost * (1.0 - 0.5 * credit)


@compiled
def willingness(value, cost, p):  # type: ignore[no-untyped-def]
    """Return how willing a level is, in [0, 1]: the chance that it says yes, or the share that it gives."""
    return logistic((value - cost) / p.decisiveness)
