"""How far patterns hold off the defaults: over the plausible ranges of everything that is uncertain.

Settings are a scrambled Sobol sequence over the ranges of all parameters of the kind *uncertainty*. A D pattern is
judged over all of them. A C pattern is judged over those that the *other* C patterns accept, so that it is not judged
where the model is known to be wrong, nor credited for what it was tuned to itself. A setting is accepted if the
estimates of all counting criteria are within their bounds; if fewer than ``NEAREST`` of all are, those are accepted
that come nearest (rejection with a tolerance, as in approximate Bayesian computation). The distance of a setting is

    √ Σ over patterns (the greatest of its criteria's shortfalls)²,  shortfall = what misses the bound / s

where s is the standard deviation of the criterion's estimate over all settings. A C pattern that hardly any setting
meets cannot sort settings: it is left out of acceptance, and named.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy.stats import qmc

from sim.parameters import PARAMETERS
from sim.patterns.many import Variant

SETTINGS: Final = 200
REPLICATES: Final = 12
ROBUST: Final = 0.8
SORTS_LEAST: Final = 0.02  # a C pattern that fewer settings meet does not sort settings
NEAREST: Final = 0.15  # share of all settings that is accepted at the least


def uncertain() -> tuple[str, ...]:
    """Return the names of the parameters that are sampled."""
    return tuple(name for name, quantity in PARAMETERS.items() if quantity.kind == "uncertainty")


def settings(count: int = SETTINGS, seed: int = 1) -> tuple[Variant, ...]:
    """Return points of a scrambled Sobol sequence over the ranges of all uncertain parameters."""
    names = uncertain()
    low = np.array([PARAMETERS[name].low for name in names])
    high = np.array([PARAMETERS[name].high for name in names])
    power = max(1, (count - 1).bit_length())
    points = qmc.Sobol(len(names), scramble=True, rng=np.random.default_rng(seed)).random_base2(power)[:count]
    digits = len(str(count - 1))
    found = []
    for number, row in enumerate(low + points * (high - low)):
        values = {name: float(value) for name, value in zip(names, row, strict=True)}
        found.append(Variant(f"{number:0{digits}d}", parameters=values))
    return tuple(found)


def met(findings: pd.DataFrame) -> pd.DataFrame:
    """Return for each variant (row) and pattern (column) whether all estimates are within their bounds."""
    counting = findings[findings["counts"]]
    within = (counting["estimate"] > counting["above"]) & (counting["estimate"] < counting["below"])
    rows = counting.assign(met=within)
    table = rows.pivot_table(index="variant", columns="pattern", values="met", aggfunc="all")
    return table.astype(bool)


def shortfalls(findings: pd.DataFrame) -> pd.DataFrame:
    """Return for each variant (row) and pattern (column) by how much it misses its bounds, 0 if it does not.

    Dimensionless, in standard deviations over the variants; infinite where there is no estimate.
    """
    counting = findings[findings["counts"]]
    estimate = counting["estimate"]
    spread = counting.groupby(["pattern", "criterion"])["estimate"].transform("std")
    missed = (counting["above"] - estimate).combine(estimate - counting["below"], max).clip(lower=0.0)
    missed = (missed / spread.where(spread > 0.0, 1.0)).fillna(np.inf)
    return counting.assign(missed=missed).pivot_table(
        index="variant", columns="pattern", values="missed", aggfunc="max", dropna=False
    )


@dataclass(frozen=True)
class Acceptance:
    """Which settings the C patterns accept, all but one; ``left_out`` do not sort settings."""

    table: pd.DataFrame
    missed: pd.DataFrame
    sorting: tuple[str, ...]
    left_out: tuple[str, ...]

    def without(self, pattern: str) -> list[str]:
        """Return the settings that all other C patterns accept: that meet them all, or come nearest."""
        others = [each for each in self.sorting if each != pattern]
        distance = np.sqrt((self.missed[others] ** 2).sum(axis=1))
        count = max(int(self.table[others].all(axis=1).sum()), math.ceil(NEAREST * len(distance)))
        return sorted(distance.sort_values(kind="stable").index[:count])

    @property
    def accepted(self) -> list[str]:
        """Return the settings that all C patterns accept."""
        return self.without("")


def acceptance(findings: pd.DataFrame) -> Acceptance:
    """Return which settings are accepted on which C patterns."""
    table = met(findings)
    roles = findings.drop_duplicates("pattern").set_index("pattern")["role"]
    calibrating = [each for each in table.columns if roles[each] == "C"]
    sorting = tuple(each for each in calibrating if table[each].mean() >= SORTS_LEAST)
    left_out = tuple(each for each in calibrating if each not in sorting)
    return Acceptance(table, shortfalls(findings), sorting, left_out)


def robustness(findings: pd.DataFrame) -> pd.DataFrame:
    """Return for each pattern and criterion in how many of its settings it holds, and its median effect.

    ``within``: share of settings whose estimate is within the bounds; ``holds``: whose interval is; ``low`` and
    ``high``: the middle 90 % of estimates. Rows with an empty criterion are for the pattern as a whole, and ``robust``
    says whether it is within in at least 80 % of its settings; with fewer than ten settings that is not judged.
    """
    accepted = acceptance(findings)
    rows = []
    for name, group in findings.groupby("pattern", sort=False):
        role = str(group["role"].iloc[0])
        chosen = accepted.without(str(name)) if role == "C" else list(accepted.table.index)
        here = group[group["variant"].isin(chosen)]
        whole = here[here["counts"]].groupby("variant")
        within = accepted.table[name][accepted.table.index.isin(chosen)]
        holds = whole["holds"].agg(lambda each: bool((each == "yes").all()))
        judged = len(chosen) >= 10
        rows.append(
            {
                "pattern": name, "role": role, "criterion": "", "settings": len(chosen), "within": _mean(within),
                "holds": _mean(holds), "median": np.nan, "low": np.nan, "high": np.nan,
                "robust": ("yes" if within.mean() >= ROBUST else "no") if judged else "not shown",
            }
        )  # fmt: skip
        for criterion, part in here.groupby("criterion", sort=False):
            estimates = part["estimate"].dropna()
            inside = (part["estimate"] > part["above"]) & (part["estimate"] < part["below"])
            low, middle, high = (
                np.quantile(estimates, (0.05, 0.5, 0.95)) if len(estimates) else (np.nan, np.nan, np.nan)
            )
            rows.append(
                {
                    "pattern": name, "role": role, "criterion": criterion, "settings": len(part),
                    "within": _mean(inside), "holds": _mean(part["holds"] == "yes"), "median": middle, "low": low,
                    "high": high, "robust": "",
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def _mean(values: Iterable[bool]) -> float:
    given = list(values)
    return float(np.mean(given)) if given else float("nan")


def chosen_worlds(findings: pd.DataFrame, variants: Sequence[Variant]) -> tuple[list[Mapping[str, float]], Acceptance]:
    """Return the parameters of the settings that all C patterns accept, with what accepted them."""
    accepted = acceptance(findings)
    names = set(accepted.accepted)
    return [each.parameters for each in variants if each.name in names], accepted
