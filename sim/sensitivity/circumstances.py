"""Where what is better: boxes of circumstances that a person can read, and a map of two of them.

Frameworks are compared under the same luck, run by run. A difference counts if it is surely there and at least as large
as the smallest worth naming; one that is surely smaller than that is *no difference worth naming*; the rest is *open*.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.problems import nearest, single
from sim.sensitivity.measures import Measure, measure_of, results_of, values_of
from sim.sweeps.opened import Results

if TYPE_CHECKING:
    import pandas as pd

NO_DIFFERENCE: Final = "no difference worth naming"
OPEN: Final = "open"
_BOXES_MOST = 6
_LEAST_SHARE = 0.05  # of the points that a box has to hold
_LEVEL = 0.95  # of intervals


@dataclass(frozen=True)
class Box:
    """Circumstances in which two frameworks were compared.

    ``bounds`` are those that set the box off, by path; ``share`` is the part of all points that lies inside; ``effect``
    is the mean of ``a`` − ``b`` with a 95 % interval; ``verdict`` is the name of the better one, or that there is no
    difference worth naming, or that it is open.
    """

    bounds: Mapping[str, tuple[float, float]]
    share: float
    points: int
    a: str
    b: str
    outcome: str
    effect: float
    low: float
    high: float
    verdict: str

    def __str__(self) -> str:
        """Return the box in words."""
        where = " and ".join(f"{path} {low:.2g}–{high:.2g}" for path, (low, high) in self.bounds.items()) or "anywhere"
        effect = f"{self.effect:+.2g} ({self.low:+.2g} to {self.high:+.2g})"
        return f"{where}: {self.verdict}; {self.outcome} of {self.a} against {self.b} {effect}"


def verdict_of(effect: float, low: float, high: float, measure: Measure, a: str, b: str) -> str:
    """Return who is better by a difference ``a`` − ``b`` with its interval."""
    if -measure.smallest < low and high < measure.smallest:
        return NO_DIFFERENCE
    if (low > 0.0 or high < 0.0) and abs(effect) >= measure.smallest:
        higher = effect > 0.0
        return a if higher == (measure.better >= 0) else b
    return OPEN


def _mean(values: Any) -> tuple[float, float, float]:
    """Return a mean with its interval (Student's t); without end if there is but one value."""
    from scipy.stats import t  # noqa: PLC0415

    count = len(values)
    mean = float(np.mean(values)) if count else float("nan")
    if count < 2:
        return mean, -float("inf"), float("inf")
    half = float(t.ppf((1 + _LEVEL) / 2, count - 1) * np.std(values, ddof=1) / np.sqrt(count))
    return mean, mean - half, mean + half


def boxes(
    folder: Results | str | os.PathLike[str],
    a: str,
    b: str,
    outcome: str = "practice_maturity",
    *,
    most: int = _BOXES_MOST,
) -> list[Box]:
    """Return the circumstances in which framework ``a`` does better or worse than ``b``, as boxes that cover all.

    A small regression tree (CART) cuts the sampled circumstances where the difference changes most. It is grown on one
    half of the points, and what holds in its boxes is measured on the other half, so that the boxes do not flatter
    themselves. The largest difference in favour of ``a`` comes first.

    Raises:
        ScenarioError: there are no such frameworks, or fewer than 40 points.
    """
    from sklearn.tree import DecisionTreeRegressor  # noqa: PLC0415

    results = results_of(folder)
    measure = measure_of(outcome)
    paths = _sampled(results)
    values = values_of(results, [outcome], paths)
    _known(results, values, (a, b))
    both = values[values["framework"].isin((a, b))]
    wide = both.pivot_table(index=["point", "replicate"], columns="framework", values=outcome)
    differences = (wide[a] - wide[b]).groupby("point").mean().dropna()
    where = values.groupby("point")[list(paths)].first().loc[differences.index].to_numpy(np.float64)
    points = differences.to_numpy()
    if len(points) < 40:
        raise single(str(results.folder), f"{len(points)} points are too few", allowed="40 at least")
    grows = np.random.default_rng(0).permutation(len(points)) % 2 == 0  # by chance: sequences have a pattern of two
    least = max(8, int(_LEAST_SHARE * grows.sum()))
    tree = DecisionTreeRegressor(max_leaf_nodes=max(2, most), min_samples_leaf=least, random_state=0)
    tree.fit(where[grows], points[grows])
    leaves = tree.apply(where)
    found = []
    for leaf, bounds in _leaves(tree.tree_, paths, where):
        inside = points[(leaves == leaf) & ~grows]
        effect, low, high = _mean(inside)
        found.append(
            Box(
                bounds=bounds,
                share=float((leaves == leaf).mean()),
                points=int((leaves == leaf).sum()),
                a=a,
                b=b,
                outcome=outcome,
                effect=effect,
                low=low,
                high=high,
                verdict=verdict_of(effect, low, high, measure, a, b),
            )
        )
    sign = -1.0 if measure.better >= 0 else 1.0
    return sorted(found, key=lambda box: sign * box.effect)


def _leaves(tree: Any, paths: Sequence[str], where: Any) -> Any:
    """Go through the leaves of a tree with the bounds that lead to them, within what was sampled."""
    ends = {path: (float(where[:, place].min()), float(where[:, place].max())) for place, path in enumerate(paths)}
    pending: list[tuple[int, dict[str, tuple[float, float]]]] = [(0, {})]
    while pending:
        node, bounds = pending.pop()
        if tree.children_left[node] < 0:
            yield node, {path: bounds[path] for path in paths if path in bounds}
            continue
        path, cut = paths[tree.feature[node]], float(tree.threshold[node])
        low, high = bounds.get(path, ends[path])
        pending.append((int(tree.children_left[node]), {**bounds, path: (low, cut)}))
        pending.append((int(tree.children_right[node]), {**bounds, path: (cut, high)}))


def _sampled(results: Results) -> list[str]:
    design = results.design
    if design.sample is not None:
        return [span.path for span in design.sample.spans]
    found = [factor.name for factor in design.factors if not any(isinstance(o.value, str) for o in factor.options)]
    if not found:
        raise single(str(results.folder), "no circumstances vary in this design", allowed="[sample] or [[vary]]")
    return found


def _known(results: Results, values: pd.DataFrame, frameworks: Sequence[str]) -> None:
    there = sorted(set(values["framework"]))
    for name in frameworks:
        if name not in there:
            message = f'the framework "{name}" is not in this sweep'
            allowed = f"one of {', '.join(there)}"
            raise single(str(results.folder), message, value=name, allowed=allowed, near=nearest(name, there))


# ---------------------------------------------------------------- maps


@dataclass(frozen=True, repr=False)
class Regimes:
    """Which framework does best in each of a grid of circumstances.

    ``cells``: a row per number of partners and place in the grid: ``partners``, the two paths, ``best``, ``runner_up``,
    ``effect`` (the best − the runner-up, under the same luck) with ``low`` and ``high``, and ``zone``: the best one,
    that there is no difference worth naming, or open. ``means``: the same places with the mean of every framework and
    its ``regret``: what is missed there by not having the best. ``regret``: a row per framework with the mean and the
    largest regret over all places, and the share of places in which it is within a difference worth naming of the best.
    """

    x: str
    y: str
    measure: Measure
    cells: pd.DataFrame
    means: pd.DataFrame
    regret: pd.DataFrame


def regimes(folder: Results | str | os.PathLike[str], x: str, y: str, outcome: str = "practice_maturity") -> Regimes:
    """Return which framework does best where, over two values that a design crosses with frameworks and partners.

    Raises:
        ScenarioError: these do not vary, there are fewer than two frameworks, or all runs at a place failed.
    """
    import pandas as pd  # noqa: PLC0415

    results = results_of(folder)
    measure = measure_of(outcome)
    values = values_of(results, [outcome], [x, y])
    if values["framework"].nunique() < 2:
        raise single(str(results.folder), "a map compares frameworks, and there is one", allowed="two at least")
    sign = 1.0 if measure.better >= 0 else -1.0
    cells, means = [], []
    for place, part in values.groupby(["partners", x, y], sort=True):
        wide = part.pivot_table(index="replicate", columns="framework", values=outcome).dropna()
        if wide.empty:
            raise single(str(results.folder), f"all runs at {place} failed")
        mean = (sign * wide.mean()).sort_values(ascending=False, kind="stable")
        best = str(mean.index[0])
        label = dict(zip(("partners", x, y), place, strict=True))
        zone, shown = _zone(wide, [str(name) for name in mean.index], measure, sign)
        cells.append({**label, "best": best, **shown, "zone": zone})
        for name, value in mean.items():
            means.append({**label, "framework": name, "mean": sign * value, "regret": float(mean.iloc[0] - value)})
    frame = pd.DataFrame(means)
    near = frame.assign(near=frame["regret"] < measure.smallest)
    regret = near.groupby("framework").agg(
        mean_regret=("regret", "mean"), largest_regret=("regret", "max"), near_best=("near", "mean")
    )
    regret = regret.sort_values("mean_regret", kind="stable").reset_index()
    return Regimes(x, y, measure, pd.DataFrame(cells), frame, regret)


def _zone(wide: pd.DataFrame, ranked: list[str], measure: Measure, sign: float) -> tuple[str, dict[str, Any]]:
    """Return in which zone a place lies, and the difference between the best and the runner-up."""
    best, verdicts = ranked[0], []
    shown: dict[str, Any] = {}
    for other in ranked[1:]:
        effect, low, high = _mean(sign * (wide[best] - wide[other]).to_numpy())
        if not shown:
            shown = {"runner_up": other, "effect": effect, "low": low, "high": high}
        if high < measure.smallest:
            verdicts.append(NO_DIFFERENCE)
        elif low > 0.0 and effect >= measure.smallest:
            verdicts.append(best)
        else:
            verdicts.append(OPEN)
    if all(verdict == best for verdict in verdicts):
        return best, shown
    return (NO_DIFFERENCE if verdicts[0] == NO_DIFFERENCE else OPEN), shown
