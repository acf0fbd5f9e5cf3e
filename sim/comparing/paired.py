"""Two arms in the same worlds: how far apart they are, how sure that is, and whether it is worth naming.

The difference is A minus B, run by run: replicate r of one arm lives in the same world as replicate r of the other, so
that what chance does to both cancels out. Its mean has a 95 % interval:

- for numbers, Student's t on the differences (exact for normal ones; with the hundreds of runs that a comparison has,
  close enough for skewed ones; the tests hold its coverage);
- for shares of runs (0 or 1 in each world), the score interval for matched pairs of Tango (1998, *Statistics in
  Medicine* 17, 891-908), which holds its level also where few pairs differ, or none;
- where runs are spread over worlds (sampled settings of parameters), Student's t on the means of the worlds, since
  runs in one world are not independent of each other.

Arms in which every outcome of every run is the same are the same arm: their difference is zero, not an estimate.

Verdict. The interval lies within the smallest difference worth caring about: *no difference worth naming*. It leaves
out zero, and the difference is at least that large: A or B is *better* (for an outcome without a better side, A or B
has *more*). Else it is *open*.

Intervals are not adjusted for their number: each holds 95 % by itself, so that of many intervals about one in twenty
misses. ``len(differences)`` says how many there are; what a whole row of outcomes says together is more than any one of
them, and a single small one among many is no finding.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.special import ndtri, stdtrit

CONFIDENCE = 0.95
RUNS_MOST: Final = 10_000_000
A_BETTER, B_BETTER, A_MORE, B_MORE = "a_better", "b_better", "a_more", "b_more"
NO_DIFFERENCE, OPEN = "no_difference_worth_naming", "open"
VERDICTS: Final = (A_BETTER, B_BETTER, A_MORE, B_MORE, NO_DIFFERENCE, OPEN)


@dataclass(frozen=True)
class Difference:
    """What sets two arms apart in one outcome; see ``sim.comparison.Comparison.differences``."""

    effect: float
    low: float
    high: float
    probability_a_better: float
    verdict: str
    runs_needed: int | None
    narrowing: float


def mean_interval(differences: Any, *, shares: bool = False, worlds: Any = None) -> tuple[float, float, float]:
    """Return the mean of paired differences with its interval: effect, low, high.

    Args:
        differences: one number a run.
        shares: the differences are those of outcomes that are 0 or 1.
        worlds: the world of each run by number, if runs are spread over worlds.
    """
    if worlds is not None:
        counts = np.bincount(worlds)
        differences = np.bincount(worlds, weights=differences) / counts
    elif shares:
        return _tango(differences)
    effect = float(np.mean(differences))
    half = _student(float(np.std(differences, ddof=1)), len(differences)) if len(differences) > 1 else math.inf
    return effect, effect - half, effect + half


def _student(sd: float, count: int) -> float:
    return float(stdtrit(count - 1, 0.5 + CONFIDENCE / 2.0)) * sd / math.sqrt(count)


def _tango(differences: Any) -> tuple[float, float, float]:
    """Return the score interval of a difference of paired shares: where the score statistic is within its bounds."""
    count = len(differences)
    more, less = float(np.sum(differences > 0.0)), float(np.sum(differences < 0.0))
    z = float(ndtri(0.5 + CONFIDENCE / 2.0))
    effect = (more - less) / count

    def bound(toward: float) -> float:
        inside, outside = effect, toward
        for _ in range(60):
            middle = (inside + outside) / 2.0
            if abs(_score(more, less, count, middle)) <= z:
                inside = middle
            else:
                outside = middle
        return inside

    return effect, bound(-1.0), bound(1.0)


def _score(more: float, less: float, count: int, difference: float) -> float:
    """Return Tango's score statistic for a difference of paired shares; in it the likeliest share of fewer pairs."""
    a = 2.0 * count
    b = -more - less + (2.0 * count - more + less) * difference
    c = -less * difference * (1.0 - difference)
    fewer = (math.sqrt(max(0.0, b * b - 4.0 * a * c)) - b) / (2.0 * a)
    variance = count * (2.0 * fewer + difference * (1.0 - difference))
    apart = more - less - count * difference
    return apart / math.sqrt(variance) if variance > 0.0 else math.copysign(math.inf, apart) if apart else 0.0


def compare_outcome(
    a: Any, b: Any, smallest: float, better: int, *, shares: bool = False, worlds: Any = None, identical: bool = False
) -> Difference:
    """Return what sets two arms apart in one outcome, given its value in each run, in the same order of worlds.

    ``better`` is 1 if more is better, -1 if less is, 0 if neither; then the probability is that A has more.
    ``identical`` says that the arms are the same in everything.
    """
    differences = a - b
    sign = better or 1
    probability = float(np.mean(sign * differences > 0.0)) + 0.5 * float(np.mean(differences == 0.0))
    if identical:
        return Difference(0.0, 0.0, 0.0, probability, NO_DIFFERENCE, None, math.nan)
    effect, low, high = mean_interval(differences, shares=shares, worlds=worlds)
    verdict = verdict_of(effect, low, high, smallest, better)
    needed = runs_needed(effect, low, high, smallest, len(a)) if verdict == OPEN else None
    return Difference(effect, low, high, probability, verdict, needed, narrowing(a, b, worlds))


def verdict_of(effect: float, low: float, high: float, smallest: float, better: int) -> str:
    """Return what an interval amounts to."""
    if -smallest <= low and high <= smallest:
        return NO_DIFFERENCE
    if (low > 0.0 or high < 0.0) and abs(effect) >= smallest:
        if better == 0:
            return A_MORE if effect > 0.0 else B_MORE
        return A_BETTER if effect * better > 0.0 else B_BETTER
    return OPEN


def runs_needed(effect: float, low: float, high: float, smallest: float, runs: int) -> int | None:
    """Return how many runs an arm, all told, would settle an open difference if effect and spread stay as they are.

    The interval narrows with the root of the number of runs, until it leaves out zero (a difference of a size that
    matters) or fits within what is worth caring about (a smaller one). None if that is more than ten million.
    """
    half = (high - low) / 2.0
    size = abs(effect)
    target = size if size >= smallest else smallest - size
    if not math.isfinite(half) or target <= 0.0:
        return None
    needed = runs * (half / target) ** 2
    if not needed <= RUNS_MOST:
        return None
    return max(runs + 1, math.ceil(needed * 1.02))  # what just fits now would not with a little more spread


def narrowing(a: Any, b: Any, worlds: Any = None) -> float:
    """Return how many times wider the interval would be if each arm had luck of its own; NaN if both have no width."""
    if worlds is not None:
        counts = np.bincount(worlds)
        a, b = np.bincount(worlds, weights=a) / counts, np.bincount(worlds, weights=b) / counts
    if len(a) < 2:
        return math.nan
    apart = math.sqrt(float(np.var(a, ddof=1)) + float(np.var(b, ddof=1)))
    together = float(np.std(a - b, ddof=1))
    if together == 0.0:
        return math.nan if apart == 0.0 else math.inf
    return apart / together
