"""Experiments that need no code: on what, which arms, which outcome, which statistic, read from a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np

from sim.mechanisms.diagnosis import BINDINGS
from sim.mechanisms.phases import END_STATES
from sim.outcomes import OUTCOMES
from sim.patterns.grounds import FRAMEWORKS, MIXES, MONTHS, NUMBERS, crossed
from sim.patterns.laboratory import NULLABLE, Laboratory, Sample
from sim.patterns.statistics import (
    Estimate,
    correlation,
    lead,
    mean,
    median,
    ratio,
    relative,
    share_difference,
)
from sim.scenario import Scenario, load
from sim.structure import LEVELS

COLUMNS: Final = tuple(outcome.name for outcome in OUTCOMES)
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "end_state": END_STATES, "binding": BINDINGS, "binding_level": LEVELS,
}  # fmt: skip
OVER_LEVELS: Final = tuple(
    name.removesuffix("board") + "*" for name in COLUMNS if name.endswith("_board") and "started" not in name
)
# What each statistic needs besides an outcome and an arm.
STATISTICS: Final[Mapping[str, tuple[str, ...]]] = {
    "mean": (), "median": (), "difference": ("against",), "relative": ("against",),
    "difference_of_differences": ("against", "less"), "lead": ("is",), "correlation": ("with",),
}  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """What is read off each run: outcomes added up, in a month, since a month, over months, or as yes or no."""

    outcome: tuple[str, ...]
    at: int | None = None
    since: int | None = None
    during: tuple[int, int] | None = None
    at_least: float | None = None
    at_most: float | None = None
    equals: str | float | None = None
    ever: bool | None = None
    restricted: bool = False
    from_contact: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of the tables that it takes."""
        found: list[str] = []
        for name in self.outcome:
            found += [name.replace("*", level) for level in LEVELS] if name.endswith("*") else [name]
        return tuple(found)

    @property
    def monthly(self) -> bool:
        """Say whether it takes more than what stands at the end."""
        return self.at is not None or self.since is not None or self.during is not None

    def of(self, sample: Sample) -> Any:
        """Return a number for each replicate; NaN where there is none."""
        values = sum(self._column(sample, name) for name in self.outcome)
        if self.ever is not None:
            return np.asarray(~np.isnan(values) == self.ever, float)
        if self.restricted:
            values = np.where(np.isnan(values), sample.scenario.months + 1.0, values)
        if self.from_contact:
            values = values - float(sample.scenario.collaborations[0].inputs["contact_month"]) + 1.0
        return self._judged(values)

    def _judged(self, values: Any) -> Any:
        if self.equals is not None:
            wanted = self.equals
            if isinstance(wanted, str):
                wanted = float(WORDS[self.outcome[0]].index(wanted))
            return np.asarray(values == wanted, float)
        if self.at_least is None and self.at_most is None:
            return values
        known = np.ones(values.shape, bool)
        if self.at_least is not None:
            known &= values >= self.at_least
        if self.at_most is not None:
            known &= values <= self.at_most
        return np.asarray(known, float)

    def _column(self, sample: Sample, name: str) -> Any:
        if name.endswith("*"):
            return np.mean([self._column(sample, name.replace("*", level)) for level in LEVELS], axis=0)
        if not self.monthly:
            return sample.final(name)
        table = np.asarray(sample.series[name], float)
        if self.during is not None:
            return table[:, self.during[0] - 1 : self.during[1]].mean(axis=1)
        values = table[:, (self.at or table.shape[1]) - 1]
        if self.since is not None:
            values = values - (table[:, self.since - 1] if self.since else 0.0)
        return np.where(values == 0.0, np.nan, values) if name in NULLABLE else values


@dataclass(frozen=True)
class Measure:
    """A statistic of readings, over one or several arms; ``among`` leaves only the runs for which it reads 1."""

    statistic: str
    reading: Reading
    arm: str = ""
    against: str = ""
    less: tuple[str, str] = ("", "")
    among: Reading | None = None
    other: Reading | None = None

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Return everything that is read off runs."""
        return tuple(each for each in (self.reading, self.among, self.other) if each is not None)


@dataclass(frozen=True)
class Arm:
    """Values that differ from the ground: from the start, or from a month on, until another."""

    values: tuple[tuple[str, Any], ...] = ()
    add: tuple[tuple[str, float], ...] = ()
    from_month: int | None = None
    until_month: int | None = None

    def of(self, scenario: Scenario) -> Scenario:
        """Return a scenario with these values.

        Raises:
            ScenarioError: a path names nothing, or a value is not allowed.
        """
        if self.from_month is None and self.values:
            scenario = scenario.replace(self.values)
        later: dict[str, Any] = {}
        if self.from_month is not None and self.values:
            later["set"] = dict(self.values)
        if self.add:
            later["add"] = dict(self.add)
        if not later:
            return scenario
        until = {} if self.until_month is None else {"until": self.until_month}
        return scenario.with_interventions({"id": "arm", "month": self.from_month or 1, **until, **later})


@dataclass(frozen=True)
class Declaration:
    """On what and under which arms; every arm has the same luck."""

    scenarios: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = FRAMEWORKS
    partners: tuple[int, ...] = NUMBERS
    mixes: tuple[str, ...] = ("municipality",)
    equal: bool = False
    candidates: int = 0
    months: int = MONTHS
    times: float = 1.0
    values: Mapping[str, Any] = field(default_factory=dict)
    arms: Mapping[str, Arm] = field(default_factory=lambda: {"": Arm()})

    @cached_property
    def ground(self) -> tuple[Scenario, ...]:
        """Return the scenarios without any arm."""
        if self.scenarios:
            return tuple(load(name).replace({"months": self.months}) for name in self.scenarios)
        return tuple(
            crossed(
                self.frameworks, self.partners, self.mixes, equal=self.equal, candidates=self.candidates,
                months=self.months, **self.values,
            )
        )  # fmt: skip

    @cached_property
    def built(self) -> Mapping[str, tuple[Scenario, ...]]:
        """Return the scenarios of each arm."""
        return {name: tuple(arm.of(each) for each in self.ground) for name, arm in self.arms.items()}

    def estimate(self, measure: Measure, series: Sequence[str], laboratory: Laboratory) -> Estimate:
        """Return what a statistic comes to; ``series`` are all columns that are wanted by month."""

        def read(arm: str, reading: Reading | None) -> Any:
            if reading is None:
                return None
            samples = [laboratory.sample(each, series=series, times=self.times) for each in self.built[arm]]
            return np.stack([reading.of(sample) for sample in samples])

        values, among = read(measure.arm, measure.reading), read(measure.arm, measure.among)
        if measure.statistic == "mean":
            return mean(values) if among is None else ratio(np.where(among == 1.0, values, 0.0), among)
        if measure.statistic == "median":
            return median(values if among is None else np.where(among == 1.0, values, np.nan))
        if measure.statistic == "lead":
            return lead(values, self._coded(measure, read))
        if measure.statistic == "correlation":
            return correlation(values, read(measure.arm, measure.other))
        base = read(measure.against, measure.reading)
        if measure.statistic == "relative":
            return relative(values, base)
        if measure.statistic == "difference" and among is not None:
            of_base = read(measure.against, measure.among)
            return share_difference(
                np.where(among == 1.0, values, 0.0), among, np.where(of_base == 1.0, base, 0.0), of_base
            )
        if measure.statistic == "difference":
            return mean(values - base)
        first, second = (read(each, measure.reading) for each in measure.less)
        return mean((values - base) - (first - second))

    def _coded(self, measure: Measure, read: Any) -> list[Any]:
        """Return, for every other value that an outcome with words can have, whether each run has it."""
        name = measure.reading.outcome[0]
        others = [word for word in WORDS[name] if word != measure.reading.equals]
        return [read(measure.arm, Reading((name,), equals=word)) for word in others]


__all__ = ["COLUMNS", "MIXES", "OVER_LEVELS", "STATISTICS", "WORDS", "Arm", "Declaration", "Measure", "Reading"]
