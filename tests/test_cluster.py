"""The same blocks on a Dask cluster: the same bytes, also when workers are lost."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sweeping import ALL_TABLES, SMALL, content, design_from, run_inline, small

import sim
from sim import cluster
from sim.results import ResultsError

distributed = pytest.importorskip("distributed")


def test_a_cluster_writes_the_same_bytes(tmp_path: Path) -> None:
    run_inline(small(ALL_TABLES), tmp_path / "right")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None, protocol="inproc"
    ) as local:
        results = sim.sweep(small(ALL_TABLES), tmp_path / "out", cluster=local.scheduler_address)
        assert results.is_complete
        assert content(tmp_path / "out") == content(tmp_path / "right")
        assert sim.sweep(small(ALL_TABLES), tmp_path / "out", cluster=local.scheduler_address).is_complete


def test_workers_with_other_versions_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = cluster.versions()
    monkeypatch.setattr(cluster, "versions", lambda: {**real, "numpy": "0.1"})
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, protocol="inproc"
        ) as local,
        pytest.raises(ResultsError, match=f"numpy is 0.1 and not {real['numpy']}"),
    ):
        sim.sweep(small(), tmp_path / "out", cluster=local.scheduler_address)


# On a busy machine the client's own loop may not be up in the ten seconds that distributed gives it.
@pytest.mark.parametrize("address", ["nonsense", pytest.param("tcp://127.0.0.1:9", marks=pytest.mark.slow)])
def test_no_cluster_is_one_clear_error(tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 1)
    with pytest.raises(sim.ScenarioError, match="there is no cluster"):
        sim.sweep(small(), tmp_path / "out", cluster=address)


def test_a_cluster_that_is_lost_is_one_clear_error_and_what_is_done_is_kept(tmp_path: Path) -> None:
    local = distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, protocol="inproc"
    )

    def close(progress: Any) -> None:
        if progress.done == 1:
            local.close()

    with pytest.raises(ResultsError, match="was lost"):
        sim.sweep(small(), tmp_path / "out", cluster=local.scheduler_address, progress=close)
    assert sim.open_results(tmp_path / "out").verify() == []
    results, computed = run_inline(small(), tmp_path / "out")
    assert results.is_complete
    assert len(computed) == 2


@pytest.mark.slow
def test_lost_workers_change_nothing(tmp_path: Path) -> None:
    """Worker processes are killed again and again; others take over, and the bytes are the same."""
    text = SMALL.replace("replicates = 3", "replicates = 60").replace("months = 6", "months = 120")
    design = design_from(text)
    right = content(run_inline(design, tmp_path / "right")[0].folder)
    killed = 0
    over = threading.Event()
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as local:

        def kill() -> None:
            nonlocal killed
            while not over.wait(1.5) and killed < 4:
                nannies: list[Any] = list(local.workers.values())
                nanny = nannies[killed % len(nannies)]
                if nanny.process is not None and nanny.process.pid:
                    os.kill(nanny.process.pid, signal.SIGKILL)
                    killed += 1

        killer = threading.Thread(target=kill)
        started = time.monotonic()
        killer.start()
        try:
            sim.sweep(design, tmp_path / "out", cluster=local.scheduler_address)
        finally:
            over.set()
            killer.join()
        assert killed >= 1, f"done in {time.monotonic() - started:.1f} s, before a worker was killed"
    assert content(tmp_path / "out") == right
