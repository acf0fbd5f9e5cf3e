"""Which numbers outcomes react to: Morris screening and Sobol indices, and how that compares with the evidence."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.parameters import PARAMETERS
from sim.problems import single
from sim.sampling import MORRIS_LEVELS, Span, problem, unit_points
from sim.sensitivity.measures import USUAL, measure_of, results_of, values_of
from sim.sweeps.opened import Results

if TYPE_CHECKING:
    import pandas as pd

_SEED = 1  # of the resampling for intervals


def _asked(folder: Results | str | os.PathLike[str], method: str) -> tuple[Results, list[Span], Any]:
    """Return results, the dimensions as shares of their range, and the points in the unit cube."""
    results = results_of(folder)
    sample = results.design.sample
    if sample is None or sample.method != method:
        given = f"{sample.method} is given" if sample else "nothing is sampled"
        message = f"the design has no points for this; {given}"
        raise single(str(results.folder), message, allowed=f'[sample] with method = "{method}"')
    spans = [Span(span.path, 0.0, 1.0) for span in sample.spans]
    return results, spans, unit_points(method, sample.points, len(spans), results.design.seed)


def _arms(results: Results, outcomes: Sequence[str]) -> Any:
    """Go through arms and measures with the mean over replicates at every point."""
    values = values_of(results, outcomes)
    for arm in range(results.design.arms):
        part = values[values["arm"] == arm]
        row = results.design.row(arm)
        label: dict[str, Any] = {
            "arm": arm,
            "framework": part["framework"].iloc[0],
            "partners": part["partners"].iloc[0],
        }
        chosen = zip(results.design.factors, row.options, strict=True)
        label |= {factor.name: factor.options[place].value for factor, place in chosen}
        means = part.groupby("point", sort=True)[list(outcomes)].mean()
        for outcome in outcomes:
            numbers = means[outcome].to_numpy()
            if np.isnan(numbers).any():
                point = int(means.index[np.isnan(numbers)][0])
                raise single(str(results.folder), f"all runs at point {point} failed", path=outcome)
            yield label, outcome, numbers


def morris(folder: Results | str | os.PathLike[str], outcomes: Sequence[str] = USUAL) -> pd.DataFrame:
    """Return how outcomes react when one value at a time moves through its range (Morris 1991, Campolongo 2007).

    A row per arm, outcome and path: ``mu_star``, the mean size of the reaction to the whole range, in the outcome's
    unit, with a 95 % interval (``low``, ``high``); ``mu``, the same with its sign; ``sigma``, how much the reaction
    hangs on all else; ``worth``, mu_star in smallest differences worth naming.

    Raises:
        ScenarioError: the sweep is not complete, or its points were not made for this.
    """
    import pandas as pd  # noqa: PLC0415
    from SALib.analyze import morris as analysis  # noqa: PLC0415

    results, spans, points = _asked(folder, "morris")
    rows = []
    for label, outcome, numbers in _arms(results, outcomes):
        found = analysis.analyze(problem(spans), points, numbers, num_levels=MORRIS_LEVELS, seed=_SEED)
        for place, span in enumerate(spans):
            size, half = float(found["mu_star"][place]), float(found["mu_star_conf"][place])
            rows.append(
                {
                    **label,
                    "outcome": outcome,
                    "path": span.path,
                    "mu_star": size,
                    "low": max(0.0, size - half),
                    "high": size + half,
                    "mu": float(found["mu"][place]),
                    "sigma": float(found["sigma"][place]),
                    "worth": size / measure_of(outcome).smallest,
                }
            )
    return pd.DataFrame(rows)


def sobol(folder: Results | str | os.PathLike[str], outcomes: Sequence[str] = USUAL) -> pd.DataFrame:
    """Return which share of an outcome's variance goes back to which value (Sobol 2001, Saltelli 2010).

    A row per arm, outcome and path: ``first``, the share of the value alone, and ``total``, that with others too, each
    with a 95 % interval (``first_low`` …); ``sd``, the standard deviation of the outcome over the points. Estimates are
    not held within [0, 1]: what lies outside shows how rough they are.

    Raises:
        ScenarioError: the sweep is not complete, or its points were not made for this.
    """
    import pandas as pd  # noqa: PLC0415
    from SALib.analyze import sobol as analysis  # noqa: PLC0415

    results, spans, _ = _asked(folder, "saltelli")
    rows = []
    for label, outcome, numbers in _arms(results, outcomes):
        if np.ptp(numbers) == 0.0:
            found = {name: np.zeros(len(spans)) for name in ("S1", "S1_conf", "ST", "ST_conf")}
        else:
            found = analysis.analyze(problem(spans), numbers, calc_second_order=False, seed=_SEED)
        for place, span in enumerate(spans):
            first, total = float(found["S1"][place]), float(found["ST"][place])
            first_half, total_half = float(found["S1_conf"][place]), float(found["ST_conf"][place])
            rows.append(
                {
                    **label,
                    "outcome": outcome,
                    "path": span.path,
                    "first": first,
                    "first_low": first - first_half,
                    "first_high": first + first_half,
                    "total": total,
                    "total_low": total - total_half,
                    "total_high": total + total_half,
                    "sd": float(np.std(numbers)),
                }
            )
    return pd.DataFrame(rows)


_SURE = {"high": 2, "medium": 1, "low": 0}


def evidence(screening: pd.DataFrame) -> pd.DataFrame:
    """Return how sure each parameter's source is against how much it matters, what matters most first.

    ``screening`` is what ``morris`` returns. A row per parameter: ``influence``, the largest reaction of any outcome in
    any arm, in smallest differences worth naming; ``outcome``, which one that was; ``default``, ``low``, ``high``,
    ``unit``, ``source``, ``where``, ``confidence``, ``meaning`` of the register; ``verdict``: *find out* where a number
    that matters is a mere assumption, *rests on a source* where it is more than that, *does not matter* where no
    outcome reacts by a difference worth naming.
    """
    import pandas as pd  # noqa: PLC0415

    rows = []
    for path, part in screening.groupby("path", sort=False):
        name = str(path).removeprefix("parameters.")
        if not str(path).startswith("parameters."):
            continue
        quantity = PARAMETERS[name]
        top = part.iloc[int(part["worth"].to_numpy().argmax())]
        influence = float(top["worth"])
        matters = influence >= 1.0
        verdict = "find out" if _SURE[quantity.confidence] == 0 else "rests on a source"
        rows.append(
            {
                "parameter": name,
                "influence": influence,
                "outcome": top["outcome"],
                "default": quantity.default,
                "low": quantity.low,
                "high": quantity.high,
                "unit": quantity.unit,
                "source": quantity.source,
                "where": quantity.where,
                "confidence": quantity.confidence,
                "verdict": verdict if matters else "does not matter",
                "meaning": quantity.meaning,
            }
        )
    return pd.DataFrame(rows).sort_values(["influence", "parameter"], ascending=[False, True], ignore_index=True)
