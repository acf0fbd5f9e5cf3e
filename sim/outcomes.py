"""The outcomes: each defined once, with its unit, its names in two languages and which way is better.

``observe`` reads them off the state at the end of a month; what a run's table says is what stands at the last month.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sim.columns import TAKING_PART
from sim.compiled import allocating, compiled
from sim.mechanisms.budgets import keur
from sim.rules import share
from sim.structure import LEVELS


@dataclass(frozen=True)
class Outcome:
    """One outcome: its unit, labels, the direction that is better (1, -1 or 0) and how it is stored."""

    name: str
    unit: str
    en: str
    nl: str
    better: int
    whole: bool = False
    nullable: bool = False
    codes: str = ""


_LEVEL_EN = {"board": "board", "middle": "middle", "operational": "floor"}
_LEVEL_NL = {"board": "bestuur", "middle": "middenkader", "operational": "uitvoering"}
_KIND_EN = {
    "housing_corporation": "housing corporations",
    "welfare": "welfare",
    "care": "care",
    "municipality": "municipality",
    "other": "others",
}
_KIND_NL = {
    "housing_corporation": "corporaties",
    "welfare": "welzijn",
    "care": "zorg",
    "municipality": "gemeente",
    "other": "overige",
}


def _per_level(name: str, unit: str, en: str, nl: str, better: int, *, whole: bool = False) -> list[Outcome]:
    return [
        Outcome(f"{name}_{level}", unit, f"{en}, {_LEVEL_EN[level]}", f"{nl}, {_LEVEL_NL[level]}", better, whole)
        for level in LEVELS
    ]


OUTCOMES: Final[tuple[Outcome, ...]] = (
    Outcome("phase", "phase", "phase", "fase", 1, whole=True),
    Outcome("highest_phase", "phase", "highest phase", "hoogste fase", 1, whole=True),
    *(
        Outcome(f"months_to_phase_{n}", "months", f"months to phase {n}", f"maanden tot fase {n}", -1, whole=True, nullable=True)
        for n in range(1, 6)
    ),
    Outcome("first_agreement_month", "month", "first agreement", "eerste overeenkomst", 0, whole=True, nullable=True),
    Outcome("first_decision_month", "month", "first binding decision of boards", "eerste bindende bestuursbesluit", 0, whole=True, nullable=True),
    Outcome("months_sham", "months", "months of sham collaboration", "maanden schijnsamenwerking", -1, whole=True),
    Outcome("months_partial", "months", "months of partial collaboration", "maanden samenwerking op onderdelen", -1, whole=True),
    Outcome("months_uncontracted", "months", "months of collaboration without agreement", "maanden samenwerking zonder overeenkomst", 0, whole=True),
    Outcome("months_negotiating", "months", "months of negotiation", "maanden onderhandeling", 0, whole=True),
    Outcome("months_shared_address", "months", "months as a shared address", "maanden als verzamelgebouw", -1, whole=True),
    Outcome("dissolved_month", "month", "month of dissolution", "maand van beëindiging", 0, whole=True, nullable=True),
    Outcome("end_state", "state", "state at the end", "toestand aan het eind", 0, whole=True, codes="end_state"),
    Outcome("formal_maturity", "share", "formal maturity", "formele rijpheid", 0),
    Outcome("practice_maturity", "share", "practice maturity", "praktische rijpheid", 1),
    Outcome("breadth", "share", "breadth", "breedte", 1),
    Outcome("routines", "share", "joint routines", "gezamenlijke werkwijzen", 1),
    Outcome("joint_case_share", "share", "entangled cases handled jointly", "verweven casussen samen behandeld", 1),
    Outcome("case_outcome", "share", "outcome of cases", "uitkomst van casussen", 1),
    Outcome("cost_keur", "k€", "cost", "kosten", -1),
    *(Outcome(f"invested_keur_{kind}", "k€", f"invested by {_KIND_EN[kind]}", f"geïnvesteerd door {_KIND_NL[kind]}", 0) for kind in _KIND_EN),
    Outcome("hours", "hours", "hours", "uren", -1),
    *_per_level("satisfaction", "share", "satisfaction", "tevredenheid", 1),
    *_per_level("expectation_gap", "share", "expectation not met", "onvervulde verwachting", -1),
    *_per_level("engagement", "share", "engagement", "betrokkenheid", 1),
    *_per_level("salience", "share", "salience", "ervaren belang", 1),
    *_per_level("trust", "share", "trust", "vertrouwen", 1),
    *_per_level("familiarity", "share", "familiarity", "bekendheid", 1),
    *_per_level("understanding", "share", "understanding", "gedeelde taal", 1),
    *_per_level("perceived_phase", "phase", "phase as seen", "fase zoals gezien", 0),
    *(
        Outcome(f"projects_started_{who}", "projects", f"projects started, {en}", f"gestarte projecten, {nl}", 0, whole=True)
        for who, en, nl in (("board", "board", "bestuur"), ("middle", "middle", "middenkader"), ("operational", "floor", "uitvoering"), ("bureau", "bureau", "bureau"))
    ),
    Outcome("projects_finished", "projects", "projects finished", "afgeronde projecten", 1, whole=True),
    Outcome("projects_outside_building", "projects", "projects outside the building", "projecten buiten het gebouw", 0, whole=True),
    *_per_level("issues_open", "problems", "open problems", "openstaande knelpunten", -1, whole=True),
    *(
        Outcome(f"legitimacy_{form}", "share", f"legitimacy, {form}", f"legitimiteit, {nl}", 1)
        for form, nl in (("input", "input"), ("process", "proces"), ("output", "output"), ("feedback", "feedback"))
    ),
    Outcome("partners_now", "organisations", "partners taking part", "deelnemende partners", 0, whole=True),
    Outcome("binding", "condition", "binding condition", "bindende voorwaarde", 0, whole=True, codes="binding"),
    Outcome("binding_level", "level", "level of the binding condition", "niveau van de bindende voorwaarde", 0, whole=True, codes="binding_level"),
    Outcome("binding_organisation", "row", "partner of the binding condition", "partner van de bindende voorwaarde", 0, whole=True, codes="organisation"),
)  # fmt: skip

ORGANISATION_OUTCOMES: Final[tuple[Outcome, ...]] = (
    Outcome("income_keur", "k€", "income", "inkomsten", 0),
    Outcome("received_keur", "k€", "received from others", "ontvangen van anderen", 0),
    Outcome("spent_keur", "k€", "spent", "uitgegeven", 0),
    Outcome("paid_keur", "k€", "paid to others", "betaald aan anderen", 0),
    Outcome("returned_keur", "k€", "returned", "teruggegeven", 0),
    Outcome("reserve_keur", "k€", "reserve", "reserve", 1),
    Outcome("invested_keur", "k€", "invested", "geïnvesteerd", 0),
    Outcome("stranded_keur", "k€", "stranded", "verloren investering", -1),
    Outcome("horizon_months", "months", "planning horizon", "planningshorizon", 1),
    Outcome("tendered_share", "share", "tendered share", "aanbesteed deel", 0),
    Outcome("business_likeness", "share", "business-likeness", "zakelijkheid", 0),
    *_per_level("engagement", "share", "engagement", "betrokkenheid", 1),
    *_per_level("hours", "hours", "hours", "uren", 0),
)

OBSERVATION = np.dtype([(outcome.name, "f8") for outcome in OUTCOMES])
ORGANISATION_OBSERVATION = np.dtype([(outcome.name, "f8") for outcome in ORGANISATION_OUTCOMES])


def observations(shape: Any) -> Any:
    """Return room for observations of collaborations."""
    return np.zeros(shape, OBSERVATION).view(np.recarray)


def organisation_observations(shape: Any) -> Any:
    """Return room for observations of organisations."""
    return np.zeros(shape, ORGANISATION_OBSERVATION).view(np.recarray)


@compiled
def observe(state, c, row):  # type: ignore[no-untyped-def]
    """Write down how one collaboration stands; 0 stands for a month that did not come."""
    own = state.collaborations[c]
    row.phase = own.phase
    row.highest_phase = own.highest_phase
    row.months_to_phase_1 = own.reached_1
    row.months_to_phase_2 = own.reached_2
    row.months_to_phase_3 = own.reached_3
    row.months_to_phase_4 = own.reached_4
    row.months_to_phase_5 = own.reached_5
    row.first_agreement_month = own.first_agreement_month
    row.first_decision_month = own.first_decision_month
    row.months_sham = own.months_sham
    row.months_partial = own.months_partial
    row.months_uncontracted = own.months_uncontracted
    row.months_negotiating = own.months_negotiating
    row.months_shared_address = own.months_shared_address
    row.dissolved_month = own.dissolved_month
    row.end_state = own.end_state
    row.formal_maturity = own.formal_maturity
    row.practice_maturity = own.practice_maturity
    row.breadth = own.breadth
    row.routines = own.routines
    row.joint_case_share = own.joint_total / own.entangled_total if own.entangled_total > 0.0 else 0.0
    row.case_outcome = own.outcome_total / own.cases_total if own.cases_total > 0.0 else 0.0
    row.cost_keur = own.cost_keur
    row.invested_keur_housing_corporation = own.invested_housing_corporation
    row.invested_keur_welfare = own.invested_welfare
    row.invested_keur_care = own.invested_care
    row.invested_keur_municipality = own.invested_municipality
    row.invested_keur_other = own.invested_other
    row.hours = own.hours
    row.projects_started_board = own.started_board
    row.projects_started_middle = own.started_middle
    row.projects_started_operational = own.started_operational
    row.projects_started_bureau = own.started_bureau
    row.projects_finished = own.finished
    row.projects_outside_building = own.started_outside
    row.issues_open_board = own.problems_board
    row.issues_open_middle = own.problems_middle
    row.issues_open_operational = own.problems_operational
    row.legitimacy_input = own.legitimacy_input
    row.legitimacy_process = own.legitimacy_process
    row.legitimacy_output = own.legitimacy_output
    row.legitimacy_feedback = own.legitimacy_feedback
    row.partners_now = own.partners
    row.binding = own.binding
    row.binding_level = own.binding_level
    row.binding_organisation = -1.0
    if own.binding_member >= 0:
        row.binding_organisation = state.members[own.binding_member].organisation
    observe_levels(state, c, row)
    observe_relations(state, c, row)


@allocating
def observe_levels(state, c, row):  # type: ignore[no-untyped-def]
    """Write down the means over the partners that take part; for boards, over those with a seat."""
    own = state.collaborations[c]
    sums = np.zeros((3, 5))
    count = np.zeros(3)
    for m in range(own.member_from, own.member_to):
        member = state.members[m]
        if member.status != TAKING_PART:
            continue
        for level in range(3):
            if level == 0 and member.seat == 0:
                continue
            part = state.levels[3 * m + level]
            count[level] += 1.0
            sums[level, 0] += part.satisfaction
            sums[level, 1] += part.expectation - part.perceived_progress
            sums[level, 2] += part.engagement
            sums[level, 3] += part.salience
            sums[level, 4] += part.perceived_phase
    for level in range(3):
        for what in range(5):
            sums[level, what] /= max(1.0, count[level])
    row.satisfaction_board, row.satisfaction_middle, row.satisfaction_operational = sums[0, 0], sums[1, 0], sums[2, 0]
    row.expectation_gap_board, row.expectation_gap_middle, row.expectation_gap_operational = (
        sums[0, 1],
        sums[1, 1],
        sums[2, 1],
    )
    row.engagement_board, row.engagement_middle, row.engagement_operational = sums[0, 2], sums[1, 2], sums[2, 2]
    row.salience_board, row.salience_middle, row.salience_operational = sums[0, 3], sums[1, 3], sums[2, 3]
    row.perceived_phase_board, row.perceived_phase_middle, row.perceived_phase_operational = (
        sums[0, 4],
        sums[1, 4],
        sums[2, 4],
    )


@allocating
def observe_relations(state, c, row):  # type: ignore[no-untyped-def]
    """Write down the means over the pairs that take part; for boards, over pairs with seats."""
    own = state.collaborations[c]
    sums = np.zeros((3, 3))
    count = np.zeros(3)
    for k in range(own.link_from, own.link_to):
        link = state.links[k]
        first = state.members[link.first_member]
        second = state.members[link.second_member]
        if first.status != TAKING_PART or second.status != TAKING_PART:
            continue
        for level in range(3):
            if level == 0 and first.seat * second.seat == 0:
                continue
            relation = state.relations[3 * link.pair + level]
            count[level] += 1.0
            sums[level, 0] += relation.trust
            sums[level, 1] += relation.familiarity
            sums[level, 2] += relation.understanding
    for level in range(3):
        for what in range(3):
            sums[level, what] /= max(1.0, count[level])
    row.trust_board, row.trust_middle, row.trust_operational = sums[0, 0], sums[1, 0], sums[2, 0]
    row.familiarity_board, row.familiarity_middle, row.familiarity_operational = sums[0, 1], sums[1, 1], sums[2, 1]
    row.understanding_board, row.understanding_middle, row.understanding_operational = (
        sums[0, 2],
        sums[1, 2],
        sums[2, 2],
    )


@allocating
def observe_organisation(state, o, row):  # type: ignore[no-untyped-def]
    """Write down how one organisation stands; intensities are means over its collaborations, hours sums."""
    own = state.organisations[o]
    row.income_keur = keur(own.income_cents)
    row.received_keur = keur(own.received_cents)
    row.spent_keur = keur(own.spent_cents)
    row.paid_keur = keur(own.paid_cents)
    row.returned_keur = keur(own.returned_cents)
    row.reserve_keur = keur(own.reserve_cents + own.free_cents + own.earmarked_cents)
    row.invested_keur = keur(own.invested_cents)
    row.stranded_keur = keur(own.stranded_cents)
    row.horizon_months = own.horizon_months
    row.tendered_share = own.tendered_share
    row.business_likeness = share(own.business_likeness)
    engagement = np.zeros(3)
    hours = np.zeros(3)
    count = max(1, own.membership_to - own.membership_from)
    for place in range(own.membership_from, own.membership_to):
        m = state.memberships[place]
        for level in range(3):
            engagement[level] += state.levels[3 * m + level].engagement / count
            hours[level] += state.levels[3 * m + level].hours_granted
    row.engagement_board, row.engagement_middle, row.engagement_operational = (
        engagement[0],
        engagement[1],
        engagement[2],
    )
    row.hours_board, row.hours_middle, row.hours_operational = hours[0], hours[1], hours[2]
