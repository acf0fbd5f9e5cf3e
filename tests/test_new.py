"""`coalitions new`: what is asked, what is written, and what is left alone."""

from __future__ import annotations

import itertools
import random
import sys
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import packaged
from sim.cli import main
from sim.commands.new import new
from sim.drafting import GRADES, KINDS_IN_TURN, QUESTIONS, Answers, draft, place_of, save_new
from sim.inputs import ORGANISATION_KINDS
from sim.language import LANGUAGES, language
from sim.region import FEWEST, MOST, Region
from sim.scenario import ScenarioError, load, loads
from sim.terminal import BAD_INPUT, DONE

GRADED = st.fixed_dictionaries({}, optional={each.name: st.sampled_from(GRADES) for each in QUESTIONS})


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(2, 62), st.lists(st.sampled_from(ORGANISATION_KINDS), min_size=1, max_size=12),
    st.sampled_from(packaged.shipped("frameworks")), st.integers(1, 20), st.text(max_size=60).filter(str.isprintable), GRADED,
    st.sampled_from(LANGUAGES),
)  # fmt: skip
def test_every_answer_makes_a_valid_scenario(
    partners: int, kinds: list[str], framework: str, neighbourhoods: int, title: str, grades: dict[str, str], code: str
) -> None:
    answers = Answers(partners, tuple(kinds[:partners]), framework, neighbourhoods, title, "2026-03", 84, grades)
    scenario = loads(draft("mine", answers, language(code)))
    assert (scenario.name, scenario.months, scenario.start) == ("mine", 84, "2026-03")
    assert len(scenario.organisations) == partners == len(scenario.collaborations[0].partners)
    wanted = Counter(itertools.islice(itertools.cycle(kinds[:partners]), partners))
    assert Counter(each.kind for each in scenario.organisations) == wanted
    assert len(scenario.neighbourhoods) == neighbourhoods
    assert scenario.collaborations[0].framework == framework
    assert sum(each.role == "lead" for each in scenario.collaborations[0].partners) == 1
    if title:
        assert scenario.title["nl"] == scenario.title["en"] == title


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_each_question_changes_what_it_says_and_usual_changes_nothing(question: object) -> None:
    name = question.name  # type: ignore[attr-defined]
    plain = loads(draft("mine", Answers(), language("en")))
    assert loads(draft("mine", Answers(grades={name: "usual"}), language("en"))) == plain
    made = {grade: loads(draft("mine", Answers(grades={name: grade}), language("en"))) for grade in GRADES[1:]}
    for (table, key), values in question.values.items():  # type: ignore[attr-defined]
        assert list(values) == sorted(values) and len(set(values)) == 3
        for grade, value in zip(GRADES[1:], values, strict=True):
            scenario = made[grade]
            if table == "collaboration":
                said = [scenario.collaborations[0].inputs[key]]
            elif table == "structure":
                said = [scenario.collaborations[0].structure[key]]
            elif table == "relations":
                said = [each.inputs[key] for each in scenario.relations]
                assert len(said) == 3 * 3, "the lead with three others, on three levels"
            else:
                said = [each.inputs[key] for each in scenario.organisations if each.kind in ("welfare", "care")]
            assert said
            assert set(said) == {value}


def test_comments_speak_the_language_and_values_do_not() -> None:
    english, dutch = (draft("mine", Answers(8), language(code)) for code in LANGUAGES)
    assert english != dutch
    assert loads(english) == loads(dutch)
    assert "inkomsten per jaar" in dutch
    assert "income a year" in english


def test_without_a_terminal_what_is_not_given_has_its_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "mine"]) == DONE
    assert Path("mine.toml").read_text("utf-8") == draft("mine", Answers(), language("en"))
    assert "coalitions run mine.toml" in capsys.readouterr().out
    assert main(["validate", "mine.toml"]) == DONE
    assert [each.name for each in Path().iterdir()] == ["mine.toml"]


def test_options_answer_the_questions() -> None:
    options = [
        "--kinds",
        "care,municipality,welfare",
        "--framework",
        "covenant",
        "--goals",
        "high",
        "--title",
        'A "b" \\ c',
    ]
    assert main(["new", "yours", *options, "--lang", "nl"]) == DONE
    scenario = load("yours.toml")
    assert [each.kind for each in scenario.organisations] == ["care", "municipality", "welfare"]
    assert scenario.collaborations[0].framework == "covenant"
    assert scenario.collaborations[0].structure["goal_concreteness"] == 0.8
    assert scenario.title["nl"] == 'A "b" \\ c'


def test_what_is_there_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.toml").write_text("my own work", encoding="utf-8")
    for arguments in (["new", "mine"], ["new", "mine", "--region", "10"], ["new", "./mine.toml"]):
        assert main(arguments) == BAD_INPUT
        assert "there is such a file already" in capsys.readouterr().err
    assert Path("mine.toml").read_text("utf-8") == "my own work"
    assert [each.name for each in Path().iterdir()] == ["mine.toml"]


def test_on_a_disk_without_links_it_is_written_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    save_new(Path("mine.toml"), "one")
    with pytest.raises(ScenarioError, match="already"):
        save_new(Path("mine.toml"), "two")
    assert [(each.name, each.read_text("utf-8")) for each in Path().iterdir()] == [("mine.toml", "one")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["new", "My Region"], "cannot be the name"),
        (["new", "no/such/folder/mine"], "cannot be written"),
        (["new", ""], "cannot be the name"),
        (["new", "mine", "--partners", "1"], "--partners"),
        (["new", "mine", "--partners", "63"], "--partners"),
        (["new", "mine", "--partners", "2", "--kinds", "care,care,care"], "at most one for each partner"),
        (["new", "mine", "--kinds", "bank"], "housing_corporation"),
        (["new", "mine", "--framework", "marriage"], "covenant"),
        (["new", "mine", "--goals", "very"], "'usual', 'low', 'middle', 'high'"),
        (["new", "mine", "--title", "one\ntwo"], "on one line"),
        (["new", "mine", "--title", "x" * 10_000], "title: the title has 10000 signs; at most 5000"),
        (["new", "mine", "--start", "soon"], "2025-01"),
        (["new", "mine", "--region", "3"], f"from {FEWEST} to {MOST}"),
        (["new", "mine", "--region", str(MOST + 1)], f"from {FEWEST} to {MOST}"),
        (["new", "mine", "--region", "10", "--partners", "3"], "--region goes with --seed only"),
    ],
)
def test_bad_answers_get_one_clear_error(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == BAD_INPUT
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_in_a_terminal_it_asks_what_was_not_given(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["sim.commands.new"], "at_a_terminal", lambda: True)
    high = {"en": "high", "nl": "hoog"}[code]
    answers = ["Ons plan", "3", "bank", "", "covenant", "", "", "", "hihg", "High", *[high] * (len(QUESTIONS) - 1)]
    done = CliRunner().invoke(new, ["mine", "--lang", code], input="\n".join(answers) + "\n", standalone_mode=False)
    assert done.exception is None, done.output
    words = language(code)
    for wrong, table in (("bank", ORGANISATION_KINDS), ("hihg", GRADES)):
        allowed = ", ".join(words.text(f"{'short' if wrong == 'bank' else 'grade'}.{each}") for each in table)
        assert words.text("new.one_of", given=wrong, allowed=allowed) in done.output
    for question in QUESTIONS:
        assert words.text(f"question.{question.name}") in done.output
    assert KINDS_IN_TURN[:3] == tuple(each.kind for each in load("mine.toml").organisations)
    grades = {each.name: "high" for each in QUESTIONS}
    expected = Answers(partners=3, kinds=KINDS_IN_TURN[:3], framework="covenant", title="Ons plan", grades=grades)
    assert Path("mine.toml").read_text("utf-8") == draft("mine", expected, words)


def test_names_and_places() -> None:
    assert place_of("mine") == ("mine", Path("mine.toml"))
    assert place_of("mine.toml") == ("mine", Path("mine.toml"))
    assert place_of("folder/mine") == ("mine", Path("folder/mine.toml"))
    for wrong in ("", ".", "..", "a b", "Mine", "été"):
        with pytest.raises(ScenarioError):
            place_of(wrong)


# ---------------------------------------------------------------- regions


@pytest.mark.parametrize("organisations", [FEWEST, 5, 19, 20, 21, 39, 40, 100, 333])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_region_is_sparse_and_everybody_takes_part(organisations: int, seed: int) -> None:
    region = Region("made_up", organisations, seed)
    scenario = loads(region.text(language("en")))
    assert len(scenario.organisations) == organisations
    times = Counter(each.organisation for one in scenario.collaborations for each in one.partners)
    assert set(times) == {each.id for each in scenario.organisations}
    assert max(times.values()) <= 3
    kinds = {each.id: each.kind for each in scenario.organisations}
    for each in scenario.collaborations:
        assert 2 <= len(each.partners) <= 9
        leads = [one.organisation for one in each.partners if one.role == "lead"]
        assert len(leads) == 1
        if any(kinds[one.organisation] == "housing_corporation" for one in each.partners):
            assert kinds[leads[0]] == "housing_corporation"
        else:
            assert each.framework != "building"


def test_a_region_is_a_function_of_name_size_and_seed() -> None:
    def text(name: str, organisations: int, seed: int) -> str:
        return Region(name, organisations, seed).text(language("en"))

    random.seed(1)
    first = text("here", 200, 1)
    random.seed(2)
    assert text("here", 200, 1) == first
    assert text("here", 200, 2) != first
    assert text("there", 200, 1) != first
    small, large = Region("here", 200), Region("here", 400)
    for each in small.organisations:
        assert small._organisation(each) == large._organisation(each), (
            "what an organisation is, does not hang on others"
        )


def test_a_region_by_the_command() -> None:
    assert main(["new", "many", "--region", "120", "--seed", "7", "--lang", "nl"]) == DONE
    assert Path("many.toml").read_text("utf-8") == Region("many", 120, 7).text(language("nl"))
    assert main(["validate", "many.toml"]) == DONE
