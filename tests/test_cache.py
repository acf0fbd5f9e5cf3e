"""The cache of compiled rules cannot lie: an edited rule gives the new answer, in a file that others only call."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim.compiled
from sim.compiled import fingerprint, sources

PACKAGE = Path(sim.compiled.__file__).parent


def test_all_rules_are_in_the_fingerprint() -> None:
    """Every file that defines something compiled decides the cache's name."""
    known = {path.resolve() for path in sources()}
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text()
        if "@compiled" in text or "@entry" in text:
            assert path.resolve() in known, path.name
    assert all(path.exists() for path in known)
    assert fingerprint() == fingerprint()


RUN = """
from sim.compiled import CACHE
from sim.engine import simulate_population
from sim.population import build
from sim.scenario import load
scenario = load("roosendaal", [("months", 24)])
finals = simulate_population(build(scenario), scenario.months, 2, 1, workers=1).finals
print(float(finals["trust_operational"].sum()).hex(), CACHE.name)
"""


def run(where: Path, cache: Path) -> tuple[str, str]:
    """Run two replicates of a shipped case with the package in a folder; return the answer and the cache's name."""
    environment = {**os.environ, "PYTHONPATH": str(where), "XDG_CACHE_HOME": str(cache)}
    environment.pop("NUMBA_DISABLE_JIT", None)
    ran = subprocess.run(
        [sys.executable, "-c", RUN], env=environment, cwd=where, capture_output=True, text=True, check=True
    )
    answer, name = ran.stdout.split()
    return answer, name


@pytest.mark.slow
def test_an_edit_is_noticed(tmp_path: Path) -> None:
    """A changed rule changes what compiled callers in other files answer; undone, the old answer is back.

    Compiles the whole package twice.
    """
    where, cache = tmp_path / "copy", tmp_path / "cache"
    shutil.copytree(PACKAGE, where / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    if not (where / "sim" / "scenarios").is_dir():
        shutil.copytree(PACKAGE.parent / "scenarios", where / "scenarios")
    before = run(where, cache)
    assert run(where, cache) == before
    rules = where / "sim" / "rules.py"
    text = rules.read_text()
    edited = text.replace("return 1.0 - math.exp(-max(0.0, x))", "return 1.0 - math.exp(-max(0.0, 0.5 * x))")
    assert edited != text
    rules.write_text(edited)
    after = run(where, cache)
    assert after[0] != before[0]
    assert after[1] != before[1]
    rules.write_text(text)
    assert run(where, cache) == before
