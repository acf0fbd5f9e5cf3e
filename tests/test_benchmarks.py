"""The peer that speed is measured on: four ways of writing it give the same numbers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
from peer import OUTCOMES, agentpy_objects, arrays, mesa_objects, native, population

sys.path.remove(str(BENCHMARKS))
SIZES = [(3, 30), (10, 120), (13, 60)]  # organisations, months: part of a group, one, and one and a part
RUNS = 2


@pytest.mark.parametrize(("organisations", "months"), SIZES)
def test_c_and_numba_agree_to_the_bit(organisations: int, months: int) -> None:
    found = native.compilers()
    if not found:
        pytest.skip("there is no C compiler: neither gcc nor clang")
    ours, monthly = arrays.simulate(organisations, months, RUNS, series=True)
    for compiler in found:
        finals, series = native.simulate(organisations, months, RUNS, series=True, compiler=compiler)
        assert finals.tobytes() == ours.tobytes()
        assert series.tobytes() == monthly.tobytes()


@pytest.mark.parametrize("objects", [mesa_objects, agentpy_objects])
@pytest.mark.parametrize(("organisations", "months"), SIZES)
def test_objects_agree_to_rounding(organisations: int, months: int, objects: Any) -> None:
    ours = arrays.simulate(organisations, months, RUNS)
    for replicate in range(RUNS):
        theirs = np.array(objects.run(organisations, months, replicate, same_luck=True))
        assert theirs.shape == (-(-organisations // 10), len(OUTCOMES))
        expected = np.array([[row[name] for name in OUTCOMES] for row in ours[replicate]])
        np.testing.assert_allclose(theirs, expected, rtol=1e-9, atol=1e-12)


def test_threads_change_nothing_and_replicates_differ() -> None:
    alone, together = (arrays.simulate(10, 24, 150, workers=workers) for workers in (1, 2))
    assert alone.tobytes() == together.tobytes()
    assert len({row.tobytes() for row in alone}) == 150


def test_something_happens_in_the_peer() -> None:
    finals = arrays.simulate(10, 120, 50)
    assert finals.members.min() < 10
    assert finals.members.max() > 2
    assert finals.finished.mean() > 1
    assert len(np.unique(finals.phase)) > 1
    assert all(((finals[name] >= 0) & (finals[name] <= 1)).all() for name in OUTCOMES[:8])


def test_batch_run_gives_every_run_the_outcomes_at_its_end() -> None:
    batch = mesa_objects.batch(2, 1, organisations=4, months=12)
    assert batch == [mesa_objects.run(4, 12, replicate) for replicate in range(2)]


def test_the_number_of_pairs_is_in_proportion_to_the_organisations() -> None:
    assert [len(population(count)["pairs"]) for count in (1, 3, 10, 13, 1000)] == [0, 3, 45, 48, 4500]


def test_the_tables_are_those_of_the_results() -> None:
    import importlib.util
    import json

    spec = importlib.util.spec_from_file_location("run_benchmarks", BENCHMARKS / "run.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = module.PAGE.read_text("utf-8")
    results = json.loads(module.RESULTS.read_text("utf-8"))
    assert "\n".join([module.START, *module.lines(results), module.STOP]) in page
