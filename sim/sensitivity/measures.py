"""What of a run is looked at; how large a difference has to be to be worth naming stands in ``sim.comparing.worth``."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sim.comparing.worth import BY_NAME
from sim.problems import nearest, single
from sim.sweeps.opened import Results, open_results

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Measure:
    """A number made of a run's row, in a unit. It bears the name of the outcome that ``compare`` makes of it."""

    name: str
    label: str
    unit: str
    column: str = ""
    reached: int = 0

    @property
    def smallest(self) -> float:
        """Return the smallest difference worth naming [A], the same as in a comparison."""
        return BY_NAME[self.name].smallest

    @property
    def better(self) -> int:
        """Return 1 if more is better, -1 if less is, 0 if neither."""
        return BY_NAME[self.name].outcome.better

    def of(self, runs: pd.DataFrame) -> pd.Series:
        """Return the number of every run; of a run that failed, none."""
        if self.name == "dissolved":
            values = runs["dissolved_month"].notna().astype("float64")
        elif self.reached:
            values = (runs["highest_phase"] >= self.reached).astype("float64")
        else:
            values = runs[self.column or self.name].astype("float64")
        return values.where(runs["status"] == "ok")


MEASURES: Final[Mapping[str, Measure]] = {
    measure.name: measure
    for measure in (
        Measure("practice_maturity", "practice maturity", "share"),
        Measure("routines", "joint routines", "share"),
        Measure("breadth", "breadth", "share"),
        Measure("formal_maturity", "formal maturity", "share"),
        Measure("joint_case_share", "entangled cases handled jointly", "share"),
        Measure("case_outcome", "outcome of cases", "share"),
        Measure("highest_phase", "highest phase", "phase"),
        Measure("reached_3", "shared practice reached", "share of runs", reached=3),
        Measure("reached_5", "broad and deep", "share of runs", reached=5),
        Measure("dissolved", "dissolved", "share of runs"),
        Measure("months_sham", "months of sham", "months"),
        Measure("cost_keur", "cost", "k€"),
    )
}
USUAL: Final[Sequence[str]] = ("reached_3", "practice_maturity", "highest_phase", "case_outcome")


def measure_of(name: str) -> Measure:
    """Return a measure by name.

    Raises:
        ScenarioError: there is none of that name.
    """
    if name not in MEASURES:
        message = f'there is no measure called "{name}"'
        allowed = f"one of {', '.join(MEASURES)}"
        raise single("sensitivity", message, value=name, allowed=allowed, near=nearest(name, MEASURES))
    return MEASURES[name]


def results_of(folder: Results | str | os.PathLike[str]) -> Results:
    """Return the results of a complete sweep.

    Raises:
        ScenarioError: it is not complete, or no sweep.
        ResultsError: there are no results.
    """
    results = folder if isinstance(folder, Results) else open_results(folder)
    if not results.is_sweep:
        raise single(str(results.folder), "these are not the results of a sweep")
    if results.missing:
        message = f"{len(results.missing)} of {results.manifest['blocks']} blocks are missing"
        raise single(str(results.folder), message, allowed="a sweep that has come to its end")
    return results


def values_of(results: Results, names: Sequence[str], also: Sequence[str] = ()) -> pd.DataFrame:
    """Return the measures of every run, with its number, point, arm and replicate, and other columns asked for.

    Of several collaborations in a scenario, the mean. Only what is needed is read.

    Raises:
        ScenarioError: there is no such measure, or no such column.
    """
    import pandas as pd  # noqa: PLC0415

    measures = [measure_of(name) for name in names]
    needed = {"run", "replicate", "status", "framework", "partners", *also}
    needed |= {each.column or each.name for each in measures if not each.reached and each.name != "dissolved"}
    needed |= {"highest_phase"} if any(each.reached for each in measures) else set()
    needed |= {"dissolved_month"} if "dissolved" in names else set()
    dataset = results.scan("runs")
    for name in sorted(needed - set(dataset.schema.names)):
        near = nearest(name, dataset.schema.names)
        raise single(str(results.folder), f'nothing called "{name}" varies here', value=name, near=near)
    runs = dataset.to_table(columns=sorted(needed)).to_pandas()
    made = runs[["run", "replicate", "framework", "partners", *also]].copy()
    for measure in measures:
        made[measure.name] = measure.of(runs)
    numbers = dict.fromkeys(names, "mean")
    others = {name: "first" for name in made.columns if name not in (*names, "run")}
    made = pd.DataFrame(made.groupby("run", sort=True).agg(others | numbers).reset_index())
    row = made["run"] // results.design.replicates
    made["point"], made["arm"] = row // results.design.arms, row % results.design.arms
    return made
