"""Luck: Philox4x32-10, a keyed stream that looks random whichever part of the key moves, and no key used twice.

Error rates. Every statistical test has a fixed seed, so that it passes or fails once and for all for a given
source. The p-values of all statistical tests of the generator are held against ``ALPHA`` / number of tests in
this file (Bonferroni): were the seeds drawn anew, a perfect generator would fail somewhere in this file with
a chance of at most 1 in 10,000.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_scenarios import SHIPPED
from scipy import stats

import sim.columns
from sim.compiled import entry
from sim.randomness import (
    MOST_DRAWS,
    MOST_MONTHS,
    MOST_POINTS,
    POINTS,
    combine,
    identity,
    philox,
    point,
    poisson,
    run_key,
    uniform,
)  # fmt: skip
from sim.scenario import load

ALPHA = 1e-4
TESTS = 60
LEVEL = ALPHA / TESTS
MASK = 2**32 - 1


def reference(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    """Return Philox4x32-10 in plain integers, written after the paper (Salmon et al. 2011, figure 2 and table 2)."""
    left, right = list(counter), list(key)
    for number in range(10):
        if number:
            right = [(right[0] + 0x9E3779B9) % 2**32, (right[1] + 0xBB67AE85) % 2**32]
        high_0, low_0 = divmod(0xD2511F53 * left[0], 2**32)
        high_1, low_1 = divmod(0xCD9E8D57 * left[2], 2**32)
        left = [high_1 ^ left[1] ^ right[0], low_1, high_0 ^ left[3] ^ right[1], low_0]
    return tuple(left)


def compiled_words(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(word) for word in philox(*(np.uint64(word) for word in (*counter, *key))))


# From the file kat_vectors of Random123 1.14: philox4x32 10.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((MASK,) * 4, (MASK,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN)
def test_known_answers(counter: tuple[int, ...], key: tuple[int, ...], expected: tuple[int, ...]) -> None:
    """The published vectors come out, of ours and of the reference."""
    assert compiled_words(counter, key) == expected
    assert reference(counter, key) == expected


WORDS = st.integers(0, MASK)
WIDE = st.integers(0, 2**64 - 1)


@settings(max_examples=500, deadline=None)
@given(st.tuples(WORDS, WORDS, WORDS, WORDS), st.tuples(WORDS, WORDS))
def test_against_the_reference(counter: tuple[int, ...], key: tuple[int, ...]) -> None:
    """Any counter and key give what an independent implementation gives."""
    assert compiled_words(counter, key) == reference(counter, key)


@entry
def one_draw(seed, replicate, decision, month, entity, draw):  # type: ignore[no-untyped-def]
    """Return one draw, with the key made inside compiled code as in a run."""
    return uniform(run_key(seed, replicate), decision, month, entity, draw)


@settings(max_examples=300, deadline=None)
@given(
    WIDE, WIDE, st.integers(0, MOST_POINTS - 1), st.integers(0, MOST_MONTHS - 1), WIDE, st.integers(0, MOST_DRAWS - 1)
)
def test_a_draw_is_the_reference_of_its_key(
    seed: int, replicate: int, decision: int, month: int, entity: int, draw: int
) -> None:
    """A draw is made of its key as documented, and of nothing else: 53 bits of the first two words."""
    fixed = (0x76697461, 0x6C636F61)
    key = reference((seed & MASK, seed >> 32, replicate & MASK, replicate >> 32), fixed)[:2]
    words = reference((entity & MASK, entity >> 32, month * 4096 + draw, decision), key)
    drawn = one_draw(np.uint64(seed), np.uint64(replicate), np.uint64(decision), month, np.uint64(entity), draw)
    assert drawn == (words[0] * 2**32 + words[1] >> 11) / 2**53
    assert 0.0 <= drawn < 1.0


KEYS = st.tuples(
    WIDE, st.integers(0, MOST_POINTS - 1), st.integers(0, MOST_MONTHS - 1), st.integers(0, MOST_DRAWS - 1)
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(KEYS, min_size=2, max_size=2, unique=True))
def test_different_keys_make_different_counters(keys: list[tuple[int, ...]]) -> None:
    """The counter holds all of (entity, point, month, draw): no two are the same one, and months and draws fit."""
    one, other = ((entity & MASK, entity >> 32, month << 12 | draw, decision) for entity, decision, month, draw in keys)
    assert one != other
    assert all(0 <= word <= MASK for word in (*one, *other))


def test_there_is_room() -> None:
    """Months, draws and points fit their places, and the longest scenario its months."""
    assert MOST_MONTHS * MOST_DRAWS <= 2**32
    assert len(POINTS) <= MOST_POINTS
    with pytest.raises(Exception, match="months"):
        load("tilburg", [("months", MOST_MONTHS)])


APPEND_ONLY = (
    "people_leave", "director", "spanner_leaves", "tenant", "chance_meeting", "tender", "rival", "agreement_kept",
    "case_arrivals", "joint_cases", "proposal", "bureau_proposal", "join_team", "approval", "project_kind",
    "project_issue", "project_result", "problem_arrives", "problem_claim", "escalation", "negotiation", "signing",
    "evaluation", "level_withdraws", "level_returns", "partner_leaves", "third_joins", "collaboration_ends", "pioneer",
    "setting",
)  # fmt: skip


def test_decision_points_are_append_only() -> None:
    """No decision point changes its number: add new ones at the end, here and there."""
    assert POINTS[: len(APPEND_ONLY)] == APPEND_ONLY
    assert len(set(POINTS)) == len(POINTS)
    assert point("setting") == len(APPEND_ONLY) - 1


GOLDEN = 0xEE0E558B34A8E123


def test_identities() -> None:
    """An identity depends on role and name, is the same on every machine, and seldom shared."""
    assert identity("organisation", "casade") == GOLDEN
    made = {identity(role, f"{name}") for role in ("organisation", "member", "level") for name in range(20_000)}
    assert len(made) == 60_000
    first, second = np.uint64(identity("a", "1")), np.uint64(identity("a", "2"))
    assert combine(first, second) != combine(second, first)


# ---------------------------------------------------------------- a statistical battery on the keyed stream


@entry
def stream(which, count, seed):  # type: ignore[no-untyped-def]
    """Return draws along one part of the key, or interleaved along all of them as a run takes them."""
    drawn = np.empty(count)
    thing = np.uint64(0x9A3B5C7D11223344) ^ np.uint64(seed)
    for i in range(count):
        n = np.uint64(i)
        if which == 0:  # seeds
            drawn[i] = uniform(run_key(np.uint64(seed) + n, np.uint64(3)), np.uint64(5), 7, thing, 0)
        elif which == 1:  # replicates
            drawn[i] = uniform(run_key(np.uint64(seed), n), np.uint64(5), 7, thing, 0)
        elif which == 2:  # months, in every replicate
            drawn[i] = uniform(run_key(np.uint64(seed), np.uint64(i // 1200)), np.uint64(5), i % 1200, thing, 0)
        elif which == 3:  # decision points, in every replicate
            drawn[i] = uniform(run_key(np.uint64(seed), np.uint64(i // 30)), np.uint64(i % 30), 7, thing, 0)
        elif which == 4:  # entities by number
            drawn[i] = uniform(run_key(np.uint64(seed), np.uint64(3)), np.uint64(5), 7, n, 0)
        elif which == 5:  # entities made of others
            drawn[i] = uniform(run_key(np.uint64(seed), np.uint64(3)), np.uint64(5), 7, combine(thing, n), 0)
        elif which == 6:  # numbers of draws, in every month
            drawn[i] = uniform(
                run_key(np.uint64(seed), np.uint64(i // 40960)), np.uint64(5), (i // 4096) % 10, thing, i % 4096
            )
        else:  # interleaved: replicate, month, point, entity, draw
            rest = i
            draw = rest % 2
            rest //= 2
            who = rest % 6
            rest //= 6
            decision = rest % 30
            rest //= 30
            key = run_key(np.uint64(seed), np.uint64(rest // 120))
            drawn[i] = uniform(key, np.uint64(decision), rest % 120, combine(thing, np.uint64(who)), draw)
    return drawn


PARTS = ("seed", "replicate", "month", "point", "entity", "combined", "draw", "interleaved")
COUNT = 400_000


def gaps(drawn: Any) -> float:
    """Return the p-value of Knuth's gap test: how long it takes until a draw falls below a tenth again."""
    hits = np.flatnonzero(drawn < 0.1)
    lengths = np.minimum(np.diff(hits) - 1, 40)
    expected = 0.1 * 0.9 ** np.arange(41)
    expected[40] = 0.9**40
    return float(stats.chisquare(np.bincount(lengths, minlength=41), expected * len(lengths)).pvalue)


def birthdays(drawn: Any) -> float:
    """Return the p-value of Marsaglia's birthday spacings: equal ones of 512 in 2**24 days are Poisson(2)."""
    days = np.sort((drawn * 2**24).astype(np.int64)[: len(drawn) // 512 * 512].reshape(-1, 512), axis=1)
    spacings = np.sort(np.diff(days, axis=1, prepend=0), axis=1)
    same = (np.diff(spacings, axis=1) == 0).sum(axis=1)
    mean = 512**3 / (4 * 2**24)
    observed = np.bincount(np.minimum(same, 8), minlength=9)
    expected = stats.poisson.pmf(np.arange(9), mean)
    expected[8] = stats.poisson.sf(7, mean)
    return float(stats.chisquare(observed, expected * len(same)).pvalue)


@pytest.mark.parametrize("which", range(len(PARTS)), ids=PARTS)
def test_battery(which: int) -> None:
    """Uniform (one, two, low-order digits), serially independent at many lags, gaps and spacings as they should be.

    Seven p-values for each of eight parts of the key, each held against 1e-4 / 60.
    """
    drawn = stream(which, COUNT, 20_261)
    assert drawn.min() >= 0.0
    assert drawn.max() < 1.0
    ones = np.bincount((drawn * 1000).astype(int), minlength=1000)
    twos = np.bincount((drawn[:-1:2] * 60).astype(int) * 60 + (drawn[1::2] * 60).astype(int), minlength=3600)
    low = np.bincount((drawn * 2**53).astype(np.int64) & 1023, minlength=1024)
    lags = (1, 2, 3, 6, 12, 30, 60, 120, 360, 1200)
    centred = drawn - 0.5
    correlations = [math.sqrt(COUNT - lag) * 12 * float(np.mean(centred[lag:] * centred[:-lag])) for lag in lags]
    values = {
        "ks": stats.kstest(drawn, "uniform").pvalue,
        "ones": stats.chisquare(ones).pvalue,
        "twos": stats.chisquare(twos).pvalue,
        "low": stats.chisquare(low).pvalue,
        "serial": stats.chi2.sf(sum(value * value for value in correlations), len(lags)),
        "gaps": gaps(drawn),
        "birthdays": birthdays(drawn),
    }
    assert {name: value for name, value in values.items() if value < LEVEL} == {}


def test_neighbouring_streams() -> None:
    """Runs, months, points and entities next to each other are not correlated with each other.

    Sixteen streams of 20,000 draws by entity and by month: all pairs, against the normal distribution; error rate
    1e-4 / 60 by Bonferroni within.
    """
    rows = [stream(which, 20_000, seed) for which in (5, 2) for seed in range(16)]
    table = np.corrcoef(np.array(rows))
    largest = np.abs(table[np.triu_indices(len(rows), 1)]).max() * math.sqrt(20_000)
    assert len(rows) ** 2 / 2 * 2 * stats.norm.sf(largest) > LEVEL


# ---------------------------------------------------------------- counts


@entry
def counts_of(mean, draws):  # type: ignore[no-untyped-def]
    """Return Poisson quantiles of many draws."""
    counts = np.empty(len(draws))
    for i in range(len(draws)):
        counts[i] = poisson(mean, draws[i])
    return counts


MEANS = (0.0, 1e-9, 0.01, 0.3, 1.0, 2.5, 7.0, 12.0, 33.3, 61.0, 100.0, 250.0, 499.0, 501.0, 1000.0, 10_000.0)


@pytest.mark.parametrize("mean", MEANS)
def test_poisson_is_the_quantile(mean: float) -> None:
    """A count is the Poisson quantile of its draw, as SciPy has it, within one where rounding may tip the scale.

    In the last 1e-9 of the upper tail rounding adds up: there a tenth is allowed. For means above 500 the count may
    be a rounded normal quantile, which misses the skewness, (z² - 1) / 6.
    """
    draws = np.concatenate([np.linspace(0.0, 1.0, 2001)[1:-1], [1e-12, 1e-6, 1 - 1e-6, 1 - 1e-9, 1 - 2**-53]])
    counted = counts_of(mean, draws)
    expected = np.maximum(stats.poisson.ppf(draws, mean), 0.0) if mean > 0.0 else np.zeros(len(draws))
    off = np.abs(counted - expected)
    z = stats.norm.ppf(draws)
    bound = np.ones(len(draws)) + ((1.0 + z * z) / 6.0 if mean > 500.0 else 0.0)
    bound[draws > 1 - 1e-9] += 0.1 * expected[-1]
    worst = (off - bound).argmax()
    assert off[worst] <= bound[worst], (draws[worst], counted[worst], expected[worst])
    if mean <= 500.0:
        assert (off > 0).mean() < 0.005


# ---------------------------------------------------------------- keys in a run

SCRIPT = """
import collections, sys
import numpy as np
import sim.randomness as randomness
import sim.population, sim.schedule
from random_scenarios import months_of, random_scenario, shipped

real, used = randomness.uniform, collections.Counter()

def spy(key, decision, month, entity, draw):
    used[int(decision), int(month), int(entity), int(draw)] += 1
    return real(key, decision, month, entity, draw)

for name, module in list(sys.modules.items()):
    if name.startswith("sim.") and getattr(module, "uniform", None) is real:
        module.uniform = spy
bad = 0
for name in sys.argv[1:]:
    used.clear()
    scenario = random_scenario(int(name)) if name.isdigit() else shipped(name, 24)
    for _ in months_of(scenario):
        pass
    assert len(used) > 30, "the draws are not seen"
    assert max(key[3] for key in used) < 4096 and max(key[1] for key in used) < 4096
    twice = collections.Counter((randomness.POINTS[key[0]], key[3]) for key, times in used.items() if times > 1)
    if twice:
        bad += 1
        print(name, dict(twice))
sys.exit(bad > 0)
"""


def interpreted(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script without compilation, in another process."""
    here = Path(__file__).parent
    path = os.pathsep.join([str(Path(sim.columns.__file__).parents[1]), str(here)])
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": path}
    return subprocess.run(
        [sys.executable, "-c", script, *arguments], env=environment, capture_output=True, text=True, check=False
    )


def test_no_key_is_used_twice() -> None:
    """Two decisions never share a draw: every (point, month, entity, draw) is asked for once in a run."""
    ran = interpreted(SCRIPT, *SHIPPED, *(str(seed) for seed in (1, 2, 7, 11, 13, 17, 22)))
    assert ran.returncode == 0, ran.stdout + ran.stderr[-2000:]


@pytest.mark.slow
def test_no_key_is_used_twice_in_many() -> None:
    """The same for two hundred random scenarios."""
    ran = interpreted(SCRIPT, *(str(seed) for seed in range(100, 300)))
    assert ran.returncode == 0, ran.stdout + ran.stderr[-2000:]


OTHER = """
import sys
import numpy as np
import sim.randomness as randomness
import sim.population, sim.schedule
from random_scenarios import months_of, shipped

MASK = 2**64 - 1

def mix(x):
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)

real = randomness.uniform

def other(key, decision, month, entity, draw):
    x = int(key)
    for part in (int(decision), int(month), int(entity), int(draw)):
        x = mix(x ^ mix(part))
    return (x >> 11) / 2**53

if sys.argv[1] == "other":
    for name, module in list(sys.modules.items()):
        if name.startswith("sim.") and getattr(module, "uniform", None) is real:
            module.uniform = other
scenario = shipped("tilburg", 60)
for replicate in range(int(sys.argv[2]), int(sys.argv[3])):
    for _, state in months_of(scenario, 11, replicate):
        pass
    own = state.collaborations[0]
    trust = state.relations["trust"].mean()
    started = own.started_middle + own.started_board
    print(own.highest_phase, own.practice_maturity, own.routines, started, trust, own.partners)
"""


@pytest.mark.slow
def test_results_do_not_hang_on_the_generator() -> None:
    """With a splitmix64 hash of the same keys 150 runs end alike (two-sample KS, alpha 1e-3 / 6)."""
    outcomes = []
    for which in ("philox", "other"):
        ran = interpreted(OTHER, which, "0", "150")
        assert ran.returncode == 0, ran.stderr[-2000:]
        outcomes.append(np.array([[float(each) for each in line.split()] for line in ran.stdout.splitlines()]))
    one, other = outcomes
    assert not np.array_equal(one, other)
    for column in range(one.shape[1]):
        assert stats.ks_2samp(one[:, column], other[:, column]).pvalue > 1e-3 / one.shape[1]
