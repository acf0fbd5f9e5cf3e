"""Estimates with intervals, over replicates: a replicate is one world, in which all arms of an experiment share luck.

Whatever is taken together within a replicate (frameworks, numbers of partners, partners) is first averaged or pooled
there, so that an interval speaks of independent worlds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy import stats

CONFIDENCE: Final = 0.95
RESAMPLES: Final = 400


@dataclass(frozen=True)
class Estimate:
    """A number with its interval; NaN where there was nothing to measure."""

    value: float
    low: float
    high: float


NOTHING: Final = Estimate(math.nan, math.nan, math.nan)


def mean(values: Any) -> Estimate:
    """Return the mean over the last axis (replicates), after averaging over all others, with a t interval.

    Cells without a value (NaN) do not count; a replicate without any does not either.
    """
    table = np.asarray(values, float)
    if table.ndim > 1:
        table = table.reshape(-1, table.shape[-1])
        known = ~np.isnan(table)
        count = known.sum(axis=0)
        table = np.where(count > 0, np.where(known, table, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)
    table = table[~np.isnan(table)]
    if table.size < 3:
        return NOTHING
    middle = float(table.mean())
    spread = float(table.std(ddof=1) / math.sqrt(table.size))
    half = float(stats.t.ppf(0.5 + CONFIDENCE / 2.0, table.size - 1)) * spread
    return Estimate(middle, middle - half, middle + half)


def resampled(statistic: Callable[..., float], *arrays: Any) -> Estimate:
    """Return a statistic of arrays whose last axis is the replicates, with a bootstrap interval over replicates."""
    tables = [np.asarray(each, float) for each in arrays]
    size = tables[0].shape[-1]
    if size < 3:
        return NOTHING
    value = float(statistic(*tables))
    if math.isnan(value):
        return NOTHING

    chosen = np.random.default_rng(0).integers(0, size, (RESAMPLES, size))
    draws = np.array([statistic(*(table[..., rows] for table in tables)) for rows in chosen], float)
    draws = draws[~np.isnan(draws)]
    if draws.size < RESAMPLES // 2:
        return NOTHING
    tail = (1.0 - CONFIDENCE) / 2.0
    return Estimate(value, float(np.quantile(draws, tail)), float(np.quantile(draws, 1.0 - tail)))


def ratio(above: Any, below: Any) -> Estimate:
    """Return the ratio of two totals over all cells and replicates, as for a share of a subgroup."""
    return resampled(_ratio, above, below)


def _ratio(above: Any, below: Any) -> float:
    total = float(np.nansum(below))
    return float(np.nansum(above)) / total if total > 0.0 else math.nan


def share_difference(first: Any, first_of: Any, second: Any, second_of: Any) -> Estimate:
    """Return the difference between two shares of subgroups."""
    return resampled(lambda a, b, c, d: _ratio(a, b) - _ratio(c, d), first, first_of, second, second_of)


def median(values: Any) -> Estimate:
    """Return the median of what is known of all cells and replicates."""
    return resampled(_median, values)


def _median(values: Any) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if known.size >= 3 else math.nan


def centred(values: Any) -> Any:
    """Return a table (cells, replicates) less the mean of what is known of each cell."""
    known = ~np.isnan(values)
    total = np.where(known, values, 0.0).sum(axis=-1, keepdims=True)
    return values - total / np.maximum(known.sum(axis=-1, keepdims=True), 1)


def standardised(outcome: Any, *predictors: Any) -> Any:
    """Return the standardised coefficients of a regression of the outcome on predictors, over everything known."""
    flat = [np.asarray(each, float).ravel() for each in (outcome, *predictors)]
    known = ~np.any(np.isnan(flat), axis=0)
    flat = [each[known] for each in flat]
    if flat[0].size < 10 or any(each.std() == 0.0 for each in flat):
        return np.full(len(predictors), np.nan)
    scaled = [(each - each.mean()) / each.std() for each in flat]
    return np.linalg.lstsq(np.stack(scaled[1:], axis=1), scaled[0], rcond=None)[0]


def explained(values: Any) -> float:
    """Return the share of variance that groups explain (eta²); ``values``: (groups, …)."""
    groups = [np.ravel(each)[~np.isnan(np.ravel(each))] for each in values]
    everything = np.concatenate(groups)
    if everything.size < 3 or everything.std() == 0.0:
        return math.nan
    middle = everything.mean()
    between = sum(each.size * (each.mean() - middle) ** 2 for each in groups if each.size)
    return float(between / ((everything - middle) ** 2).sum())


def relative(values: Any, base: Any) -> Estimate:
    """Return the relative change of a total."""
    return resampled(lambda a, b: _ratio(a, b) - 1.0, values, base)


def lead(share: Any, others: list[Any]) -> Estimate:
    """Return by how much runs of one sort outnumber those of the next most frequent sort, as a difference of shares.

    ``share`` and each of ``others``: 1 where a run is of that sort, else 0.
    """

    def ahead(table: Any) -> float:
        shares = table.mean(axis=-1)
        return float(shares[0] - shares[1:].max())

    sorts = np.stack([np.asarray(each, float).reshape(-1, each.shape[-1]).mean(axis=0) for each in (share, *others)])
    return resampled(ahead, sorts)


def correlation(first: Any, second: Any) -> Estimate:
    """Return Pearson's correlation over all cells and replicates."""

    def pearson(x: Any, y: Any) -> float:
        known = ~np.isnan(x) & ~np.isnan(y)
        if known.sum() < 10 or x[known].std() == 0.0 or y[known].std() == 0.0:
            return math.nan
        return float(np.corrcoef(x[known], y[known])[0, 1])

    return resampled(pearson, first, second)
