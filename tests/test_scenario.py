"""Scenarios: what a file says is what comes out, complete; what is wrong is told at once, with its place."""

from __future__ import annotations

import copy
import pickle
import re
import time
from pathlib import Path

import pytest

from sim import packaged, scenario
from sim.inputs import ORGANISATION, ORGANISATION_KINDS
from sim.parameters import PARAMETERS
from sim.scenario import Change, Scenario, ScenarioError, Values, load, loads
from sim.structure import STRUCTURE

VILLAGE = """\
schema = 1
name = "village"
title = { en = "A village", nl = "Een dorp" }
description = "Two partners and a possible third."
months = 48
start = "2003-01"

[[organisations]]
id = "homes"
title = "Homes"
kind = "housing_corporation"

[[organisations]]
id = "welfare"
kind = "welfare"
tendered_share = 0.4
income_keur = 900

[[organisations]]
id = "nurses"
kind = "care"
domains = ["elderly", "care"]

[[neighbourhoods]]
id = "north"
entanglement = 0.5

[[collaborations]]
id = "village"
neighbourhoods = ["north"]
partners = [
    { organisation = "homes", role = "lead" },
    { organisation = "welfare", role = "core" },
    { organisation = "nurses", role = "candidate", from_month = 12 },
]
ambition = 0.7
[collaborations.framework]
id = "loose"
title = "Loose"
[collaborations.framework.structure]
approval_level = "middle"
frame_width = 0.9
[collaborations.structure]
signals_from_above = 0.8

[[relations]]
between = ["welfare", "homes"]
level = "board"
trust = 0.6

[[relations]]
between = ["homes", "welfare"]
trust = 0.5
familiarity = 0.3

[[spanners]]
id = "anna"
collaboration = "village"
payer = "homes"
position = "middle"

[[events]]
month = 10
kind = "director_change"
organisation = "welfare"

[[interventions]]
id = "market"
month = 12
until = 24
set = { "organisations.welfare.tendered_share" = 0.6 }
"""

FESTIVE = """\
schema = 1
id = "festive"
title = "Festive"
description = "Celebrate and train."
source = "A"
cost_keur_once = 2
cost_keur_per_year = 6
cost_hours_per_month = 3
[set]
"structure.celebration" = 0.9
"partners.kind:welfare.openness" = 0.8
[add]
"partners.process_skill" = 0.2
[[spanners]]
title = "Guide"
payer = "lead"
position = "middle"
[[events]]
kind = "policy_shift"
month = 3
"""


@pytest.fixture
def village() -> Scenario:
    return loads(VILLAGE)


def wrong(text: str, filename: str = "village.toml") -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        loads(text, filename)
    return caught.value


def only(text: str) -> scenario.Problem:
    problems = wrong(text).problems
    assert len(problems) == 1, "\n".join(map(str, problems))
    return problems[0]


def more(text: str) -> str:
    return f"{VILLAGE}\n{text}"


# ---------------------------------------------------------------- reading


def test_what_is_given_and_what_is_left_out(village: Scenario) -> None:
    homes, welfare, nurses = village.organisations
    assert village.title["nl"] == "Een dorp"
    assert village.description["nl"] == "Two partners and a possible third."
    assert (homes.title["en"], welfare.title["en"]) == ("Homes", "welfare")
    assert welfare.inputs["tendered_share"] == 0.4
    assert welfare.inputs["income_keur"] == 900.0
    assert welfare.inputs["earmarked_share"] == 0.8
    assert nurses.inputs["regime"] == "share_shift"
    assert nurses.domains == ("care", "elderly")
    assert all(list(each.inputs) == list(ORGANISATION) for each in village.organisations)
    assert dict(village.parameters).keys() == PARAMETERS.keys()


def test_structure_is_default_below_framework_below_deviations(village: Scenario) -> None:
    (one,) = village.collaborations
    assert one.framework == "loose"
    assert list(one.structure) == list(STRUCTURE)
    assert one.structure["role_clarity"] == STRUCTURE["role_clarity"].default
    assert one.structure["frame_width"] == 0.9
    assert one.structure["approval_level"] == "middle"
    assert one.structure["signals_from_above"] == 0.8
    assert dict(one.deviations) == {"signals_from_above": 0.8}
    assert scenario.as_number(STRUCTURE["approval_level"], "middle") == 1.0


def test_partners_and_domains_they_share(village: Scenario) -> None:
    (one,) = village.collaborations
    assert [(each.organisation, each.role, each.from_month) for each in one.partners] == [
        ("homes", "lead", 1), ("welfare", "core", 1), ("nurses", "candidate", 12),
    ]  # fmt: skip
    assert set(one.domains) == {"liveability", "elderly"}


LEADERLESS = """\
schema = 1
name = "equals"

[[organisations]]
id = "welfare"
kind = "welfare"
income_keur = 9000

[[organisations]]
id = "small"
kind = "housing_corporation"
income_keur = 2000

[[organisations]]
id = "large"
kind = "housing_corporation"
income_keur = 3000

[[neighbourhoods]]
id = "north"

[[collaborations]]
id = "equals"
framework = "informal"
neighbourhoods = ["north"]
partners = [
    { organisation = "welfare", role = "WELFARE" },
    { organisation = "small", role = "SMALL", from_month = FROM },
    { organisation = "large", role = "LARGE" },
]
"""


@pytest.mark.parametrize(
    ("welfare", "small", "large", "from_month", "lead"),
    [
        ("partner", "partner", "partner", 1, "large"),  # a corporation, of two the one with the largest income
        ("core", "partner", "partner", 1, "welfare"),  # the core before others
        ("core", "core", "partner", 1, "small"),  # of the core, the corporation
        ("partner", "core", "partner", 13, "large"),  # who is there from the start before later ones
        ("partner", "partner", "tenant", 1, "small"),  # tenants and candidates never
        ("partner", "partner", "candidate", 1, "small"),
        ("lead", "partner", "partner", 1, "welfare"),  # who is given the role has it
    ],
)
def test_every_collaboration_has_a_lead(welfare: str, small: str, large: str, from_month: int, lead: str) -> None:
    """Where nobody has the role, the partner that would come first gets it, and nobody else changes."""
    text = LEADERLESS.replace("WELFARE", welfare).replace("SMALL", small).replace("LARGE", large)
    (equals,) = loads(text.replace("FROM", str(from_month))).collaborations
    given = {"welfare": welfare, "small": small, "large": large}
    assert {each.organisation: each.role for each in equals.partners} == {**given, lead: "lead"}


def test_a_level_goes_before_all_levels_whatever_the_order(village: Scenario) -> None:
    board, floor = village.relation("homes", "welfare", "board"), village.relation("welfare", "homes", "operational")
    assert board is not None and floor is not None
    assert (board["trust"], board["familiarity"]) == (0.6, 0.3)
    assert (floor["trust"], floor["familiarity"]) == (0.5, 0.3)
    assert village.relation("homes", "nurses", "board") is None


def test_views_that_are_not_given_share_what_remains() -> None:
    inputs = loads(VILLAGE.replace("tendered_share = 0.4", "view_customer = 0.5")).organisations[1].inputs
    assert inputs["view_customer"] == 0.5
    assert inputs["view_victim"] + inputs["view_member"] == pytest.approx(0.5)
    assert inputs["view_victim"] / inputs["view_member"] == pytest.approx(0.35 / 0.5)


def test_a_scenario_is_a_value(village: Scenario) -> None:
    assert pickle.loads(pickle.dumps(village)) == village == copy.deepcopy(village)
    with pytest.raises(AttributeError):
        village.months = 12  # type: ignore[misc]
    with pytest.raises(TypeError):
        village.organisations[0].inputs["vision"] = 1  # type: ignore[index]


def test_with_all_defaults_it_stands_by_itself(village: Scenario) -> None:
    assert loads(village.to_toml()) == village
    assert scenario.from_dict(village.as_dict()) == village
    assert loads(village.to_toml()).changes() == village.changes()


@pytest.mark.parametrize("name", packaged.shipped())
def test_shipped_scenarios(name: str) -> None:
    one = load(name)
    assert one.name == name
    assert loads(one.to_toml()) == one
    for identity in one.library.names("interventions"):
        changed = one.with_interventions({"id": "extra", "use": identity, "month": 13, "until": 37})
        again = loads(changed.to_toml())
        assert again == changed
        assert again.changes() == changed.changes()
    for identity in one.library.names("frameworks"):
        assert all(each.framework == identity for each in one.with_framework(identity).collaborations)


# ---------------------------------------------------------------- changes during a run


def test_until_gives_back_what_held_before(village: Scenario) -> None:
    assert village.changes() == (
        Change(12, "organisations", "welfare", "tendered_share", 0.6),
        Change(24, "organisations", "welfare", "tendered_share", 0.4),
    )


def test_overlapping_interventions_are_composed_in_the_order_of_the_file(village: Scenario) -> None:
    path = "organisations.welfare.tendered_share"
    added = {"id": "more", "month": 18, "until": 30, "add": {path: 0.1}}
    late = village.with_interventions(added).changes()
    assert [(each.month, pytest.approx(each.value)) for each in late] == [(12, 0.6), (18, 0.7), (24, 0.5), (30, 0.4)]
    first = village.replace({"interventions": [added, *village.tree["interventions"]]}).changes()
    assert [(each.month, pytest.approx(each.value)) for each in first] == [(12, 0.6), (24, 0.5), (30, 0.4)]


def test_a_sum_stops_at_what_is_allowed(village: Scenario) -> None:
    extra = {"id": "x", "month": 2, "add": {"organisations.welfare.openness": 0.9}}
    assert Change(2, "organisations", "welfare", "openness", 1.0) in village.with_interventions(extra).changes()


def test_views_still_sum_to_one_after_a_change(village: Scenario) -> None:
    extra = {"id": "x", "month": 2, "set": {"organisations.homes.view_member": 0.65}}
    changes = village.with_interventions(extra).changes()
    views = {each.name: each.value for each in changes if each.id == "homes"}
    assert views["view_member"] == pytest.approx(0.65)
    assert sum(views.values()) == pytest.approx(1.0)


def test_after_the_end_nothing_changes(village: Scenario) -> None:
    assert [each.month for each in village.replace({"months": 20}).changes()] == [12]


def test_another_framework_keeps_the_deviations(village: Scenario) -> None:
    tight = {"id": "tight", "structure": {"frame_width": 0.2, "signals_from_above": 0.1}}
    extra = {"id": "x", "month": 6, "set": {"collaborations.*.framework": tight}}
    changed = village.with_interventions(extra)
    found = {each.name: each.value for each in changed.changes() if each.table == "structure"}
    assert found == {"frame_width": 0.2, "approval_level": 0.0}
    assert loads(changed.to_toml()).changes() == changed.changes()


def test_ready_made(tmp_path: Path) -> None:
    (tmp_path / "interventions").mkdir()
    (tmp_path / "interventions" / "festive.toml").write_text(FESTIVE, encoding="utf-8")
    (tmp_path / "village.toml").write_text(
        more('[[interventions]]\nuse = "festive"\nmonth = 5\nuntil = 10\n'), encoding="utf-8"
    )
    one = load(tmp_path / "village.toml")
    found = [(each.month, each.id, each.name, each.value) for each in one.changes() if each.name != "tendered_share"]
    assert [each for each in found if each[2] == "intervention_keur_per_year"] == [
        (5, "village", "intervention_keur_per_year", 30.0),
        (6, "village", "intervention_keur_per_year", 6.0),
        (10, "village", "intervention_keur_per_year", 0.0),
    ]
    assert (5, "village", "intervention_hours", 3.0) in found
    assert (5, "village", "celebration", 0.9) in found
    assert [each[1] for each in found if each[2] == "openness" and each[0] == 5] == ["welfare"]
    assert [each[1] for each in found if each[2] == "process_skill" and each[0] == 5] == ["homes", "nurses", "welfare"]
    spanner = one.timed_spanners()[1]
    assert (spanner.collaboration, spanner.payer, spanner.inputs["from_month"], spanner.until_month) == (
        "village", "homes", 5, 9,
    )  # fmt: skip
    assert [(each.month, each.kind) for each in one.timed_events()] == [(8, "policy_shift"), (10, "director_change")]
    again = loads(one.to_toml())
    assert (again, again.changes(), again.timed_spanners()) == (one, one.changes(), one.timed_spanners())


def test_problems_of_a_ready_made_intervention_name_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "interventions").mkdir()
    text = FESTIVE.replace("structure.celebration", "structure.celebratoin")
    (tmp_path / "interventions" / "festive.toml").write_text(text, encoding="utf-8")
    error = wrong(more('[[interventions]]\nuse = "festive"\nmonth = 5\n'), str(tmp_path / "village.toml"))
    (problem,) = error.problems
    assert problem.file.endswith("festive.toml")
    assert (problem.line, problem.nearest) == (10, "structure.celebration")


def test_organisations_in_several_collaborations_are_changed_once(village: Scenario) -> None:
    second = {**village.tree["collaborations"][0], "id": "second"}
    use = {"id": "skills", "add": {"partners.process_skill": 0.1}}
    two = village.replace({"collaborations": [village.tree["collaborations"][0], second]})
    changes = two.with_interventions({"use": use, "month": 3}).changes()
    found = [each.value for each in changes if each.id == "homes"]
    assert found == [pytest.approx(0.45)]


# ---------------------------------------------------------------- problems


def test_a_problem_has_its_place_and_a_caret() -> None:
    problem = only(VILLAGE.replace("tendered_share = 0.4", "tendered_share = 1.4"))
    assert str(problem) == (
        "village.toml:16:1: organisations.welfare.tendered_share: 1.4 is not allowed; a share from 0 to 1\n"
        "   16 | tendered_share = 1.4\n"
        "      | ^^^^^^^^^^^^^^"
    )


def test_all_problems_are_told_at_once() -> None:
    text = VILLAGE.replace("months = 48", "months = 0").replace('"care"\n', '"caer"\n').replace("= 0.7", "= true")
    found = [(each.path, each.nearest) for each in wrong(text).problems]
    assert found == [
        ("months", ""), ("organisations.nurses.kind", '"care"'), ("collaborations.village.ambition", ""),
    ]  # fmt: skip


def test_places_in_inline_tables_lists_and_subtables() -> None:
    text = VILLAGE.replace('"welfare", role = "core"', '"welfare", role = "cor"')
    assert (only(text).line, only(text).column, only(text).nearest) == (33, 33, '"core"')
    text = VILLAGE.replace("frame_width = 0.9", "frame_widht = 0.9")
    problem = only(text)
    assert (problem.line, problem.nearest) == (42, "frame_width")
    assert problem.path == "collaborations.village.framework.structure.frame_widht"
    text = VILLAGE.replace('["elderly", "care"]', '["elderly", "cares"]')
    assert (only(text).line, only(text).column) == (22, 23)


@pytest.mark.parametrize(
    ("before", "after", "path", "message"),
    [
        ("schema = 1", "schema = 2", "schema", "2 is not allowed"),
        ("schema = 1\n", "", "schema", "schema is missing"),
        ('name = "village"', 'name = "The Village"', "name", '"The Village" is not allowed'),
        ("months = 48", "months = 4.5", "months", "4.5 is not allowed"),
        ('"2003-01"', '"2003-13"', "start", '"2003-13" is not allowed'),
        ('"2003-01"', "2003-01-01", "start", "2003-01-01 is not allowed"),
        ("= 0.4", "= nan", "organisations.welfare.tendered_share", "nan is not allowed"),
        ("= 900", "= inf", "organisations.welfare.income_keur", "inf is not allowed"),
        ("= 900", "= true", "organisations.welfare.income_keur", "true is not allowed"),
        ("= 900", '= "900"', "organisations.welfare.income_keur", '"900" is not allowed'),
        ("income_keur = 900", "layers = 2.5", "organisations.welfare.layers", "2.5 is not allowed"),
        ("income_keur = 900", 'regime = "lottery"', "organisations.welfare.regime", '"lottery" is not allowed'),
        ("income_keur = 900", "regime = 1", "organisations.welfare.regime", "1 is not allowed"),
        ('id = "north"', 'id = "north"\n[[neighbourhoods]]\nid = "north"', "neighbourhoods.north.id", "is used twice"),
        ('id = "anna"', 'id = "Anna!"', "spanners.Anna!.id", '"Anna!" is not allowed'),
        ('id = "anna"', f'id = "{"a" * 41}"', f"spanners.{'a' * 41}.id", f'"{"a" * 41}" is not allowed'),
        ('payer = "homes"', 'payer = "house"', "spanners.anna.payer", 'there is no partner in village called "house"'),
        ('"nurses", role', '"welfare", role', "collaborations.village.partners.welfare.organisation", "partner twice"),
        ('"core"', '"lead"', "collaborations.village.partners.welfare.role", "there is a lead already"),
        ('"core"', '"tenant"', "collaborations.village.partners", "there is one partner besides"),
        ('["north"]', '["south"]', "collaborations.village.neighbourhoods[1]", "there is no neighbourhood"),
        ('["north"]', "[]", "collaborations.village.neighbourhoods", "the list is empty"),
        ('["welfare", "homes"]', '["homes", "homes"]', "relations.homes+homes.board.between", "no relation with itself"),
        ('level = "board"', 'level = "top"', "relations.welfare+homes.top.level", '"top" is not allowed'),
        ('level = "board"\n', "", "relations.homes+welfare", "is given twice"),
        ('"director_change"', '"director_changes"', "events[1].kind", '"director_changes" is not allowed'),
        ('organisation = "welfare"\n\n', "\n", "events[1]", "organisation is missing"),
        ("until = 24", "until = 12", "interventions.market.until", "12 is not after month 12"),
        ("= 0.6 }", "= 1.6 }", "interventions.market.set.organisations.welfare.tendered_share", "1.6 is not allowed"),
        ("welfare.tendered_share\" =", "welfare.tenderd\" =", "interventions.market.set.organisations.welfare.tenderd", "no \"tenderd\""),
        ("welfare.tendered_share\" =", "welfare.experience\" =", "interventions.market.set.organisations.welfare.experience", "at the start only"),
        ('"organisations.welfare.tendered_share" =', '"collaborations.*.partners" =', "interventions.market.set.collaborations.*.partners", "partners cannot be changed"),
        ('"organisations.welfare.tendered_share" =', '"months" =', "interventions.market.set.months", "at the start only"),
        ("set = {", "add = {", "", ""),
        ("tendered_share = 0.4", "view_member = 0.9\nview_victim = 0.9", "organisations.welfare.view_victim", "sum to 1.8"),
    ],
)  # fmt: skip
def test_each_rule(before: str, after: str, path: str, message: str) -> None:
    text = VILLAGE.replace(before, after, 1)
    assert text != VILLAGE
    if not path:
        assert isinstance(loads(text), Scenario)
        return
    problem = only(text)
    assert (problem.path, message in problem.message) == (path, True), str(problem)
    assert problem.line > 0 or problem.path == "schema"


def test_names_that_do_not_exist_get_what_there_is() -> None:
    """All names where they are few, with or without one that is near; the first ones where they are many."""
    kept = VILLAGE.replace('["north"]', '["south"]')
    assert only(kept).allowed == "one of north"
    far, near = (
        only(VILLAGE + "[parameters]\nqqqqqqqq = 1\n"),
        only(VILLAGE + "[parameters]\ntrust_breach_wieght = 1\n"),
    )
    assert far.nearest == ""
    assert far.allowed.startswith("one of ")
    assert far.allowed.endswith(" more")
    assert (near.nearest, near.allowed) == ("trust_breach_weight", "")
    kind = only(VILLAGE.replace("organisations.welfare.tendered_share", "organisations.kind:wellfare.tendered_share"))
    assert (kind.nearest, kind.allowed) == (
        "organisations.kind:welfare.tendered_share", f"one of {', '.join(ORGANISATION_KINDS)}",
    )  # fmt: skip


def test_everything_wrong_with_a_relation_is_told_at_once() -> None:
    text = VILLAGE.replace('["welfare", "homes"]', '["welfare", "hoses"]').replace('level = "board"', 'level = "bord"')
    assert [each.nearest for each in wrong(text).problems] == ['"homes"', '"board"']


def test_partners_that_are_no_list_are_one_mistake() -> None:
    text = re.sub(r"(?ms)^partners = \[.*?^\]", "partners = 3", VILLAGE)
    assert only(text).message == "3 is not allowed"


def test_names_that_do_not_exist_get_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="did you mean roosendaal"):
        load("roosendal")
    (tmp_path / "village.toml").write_text(VILLAGE, encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"did you mean .*village\.toml"):
        load(tmp_path / "vilage.toml")
    with pytest.raises(ScenarioError, match="not a file"):
        load(tmp_path)
    start = VILLAGE.index("[collaborations.framework]")
    text = VILLAGE[:start] + 'framework = "bilding"\n' + VILLAGE[VILLAGE.index("[collaborations.structure]") :]
    assert only(text).nearest == '"building"'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"schema = ", "not TOML"),
        (b"a = 1\na = 2", "not TOML"),
        (b"a = [[[[[[[[[1]]]]]]]]]", "nested too deeply"),
        (b"a = " + b"[" * 5000 + b"]" * 5000, "nested too deeply"),
        (b"a" + b".a" * 8 + b" = 1", "too many parts"),
        (b"x = 1\n[a" + b".a" * 50_000 + b"]", "too many parts"),
        (b"a = { b" + b" . 'c.c'" * 9 + b" = 1 }", "too many parts"),
        (b"a = " + b"1" * 5000, "very many digits; at most 4300"),
        (b"\xff\xfe", "not UTF-8"),
        (b"name = '\x00'", "not TOML"),
        (b"", "schema is missing"),
    ],
)
def test_files_that_are_no_scenario(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "odd.toml").write_bytes(data)
    with pytest.raises(ScenarioError, match=message):
        load(tmp_path / "odd.toml")


def test_dots_in_texts_are_not_key_parts() -> None:
    dotted = VILLAGE.replace("Two partners", "One. Two. " + "." * 50).replace(
        '"Homes"', '"""\na.b.c.d.e.f.g.h.i.j = 1"""'
    )
    assert isinstance(loads(dotted + "# a.b.c.d.e.f.g.h.i.j.k"), Scenario)


def test_a_file_of_windows(tmp_path: Path) -> None:
    (tmp_path / "village.toml").write_bytes(b"\xef\xbb\xbf" + VILLAGE.replace("\n", "\r\n").encode())
    assert load(tmp_path / "village.toml") == loads(VILLAGE)


def test_too_large(tmp_path: Path) -> None:
    with (tmp_path / "big.toml").open("wb") as stream:
        stream.truncate(30_000_000)
    with pytest.raises(ScenarioError, match="too large"):
        load(tmp_path / "big.toml")
    many = ", ".join(f'{{ organisation = "o{number}" }}' for number in range(65))
    text = VILLAGE.replace('{ organisation = "homes", role = "lead" }', many)
    assert any("too many" in each.message for each in wrong(text).problems)


def test_too_many_pairs(village: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    assert scenario.estimate_size(village).pairs == 3
    monkeypatch.setattr(scenario, "PAIRS_MOST", 2)
    with pytest.raises(ScenarioError, match="pairs of partners are too many"):
        scenario.estimate_size(village)
    monkeypatch.setattr(scenario, "PAIRS_MOST", 3)
    monkeypatch.setattr(scenario, "MEMORY_MOST", 1000)
    with pytest.raises(ScenarioError, match="of memory"):
        loads(VILLAGE)


def test_a_region_loads_in_seconds() -> None:
    rows = "".join(f'[[organisations]]\nid = "o{number}"\nkind = "care"\nvision = 0.5\n' for number in range(10_000))
    began = time.perf_counter()
    assert len(loads(more(rows)).organisations) == 10_003
    error = wrong(more(rows.replace("0.5", "5")))
    assert time.perf_counter() - began < 20
    assert str(error).endswith("more problems")
    assert len(str(error)) < 20_000


def test_values_compare_and_print() -> None:
    assert Values({"a": 1}) == Values({"a": 1}) == {"a": 1}
    assert repr(Values({"a": 1})) == "Values({'a': 1})"
    assert "village" in repr(loads(VILLAGE))


def test_what_hangs_on_a_partner_goes_along() -> None:
    text = more('[[events]]\nmonth = 3\nkind = "tenant_leaves"\norganisation = "nurses"\n')
    one = loads(text.replace('payer = "homes"', 'payer = "nurses"'))
    partners = one.collaborations[0].partners
    less = one.with_partners("village", partners[:2])
    assert less.collaborations[0].partners == partners[:2]
    assert less.spanners[0].payer == "shared"
    assert [each.kind for each in less.events] == ["director_change"]
    assert one.with_partners("village", partners) == one
    with pytest.raises(ScenarioError, match="there is one partner besides"):
        one.with_partners("village", partners[1:])
