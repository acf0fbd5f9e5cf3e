"""The command line: exit codes, one clear error, the same bytes in every language, and checks that can fail."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import sim
from sim import cli, invariants
from sim.cli import BAD_INPUT, BUG, DONE, FELL_SHORT, INTERRUPTED, main
from sim.invariants import CHECKS, Breach, Sight, arrow_is_allowed, check_month, check_run
from sim.packaged import shipped
from sim.population import build
from sim.schedule import month

ROOT = Path(sim.__file__).resolve().parent.parent
SHORT = ["--set", "months=14"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COALITIONS_DEBUG", raising=False)


def failed(capsys: pytest.CaptureFixture[str], arguments: Sequence[str]) -> str:
    """Run what has to be refused; return what is said."""
    assert main(arguments) == BAD_INPUT
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    assert err.strip()
    assert not list(Path().rglob("*")), "something was written"
    return err


def test_run_tells_and_saves(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["run", "roosendaal", *SHORT]) == DONE
    out, _ = capsys.readouterr()
    (folder,) = (tmp_path / "results").iterdir()
    assert folder.name.startswith("roosendaal-")
    assert {path.name for path in folder.iterdir()} == {
        "runs.parquet", "series.parquet", "organisations.parquet", "events.parquet", "manifest.json",
    }  # fmt: skip
    assert "Roosendaal: Aramis and SIW" in out
    assert "not a forecast" in out
    assert str(Path("results") / folder.name) in out
    assert "\x1b" not in out
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["command"] == ["coalitions", "run", "roosendaal", *SHORT]
    assert manifest["scenario"]["months"] == 14


def test_two_runs_in_one_second_have_folders_of_their_own(tmp_path: Path) -> None:
    for _ in range(3):
        assert main(["run", "roosendaal", "--set", "months=1"]) == DONE
    assert len(list((tmp_path / "results").iterdir())) == 3


def test_bytes_do_not_depend_on_the_language(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    texts, hashes = [], []
    for lang in ("en", "nl"):
        assert (
            main(["run", "tilburg", "--seed", "4", "--replicate", "2", "--lang", lang, "--out", lang, *SHORT]) == DONE
        )
        texts.append(capsys.readouterr().out)
        files = sorted((tmp_path / lang).glob("*.parquet"))
        hashes.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in files])
    assert texts[0] != texts[1]
    assert "geen voorspelling" in texts[1]
    assert len(hashes[0]) == 4
    assert hashes[0] == hashes[1]


def test_run_is_the_replicate_of_the_ensemble(tmp_path: Path) -> None:
    import pandas as pd

    assert main(["run", "tilburg", "--seed", "4", "--replicate", "2", "--out", "here", *SHORT]) == DONE
    mine = pd.read_parquet(tmp_path / "here" / "runs.parquet")
    whole = sim.simulate(sim.load("tilburg", [("months", 14)]), runs=3, seed=4).runs
    pd.testing.assert_frame_equal(
        mine.drop(columns="run"), whole[whole["replicate"] == 2].drop(columns="run").reset_index(drop=True)
    )


def test_the_last_set_wins(tmp_path: Path) -> None:
    sets = ["--set", "months=5", "--set", "organisations.*.openness=0.9", "--set", "organisations.siw.openness=0.1"]
    assert main(["run", "roosendaal", *sets, "--set", "months=3", "--out", "here"]) == DONE
    scenario = json.loads((tmp_path / "here" / "manifest.json").read_text("utf-8"))["scenario"]
    assert scenario["months"] == 3
    assert {each["id"]: each["openness"] for each in scenario["organisations"]}["siw"] == 0.1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "roosendal"], "did you mean roosendaal?"),
        (["run", "nowhere.toml"], "nowhere.toml"),
        (["run", "roosendaal", "--set", "organisations.siw.tendered_shar=1"], "organisations.siw.tendered_share"),
        (["run", "roosendaal", "--set", "months=0"], "months"),
        (["run", "roosendaal", "--set", "months"], "PATH=VALUE"),
        (["run", "roosendaal", "--seed", "-1"], "--seed"),
        (["run", "roosendaal", "--seed", "x"], "--seed"),
        (["run", "roosendaal", "--seed", str(2**64)], "--seed"),
        (["run", "roosendaal", "--replicate", "-1"], "--replicate"),
        (["run", "roosendaal", "--lang", "fr"], "fr"),
        (["run"], "SCENARIO"),
        (["rum"], "rum"),
        (["run", "roosendaal", "--sed", "1"], "--sed"),
    ],
)
def test_bad_input_gets_one_clear_error(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    assert said in failed(capsys, arguments)


def test_results_that_do_not_fit_are_refused_before_anything_is_made(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.ensemble.MEMORY_MOST", 100_000)
    assert "the results of a run would take about" in failed(capsys, ["run", "roosendaal", "--out", "too_large"])
    assert not Path("too_large").exists()


def test_all_errors_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    err = failed(capsys, ["run", "roosendaal", "--set", "months=-1", "--set", "organisations.siw.openness=7"])
    assert "months" in err
    assert "openness" in err


def test_a_folder_with_results_is_refused_before_the_run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "runs.parquet").write_text("mine")
    assert main(["run", "roosendaal", "--out", "here"]) == BAD_INPUT
    out, err = capsys.readouterr()
    assert out == ""
    assert "here already holds results" in err
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["runs.parquet"]


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == DONE
    assert capsys.readouterr().out.strip() == f"coalitions {sim.__version__}"


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--help"]) == DONE
    assert "--replicate" in capsys.readouterr().out


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_a_bug_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lang: str
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("float\ndivision")

    monkeypatch.setattr(cli, "_tell", broken)
    assert main(["run", "roosendaal", f"--lang={lang}", *SHORT]) == BUG
    err = capsys.readouterr().err
    assert "ZeroDivisionError: float division" in err
    assert len(err.strip().splitlines()) == 1
    assert not (tmp_path / "results").exists()
    monkeypatch.setenv("COALITIONS_DEBUG", "1")
    assert main(["run", "roosendaal", *SHORT]) == BUG
    assert "Traceback" in capsys.readouterr().err


def test_interrupted(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_records", interrupted)
    assert main(["run", "roosendaal", "--set", "months=14"]) == INTERRUPTED
    err = capsys.readouterr().err
    assert "coalitions run roosendaal --set months=14" in err
    assert "Traceback" not in err


def test_a_cold_machine_is_told_what_happens(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.compiled.is_cold", lambda: True)
    assert main(["run", "roosendaal", "--lang", "nl", *SHORT]) == DONE
    assert "gecompileerd" in capsys.readouterr().err


def test_module_and_command_are_the_same(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sim", "run", "roosendal"], capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == BAD_INPUT
    assert done.stdout == ""
    assert "did you mean roosendaal?" in done.stderr


def test_a_reader_that_has_enough_is_no_error(tmp_path: Path) -> None:
    code = "import sys; from sim.cli import main; sys.exit(main(['run', 'roosendaal', '--set', 'months=14']))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        err = running.stderr.read()
        assert running.wait() == DONE
    assert b"Traceback" not in err


# ---------------------------------------------------------------- checks


@pytest.mark.parametrize("name", sorted(shipped()))
def test_shipped_cases_pass_the_checks(name: str) -> None:
    scenario = sim.load(name)
    assert check_run(build(scenario), scenario.months, 7) == []


def test_check_says_that_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "roosendaal", "--check", *SHORT]) == DONE
    assert "held in all 14 months" in capsys.readouterr().out


def test_a_breach_ends_in_one(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Breach("money_is_kept", 3, "siw is 1 cents off")]
    monkeypatch.setattr(invariants, "check_run", lambda *_: found)
    assert main(["run", "roosendaal", "--check", "--out", "here", *SHORT]) == FELL_SHORT
    assert "month 3: money_is_kept: siw is 1 cents off" in capsys.readouterr().err
    assert Path("here/manifest.json").exists()


def sight() -> Sight:
    """Return a month of a case that is well."""
    from sim.model import CollaborationModel

    model = CollaborationModel("tilburg")
    for _ in range(40):
        model.step()
    population = build(model.case)
    before = population.layout.state(model._memory.buffer.copy(), log_rows=0)
    month(model.state)
    return Sight(population, before, model.state)


def spoilt(check: str) -> Sight:
    """Return a month that breaks one rule."""
    own = sight()
    state = own.after
    row = state.collaborations[0]
    if check == "money_is_kept":
        state.organisations[1].spent_cents += 1
    elif check == "transfers_cancel":
        state.organisations[0].paid_cents += 1
    elif check == "money_is_not_negative":
        state.organisations[0].income_cents = -1
    elif check == "shares_stay_within_bounds":
        state.relations[4].trust = 1.01
    elif check == "traits_stay_within_bounds":
        state.organisations[2].openness = -0.2
    elif check == "numbers_are_numbers":
        state.collaborations[0].cost_keur = np.nan
    elif check == "hours_suffice":
        state.levels[2].hours_granted = state.levels[2].hours_available + 1.0
    elif check == "people_suffice":
        state.levels[2].hours_available += 10000.0
    elif check == "phases_follow_arrows":
        own.before.collaborations[0].phase = 2
        row.phase, row.highest_phase = 4, 5
    elif check == "phases_exist":
        row.highest_phase = row.phase - 1
    elif check == "totals_never_fall":
        row.hours -= 1e6
    elif check == "joint_cases_are_cases":
        row.joint_total = row.entangled_total + 1.0
    elif check == "counts_agree":
        row.running += 1
    return own


def test_a_month_that_is_well_passes() -> None:
    assert check_month(sight()) == []


@pytest.mark.parametrize("check", [check.__name__ for check in CHECKS])
def test_every_check_can_fail(check: str) -> None:
    assert check in {breach.check for breach in check_month(spoilt(check))}


def test_arrows() -> None:
    allowed = {(before, after) for before in range(6) for after in range(6) if arrow_is_allowed(before, after)}
    falls = {(before, after) for before in range(6) for after in range(before + 1)}
    assert allowed == falls | {(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3), (3, 4), (4, 5)}
