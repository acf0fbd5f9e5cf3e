"""Patterns: the catalogue is complete, estimates are right, files are checked, and the scorecard does what it says.

What the patterns come to at the defaults is no test: it is a finding, see docs/patterns.md. The reduced scorecard here
asks that every experiment can be worked out; the whole one is marked slow.
"""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from scipy import stats

from sim import factors as factors_module
from sim import packaged
from sim.cli import main
from sim.comparing.worlds import settings as shipped_worlds
from sim.elements import Values
from sim.factors import factors, pinned, without
from sim.inputs import ORGANISATION_KINDS
from sim.parameters import PARAMETERS
from sim.patterns import Laboratory, built_in, read_patterns
from sim.patterns.ablation import MECHANISMS, variants
from sim.patterns.declared import Reading
from sim.patterns.definitions import Criterion
from sim.patterns.grounds import EQUAL, FRAMEWORKS, MIXES, NUMBERS, crossed, ground, kinds_of
from sim.patterns.many import Series, Variant, read_series, try_many
from sim.patterns.pages import bounds, descriptions
from sim.patterns.registry import EXPERIMENTS
from sim.patterns.robust import acceptance, robustness, settings, uncertain
from sim.patterns.score import as_frame, try_patterns, verdict
from sim.patterns.statistics import (
    NOTHING,
    Estimate,
    centred,
    correlation,
    explained,
    lead,
    mean,
    median,
    ratio,
    relative,
    resampled,
    share_difference,
    standardised,
)
from sim.patterns.worlds import save_worlds
from sim.population import build
from sim.problems import ScenarioError
from sim.results import ResultsError
from sim.scenario import load

ROOT = Path(__file__).resolve().parent.parent
HOWTO = (ROOT / "docs" / "patterns_howto.md").read_text(encoding="utf-8")
SOURCE = re.compile(r"[VHLA]\b")


# ---------------------------------------------------------------- the catalogue


def test_all_twenty_four_patterns_ship_with_their_roles() -> None:
    roles = {each.id: each.role for each in built_in()}
    calibration = {"P01", "P02", "P03", "P09", "P14", "P18", "P20", "P21", "P22", "P23", "P24"}
    assert list(roles) == [f"P{number:02d}" for number in range(1, 25)]
    assert {name for name, role in roles.items() if role == "C"} == calibration
    assert {name for name, role in roles.items() if role == "D"} == roles.keys() - calibration


@pytest.mark.parametrize("pattern", built_in(), ids=lambda each: each.id)
def test_every_pattern_says_what_it_is_in_both_languages(pattern: Any) -> None:
    assert SOURCE.match(pattern.source)
    assert pattern.mechanism
    assert pattern.setup != "as declared"
    for texts in (pattern.meaning, *(each.words for each in pattern.criteria)):
        assert texts["en"] and texts["nl"] and texts["en"] != texts["nl"]
    assert len({each.name for each in pattern.criteria}) == len(pattern.criteria)
    assert any(not each.reported for each in pattern.criteria)


def test_every_experiment_belongs_to_a_pattern() -> None:
    assert {each.python for each in built_in() if each.python} == {name for name in EXPERIMENTS if name.startswith("P")}


def test_cases_without_practice_at_the_start_are_those_that_ship() -> None:
    """P02 is about all single cases that start without practice."""
    declared = next(each for each in built_in() if each.id == "P02").declaration.scenarios
    shipped = [name for name in packaged.shipped() if len(load(name).collaborations) == 1]
    shipped = [name for name in shipped if not name.endswith("_partners")]  # points to start from are no cases
    fresh = [name for name in shipped if load(name).collaborations[0].inputs["practice_maturity"] == 0.0]
    assert sorted(declared) == sorted(fresh)


def test_page_describes_the_patterns_that_ship() -> None:
    page = (ROOT / "docs" / "patterns.md").read_text(encoding="utf-8")
    assert descriptions(built_in()) in page, "run python docs/make_patterns.py"


# ---------------------------------------------------------------- grounds


def test_crossed_means_every_framework_number_and_mix_once() -> None:
    scenarios = crossed()
    seen = [(each.collaborations[0].framework, tuple(one.kind for one in each.organisations)) for each in scenarios]
    assert len(seen) == len(set(seen)) == len(FRAMEWORKS) * len(NUMBERS) * len(MIXES)
    for each in scenarios:
        roles = [partner.role for partner in each.collaborations[0].partners]
        assert roles.count("lead") == 1
        assert each.collaborations[0].inputs["practice_maturity"] == 0.0


def test_equal_partners_are_equal_in_everything_that_is_listed() -> None:
    organisations = ground("covenant", 4, equal=True).organisations
    for name, value in EQUAL.items():
        assert {each.inputs[name] for each in organisations} == {value}
    assert kinds_of("care", 4) == ("housing_corporation", "care", "welfare", "care")
    assert set(kinds_of("municipality", 8)) < set(ORGANISATION_KINDS)


# ---------------------------------------------------------------- estimates


def test_mean_is_the_t_interval_over_replicates() -> None:
    values = np.random.default_rng(1).normal(2.0, 1.0, (3, 40))
    found = mean(values)
    known = stats.ttest_1samp(values.mean(axis=0), 0.0).confidence_interval(0.95)
    assert found.value == pytest.approx(values.mean())
    assert (found.low, found.high) == pytest.approx((known.low, known.high))


def test_a_replicate_is_one_world_however_many_cells_it_has() -> None:
    one = np.random.default_rng(2).normal(size=30)
    assert mean(np.stack([one] * 50)).high == pytest.approx(mean(one).high)
    assert ratio(np.stack([one] * 50), np.ones((50, 30))).high == pytest.approx(ratio(one, np.ones(30)).high)


def test_nothing_to_measure_is_no_estimate() -> None:
    empty = np.full((2, 20), np.nan)
    for found in (mean(empty), median(empty), ratio(empty, np.zeros((2, 20))), mean(np.ones(2))):
        assert math.isnan(found.value)
    assert NOTHING.value != NOTHING.value


def test_intervals_cover_what_is_true() -> None:
    """Of 200 intervals for a known median, mean and share, 95 % should cover; under 88 % has a chance below 1e-4."""
    rng = np.random.default_rng(3)
    covered = np.zeros(3)
    for _ in range(200):
        sample = rng.exponential(1.0, 80)
        within = rng.random(80) < 0.3
        for place, (found, truth) in enumerate(
            ((median(sample), math.log(2.0)), (mean(sample), 1.0), (ratio(within, np.ones(80)), 0.3))
        ):
            covered[place] += found.low <= truth <= found.high
    assert (covered / 200 > 0.88).all()


def test_statistics_of_hand_worked_tables() -> None:
    assert relative(np.full(10, 3.0), np.full(10, 2.0)).value == pytest.approx(0.5)
    of = np.array([1.0, 1.0, 0.0, 1.0])
    assert share_difference(of, np.ones(4), np.zeros(4), np.ones(4)).value == pytest.approx(0.75)
    assert lead(of, [1.0 - of, np.zeros(4)]).value == pytest.approx(0.5)
    assert correlation(np.arange(12.0), -np.arange(12.0)).value == pytest.approx(-1.0)
    assert math.isnan(correlation(np.ones(12), np.arange(12.0)).value)
    groups = np.array([[0.0, 2.0], [4.0, 6.0]])
    assert explained(groups) == pytest.approx(16.0 / 20.0)
    assert centred(np.array([[1.0, 3.0, np.nan], [np.nan] * 3])) == pytest.approx(
        np.array([[-1.0, 1.0, np.nan], [np.nan] * 3]), nan_ok=True
    )
    x, z = np.random.default_rng(4).normal(size=(2, 5000))
    assert standardised(3.0 * x - 1.0 * z, x, z) == pytest.approx([3 / math.sqrt(10), -1 / math.sqrt(10)], abs=0.05)
    assert resampled(lambda each: float(each.sum()), np.ones(5)) == Estimate(5.0, 5.0, 5.0)


@pytest.mark.parametrize(
    ("estimate", "above", "below", "holds"),
    [
        (Estimate(1.0, 0.5, 1.5), 0.0, math.inf, "yes"),
        (Estimate(1.0, -0.5, 1.5), 0.0, math.inf, "not shown"),
        (Estimate(-1.0, -1.5, -0.5), 0.0, math.inf, "no"),
        (Estimate(30.0, 25.0, 35.0), 24.0, 60.0, "yes"),
        (Estimate(30.0, 23.0, 35.0), 24.0, 60.0, "not shown"),
        (Estimate(20.0, 18.0, 24.0), 24.0, 60.0, "no"),
        (Estimate(0.0, 0.0, 0.0), 0.0, math.inf, "no"),
        (NOTHING, 0.0, math.inf, "not shown"),
    ],
)
def test_a_criterion_is_judged_by_its_whole_interval(
    estimate: Estimate, above: float, below: float, holds: str
) -> None:
    criterion = Criterion("c", "share", Values({"en": "c", "nl": "c"}), above, below, reported=False)
    assert criterion.judge(estimate) == holds


# ---------------------------------------------------------------- the laboratory


def test_parameters_lie_below_what_a_scenario_says_and_pinned_values_above() -> None:
    plain, says = ground("covenant", 2), ground("covenant", 2, parameters={"trust_gain": 0.06})
    below = Laboratory(4, parameters={"trust_gain": 0.12})
    assert below.parameter("trust_gain", plain) == 0.12
    assert below.parameter("trust_gain", says) == 0.06
    same = Laboratory(4).sample(plain.replace({"parameters.trust_gain": 0.12}), series=("trust_board",))
    assert np.array_equal(
        below.sample(plain, series=("trust_board",)).series["trust_board"], same.series["trust_board"]
    )
    above = Laboratory(4, fixed={"parameters.trust_gain": 0.05})
    assert above.parameter("trust_gain", says) == 0.05
    during = plain.with_interventions({"id": "x", "month": 5, "set": {"parameters.trust_gain": 0.12}})
    assert below.parameter("trust_gain", during) == PARAMETERS["trust_gain"].default
    assert {each.value for each in pinned(during, above.fixed).changes()} <= {0.05}


def test_arms_of_a_sample_share_luck_and_are_run_once() -> None:
    laboratory = Laboratory(6)
    scenario = ground("covenant", 2)
    first = laboratory.sample(scenario)
    runs = laboratory.runs
    assert laboratory.sample(ground("covenant", 2)) is first
    assert laboratory.runs == runs == 6


def test_ambition_is_read_off_the_state_at_the_end() -> None:
    from sim.model import CollaborationModel

    scenario = ground("covenant", 2)
    model = CollaborationModel(scenario, seed=1, replicate=2)
    for _ in range(12):
        model.step()
    levels = [each.ambition for each in model.agents if type(each).__name__ == "Level"]
    assert Laboratory(4).ambition(scenario, 12)[2] == pytest.approx(np.mean(levels))


def test_reading_of_a_run() -> None:
    sample = Laboratory(5).sample(
        ground("covenant", 2), series=("engagement_board", "engagement_middle", "engagement_operational", "phase")
    )
    engaged = [sample.series[f"engagement_{level}"].astype(float) for level in ("board", "middle", "operational")]
    assert Reading(("engagement_*",), at=60).of(sample) == pytest.approx(np.mean(engaged, axis=0)[:, 59])
    assert Reading(("phase",), at=60, since=12).of(sample) == pytest.approx(
        sample.series["phase"][:, 59] - sample.series["phase"][:, 11]
    )
    assert Reading(("phase",), during=(1, 24)).of(sample) == pytest.approx(sample.series["phase"][:, :24].mean(axis=1))
    reached = sample.finals["months_to_phase_3"] > 0
    assert np.array_equal(Reading(("months_to_phase_3",), ever=True).of(sample) == 1.0, reached)
    assert np.array_equal(Reading(("months_to_phase_3",), restricted=True).of(sample) == 121.0, ~reached)
    states = Reading(("end_state",), equals="sham").of(sample) + Reading(("end_state",), equals="goals").of(sample)
    assert set(states) <= {0.0, 1.0}


# ---------------------------------------------------------------- files of patterns


def example() -> str:
    return re.search(r"<!-- example: begin -->\n```toml\n(.*?)```", HOWTO, re.DOTALL)[1]  # type: ignore[index]


def test_the_worked_example_runs(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(example(), encoding="utf-8")
    (pattern,) = read_patterns(file)
    findings = try_patterns([pattern], Laboratory(20))
    assert [each.criterion.name for each in findings] == ["known", "sooner"]
    assert findings[0].holds == "yes"  # meeting is what makes acquainted


def test_the_example_in_code_runs(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(re.search(r"```python\n(.*?)```", HOWTO, re.DOTALL)[1], encoding="utf-8")  # type: ignore[index]
    (pattern,) = read_patterns(file)
    (finding,) = try_patterns([pattern], Laboratory(20))
    assert finding.holds == "yes"
    assert finding.estimate.value == pytest.approx(24.0, abs=6.0)


def refused(tmp_path: Path, text: str) -> str:
    file = tmp_path / "wrong.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_patterns(file)
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('outcome = "familiarity_operational"', 'outcome = "familiarty_operational"', 'did you mean "familiarity_operational"?'),
        ('statistic = "difference"', 'statistic = "diference"', 'did you mean "difference"?'),
        ('against = "seldom"', 'against = "never"', "there is no arm called"),
        ("at = 36", "at = 121", "a month from 1 to 120"),
        ("above = 0.05", "", "a criterion needs a bound"),
        ("above = 0.05", "above = 0.05\nbelow = 0.01", "0.05 is not below 0.01"),
        ("operational_meetings_per_year\" = 12", "operational_meetings_per_yaer\" = 12", "operational_meetings_per_year"),
        ("operational_meetings_per_year\" = 12", "operational_meetings_per_year\" = -1", "-1"),
        ('"covenant", "client_contractor"', '"covenent"', "did you mean covenant?"),
        ("partners = [2, 4]", "partners = [1]", "2 to 32"),
        ('role = "H"', 'role = "X"', "one of D, C, H"),
        ('arm = "monthly"\n', "", "arm is missing"),
        ("restricted = true", 'restricted = "yes"', "true or false"),
        ("[patterns.on]", "[patterns.on]\nscenarios = [\"tilbrug\"]", 'there is no scenario called "tilbrug"'),
        ("[patterns.on]", "[patterns.on]\norganisation = { tendered_share = 7 }", "7"),
        ('meaning = {', 'meening = {', "there is nothing called"),
    ],
)  # fmt: skip
def test_wrong_input_is_told_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = example()
    assert old in text
    message = refused(tmp_path, text.replace(old, new))
    assert told in message
    assert re.search(r"wrong\.toml:\d+:\d+: ", message)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    wrong = example().replace('role = "H"', 'role = "X"').replace("at = 36", "at = 0").replace('"seldom"\n', '"no"\n')
    assert len(refused(tmp_path, wrong).split("wrong.toml:")) >= 5


@pytest.mark.parametrize("text", ["PATTERNS = 3", "1 / 0", "PATTERNS = [{}]"])
def test_wrong_code_is_told_without_a_traceback(tmp_path: Path, text: str) -> None:
    file = tmp_path / "wrong.py"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"wrong\.py"):
        read_patterns(file)


# ---------------------------------------------------------------- factors


def entities(scenario: Any) -> list[Any]:
    return [
        [each.id for each in getattr(scenario, table)]
        for table in ("organisations", "neighbourhoods", "collaborations", "spanners")
    ] + [[each.partners for each in scenario.collaborations]]


@pytest.mark.parametrize("name", factors())
@pytest.mark.parametrize("case", packaged.shipped())
def test_a_factor_is_switched_off_for_good_and_removes_nothing(case: str, name: str) -> None:
    scenario = load(case)
    off = without(scenario, [name])
    assert entities(off) == entities(scenario)
    assert (
        dict(build(off).layout.counts).items()
        >= {entity: rows for entity, rows in build(scenario).layout.counts if entity != "changes"}.items()
    )
    neutral = {path.rsplit(".", 1)[1]: float(value) for path, value in factors()[name].neutral.items()}
    assert not [each for each in off.changes() if each.name in neutral and each.value != neutral[each.name]]


def test_factors_are_those_of_the_model_and_are_refused_by_other_names() -> None:
    assert set(factors()) == {
        "budget_financing", "competition_pressure", "expectations", "internal_levels", "culture", "passage", "scale",
    }  # fmt: skip
    with pytest.raises(ScenarioError, match="did you mean culture"):
        factors_module.without(load("tilburg"), ["cultur"])


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_neutralised_mechanism_is_something_a_scenario_can_say(name: str) -> None:
    changed = pinned(load("kaatsheuvel"), MECHANISMS[name])
    assert changed != load("kaatsheuvel")
    assert entities(changed) == entities(load("kaatsheuvel"))


def test_a_pattern_vanishes_with_its_mechanism() -> None:
    """Without tendering an experiment on tendering has two arms that are the same."""
    pattern = next(each for each in built_in() if each.id == "P09")
    off = Laboratory(6, fixed=dict(factors()["competition_pressure"].neutral))
    assert pattern.estimates(off)["horizon"] == Estimate(0.0, 0.0, 0.0)
    assert variants()[0].name == "as_it_is"


# ---------------------------------------------------------------- many variants


def test_settings_fill_the_ranges_of_everything_uncertain() -> None:
    names = uncertain()
    assert set(names) == {name for name, each in PARAMETERS.items() if each.kind == "uncertainty"}
    table = np.array([[each.parameters[name] for name in names] for each in settings(200)])
    for column, name in zip(table.T, names, strict=True):
        low, high = PARAMETERS[name].low, PARAMETERS[name].high
        assert low <= column.min() < low + 0.02 * (high - low)
        assert high - 0.02 * (high - low) < column.max() <= high
        assert stats.kstest((column - low) / (high - low), "uniform").pvalue > 1e-6
    assert settings(200) == settings(200)
    assert settings(200, seed=2) != settings(200)
    assert settings(8)[3].parameters == {
        name: pytest.approx(value) for name, value in settings(8)[3].parameters.items()
    }


def test_an_interrupted_series_goes_on_and_comes_to_the_same(tmp_path: Path) -> None:
    series = Series(("P02",), settings(3), 6, 1)
    whole = try_many(series, tmp_path / "whole", workers=2)
    broken = tmp_path / "broken"
    try_many(series, broken, workers=1)
    (broken / "variant-1.parquet").unlink()
    with pytest.raises(ResultsError, match="not done yet"):
        read_series(broken)
    kept = (broken / "variant-0.parquet").stat().st_mtime_ns
    told: list[tuple[int, int]] = []
    again = try_many(series, broken, workers=1, progress=lambda done, of: told.append((done, of)))
    assert told == [(2, 3), (3, 3)]
    assert (broken / "variant-0.parquet").stat().st_mtime_ns == kept
    pd.testing.assert_frame_equal(whole, again)
    with pytest.raises(ResultsError, match="other patterns, settings or rules"):
        try_many(Series(("P02",), settings(3), 7, 1), broken)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "something").touch()
    with pytest.raises(ResultsError, match="already holds"):
        try_many(series, tmp_path / "other")


def findings_of(table: dict[str, tuple[str, list[float]]]) -> pd.DataFrame:
    """Make findings: for each pattern its role and an estimate (wanted: above 0) for each setting."""
    rows = []
    for pattern, (role, estimates) in table.items():
        for number, estimate in enumerate(estimates):
            holds = "yes" if estimate > 0.1 else "no" if estimate < -0.1 else "not shown"
            rows.append(
                {
                    "pattern": pattern, "role": role, "criterion": "c", "estimate": estimate, "above": 0.0,
                    "below": math.inf, "counts": True, "holds": holds, "pattern_holds": holds, "variant": str(number),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def test_calibration_patterns_are_judged_where_the_others_accept() -> None:
    ten = [1.0] * 10
    findings = findings_of(
        {"D1": ("D", [*ten, *[-1.0] * 10]), "C1": ("C", [*ten, *[-1.0] * 10]), "C2": ("C", [*[-1.0] * 5, *[1.0] * 15]),
         "C3": ("C", [-1.0] * 20)}
    )  # fmt: skip
    accepted = acceptance(findings)
    assert accepted.sorting == ("C1", "C2")
    assert accepted.left_out == ("C3",)
    assert accepted.accepted == ["5", "6", "7", "8", "9"]
    table = robustness(findings).set_index(["pattern", "criterion"])
    assert table.loc[("D1", ""), "settings"] == 20 and table.loc[("D1", ""), "within"] == 0.5
    assert table.loc[("C1", ""), "settings"] == 15 and table.loc[("C1", ""), "within"] == pytest.approx(5 / 15)
    assert table.loc[("C2", ""), "settings"] == 10 and table.loc[("C2", ""), "robust"] == "no"
    assert table.loc[("C3", ""), "settings"] == 5 and table.loc[("C3", ""), "robust"] == "not shown"
    assert table.loc[("D1", "c"), "median"] == 0.0


def test_where_none_is_met_by_all_the_nearest_are_accepted() -> None:
    far, near = [-1.0] * 10, [-0.1] * 10
    findings = findings_of({"C1": ("C", [1.0] * 10 + near), "C2": ("C", far + near[:7] + [1.0] * 3)})
    accepted = acceptance(findings)
    assert accepted.accepted == ["17", "18", "19"]  # 0.15 of twenty: one miss by a little
    spread = np.std(far + near[:7] + [1.0] * 3, ddof=1)
    assert accepted.missed.loc["0", "C2"] == pytest.approx(1.0 / spread)
    assert accepted.missed.loc["0", "C1"] == 0.0


def test_accepted_settings_become_worlds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "worlds.toml"
    monkeypatch.setattr("sim.comparing.worlds.ACCEPTED", file)
    with pytest.raises(ScenarioError, match="no setting is accepted"):
        save_worlds([], "none", file)
    save_worlds([each.parameters for each in settings(10)], "made for a test\n\nof ten", file)
    chosen = shipped_worlds(5, 100)
    assert [each["parameters.trust_gain"] for each in chosen] == pytest.approx(
        [each.parameters["trust_gain"] for each in settings(10)[:5]], rel=1e-5
    )
    load("tilburg").replace(chosen[0])


# ---------------------------------------------------------------- the command


def test_command_tells_writes_and_says_by_its_exit_code(tmp_path: Path, capsys: Any) -> None:
    code = main(["patterns", "P02", "P18", "--runs", "30", "--out", str(tmp_path / "card"), "--lang", "nl"])
    said = capsys.readouterr()
    assert "P02" in said.out and "Het duurt jaren" in said.out
    table = pq.read_table(tmp_path / "card" / "patterns.parquet").to_pandas()
    assert set(table["pattern"]) == {"P02", "P18"}
    assert code == (0 if (table["pattern_holds"] == "yes").all() else 1)
    assert main(["patterns", "P02", "--out", str(tmp_path / "card")]) == 2
    assert main(["patterns", "P99"]) == 2
    assert "there is no such pattern" in capsys.readouterr().err
    assert main(["patterns", "--robust", "--ablate"]) == 2


def test_command_goes_on_with_a_series(tmp_path: Path, capsys: Any) -> None:
    asked = ["patterns", "P02", "--robust", "--settings", "2", "--runs", "4", "--workers", "1", "--out", str(tmp_path)]
    assert main(asked) == 0
    first = capsys.readouterr().out
    assert main(asked) == 0
    assert capsys.readouterr().out == first
    assert len(json.loads((tmp_path / "design.json").read_text())["variants"]) == 2


def test_same_luck_same_bytes_whatever_the_number_of_workers(tmp_path: Path) -> None:
    for name, workers in (("one", "1"), ("two", "2")):
        main(["patterns", "P02", "--runs", "70", "--workers", workers, "--out", str(tmp_path / name)])
    one, two = ((tmp_path / name / "patterns.parquet").read_bytes() for name in ("one", "two"))
    assert one == two


def test_page_is_filled_from_a_folder(tmp_path: Path) -> None:
    from sim.patterns.pages import blocks_of

    main(["patterns", "P02", "--runs", "10", "--out", str(tmp_path / "card")])
    assert "| P02 | C |" in blocks_of(tmp_path / "card")["scorecard"]
    with pytest.raises(ResultsError, match="no scorecard"):
        blocks_of(tmp_path)
    try_many(
        Series(("P02",), (Variant("as_it_is"), Variant("problems", fixed=MECHANISMS["problems"])), 6, 1),
        tmp_path / "a",
        1,
    )
    assert "| problems |" in blocks_of(tmp_path / "a")["ablation"]
    try_many(Series(("P02",), settings(3), 6, 1), tmp_path / "r", 1)
    assert "| P02 | C |" in blocks_of(tmp_path / "r")["robustness"]


# ---------------------------------------------------------------- the scorecard


def complete(findings: Any) -> None:
    assert len(findings) == sum(len(each.criteria) for each in built_in())
    for each in findings:
        where = f"{each.pattern.id} {each.criterion.name}"
        assert not math.isnan(each.estimate.value), where
        assert each.estimate.low <= each.estimate.high, where
        assert bounds(each.criterion)


def test_reduced_scorecard_can_be_worked_out() -> None:
    """Every experiment runs and finds something to measure; what it comes to takes more runs."""
    complete(try_patterns(built_in(), Laboratory(8)))


@pytest.mark.slow
def test_scorecard_at_the_defaults() -> None:
    """Chance alone decides little at 100 replicates: patterns that the page says hold must not fail, nor the reverse."""
    findings = try_patterns(built_in(), Laboratory(100, seed=2))
    complete(findings)
    page = (ROOT / "docs" / "patterns.md").read_text(encoding="utf-8")
    card = page.split("<!-- scorecard: begin -->")[1].split("<!-- scorecard: end -->")[0]
    said = dict(re.findall(r"(?m)^\| (P\d\d) \|.*\| (yes|\*\*no\*\*|not shown) \|$", card))
    now = as_frame(findings).drop_duplicates("pattern").set_index("pattern")["pattern_holds"]
    assert {name for name, word in said.items() if (word, now[name]) in {("yes", "no"), ("**no**", "yes")}} == set()
    assert verdict(findings[:4]) in {"yes", "no", "not shown"}


@pytest.mark.slow
def test_make_patterns_check_agrees() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "docs" / "make_patterns.py"), "--check"], check=False)
    assert done.returncode == 0
