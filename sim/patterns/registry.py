"""The experiments that take code, by name, and what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from sim.patterns.grounds import NUMBERS, crossed
from sim.patterns.laboratory import Laboratory, Sample
from sim.patterns.statistics import Estimate
from sim.scenario import Scenario
from sim.structure import LEVELS

Experiment = Callable[[Laboratory], dict[str, Estimate]]
EXPERIMENTS: Final[dict[str, Experiment]] = {}
STARTS: Final = tuple(f"projects_started_{who}" for who in (*LEVELS, "bureau"))


def experiment(name: str) -> Callable[[Experiment], Experiment]:
    """Register a function as an experiment: it returns an estimate for each criterion that has no statistic of its own.

    Raises:
        ValueError: there is another experiment of that name.
    """

    def register(function: Experiment) -> Experiment:
        there = EXPERIMENTS.get(name)
        if there is not None and there.__code__.co_filename != function.__code__.co_filename:
            raise ValueError(f"there is an experiment called {name!r} already")
        EXPERIMENTS[name] = function
        return function

    return register


def by_number(frameworks: Sequence[str], numbers: Sequence[int] = NUMBERS, **values: Any) -> list[Scenario]:
    """Return scenarios over frameworks and numbers of partners, with the widest mix of sectors."""
    return crossed(frameworks, numbers, ("municipality",), **values)


def until(values: Any, months: int) -> Any:
    """Return months to an event restricted to the length of a run: what never came counts as one month after it."""
    return np.where(np.isnan(values), months + 1.0, values)


def monthly(sample: Sample) -> dict[str, Any]:
    """Return the series of a sample as tables (replicates, months) of full precision."""
    return {name: np.asarray(values, float) for name, values in sample.series.items()}


def over_levels(table: dict[str, Any], column: str) -> Any:
    """Return an outcome that exists for each level, averaged over levels: (replicates, months)."""
    return np.mean([table[f"{column}_{level}"] for level in LEVELS], axis=0)


def starts(table: dict[str, Any]) -> Any:
    """Return projects started so far by whomever: (replicates, months)."""
    return sum(table[name] for name in STARTS)
