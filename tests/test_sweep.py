"""Sweeps: the same bytes whoever computes them and whatever happens on the way; nothing is mixed, nothing goes unseen."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from sweeping import ALL_TABLES, SMALL, content, design_from, run_inline, small

import sim
from sim import provenance
from sim.cli import main
from sim.engine import simulate_population
from sim.parameters import PARAMETERS
from sim.results import ResultsError
from sim.sweeps import blocks, folder, processes
from sim.sweeps.folder import identity_of
from sim.sweeps.processes import Processes, WorkerDiedError, persistently

ROOT = Path(__file__).resolve().parent.parent
KNOWN: dict[int, Mapping[str, bytes]] = {}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the small sweep, undisturbed, with every table."""
    place = tmp_path_factory.mktemp("sweep") / "whole"
    run_inline(small(ALL_TABLES), place, KNOWN)
    return place


# ---------------------------------------------------------------- what comes of it


def test_a_run_is_the_run_that_simulate_makes(whole: Path) -> None:
    design, results = small(ALL_TABLES), sim.open_results(whole)
    assert results.runs["run"].tolist() == list(range(design.runs))
    for number in range(design.rows):
        row = design.row(number)
        alone = sim.simulate(
            design.scenario_of(row), runs=3, seed=1, series=True, organisations=True, events=True, workers=1
        )
        runs = range(number * 3, number * 3 + 3)
        for name in ("runs", "series", "organisations", "events"):
            ours, theirs = getattr(results, name), getattr(alone, name)
            part = ours[ours["run"].isin(runs)].drop(columns=["organisations.*.tendered_share"], errors="ignore")
            part = part.assign(run=part["run"] - runs.start).reset_index(drop=True)
            pd.testing.assert_frame_equal(part, theirs, check_categorical=False)
    assert results.runs["organisations.*.tendered_share"].tolist() == [0.0] * 6 + [0.6] * 6
    assert results.runs["framework"].tolist() == (["building"] * 3 + ["covenant"] * 3) * 2


def test_blocks_need_not_follow_rows() -> None:
    """A run is the same in whatever block it is computed."""
    texts = {
        size: identity_of(design_from(SMALL.replace("block_runs = 4", f"block_runs = {size}"))) for size in (5, 12)
    }
    one = pq.read_table(_buffer(blocks.compute(texts[12].text, "", 0, 12, {})["runs"]))
    parts = [
        pq.read_table(_buffer(blocks.compute(texts[5].text, "", a, b, {})["runs"]))
        for a, b in ((0, 5), (5, 10), (10, 12))
    ]
    assert pd.concat([part.to_pandas() for part in parts], ignore_index=True).equals(one.to_pandas())


def _buffer(data: bytes) -> Any:
    import pyarrow as pa

    return pa.BufferReader(data)


def test_processes_write_the_same_bytes_however_many(whole: Path, tmp_path: Path) -> None:
    seen = []
    results = sim.sweep(small(ALL_TABLES), tmp_path / "out", workers=2, progress=seen.append)
    assert content(tmp_path / "out") == content(whole)
    assert [each.done for each in seen] == [0, 1, 2, 3]
    assert results.is_complete
    assert results.manifest["complete"]
    assert results.verify() == []


def test_pandas_duckdb_and_polars_read_the_files_as_they_lie(whole: Path) -> None:
    ours = sim.open_results(whole).runs
    assert pd.read_parquet(whole / "runs")["hours"].tolist() == ours["hours"].tolist()
    found = duckdb.sql(f"select run, hours from read_parquet('{whole}/runs/*.parquet') order by run").fetchall()
    assert [hours for _, hours in found] == ours["hours"].tolist()
    scanned = pl.scan_parquet(f"{whole}/runs/*.parquet").select("run", "hours").sort("run").collect()
    assert scanned["hours"].to_list() == ours["hours"].tolist()
    counted = duckdb.sql(f"select count(*) from read_parquet('{whole}/series/*.parquet')").fetchall()
    assert counted == [(12 * 6,)]
    assert pl.scan_parquet(f"{whole}/events/*.parquet").collect().height == len(sim.open_results(whole).events)


def test_results_are_read_piece_by_piece(whole: Path) -> None:
    results = sim.open_results(whole)
    assert results.scan().count_rows() == 12
    import pyarrow.dataset as ds

    some = results.scan("series").to_table(columns=["run", "phase"], filter=ds.field("run") == 7)
    assert some.num_rows == 6
    with pytest.raises(ResultsError, match="holds no colours"):
        results.scan("colours")
    assert results.design.runs == 12


def test_single_ensembles_are_opened_too(tmp_path: Path) -> None:
    ensemble = sim.simulate(sim.load("roosendaal").replace({"months": 6}), runs=2, workers=1)
    ensemble.save(tmp_path / "one")
    results = sim.open_results(tmp_path / "one")
    pd.testing.assert_frame_equal(results.runs, ensemble.runs)
    assert results.series is None
    assert results.is_complete
    with pytest.raises(sim.ScenarioError, match="not the results of a sweep"):
        _ = results.design
    data = bytearray((tmp_path / "one" / "runs.parquet").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "one" / "runs.parquet").write_bytes(data)
    with pytest.raises(ResultsError, match="damaged"):
        _ = sim.open_results(tmp_path / "one").runs


def test_a_sweep_that_has_just_begun_is_opened(tmp_path: Path) -> None:
    def stop(progress: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_inline(small(), tmp_path / "out", progress=stop)
    results = sim.open_results(tmp_path / "out")
    assert (results.tables, results.missing, results.is_complete) == ([], [0, 1, 2], False)
    with pytest.raises(ResultsError, match="holds no runs"):
        _ = results.runs


@pytest.mark.parametrize("what", ["nothing", "a file", "no results", "a broken manifest"])
def test_what_cannot_be_opened_is_told(tmp_path: Path, what: str) -> None:
    place = tmp_path / "place"
    if what == "a file":
        place.write_text("")
    elif what != "nothing":
        place.mkdir()
    if what == "a broken manifest":
        (place / "manifest.json").write_text("{")
    with pytest.raises(ResultsError, match=r"place"):
        sim.open_results(place)


# ---------------------------------------------------------------- going on


def test_a_sweep_goes_on_where_it_was(whole: Path, tmp_path: Path) -> None:
    place = tmp_path / "out"
    design = small(ALL_TABLES)

    class StopError(Exception):
        pass

    def stop(progress: Any) -> None:
        if progress.done == 2:
            raise StopError

    with pytest.raises(StopError):
        run_inline(design, place, KNOWN, progress=stop)
    assert sim.open_results(place).missing == [2]
    assert not sim.open_results(place).manifest["complete"]
    before = {file: file.stat().st_mtime_ns for file in place.glob("*/*.parquet")}
    _, computed = run_inline(design, place, KNOWN)
    assert computed == [2]
    assert content(place) == content(whole)
    assert all(file.stat().st_mtime_ns == then for file, then in before.items())
    _, computed = run_inline(design, place, KNOWN)
    assert computed == []


def test_another_design_or_version_is_not_mixed(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = content(whole)
    for other, said in (
        (small(ALL_TABLES + "seed = 2\n"), "seed was 1 and is 2"),
        (small(), "outputs"),
        (small(ALL_TABLES, '[[vary]]\npath = "months"\nvalues = [5, 6]\n'), "factors"),
        (
            design_from(SMALL.replace("months = 6", "months = 7").replace("[set]", f"{ALL_TABLES}[set]")),
            "months was 6 and is 7",
        ),
    ):
        with pytest.raises(ResultsError) as caught:
            run_inline(other, whole, {})
        assert said in str(caught.value)
        assert "choose another folder" in str(caught.value)
    real = folder.versions()
    monkeypatch.setattr(folder, "versions", lambda: {**real, "numba": "0.1"})
    with pytest.raises(ResultsError, match=rf"numba was {real['numba']} and is 0.1"):
        run_inline(small(ALL_TABLES), whole, {})
    assert content(whole) == before


def test_a_folder_with_other_results_is_refused(tmp_path: Path) -> None:
    one = tmp_path / "one"
    sim.simulate(sim.load("roosendaal").replace({"months": 3}), runs=1, workers=1).save(one)
    with pytest.raises(ResultsError, match="already holds results"):
        run_inline(small(), one)
    (one / "manifest.json").unlink()
    with pytest.raises(ResultsError, match="already holds results"):
        run_inline(small(), one)
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match="is a file"):
        run_inline(small(), tmp_path / "file")
    stranger = tmp_path / "stranger" / "runs"
    stranger.mkdir(parents=True)
    (stranger / "mine.parquet").write_text("")
    with pytest.raises(ResultsError, match="does not belong here"):
        run_inline(small(), tmp_path / "stranger")
    assert (stranger / "mine.parquet").exists()


def test_two_sweeps_in_one_folder_are_refused_and_a_dead_one_locks_nothing(tmp_path: Path) -> None:
    place = tmp_path / "out"
    code = (
        "import sys, time; sys.path.insert(0, sys.argv[1]); from sweeping import small; from pathlib import Path\n"
        "from sim.sweeps.folder import Folder, identity_of\n"
        "design = small(); folder = Folder(Path(sys.argv[2]), design, identity_of(design))\n"
        "with folder.lock(): print('locked', flush=True); time.sleep(600)\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(ROOT / "tests"), str(place)], stdout=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "locked"
        with pytest.raises(ResultsError, match="another sweep is at work"):
            run_inline(small(), place)
    finally:
        other.kill()
        other.wait()
    results, _ = run_inline(small(), place)
    assert results.is_complete


# ---------------------------------------------------------------- damage


def _damage(data: bytes, luck: random.Random) -> bytes:
    """Return a file with a bit flipped, cut short, or emptied."""
    if luck.random() < 0.75:
        changed = bytearray(data)
        changed[luck.randrange(len(data))] ^= 1 << luck.randrange(8)
        return bytes(changed)
    return data[: luck.randrange(len(data))]


def test_two_hundred_damages_are_all_found_and_repaired(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    libraries = provenance.libraries()
    monkeypatch.setattr(provenance, "commit", lambda: None)  # what takes long, and does not matter here
    monkeypatch.setattr(provenance, "libraries", lambda: libraries)
    monkeypatch.setattr(os, "fsync", lambda _: None)
    place = tmp_path / "out"
    design = small(ALL_TABLES)
    run_inline(design, place, KNOWN)
    right = content(whole)
    luck = random.Random(1)
    for _ in range(200):
        file = luck.choice([*sorted(place.glob("*/*.parquet")), place / "manifest.json"])
        data = file.read_bytes()
        file.write_bytes(_damage(data, luck))
        told: list[Any] = []
        _, computed = run_inline(design, place, KNOWN, progress=told.append)
        assert [damage.file for damage in told[0].damage] == [file]
        expected = [] if file.name == "manifest.json" else [int(file.name.split("-")[1])]
        assert computed == expected
        assert content(place) == right
        assert sim.open_results(place).manifest["files"] == sim.open_results(whole).manifest["files"]


def test_damage_is_noticed_on_reading(whole: Path, tmp_path: Path) -> None:
    place = tmp_path / "out"
    run_inline(small(ALL_TABLES), place, KNOWN)
    luck = random.Random(2)
    file = next(iter(sorted((place / "series").glob("*.parquet"))))
    data = file.read_bytes()
    for _ in range(20):
        file.write_bytes(_damage(data, luck))
        results = sim.open_results(place)
        assert [damage.file for damage in results.verify()] == [file]
        with pytest.raises(ResultsError, match="damaged"):
            _ = results.series
        with pytest.raises(ResultsError, match="damaged"):
            results.scan("series")
        assert len(results.runs) == 12


def test_blocks_of_another_sweep_are_found_out(tmp_path: Path) -> None:
    run_inline(small("seed = 2\n"), tmp_path / "other")
    run_inline(small(), tmp_path / "out")
    alien = sorted((tmp_path / "other" / "runs").iterdir())[1]
    ours = sorted((tmp_path / "out" / "runs").iterdir())[1]
    ours.unlink()
    (ours.parent / alien.name).write_bytes(alien.read_bytes())
    _, computed = run_inline(small(), tmp_path / "out")
    assert computed == [1]
    assert ours.exists()
    assert not (ours.parent / alien.name).exists()


# ---------------------------------------------------------------- a disk that fails


class Faults:
    """Makes one of the calls that write fail: the n-th of all."""

    def __init__(self, at: int, number: int) -> None:
        self.at, self.number, self.calls = at, number, 0

    def hit(self) -> bool:
        self.calls += 1
        return self.calls - 1 == self.at

    def failing(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            if self.hit():
                raise OSError(self.number, os.strerror(self.number))
            return real(*given, **named)

        return call


class Stream:
    """A file of which a write can fail half-way, and closing too."""

    def __init__(self, stream: Any, faults: Faults) -> None:
        self._stream, self._faults = stream, faults

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        fails = self._faults.hit()
        self._stream.close()
        if fails:
            raise OSError(self._faults.number, os.strerror(self._faults.number))

    def write(self, data: bytes) -> int:
        if self._faults.hit():
            self._stream.write(data[: len(data) // 2])
            raise OSError(self._faults.number, os.strerror(self._faults.number))
        return int(self._stream.write(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _with_faults(faults: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def open_(path: Path, mode: str = "r", *given: Any, **named: Any) -> Any:
        if mode != "wb":
            return opened(path, mode, *given, **named)
        if faults.hit():
            raise OSError(faults.number, os.strerror(faults.number))
        return Stream(opened(path, mode, *given, **named), faults)

    monkeypatch.setattr(Path, "open", open_)
    monkeypatch.setattr(os, "fsync", faults.failing(os.fsync))
    monkeypatch.setattr(Path, "replace", faults.failing(Path.replace))
    monkeypatch.setattr(Path, "mkdir", faults.failing(Path.mkdir))


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC], ids=["EIO", "ENOSPC"])
def test_every_call_that_writes_may_fail(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known: dict[int, Mapping[str, bytes]] = {}
    right = tmp_path / "right"
    run_inline(small(), right, known)
    failures = at = 0
    while True:
        place = tmp_path / f"at{at}"
        faults = Faults(at, number)
        with monkeypatch.context() as patched:
            _with_faults(faults, patched)
            try:
                run_inline(small(), place, known)
            except ResultsError as error:
                failures += 1
                assert os.strerror(number) in str(error)
                assert "what is done is kept" in str(error)
        if faults.calls <= at:
            break
        run_inline(small(), place, known)
        assert content(place) == content(right)
        assert not list(place.rglob("*.partial"))
        at += 1
    assert failures == at
    assert at > 25


# ---------------------------------------------------------------- runs that fail


def test_a_row_that_is_not_allowed_is_recorded_and_the_others_go_on(tmp_path: Path) -> None:
    """Each value is allowed, the two together are not: the views of residents have to add up."""
    tail = (
        '[[vary]]\npath = "organisations.thebe.view_customer"\nvalues = [0.1, 0.9]\n'
        '[[vary]]\npath = "organisations.thebe.view_member"\nvalues = [0.05, 0.8]\n'
    )
    results, _ = run_inline(small(ALL_TABLES, tail), tmp_path / "out")
    runs = results.runs
    is_bad = (runs["organisations.thebe.view_customer"] == 0.9) & (runs["organisations.thebe.view_member"] == 0.8)
    assert is_bad.sum() == 12
    assert (runs["status"] == "failed").tolist() == is_bad.tolist()
    bad = runs[is_bad]
    assert bad["error"].str.contains("view").all()
    assert bad["phase"].isna().all() and bad["end_state"].isna().all() and bad["hours"].isna().all()
    assert set(bad["framework"]) == {"building", "covenant"}
    assert runs[~is_bad]["phase"].notna().all() and runs[~is_bad]["error"].isna().all()
    assert set(results.series["run"]) == set(runs[~is_bad]["run"])
    assert duckdb.sql(f"select count(phase) from read_parquet('{tmp_path}/out/runs/*.parquet')").fetchall() == [(36,)]


def test_a_run_that_fails_is_isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fragile(population: Any, months: int, runs: int, seed: int, *, first: int, **more: Any) -> Any:
        if first <= 1 < first + runs and population.frameworks == ("covenant",):
            raise ZeroDivisionError("division by zero")
        return simulate_population(population, months, runs, seed, first=first, **more)

    right, _ = run_inline(small(ALL_TABLES), tmp_path / "right", KNOWN)
    monkeypatch.setattr(blocks, "simulate_population", fragile)
    results, _ = run_inline(small(ALL_TABLES), tmp_path / "out")
    failed = results.runs[results.runs["status"] == "failed"]
    assert failed["run"].tolist() == [4, 10]
    assert failed["replicate"].tolist() == [1, 1]
    assert set(failed["error"]) == {"ZeroDivisionError: division by zero"}
    rest = ~results.runs["run"].isin([4, 10])
    pd.testing.assert_frame_equal(results.runs[rest], right.runs[rest], check_dtype=False)
    assert set(results.events["run"]) <= set(range(12)) - {4, 10}


@pytest.mark.parametrize("guilty", [set(), {0}, {5}, {11}, {2, 3}, set(range(12))])
def test_runs_that_bring_down_their_process_are_found_by_halving(guilty: set[int]) -> None:
    asked: list[range] = []

    def ask(runs: range, failed: Mapping[int, str]) -> Mapping[str, bytes]:
        asked.append(runs)
        if (guilty & set(runs)) - failed.keys():
            raise WorkerDiedError("killed")
        return {"runs": json.dumps({str(run): failed[run] for run in runs if run in failed}).encode()}

    files = persistently(ask, range(12))
    assert json.loads(files["runs"]) == {str(run): "killed" for run in sorted(guilty)}
    assert len(asked) <= (1 if not guilty else 8 + 12 * len(guilty))


def test_a_death_or_two_are_no_proof() -> None:
    deaths = iter([True, True, False])

    def ask(runs: range, failed: Mapping[int, str]) -> Mapping[str, bytes]:
        if next(deaths):
            raise WorkerDiedError
        return {"runs": str(dict(failed)).encode()}

    assert persistently(ask, range(4)) == {"runs": b"{}"}


def test_processes_that_cannot_live_at_all_end_the_sweep() -> None:
    def ask(runs: range, failed: Mapping[int, str]) -> Mapping[str, bytes]:
        raise WorkerDiedError

    with pytest.raises(ResultsError, match="what is done is kept"):
        persistently(ask, range(4))


def test_a_killed_process_costs_nothing_but_time(whole: Path) -> None:
    design = small(ALL_TABLES)
    identity = identity_of(design)
    computer = Processes(identity.text, identity.mark, 1)
    over = threading.Event()

    def kill_the_first() -> None:
        while not over.is_set():
            for child in list(computer._children):
                if child.is_alive:
                    time.sleep(1.0)  # it is starting, or computing
                    os.kill(child._process.pid, signal.SIGKILL)
                    return
            time.sleep(0.01)

    killer = threading.Thread(target=kill_the_first)
    killer.start()
    try:
        made = dict(computer.run([(number, design.block(number)) for number in range(design.blocks)]))
    except ResultsError as error:  # killed before it had said that it is ready
        assert "could not start" in str(error)
        return
    finally:
        over.set()
        killer.join()
    right = content(whole)
    assert {data for files in made.values() for data in files.values()} == set(right.values())


def test_no_process_is_left_over(tmp_path: Path) -> None:
    design = small()
    identity = identity_of(design)
    computer = Processes(identity.text, identity.mark, 2)
    under_way: Iterator[Any] = computer.run([(number, design.block(number)) for number in range(design.blocks)])
    next(under_way)
    under_way.close()  # type: ignore[attr-defined]
    assert computer._children
    assert not any(child.is_alive for child in computer._children)


# ---------------------------------------------------------------- killed


def _sweep_command(design: Path, out: Path) -> list[str]:
    return [sys.executable, "-m", "sim", "sweep", str(design), "--out", str(out), "--workers", "1"]


def test_a_killed_sweep_goes_on_and_no_block_is_computed_twice(tmp_path: Path) -> None:
    """The whole program is killed (SIGKILL) while it writes blocks, and started again."""
    text = SMALL.replace("replicates = 3", "replicates = 30").replace("months = 6", "months = 60")
    file = tmp_path / "design.toml"
    file.write_text(text, "utf-8")
    right, place = tmp_path / "right", tmp_path / "out"
    run_inline(design_from(text), right)
    wanted = content(right)
    process = subprocess.Popen(
        _sweep_command(file, place), cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        limit = time.monotonic() + 120
        while len(list((place / "runs").glob("block-*.parquet")) if (place / "runs").is_dir() else []) < 4:
            assert time.monotonic() < limit
            assert process.poll() is None
            time.sleep(0.002)
    finally:
        process.kill()
        process.wait()
    before = {path: path.stat().st_mtime_ns for path in place.glob("runs/block-*.parquet")}
    assert 4 <= len(before) < len(wanted)
    results = sim.sweep(file, place, workers=1)
    assert results.is_complete
    assert content(place) == wanted
    assert all(path.stat().st_mtime_ns == then for path, then in before.items())


# ---------------------------------------------------------------- the command


def _command(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sim", "sweep", *arguments], cwd=cwd, capture_output=True, text=True, check=False,
        encoding="utf-8", env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )  # fmt: skip


def test_the_command_runs_tells_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text(SMALL, "utf-8")
    dry = _command("d.toml", "--dry-run", cwd=tmp_path)
    assert dry.returncode == 0, dry.stderr
    assert "12 runs in 3 blocks" in dry.stdout
    assert "on disk" in dry.stdout
    assert not (tmp_path / "results").exists()
    done = _command("d.toml", "--out", "out", "--workers", "1", "--lang", "nl", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "12 doorlopen in 3 blokken" in done.stdout
    again = _command("d.toml", "--out", "out", cwd=tmp_path)
    assert "3 of 3 blocks are there already" in again.stderr
    (tmp_path / "d.toml").write_text(SMALL.replace("replicates = 3", "replicates = 4"), "utf-8")
    other = _command("d.toml", "--out", "out", cwd=tmp_path)
    assert other.returncode == 2
    assert "replicates was 3 and is 4" in other.stderr
    assert "Traceback" not in other.stderr


def test_an_interrupted_command_says_how_to_go_on(tmp_path: Path) -> None:
    text = SMALL.replace("replicates = 3", "replicates = 3000").replace("months = 6", "months = 120")
    (tmp_path / "d.toml").write_text(text, "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "sim", "sweep", "d.toml", "--workers", "1"], cwd=tmp_path, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        limit = time.monotonic() + 120
        while not list(tmp_path.glob("results/*/runs/block-*.parquet")):
            assert time.monotonic() < limit
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    folder_ = next(tmp_path.glob("results/*"))
    assert f"coalitions sweep d.toml --out results/{folder_.name} --workers 1" in said
    assert sim.open_results(folder_).verify() == []


def test_a_sweep_is_made_again_from_its_manifest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "out"
    run_inline(small(), place)
    assert main(["rerun", str(place)]) == 0
    assert "all 3 files" in capsys.readouterr().out
    file = next(iter(sorted((place / "runs").iterdir())))
    file.write_bytes(file.read_bytes()[:-1])
    assert main(["rerun", str(place / "manifest.json")]) == 1
    assert file.name in capsys.readouterr().err
    about = json.loads((place / "manifest.json").read_text("utf-8"))
    assert about["design"]["scenario"]["months"] == 6  # the scenario, complete with every default
    assert about["design"]["scenario"]["parameters"].keys() == PARAMETERS.keys()


def test_a_name_that_results_have_already_is_refused() -> None:
    text = SMALL + '[[vary]]\nname = "phase"\n[[vary.options]]\nname = "a"\n'
    with pytest.raises(sim.ScenarioError, match="a column of this name already"):
        sim.sweep(design_from(text), "nowhere")
    assert not Path("nowhere").exists()
    assert processes.TRIES == 3
