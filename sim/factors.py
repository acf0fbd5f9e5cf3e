"""The factors that may keep a collaboration from getting on, as data, and scenarios in which some are switched off."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from sim.inputs import START_ONLY
from sim.paths import Index, match
from sim.problems import nearest, single
from sim.scenario import Scenario

_FILE: Final = Path(__file__).resolve().parent / "factors.toml"
_NEUTRAL: Final = "neutral-factors"


@dataclass(frozen=True)
class Factor:
    """A factor; ``neutral`` gives the value of each path at which it does nothing."""

    id: str
    title: Mapping[str, str]
    meaning: Mapping[str, str]
    source: str
    neutral: Mapping[str, Any]


@cache
def factors() -> Mapping[str, Factor]:
    """Return the factors by id."""
    with _FILE.open("rb") as file:
        tables = tomllib.load(file)
    found = {
        name: Factor(name, table["title"], table["meaning"], table["source"], MappingProxyType(table["neutral"]))
        for name, table in tables.items()
    }
    return MappingProxyType(found)


def without(scenario: Scenario, names: Iterable[str]) -> Scenario:
    """Return the scenario with factors switched off from the first month to the last, whatever interventions say.

    Raises:
        ScenarioError: there is no such factor.
    """
    known = factors()
    values: dict[str, Any] = {}
    for name in names:
        if name not in known:
            near = nearest(name, known)
            raise single("factors", f'there is no factor called "{name}"', value=name, near=near)
        values |= known[name].neutral
    return pinned(scenario, values)


def pinned(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """Return the scenario with values that hold from the first month to the last, whatever interventions say.

    Raises:
        ScenarioError: a path names nothing, or a value is not allowed.
    """
    if not values:
        return scenario
    fixed = scenario.replace(values)
    if not fixed.interventions:
        return fixed
    index = Index(fixed.tree)
    lasting = {
        path: value
        for path, value in values.items()
        if all(target.name not in START_ONLY.get(target.table, ()) for target in match(index, path))
    }
    return fixed.with_interventions({"id": _NEUTRAL, "month": 1, "set": lasting}) if lasting else fixed
