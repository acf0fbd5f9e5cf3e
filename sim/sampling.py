"""Points that fill a space: Latin hypercubes, Sobol sequences, and the points that Morris and Sobol indices ask for.

All points are a pure function of the method, their number, the dimensions and a seed, so that a sweep which goes on
draws the same ones again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sim.problems import single

MORRIS_LEVELS = 4
POINTS_MOST = 10_000_000
METHODS: Final[Mapping[str, str]] = {
    "latin_hypercube": "a Latin hypercube: every dimension is cut into as many parts as there are points",
    "sobol": "a scrambled Sobol sequence; the number of points is a power of two",
    "saltelli": "the points that Sobol indices ask for: points × (dimensions + 2), a power of two to begin with",
    "morris": "the trajectories that Morris screening asks for: points × (dimensions + 1)",
}
POWERS_OF_TWO = ("sobol", "saltelli")
_NEED_SALIB = ("saltelli", "morris")


@dataclass(frozen=True)
class Span:
    """One dimension: the path of a value, the bounds between which it varies in its unit, and paths that go along."""

    path: str
    low: float
    high: float
    whole: bool = False
    also: tuple[str, ...] = ()


def count(method: str, points: int, dimensions: int) -> int:
    """Return how many points a method makes of the number asked for."""
    extra = {"saltelli": dimensions + 2, "morris": dimensions + 1}
    return points * extra.get(method, 1)


def unit_points(method: str, points: int, dimensions: int, seed: int) -> Any:
    """Return the points in the unit cube: an array of (number of points, dimensions).

    Raises:
        ScenarioError: a library that the method needs is not installed.
        ValueError: there is no such method.
    """
    if method in _NEED_SALIB:
        return _of_salib(method, points, dimensions, seed)
    from scipy.stats import qmc  # noqa: PLC0415

    luck = np.random.default_rng(seed)
    if method == "latin_hypercube":
        return qmc.LatinHypercube(dimensions, rng=luck).random(points)
    if method == "sobol":
        return qmc.Sobol(dimensions, scramble=True, rng=luck).random(points)
    raise ValueError(f"there is no method {method!r}")


def _of_salib(method: str, points: int, dimensions: int, seed: int) -> Any:
    try:
        import SALib.sample.morris  # noqa: PLC0415
        import SALib.sample.sobol  # noqa: PLC0415
    except ImportError:
        allowed = "pip install 'vital-coalitions[analysis]'"
        raise single("sample", f"the method {method} needs SALib", value=method, allowed=allowed) from None
    space = problem([Span(f"x{number}", 0.0, 1.0) for number in range(dimensions)])
    small = seed % 2**32  # as far as SALib's seed goes
    if method == "morris":
        return SALib.sample.morris.sample(space, points, num_levels=MORRIS_LEVELS, seed=small)
    return SALib.sample.sobol.sample(space, points, calc_second_order=False, seed=small)


def problem(spans: list[Span]) -> dict[str, Any]:
    """Return dimensions in the way that SALib wants to be told of them."""
    return {
        "num_vars": len(spans),
        "names": [each.path for each in spans],
        "bounds": [[each.low, each.high] for each in spans],
    }


def scaled(span: Span, unit: float) -> float | int:
    """Return the value of a dimension at a place in [0, 1]; of a whole number each value gets an equal part."""
    if span.whole:
        low, high = round(span.low), round(span.high)
        return low + min(int(unit * (high - low + 1)), high - low)
    return span.low + float(unit) * (span.high - span.low)
