"""Cumulative incidence of competing ends: the Aalen-Johansen estimator, from counts by month.

What. In month t, n are at risk and d of them come to an end, d_k to end k. The share that has come to end k by then is

    I_k(t) = sum over s <= t of S(s-1) d_k(s) / n(s),    S(t) = product over s <= t of (1 - d(s) / n(s))

Those whose run ends in a month are at risk in it and leave after its ends. Several ends in one month (ties) are what
monthly data are made of: they are counted, never broken at random.

Its variance is that of the delta method (Marubini and Valsecchi 1995, *Analysing Survival Data from Clinical Trials and
Observational Studies*), as in Stata's ``stcompet`` and in statsmodels' ``CumIncidenceRight``, of which this gives the
estimates and the standard errors. It is our own because statsmodels leaves out the standard errors where it takes
counts, wants a row a run where it does not, and divides by zero in a month in which all that are left come to an end.

The interval is on the scale of log(-log), so that it stays within [0, 1] (Pintilie 2006, *Competing Risks*).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Incidence:
    """By month from 0: (ends, months) shares with standard errors and intervals, and how many are at risk."""

    share: Any
    error: Any
    low: Any
    high: Any
    at_risk: Any


def incidence(ends: Any, censored: Any) -> Incidence:
    """Return the cumulative incidence of each end.

    Args:
        ends: counts (ends, months) of those who come to each end in each month.
        censored: counts (months) of those whose observation stops in each month, after its ends.
    """
    ends = np.asarray(ends, np.float64)
    total = ends.sum(axis=0)
    gone = total + np.asarray(censored, np.float64)
    at_risk = gone.sum() - np.concatenate([[0.0], np.cumsum(gone)[:-1]])
    n = np.maximum(at_risk, 1.0)
    survival = np.cumprod(1.0 - total / n)
    before = np.concatenate([[1.0], survival[:-1]])
    share = np.cumsum(before * ends / n, axis=1)
    error = np.sqrt(np.maximum(_variance(ends, total, n, before, share), 0.0))
    low, high = _interval(share, error)
    return Incidence(share, error, low, high, at_risk)


def _variance(ends: Any, total: Any, n: Any, before: Any, share: Any) -> Any:
    """Return the variance of the shares by the delta method, expanded into running sums.

    The sum over s <= t of (I(t) - I(s))² a(s) + b(s) - 2 (I(t) - I(s)) c(s), with a, b and c as below.
    """
    left = n - total
    a = np.where(left > 0.0, total / (n * np.maximum(left, 1.0)), 0.0)  # nobody left: I(t) = I(s) from then on
    b = before**2 * (n - ends) * ends / n**3
    c = before * ends / n**2
    return (
        share**2 * np.cumsum(a)
        - 2.0 * share * np.cumsum(share * a, axis=1)
        + np.cumsum(share**2 * a, axis=1)
        + np.cumsum(b, axis=1)
        - 2.0 * share * np.cumsum(c, axis=1)
        + 2.0 * np.cumsum(share * c, axis=1)
    )


def _interval(share: Any, error: Any) -> tuple[Any, Any]:
    z = float(ndtri(0.5 + CONFIDENCE / 2.0))
    inside = (share > 0.0) & (share < 1.0) & (error > 0.0)
    safe = np.where(inside, share, 0.5)
    power = z * error / (safe * np.log(safe))  # negative
    low, high = safe ** np.exp(-power), safe ** np.exp(power)
    return np.where(inside, low, share), np.where(inside, high, share)
