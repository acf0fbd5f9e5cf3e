"""Competing ends: the estimator against a published example, against statsmodels, and where that one gives up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight

from sim.comparing.incidence import Incidence, incidence


def counted(times: list[int], ends: list[int], kinds: int) -> Incidence:
    """Return the incidence from a row for each who was followed; end 0 stands for not having come to an end."""
    months = max(times) + 1
    counts = np.zeros((kinds + 1, months), int)
    np.add.at(counts, (np.array(ends), np.array(times)), 1)
    return incidence(counts[1:], counts[0])


def test_published_example() -> None:
    """Table 2 of Satagopan, Ben-Porat, Berwick, Robson, Kutler and Auerbach (2004), A note on competing risks in survival
    data analysis, British Journal of Cancer 91, 1229-1235: the first nine of 305 patients, in months; 1 died of breast
    cancer, 2 of something else. Its steps are rounded to a tenth of a percent, its sums are of rounded steps.
    """
    times = [7, 10, 14, 16, 18, 23, 24, 26, 27] + [28] * 296
    ends = [0, 1, 0, 1, 2, 1, 0, 2, 1] + [0] * 296
    found = counted(times, ends, 2)
    assert [int(found.at_risk[month]) for month in (10, 16, 18, 23, 26, 27)] == [304, 302, 301, 300, 298, 297]
    survival = 100 * (1 - found.share.sum(axis=0))
    assert survival[[10, 16, 18, 23, 26, 27]] == pytest.approx([99.7, 99.3, 99.0, 98.7, 98.3, 98.0], abs=0.051)
    steps = 100 * np.diff(found.share[0], prepend=0.0)
    assert steps[[10, 16, 23, 27]] == pytest.approx([0.3, 0.3, 0.3, 0.3], abs=0.051)
    assert 100 * found.share[0, [10, 16, 23, 27]] == pytest.approx([0.3, 0.6, 0.9, 1.2], abs=0.151)


def test_ties_as_in_r_and_stata() -> None:
    """The shares that R's cmprsk 2.2 (``cuminc``) and the errors that Stata's ``stcompet`` give for tied times, as told in
    the tests of statsmodels (``duration/tests/test_survfunc.py``).
    """
    times = [1, 1, 2, 4, 4, 4, 6, 6, 7, 8, 9, 9, 9, 1, 2, 2, 4, 4]
    ends = [1, 1, 1, 2, 2, 2, 3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    found = counted(times, ends, 3)
    at = [1, 2, 4, 6, 7, 8, 9]
    assert found.share[0, at] == pytest.approx([0.11111111] + [0.17037037] * 6, abs=5e-9)
    assert found.share[1, at] == pytest.approx([0.0, 0.0] + [0.20740741] * 5, abs=5e-9)
    assert found.share[2, at] == pytest.approx([0.0, 0.0, 0.0, 0.17777778] + [0.26666667] * 3, abs=5e-9)
    assert found.error[0, at] == pytest.approx([0.07407407] + [0.08976251] * 6, abs=5e-9)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=8, max_size=200))
def test_as_statsmodels(rows: list[tuple[int, int]]) -> None:
    rows = [*rows, (13, 0)]  # one stays to the end: where all are gone statsmodels divides by zero
    times, ends = (list(each) for each in zip(*rows, strict=True))
    found = counted(times, ends, 3)
    theirs = CumIncidenceRight(np.array(times), np.array(ends))
    at = np.array(theirs.times, int)
    for place in range(max(ends)):
        assert found.share[place, at] == pytest.approx(theirs.cinc[place], abs=1e-12)
        assert found.error[place, at] == pytest.approx(theirs.cinc_se[place], abs=1e-7)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), min_size=1, max_size=60))
def test_what_must_hold(rows: list[tuple[int, int]]) -> None:
    times, ends = (list(each) for each in zip(*rows, strict=True))
    found = counted(times, ends, 2)
    for each in (found.share, found.error, found.low, found.high):
        assert np.isfinite(each).all()
    assert (np.diff(found.share, axis=1) >= -1e-15).all()
    assert (found.share.sum(axis=0) <= 1.0 + 1e-12).all()
    assert (found.low <= found.share + 1e-12).all()
    assert (found.share <= found.high + 1e-12).all()
    assert (found.low >= 0.0).all()
    assert (found.high <= 1.0).all()
    assert found.at_risk[0] == len(rows)


def test_without_censoring_it_is_the_share() -> None:
    found = counted([0, 1, 1, 2, 2, 2, 3, 3], [1, 1, 2, 2, 1, 1, 2, 1], 2)
    assert found.share[0] == pytest.approx([1 / 8, 2 / 8, 4 / 8, 5 / 8])
    assert found.share[1] == pytest.approx([0, 1 / 8, 2 / 8, 3 / 8])
    share = found.share[0]
    assert found.error[0] == pytest.approx(np.sqrt(share * (1 - share) / 8))


def test_interval_covers_as_often_as_it_says() -> None:
    """Of 2,000 intervals of nominal 95 %, between 92.5 and 97 % hold the true share (three binomial errors and the
    interval's own); the seed is fixed.
    """
    rng = np.random.default_rng(11)
    held = 0
    true = 0.6 * (1 - 0.9**11)  # constant hazard of 0.1 a month, six in ten of them to end 1
    for _ in range(2000):
        times = rng.geometric(0.1, 120) - 1
        ends = np.where(rng.random(120) < 0.6, 1, 2)
        gone = rng.geometric(0.03, 120) - 1
        ends = np.where(times <= gone, ends, 0)
        times = np.minimum(times, gone)
        found = counted([*np.minimum(times, 40), 40], [*np.where(times < 40, ends, 0), 0], 2)
        held += found.low[0, 10] <= true <= found.high[0, 10]
    assert 0.925 <= held / 2000 <= 0.97
