"""Which patterns vanish when a factor is switched off or a mechanism is neutralised.

Values are pinned above everything, so that no arm of an experiment can switch a mechanism on again. A pattern is
expected to vanish when its mechanism is switched off; one that stays without its own mechanism is no evidence for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from sim.factors import factors
from sim.patterns.many import Variant

AS_IT_IS: Final = "as_it_is"

# Mechanisms that are no factor of their own, each with the values at which it does nothing. That a value is allowed is
# checked when a scenario takes it.
MECHANISMS: Final[Mapping[str, Mapping[str, Any]]] = {
    "problems": {"parameters.problem_rate": 0.0},
    "turnover": {"parameters.turnover": 0.0, "parameters.spanner_turnover": 0.0, "parameters.tenant_turnover": 0.0},
    "directors_who_leave": {"parameters.director_months": 600},
    "scars": {"parameters.scar_weight": 0.0},
    "attachment_to_routines": {"organisations.*.attachment": 0.0},
    "fading_salience": {"parameters.salience_fade": 0.0},
    "breaches": {"parameters.trust_breach_weight": 0.0},
    "exclusivity": {"parameters.exclusivity_weight": 0.0},
    "trust_as_a_buffer": {"parameters.trust_buffer": 0.0},
    "loss_aversion": {"parameters.loss_aversion": 1.0},
    "gnawing": {"parameters.gnaw_weight": 0.0},
    "torch": {"parameters.torch": 0.0},
    "drift_of_expectations": {"parameters.ambition_drift": 0.0},
}


def variants() -> tuple[Variant, ...]:
    """Return the model as it is, without each factor, and without each mechanism."""
    return (
        Variant(AS_IT_IS),
        *(Variant(name, fixed=dict(factor.neutral)) for name, factor in factors().items()),
        *(Variant(name, fixed=dict(values)) for name, values in MECHANISMS.items()),
    )


def matrix(findings: pd.DataFrame) -> pd.DataFrame:
    """Return for each pattern (row) and variant (column) whether it holds: yes, no or not shown."""
    verdicts = findings.drop_duplicates(["variant", "pattern"])
    table = verdicts.pivot_table(index="pattern", columns="variant", values="pattern_holds", aggfunc="first")
    return table[[each for each in dict.fromkeys(findings["variant"]) if each in table.columns]]
