"""Comparisons: the same worlds for every arm, frames that say what the runs say, and the same bytes however it is done."""

from __future__ import annotations

import hashlib
import json
import sys
import types
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim
from sim.cli import main
from sim.comparing import compare as module
from sim.comparing.arms import arms_of, pairs
from sim.comparing.compare import PairedComparison
from sim.comparing.folder import save_comparison
from sim.comparing.paired import NO_DIFFERENCE, VERDICTS
from sim.comparing.tallies import FOLLOWED, PHASE_STATES, STALL_STATES, TYPICAL_BY
from sim.comparing.words import lines
from sim.comparing.worlds import settings, spread
from sim.comparing.worth import COMPARED
from sim.language import LANGUAGES, language
from sim.terminal import BAD_INPUT, DONE, FELL_SHORT, INTERRUPTED

RUNS, MONTHS = 140, 72
FRAMEWORKS = ["client_contractor", "covenant", "building"]
FRAMES = (
    "runs", "differences", "distributions", "phase_shares", "stall_shares", "series", "incidence", "binding", "costs",
)  # fmt: skip
COLUMNS = {
    "differences": [
        "outcome", "a", "b", "partners", "effect", "low", "high", "probability_a_better", "smallest_worth", "verdict",
        "runs_needed", "narrowing",
    ],
    "distributions": ["arm", "outcome", "runs", "mean", "sd", "q05", "q25", "median", "q75", "q95", "missing"],
    "phase_shares": ["arm", "month", "state", "share"],
    "stall_shares": ["arm", "month", "state", "share"],
    "series": ["arm", "month", "quantity", "mean", "median", "q10", "q90"],
    "incidence": ["arm", "question", "end", "month", "share", "low", "high", "at_risk"],
    "binding": ["arm", "binding", "level", "share"],
    "costs": ["arm", "who", "keur"],
}  # fmt: skip


def case(name: str = "roosendaal", months: int = MONTHS) -> sim.Scenario:
    return sim.load(name, [("months", months)])


@pytest.fixture(scope="module")
def paired() -> PairedComparison:
    return sim.compare(case(), runs=RUNS, seed=7, frameworks=FRAMEWORKS)


@pytest.fixture(scope="module")
def ensembles(paired: PairedComparison) -> dict[str, sim.Ensemble]:
    return {arm.key: sim.simulate(arm.scenario, RUNS, 7, series=True) for arm in paired.arms}


def assert_same(one: PairedComparison, other: PairedComparison) -> None:
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    for key, run in one.typical.items():
        assert run.replicate == other.typical[key].replicate
        pd.testing.assert_frame_equal(run.series, other.typical[key].series)


# ---------------------------------------------------------------- the same worlds


def test_every_arm_is_the_ensemble_of_its_scenario(
    paired: PairedComparison, ensembles: dict[str, sim.Ensemble]
) -> None:
    for arm in paired.arms:
        own = paired.runs[paired.runs["arm"] == arm.key].reset_index(drop=True)
        theirs = ensembles[arm.key].runs
        pd.testing.assert_frame_equal(own[list(theirs.columns.drop("run"))], theirs.drop(columns="run"))
    assert list(paired.runs["run"]) == list(range(3 * RUNS))


def test_effects_are_differences_run_by_run(paired: PairedComparison) -> None:
    wide = {name: own.reset_index(drop=True) for name, own in paired.runs.groupby("arm")}
    for row in paired.differences.itertuples():
        a, b = wide[row.a], wide[row.b]
        if row.outcome in a and not row.outcome.startswith(("months_to", "first_", "dissolved")):
            apart = (a[row.outcome] - b[row.outcome]).astype(float)
            assert row.effect == pytest.approx(apart.mean(), abs=1e-9)
        if row.outcome == "months_to_phase_3":
            apart = a[row.outcome].fillna(MONTHS + 1) - b[row.outcome].fillna(MONTHS + 1)
            assert row.effect == pytest.approx(float(apart.mean()), abs=1e-9)
            won = (apart < 0).mean() + 0.5 * (apart == 0).mean()
            assert row.probability_a_better == pytest.approx(float(won))
        if row.outcome == "reached_3":
            assert row.effect == pytest.approx((a["highest_phase"] >= 3).mean() - (b["highest_phase"] >= 3).mean())


def test_differences_are_all_there(paired: PairedComparison) -> None:
    found = paired.differences
    assert len(found) == 3 * len(COMPARED)
    assert set(found["verdict"]) <= set(VERDICTS)
    assert set(zip(found["a"], found["b"], strict=True)) == {
        ("client_contractor", "covenant"), ("client_contractor", "building"), ("covenant", "building"),
    }  # fmt: skip
    assert (found["low"] <= found["effect"]).all()
    assert (found["effect"] <= found["high"]).all()
    assert found["probability_a_better"].between(0, 1).all()
    assert set(found["partners"]) == {2}
    is_open = found["verdict"] == "open"
    assert found.loc[~is_open, "runs_needed"].isna().all()
    assert (found.loc[is_open, "runs_needed"].dropna() > RUNS).all()
    for name, columns in COLUMNS.items():
        assert list(getattr(paired, name).columns) == columns


def test_the_same_arm_twice_differs_in_nothing() -> None:
    scenario = case(months=30)
    twice = sim.compare([scenario, scenario.replace({})], runs=12)
    assert [arm.key for arm in twice.arms] == ["roosendaal+client_contractor", "roosendaal_2+client_contractor"]
    found = twice.differences
    assert (found[["effect", "low", "high"]] == 0.0).all(axis=None)
    assert (found["probability_a_better"] == 0.5).all()
    assert set(found["verdict"]) == {NO_DIFFERENCE}
    assert "The same in everything." in "\n".join(lines(twice, language("en")))


def test_an_intervention_changes_nothing_before_its_month() -> None:
    late = sim.compare(case(months=30), runs=20, interventions=["small_teams@25"])
    one, other = (arm.key for arm in late.arms)
    assert other == "client_contractor+small_teams@25"
    before = late.series[late.series["month"] < 25].drop(columns="arm")
    arms = late.series["arm"][late.series["month"] < 25]
    pd.testing.assert_frame_equal(
        before[arms == one].reset_index(drop=True), before[arms == other].reset_index(drop=True)
    )
    assert late.arms[0].interventions == ()
    assert late.arms[1].interventions == ("small_teams@25",)


# ---------------------------------------------------------------- what an arm looks like


def test_shares_of_phases_and_stalls(paired: PairedComparison, ensembles: dict[str, sim.Ensemble]) -> None:
    for key, ensemble in ensembles.items():
        series = ensemble.series
        assert series is not None
        state = np.where(series["end_state"] == "dissolved", "dissolved", "phase_" + series["phase"].astype(str))
        for frame, states, seen in (
            (paired.phase_shares, PHASE_STATES, pd.Series(state)),
            (paired.stall_shares, STALL_STATES, series["end_state"].astype(str)),
        ):
            wanted = pd.crosstab(series["month"], seen.to_numpy(), normalize="index").reindex(
                columns=list(states), fill_value=0.0
            )
            found = frame[frame["arm"] == key].pivot_table(index="month", columns="state", values="share")[list(states)]
            np.testing.assert_allclose(found.to_numpy(), wanted.to_numpy(), atol=1e-12)
    total = paired.phase_shares.groupby(["arm", "month"])["share"].sum()
    np.testing.assert_allclose(total.to_numpy(), 1.0, atol=1e-12)


def test_courses(paired: PairedComparison, ensembles: dict[str, sim.Ensemble]) -> None:
    """Means are exact; quantiles are those of the runs to the width of a cell."""
    for key, ensemble in ensembles.items():
        series = ensemble.series
        assert series is not None
        for followed in FOLLOWED:
            found = paired.series[(paired.series["arm"] == key) & (paired.series["quantity"] == followed.name)]
            values = series[followed.name].astype("float64").to_numpy().reshape(RUNS, MONTHS)
            np.testing.assert_allclose(found["mean"], values.mean(axis=0), rtol=1e-6, atol=1e-6)
            for name, share in (("median", 0.5), ("q10", 0.1), ("q90", 0.9)):
                wanted = np.quantile(values, share, axis=0, method="inverted_cdf")
                rough = 0.5 * followed.step + 1e-6 if not followed.amounts else 0.011 * np.abs(wanted) + 1e-4
                assert (np.abs(found[name].to_numpy() - wanted) <= rough).all(), (followed.name, name)


def spells(series: pd.DataFrame, contact: int) -> dict[tuple[str, str, int], int]:
    """Count spells by question, end and month, plainly."""
    found: dict[tuple[str, str, int], int] = {}

    def add(question: str, end: str, month: int) -> None:
        found[question, end, month] = found.get((question, end, month), 0) + 1

    for _, run in series.groupby("run"):
        phase, state = run["phase"].to_numpy(int), run["end_state"].astype(str).to_numpy()
        over = np.flatnonzero(state == "dissolved")
        over_at = int(over[0]) + 1 if len(over) else None
        practising = np.flatnonzero(phase >= 3)
        if len(practising):
            start = int(practising[0]) + 1
            add("to_practice", "practice", start - contact)
            for month in range(start, MONTHS + 1):
                if month == over_at:
                    add("to_structuring", "dissolved", month - start)
                elif phase[month - 1] >= 4:
                    add("to_structuring", "advance", month - start)
                elif phase[month - 1] < 3:
                    add("to_structuring", "relapse", month - start)
                else:
                    continue
                break
            else:
                add("to_structuring", "", MONTHS - start)
        elif over_at:
            add("to_practice", "dissolved", over_at - contact)
        else:
            add("to_practice", "", MONTHS - contact)
        stalled = np.flatnonzero(np.isin(state, ["sham", "partial", "shared_address"]))
        if not len(stalled):
            continue
        start = int(stalled[0])
        later = [
            place
            for place in range(start, MONTHS)
            if state[place] not in ("sham", "partial", "shared_address", "negotiating")
        ]
        if not later:
            add("in_stall", "", MONTHS - 1 - start)
            continue
        end = later[0]
        was = [each for each in state[start:end] if each != "negotiating"][-1]
        if state[end] == "dissolved":
            add("in_stall", "dissolved", end - start)
        else:
            practice = float(run["practice_maturity"].iloc[end])
            threshold = 0.5 * float(sim.load("roosendaal").parameters["practice_threshold"])
            ahead = phase[end] >= 3 if was == "partial" else practice >= threshold
            add("in_stall", "advance" if ahead else "relapse", end - start)
    return found


def test_incidence_counts_what_happened(paired: PairedComparison, ensembles: dict[str, sim.Ensemble]) -> None:
    contact = int(paired.arms[0].scenario.collaborations[0].inputs["contact_month"])
    for key, ensemble in ensembles.items():
        assert ensemble.series is not None
        wanted = spells(ensemble.series, contact)
        own = paired.incidence[paired.incidence["arm"] == key]
        for question in ("to_practice", "to_structuring", "in_stall"):
            counts = {(end, month): count for (asked, end, month), count in wanted.items() if asked == question}
            rows = own[own["question"] == question]
            if not counts:
                assert rows.empty
                continue
            for end, found in rows.groupby("end"):
                left, survival, share = sum(counts.values()), 1.0, 0.0
                for row in found.itertuples():
                    assert row.at_risk == left
                    here = {
                        each: counts.get((each, row.month), 0)
                        for each in ("practice", "advance", "relapse", "dissolved", "")
                    }
                    gone = sum(count for each, count in here.items() if each)
                    share += survival * here[end] / left
                    survival *= 1.0 - gone / left
                    left -= gone + here[""]
                    assert row.share == pytest.approx(share, abs=1e-12)
                    assert row.low <= row.share <= row.high


def test_questions_are_answered_for_the_right_ends(paired: PairedComparison) -> None:
    ends = {question: set(own["end"]) for question, own in paired.incidence.groupby("question")}
    assert ends["to_practice"] == {"practice", "dissolved"}
    assert ends["to_structuring"] == ends["in_stall"] == {"advance", "relapse", "dissolved"}


def test_what_was_binding(paired: PairedComparison, ensembles: dict[str, sim.Ensemble]) -> None:
    for key, ensemble in ensembles.items():
        assert ensemble.series is not None
        own = ensemble.series[ensemble.series["binding"] != "none"]
        wanted = own.groupby(["binding", "binding_level"], observed=True).size() / len(own)
        found = paired.binding[paired.binding["arm"] == key].set_index(["binding", "level"])["share"]
        assert dict(found) == pytest.approx(dict(wanted))


def test_costs_add_up(paired: PairedComparison, ensembles: dict[str, sim.Ensemble]) -> None:
    for key, ensemble in ensembles.items():
        found = paired.costs[paired.costs["arm"] == key].set_index("who")["keur"]
        assert set(found.index) == {"housing_corporation", "welfare", "care", "municipality", "hours", "other"}
        assert found.sum() == pytest.approx(ensemble.runs["cost_keur"].mean())
        assert found["housing_corporation"] == pytest.approx(ensemble.runs["invested_keur_housing_corporation"].mean())
        assert (found > -1e-6).all()


def test_distributions(paired: PairedComparison, ensembles: dict[str, sim.Ensemble]) -> None:
    found = paired.distributions.set_index(["arm", "outcome"])
    for key, ensemble in ensembles.items():
        cost, months = ensemble.runs["cost_keur"], ensemble.runs["months_to_phase_3"]
        assert found.loc[(key, "cost_keur"), "median"] == pytest.approx(cost.median())
        assert found.loc[(key, "cost_keur"), "sd"] == pytest.approx(cost.std())
        assert found.loc[(key, "months_to_phase_3"), "mean"] == pytest.approx(float(months.mean()))
        assert found.loc[(key, "months_to_phase_3"), "missing"] == pytest.approx(months.isna().mean())
        assert found.loc[(key, "months_to_phase_3"), "runs"] == RUNS


def test_the_typical_run_is_closest_to_the_median(paired: PairedComparison, ensembles: dict[str, sim.Ensemble]) -> None:
    for arm in paired.arms:
        series = ensembles[arm.key].series
        assert series is not None
        far = np.zeros(RUNS)
        for name in TYPICAL_BY:
            values = series[name].astype("float64").to_numpy().reshape(RUNS, MONTHS)
            median = np.quantile(values, 0.5, axis=0, method="inverted_cdf")
            far += np.abs(values - median).sum(axis=1) / (5.0 if name == "phase" else 1.0)
        chosen = paired.typical[arm.key]
        assert far[chosen.replicate] <= far.min() + 0.002 * MONTHS * len(TYPICAL_BY)
        own = series[series["run"] == chosen.replicate].reset_index(drop=True)
        pd.testing.assert_frame_equal(chosen.series, own, check_categorical=False)


def test_the_typical_run_is_told_in_both_languages(paired: PairedComparison) -> None:
    for run in paired.typical.values():
        assert set(run.story) == set(LANGUAGES)
        texts = {code: " ".join(text for _, text in story) for code, story in run.story.items()}
        assert f"replicate {run.replicate}" in texts["en"]
        assert "not a forecast" in texts["en"]
        assert "geen voorspelling" in texts["nl"]


# ---------------------------------------------------------------- however it is done


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.parquet")}


def test_one_worker_or_many_the_same_bytes(paired: PairedComparison, tmp_path: Path) -> None:
    alone = sim.compare(case(), runs=RUNS, seed=7, frameworks=FRAMEWORKS, workers=1)
    three = sim.compare(case(), runs=RUNS, seed=7, frameworks=FRAMEWORKS, workers=3)
    assert_same(alone, paired)
    assert_same(alone, three)
    made = [hashes(save_comparison(each, tmp_path / str(place))) for place, each in enumerate((alone, three))]
    assert set(made[0]) == {"runs.parquet", "differences.parquet"}
    assert made[0] == made[1]


def test_in_files_or_in_memory_the_same(
    paired: PairedComparison, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = hashes(save_comparison(paired, tmp_path / "memory"))
    monkeypatch.setattr("sim.comparing.finals.HELD_BYTES", 0)
    monkeypatch.setattr("sim.comparing.finals._TOGETHER", 30)
    spooled = sim.compare(case(), runs=RUNS, seed=7, frameworks=FRAMEWORKS)
    assert spooled.arm_runs[0].finals._columns is None
    assert_same(spooled, paired)
    assert hashes(save_comparison(spooled, tmp_path / "files")) == whole


def test_large_comparisons_hold_the_first_runs_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "HELD_ROWS", 20)
    monkeypatch.setattr(module, "_TABLE_RUNS", 7)
    made = sim.compare(case(months=12), runs=25, interventions=["small_teams"])
    assert list(made.runs["replicate"]) == [*range(10), *range(10)]
    assert list(made.runs["run"]) == [*range(10), *range(25, 35)]
    table = pq.read_table(save_comparison(made, tmp_path / "here") / "runs.parquet")
    assert table["run"].to_pylist() == list(range(50))


def test_a_disk_that_is_full_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.comparing.finals.HELD_BYTES", 0)

    class Full:
        def seek(self, *_: object) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.comparing.finals.tempfile.TemporaryFile", lambda **_: Full())
    with pytest.raises(sim.ResultsError, match="No space left on device"):
        sim.compare(case(months=6), runs=4, frameworks=["covenant", "building"])


def test_progress_counts_every_run() -> None:
    told: list[int] = []
    sim.compare(case(months=6), runs=70, frameworks=["covenant", "building"], progress=told.append)
    assert sum(told) == 140


# ---------------------------------------------------------------- arms


def test_partners_are_left_out_by_role() -> None:
    scenario = case("kaatsheuvel", 12)
    roles = {one.organisation: one.role for one in scenario.collaborations[0].partners}
    for number, least in ((2, {"lead", "core"}), (4, {"lead", "core"}), (6, {"lead", "core", "tenant"})):
        arm = arms_of(scenario, partners=[number, 3])[0]
        there = [one for one in arm.scenario.collaborations[0].partners if one.role != "candidate"]
        assert len(there) == arm.partners == number
        assert {one.role for one in there} == least
        assert there[0].organisation == "casade"
        assert all(roles[one.organisation] == one.role for one in there)
    candidates = {name for name, role in roles.items() if role == "candidate"}
    assert candidates <= {one.organisation for one in arm.scenario.collaborations[0].partners}


def test_added_partners_are_the_same_however_many() -> None:
    arms = arms_of(case(), partners=[2, 5, 9])
    added = [[each for each in arm.scenario.organisations if each.id.startswith("roosendaal_added_")] for arm in arms]
    assert [len(each) for each in added] == [0, 3, 7]
    assert added[2][:3] == added[1]
    assert [each.kind for each in added[2][:4]] == ["welfare", "care", "other", "welfare"]
    assert [arm.partners for arm in arms] == [2, 5, 9]
    assert {one.role for one in arms[2].scenario.collaborations[0].partners if "added" in one.organisation} == {
        "partner"
    }


def test_deviations_stay_with_the_framework_that_they_deviate_from() -> None:
    scenario = case("kaatsheuvel", 12)
    here = scenario.collaborations[0]
    assert here.deviations
    own, other = arms_of(scenario, ["building", "covenant"])
    assert own.scenario == scenario
    covenant = scenario.library.framework("covenant").structure
    assert dict(other.scenario.collaborations[0].structure) == dict(covenant)
    path = f"collaborations.{here.id}.structure.middle_meetings_per_year"
    for arm in arms_of(scenario, ["building", "covenant"], values=[(path, 11), ("months", 9)]):
        assert arm.scenario.collaborations[0].structure["middle_meetings_per_year"] == 11
        assert arm.scenario.months == 9


def test_frameworks_are_crossed_with_the_number_of_partners() -> None:
    made = sim.compare(case(months=12), runs=6, frameworks=["covenant", "building"], partners=[2, 4])
    assert [arm.key for arm in made.arms] == ["covenant+p2", "building+p2", "covenant+p4", "building+p4"]
    assert sorted(set(made.runs["partners"])) == [2, 4]
    found = made.differences.drop_duplicates(["a", "b"])[["a", "b", "partners"]]
    rows = {(a, b): None if pd.isna(partners) else partners for a, b, partners in found.itertuples(index=False)}
    assert rows == {
        ("covenant+p2", "building+p2"): 2, ("covenant+p4", "building+p4"): 4,
        ("covenant+p2", "covenant+p4"): None, ("building+p2", "building+p4"): None,
    }  # fmt: skip


def test_pairs_of_frameworks_and_interventions() -> None:
    arms = arms_of(case(), ["covenant", "building"], ["small_teams", "weaving@24"])
    assert [arm.key for arm in arms] == [
        "covenant", "covenant+small_teams@1", "covenant+weaving@24",
        "building", "building+small_teams@1", "building+weaving@24",
    ]  # fmt: skip
    found = {(a.key, b.key) for a, b in pairs(arms)}
    assert {("covenant", arm.key) for arm in arms[1:]} <= found
    assert ("building", "building+weaving@24") in found
    assert ("covenant+weaving@24", "building+weaving@24") in found
    assert ("building+small_teams@1", "building+weaving@24") not in found
    assert len(found) == 5 + 2 + 2


def test_labels_in_both_languages() -> None:
    arm = arms_of(case(), ["covenant"], ["weaving@24"], [4])[1]
    assert arm.label["en"].startswith("Covenant, with ")
    assert arm.label["en"].endswith("from month 24, four partners")
    assert arm.label["nl"].startswith("Convenant, met ")
    assert arm.label["nl"].endswith("vanaf maand 24, vier partners")


def test_scenarios_are_arms() -> None:
    made = sim.compare([case(months=12), case("tilburg", 12)], runs=5)
    assert [arm.collaboration for arm in made.arms] == ["roosendaal", made.arms[1].scenario.collaborations[0].id]
    assert set(made.runs["scenario"]) == {"roosendaal", "tilburg"}
    assert made.differences["partners"].isna().all()


def test_one_of_several_collaborations() -> None:
    scenario = case(months=12)
    tree = scenario.as_dict()
    tree["collaborations"].append({**tree["collaborations"][0], "id": "second", "framework": "informal"})
    from sim.scenario import from_dict

    two = from_dict(tree)
    one = sim.compare(two, runs=4, frameworks=["covenant", "building"], collaboration="second")
    assert one.collaboration == "second"
    assert set(one.runs["collaboration"]) == {"second"}
    frameworks = [[each.framework for each in arm.scenario.collaborations] for arm in one.arms]
    assert frameworks == [["client_contractor", "covenant"], ["client_contractor", "building"]]
    every = arms_of(two, ["covenant", "building"])
    assert [each.framework for each in every[1].scenario.collaborations] == ["building", "building"]
    assert every[0].collaboration == "roosendaal"
    with pytest.raises(sim.ScenarioError, match="did you mean second"):
        arms_of(two, ["covenant", "building"], collaboration="secnd")


# ---------------------------------------------------------------- worlds


def test_runs_are_spread_over_worlds(tmp_path: Path) -> None:
    worlds = [
        {"parameters.trust_breach_weight": 1.5},
        {"parameters.trust_breach_weight": 3.0},
        {"parameters.trust_breach_weight": 2.0},
    ]
    made = sim.compare(case(months=24), runs=10, frameworks=["covenant", "building"], worlds=worlds)
    scenario = made.arms[0].scenario.replace({"parameters.trust_breach_weight": 3.0})
    alone = sim.simulate(scenario, runs=3, first_replicate=3).runs
    own = made.runs[made.runs["arm"] == "covenant"].iloc[3:6].reset_index(drop=True)
    pd.testing.assert_frame_equal(own[list(alone.columns.drop("run"))], alone.drop(columns="run"))
    assert list(own["parameters.trust_breach_weight"]) == [3.0] * 3
    folder = save_comparison(made, tmp_path / "here")
    assert len(json.loads((folder / "manifest.json").read_text("utf-8"))["worlds"]) == 3
    assert main(["rerun", str(folder)]) == DONE


def test_worlds_are_spread_evenly() -> None:
    assert spread(10, 3) == [(0, 3), (3, 6), (6, 10)]
    assert spread(4, 4) == [(0, 1), (1, 2), (2, 3), (3, 4)]


def test_accepted_settings_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sim.comparing.worlds.ACCEPTED", tmp_path / "worlds.toml")
    with pytest.raises(sim.ScenarioError, match="no accepted settings"):
        settings(2, 100)
    (tmp_path / "worlds.toml").write_text(
        '[[worlds]]\n"parameters.trigger" = 0.1\n[[worlds]]\n"parameters.trigger" = 0.2\n'
    )
    assert settings(2, 100) == [{"parameters.trigger": 0.1}, {"parameters.trigger": 0.2}]
    with pytest.raises(sim.ScenarioError, match="there are 2 accepted settings"):
        settings(3, 100)
    for wrong in (1, 0, -2, 101, True):
        with pytest.raises(sim.ScenarioError, match="not allowed"):
            settings(wrong, 100)
    with pytest.raises(sim.ScenarioError, match="there is no parameter called"):
        sim.compare(case(), runs=4, frameworks=["covenant", "building"], worlds=[{"parameters.nothing": 1}] * 2)
    with pytest.raises(sim.ScenarioError, match="the same paths"):
        settings([{"months": 12}, {}], 4)


# ---------------------------------------------------------------- the command


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COALITIONS_DEBUG", raising=False)
    quiet = types.ModuleType("sim.report")  # drawing takes long; tests of the report do it
    quiet.write_report = lambda *_given, **_named: None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sim.report", quiet)
    return tmp_path


SHORT = ["compare", "roosendaal", "--frameworks", "covenant,building", "--runs", "20", "--set", "months=14"]


def test_compare_tells_and_saves(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SHORT, "--workers", "1"]) == DONE
    out, err = capsys.readouterr()
    (folder,) = (here / "results").iterdir()
    assert folder.name.startswith("roosendaal-")
    assert {"runs.parquet", "differences.parquet", "manifest.json"} <= {path.name for path in folder.iterdir()}
    assert "Covenant (1) against Shared building (2)" in out
    assert "not a forecast" in out
    assert str(Path("results") / folder.name) in out
    assert max(map(len, out.splitlines())) <= 110
    assert "40 of 40 runs" in err
    assert "\x1b" not in out + err
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["command"] == ["coalitions", *SHORT, "--workers", "1"]
    assert manifest["files"] == hashes(folder)
    assert [arm["key"] for arm in manifest["arms"]] == ["covenant", "building"]
    assert {arm["scenario"]["months"] for arm in manifest["arms"]} == {14}


def test_columns_of_the_files(here: Path) -> None:
    assert main([*SHORT, "--interventions", "small_teams@3", "--out", "made"]) == DONE
    for name in ("runs", "differences"):
        for field in pq.read_schema(here / "made" / f"{name}.parquet"):
            assert field.metadata[b"unit"].strip(), f"{name}.{field.name}"
    runs = pd.read_parquet(here / "made" / "runs.parquet")
    assert list(runs["run"]) == list(range(80))
    assert set(runs["interventions"]) == {"", "small_teams@3"}
    assert list(dict.fromkeys(runs["arm"])) == [
        "covenant",
        "covenant+small_teams@3",
        "building",
        "building+small_teams@3",
    ]


def test_bytes_do_not_depend_on_the_language(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for lang in LANGUAGES:
        assert main([*SHORT, "--lang", lang, "--out", lang]) == DONE
    assert hashes(here / "en") == hashes(here / "nl")
    assert "geen voorspelling" in capsys.readouterr().out


def test_a_comparison_can_be_made_again(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SHORT, "--partners", "2,3", "--out", "made"]) == DONE
    capsys.readouterr()
    assert main(["rerun", "made"]) == DONE
    assert "all 2 files came out byte for byte" in capsys.readouterr().out
    manifest = json.loads((here / "made" / "manifest.json").read_text("utf-8"))
    manifest["seed"] = 2
    (here / "made" / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert main(["rerun", "made"]) == FELL_SHORT
    assert "runs.parquet" in capsys.readouterr().err
    manifest["arms"] = [{"key": "x"}]
    (here / "made" / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert main(["rerun", "made"]) == BAD_INPUT
    assert "which arms were compared" in capsys.readouterr().err


def test_the_report_lies_beside_the_tables(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_report(comparison: PairedComparison, folder: Path, lang: str, *, command: object = ()) -> None:
        (folder / "figures").mkdir()
        (folder / "report.html").write_text(f"{lang}: {', '.join(arm.key for arm in comparison.arms)}", "utf-8")
        (folder / "figures" / "one.svg").write_text("<svg/>", "utf-8")

    fake = types.ModuleType("sim.report")
    fake.write_report = write_report  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sim.report", fake)
    assert main([*SHORT, "--lang", "nl", "--out", "made"]) == DONE
    assert (here / "made" / "report.html").read_text("utf-8") == "nl: covenant, building"
    manifest = json.loads((here / "made" / "manifest.json").read_text("utf-8"))
    assert set(manifest["others"]) == {"report.html", "figures/one.svg"}
    assert main(["rerun", "made"]) == DONE
    (here / "made" / "report.html").write_text("other", "utf-8")
    assert main(["rerun", "made"]) == FELL_SHORT

    def broken(*given: object, **named: object) -> None:
        write_report(*given, **named)  # type: ignore[arg-type]
        raise ZeroDivisionError

    fake.write_report = broken  # type: ignore[attr-defined]
    (here / "kept").mkdir()
    (here / "kept" / "notes.txt").write_text("mine")
    main([*SHORT, "--out", "kept"])
    assert [path.name for path in (here / "kept").iterdir()] == ["notes.txt"]


def test_interrupted_leaves_nothing(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 0
    real = module.Tally.add

    def interrupted(self: object, *arguments: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        real(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(module.Tally, "add", interrupted)
    assert main([*SHORT, "--runs", "500", "--out", "made"]) == INTERRUPTED
    assert "coalitions compare roosendaal" in capsys.readouterr().err
    assert not list(here.iterdir())


def test_a_terminal_gets_a_bar(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.terminal import progress

    class Terminal:
        def __init__(self) -> None:
            self.text = ""

        def isatty(self) -> bool:
            return True

        def write(self, text: str) -> int:
            self.text += text
            return len(text)

        def flush(self) -> None:
            pass

    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress(10, language("en"), "compare.done") as tell:
        tell(4)
        tell(6)
    assert "10/10" in terminal.text


def failed(capsys: pytest.CaptureFixture[str], arguments: Sequence[str]) -> str:
    assert main(arguments) == BAD_INPUT
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    assert not list(Path().iterdir()), "something was written"
    return err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["roosendal", "--frameworks", "covenant,building"], "did you mean roosendaal?"),
        (["roosendaal", "--frameworks", "covenant"], "there is nothing to compare"),
        (["roosendaal", "--frameworks", "covenat"], "did you mean"),
        (["roosendaal", "--partners", "0"], "from 2 to"),
        (["roosendaal", "--frameworks", "covenant,covenant"], "given twice"),
        (["roosendaal", "--frameworks", "covenant,bulding"], "building"),
        (["roosendaal", "--frameworks", "covenant,,building"], "empty place"),
        (["roosendaal", "--interventions", "small_team"], "did you mean small_teams?"),
        (["roosendaal", "--interventions", "small_teams@x"], "is no month"),
        (["roosendaal", "--interventions", "small_teams@0"], "is no month"),
        (["roosendaal", "--interventions", "small_teams@121"], "begin after the end"),
        (["roosendaal", "--partners", "2,x"], "--partners"),
        (["roosendaal", "--partners", "1,2"], "from 2 to"),
        (["roosendaal", "--partners", "2,1000"], "from 2 to"),
        (["roosendaal", "--partners", "2,3", "--collaboration", "rosendaal"], "did you mean roosendaal?"),
        (["roosendaal", "--partners", "2,3", "--runs", "0"], "--runs"),
        (["roosendaal", "--partners", "2,3", "--workers", "0"], "--workers"),
        (["roosendaal", "--partners", "2,3", "--seed", "-1"], "--seed"),
        (["roosendaal", "--partners", "2,3", "--worlds", "1"], "--worlds"),
        (["roosendaal", "--partners", "2,3", "--worlds", "9999"], "worlds"),
        (["roosendaal", "--partners", "2,3", "--set", "months=0"], "months"),
        (["roosendaal", "tilburg", "--set", "organisations.siw.openness=0.5"], "organisations.siw.openness"),
        ([], "SCENARIO"),
    ],
)
def test_bad_input_gets_one_clear_error(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert said in failed(capsys, ["compare", *arguments])


def test_scenarios_of_different_length_are_refused() -> None:
    with pytest.raises(sim.ScenarioError, match="different length"):
        sim.compare([case(months=12), case("tilburg", 24)], runs=5)


def test_a_folder_with_results_is_refused_before_the_runs(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "made").mkdir()
    (here / "made" / "manifest.json").write_text("mine")
    assert main([*SHORT, "--runs", "1000000", "--out", "made"]) == BAD_INPUT
    assert "already holds results" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [{"runs": 0}, {"runs": 1.5}, {"seed": -1}, {"workers": 0}])
def test_numbers_out_of_bounds_are_refused(wrong: dict) -> None:
    with pytest.raises(sim.ScenarioError):
        sim.compare("roosendaal", frameworks=["covenant", "building"], **wrong)
