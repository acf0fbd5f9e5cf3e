"""The story of a run: readable, complete, in two languages, and not too long."""

from __future__ import annotations

import re

import numpy as np
import pytest

import sim
from sim.engine import Records, simulate_population
from sim.language import LANGUAGES, language
from sim.log import CODES, EVENTS
from sim.mechanisms.diagnosis import BINDINGS
from sim.packaged import shipped
from sim.population import Population, build
from sim.scenario import Scenario
from sim.story import Storyteller, plain

CASES = sorted(shipped())
RUNS = 8


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> tuple[Scenario, Population, Records]:
    scenario = sim.load(request.param)
    population = build(scenario)
    return scenario, population, simulate_population(population, scenario.months, RUNS, 2, series=True, events=True)


def told(case: tuple[Scenario, Population, Records], code: str, run: int) -> str:
    return plain(Storyteller(*case, language(code), run).lines(2, run))


@pytest.mark.parametrize("code", LANGUAGES)
def test_stories_read_well(case: tuple[Scenario, Population, Records], code: str) -> None:
    scenario, population, records = case
    collaborations = len(population.collaborations)
    for run in range(RUNS):
        text = told(case, code, run)
        lines = text.splitlines()
        assert len(lines) <= 7 * max(5, -(-scenario.months // 12)) + 30 * (collaborations - 1)
        assert max(len(line) for line in lines) <= 100
        assert not re.search(r"[{}]|\bnan\b|None|\.\.|  \S.*  ", text), text
        assert "\x1b" not in text
        assert lines[0] == scenario.title[code]
        assert language(code).text("story.caution") in text
        assert all(line == line.rstrip() for line in lines)
        first = int(scenario.start[:4])
        assert str(first) in text
        for collaboration in range(collaborations):
            if records.finals[run, collaboration].first_agreement_month == 0:
                assert language(code).text("story.closing_no_agreement") in text.replace("\n    ", " ")


def test_a_signature_is_told_with_its_month() -> None:
    scenario = sim.load("tilburg")
    population = build(scenario)
    records = simulate_population(population, scenario.months, 1, 1, series=True, events=True)
    month = int(records.finals[0, 0].first_agreement_month)
    assert month > 0
    year, place = divmod(2004 * 12 + 9 + month - 1, 12)
    english = plain(Storyteller(scenario, population, records, language("en")).lines(1, 0))
    own = english[english.index(f"\n{year}:") :]
    assert f"{language('en').month(place + 1)}: " in own
    assert "the boards signed a letter of intent" in own.replace("\n    ", " ")
    assert f"First agreement: {language('en').month_year(place + 1, year)}." in english.replace("\n    ", " ")
    dutch = plain(Storyteller(scenario, population, records, language("nl")).lines(1, 0))
    assert "de besturen tekenden een intentieverklaring" in dutch.replace("\n    ", " ")


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("kind", EVENTS)
def test_every_event_has_words(code: str, kind: str) -> None:
    scenario = sim.load("kaatsheuvel", [("months", 3)])
    population = build(scenario)
    records = simulate_population(population, 3, 1, 1, series=True, events=True)
    teller = Storyteller(scenario, population, records, language(code))
    row = np.zeros(1, records.log[0].dtype).view(np.recarray)[0]
    for organisation, level, other, amount in ((0, 0, 1, 1.0), (2, 3, -1, 0.2), (-1, -1, -1, 3.0), (5, 2, -1, 0.9)):
        if kind == "director_changed" and organisation < 0:
            continue
        row.event, row.organisation, row.level, row.other, row.amount = CODES[kind], organisation, level, other, amount
        text = teller.event(row)
        assert text
        assert not re.search(r"[{}]|None", text)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_condition_has_words_and_names_the_weakest(code: str) -> None:
    scenario = sim.load("kaatsheuvel", [("months", 3)])
    population = build(scenario)
    records = simulate_population(population, 3, 1, 1, series=True, events=True)
    teller = Storyteller(scenario, population, records, language(code))
    for place, name in enumerate(BINDINGS):
        said = teller.binding(place, 1, 2, 4)
        assert not re.search(r"[{}]", said)
        if name in ("trust", "engagement", "attachment"):
            assert teller.name(2) in said
        assert teller.name(2) not in teller.binding(place, 1, 2, 2), "of two, neither is the weakest"


def test_names_are_short() -> None:
    scenario = sim.load("roosendaal")
    population = build(scenario)
    records = simulate_population(population, 1, 1, 1, series=True, events=True)
    names = {
        code: Storyteller(scenario, population, records, language(code)).name(population.organisations.index("siw"))
        for code in LANGUAGES
    }
    assert names == {"en": "SIW", "nl": "SIW"}


def test_a_short_run_has_a_story_too() -> None:
    scenario = sim.load("roosendaal", [("months", 2)])
    population = build(scenario)
    records = simulate_population(population, 2, 1, 1, series=True, events=True)
    for code in LANGUAGES:
        assert plain(Storyteller(scenario, population, records, language(code)).lines(1, 0))
