"""Waalwijk, Brabant and the starting points: the facts that the sources give, and that files which repeat others agree."""

from __future__ import annotations

from collections import Counter

import pytest

from sim import packaged
from sim.drafting import Answers, draft
from sim.language import language
from sim.scenario import Collaboration, Scenario, load

CASES = {"kaatsheuvel": "thesaurus", "waalwijk": "balade", "tilburg": "tilburg", "roosendaal": "roosendaal"}
STARTING_POINTS = {"two_partners": 2, "four_partners": 4, "eight_partners": 8, "sixteen_partners": 16}
THESAURUS = {"casade", "thebe", "prisma", "de_thuishoven"}


def found(scenario: Scenario, identity: str) -> Collaboration:
    return next(each for each in scenario.collaborations if each.id == identity)


def roles(collaboration: Collaboration) -> dict[str, str]:
    return {each.organisation: each.role for each in collaboration.partners}


@pytest.mark.parametrize("name", packaged.shipped())
def test_every_collaboration_has_one_lead_that_can_own_or_commission(name: str) -> None:
    scenario = load(name)
    kinds = {each.id: each.kind for each in scenario.organisations}
    for each in scenario.collaborations:
        leads = [organisation for organisation, role in roles(each).items() if role == "lead"]
        assert len(leads) == 1, each.id
        assert kinds[leads[0]] == "housing_corporation"


# ---------------------------------------------------------------- Waalwijk


def test_waalwijk_has_the_facts_of_the_source() -> None:
    scenario = load("waalwijk")
    balade = found(scenario, "balade")
    parts = roles(balade)
    assert balade.framework == "building"
    assert len(parts) == len(scenario.organisations) == 19
    assert parts["casade"] == "lead"
    assert {name for name, role in parts.items() if role in ("lead", "core")} == THESAURUS
    assert "coffier" in parts
    assert parts["gemeente_waalwijk"] in ("partner", "tenant")
    assert {each.title["nl"] for each in scenario.neighbourhoods} == {"Baardwijk", "Laageinde", "De Hoef"}
    assert set(balade.neighbourhoods) == {each.id for each in scenario.neighbourhoods}
    functions = " ".join(each.title["nl"] for each in scenario.organisations)
    for function in ("Basisschool", "Kinderdagverblijf", "Gymzaal", "Café", "Cursus"):
        assert function in functions
    text = (packaged.shipped_folder() / "waalwijk.toml").read_text("utf-8")
    assert "57 flats" in text


def test_balade_is_not_open_in_2007_and_tenants_come_when_it_opens() -> None:
    scenario = load("waalwijk")
    balade = found(scenario, "balade")
    year, month = map(int, scenario.start.split("-"))
    first_open = year * 12 + month - 1 + balade.structure["building_months"]
    assert first_open >= 2008 * 12
    moving_in = {each.from_month for each in balade.partners if each.role == "tenant"}
    assert moving_in == {balade.structure["building_months"] + 1}


def test_partners_of_the_pannenhoef_begin_with_experience_and_others_do_not() -> None:
    now = {each.id: each.inputs["experience"] for each in load("waalwijk").organisations}
    then = {each.id: each.inputs["experience"] for each in load("kaatsheuvel").organisations}
    for name in THESAURUS:
        assert now[name] > then[name]
    assert max(value for name, value in now.items() if name not in THESAURUS) < min(now[name] for name in THESAURUS)
    waalwijk, kaatsheuvel = load("waalwijk"), load("kaatsheuvel")
    for other in THESAURUS - {"casade"}:
        before, after = (each.relation("casade", other, "board") for each in (kaatsheuvel, waalwijk))
        assert before is not None and after is not None
        assert after["familiarity"] > before["familiarity"]


# ---------------------------------------------------------------- Brabant


def test_brabant_is_one_network_in_which_organisations_take_part_in_several() -> None:
    brabant = load("brabant")
    times = Counter(
        each.organisation for one in brabant.collaborations for each in one.partners if each.role != "candidate"
    )
    assert {name for name, count in times.items() if count == 3} == {"thebe", "de_twern"}
    assert {name for name, count in times.items() if count == 2} == {
        "casade",
        "prisma",
        "de_thuishoven",
        "wonenbreburg",
    }
    for name in ("thesaurus", "balade", "tilburg"):
        assert "thebe" in roles(found(brabant, name))
    # One network: every collaboration can be reached from every other over organisations in both.
    reached, waiting = {"thesaurus"}, ["thesaurus"]
    while waiting:
        here = set(roles(found(brabant, waiting.pop())))
        for each in brabant.collaborations:
            if each.id not in reached and here & set(roles(each)):
                reached.add(each.id)
                waiting.append(each.id)
    assert reached == {each.id for each in brabant.collaborations}


@pytest.mark.parametrize(("name", "collaboration"), CASES.items())
def test_brabant_agrees_with_the_cases(name: str, collaboration: str) -> None:
    brabant, case = load("brabant"), load(name)
    here, there = found(brabant, collaboration), found(case, collaboration)
    assert (here.framework, here.domains, here.neighbourhoods) == (there.framework, there.domains, there.neighbourhoods)
    kinds = {each.id: (each.kind, each.domains) for each in brabant.organisations}
    own = {each.id: (each.kind, each.domains) for each in case.organisations}
    suffix = {"kaatsheuvel": "_pannenhoef", "waalwijk": "_balade"}.get(name, "")
    said = {
        organisation.removesuffix(suffix) if suffix else organisation: role
        for organisation, role in roles(here).items()
    }
    if name == "roosendaal":
        assert said.pop("thebe") == "candidate"
    assert said == roles(there)
    for organisation in roles(here):
        if organisation != "thebe" or name != "roosendaal":
            assert kinds[organisation] == own[organisation.removesuffix(suffix) if suffix else organisation]


@pytest.mark.parametrize(("name", "collaboration"), CASES.items())
def test_brabant_begins_each_case_in_its_own_month(name: str, collaboration: str) -> None:
    brabant, case = load("brabant"), load(name)

    def calendar(scenario: Scenario) -> int:
        year, month = map(int, scenario.start.split("-"))
        return year * 12 + month + int(found(scenario, collaboration).inputs["contact_month"])

    assert calendar(brabant) == calendar(case)
    shift = int(
        found(brabant, collaboration).inputs["contact_month"] - found(case, collaboration).inputs["contact_month"]
    )
    tenants = [
        {each.from_month for each in found(one, collaboration).partners if each.role == "tenant"}
        for one in (brabant, case)
    ]
    assert tenants[0] == {month + shift for month in tenants[1]}
    shared = {(each.kind, each.month) for each in brabant.events}
    for event in case.events:
        assert (event.kind, event.month + shift) in shared


# ---------------------------------------------------------------- starting points


@pytest.mark.parametrize(("name", "partners"), STARTING_POINTS.items())
def test_starting_points_are_what_new_writes(name: str, partners: int) -> None:
    text = (packaged.shipped_folder() / f"{name}.toml").read_text("utf-8")
    again = f"coalitions new {name} --partners {partners}, in scenarios/ without the old file"
    assert text == draft(name, Answers(partners=partners), language("en")), again
    scenario = load(name)
    assert len(scenario.organisations) == partners
    assert len({each.kind for each in scenario.organisations}) == min(partners, {2: 2, 4: 4}.get(partners, 5))
    assert {each.framework for each in scenario.collaborations} == {"informal"}
