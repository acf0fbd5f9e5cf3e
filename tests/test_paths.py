"""Paths: every value has one, and it means the same wherever it is used."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from test_scenario import VILLAGE

from sim.scenario import Scenario, ScenarioError, loads, parse_set, paths


@pytest.fixture
def village() -> Scenario:
    return loads(VILLAGE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("months=12", ("months", 12)),
        ("a.b = 0.5 ", ("a.b", 0.5)),
        ("a=building", ("a", "building")),
        ('a="12"', ("a", "12")),
        ("a=[1, 2]", ("a", [1, 2])),
        ("a=x=y", ("a", "x=y")),
        ("a=1\nb=2", ("a", "1\nb=2")),
        ("a=", ("a", "")),
        ("a=" + "[" * 2000, ("a", "[" * 2000)),
    ],
)
def test_parse_set(text: str, expected: tuple[str, Any]) -> None:
    assert parse_set(text) == expected


@pytest.mark.parametrize("text", ["months", "=3", ""])
def test_parse_set_refuses(text: str) -> None:
    with pytest.raises(ScenarioError, match="PATH=VALUE"):
        parse_set(text)


def test_one_all_and_some(village: Scenario) -> None:
    def of(changed: Scenario, name: str) -> list[Any]:
        return [each.inputs[name] for each in changed.organisations]

    assert of(village.replace({"organisations.homes.vision": 0.1}), "vision") == [0.1, 0.6, 0.6]
    assert of(village.replace({"organisations.*.vision": 1}), "vision") == [1.0, 1.0, 1.0]
    assert of(village.replace({"organisations.kind:care.vision": 0}), "vision") == [0.6, 0.6, 0.0]


def test_the_last_wins(village: Scenario) -> None:
    sets = [("organisations.homes.vision", 0.1), ("organisations.*.vision", 0.2), ("organisations.homes.kind", "care")]
    changed = loads(VILLAGE, sets=[*sets, ("organisations.kind:care.vision", 0.3)])
    assert [each.inputs["vision"] for each in changed.organisations] == [0.3, 0.2, 0.3]
    assert village.organisations[0].inputs["vision"] == 0.6


def test_collaborations(village: Scenario) -> None:
    values = {
        "collaborations.village.structure.frame_width": 0.1,
        "collaborations.*.structure.consent": "core",
        "collaborations.village.ambition": 0.3,
        "neighbourhoods.*.entanglement": 0.2,
        "spanners.anna.skill": 0.9,
        "interventions.market.month": 13,
        "months": np.int64(60),
        "start": "2010-05",
    }
    changed = village.replace(values)
    (one,) = changed.collaborations
    assert (one.structure["frame_width"], one.structure["consent"], one.inputs["ambition"]) == (0.1, "core", 0.3)
    assert (changed.months, changed.start, changed.changes()[0].month) == (60, "2010-05", 13)
    assert changed.spanners[0].inputs["skill"] == 0.9


def test_relations_at_all_levels_or_one(village: Scenario) -> None:
    changed = village.replace({"relations.welfare+homes.trust": 0.2, "relations.homes+nurses.board.trust": 0.7})
    levels = ("board", "middle", "operational")
    assert [changed.value(f"relations.homes+welfare.{level}.trust") for level in levels] == [0.2, 0.2, 0.2]
    assert [changed.value(f"relations.homes+nurses.{level}.trust") for level in levels] == [0.7, 0.4, 0.4]
    everywhere = changed.replace({"relations.*.familiarity": 0.5, "relations.*.board.familiarity": 0.6})
    for pair in ("homes+welfare", "homes+nurses"):
        assert [everywhere.value(f"relations.{pair}.{level}.familiarity") for level in levels] == [0.6, 0.5, 0.5]


def test_framework_by_table(village: Scenario) -> None:
    own = {"id": "own", "structure": {"frame_width": np.float64(0.4)}}
    changed = village.with_framework(own)
    (one,) = changed.collaborations
    assert (one.framework, one.structure["frame_width"], one.structure["signals_from_above"]) == ("own", 0.4, 0.8)
    assert village.with_framework(one.base, "village") == changed


def test_partners_can_be_left_out(village: Scenario) -> None:
    rows = [{"organisation": each, "role": "core"} for each in ("homes", "nurses")]
    (one,) = village.replace({"collaborations.village.partners": rows}).collaborations
    assert [each.organisation for each in one.partners] == ["homes", "nurses"]


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("organisations.welfar.vision", "organisations.welfare.vision"),
        ("organisations.welfare.visoin", "organisations.welfare.vision"),
        ("organisation.welfare.vision", "organisations.welfare.vision"),
        ("organisations.kind:car.vision", "organisations.kind:care.vision"),
        ("collaborations.village.structure.frame_widht", "collaborations.village.structure.frame_width"),
        ("collaborations.village.frame_width", "collaborations.village.structure.frame_width"),
        ("relations.homes+nurse.trust", "relations.homes+nurses.trust"),
        ("relations.homes+nurses.board.trusty", "relations.homes+nurses.board.trust"),
        ("month", "months"),
        ("organisations.homes", ""),
        ("organisations.kind:municipality.vision", ""),
        ("relations.homes+homes.trust", ""),
        ("parameters", ""),
        ("", ""),
        ("...", ""),
        ("organisations..vision", ""),
    ],
)
def test_paths_that_name_nothing(village: Scenario, path: str, nearest: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        village.replace({path: 0.5})
    (problem,) = caught.value.problems
    assert (problem.file, problem.path, problem.nearest) == ("replace", path, nearest)


def test_a_value_that_is_not_allowed_is_told_once(village: Scenario) -> None:
    with pytest.raises(ScenarioError) as caught:
        loads(VILLAGE, sets=[("organisations.*.vision", 1.5), ("collaborations.*.structure.consent", "cor")])
    first, second = caught.value.problems
    assert str(first) == (
        "--set: organisations.*.vision: 1.5 is not allowed; a share from 0 to 1\n      | organisations.*.vision=1.5"
    )
    assert second.nearest == '"core"'


@pytest.mark.parametrize("value", [None, object(), {1: 2}, [[[]]], float("nan"), 10**400, "\ud800", b"x", {"id": {}}])
@pytest.mark.parametrize(
    "path",
    ["months", "title", "organisations", "organisations.*.kind", "organisations.homes.domains", "collaborations.*.framework",
     "collaborations.*.partners", "collaborations.*.structure.consent", "interventions.market.use", "parameters", "relations"],
)  # fmt: skip
def test_no_value_breaks_it(village: Scenario, path: str, value: Any) -> None:
    with pytest.raises(ScenarioError) as caught:
        village.replace([(path, value), ("organisations.homes.vision", 0.5), ("relations.homes+nurses.trust", 0.5)])
    str(caught.value).encode()


def test_a_value_without_end(village: Scenario) -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(ScenarioError):
        village.replace({"organisations": endless})


def test_every_path_can_be_set(village: Scenario) -> None:
    for path, quantity in paths(village).items():
        value = village.value(path)
        if path.split(".")[-1].startswith("view_"):
            continue
        assert village.replace({path: value}).value(path) == value
        if not quantity.choices:
            with pytest.raises(ScenarioError):
                village.replace({path: quantity.most + 1})


def test_value_of_what_is_no_quantity(village: Scenario) -> None:
    assert village.value("organisations.homes.kind") == "housing_corporation"
    assert village.value("collaborations.village.framework") == "loose"
    assert village.value("name") == "village"
    for path in ("organisations.*.vision", "relations.homes+welfare.trust", "organisations.homes.visoin"):
        with pytest.raises(ScenarioError):
            village.value(path)
