"""The laboratory: runs the scenarios that experiments ask for, once each, however many experiments share them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from sim.engine import run_block, simulate_population
from sim.factors import pinned
from sim.log import CODES
from sim.outcomes import OUTCOMES, observations, organisation_observations
from sim.population import Population, build
from sim.scenario import Scenario

NULLABLE: Final = frozenset(outcome.name for outcome in OUTCOMES if outcome.nullable)
REPLICATES_LEAST: Final = 4

# Populations by scenario: many settings of parameters are tried on the same ones.
_POPULATIONS: Final[dict[str, Population]] = {}


@dataclass(frozen=True)
class Sample:
    """What an ensemble left.

    ``finals`` holds a record for each replicate; ``series`` tables by outcome (replicates, months); ``organisations``
    tables by outcome (replicates, months, organisations); ``log`` the events of each replicate.
    """

    scenario: Scenario
    organisation_names: tuple[str, ...]
    finals: Any
    series: Mapping[str, Any]
    organisations: Mapping[str, Any]
    log: Sequence[Any]

    def final(self, column: str) -> Any:
        """Return an outcome of every replicate; NaN where it never came."""
        values = np.asarray(self.finals[column], float)
        return np.where(values == 0.0, np.nan, values) if column in NULLABLE else values

    def events(self, kind: str) -> list[Any]:
        """Return the rows of the log that are of a kind, for each replicate."""
        return [rows[rows["event"] == CODES[kind]] for rows in self.log]

    def row(self, organisation: str) -> int:
        """Return the place of an organisation."""
        return self.organisation_names.index(organisation)


class Laboratory:
    """Runs scenarios with the same seed and number of replicates.

    ``parameters`` replaces defaults: what a scenario says of a parameter goes before it, so that an arm which sets one
    keeps it. ``fixed`` goes before everything, and holds to the last month: paths and values that an experiment cannot
    undo, by which a mechanism is switched off.
    """

    def __init__(
        self,
        replicates: int,
        seed: int = 1,
        *,
        parameters: Mapping[str, float] | None = None,
        fixed: Mapping[str, Any] | None = None,
        workers: int | None = None,
    ) -> None:
        self.replicates = replicates
        self.seed = seed
        self.parameters = dict(parameters or {})
        self.fixed = dict(fixed or {})
        self.workers = workers
        self.runs = 0
        self._samples: dict[Any, Sample] = {}
        self._ambitions: dict[Any, Any] = {}

    def sample(
        self,
        scenario: Scenario,
        *,
        series: Sequence[str] = (),
        organisations: Sequence[str] = (),
        events: bool = False,
        times: float = 1.0,
    ) -> Sample:
        """Return the runs of a scenario; ``times`` asks for more or fewer replicates than usual."""
        runs = max(REPLICATES_LEAST, round(self.replicates * times))
        key = (_identity(scenario), tuple(series), tuple(organisations), events, runs)
        if key not in self._samples:
            self._samples[key] = self._run(scenario, series, organisations, events=events, runs=runs)
        return self._samples[key]

    def _run(
        self, scenario: Scenario, series: Sequence[str], organisations: Sequence[str], *, events: bool, runs: int
    ) -> Sample:
        chosen, population = self._population(scenario)
        records = simulate_population(
            population, chosen.months, runs, self.seed, series=bool(series), organisations=bool(organisations),
            events=events, workers=self.workers,
        )  # fmt: skip
        self.runs += runs
        monthly, people = records.series, records.organisations
        return Sample(
            chosen,
            population.organisations,
            records.finals[:, 0],
            {name: np.array(monthly[name][:, :, 0], np.float32) for name in series if monthly is not None},
            {name: np.array(people[name], np.float32) for name in organisations if people is not None},
            records.log or (),
        )

    def _population(self, scenario: Scenario) -> tuple[Scenario, Population]:
        chosen = pinned(scenario, self.fixed)
        key = _identity(chosen)
        if key not in _POPULATIONS:
            _POPULATIONS[key] = build(chosen)
        built = _POPULATIONS[key]
        buffer = built.buffer.copy()
        for name, value in self.parameters.items():
            if not _says(chosen, name):
                buffer[built.layout.cell("parameters", 0, name)] = value
        return chosen, replace(built, buffer=buffer, state=built.layout.state(buffer))

    def finals(self, scenarios: Iterable[Scenario], column: str, **asked: Any) -> Any:
        """Return an outcome as (scenarios, replicates)."""
        return np.stack([self.sample(each, **asked).final(column) for each in scenarios])

    def parameter(self, name: str, scenario: Scenario) -> float:
        """Return a parameter as it is in the runs of a scenario."""
        chosen = pinned(scenario, self.fixed)
        if name in self.parameters and not _says(chosen, name):
            return self.parameters[name]
        return float(chosen.parameters[name])

    def ambition(self, scenario: Scenario, months: int) -> Any:
        """Return what all levels of all partners hope for on average after some months, for every replicate.

        Ambition is a state that no outcome shows, so it is read off the state at the end of each run.
        """
        key = (_identity(scenario), months)
        if key not in self._ambitions:
            _, population = self._population(scenario)
            simulate_population(population, 1, 1, self.seed)
            found = np.zeros(self.replicates)
            room = observations((1, 1)), observations((0, months, 1)), organisation_observations((0, months, 1))
            for replicate in range(self.replicates):
                buffer = population.buffer.copy()
                state = population.layout.state(buffer, 0)
                run_block(state, buffer, population.buffer, np.uint64(self.seed), replicate, 1, months, *room)
                found[replicate] = state.levels["ambition"].mean()
            self.runs += self.replicates
            self._ambitions[key] = found
        return self._ambitions[key]


def _identity(scenario: Scenario) -> str:
    return json.dumps(scenario.tree, sort_keys=True, default=str)


def _says(scenario: Scenario, parameter: str) -> bool:
    """Say whether a scenario sets a parameter, at the start or during the run."""
    path = f"parameters.{parameter}"
    during = any(path in {*dict(each.set), *dict(each.add)} for each in scenario.interventions)
    return during or parameter in scenario.tree.get("parameters", {})
