"""Designs: what a file says, what is wrong with it, and that every row follows from the design and its number."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweeping import SMALL, design_from, small

from sim import packaged
from sim.design import Design, design_of
from sim.design_reading import load_design
from sim.parameters import PARAMETERS
from sim.problems import ScenarioError
from sim.sampling import METHODS, Span, scaled, unit_points
from sim.sweeps.folder import plain_text


def problems_of(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        design_from(text)
    return [f"{each.line}: {each.path}: {each.message}" for each in caught.value.problems]


# ---------------------------------------------------------------- rows


def test_everything_is_crossed_and_frameworks_change_fastest() -> None:
    design = small("partners = [2, 5]\n")
    assert (design.rows, design.runs, design.blocks) == (8, 24, 6)
    seen = [
        (varied["organisations.*.tendered_share"], row.partners, row.framework.id)
        for row in map(design.row, range(design.rows))
        if (varied := design.varied(row)) and row.framework is not None
    ]
    assert seen == [(v, p, f) for v in (0.0, 0.6) for p in (2, 5) for f in ("building", "covenant")]


def test_a_row_is_the_scenario_that_its_values_make() -> None:
    design = small(
        "partners = [2]\n", "[interventions]\nuse = ['small_teams', 'pilot_first']\nmonth = 3\nat_once = 2\n"
    )
    row = design.row(design.rows - 1)
    scenario = design.scenario_of(row)
    assert design.varied(row) == {"organisations.*.tendered_share": 0.6, "interventions": "small_teams+pilot_first"}
    assert {each.inputs["tendered_share"] for each in scenario.organisations} == {0.6}
    assert scenario.collaborations[0].framework == "covenant"
    assert sum(one.role != "candidate" for one in scenario.collaborations[0].partners) == 2
    assert [each.use.id for each in scenario.interventions if each.use and each.id != "wmo"] == [
        "small_teams",
        "pilot_first",
    ]
    assert scenario.months == 6
    first = design.row(0)
    assert design.varied(first)["interventions"] == ""
    assert design.scenario_of(first).interventions == design.scenario.interventions


def test_a_grid_includes_both_ends_and_whole_numbers_stay_whole() -> None:
    text = (
        SMALL
        + '[[vary]]\npath = "collaborations.*.structure.middle_meetings_per_year"\nlow = 0\nhigh = 12\nsteps = 5\n'
    )
    assert [each.value for each in design_from(text).factors[1].options] == [0, 3, 6, 9, 12]
    text = SMALL + '[[vary]]\npath = "organisations.*.layers"\nlow = 2\nhigh = 5\nsteps = 3\n'
    assert any("no whole numbers" in each for each in problems_of(text))


def test_options_set_several_values_under_one_name() -> None:
    text = SMALL + (
        '[[vary]]\nname = "mix"\n[[vary.options]]\nname = "as_it_is"\n[[vary.options]]\nname = "care"\n'
        'set = { "organisations.de_twern.kind" = "care", "organisations.thebe.layers" = 2 }\n'
    )
    design = design_from(text)
    scenario = design.scenario_of(design.row(design.rows - 1))
    by_name = {each.id: each for each in scenario.organisations}
    assert by_name["de_twern"].kind == "care"
    assert by_name["thebe"].inputs["layers"] == 2
    assert {design.varied(design.row(n))["mix"] for n in range(design.rows)} == {"as_it_is", "care"}


def test_blocks_depend_on_the_design_and_are_smaller_where_much_is_kept() -> None:
    text = SMALL.replace("block_runs = 4\n", "").replace("replicates = 3", "replicates = 5000")
    assert design_from(text).block_runs == 256
    kept = 'outputs = ["runs", "series", "organisations"]\n'
    assert design_from(text.replace("[set]", f"{kept}[set]")).block_runs == 256
    long = text.replace("[set]", f"{kept}[set]").replace("months = 6", "months = 1200")
    assert design_from(long).block_runs < 64
    varied = text.replace("[set]", f"{kept}[set]") + '[[vary]]\npath = "months"\nvalues = [6, 1200]\n'
    assert design_from(varied).block_runs == design_from(long).block_runs
    assert small().block_runs == 4
    assert design_from(SMALL.replace("block_runs = 4\n", "")).blocks == 12


@pytest.mark.parametrize("name", packaged.shipped("designs"))
def test_a_shipped_design_stands_by_itself(name: str) -> None:
    """What a worker or a manifest gets is the design: as JSON, with frameworks and interventions in it."""
    design = load_design(name)
    again = design_of(json.loads(plain_text(design.as_dict())))
    assert plain_text(again.as_dict()) == plain_text(design.as_dict())
    for number in {0, design.rows // 2, design.rows - 1}:
        assert again.varied(again.row(number)) == design.varied(design.row(number))
        assert again.scenario_of(again.row(number)) == design.scenario_of(design.row(number))


def test_further_paths_get_the_same_value() -> None:
    also = '[[vary]]\npath = "organisations.kind:care.layers"\nalso = ["organisations.kind:welfare.layers"]\nvalues = [2, 3]\n'
    design = small("", also)
    scenario = design.scenario_of(design.row(design.rows - 1))
    kinds = {each.kind for each in scenario.organisations if each.inputs["layers"] == 3}
    assert {"care", "welfare"} <= kinds
    assert "organisations.kind:welfare.layers" not in design.varied(design.row(0))
    wrong = problems_of(SMALL + also.replace("kind:welfare", "kind:wellfare"))
    assert len(wrong) == 1 and '"wellfare" is not a kind' in wrong[0]
    over = '[[sample.over]]\npath = "organisations.kind:care.layers"\nalso = ["organisations.kind:welfare.layers"]\n'
    design = small("", f'[sample]\nmethod = "sobol"\npoints = 4\n{over}low = 2\nhigh = 5\n')
    design = design_of(json.loads(plain_text(design.as_dict())))
    row = design.row(design.rows - 1)
    layers = {
        each.inputs["layers"] for each in design.scenario_of(row).organisations if each.kind in ("care", "welfare")
    }
    assert layers == {design.point(row.point)["organisations.kind:care.layers"]}


# ---------------------------------------------------------------- points


def sampled(method: str, points: int = 8) -> Design:
    tail = f'[sample]\nmethod = "{method}"\npoints = {points}\n[[sample.over]]\npath = "parameters.trust_gain"\n'
    return small("", tail + '[[sample.over]]\npath = "organisations.*.layers"\nlow = 2\nhigh = 5\n')


@pytest.mark.parametrize("method", METHODS)
def test_points_are_a_pure_function_of_the_design(method: str) -> None:
    one, other = sampled(method), sampled(method)
    for number in range(one.points - 1, -1, -1):  # in another order than the other one
        assert one.point(number) == other.point(number)
    gains = [other.point(number)["parameters.trust_gain"] for number in range(other.points)]
    layers = [other.point(number)["organisations.*.layers"] for number in range(other.points)]
    quantity = PARAMETERS["trust_gain"]
    assert all(quantity.low <= gain <= quantity.high for gain in gains)
    assert all(isinstance(each, int) and 2 <= each <= 5 for each in layers)
    assert len(set(gains)) > 3


def test_a_latin_hypercube_has_one_point_in_every_part() -> None:
    points = unit_points("latin_hypercube", 20, 3, 1)
    assert all(sorted(np.floor(points[:, d] * 20)) == list(range(20)) for d in range(3))


@given(st.floats(0, 1), st.integers(-5, 5), st.integers(1, 9))
def test_a_whole_number_gets_equal_parts(unit: float, low: int, width: int) -> None:
    value = scaled(Span("x", low, low + width, whole=True), unit)
    assert isinstance(value, int)
    assert low <= value <= low + width


def test_uncertain_parameters_are_those_of_the_register() -> None:
    design = small("", '[sample]\nmethod = "sobol"\npoints = 4\nuncertainties = true\n')
    assert design.sample is not None
    uncertain = {f"parameters.{name}" for name, each in PARAMETERS.items() if each.kind == "uncertainty"}
    assert {span.path for span in design.sample.spans} == uncertain
    assert all(
        (span.low, span.high) == (PARAMETERS[name].low, PARAMETERS[name].high)
        for span in design.sample.spans
        for name in [span.path.removeprefix("parameters.")]
    )


def test_a_table_gives_points(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text(
        "parameters.trust_gain,collaborations.*.framework,collaborations.*.structure.approval_level\n"
        "0.05,covenant,board\n0.1,building,middle\n",
        "utf-8",
    )
    text = SMALL.replace('frameworks = ["building", "covenant"]\n', "") + '[table]\nfile = "points.csv"\n'
    design = design_from(text, str(tmp_path / "design.toml"))
    assert design.rows == 4
    scenario = design.scenario_of(design.row(3))
    assert scenario.parameters["trust_gain"] == 0.1
    assert scenario.collaborations[0].framework == "building"
    assert scenario.collaborations[0].structure["approval_level"] == "middle"
    assert design.varied(design.row(0))["collaborations.*.framework"] == "covenant"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "no values"),
        ("parameters.trust_gain\n", "no values"),
        ("parameters.trust_gian\n0.1\n", 'no parameter called "trust_gian"'),
        ("parameters.trust_gain\n7\n", "7 is not allowed"),
        ("parameters.trust_gain\nnan\n", "nan is not allowed"),
        ('parameters.trust_gain\n"a\nb"\n', "not allowed"),
        ("parameters.trust_gain,months\n0.1\n", "the line has 1 values"),
        ("months,months\n1,2\n", "given twice"),
        ("collaborations.*.framework\ncovenent\n", "no framework called"),
        ("name\nx\n", "numbers, choices and frameworks only"),
        ('months\n"6\n', "not CSV"),
    ],
)
def test_a_bad_table_is_told_of_with_its_place(tmp_path: Path, table: str, said: str) -> None:
    (tmp_path / "points.csv").write_text(table, "utf-8")
    with pytest.raises(ScenarioError) as caught:
        design_from(SMALL + '[table]\nfile = "points.csv"\n', str(tmp_path / "design.toml"))
    assert said in str(caught.value)
    assert all(each.file.endswith("points.csv") for each in caught.value.problems)


# ---------------------------------------------------------------- what is wrong


def test_all_problems_are_told_at_once_with_their_places() -> None:
    text = """schema = 1
name = "bad"
scenario = "tilburg"
replicates = 0
frameworks = ["building", "covenent"]
partners = [1]
[set]
parameters.trust_gian = 0.2
[[vary]]
path = "organisations.*.tendered_share"
values = [0.1, 7]
[[vary]]
path = "organisations.*.earmarked_share"
low = 0.5
high = 0.2
steps = 3
[sample]
method = "sobl"
points = 100
"""
    assert [int(each.split(":")[0]) for each in problems_of(text)] == [4, 5, 6, 8, 11, 15, 17, 18]
    with pytest.raises(ScenarioError) as caught:
        design_from(text)
    nearest = [each.nearest for each in caught.value.problems if each.nearest]
    assert nearest == ['"covenant"', "parameters.trust_gain", '"sobol"']


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('schema = 1\nname = "x"\n', "scenario is missing"),
        ('schema = 1\nname = "x"\nscenario = 3\n', "3 is not allowed"),
        (SMALL.replace("tilburg", "tilburgh"), "no such file and no shipped scenario"),
        (SMALL.replace("schema = 1", "schema = 2"), "2 is not allowed"),
        (SMALL + "[[vary]]\nname = 'x'\n", "what varies is missing"),
        (SMALL + "[[vary]]\npath = 'months'\nvalues = [1]\nsteps = 3\n", "do not go together"),
        (SMALL + "[[vary]]\npath = 'organisations.*.tendered_share'\nvalues = [0.3]\n", "varies twice"),
        (SMALL + "[sample]\nmethod = 'sobol'\npoints = 6\nuncertainties = true\n", "no power of two"),
        (SMALL + "[sample]\nmethod = 'sobol'\npoints = 4\nuncertainties = 'yes'\n", "not allowed"),
        (SMALL + "[table]\nfile = 'nothing.csv'\n", "cannot be read"),
        (SMALL + "[interventions]\nuse = 'some'\n", "not allowed"),
        (SMALL + "[interventions]\nat_once = 9\n", "not allowed"),
        (SMALL.replace("replicates = 3", "replicates = 1_000_000") + "[[vary]]\npath = 'months'\nlow = 1\nhigh = 1000\nsteps = 1000\n", "too many"),
    ],
)  # fmt: skip
def test_one_thing_wrong_is_one_problem(text: str, said: str) -> None:
    found = problems_of(text)
    assert len(found) == 1
    assert said in found[0]


@settings(max_examples=60, deadline=None)
@given(
    key=st.sampled_from(["name", "scenario", "seed", "replicates", "frameworks", "partners", "outputs", "set", "vary",
                         "interventions", "sample", "table", "title", "block_runs", "collaboration"]),
    value=st.sampled_from(["0", "-1", "1e300", "true", '""', '"x"', "[]", "[[]]", "[{}]", "{}", "[1, 'a', {}]",
                           "{ x = 1 }", "[{ path = 3 }]", "{ use = 3 }", "{ method = [] }", "{ file = 1979-05-27 }",
                           "[{ name = 'a', options = [3] }]", "{ use = 'all', month = 'x' }", "nan", "'\\\\u0000'"]),
)  # fmt: skip
def test_whatever_a_field_holds_a_design_or_a_clear_error_comes_of_it(key: str, value: str) -> None:
    lines = ["schema = 1"]
    for name, usual in (("name", '"x"'), ("scenario", '"tilburg"')):
        if name != key:
            lines.append(f"{name} = {usual}")
    try:
        design_from("\n".join([*lines, f"{key} = {value}"]))
    except ScenarioError as error:
        assert str(error)
