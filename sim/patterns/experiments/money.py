"""What money does: earmarking, competition, tenders lost."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.patterns.grounds import FRAMEWORKS, ground
from sim.patterns.laboratory import Laboratory
from sim.patterns.registry import by_number, experiment
from sim.patterns.statistics import Estimate, mean, relative, resampled


@experiment("P08")
def earmarked(lab: Laboratory) -> dict[str, Estimate]:
    """More of the partners' money bound beforehand, with their income as it was."""
    kinds = ("welfare", "care", "municipality", "other")
    partners, corporation = [], []
    for share in (0.4, 0.9):
        scenarios = by_number(FRAMEWORKS, (2, 4), others={"earmarked_share": share})
        partners.append(np.sum([lab.finals(scenarios, f"invested_keur_{kind}") for kind in kinds], axis=0))
        corporation.append(lab.finals(scenarios, "invested_keur_housing_corporation"))

    def change(*arms: Any) -> float:
        shares = []
        for c, p in (arms[:2], arms[2:]):
            own, others = c.sum(axis=-1), p.sum(axis=-1)
            some = own + others > 0.0
            shares.append(float((own[some] / (own + others)[some]).mean()))
        return shares[1] - shares[0]

    return {
        "invest": relative(partners[1], partners[0]),
        "share": resampled(change, corporation[0], partners[0], corporation[1], partners[1]),
    }


@experiment("P09")
def competition(lab: Laboratory) -> dict[str, Estimate]:
    """Tendering on or off, where trust was low or high before, under building and covenant."""
    deep: dict[tuple[float, float], Any] = {}
    horizon: dict[float, list[Any]] = {0.0: [], 0.6: []}
    business: dict[float, list[Any]] = {0.0: [], 0.6: []}
    for trust in (0.25, 0.65):
        for share in (0.0, 0.6):
            depth = []
            for each in by_number(
                ("building", "covenant"), others={"tendered_share": share}, relation={"": {"trust": trust}}
            ):
                sample = lab.sample(each, organisations=("horizon_months", "business_likeness"))
                depth.append(0.5 * (sample.final("routines") + sample.final("breadth")))
                rows = [row for row in range(len(sample.organisation_names)) if row != sample.row("partner_1")]
                horizon[share].append(sample.organisations["horizon_months"][:, :, rows].mean(axis=(1, 2)))
                business[share].append(sample.organisations["business_likeness"][:, -1, rows].mean(axis=1))
            deep[trust, share] = np.stack(depth)
    low = deep[0.25, 0.6] - deep[0.25, 0.0]
    high = deep[0.65, 0.6] - deep[0.65, 0.0]

    def kept(high_with: Any, high_without: Any, low_with: Any, low_without: Any) -> float:
        return float(high_with.sum() / high_without.sum() - low_with.sum() / low_without.sum())

    return {
        "horizon": mean(np.stack(horizon[0.6]) - np.stack(horizon[0.0])),
        "deepening": mean(0.5 * (low + high)),
        "buffered": mean(high - low),
        "proportion": resampled(kept, deep[0.65, 0.6], deep[0.65, 0.0], deep[0.25, 0.6], deep[0.25, 0.0]),
        "business": mean(np.stack(business[0.6]) - np.stack(business[0.0])),
    }


@experiment("P10")
def stranded(lab: Laboratory) -> dict[str, Estimate]:
    """A contract lost after investing, against as much income lost with the contract kept.

    Both are alike until the contract ends: the chance to lose is set in that month only. What counts is worlds in which
    the contract was lost and something had been invested in the three years before.
    """
    month, share, at = 48, 0.4, "organisations.partner_2."
    pressed = {
        "tendered_share": share, "contract_end_months": month, "contract_term_months": 60, "regime": "winner_takes_all",
    }  # fmt: skip
    changes = []
    for framework in ("covenant", "client_contractor", "project_organisation", "building"):
        base = ground(framework, 4, "welfare").replace({f"{at}{name}": value for name, value in pressed.items()})
        income = float(base.value(f"{at}income_keur")) * (1.0 - share)
        lost = base.with_interventions(
            {"id": "lost", "month": month, "until": month + 1, "set": {f"{at}loss_chance": 1.0}}
        )
        kept = base.with_interventions(
            {"id": "kept", "month": month, "until": month + 1, "set": {f"{at}loss_chance": 0.0}},
            {"id": "cut", "month": month + 1, "until": month + 61, "set": {f"{at}income_keur": income}},
        )
        arms = [lab.sample(each, organisations=("invested_keur",), events=True, times=2.0) for each in (lost, kept)]
        row = arms[0].row("partner_2")
        tables = [each.organisations["invested_keur"][:, :, row].astype(float) for each in arms]
        gone = [
            np.any((rows["month"] == month) & (rows["organisation"] == row)) for rows in arms[0].events("tender_lost")
        ]
        invested = tables[0][:, month - 36 : month].sum(axis=1) > 0.0
        change = tables[0][:, month : month + 36].sum(axis=1) - tables[1][:, month : month + 36].sum(axis=1)
        changes.append(np.where(np.array(gone) & invested, change, np.nan))
    return {"less": mean(np.stack(changes))}
