"""A comparison of real runs for the tests of what shows one: few runs, and statistics as plain as can be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

import sim
from sim.comparison import Arm, Comparison, TypicalRun
from sim.elements import Values
from sim.engine import simulate_population
from sim.ensemble import prepare
from sim.language import LANGUAGES, language
from sim.outcomes import OUTCOMES
from sim.scenario import Scenario
from sim.story import Storyteller

STALLS = ("sham", "partial", "shared_address", "negotiating", "uncontracted")
SMALLEST = {"cost_keur": 50.0, "hours": 1600.0, "months_sham": 6.0, "highest_phase": 0.25, "case_outcome": 0.02}
COMPARED = (
    "reached_3", "stalled", "practice_maturity", "joint_case_share", "case_outcome", "highest_phase", "months_sham",
    "satisfaction_board", "satisfaction_middle", "satisfaction_operational", "cost_keur", "hours", "formal_maturity",
)  # fmt: skip
BETTER = {outcome.name: outcome.better for outcome in OUTCOMES} | {"reached_3": 1, "stalled": -1}
NUMBERS = [outcome.name for outcome in OUTCOMES if not outcome.codes]


def compared(
    scenario: Scenario, frameworks: tuple[str, ...], collaboration: str, runs: int, seed: int = 1
) -> Comparison:
    """Return a comparison of frameworks on one collaboration."""
    arms = []
    ensembles = {}
    for name in frameworks:
        own = scenario.with_framework(name, collaboration)
        here = next(each for each in own.collaborations if each.id == collaboration)
        partners = sum(each.role != "candidate" for each in here.partners)
        arms.append(Arm(name, dict(here.base.title), own, name, (), partners))
        ensembles[name] = sim.simulate(own, runs=runs, seed=seed, series=True, workers=1)
    finals = pd.concat([_of(each.runs, collaboration).assign(arm=name) for name, each in ensembles.items()])
    reached = (finals["highest_phase"] >= 3).astype(float)
    stalled = finals["end_state"].astype(str).isin(("sham", "partial", "shared_address")).astype(float)
    series = {name: _of(each.series, collaboration) for name, each in ensembles.items()}
    return Comparison(
        collaboration=collaboration, arms=tuple(arms), runs_per_arm=runs, seed=seed, runs=finals.reset_index(drop=True),
        differences=_differences(finals.assign(reached_3=reached, stalled=stalled), arms), distributions=_distributions(finals),
        phase_shares=_phase_shares(series), stall_shares=_stall_shares(series), series=_series(series),
        incidence=_incidence(series), binding=_binding(series), costs=_costs(finals, arms),
        typical={arm.key: _typical(arm, series[arm.key], collaboration, seed) for arm in arms},
    )  # fmt: skip


def small(runs: int = 40) -> Comparison:
    """Return three frameworks on the case of two partners."""
    return compared(sim.load("roosendaal"), ("building", "covenant", "client_contractor"), "roosendaal", runs)


def with_titles(comparison: Comparison, title: str) -> Comparison:
    """Return a comparison in which everything that a user can name bears a title of the tester's choice."""
    named = Values(dict.fromkeys(LANGUAGES, title))
    arms = []
    for arm in comparison.arms:
        own = replace(
            arm.scenario,
            title=named,
            description=named,
            organisations=tuple(replace(each, title=named) for each in arm.scenario.organisations),
            collaborations=tuple(
                replace(each, title=named, base=replace(each.base, title=named, description=named))
                for each in arm.scenario.collaborations
            ),
            neighbourhoods=tuple(replace(each, title=named) for each in arm.scenario.neighbourhoods),
        )
        arms.append(replace(arm, scenario=own, label=named))
    typical = {
        key: replace(run, story={code: (("event", title), *run.story[code]) for code in run.story})
        for key, run in comparison.typical.items()
    }
    return replace(comparison, arms=tuple(arms), typical=typical)


def _of(frame: Any, collaboration: str) -> pd.DataFrame:
    return frame[frame["collaboration"] == collaboration]


def _differences(finals: pd.DataFrame, arms: list[Arm]) -> pd.DataFrame:
    rows = []
    for place, one in enumerate(arms):
        for other in arms[place + 1 :]:
            for outcome in COMPARED:
                a = finals.loc[finals["arm"] == one.key, outcome].to_numpy(float)
                b = finals.loc[finals["arm"] == other.key, outcome].to_numpy(float)
                apart = a - b
                worth = SMALLEST.get(outcome, 0.05)
                spread = 1.96 * apart.std(ddof=1) / np.sqrt(len(apart))
                low, high = apart.mean() - spread, apart.mean() + spread
                better = BETTER[outcome] or 1
                needed: int | None = None
                if -worth <= low and high <= worth:
                    verdict = "no_difference_worth_naming"
                elif (low > 0 or high < 0) and abs(apart.mean()) >= worth:
                    side = "a" if apart.mean() * better > 0 else "b"
                    verdict = f"{side}_better" if BETTER[outcome] else f"{side}_more"
                else:
                    verdict = "open"
                    needed = int(len(apart) * (spread / worth) ** 2) + 1
                    if needed <= len(apart):
                        needed = len(apart) * 4
                won = ((apart * better > 0) + 0.5 * (apart == 0)).mean()
                independent = np.sqrt(a.var(ddof=1) + b.var(ddof=1)) / max(apart.std(ddof=1), 1e-9)
                rows.append(
                    (
                        outcome,
                        one.key,
                        other.key,
                        one.partners,
                        apart.mean(),
                        low,
                        high,
                        won,
                        worth,
                        verdict,
                        needed,
                        independent,
                    )
                )
    names = (
        "outcome", "a", "b", "partners", "effect", "low", "high", "probability_a_better", "smallest_worth", "verdict",
        "runs_needed", "narrowing",
    )  # fmt: skip
    return pd.DataFrame(rows, columns=list(names))


def _distributions(finals: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for arm, own in finals.groupby("arm", sort=False):
        for outcome in NUMBERS:
            if outcome not in own:
                continue
            values = own[outcome].dropna().to_numpy(float)
            known = len(values) > 0
            cuts = np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95)) if known else np.full(5, np.nan)
            mean, sd = (values.mean(), values.std()) if known else (np.nan, np.nan)
            rows.append((arm, outcome, len(own), mean, sd, *cuts, 1 - len(values) / len(own)))
    return pd.DataFrame(
        rows, columns=["arm", "outcome", "runs", "mean", "sd", "q05", "q25", "median", "q75", "q95", "missing"]
    )


def _state(own: pd.DataFrame) -> pd.Series:
    over = own["dissolved_month"].notna() & (own["dissolved_month"] <= own["month"])
    return ("phase_" + own["phase"].astype(str)).where(~over, "dissolved")


def _phase_shares(series: dict[str, pd.DataFrame]) -> pd.DataFrame:
    states = [*(f"phase_{number}" for number in range(6)), "dissolved"]
    rows = []
    for arm, own in series.items():
        shares = pd.crosstab(own["month"], _state(own), normalize="index").reindex(columns=states, fill_value=0.0)
        rows += [(arm, month, state, row[state]) for month, row in shares.iterrows() for state in states]
    return pd.DataFrame(rows, columns=["arm", "month", "state", "share"])


def _stall_shares(series: dict[str, pd.DataFrame]) -> pd.DataFrame:
    rows = []
    for arm, own in series.items():
        over = _state(own) == "dissolved"
        for state in STALLS:
            shares = ((own["end_state"].astype(str) == state) & ~over).groupby(own["month"]).mean()
            rows += [(arm, month, state, share) for month, share in shares.items()]
    return pd.DataFrame(rows, columns=["arm", "month", "state", "share"])


def _series(series: dict[str, pd.DataFrame]) -> pd.DataFrame:
    rows = []
    for arm, own in series.items():
        for quantity in NUMBERS:
            if quantity not in own:
                continue
            numbers = own[quantity].astype(float).groupby(own["month"])
            made = pd.DataFrame(
                {
                    "mean": numbers.mean(),
                    "median": numbers.median(),
                    "q10": numbers.quantile(0.1),
                    "q90": numbers.quantile(0.9),
                }
            )
            rows.append(made.reset_index().assign(arm=arm, quantity=quantity))
    return pd.concat(rows)[["arm", "month", "quantity", "mean", "median", "q10", "q90"]].reset_index(drop=True)


QUESTIONS = {
    "to_practice": ("practice", "dissolved"),
    "to_structuring": ("advance", "relapse", "dissolved"),
    "in_stall": ("advance", "relapse", "dissolved"),
}


def _ended(begin: int, end: int, over: bool, names: dict[int, str]) -> tuple[int, str]:
    """Return how long a run that came before a step in month ``begin`` (from 0) was at it, and how that ended."""
    for month in range(begin, end):
        if month in names:
            return month - begin + 1, names[month]
    return max(1, end - begin), "dissolved" if over else ""


def _spans(own: pd.DataFrame) -> dict[str, list[tuple[int, str]]]:
    """Return, for each question, how long each run was at it and how that ended ("" if it did not)."""
    found: dict[str, list[tuple[int, str]]] = {name: [] for name in QUESTIONS}
    for _, run in own.groupby("run"):
        phase = run["phase"].to_numpy(int)
        state = run["end_state"].astype(str).to_numpy()
        last = run["dissolved_month"].iloc[-1]
        over = not pd.isna(last)
        end = int(last) - 1 if over else len(phase)
        for question, starts in (
            ("to_practice", phase >= 1),
            ("to_structuring", phase >= 3),
            ("in_stall", np.isin(state, ("sham", "partial", "shared_address"))),
        ):
            begins = np.flatnonzero(starts[:end])
            if len(begins):
                begin = int(begins[0])
                names = _ways(question, phase, begin)
                found[question].append(_ended(begin, end, over, names))
    return found


def _ways(question: str, phase: Any, begin: int) -> dict[int, str]:
    """Return in which months (from 0) a question would be answered, and how."""
    if question == "to_practice":
        return {month: "practice" for month, number in enumerate(phase) if number >= 3}
    before = 3 if question == "to_structuring" else int(phase[begin])
    ahead = {month: "advance" for month, number in enumerate(phase) if number > before}
    return ahead | {month: "relapse" for month, number in enumerate(phase) if number < before}


def _incidence(series: dict[str, pd.DataFrame]) -> pd.DataFrame:
    rows = []
    for arm, own in series.items():
        spans = _spans(own)
        for question, ends in QUESTIONS.items():
            times = np.array([each[0] for each in spans[question]], int)
            kinds = np.array([each[1] for each in spans[question]], object)
            alive = 1.0
            shares = dict.fromkeys(ends, 0.0)
            for month in range(1, int(own["month"].max()) + 1):
                at_risk = int((times >= month).sum())
                if at_risk:
                    counts = {end: int(((times == month) & (kinds == end)).sum()) for end in ends}
                    for end in ends:
                        shares[end] += alive * counts[end] / at_risk
                    alive *= 1 - sum(counts.values()) / at_risk
                for end in ends:
                    half = 1.96 * np.sqrt(shares[end] * (1 - shares[end]) / max(1, len(times)))
                    low, high = max(0.0, shares[end] - half), min(1.0, shares[end] + half)
                    rows.append((arm, question, end, month, shares[end], low, high, at_risk))
    return pd.DataFrame(rows, columns=["arm", "question", "end", "month", "share", "low", "high", "at_risk"])


def _binding(series: dict[str, pd.DataFrame]) -> pd.DataFrame:
    rows = []
    for arm, own in series.items():
        something = own[own["binding_level"].notna() & (own["binding"].astype(str) != "none")]
        counts = something.groupby([something["binding"].astype(str), something["binding_level"].astype(str)]).size()
        rows += [(arm, what, level, count / counts.sum()) for (what, level), count in counts.items()]
    return pd.DataFrame(rows, columns=["arm", "binding", "level", "share"])


def _costs(finals: pd.DataFrame, arms: list[Arm]) -> pd.DataFrame:
    kinds = ("housing_corporation", "welfare", "care", "municipality", "other")
    rows = []
    for arm in arms:
        own = finals[finals["arm"] == arm.key]
        hours = own["hours"].mean() * float(arm.scenario.parameters["hour_keur"])
        invested = {kind: own[f"invested_keur_{kind}"].mean() for kind in kinds}
        rest = own["cost_keur"].mean() - hours - sum(invested.values())
        # "other" is what is left: overhead, rent on top, a building; a kind of organisation of that name is in it.
        rows += [(arm.key, kind, amount) for kind, amount in invested.items() if kind != "other"]
        rows += [(arm.key, "hours", hours), (arm.key, "other", rest + invested["other"])]
    return pd.DataFrame(rows, columns=["arm", "who", "keur"])


def _typical(arm: Arm, series: pd.DataFrame, collaboration: str, seed: int) -> TypicalRun:
    tables = [
        series.pivot_table(index="run", columns="month", values=name)
        for name in ("practice_maturity", "formal_maturity")
    ]
    distance = sum(np.abs(table - table.median()).sum(axis=1) for table in tables)
    replicate = int(distance.idxmin())
    case = prepare(arm.scenario, seed)
    records = simulate_population(
        case.population, case.scenario.months, 1, seed, first=replicate, series=True, organisations=True, events=True,
        workers=1,
    )  # fmt: skip
    story = {
        code: tuple(
            (line.style, line.text)
            for line in Storyteller(arm.scenario, case.population, records, language(code)).lines(seed, replicate)
        )
        for code in LANGUAGES
    }
    return TypicalRun(replicate, series[series["run"] == replicate].reset_index(drop=True), story)
