"""The story of a network: who is there when, what concerns whom, and no more collaborations than can be read."""

from __future__ import annotations

import re

import pytest

import sim
from sim.engine import simulate_population
from sim.language import LANGUAGES, language
from sim.population import build
from sim.region import Region
from sim.scenario import Scenario, loads
from sim.story import TOLD_MOST, Storyteller, plain


def story(scenario: Scenario, code: str) -> str:
    population = build(scenario)
    records = simulate_population(population, scenario.months, 1, 1, series=True, events=True)
    return plain(Storyteller(scenario, population, records, language(code)).lines(1, 0)).replace("\n    ", " ")


def test_those_who_come_later_are_told_with_their_month() -> None:
    text = " ".join(story(sim.load("waalwijk", [("months", 60)]), "en").split())
    start = text[text.index("Taking part from the start") : text.index("The framework")]
    assert "tenants" not in start
    assert "Coffier" in start
    assert "From April 2009 on: twelve tenants." in text
    assert "tenants" not in " ".join(story(sim.load("waalwijk", [("months", 24)]), "en").split())


def test_an_intervention_is_told_only_where_it_concerns_somebody() -> None:
    scenario = sim.load("brabant", [("months", 80)])
    population = build(scenario)
    records = simulate_population(population, 80, 1, 1, series=True, events=True)
    teller = Storyteller(scenario, population, records, language("nl"))
    known = {each.id: each for each in scenario.collaborations}
    told = {
        name: {text for _, _, text in teller._told(row, known[name]) if text.endswith("gaat in")}
        for row, name in enumerate(population.collaborations)
    }
    titles = {each.id: f"‘{each.title['nl']}’ gaat in" for each in scenario.interventions}
    going_on = {
        name for row, name in enumerate(population.collaborations) if not records.finals[0, row].dissolved_month
    }
    assert told["kruidenbuurt_samen"] == set(), "neither Aramis, SIW nor Thebe takes part"
    assert {titles["siw_widens_goals"], titles["aramis_turns_to_society"]} <= told["roosendaal"]
    for name in going_on - {"kruidenbuurt_samen"}:
        assert titles["wmo"] in told[name], "Thebe takes part, or may"
    assert not any(titles["siw_widens_goals"] in said for name, said in told.items() if name != "roosendaal")


@pytest.mark.parametrize("code", LANGUAGES)
def test_of_a_large_region_a_few_are_told_and_all_are_counted(code: str) -> None:
    region = Region("many", 60)
    scenario = loads(region.text(language("en"))).replace({"months": 12})
    text = story(scenario, code)
    told = [each for each in sorted(one.id for one in region.collaborations) if f"\n{each}\n" in text]
    assert len(told) == TOLD_MOST < len(region.collaborations)
    line = next(each for each in text.splitlines() if f" {len(region.collaborations) - TOLD_MOST} " in each)
    counts = re.findall(r"(\d+) (?:up to phase|tot fase) \d", " ".join(text[text.index(line) :].split()))
    assert sum(map(int, counts)) == len(region.collaborations) - TOLD_MOST
