"""The guide's questions: all there, each with a place in the model that exists, and the page up to date."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sim import packaged
from sim.commands.new import new
from sim.listing import GROUPS
from sim.outcomes import OUTCOMES
from sim.paths import OTHER_FIELDS

ROOT = Path(__file__).resolve().parent.parent
PATHS = {form.format(name) for _, form, register in GROUPS for name in register}
PATHS |= {f"{table}.ID.{name}" for table in ("organisations", "collaborations") for name in OTHER_FIELDS[table]}
# The boxes of the guide in its order: section, kind, and how many questions or statements each has.
GUIDE = [
    ("1.1", "situations", 5), ("1.1", "questions", 3), ("1.2", "questions", 3), ("1.2", "questions", 2),
    ("1.2", "questions", 1), ("1.3", "statements", 4), ("1.3", "questions", 4), ("2.1", "questions", 3),
    ("2.1", "questions", 2), ("2.1", "questions", 5), ("2.2", "statements", 5), ("2.2", "questions", 2),
    ("2.3", "statements", 8), ("2.3", "questions", 3), ("2.3", "statements", 4), ("2.3", "statements", 7),
]  # fmt: skip


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_questions", ROOT / "docs" / "make_questions.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKER = maker()
BOXES: list[dict[str, Any]] = MAKER.boxes()
QUESTIONS = [pytest.param(each, id=each["asks"]) for box in BOXES for each in box["questions"]]


def test_every_box_has_all_its_questions() -> None:
    assert [(box["section"], box["kind"], box["count"]) for box in BOXES] == GUIDE
    assert [len(box["questions"]) for box in BOXES] == [count for _, _, count in GUIDE]
    asked = [each["asks"] for box in BOXES for each in box["questions"]]
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_has_a_place_that_exists(question: dict[str, Any]) -> None:
    assert question.keys() <= {"asks", "new", "inputs", "levers", "interventions", "outputs"}
    assert question.get("inputs") or question.get("levers")
    assert question["outputs"]
    assert set(question.get("inputs", [])) | set(question.get("levers", [])) <= PATHS
    assert set(question.get("interventions", [])) <= set(packaged.shipped("interventions"))
    assert set(question["outputs"]) <= {outcome.name for outcome in OUTCOMES}
    assert question.get("new", "partners") in {parameter.name for parameter in new.params}


def test_every_question_that_new_asks_about_collaborating_is_one_of_the_guides() -> None:
    asked = {each["new"] for box in BOXES for each in box["questions"] if "new" in each}
    frame = {"name", "title", "start", "months", "region", "seed", "lang"}
    not_the_guides = {"tendered"}  # competition pressure is from V §3.3
    assert {str(parameter.name) for parameter in new.params} - frame == asked | not_the_guides


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs" / "questions.md").read_text("utf-8") == MAKER.page(), "python docs/make_questions.py"
