"""What there is to choose: cases, frameworks, interventions, and the controls with what they mean and their source.

Controls come from the registers; their short names and the Dutch of their meaning stand in ``labels.toml``.
The uncertain parameters are called what the report calls them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from sim import packaged
from sim.app.address import DEFAULT_FRAMEWORKS, FRAMEWORKS_MOST, RUNS_MOST, Address, collaboration_of
from sim.elements import Collaboration, Value, as_number
from sim.inputs import COLLABORATION, NEIGHBOURHOOD, ORGANISATION
from sim.language import Language, capital, catalogue, language
from sim.library import Library
from sim.mechanisms.phases import END_STATES
from sim.parameters import PARAMETERS
from sim.quantities import Quantity
from sim.scenario import Scenario, load
from sim.structure import STRUCTURE

HERE = Path(__file__).resolve().parent
# Constants set units of account or the shape of a curve: there is nothing to find out about them by sliding.
UNCERTAIN: Final = {name: each for name, each in PARAMETERS.items() if each.kind == "uncertainty"}
REGISTERS: Final[Mapping[str, Mapping[str, Quantity]]] = {
    "structure": STRUCTURE, "organisations": ORGANISATION, "neighbourhoods": NEIGHBOURHOOD,
    "collaborations": COLLABORATION, "parameters": UNCERTAIN,
}  # fmt: skip

# What stands in front, and what in the drawer: register and names, in the order shown.
FRONT: Final[Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "budget": (("organisations", ("earmarked_share", "leak_share", "reserve_keur")),),
    "competition": (("organisations", ("tendered_share", "loss_chance", "contract_term_months", "rivals", "regime")),),
    "expectations": (
        ("collaborations", ("ambition",)),
        ("structure", ("expectation_shift", "expectation_exchange", "criteria_hardness")),
        ("organisations", ("transparency",)),
    ),
}
DRAWER: Final[Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "meeting": (("structure", (
        "steering_meetings_per_year", "middle_meetings_per_year", "operational_meetings_per_year", "bureau_hours",
        "bureau_skill", "bureau_signalling_months", "bureau_clustering",
    )),),
    "deciding": (("structure", (
        "led", "role_clarity", "approval_level", "approval_months", "consent", "willing_core", "frame_width",
        "steering_pressure", "signals_from_above", "embedding_threshold", "case_reach",
    )),),
    "place": (("structure", (
        "building_months", "milestones", "building_keur", "colocation", "passage_assigned", "rent_keur_per_year",
    )),),
    "paying": (("structure", (
        "assignments_per_year", "assignment_keur", "pot_share", "overhead_hours", "overhead_keur_per_year",
        "intervention_keur_per_year", "intervention_hours",
    )),),
    "agreeing": (("structure", (
        "agreement", "goal_concreteness", "renegotiation_months", "evaluation_months", "exit_notice_months",
        "ground_rules",
    )),),
    "working": (("structure", (
        "escalation", "boards_commit", "team_partners", "team_mandate", "promising_first", "pilot_first",
        "process_training", "offers_explicit", "weaving", "inspiration", "shared_view", "celebration",
        "appraisal_credit", "stakeholder_involvement", "stakeholder_feedback", "personal_union",
    )),),
    "people": (("organisations", (
        "openness", "vision", "pull", "process_skill", "experience", "middle_mandate", "attachment", "layers",
        "people_board", "people_middle", "people_operational", "business_likeness", "planning_orientation",
        "interest_conflict", "outside_option", "income_keur", "contract_end_months", "promotes_collaboration",
        "promotes_competition",
    )),),
    "start": (
        ("collaborations", ("contact_month", "formal_maturity", "practice_maturity", "routines")),
        ("neighbourhoods", ("cases_per_month", "entanglement", "organisations_needed")),
    ),
    "uncertain": (("parameters", tuple(UNCERTAIN)),),
}  # fmt: skip
# Views of residents sum to one: they are not set one at a time.
NOT_SHOWN: Final = ("view_customer", "view_victim", "view_member")
# Interventions that come first in the list, and values that are changed at a month without being ready-made.
FIRST_INTERVENTIONS: Final = ("boundary_spanner_hired", "middle_meetings", "expectation_alignment", "concrete_goals")
OWN_INTERVENTIONS: Final = {"free_tenth": "add:organisations.*.earmarked_share:-0.1"}


@cache
def labels() -> dict[str, dict[str, dict[str, str]]]:
    """Return the short names of controls, choices and units, and the Dutch of their meaning."""
    return tomllib.loads((HERE / "labels.toml").read_text(encoding="utf-8"))


def words(code: str) -> dict[str, str | list[str]]:
    """Return what the viewer says in a language, by key."""
    wanted = ("app.", "phase.", "state.", "format.", "place.")
    return {key: text for key, text in catalogue(code).items() if key.startswith(wanted)}


@cache
def _shelf(shelf: str) -> tuple[Any, ...]:
    """Return the shipped frameworks or interventions."""
    library = Library(None)
    find: Callable[[str], Any] = library.framework if shelf == "frameworks" else library.ready_made
    return tuple(find(name) for name in packaged.shipped(shelf))


@cache
def _cases() -> dict[str, Scenario]:
    return {name: load(name) for name in packaged.shipped()}


@cache
def _library(code: str) -> dict[str, Any]:
    first = {name: place for place, name in enumerate(FIRST_INTERVENTIONS)}
    interventions = sorted(_shelf("interventions"), key=lambda each: (first.get(each.id, 99), each.title[code].lower()))
    preferred = {name: place for place, name in enumerate(DEFAULT_FRAMEWORKS)}
    frameworks = sorted(_shelf("frameworks"), key=lambda each: (preferred.get(each.id, 99), each.title[code].lower()))
    text = catalogue(code)
    own = [
        {
            "do": made, "title": text[f"app.own_{name}"], "description": text[f"app.own_{name}_means"],
            "source": "V §3.3; A", "once": 0, "yearly": 0, "hours": 0,
        }
        for name, made in OWN_INTERVENTIONS.items()
    ]  # fmt: skip
    ready_made = [
        {
            "do": each.id, "title": each.title[code], "description": each.description.get(code, ""),
            "source": each.source, "once": each.cost_keur_once,
            "yearly": each.cost_keur_per_year, "hours": each.cost_hours_per_month,
        }
        for each in interventions
    ]  # fmt: skip
    return {
        "cases": [
            {"id": name, "title": each.title[code], "description": each.description.get(code, "")}
            for name, each in _cases().items()
        ],
        "frameworks": [
            {
                "id": each.id, "title": each.title[code], "description": each.description.get(code, ""),
                "sources": each.sources,
            }
            for each in frameworks
        ],
        "interventions": [*ready_made[:1], *own, *ready_made[1:]],
    }  # fmt: skip


def choices(address: Address) -> dict[str, Any]:
    """Return everything that there is to choose from for a case, in the language of the address."""
    return _choices(address.case, address.collaboration, address.lang)


@lru_cache(maxsize=64)
def _choices(case: str, collaboration: str, code: str) -> dict[str, Any]:
    scenario = _cases()[case]
    own = collaboration_of(scenario, collaboration)
    named = labels()
    return {
        "words": words(code),
        "states": list(END_STATES),
        **_library(code),
        "kinds": {each.kind: catalogue(code)[f"kind.{each.kind}"] for each in scenario.organisations},
        "organisations": [
            {"id": each.id, "title": each.title[code], "kind": each.kind} for each in scenario.organisations
        ],
        "collaboration": own.id,
        "collaborations": [{"id": each.id, "title": each.title[code]} for each in scenario.collaborations],
        "framework": own.framework,
        "units": {unit: text[code] for unit, text in named["unit"].items()},
        "front": _groups(FRONT, scenario, own, code),
        "drawer": _groups(DRAWER, scenario, own, code),
        "limits": {"frameworks": FRAMEWORKS_MOST, "runs": RUNS_MOST},
        "plain": list(DEFAULT_FRAMEWORKS),
    }


def _groups(
    groups: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]], scenario: Scenario, own: Collaboration, code: str
) -> list[dict[str, Any]]:
    return [
        {
            "id": group,
            "controls": [
                _control(register, REGISTERS[register][name], scenario, own, code)
                for register, names in parts
                for name in names
                if name in REGISTERS[register]
            ],
        }
        for group, parts in groups.items()
    ]


def _control(register: str, quantity: Quantity, scenario: Scenario, own: Collaboration, code: str) -> dict[str, Any]:
    """Return a control: its range, its words, and what it stands at for each that it can be set for."""
    named = labels()
    text = language(code)
    values = dict(_standing(register, quantity, scenario, own))
    numbers = list(values.values())
    low, high = min([quantity.low, *numbers]), max([quantity.high, *numbers])
    whole = quantity.whole or bool(quantity.choices)
    fine = _fine_step if register == "parameters" else _step
    return {
        "register": register,
        "name": quantity.name,
        "label": _label(register, quantity.name, text),
        "meaning": quantity.meaning if code == "en" else named[register][quantity.name]["meaning"],
        "unit": quantity.unit,
        "low": low,
        "high": high,
        "step": 1 if whole else fine(high - low),
        "flag": quantity.unit == "flag",
        "choices": [{"value": each, "label": named["choice"][each][code]} for each in quantity.choices],
        "values": values,
        "where": quantity.where,
        "source": text.text(f"source.{quantity.source}"),
        "confidence": text.text(f"confidence.{quantity.confidence}"),
    }


def _label(register: str, name: str, text: Language) -> str:
    if register == "parameters":
        return capital(text.text(f"report.parameter.{name}"))
    return labels()[register][name][text.code]


def _fine_step(span: float) -> float:
    """Return the largest power of ten that divides a plausible range, however narrow, into ten steps or more."""
    return next(step for step in (1, 0.1, 0.01, 0.001, 0.0001) if round(span / step, 6) >= 10 or step == 0.0001)


def _step(span: float) -> float:
    for step in (0.01, 0.05, 0.1, 0.5, 1, 5, 10, 50, 100, 500, 1000):
        if span / step <= 120:
            return step
    return 10_000


def _standing(register: str, quantity: Quantity, scenario: Scenario, own: Collaboration) -> Iterable[tuple[str, float]]:
    """Go through what a quantity stands at: for every organisation or neighbourhood, or for every framework."""
    name = quantity.name

    def number(values: Mapping[str, Value]) -> float:
        return as_number(quantity, values[name])

    if register == "organisations":
        return [(each.id, number(each.inputs)) for each in scenario.organisations]
    if register == "neighbourhoods":
        return [(each.id, number(each.inputs)) for each in scenario.neighbourhoods]
    if register == "collaborations":
        return [("", number(own.inputs))]
    if register == "parameters":
        return [("", number(scenario.parameters))]
    return [(each.id, number({**each.structure, **own.deviations})) for each in _shelf("frameworks")]


def shown() -> Iterator[tuple[str, str]]:
    """Go through all controls: register and name."""
    for groups in (FRONT, DRAWER):
        for parts in groups.values():
            for register, names in parts:
                yield from ((register, name) for name in names)
