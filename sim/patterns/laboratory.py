"""The laboratory: runs the scenarios that experiments ask for, once each, however many experiments share them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine import run_block, simulate_population
from sim.log import CODES
from sim.outcomes import OUTCOMES, observations, organisation_observations
from sim.population import Population, build
from sim.scenario import Scenario

NULLABLE = {outcome.name for outcome in OUTCOMES if outcome.nullable}


@dataclass(frozen=True)
class Sample:
    """What an ensemble left: ``finals`` by column, ``series`` (replicates, months), ``organisations`` with a last axis."""

    scenario: Scenario
    population: Population
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
        return self.population.organisations.index(organisation)


class Laboratory:
    """Runs scenarios with the same seed and number of replicates, on top of which the same values are set."""

    def __init__(
        self, replicates: int, seed: int = 1, settings: Mapping[str, Any] | None = None, workers: int | None = None
    ) -> None:
        self.replicates = replicates
        self.seed = seed
        self.settings = dict(settings or {})
        self.workers = workers
        self._samples: dict[Any, Sample] = {}
        self._ambitions: dict[Any, Any] = {}
        self.runs = 0

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
        runs = max(4, round(self.replicates * times))
        key = (
            json.dumps(scenario.tree, sort_keys=True, default=str),
            tuple(series),
            tuple(organisations),
            events,
            runs,
        )
        if key not in self._samples:
            self._samples[key] = self._run(scenario, series, organisations, events=events, runs=runs)
        return self._samples[key]

    def _run(
        self, scenario: Scenario, series: Sequence[str], organisations: Sequence[str], *, events: bool, runs: int
    ) -> Sample:
        chosen = scenario.replace(self.settings) if self.settings else scenario
        population = build(chosen)
        records = simulate_population(
            population, chosen.months, runs, self.seed, series=bool(series), organisations=bool(organisations),
            events=events, workers=self.workers,
        )  # fmt: skip
        self.runs += runs
        monthly, people = records.series, records.organisations
        return Sample(
            chosen,
            population,
            records.finals[:, 0],
            {name: np.array(monthly[name][:, :, 0], np.float32) for name in series if monthly is not None},
            {name: np.array(people[name], np.float32) for name in organisations if people is not None},
            records.log or (),
        )

    def finals(self, scenarios: Iterable[Scenario], column: str, **asked: Any) -> Any:
        """Return an outcome as (scenarios, replicates)."""
        return np.stack([self.sample(each, **asked).final(column) for each in scenarios])

    def ambition(self, scenario: Scenario, months: int) -> Any:
        """Return what all levels of all partners hope for on average after some months, for every replicate.

        Ambition is a state that no outcome shows, so it is read off the state at the end of each run.
        """
        key = (json.dumps(scenario.tree, sort_keys=True, default=str), months)
        if key not in self._ambitions:
            chosen = scenario.replace(self.settings) if self.settings else scenario
            population = build(chosen)
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

    def value(self, scenario: Scenario, path: str) -> float:
        """Return a number of a scenario as it stands under the laboratory's settings."""
        return float(self.settings.get(path, scenario.value(path)))
