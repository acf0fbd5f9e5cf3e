"""What a pattern is: what it says, where it comes from, how it is tried, and what has to be so for it to hold."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from sim.elements import Values
from sim.patterns.declared import Declaration, Measure
from sim.patterns.laboratory import Laboratory
from sim.patterns.registry import EXPERIMENTS
from sim.patterns.statistics import Estimate

ROLES: Final = ("D", "C", "H")

Verdict = Literal["yes", "no", "not shown"]


@dataclass(frozen=True)
class Criterion:
    """What has to be so: the interval of a statistic lies wholly between two bounds.

    ``reported`` ones are shown and judged, and do not count for the pattern. Without a ``measure``, the statistic is
    worked out by the pattern's experiment.
    """

    name: str
    unit: str
    words: Values[str]
    above: float
    below: float
    reported: bool
    measure: Measure | None = None

    def judge(self, estimate: Estimate) -> Verdict:
        """Return whether an estimate meets the criterion, fails it, or leaves it open."""
        if math.isnan(estimate.value):
            return "not shown"
        if estimate.low > self.above and estimate.high < self.below:
            return "yes"
        return "no" if estimate.high <= self.above or estimate.low >= self.below else "not shown"

    def within(self, value: float) -> bool:
        """Say whether a number is what is wanted, whatever its interval."""
        return self.above < value < self.below


@dataclass(frozen=True)
class Pattern:
    """A pattern. ``python`` names the experiment of the criteria that have no measure; "" if all have one."""

    id: str
    role: str
    source: str
    mechanism: str
    meaning: Values[str]
    setup: str
    python: str
    declaration: Declaration
    criteria: tuple[Criterion, ...]

    @property
    def series(self) -> tuple[str, ...]:
        """Return the columns that declared criteria want by month: all that they want if one of them does."""
        readings = [one for each in self.criteria if each.measure for one in each.measure.readings]
        if not any(each.monthly for each in readings):
            return ()
        return tuple(sorted({name for each in readings for name in each.columns}))

    def estimates(self, laboratory: Laboratory) -> dict[str, Estimate]:
        """Return what the statistic of each criterion comes to."""
        found = dict(EXPERIMENTS[self.python](laboratory)) if self.python else {}
        for each in self.criteria:
            if each.measure is not None:
                found[each.name] = self.declaration.estimate(each.measure, self.series, laboratory)
        return found
