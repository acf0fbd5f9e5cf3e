"""The ready-made interventions: each declared and on the page, and a few tried in stalled runs."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import packaged
from sim.comparing.worth import BY_NAME
from sim.timeline import changes

ROOT = Path(__file__).resolve().parent.parent
STALLED = 64


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_interventions", ROOT / "docs" / "make_interventions.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


MAKER = maker()
PAGE: str = MAKER.PAGE.read_text(encoding="utf-8")
DECLARED = MAKER.declared()


def block(name: str) -> str:
    start, stop = MAKER.markers(name)
    return PAGE.split(start)[1].split(stop, maxsplit=1)[0]


def row(name: str, intervention: str) -> list[str]:
    """Return the cells of an intervention's row in a table of the page."""
    title = MAKER.made(intervention).title["en"]
    found = [line for line in block(name).splitlines() if line.startswith(f"| {title} |")]
    assert len(found) == 1
    return [cell.strip() for cell in found[0].strip("|").split("|")]


# ---------------------------------------------------------------- declarations and page


def test_every_shipped_intervention_is_declared_once() -> None:
    listed = re.findall(r'^id = "(\w+)"$', (ROOT / "docs" / "interventions.toml").read_text("utf-8"), re.MULTILINE)
    assert len(listed) == len(set(listed)) == len(DECLARED) + len(MAKER.grounds())
    assert set(DECLARED) == set(packaged.shipped("interventions"))


@pytest.mark.parametrize("name", DECLARED)
def test_a_declaration_names_a_ground_and_an_outcome(name: str) -> None:
    said = DECLARED[name]
    assert said.keys() <= {"id", "ground", "outcome", "direction", "meant", "note"}
    assert said["ground"] in MAKER.grounds()
    assert said["direction"] in (-1, 1)
    better = BY_NAME[said["outcome"]].outcome.better
    assert better in (0, said["direction"])  # nobody takes it up to make things worse
    assert said["meant"]


def test_every_ground_is_used_and_differs_until_something_is_tried() -> None:
    assert {said["ground"] for said in DECLARED.values()} == set(MAKER.grounds())
    scenarios = [MAKER.scenario_of(name).as_dict() for name in MAKER.grounds()]
    assert all(one != other for place, one in enumerate(scenarios) for other in scenarios[:place])


@pytest.mark.parametrize("name", DECLARED)
def test_an_intervention_changes_its_ground_from_its_month_on(name: str) -> None:
    scenario = MAKER.treated(DECLARED[name]["ground"], name)
    use = scenario.interventions[0].use
    costs = ("intervention_keur_per_year", "intervention_hours")
    changed = [each for each in changes(scenario) if each.name not in costs]
    assert changed or use.spanners or use.events
    assert {each.month for each in changed} <= {MAKER.BEGIN}


def test_the_page_is_in_step_with_the_declarations() -> None:
    assert MAKER.in_words(PAGE) == PAGE, "python docs/make_interventions.py"


@pytest.mark.parametrize("name", DECLARED)
def test_the_page_covers_every_intervention(name: str) -> None:
    assert f"(`{name}`)" in block("interventions")
    cells = row("moved", name)
    said = DECLARED[name]
    assert cells[1] == MAKER.grounds()[said["ground"]]["title"]
    assert cells[3] == MAKER.meant(said)
    assert cells[-1].strip("*") in (MAKER.MOVES, MAKER.LITTLE, MAKER.NOT_SHOWN, MAKER.WRONG)
    assert all(re.search(r"\(.* to .*\)", cell) for cell in row("beside", name)[1:])
    row("moving", name)


# ---------------------------------------------------------------- verdicts


@pytest.mark.parametrize(
    ("effect", "low", "high", "direction", "word"),
    [
        (0.10, 0.08, 0.12, 1, "moves"),
        (0.03, 0.02, 0.04, 1, "moves little"),
        (0.10, -0.01, 0.21, 1, "not shown"),
        (0.0, 0.0, 0.0, 1, "not shown"),
        (-0.10, -0.12, -0.08, 1, "moves the wrong way"),
        (-0.10, -0.12, -0.08, -1, "moves"),
        (-0.03, -0.04, -0.02, -1, "moves little"),
        (0.10, 0.08, 0.12, -1, "moves the wrong way"),
    ],
)
def test_verdict(effect: float, low: float, high: float, direction: int, word: str) -> None:
    assert MAKER.verdict(MAKER.Effect(0.5, effect, low, high), direction, 0.05) == word


@given(st.floats(-1e6, 1e6), st.sampled_from(["share", "k€", "hours", "projects"]))
def test_a_number_reads_back_and_has_a_sign_unless_it_is_nothing(value: float, unit: str) -> None:
    text = MAKER.number(value, unit)
    back = float(text.replace("−", "-").replace(",", ""))
    assert abs(back - value) <= 0.5000001
    assert text.startswith("−" if back < 0 else "+" if back > 0 else "0")


# ---------------------------------------------------------------- stalled runs


def test_stalled_runs_are_chosen_on_what_stood_before_the_month() -> None:
    arm = MAKER.baseline("covenant", STALLED)
    before = arm.phase[:, MAKER.BEGIN - 2]
    gone = arm.finals["dissolved_month"]
    on = (gone == 0) | (gone >= MAKER.BEGIN)
    assert arm.stalled[on & (before < MAKER.PRACTICE)].all()
    assert not arm.stalled[~on].any()
    assert 0 < arm.stalled.sum() < len(arm.stalled)


def test_arms_are_paired_and_the_same_runs_give_no_effect() -> None:
    without, other = MAKER.with_intervention("covenant", "middle_meetings", STALLED)
    assert len(without.finals) == len(other.finals)
    assert np.array_equal(without.phase[:, : MAKER.BEGIN - 1], other.phase[:, : MAKER.BEGIN - 1])
    assert not np.array_equal(without.finals["practice_maturity"], other.finals["practice_maturity"])
    nothing = MAKER.outcome_effect(without, without, "practice_maturity")
    assert nothing.effect == nothing.low == nothing.high == 0.0


@pytest.mark.parametrize("name", ["middle_meetings", "mutual_offers", "small_teams"])
def test_robust_interventions_move_what_they_are_meant_to(name: str) -> None:
    """Hold the mean of some 64 differences to be 3.5 standard errors above zero.

    If an intervention moved nothing, it would pass with a probability of about 0.0004. With the effects of the page,
    which are seven or more standard errors at this size, another seed would fail with one below 0.001.
    """
    found, _ = MAKER.own_effect(name, STALLED)
    error = (found.high - found.low) / 4.0  # of 64 differences, the interval is 2.0 standard errors either way
    assert DECLARED[name]["direction"] * found.effect > 3.5 * error


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["appraisal_credit", "assign_passage", "concrete_goals", "escalation_committed", "small_teams"]
)
def test_the_experiment_comes_out_as_on_the_page(name: str) -> None:
    found, word = MAKER.own_effect(name)
    cells = row("moved", name)
    assert cells[-1].strip("*") == word
    assert cells[5] == MAKER.interval(found, BY_NAME[DECLARED[name]["outcome"]].outcome.unit)


@pytest.mark.slow
def test_the_page_is_of_this_model() -> None:
    assert f"control {MAKER.control()}." in PAGE
