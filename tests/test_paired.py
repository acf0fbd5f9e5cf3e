"""Paired statistics on numbers whose truth is known: coverage, verdicts, runs needed, ties."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.comparing.paired import (
    A_BETTER,
    A_MORE,
    B_BETTER,
    B_MORE,
    NO_DIFFERENCE,
    OPEN,
    compare_outcome,
    mean_interval,
    narrowing,
    runs_needed,
    verdict_of,
)
from sim.comparing.worth import BY_NAME, COMPARED
from sim.outcomes import OUTCOMES

REPEATS = 4000
# Coverage is allowed to miss 95 % by four binomial errors, and skewed numbers by another percent and a half.
ERROR = 4 * math.sqrt(0.95 * 0.05 / REPEATS)


def coverage(draw, true: float, **how: object) -> float:
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(REPEATS):
        _, low, high = mean_interval(draw(rng), **how)
        held += low <= true <= high
    return held / REPEATS


def test_covers_normal_differences() -> None:
    assert abs(coverage(lambda rng: rng.normal(0.3, 2.0, 20), 0.3) - 0.95) < ERROR


def test_covers_skewed_differences() -> None:
    found = coverage(lambda rng: rng.exponential(1.0, 300), 1.0)
    assert 0.95 - ERROR - 0.015 < found < 0.95 + ERROR


def test_covers_differences_that_are_mostly_none() -> None:
    found = coverage(lambda rng: np.where(rng.random(1000) < 0.1, rng.normal(1.0, 1.0, 1000), 0.0), 0.1)
    assert 0.95 - ERROR - 0.015 < found < 0.95 + ERROR


@pytest.mark.parametrize(("more", "less", "runs"), [(0.3, 0.2, 100), (0.05, 0.01, 200), (0.004, 0.0, 500)])
def test_covers_differences_of_shares(more: float, less: float, runs: int) -> None:
    """Also where few pairs differ; there it may be wider than it has to be."""

    def draw(rng: np.random.Generator) -> np.ndarray:
        luck = rng.random(runs)
        return (luck < more).astype(float) - (luck > 1.0 - less)

    assert coverage(draw, more - less, shares=True) > 0.95 - ERROR - 0.01


def test_shares_of_a_published_example() -> None:
    """Airway reactivity before and after: 1 and 7 of 21 pairs differ; Tango's interval in Fagerland, Lydersen and Laake
    (2014), Recommended tests and confidence intervals for paired binomial proportions, Statistics in Medicine 33.
    """
    effect, low, high = mean_interval(np.r_[1.0, -np.ones(7), np.zeros(13)], shares=True)
    assert (round(effect, 3), round(low, 3), round(high, 3)) == (-0.286, -0.517, -0.026)


@settings(deadline=None, max_examples=100, derandomize=True)
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 400))
def test_shares_as_by_formula(more: int, less: int, rest: int) -> None:
    """The bounds are roots of a polynomial of the fourth degree (Yang, Sun and Hardin 2012, A non-iterative
    implementation of Tango's score confidence interval for a paired difference of proportions, Statistics in Medicine 32).
    """
    count = more + less + rest
    if more == less or count < 5:
        return
    g, n, apart, both = 1.959963984540054**2, float(count), float(more - less), float(more + less)
    polynomial = [
        n**2 * (n / g + 1) ** 2,
        -n * apart * (n / g + 1) * (4 * n / g + 1),
        2 * n * apart**2 * (3 * n / g + 2) / g - n**2 * (both / g + 1),
        n * apart * (2 * both / g + 1) - apart**3 * (4 * n / g + 1) / g,
        apart**2 * (apart**2 / g - both) / g,
    ]
    roots = np.roots(polynomial)
    real = sorted(float(root.real) for root in roots if abs(root.imag) < 1e-6)
    differences = np.repeat([1.0, -1.0, 0.0], [more, less, rest])
    _, low, high = mean_interval(differences, shares=True)
    for bound in (low, high):
        assert abs(bound) > 1.0 - 1e-9 or min(abs(bound - root) for root in real) < 1e-5


def test_no_pair_that_differs_leaves_room_for_some() -> None:
    """With z² / (n + z²) on either side (Tango 1998), not zero: none in so many is not never."""
    effect, low, high = mean_interval(np.zeros(500), shares=True)
    assert effect == 0.0
    assert -low == pytest.approx(high)
    assert high == pytest.approx(3.8415 / 503.8415, rel=1e-4)


def test_covers_where_runs_share_worlds() -> None:
    """Runs of a world are alike: intervals that took them for independent would miss most of the time."""
    worlds = np.repeat(np.arange(20), 10)

    def draw(rng: np.random.Generator) -> np.ndarray:
        return np.repeat(rng.normal(0.0, 1.0, 20), 10) + rng.normal(0.0, 0.5, 200)

    assert abs(coverage(draw, 0.0, worlds=worlds) - 0.95) < ERROR
    assert coverage(draw, 0.0) < 0.75


@pytest.mark.parametrize(
    ("effect", "low", "high", "better", "wanted"),
    [
        (0.2, 0.1, 0.3, 1, A_BETTER),
        (-0.2, -0.3, -0.1, 1, B_BETTER),
        (0.2, 0.1, 0.3, -1, B_BETTER),
        (-0.2, -0.3, -0.1, -1, A_BETTER),
        (0.2, 0.1, 0.3, 0, A_MORE),
        (-0.2, -0.3, -0.1, 0, B_MORE),
        (0.01, -0.03, 0.05, 1, NO_DIFFERENCE),
        (0.04, 0.03, 0.05, 1, NO_DIFFERENCE),  # surely there, and surely too small to matter
        (0.2, -0.1, 0.5, 1, OPEN),
        (0.04, 0.01, 0.07, 1, OPEN),  # there, but perhaps too small
        (0.0, -0.06, 0.06, 1, OPEN),
    ],
)
def test_verdict(effect: float, low: float, high: float, better: int, wanted: str) -> None:
    assert verdict_of(effect, low, high, 0.05, better) == wanted


@settings(deadline=None, max_examples=200, derandomize=True)
@given(st.floats(-1, 1), st.floats(0.001, 2), st.floats(0.01, 0.5), st.integers(10, 10_000))
def test_so_many_runs_settle_it(effect: float, half: float, smallest: float, runs: int) -> None:
    if verdict_of(effect, effect - half, effect + half, smallest, 1) != OPEN:
        return
    needed = runs_needed(effect, effect - half, effect + half, smallest, runs)
    if needed is None:
        return
    assert needed > runs
    then = half * math.sqrt(runs / needed)
    assert verdict_of(effect, effect - then, effect + then, smallest, 1) != OPEN


def test_what_runs_cannot_settle() -> None:
    assert runs_needed(0.0499999999, 0.01, 0.09, 0.05, 1000) is None
    assert runs_needed(0.0, -math.inf, math.inf, 0.05, 1) is None


def test_probability_shares_ties() -> None:
    a, b = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 1.0, 4.0, 4.0])
    assert compare_outcome(a, b, 0.1, 1).probability_a_better == 0.5
    assert compare_outcome(a, b - 0.5, 0.1, 1).probability_a_better == 0.75
    assert compare_outcome(a, b - 0.5, 0.1, -1).probability_a_better == 0.25
    assert compare_outcome(a, b - 0.5, 0.1, 0).probability_a_better == 0.75


@settings(deadline=None, max_examples=50, derandomize=True)
@given(st.integers(0, 10_000), st.sampled_from([-1, 0, 1]))
def test_the_other_way_round(seed: int, better: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 5, 50).astype(float), rng.integers(0, 5, 50).astype(float)
    one, other = compare_outcome(a, b, 0.3, better), compare_outcome(b, a, 0.3, better)
    assert one.effect == -other.effect
    assert one.low == -other.high
    assert one.probability_a_better == pytest.approx(1.0 - other.probability_a_better)
    turned = {A_BETTER: B_BETTER, B_BETTER: A_BETTER, A_MORE: B_MORE, B_MORE: A_MORE}
    assert one.verdict == turned.get(other.verdict, other.verdict)


def test_shared_luck_narrows() -> None:
    rng = np.random.default_rng(1)
    luck = rng.normal(0.0, 1.0, 5000)
    a, b = luck + rng.normal(0.0, 0.1, 5000), luck + rng.normal(0.0, 0.1, 5000)
    assert narrowing(a, b) == pytest.approx(math.sqrt(2 * 1.01 / 0.02), rel=0.05)
    assert narrowing(a, rng.normal(0.0, 1.0, 5000)) == pytest.approx(1.0, rel=0.05)
    assert math.isnan(narrowing(np.ones(5), np.ones(5)))
    assert narrowing(a, a + 1.0) > 1e6


def test_one_run_says_nothing() -> None:
    found = compare_outcome(np.array([1.0]), np.array([0.0]), 0.1, 1)
    assert (found.verdict, found.runs_needed) == (OPEN, None)


# ---------------------------------------------------------------- what is compared


def test_every_number_is_compared_with_a_size_and_a_reason() -> None:
    assert {outcome.name for outcome in OUTCOMES if not outcome.codes} <= BY_NAME.keys()
    assert len(BY_NAME) == len(COMPARED)
    for each in COMPARED:
        assert each.smallest > 0.0
        assert each.reason.strip()
        assert each.outcome.en.strip()
        assert each.outcome.nl.strip()


def test_the_table_in_the_docs_is_that_of_the_program() -> None:
    from pathlib import Path
    from runpy import run_path

    docs = Path(__file__).resolve().parent.parent / "docs"
    text = (docs / "comparing.md").read_text("utf-8")
    assert run_path(str(docs / "make_comparing.py"))["written"](text) == text


def test_what_never_came_is_the_month_after_the_last() -> None:
    made = BY_NAME["months_to_phase_3"].values(np.array([0.0, 1.0, 120.0]), 120)
    assert list(made) == [121.0, 1.0, 120.0]


def test_states_and_phases_become_shares() -> None:
    from sim.mechanisms.phases import END_STATES

    codes = np.arange(len(END_STATES), dtype=float)
    stalled = BY_NAME["stalled"].values(codes, 120)
    assert {END_STATES[place] for place in np.flatnonzero(stalled)} == {"sham", "partial", "shared_address"}
    assert list(np.flatnonzero(BY_NAME["dissolved"].values(codes, 120))) == [END_STATES.index("dissolved")]
    assert list(BY_NAME["reached_3"].values(np.arange(6.0), 120)) == [0, 0, 0, 1, 1, 1]
