"""Results: frames and files say the same, the same run gives the same bytes, and a folder is whole or not there."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim
from sim import results
from sim.outcomes import ORGANISATION_OUTCOMES, OUTCOMES
from sim.results import ResultsError
from sim.structure import LEVELS

RUNS = 6


@pytest.fixture(scope="module")
def ensemble() -> sim.Ensemble:
    return sim.simulate(sim.load("tilburg"), runs=RUNS, seed=5, series=True, organisations=True, events=True)


@pytest.fixture(scope="module")
def folder(ensemble: sim.Ensemble, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ensemble.save(tmp_path_factory.mktemp("results") / "here")


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.parquet")}


def test_a_row_per_run_and_collaboration(ensemble: sim.Ensemble) -> None:
    runs = ensemble.runs
    assert list(runs.columns[:9]) == [
        "run", "scenario", "collaboration", "framework", "partners", "seed", "replicate", "status", "error",
    ]  # fmt: skip
    assert list(runs["run"]) == list(runs["replicate"]) == list(range(RUNS))
    assert set(runs["framework"]) == {"covenant"}
    assert set(runs["partners"]) == {3}
    assert set(runs["status"]) == {"ok"}
    assert runs["error"].isna().all()
    named = {outcome.name for outcome in OUTCOMES} - {"binding_organisation"}
    assert named == set(runs.columns[9:])


def test_types_are_as_promised(ensemble: sim.Ensemble) -> None:
    assert ensemble.series is not None
    assert ensemble.organisations is not None
    for outcome in OUTCOMES:
        wide = ensemble.runs.dtypes.get(outcome.name)
        narrow = ensemble.series.dtypes[outcome.name]
        if outcome.codes:
            assert isinstance(narrow, pd.CategoricalDtype)
        elif outcome.whole:
            assert (str(wide), str(narrow)) == ("Int64", "Int32")
        else:
            assert (str(wide), str(narrow)) == ("float64", "float32")
    for outcome in ORGANISATION_OUTCOMES:
        assert ensemble.organisations[outcome.name].dtype == np.float64


def test_what_did_not_come_is_missing(ensemble: sim.Ensemble) -> None:
    runs = ensemble.runs
    for number in range(1, 6):
        reached = runs["highest_phase"] >= number
        assert (runs[f"months_to_phase_{number}"].notna() == reached).all()
    assert (runs["dissolved_month"].notna() == (runs["end_state"] == "dissolved")).all()
    for name in ("months_to_phase_1", "dissolved_month", "first_agreement_month"):
        assert (runs[name].dropna() >= 1).all()


def test_runs_are_the_last_month_of_the_series(ensemble: sim.Ensemble) -> None:
    series = ensemble.series
    assert series is not None
    months = ensemble.scenario.months
    assert len(series) == RUNS * months
    assert list(series["month"][:months]) == list(range(1, months + 1))
    last = series[series["month"] == months].reset_index(drop=True)
    for outcome in OUTCOMES:
        if outcome.name.startswith("binding"):
            continue
        ours, theirs = ensemble.runs[outcome.name], last[outcome.name]
        if outcome.codes:
            assert list(ours) == list(theirs)
        else:
            both = pd.DataFrame({"a": ours.astype("float32"), "b": theirs.astype("float32")})
            assert (both["a"].eq(both["b"]) | both.isna().all(axis=1)).all(), outcome.name


def test_binding_is_what_was_binding_most_often(ensemble: sim.Ensemble) -> None:
    series = ensemble.series
    assert series is not None
    for _, row in ensemble.runs.iterrows():
        own = series[(series["run"] == row["run"]) & (series["binding"] != "none")]
        counts = own["binding"].astype(str).value_counts()
        assert counts[row["binding"]] == counts.max()
        levels = own[own["binding"] == row["binding"]]["binding_level"].astype(str).value_counts()
        assert levels[row["binding_level"]] == levels.max()


def test_organisations_and_events_are_named(ensemble: sim.Ensemble) -> None:
    organisations, events = ensemble.organisations, ensemble.events
    assert organisations is not None
    assert events is not None
    ids = {each.id for each in ensemble.scenario.organisations}
    assert set(organisations["organisation"]) == ids
    assert list(events.columns) == ["run", "month", "kind", "collaboration", "organisation", "level", "other", "value"]
    assert set(events["organisation"].dropna()) <= ids
    assert set(events["level"].dropna()) <= {*LEVELS, "bureau"}
    assert events["month"].between(1, ensemble.scenario.months).all()
    assert events["run"].is_monotonic_increasing


def test_what_is_not_asked_for_is_none() -> None:
    ensemble = sim.simulate("roosendaal", runs=2)
    assert ensemble.series is None
    assert ensemble.organisations is None
    assert ensemble.events is None


def test_files_hold_what_the_frames_hold(ensemble: sim.Ensemble, folder: Path) -> None:
    for name in results.TABLES:
        pd.testing.assert_frame_equal(pd.read_parquet(folder / f"{name}.parquet"), getattr(ensemble, name))


def test_every_column_has_its_unit(folder: Path) -> None:
    for name in results.TABLES:
        for field in pq.read_schema(folder / f"{name}.parquet"):
            assert field.metadata[b"unit"].strip(), f"{name}.{field.name}"
    units = pq.read_schema(folder / "runs.parquet")
    assert units.field("cost_keur").metadata[b"unit"].decode() == "k€"


def test_manifest_holds_what_a_new_run_needs(ensemble: sim.Ensemble, folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["files"] == hashes(folder)
    assert (manifest["seed"], manifest["first_replicate"], manifest["replicates"]) == (5, 0, RUNS)
    assert manifest["version"] == sim.__version__
    assert {"python", "numpy", "numba", "pyarrow"} <= manifest["libraries"].keys()
    assert manifest["started"] <= manifest["ended"]
    from sim.scenario import from_dict

    again = from_dict(manifest["scenario"])
    assert again == ensemble.scenario
    repeated = sim.simulate(again, runs=RUNS, seed=5)
    pd.testing.assert_frame_equal(repeated.runs, ensemble.runs)


def test_same_bytes_whatever_the_workers(tmp_path: Path) -> None:
    made = [
        hashes(sim.simulate("roosendaal", 130, 1, True, True, True, workers=workers).save(tmp_path / str(workers)))
        for workers in (1, 2)
    ]
    assert len(made[0]) == 4
    assert made[0] == made[1]


def test_same_bytes_however_the_work_is_cut(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole = hashes(sim.simulate("roosendaal", 130, 1, True, True, True).save(tmp_path / "whole"))
    monkeypatch.setattr("sim.ensemble._CHUNK_BYTES", 1)
    parts = hashes(sim.simulate("roosendaal", 130, 1, True, True, True).save(tmp_path / "parts"))
    assert whole == parts


def test_a_run_alone_is_the_same_as_in_an_ensemble(ensemble: sim.Ensemble) -> None:
    alone = sim.simulate("tilburg", runs=1, seed=5, series=True, first_replicate=3)
    for mine, whole in ((alone.runs, ensemble.runs), (alone.series, ensemble.series)):
        assert mine is not None
        assert whole is not None
        pd.testing.assert_frame_equal(
            mine.drop(columns="run"), whole[whole["run"] == 3].drop(columns="run").reset_index(drop=True)
        )


INTERPRETED = """
import sys
from sim.engine import simulate_population
from sim.population import build
from sim.scenario import load

scenario = load("roosendaal", [("months", 24)])
records = simulate_population(build(scenario), 24, 1, 9, first=2, series=True, organisations=True, events=True)
for array in (records.finals, records.series, records.organisations, records.log[0]):
    sys.stdout.buffer.write(array.tobytes())
"""


def test_interpreted_and_compiled_are_the_same_bit_for_bit() -> None:
    from sim.engine import simulate_population
    from sim.population import build

    done = subprocess.run(
        [sys.executable, "-c", INTERPRETED], env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, capture_output=True,
        check=False, cwd=Path(sim.__file__).parent.parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    scenario = sim.load("roosendaal", [("months", 24)])
    records = simulate_population(build(scenario), 24, 1, 9, first=2, series=True, organisations=True, events=True)
    arrays = (records.finals, records.series, records.organisations, records.log[0])
    assert b"".join(array.tobytes() for array in arrays) == done.stdout


@pytest.mark.parametrize("name", ["runs.parquet", "manifest.json", "runs/block-0.parquet"])
def test_a_folder_with_other_results_is_refused(ensemble: sim.Ensemble, tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(ResultsError, match="already holds results"):
        ensemble.save(tmp_path)
    assert (tmp_path / name).read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_with_other_things_can_be_used(ensemble: sim.Ensemble, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    ensemble.save(tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "manifest.json").exists()


def test_a_file_in_the_way_is_refused(ensemble: sim.Ensemble, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ResultsError, match="is a file"):
        ensemble.save(tmp_path / "file")
    with pytest.raises(ResultsError, match="cannot be written"):
        ensemble.save(tmp_path / "file" / "below")


@pytest.mark.parametrize("call", range(1, 12))
def test_a_disk_that_fails_leaves_nothing(
    ensemble: sim.Ensemble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    calls = 0
    real = os.fsync

    def failing(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == call:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr("os.fsync", failing)
    target = tmp_path / "deep" / "folder"
    if call > 11 or os.name == "nt":
        pytest.skip("no such call")
    with pytest.raises(ResultsError, match="No space left on device"):
        ensemble.save(target)
    assert not target.exists()


def test_flipped_bits_are_noticed(ensemble: sim.Ensemble, tmp_path: Path) -> None:
    path = ensemble.save(tmp_path / "here") / "series.parquet"
    whole = path.read_bytes()
    for place in (200, len(whole) // 4):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(ResultsError):
            results.read_table(path)


@pytest.mark.parametrize(
    "wrong", [{"runs": 0}, {"runs": -1}, {"runs": 1.5}, {"seed": -1}, {"seed": 2**63}, {"workers": 0}, {"runs": 10**9}]
)
def test_numbers_out_of_bounds_are_refused(wrong: dict) -> None:
    with pytest.raises(sim.ScenarioError):
        sim.simulate("roosendaal", **wrong)


def test_what_would_not_fit_is_refused_beforehand() -> None:
    with pytest.raises(sim.ScenarioError, match="GB of memory"):
        sim.simulate("kaatsheuvel", runs=1_000_000, series=True)


def test_importing_sim_imports_nothing_heavy() -> None:
    code = "import sim, sys; print([m for m in ('numba', 'numpy', 'pandas', 'pyarrow', 'mesa') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(sim.__file__).parent.parent
    )
    assert done.stdout.strip() == "[]"
