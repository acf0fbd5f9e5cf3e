"""How collaborations develop: where they get stuck, how long it takes, what differs, what ends."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.patterns.grounds import FRAMEWORKS, NUMBERS, crossed
from sim.patterns.laboratory import Laboratory
from sim.patterns.registry import by_number, experiment, monthly, until
from sim.patterns.statistics import Estimate, explained, lead, mean, ratio, resampled, share_difference


@experiment("P01")
def stalls_before_practice(lab: Laboratory) -> dict[str, Estimate]:
    """Where collaborations without prior practice get stuck, over everything crossed."""
    scenarios = crossed()
    highest = lab.finals(scenarios, "highest_phase")
    formal = lab.finals(scenarios, "formal_maturity")
    mature = np.array([[lab.parameter("formal_threshold", each)] for each in scenarios])
    agreeing = np.array([[each.collaborations[0].structure["agreement"] != "none"] for each in scenarios])
    stuck = agreeing & (highest == 2)
    return {
        "most": lead(highest == 2, [highest <= 1, highest == 3, highest == 4]),
        "mature": ratio(stuck & (formal >= mature), stuck),
        "never_broaden": ratio((highest >= 3) & (highest < 5), highest >= 3),
        "few": mean(highest == 5),
    }


@experiment("P03")
def spread(lab: Laboratory) -> dict[str, Estimate]:
    """How much of the variance of practice maturity frameworks explain, at each number of equal partners."""
    tables = [
        lab.finals(by_number(FRAMEWORKS, (number,), equal=True), "practice_maturity", times=3.0) for number in NUMBERS
    ]

    def share(*arms: Any) -> float:
        return float(np.mean([explained(each) for each in arms]))

    found = resampled(share, *tables)
    return {"within": found, "between": found}


@experiment("P17")
def new_director(lab: Laboratory) -> dict[str, Estimate]:
    """A new director of the lead in month 60, apart for what was stalled and what went well in month 59."""
    month, moved_by, back_by = 60, 36, 24
    columns = ("practice_maturity", "dissolved_month", "phase")
    stalled, well = [], []
    moved: tuple[list[Any], list[Any]] = ([], [])
    back: tuple[list[Any], list[Any]] = ([], [])
    for each in by_number(FRAMEWORKS, (2, 4)):
        event = {"month": month, "kind": "director_change", "organisation": "partner_1"}
        for place, chosen in enumerate((each, each.replace({"events": [event]}))):
            table = monthly(lab.sample(chosen, series=columns, times=6.0))  # one director among several moves little
            before = table["phase"][:, month - 2]
            going = table["dissolved_month"][:, month - 2] == 0
            stuck, good = going & (before < 3), going & (before >= 3)
            if place == 0:
                stalled.append(stuck)
                well.append(good)
            later = table["phase"][:, month - 1 : month - 1 + moved_by].max(axis=1)
            moved[place].append(stuck & (later >= 3))
            soon = table["phase"][:, month - 1 : month - 1 + back_by].min(axis=1)
            back[place].append(good & (soon < before))
    return {
        "moves": share_difference(np.stack(moved[1]), np.stack(stalled), np.stack(moved[0]), np.stack(stalled)),
        "sets_back": share_difference(np.stack(back[1]), np.stack(well), np.stack(back[0]), np.stack(well)),
    }


@experiment("P18")
def lingering(lab: Laboratory) -> dict[str, Estimate]:
    """How many end in a year after the third; what becomes of those that do not deepen."""
    scenarios = crossed()
    ended = lab.finals(scenarios, "dissolved_month")
    highest = lab.finals(scenarios, "highest_phase")
    late = ~np.isnan(ended) & (ended > 36)
    years_at_risk = np.clip(until(ended, 120) - 37.0, 0.0, 84.0) / 12.0
    shallow = highest < 5
    return {"yearly": ratio(late, years_at_risk), "linger": ratio(shallow & np.isnan(ended), shallow)}
