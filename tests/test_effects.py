"""Nothing is in the model for show: what each mechanism and each structural attribute moves, under the same luck.

A mechanism that is frozen, or an attribute that is moved from the lower to the upper end of its range and nothing else, has to
move the outcome that is named here. The comparison is paired: the same seed and replicates, 84 months. It holds if the mean
difference is at least five standard errors away from zero, so that a chance result in any one of these tests has a probability
below 1e-6.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from sim.engine import simulate_population
from sim.population import build
from sim.scenario import Scenario, from_dict
from sim.structure import STRUCTURE

RUNS, MONTHS = 400, 84
KINDS = ("housing_corporation", "welfare", "care", "other", "municipality", "care")

# attribute: (framework it is tried on, outcome it must move, direction)
MOVES = {
    "steering_meetings_per_year": ("covenant", "familiarity_board", 1),
    "middle_meetings_per_year": ("covenant", "familiarity_middle", 1),
    "operational_meetings_per_year": ("covenant", "familiarity_operational", 1),
    "bureau_hours": ("client_contractor", "formal_maturity", 1),
    "bureau_skill": ("covenant", "salience_middle", 1),
    "bureau_signalling_months": ("covenant", "projects_started_bureau", -1),
    "bureau_clustering": ("project_organisation", "projects_finished", 1),
    "led": ("client_contractor", "salience_middle", 1),
    "role_clarity": ("covenant", "satisfaction_board", 1),
    "building_months": ("building", "invested_keur_housing_corporation", 1),
    "milestones": ("building", "first_decision_month", -1),
    "building_keur": ("building", "cost_keur", 1),
    "colocation": ("building", "familiarity_operational", 1),
    "passage_assigned": ("building", "salience_middle", 1),
    "rent_keur_per_year": ("building", "hours", -1),
    "assignments_per_year": ("client_contractor", "familiarity_middle", 1),
    "assignment_keur": ("client_contractor", "hours", 1),
    "pot_share": ("covenant", "invested_keur_housing_corporation", 1),
    "approval_level": ("client_contractor", "projects_started_operational", 1),
    "approval_months": ("client_contractor", "projects_started_operational", -1),
    "consent": ("covenant", "projects_finished", 1),
    "willing_core": ("client_contractor", "case_outcome", -1),  # fewer are drawn in, so fewer get to know each other
    "frame_width": ("covenant", "salience_middle", 1),
    "steering_pressure": ("client_contractor", "projects_started_middle", 1),
    "signals_from_above": ("covenant", "salience_operational", 1),
    "embedding_threshold": ("client_contractor", "projects_started_middle", -1),
    "case_reach": ("covenant", "joint_case_share", 1),
    "agreement": ("building", "formal_maturity", 1),
    "goal_concreteness": ("covenant", "first_agreement_month", -1),
    "renegotiation_months": ("covenant", "salience_board", 1),
    "evaluation_months": ("covenant", "legitimacy_feedback", 1),
    "criteria_hardness": ("covenant", "legitimacy_feedback", 1),
    "exit_notice_months": ("informal", "partners_now", 1),
    "overhead_hours": ("covenant", "engagement_operational", -1),
    "overhead_keur_per_year": ("covenant", "hours", -1),
    "escalation": ("client_contractor", "months_negotiating", 1),
    "boards_commit": ("covenant", "months_negotiating", 1),
    "team_partners": ("covenant", "projects_finished", -1),
    "team_mandate": ("client_contractor", "issues_open_middle", -1),
    "promising_first": ("covenant", "projects_finished", 1),
    "pilot_first": ("project_organisation", "projects_started_bureau", -1),  # one pilot at a time
    "process_training": ("covenant", "understanding_board", 1),
    "expectation_exchange": ("building", "satisfaction_board", 1),
    "offers_explicit": ("covenant", "understanding_board", 1),
    "weaving": ("covenant", "engagement_board", -1),  # boards see sooner how little there is
    "inspiration": ("covenant", "salience_operational", 1),
    "shared_view": ("covenant", "understanding_board", 1),
    "celebration": ("covenant", "salience_middle", 1),
    "ground_rules": ("covenant", "trust_board", 1),
    "appraisal_credit": ("covenant", "hours", 1),
    "stakeholder_involvement": ("covenant", "legitimacy_input", 1),
    "stakeholder_feedback": ("covenant", "legitimacy_feedback", 1),
    "personal_union": ("covenant", "familiarity_board", 1),
    "expectation_shift": ("covenant", "satisfaction_board", -1),
    "intervention_keur_per_year": ("covenant", "cost_keur", 1),
    "intervention_hours": ("client_contractor", "hours", 1),
}

# mechanism: (framework it is tried on, outcome that its standing still moves)
CARRIES = {
    "events": ("building", "familiarity_operational"),
    "budgets": ("covenant", "hours"),
    "tenders": ("covenant", "engagement_operational"),
    "encounters": ("covenant", "familiarity_board"),
    "relations": ("covenant", "understanding_operational"),
    "cases": ("client_contractor", "practice_maturity"),
    "initiatives": ("client_contractor", "projects_started_middle"),
    "projects": ("client_contractor", "projects_finished"),
    "agenda": ("client_contractor", "issues_open_middle"),
    "structuring": ("covenant", "formal_maturity"),
    "expectations": ("covenant", "satisfaction_board"),
    "engagement": ("covenant", "salience_operational"),
    "legitimacy": ("covenant", "legitimacy_output"),
    "membership": ("informal", "dissolved_month"),
}


def place(framework: str, months: int = MONTHS) -> Scenario:
    """Return four equal partners of different kinds, and two that may join, under a framework."""
    organisations = [{"id": f"partner_{i}", "kind": kind} for i, kind in enumerate(KINDS)]
    roles = ("lead", "core", "core", "core", "candidate", "candidate")
    partners = [{"organisation": o["id"], "role": r} for o, r in zip(organisations, roles, strict=True)]
    collaboration = {"id": "c", "framework": framework, "partners": partners, "neighbourhoods": ["n"]}
    tree: dict[str, Any] = {
        "schema": 1, "name": "place", "title": "A place", "description": "A place", "months": months,
        "organisations": organisations, "neighbourhoods": [{"id": "n"}], "collaborations": [collaboration],
    }  # fmt: skip
    return from_dict(tree)


def outcomes(scenario: Scenario, name: str) -> Any:
    finals = simulate_population(build(scenario), scenario.months, RUNS, 1).finals
    values = finals[name][:, 0]
    # A month that did not come is later than any that did.
    return np.where(values == 0, scenario.months + 1, values) if name.startswith("first_") else values


def standard_errors(difference: Any) -> float:
    """Return the mean of paired differences in its standard errors."""
    spread = difference.std(ddof=1)
    return float(difference.mean() / (spread / np.sqrt(len(difference)))) if spread > 0 else 0.0


def test_every_attribute_is_listed() -> None:
    assert sorted(MOVES) == sorted(STRUCTURE)


@pytest.mark.parametrize("attribute", MOVES)
def test_attribute_moves_an_outcome(attribute: str) -> None:
    framework, outcome, direction = MOVES[attribute]
    quantity = STRUCTURE[attribute]

    def at(number: float) -> Scenario:
        value = quantity.choices[int(number)] if quantity.choices else (int(number) if quantity.whole else number)
        return place(framework).replace({f"collaborations.c.structure.{attribute}": value})

    moved = outcomes(at(quantity.high), outcome) - outcomes(at(quantity.low), outcome)
    assert standard_errors(moved) * direction > 5.0


FROZEN = """
import sys
import numpy as np
import sim.compiled
sim.compiled.is_cold = lambda: False  # one process compiles: another would not know what is frozen
from test_effects import CARRIES, outcomes, place
name = sys.argv[1]
framework, outcome = CARRIES[name]
if sys.argv[2] == "frozen":
    import numba
    import sim.schedule
    frozen = (lambda state: None) if sim.compiled.INTERPRETED else numba.njit(_nrt=False)(lambda state: None)
    setattr(sim.schedule, name, frozen)
np.save(sys.argv[3], outcomes(place(framework), outcome))
"""


@pytest.mark.slow
@pytest.mark.parametrize("mechanism", CARRIES)
def test_mechanism_carries_an_outcome(mechanism: str, tmp_path: Any) -> None:
    """Frozen, a mechanism does nothing all run long: `pytest -m slow tests/test_effects.py`, a compilation each."""
    found = []
    for how in ("running", "frozen"):
        file = tmp_path / f"{how}.npy"
        settings = {**os.environ, "PYTHONPATH": os.pathsep.join(["tests", *sys.path])}
        if how == "frozen":  # the cache knows nothing of this
            settings["XDG_CACHE_HOME"] = str(tmp_path / "cache")
        subprocess.run([sys.executable, "-c", FROZEN, mechanism, how, str(file)], env=settings, check=True)
        found.append(np.load(file))
    assert abs(standard_errors(found[1] - found[0])) > 5.0
