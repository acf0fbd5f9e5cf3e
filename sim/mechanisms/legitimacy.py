"""13. Legitimacy: four indicators, and one feedback on support.

What. Input, process, output and feedback legitimacy follow from what is arranged and reached; together they move the
support that boards and municipalities feel from outside.

Why. Legitimacy takes all four forms [H §2.3]; that it feeds back on support is ours [A].

Equations, all with a lag of twelve months:

    input    → ½ × (1 if a municipality takes part) + ½ × stakeholder involvement
    process  → ½ × stakeholder involvement + ½ × goal concreteness × formal maturity
    output   → ⅓ × (practice maturity + 1 - exp(-½ × visible results) + share of cases handled jointly this month)
    feedback → stakeholder feedback × (1 if an evaluation was held in the past 36 months, else ½)
    support  → mean of the four as they now are + 0.2, at most 1, for nobody starts without any standing [A]
"""

from __future__ import annotations

from sim.columns import GOING_ON, TAKING_PART
from sim.compiled import compiled
from sim.rules import saturating, share, toward

MUNICIPALITY = 3


@compiled
def legitimacy(state):  # type: ignore[no-untyped-def]
    """Apply mechanism 13 to the month."""
    month = state.clock[0].month
    for c in range(len(state.collaborations)):
        collaboration = state.collaborations[c]
        if collaboration.ending != GOING_ON or month < collaboration.contact_month:
            continue
        structure = state.structures[c]
        elected = 0.0
        for m in range(collaboration.member_from, collaboration.member_to):
            member = state.members[m]
            if member.status == TAKING_PART and state.organisations[member.organisation].kind == MUNICIPALITY:
                elected = 1.0
        process = structure.stakeholder_involvement + structure.goal_concreteness * collaboration.formal_maturity
        results = saturating(0.5 * collaboration.visible_results)
        output = (collaboration.practice_maturity + results + collaboration.joint_now) / 3.0
        recent = collaboration.evaluated_month > 0 and month - collaboration.evaluated_month <= 36
        feedback = structure.stakeholder_feedback * (1.0 if recent else 0.5)
        collaboration.legitimacy_input = toward(
            collaboration.legitimacy_input, 0.5 * elected + 0.5 * structure.stakeholder_involvement, 12.0
        )
        collaboration.legitimacy_process = toward(collaboration.legitimacy_process, 0.5 * process, 12.0)
        collaboration.legitimacy_output = toward(collaboration.legitimacy_output, output, 12.0)
        collaboration.legitimacy_feedback = toward(collaboration.legitimacy_feedback, feedback, 12.0)
        mean = collaboration.legitimacy_input + collaboration.legitimacy_process
        mean = (mean + collaboration.legitimacy_output + collaboration.legitimacy_feedback) / 4.0
        collaboration.support = toward(collaboration.support, share(mean + 0.2), 12.0)
