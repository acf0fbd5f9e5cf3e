"""A stage for hand-worked cases: a small scenario, a state whose columns are set by path, one mechanism at a time.

A path names columns of the state: ``organisations.a.scar``, ``levels.a.board.engagement``, ``members.a.seat``,
``relations.a/b.middle.trust``, ``pairs.a/b.image``, ``links.a/b.joint``, ``neighbourhoods.n.arrived``,
``problems.0.open``, ``projects.0.status``, ``spanners.0.present``, ``collaborations.c.goals``,
``structures.c.weaving``, ``parameters.turnover``, ``clock.month``. A ``*`` stands for all rows. Where an organisation takes part in several
collaborations, ``members`` and ``levels`` go by ``organisation@collaboration``, and so do ``links``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.compiled import entry
from sim.mechanisms.accounts import settle
from sim.mechanisms.agenda import agenda
from sim.mechanisms.budgets import budgets
from sim.mechanisms.cases import cases
from sim.mechanisms.encounters import encounters
from sim.mechanisms.engagement import engagement
from sim.mechanisms.events import events
from sim.mechanisms.expectations import expectations
from sim.mechanisms.initiatives import initiatives
from sim.mechanisms.legitimacy import legitimacy
from sim.mechanisms.membership import membership
from sim.mechanisms.phases import phases
from sim.mechanisms.projects import projects
from sim.mechanisms.relations import relations
from sim.mechanisms.structuring import structuring
from sim.mechanisms.tenders import tenders
from sim.population import Population, begin, build
from sim.randomness import run_key
from sim.scenario import from_dict
from sim.schedule import month
from sim.structure import LEVELS

STEPS = (
    "month", "events", "budgets", "tenders", "encounters", "relations", "cases", "initiatives", "projects", "agenda",
    "structuring", "expectations", "engagement", "legitimacy", "membership", "settle", "phases",
)  # fmt: skip

NUMBERED = ("projects", "problems", "spanners")

# Two partners, a corporation that leads and a welfare organisation, in one neighbourhood without a framework.
PAIR: dict[str, Any] = {
    "schema": 1,
    "name": "pair",
    "months": 24,
    "organisations": [{"id": "a", "kind": "housing_corporation"}, {"id": "b", "kind": "welfare"}],
    "neighbourhoods": [{"id": "n"}],
    "collaborations": [
        {
            "id": "c",
            "framework": "informal",
            "neighbourhoods": ["n"],
            "partners": [{"organisation": "a", "role": "lead"}, {"organisation": "b", "role": "core"}],
        }
    ],
}


@entry
def step(state, which):  # type: ignore[no-untyped-def]
    """Apply one mechanism, or a whole month."""
    if which == 0:
        month(state)
    elif which == 1:
        events(state)
    elif which == 2:
        budgets(state)
    elif which == 3:
        tenders(state)
    elif which == 4:
        encounters(state)
    elif which == 5:
        relations(state)
    elif which == 6:
        cases(state)
    elif which == 7:
        initiatives(state)
    elif which == 8:
        projects(state)
    elif which == 9:
        agenda(state)
    elif which == 10:
        structuring(state)
    elif which == 11:
        expectations(state)
    elif which == 12:
        engagement(state)
    elif which == 13:
        legitimacy(state)
    elif which == 14:
        membership(state)
    elif which == 15:
        settle(state)
    elif which == 16:
        phases(state)


class Stage:
    """A scenario in its first month, with luck, and names for its rows."""

    def __init__(self, tree: Mapping[str, Any], sets: Mapping[str, Any] | None = None, replicate: int = 0) -> None:
        scenario = from_dict({**PAIR, **tree})
        self.population: Population = build(scenario.replace(sets) if sets else scenario)
        self.restart(replicate)
        self._rows = self._named()

    def restart(self, replicate: int) -> None:
        """Start again, with other luck."""
        self.state = self.population.layout.state(self.population.buffer.copy(), 4096)
        self.state.clock["key"][0] = run_key(np.uint64(1), np.uint64(replicate))
        begin(self.state)
        for trait in ("openness", "vision"):  # a case says who is in office, not luck
            self.state.organisations[trait] = self.state.organisations[f"{trait}_start"]
        self.state.clock["month"][0] = 1

    def _named(self) -> dict[str, dict[str, int]]:
        state, population = self.state, self.population
        names, homes = population.organisations, population.collaborations
        organisation = [names[row] for row in state.members["organisation"]]
        full = [f"{name}@{homes[c]}" for name, c in zip(organisation, state.members["collaboration"], strict=True)]
        members = dict(zip(full if len(homes) > 1 else organisation, range(len(full)), strict=True))
        called = {row: name for name, row in members.items()}
        pairs = {f"{names[pair.first]}/{names[pair.second]}": row for row, pair in enumerate(state.pairs)}
        places = range(len(state.neighbourhoods))
        return {
            "organisations": {name: row for row, name in enumerate(names)},
            "collaborations": {name: row for row, name in enumerate(homes)},
            "structures": {name: row for row, name in enumerate(homes)},
            "members": members,
            "levels": {f"{m}.{level}": 3 * row + i for m, row in members.items() for i, level in enumerate(LEVELS)},
            "pairs": pairs,
            "relations": {f"{p}.{level}": 3 * row + i for p, row in pairs.items() for i, level in enumerate(LEVELS)},
            "links": {f"{called[x.first_member]}/{called[x.second_member]}": r for r, x in enumerate(state.links)},
            "neighbourhoods": {("n" if len(places) == 1 else f"n{row}"): row for row in places},
            **{name: {str(i): i for i in range(len(getattr(state, name)))} for name in NUMBERED},
            "clock": {"": 0},
            "parameters": {"": 0},
        }  # fmt: skip

    def find(self, path: str) -> tuple[Any, list[int], str]:
        """Return the records, the rows and the column that a path names."""
        entity, *words, column = path.split(".")
        wanted = words or [""]
        named = self._rows[entity]
        rows = [
            row
            for name, row in named.items()
            if len(name.split(".")) == len(wanted)
            and all(word in ("*", part) for word, part in zip(wanted, name.split("."), strict=True))
        ]
        if not rows:
            raise LookupError(f"{path}: there is no such row; there are {', '.join(named)}")
        return getattr(self.state, entity), rows, column

    def set(self, path: str, value: float) -> None:
        """Set columns."""
        records, rows, column = self.find(path)
        for row in rows:
            records[column][row] = value

    def get(self, path: str) -> float:
        """Return the one value that a path names."""
        records, rows, column = self.find(path)
        values = [records[column][row].item() for row in rows]
        if any(value != values[0] for value in values):
            raise LookupError(f"{path}: not one value: {values}")
        return values[0]  # type: ignore[no-any-return]

    def run(self, steps: list[str], times: int = 1) -> None:
        """Apply mechanisms in this order, so many months."""
        clock = self.state.clock
        if "month" in steps:
            clock["month"][0] -= 1  # the month itself moves the clock
        for now in range(times):
            if now and "month" not in steps:
                clock["month"][0] += 1
            for name in steps:
                step(self.state, STEPS.index(name))
