"""Comparing arms under the same luck: run them, keep what is needed, and work out what sets them apart.

Arms are run one after another, each over all cores. Of every month only counts are kept (``tallies``), and of every run
what stands at its end (``finals``), so that the memory does not grow with the number of runs but for one outcome at a
time. One worker or many, the same bits.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from sim.comparing import worlds as settled
from sim.comparing.arms import arms_of, pairs
from sim.comparing.finals import Finals
from sim.comparing.incidence import incidence
from sim.comparing.paired import compare_outcome
from sim.comparing.tallies import (
    CENSORED,
    FOLLOWED,
    OVER,
    PHASE_STATES,
    QUESTIONS,
    STALL_STATES,
    Tally,
)  # fmt: skip
from sim.comparing.worth import COMPARED, Compared
from sim.comparison import Arm, Comparison, TypicalRun
from sim.engine import Records, blocks_of_runs, simulate_population
from sim.ensemble import check_numbers, prepare
from sim.inputs import ORGANISATION_KINDS
from sim.language import LANGUAGES, language
from sim.mechanisms.diagnosis import BINDINGS
from sim.mechanisms.phases import END_STATES
from sim.results import Case, Origin, frame, runs_table, series_table
from sim.scenario import Scenario
from sim.story import Storyteller
from sim.structure import LEVELS

HELD_ROWS = 100_000  # of runs, over all arms, that the frame holds at most
_TABLE_RUNS = 32_768  # of which a table is made at once

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ArmRuns:
    """The runs of an arm: what stands at the end of each, and in which world it lives."""

    arm: Arm
    seed: int
    settings: tuple[Mapping[str, Any], ...]
    spread: tuple[tuple[int, int], ...]
    finals: Finals
    row: int  # of the collaboration that is looked at

    def case(self, world: int) -> Case:
        """Return the arm in one of its worlds, with what sets its rows apart from those of others."""
        scenario = self.arm.scenario
        settings = self.settings[world]
        if settings:
            scenario = scenario.replace(settings, source="worlds")
        varied = {"arm": self.arm.key, "interventions": ", ".join(self.arm.interventions), **settings}
        units = {"arm": "name", "interventions": "id@month"}
        made = prepare(scenario, self.seed)
        return Case(made.scenario, made.population, made.seed, varied, units)

    def tables(self, first_run: int, most: int | None = None) -> Iterator[Any]:
        """Go through the rows of ``runs.parquet`` of this arm, some thousands of runs at a time."""
        for world, (start, stop) in enumerate(self.spread):
            case = self.case(world) if start < stop else None
            for here in range(start, stop, _TABLE_RUNS):
                there = min(here + _TABLE_RUNS, stop if most is None else min(stop, most))
                if case is None or here >= there:
                    continue
                records = Records(self.finals.part(here, there), None, None, None)
                yield runs_table(case, records, here, first_run + here)

    def worlds(self) -> Any:
        """Return the number of the world of each run, or None if there is one only."""
        if len(self.spread) == 1:
            return None
        return np.repeat(np.arange(len(self.spread)), [stop - start for start, stop in self.spread])


@dataclass(frozen=True)
class PairedComparison(Comparison):
    """A comparison with all its runs, which can be written to a folder (``sim.comparing.folder``)."""

    arm_runs: tuple[ArmRuns, ...] = field(default=(), repr=False)
    origin: Origin | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        """Return a short description."""
        keys = ", ".join(arm.key for arm in self.arms)
        return f"<Comparison of {keys}: {self.runs_per_arm} runs each, seed {self.seed}>"

    def run_tables(self) -> Iterator[Any]:
        """Go through all rows of ``runs.parquet``, arm after arm."""
        for number, each in enumerate(self.arm_runs):
            yield from each.tables(number * self.runs_per_arm)


def compare(
    scenarios: Scenario | str | os.PathLike[str] | Iterable[Scenario | str | os.PathLike[str]],
    runs: int = 1000,
    seed: int = 1,
    frameworks: Sequence[str] = (),
    interventions: Sequence[str] = (),
    partners: Sequence[int] = (),
    collaboration: str | None = None,
    workers: int | None = None,
    worlds: int | Sequence[Mapping[str, Any]] | None = None,
    progress: Callable[[int], None] | None = None,
    values: Mapping[str, Any] | None = None,
) -> PairedComparison:
    """Compare scenarios, or one scenario under several frameworks, interventions and numbers of partners.

    Everything that is given is crossed. Replicates 0 … ``runs`` - 1 of each arm live in the same worlds.

    Args:
        scenarios: one or more, as values, files or names of shipped ones.
        runs: runs an arm.
        seed: the luck that all arms share.
        frameworks: ids, laid on the chosen collaboration or on all; the case's own keeps the deviations of its file,
            another comes as it is.
        interventions: ids, each an arm against none; ``id@month`` begins in that month, else in month 1.
        partners: numbers of partners, candidates not counted; see ``sim.group_size``.
        collaboration: the one that is changed and looked at; without it all are changed, and the first is looked at.
        workers: threads; one a core if not given. The results do not depend on it.
        worlds: over how many accepted settings of the parameters the runs are spread, or the settings themselves: each
            gives values to paths.
        progress: is told how many runs were done, each time some are.
        values: by path, set in every arm, also on top of frameworks.

    Raises:
        ScenarioError: something is not there or not allowed, or there is nothing to compare.
        ResultsError: there is no room for the runs of a large comparison.
    """
    check_numbers(runs, seed, workers)
    arms = arms_of(scenarios, frameworks, interventions, partners, collaboration, (values or {}).items())
    return compare_arms(arms, runs, seed, workers=workers, worlds=settled.settings(worlds, runs), progress=progress)


def compare_arms(
    arms: Sequence[Arm], runs: int, seed: int, *, workers: int | None = None,
    worlds: Sequence[Mapping[str, Any]] = ({},), progress: Callable[[int], None] | None = None,
) -> PairedComparison:  # fmt: skip
    """Compare arms that are there already; see ``compare``.

    Raises:
        ScenarioError: a setting of a world is not allowed.
        ResultsError: there is no room for the runs of a large comparison.
    """
    started = datetime.now(UTC)
    spread = tuple(settled.spread(runs, len(worlds)))
    done: list[ArmRuns] = []
    frames: dict[str, list[pd.DataFrame]] = {}
    typical: dict[str, TypicalRun] = {}
    for arm in arms:
        here, tally = _run(
            arm,
            Finals(runs, len(arm.scenario.collaborations), len(arms)),
            seed,
            tuple(worlds),
            spread,
            workers,
            progress,
        )
        done.append(here)
        for name, made in _summaries(here, tally).items():
            made.insert(0, "arm", arm.key)
            frames.setdefault(name, []).append(made)
        typical[arm.key] = _typical(here, tally.most_typical())
    most = max(1, HELD_ROWS // len(arms))
    held = [table for number, each in enumerate(done) for table in each.tables(number * runs, most)]
    distributions, differences = _statistics(done)
    return PairedComparison(
        collaboration=arms[0].collaboration,
        arms=tuple(arms),
        runs_per_arm=runs,
        seed=seed,
        runs=_runs_frame(held, arms),
        differences=differences,
        distributions=distributions,
        typical=typical,
        worlds=len(worlds),
        arm_runs=tuple(done),
        origin=Origin(sys.argv, started, datetime.now(UTC)),
        **{name: pd.concat(parts, ignore_index=True) for name, parts in frames.items()},
    )


def _run(
    arm: Arm, held: Finals, seed: int, worlds: tuple[Mapping[str, Any], ...], spread: tuple[tuple[int, int], ...],
    workers: int | None, progress: Callable[[int], None] | None,
) -> tuple[ArmRuns, Tally]:  # fmt: skip
    """Run all replicates of an arm, world after world."""
    months = arm.scenario.months
    names = sorted(each.id for each in arm.scenario.collaborations)
    row = names.index(arm.collaboration)
    here = ArmRuns(arm, seed, worlds, spread, held, row)
    tally = Tally(months)
    for world, (start, stop) in enumerate(spread):
        if start == stop:
            continue
        case = here.case(world)
        looked_at = next(each for each in case.scenario.collaborations if each.id == arm.collaboration)
        contact = int(looked_at.inputs["contact_month"])
        absent = 0.5 * float(case.scenario.parameters["practice_threshold"])
        for _, finals, series in blocks_of_runs(
            case.population, months, stop - start, seed, first=start, workers=workers
        ):
            here.finals.put(finals)
            tally.add(series[:, :, row], contact, absent)
            if progress:
                progress(len(finals))
    return here, tally


# ---------------------------------------------------------------- what an arm looks like


def _summaries(here: ArmRuns, tally: Tally) -> dict[str, pd.DataFrame]:
    months = np.arange(1, tally.months + 1)
    stalls = tally.states[:, [END_STATES.index(state) for state in STALL_STATES]]
    return {
        "phase_shares": _shares(months, PHASE_STATES, tally.phases / tally.runs),
        "stall_shares": _shares(months, STALL_STATES, stalls / tally.runs),
        "series": _series(months, tally),
        "incidence": _incidence(tally),
        "binding": _binding(tally),
        "costs": _costs(here),
    }


def _shares(months: Any, states: Sequence[str], shares: Any) -> pd.DataFrame:
    return pd.DataFrame({
        "month": np.repeat(months, len(states)), "state": list(states) * len(months), "share": shares.ravel(),
    })  # fmt: skip


def _series(months: Any, tally: Tally) -> pd.DataFrame:
    parts = [
        pd.DataFrame({
            "month": months, "quantity": each.name, "mean": tally.means(number), "median": tally.quantile(number, 0.5),
            "q10": tally.quantile(number, 0.1), "q90": tally.quantile(number, 0.9),
        })
        for number, each in enumerate(FOLLOWED)
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _incidence(tally: Tally) -> pd.DataFrame:
    parts: list[pd.DataFrame] = []
    for number, (question, ends) in enumerate(QUESTIONS.items()):
        counts = tally.spells[number]
        rows = [OVER if end == "dissolved" else place for place, end in enumerate(ends)]
        found = incidence(counts[rows], counts[CENSORED])
        lasting = np.flatnonzero(found.at_risk > 0)
        parts += [
            pd.DataFrame({
                "question": question, "end": end, "month": lasting, "share": found.share[place, lasting],
                "low": found.low[place, lasting], "high": found.high[place, lasting],
                "at_risk": found.at_risk[lasting].astype(np.int64),
            })
            for place, end in enumerate(ends)
        ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _binding(tally: Tally) -> pd.DataFrame:
    total = max(1, int(tally.binding.sum()))
    conditions, levels = np.nonzero(tally.binding)
    return pd.DataFrame({
        "binding": [BINDINGS[condition] for condition in conditions],
        "level": [LEVELS[level] for level in levels],
        "share": tally.binding[conditions, levels] / total,
    })  # fmt: skip


def _costs(here: ArmRuns) -> pd.DataFrame:
    """Return the mean cost by who bears it: what is neither invested nor paid in hours is overhead."""
    means = {
        name: float(np.mean(here.finals.column(name, here.row)))
        for name in ("cost_keur", "hours", *(f"invested_keur_{kind}" for kind in ORGANISATION_KINDS))
    }
    costs = {kind: means[f"invested_keur_{kind}"] for kind in ORGANISATION_KINDS if kind != "other"}
    costs["hours"] = means["hours"] * float(here.arm.scenario.parameters["hour_keur"])
    costs["other"] = means["cost_keur"] - sum(costs.values())
    return pd.DataFrame({"who": list(costs), "keur": list(costs.values())})


def _typical(here: ArmRuns, replicate: int) -> TypicalRun:
    world = next(number for number, (_, stop) in enumerate(here.spread) if replicate < stop)
    case = here.case(world)
    records = simulate_population(
        case.population, case.scenario.months, 1, here.seed, first=replicate, series=True, events=True, workers=1
    )
    series = frame(series_table(case, records, replicate))
    story = {}
    for code in LANGUAGES:
        teller = Storyteller(case.scenario, case.population, records, language(code))
        story[code] = tuple((line.style, line.text) for line in teller.lines(here.seed, replicate))
    looked_at = series[series["collaboration"] == here.arm.collaboration]
    return TypicalRun(replicate, looked_at.reset_index(drop=True), story)


def _runs_frame(tables: list[Any], arms: Sequence[Arm]) -> pd.DataFrame:
    looked_at = {arm.key: arm.collaboration for arm in arms}
    parts: list[pd.DataFrame] = []
    while tables:  # let go of each table as its frame is made
        part = frame(tables.pop(0))
        parts.append(part[part["collaboration"] == part["arm"].map(looked_at)])
    return pd.concat(parts, ignore_index=True)


# ---------------------------------------------------------------- what sets arms apart


def _statistics(done: Sequence[ArmRuns]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return distributions and differences, one outcome in memory at a time."""
    chosen = [(a.key, b.key) for a, b in pairs([each.arm for each in done])]
    arms = {each.arm.key: each for each in done}
    same = {pair: _identical(arms[pair[0]], arms[pair[1]]) for pair in chosen}
    spread: list[dict[str, Any]] = []
    apart: list[dict[str, Any]] = []
    for compared in COMPARED:
        values = {}
        for key, each in arms.items():
            column = each.finals.column(compared.column, each.row)
            values[key] = compared.values(column, each.arm.scenario.months)
            spread.append({"arm": key, "outcome": compared.name, **_distribution(compared, values[key], column)})
        for a, b in chosen:
            one, other = arms[a].arm, arms[b].arm
            found = compare_outcome(
                values[a], values[b], compared.smallest, compared.outcome.better,
                shares=compared.kind in ("reached", "state"), worlds=arms[a].worlds(), identical=same[a, b],
            )  # fmt: skip
            apart.append({
                "outcome": compared.name, "a": a, "b": b,
                "partners": one.partners if one.partners == other.partners else None,
                "effect": found.effect, "low": found.low, "high": found.high,
                "probability_a_better": found.probability_a_better, "smallest_worth": compared.smallest,
                "verdict": found.verdict, "runs_needed": found.runs_needed, "narrowing": found.narrowing,
            })  # fmt: skip
    differences = pd.DataFrame(apart).astype({"partners": "Int64", "runs_needed": "Int64"})
    return pd.DataFrame(spread), differences


def _distribution(compared: Compared, values: Any, column: Any) -> dict[str, Any]:
    came = column[column > 0.0] if compared.kind == "time" else values
    quantiles = np.quantile(came, [0.05, 0.25, 0.5, 0.75, 0.95]) if len(came) else np.full(5, np.nan)
    return {
        "runs": len(values),
        "mean": float(np.mean(came)) if len(came) else np.nan,
        "sd": float(np.std(came, ddof=1)) if len(came) > 1 else np.nan,
        **dict(zip(("q05", "q25", "median", "q75", "q95"), map(float, quantiles), strict=True)),
        "missing": 1.0 - len(came) / len(values),
    }


def _identical(a: ArmRuns, b: ArmRuns) -> bool:
    """Say whether two arms are the same in every outcome of every run."""
    names = dict.fromkeys(compared.column for compared in COMPARED)
    return all(np.array_equal(a.finals.column(name, a.row), b.finals.column(name, b.row)) for name in names)
