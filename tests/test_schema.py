"""JSON Schema: the shipped files pass, planted errors do not, and what it refuses the reader refuses too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
import tomli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from random_scenarios import random_tree
from test_scenario_fuzz import TREE, VALUES, WORDS, _spots

from sim import packaged
from sim.paths import copied
from sim.scenario import ScenarioError, from_dict, load
from sim.schema import schema_of
from sim.validation import KINDS, kind_of

SHIPPED = sorted(packaged.shipped_folder().rglob("*.toml"))


@cache
def validator(kind: str) -> Draft7Validator:
    return Draft7Validator(schema_of(kind))


def errors(kind: str, tree: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator(kind).iter_errors(tree)]


def shipped(name: str, shelf: str = "") -> dict[str, Any]:
    return tomli.loads((packaged.shipped_folder() / shelf / f"{name}.toml").read_text("utf-8"))


def nodes(tree: Any) -> Iterator[Any]:
    yield tree
    for each in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from nodes(each)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_a_schema_without_null(kind: str) -> None:
    schema = schema_of(kind)
    Draft7Validator.check_schema(schema)
    for node in nodes(schema):
        assert node is not None
        if isinstance(node, dict) and "type" in node and isinstance(node["type"], str | list):
            assert "null" not in node["type"]
    assert json.loads(json.dumps(schema, allow_nan=False)) == schema


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_shipped_files_pass(file: Any) -> None:
    tree = tomli.loads(file.read_text("utf-8"))
    assert errors(kind_of(tree), tree) == []


@pytest.mark.parametrize("name", packaged.shipped())
def test_scenarios_with_everything_filled_in_pass(name: str) -> None:
    assert errors("scenario", load(name).as_dict()) == []


@pytest.mark.parametrize("seed", range(40))
def test_random_scenarios_pass(seed: int) -> None:
    assert errors("scenario", random_tree(seed)) == []


def put(*at: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
    def spoil(tree: Any) -> None:
        for step in at[:-1]:
            tree = tree[step] if isinstance(step, int) else tree.setdefault(step, {})
        tree[at[-1]] = value

    return spoil


def drop(*at: str | int) -> Callable[[dict[str, Any]], None]:
    def spoil(tree: Any) -> None:
        for step in at[:-1]:
            tree = tree[step]
        del tree[at[-1]]

    return spoil


SPOILT = [
    put("schema", value=2),
    put("schema", value=True),
    drop("schema"),
    drop("name"),
    put("name", value="Tilburg!"),
    put("monhts", value=12),
    put("months", value=0),
    put("months", value=12.5),
    put("start", value="2004-13"),
    put("title", value={"fr": "x"}),
    put("title", value={}),
    put("description", value="x" * 5001),
    put("parameters", "patience_month", value=3),
    put("parameters", "patience_months", value=0),
    put("parameters", "patience_months", value="34"),
    drop("organisations", 0, "kind"),
    put("organisations", 0, "id", value="shared"),
    put("organisations", 0, "kind", value="bank"),
    put("organisations", 0, "openness", value=True),
    put("organisations", 0, "layers", value=2.5),
    put("organisations", 0, "domains", value=[]),
    put("organisations", 0, "brings", value=["charm"]),
    put("neighbourhoods", 0, "entanglement", value=1.1),
    put("collaborations", value=[]),
    drop("collaborations", 0, "framework"),
    put("collaborations", 0, "framework", value="Covenant"),
    put("collaborations", 0, "framework", value={"structure": {}}),
    put("collaborations", 0, "framework", value={"id": "own", "structure": {"led": 2}}),
    put("collaborations", 0, "structure", "approval_level", value=1),
    put("collaborations", 0, "structure", "consnt", value="all"),
    put("collaborations", 0, "partners", value=[{"organisation": "thebe"}]),
    put("collaborations", 0, "partners", 0, "role", value="boss"),
    put("collaborations", 0, "neighbourhoods", value=["stokhasselt", "stokhasselt"]),
    put("relations", 0, "between", value=["thebe"]),
    put("relations", 0, "level", value="top"),
    put("relations", 0, "trust", value=-0.1),
    put("spanners", value=[{"id": "x"}]),
    put("events", 0, "month", value=0),
    put("events", 0, "kind", value="party"),
    put("events", 0, "organisation", value="thebe"),
    put("events", 0, value={"month": 1, "kind": "director_change"}),
    drop("interventions", 0, "month"),
    drop("interventions", 0, "set"),
    drop("interventions", 0, "id"),
    put("interventions", 0, "use", value="weaving"),
    put("interventions", 0, "collaboration", value="tilburg"),
    put("interventions", 0, "set", value={"months": 3}),
    put("interventions", 0, value={"use": {"id": "own", "cost_keur_once": -1}, "month": 3}),
    put("interventions", 0, value={"use": {"id": "own", "events": [{"kind": "director_change"}]}, "month": 3}),
    put("interventions", 0, value={"use": {"id": "own", "spanners": [{"from_month": 2}]}, "month": 3}),
    put("interventions", 0, value={"use": {"id": "own", "add": {"organisations.thebe.openness": 1}}, "month": 3}),
]


@pytest.mark.parametrize("number", range(len(SPOILT)))
def test_planted_errors_fail_here_and_on_reading(number: int) -> None:
    tree = shipped("tilburg")
    assert errors("scenario", tree) == []
    SPOILT[number](tree)
    assert errors("scenario", tree) != []
    with pytest.raises(ScenarioError):
        from_dict(tree)


@pytest.mark.parametrize(
    ("kind", "spoil"),
    [
        ("framework", drop("id")),
        ("framework", drop("schema")),
        ("framework", put("structure", "milestones", value=1.5)),
        ("framework", put("structure", "agreement", value="marriage")),
        ("framework", put("source", value="V")),
        ("intervention", drop("id")),
        ("intervention", put("sources", value="V")),
        ("intervention", put("cost_hours_per_month", value=-1)),
        ("intervention", put("set", value={"collaborations.x.structure.led": 1})),
        ("intervention", put("spanners", value=[{"collaboration": "x"}])),
        ("intervention", put("spanners", value=[{"payer": "thebe"}])),
        ("intervention", put("events", value=[{"kind": "joint_bid", "month": -1}])),
    ],
)
def test_planted_errors_in_other_files_fail(kind: str, spoil: Callable[[dict[str, Any]], None]) -> None:
    tree = shipped("covenant", "frameworks") if kind == "framework" else shipped("weaving", "interventions")
    assert errors(kind, tree) == []
    spoil(tree)
    assert errors(kind, tree) != []


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_what_is_refused_here_is_refused_on_reading(data: st.DataObject) -> None:
    tree = copied(TREE)
    spots = _spots(tree)
    node, key = spots[data.draw(st.integers(0, len(spots) - 1))]
    value = data.draw(VALUES)
    if isinstance(node, dict) and data.draw(st.booleans()):
        node[data.draw(st.sampled_from(WORDS))] = value
    else:
        node[key] = value
    if errors("scenario", tree):
        with pytest.raises(ScenarioError):
            from_dict(tree)
