"""What people do: disengaging, boundary spanners, conflicts brought up, small teams, partners alike, third parties."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.patterns.grounds import FRAMEWORKS, ground
from sim.patterns.laboratory import Laboratory, Sample
from sim.patterns.registry import by_number, experiment, monthly, over_levels
from sim.patterns.statistics import Estimate, centred, mean, resampled, standardised
from sim.scenario import Scenario
from sim.structure import LEVELS


@experiment("P11")
def gaps(lab: Laboratory) -> dict[str, Estimate]:
    """What a fall in engagement and withdrawals over three years follow: unmet expectations or practice before.

    Runs are compared within a framework and number of partners; engagement before is held equal.
    """
    before, after = 36, 72
    columns = (
        *(f"{name}_{level}" for name in ("engagement", "expectation_gap") for level in LEVELS),
        "practice_maturity", "dissolved_month",
    )  # fmt: skip
    scenarios = by_number(FRAMEWORKS, (2, 4))
    told: dict[str, list[Any]] = {name: [] for name in ("fall", "exits", "gap", "practice", "engaged")}
    for each in scenarios:
        sample = lab.sample(each, series=columns, events=True, times=5.0)  # exits are rare
        table = monthly(sample)
        engagement = over_levels(table, "engagement")
        exits = [
            np.count_nonzero((rows["month"] > before) & (rows["month"] <= after))
            for rows in sample.events("level_withdrew")
        ]
        lasted = table["dissolved_month"][:, after - 1] == 0
        told["fall"].append(np.where(lasted, engagement[:, before - 1] - engagement[:, after - 1], np.nan))
        told["exits"].append(np.where(table["dissolved_month"][:, before - 1] == 0, np.array(exits, float), np.nan))
        told["gap"].append(over_levels(table, "expectation_gap")[:, before - 1])
        told["practice"].append(table["practice_maturity"][:, before - 1])
        told["engaged"].append(engagement[:, before - 1])
    tables = {name: np.stack(each) for name, each in told.items()}

    def closer(*given: Any) -> float:
        weights = standardised(*(centred(each) for each in given))
        return float(weights[0] - abs(weights[1]))

    predictors = [tables[name] for name in ("gap", "practice", "engaged")]
    hopes = [lab.ambition(each, 120) - lab.ambition(each, 12) for each in scenarios]
    return {
        "engagement": resampled(closer, tables["fall"], *predictors),
        "exits": resampled(closer, tables["exits"], *predictors),
        "fall": mean(np.stack(hopes)),
    }


@experiment("P14")
def spanners(lab: Laboratory) -> dict[str, Estimate]:
    """A boundary spanner from the start: trust, practice, and how much of practice went by way of trust."""
    columns = (*(f"trust_{level}" for level in LEVELS), "practice_maturity")
    person = {"id": "spanner", "collaboration": "collaboration", "payer": "shared", "skill": 0.75}
    trust, practice = [], []
    for people in ([], [person]):
        arm = [
            monthly(lab.sample(each.replace({"spanners": people}), series=columns)) for each in by_number(FRAMEWORKS)
        ]
        trust.append(np.stack([over_levels(each, "trust")[:, 12:60].mean(axis=1) for each in arm]))
        practice.append(np.stack([each["practice_maturity"][:, 60:].mean(axis=1) for each in arm]))
    more_trust, more_practice = trust[1] - trust[0], practice[1] - practice[0]

    def through(x: Any, y: Any) -> float:
        flat = x.ravel()
        if flat.std() == 0.0:
            return float("nan")
        slope = np.cov(flat, y.ravel())[0, 1] / flat.var(ddof=1)
        return float(slope * flat.mean())

    return {
        "trust": mean(more_trust),
        "practice": mean(more_practice),
        "through": resampled(through, more_trust, more_practice),
    }


@experiment("P15")
def escalation(lab: Laboratory) -> dict[str, Estimate]:
    """Conflicts brought up to boards that step in, from month 49 on, for those that were stuck in month 48.

    Stuck: going on, and below practice or in an established stall (sham, partial, shared address). A stall ends with a
    higher phase than it had.
    """
    month = 48
    columns = ("phase", "end_state", "dissolved_month", "months_negotiating")
    ends, spells = [], []
    at = "collaborations.*.structure."
    for each in by_number(FRAMEWORKS, organisation={"interest_conflict": 0.6}):
        arms = []
        for share in (0.0, 0.8):
            agreed = {f"{at}escalation": share, f"{at}boards_commit": share}
            chosen = each.replace({f"{at}escalation": 0.0, f"{at}boards_commit": 0.0}).with_interventions(
                {"id": "agreed", "month": month + 1, "set": agreed}
            )
            table = monthly(lab.sample(chosen, series=columns))
            before = table["phase"][:, month - 1]
            state = table["end_state"][:, month - 1]
            stuck = (table["dissolved_month"][:, month - 1] == 0) & ((before < 3) | np.isin(state, (1, 3, 4)))
            higher = table["phase"][:, month:] > before[:, None]
            waited = np.where(higher.any(axis=1), higher.argmax(axis=1) + 1.0, higher.shape[1] + 1.0)
            arms.append(np.where(stuck, waited, np.nan))
            if share > 0.0:
                negotiating = np.diff(table["months_negotiating"], axis=1) > 0
                spells.append(np.count_nonzero(negotiating[:, 1:] & ~negotiating[:, :-1], axis=1))
        ends.append(arms[1] - arms[0])
    return {"stalls": mean(np.stack(ends)), "alternate": mean(np.stack(spells) >= 2)}


def _first_finish(lab: Laboratory, scenario: Scenario) -> Any:
    table = np.asarray(lab.sample(scenario, series=("projects_finished",)).series["projects_finished"], float)
    return np.where(table[:, -1] > 0, (table > 0).argmax(axis=1) + 1.0, table.shape[1] + 1.0)


@experiment("P16")
def small_teams(lab: Laboratory) -> dict[str, Estimate]:
    """The same eight partners in teams of three or at one table, with the same mandate.

    Tried with coordination loss as it is, and without.
    """
    sooner = []
    for loss in (None, 0.0):
        arms = []
        for size in (3, 19):
            scenarios = by_number(FRAMEWORKS, (8,), structure={"team_partners": size, "team_mandate": 0.8})
            if loss is not None:
                scenarios = [each.replace({"parameters.coordination_loss": loss}) for each in scenarios]
            arms.append(np.stack([_first_finish(lab, each) for each in scenarios]))
        sooner.append(arms[0] - arms[1])
    return {"sooner": mean(sooner[0]), "by_coordination": mean(sooner[0] - sooner[1])}


@experiment("P22")
def swapped(lab: Laboratory) -> dict[str, Estimate]:
    """One partner replaced by one of another partner's kind, with nothing tendered."""
    pairs = (
        (("housing_corporation", "welfare", "care"), ("housing_corporation", "welfare", "welfare")),
        (("housing_corporation", "care", "welfare"), ("housing_corporation", "care", "care")),
        (("housing_corporation", "municipality", "care"), ("housing_corporation", "care", "care")),
    )
    change = []
    for framework in FRAMEWORKS:
        for different, alike in pairs:
            arms = [
                ground(framework, kinds=kinds, organisation={"tendered_share": 0.0}) for kinds in (different, alike)
            ]
            tables = lab.finals(arms, "joint_case_share")
            change.append(tables[1] - tables[0])
    return {"less": mean(np.stack(change))}


def _joined(sample: Sample) -> Any:
    return np.array([len(rows) > 0 for rows in sample.events("partner_joined")], float)


@experiment("P23")
def third(lab: Laboratory) -> dict[str, Estimate]:
    """Whether a third organisation joins: results celebrated or not; partners that hurt each other or not."""
    more, less = [], []
    for framework in FRAMEWORKS:
        quiet, praised = (
            _joined(lab.sample(ground(framework, 4, candidates=1, structure={"celebration": share}), events=True))
            for share in (0.0, 1.0)
        )
        more.append(praised - quiet)
        easy, hurt = (
            _joined(
                lab.sample(
                    ground(
                        framework, 4, candidates=1, others={"tendered_share": 0.4, "rivals": share},
                        structure={"role_clarity": 0.2},
                    ),
                    events=True,
                )
            )
            for share in (0.0, 1.0)
        )  # fmt: skip
        less.append(hurt - easy)
    return {"celebrated": mean(np.stack(more)), "bad": mean(np.stack(less))}
