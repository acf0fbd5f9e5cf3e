"""What forms do: a shared building, meetings, the passage from stones to support, loose and light forms."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.patterns.grounds import FRAMEWORKS, ground
from sim.patterns.laboratory import Laboratory
from sim.patterns.registry import STARTS, by_number, experiment, monthly, over_levels, starts, until
from sim.patterns.statistics import Estimate, mean, ratio, resampled
from sim.scenario import Scenario
from sim.structure import LEVELS


@experiment("P05")
def building(lab: Laboratory) -> dict[str, Estimate]:
    """When boards first bind themselves under each form; who starts and pays in a building."""
    numbers = (4, 8)
    first = {
        name: until(lab.finals(by_number((name,), numbers), "first_decision_month"), 120)
        for name in ("building", "covenant", "informal")
    }
    sample = lab.sample(ground("building", 4), events=True)
    lead = sample.row("partner_1")
    order = [lead, *(row for row in range(len(sample.organisation_names)) if row != lead)]
    begun = np.stack(
        [[np.count_nonzero(rows["organisation"] == row) for rows in sample.events("project_started")] for row in order]
    )
    kinds = ("housing_corporation", "municipality", "care", "welfare")
    money = np.stack([sample.final(f"invested_keur_{kind}") for kind in kinds])

    def ahead(table: Any) -> float:
        totals = table.sum(axis=-1)
        return float((totals[0] - totals[1:].max()) / totals.sum()) if totals.sum() > 0 else float("nan")

    return {
        "covenant": mean(first["building"] - first["covenant"]),
        "informal": mean(first["building"] - first["informal"]),
        "starts": resampled(ahead, begun),
        "money": resampled(ahead, money),
    }


@experiment("P06")
def colocation(lab: Laboratory) -> dict[str, Estimate]:
    """What being under one roof does to acquaintance on the floor and to joint projects after the opening."""
    opening = 36
    familiar, projects = [], []
    for share in (0.0, 0.8):
        arm = [
            monthly(lab.sample(each, series=("familiarity_operational", *STARTS), times=3.0))
            for each in by_number(("building",), structure={"colocation": share})
        ]
        familiar.append(np.stack([each["familiarity_operational"][:, opening:].mean(axis=1) for each in arm]))
        projects.append(np.stack([starts(each)[:, -1] - starts(each)[:, opening - 1] for each in arm]))

    def rise(a: Any, b: Any) -> float:
        return float(np.log(b.mean() / a.mean())) if a.mean() > 0 and b.mean() > 0 else float("nan")

    def difference(f0: Any, f1: Any, p0: Any, p1: Any) -> float:
        return rise(f0, f1) - rise(p0, p1)

    return {
        "familiarity": resampled(rise, *familiar),
        "larger": resampled(difference, *familiar, *projects),
    }


@experiment("P07")
def who_proposes(lab: Laboratory) -> dict[str, Estimate]:
    """Whose projects they are under a covenant and in a client-contractor relation."""
    found: dict[str, Estimate] = {}
    shares = []
    for name in ("covenant", "client_contractor"):
        table = {who: lab.finals(by_number((name,)), f"projects_started_{who}") for who in (*LEVELS, "bureau")}
        total = sum(table.values())
        most = table["board"] + table["bureau"] if name == "covenant" else table["middle"]
        found[name] = ratio(most, total)
        shares += [(table[level], total) for level in LEVELS]

    def least(*tables: Any) -> float:
        totals = [each.sum() for each in tables]
        return float(min(a / b if b > 0 else 0.0 for a, b in zip(totals[::2], totals[1::2], strict=True)))

    found["any"] = resampled(least, *(one for pair in shares for one in pair))
    return found


@experiment("P20")
def passage(lab: Laboratory) -> dict[str, Estimate]:
    """Project starts in the year after the doors open against the year before, with and without an owner."""
    opening = 36
    change = []
    for owner in (0, 1):
        totals = [
            starts(monthly(lab.sample(each, series=STARTS, times=2.0)))
            for each in by_number(("building",), structure={"passage_assigned": owner})
        ]
        years = [(each[:, opening - 13], each[:, opening - 1], each[:, opening + 11]) for each in totals]
        change.append(np.stack([(after - at) - (at - before) for before, at, after in years]))
    return {"fall": mean(change[0]), "less": mean(change[1] - change[0])}


@experiment("P21")
def loose(lab: Laboratory) -> dict[str, Estimate]:
    """How satisfaction goes on after two years in loose forms and in a project organisation; and in the first year."""
    columns = (*(f"satisfaction_{level}" for level in LEVELS), "dissolved_month")

    def satisfied(framework: str) -> tuple[Any, Any]:
        slopes, first = [], []
        for each in by_number((framework,)):
            series = monthly(lab.sample(each, series=columns))
            table = over_levels(series, "satisfaction")
            months = np.arange(24, 120) - 71.5
            slope = (table[:, 24:] * months).sum(axis=1) / (months * months).sum() * 12.0
            slopes.append(np.where(series["dissolved_month"][:, -1] == 0, slope, np.nan))
            first.append(table[:, :12].mean(axis=1))
        return np.stack(slopes), np.stack(first)

    firm = satisfied("project_organisation")
    forms = [satisfied(name) for name in ("informal", "client_contractor")]
    return {
        "slope": mean(np.stack([each[0] - firm[0] for each in forms])),
        "first": mean(np.stack([each[1] - firm[1] for each in forms])),
    }


@experiment("P24")
def lightest(lab: Laboratory) -> dict[str, Estimate]:
    """What each form yields per k€ on a bounded and on a wide, entangled task; the lightest against the best other."""
    tasks = {
        "bounded": ({"domains": ["elderly", "welfare"]}, {"entanglement": 0.15, "organisations_needed": 2}),
        "wide": ({}, {"entanglement": 0.7, "organisations_needed": 4, "cases_per_month": 20}),
    }

    def weight(scenario: Scenario) -> float:
        structure = scenario.collaborations[0].structure
        hours = float(structure["overhead_hours"]) * 12.0 * lab.parameter("hour_keur", scenario)
        return hours + float(structure["overhead_keur_per_year"])

    found = {}
    for task, (collaboration, neighbourhood) in tasks.items():
        scenarios = [
            ground(framework, 4, collaboration=collaboration, neighbourhood=neighbourhood) for framework in FRAMEWORKS
        ]
        scenarios.sort(key=weight)
        shares = [float(neighbourhood["entanglement"])]
        alone = lab.parameter("ordinary_outcome", scenarios[0]) * (1.0 - shares[0])
        alone += lab.parameter("apart_outcome", scenarios[0]) * shares[0]
        cases_handled = 120.0 * float(scenarios[0].value("neighbourhoods.neighbourhood.cases_per_month"))
        gained = (lab.finals(scenarios, "case_outcome") - alone) * cases_handled
        cost = lab.finals(scenarios, "cost_keur")

        def ahead(g: Any, c: Any) -> float:
            yields = g.sum(axis=-1) / c.sum(axis=-1)
            return float(yields[0] - yields[1:].max())

        found[task] = resampled(ahead, gained, cost)
    return found
