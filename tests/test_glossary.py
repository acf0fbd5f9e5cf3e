"""The glossary: complete, the same terms as labels and messages use, and its page up to date."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
import tomli

from sim import packaged
from sim.inputs import ORGANISATION_KINDS, ROLES
from sim.language import LANGUAGES, catalogue
from sim.mechanisms.phases import END_STATES
from sim.outcomes import OUTCOMES
from sim.structure import LEVELS

ROOT = Path(__file__).resolve().parent.parent
TEXTS = {code: catalogue(code) for code in LANGUAGES}
BEFORE_LEVEL = {
    f"{name}_{level}": name
    for name in (
        "satisfaction",
        "expectation_gap",
        "engagement",
        "salience",
        "trust",
        "familiarity",
        "understanding",
        "perceived_phase",
        "issues_open",
    )
    for level in LEVELS
}


def term(code: str, group: str, name: str) -> str:
    return str(TEXTS[code][f"glossary.{group}.{name}.term"])


def names(group: str) -> set[str]:
    return {key.split(".")[2] for key in TEXTS["en"] if key.startswith(f"glossary.{group}.")}


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_glossary", ROOT / "docs" / "make_glossary.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs" / "glossary.md").read_text("utf-8") == maker().page(), "python docs/make_glossary.py"


def test_there_is_a_term_for_everything() -> None:
    assert names("level") == set(LEVELS)
    assert names("kind") == set(ORGANISATION_KINDS)
    assert names("phase") == {str(number) for number in range(6)}
    assert names("state") == set(END_STATES)
    assert names("framework") == set(packaged.shipped("frameworks"))
    assert names("role") == set(ROLES)


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_term_has_a_meaning_of_one_sentence(code: str) -> None:
    for key, text in TEXTS[code].items():
        if key.startswith("glossary.") and key.endswith(".meaning"):
            assert re.fullmatch(r"[A-Z][^.?!]*\.", str(text)), key
            assert f"{key.removesuffix('meaning')}term" in TEXTS[code]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_term_means_one_thing(code: str) -> None:
    terms = {
        key: str(text).lower()
        for key, text in TEXTS[code].items()
        if key.startswith("glossary.") and key.endswith(".term")
    }
    concepts = {
        key: text
        for key, text in terms.items()
        if key.split(".")[1] in ("level", "role", "outcome", "input", "concept")
    }
    assert len(set(concepts.values())) == len(concepts)


@pytest.mark.parametrize("code", LANGUAGES)
def test_messages_use_the_terms(code: str) -> None:
    texts = TEXTS[code]
    for number in range(6):
        assert term(code, "phase", str(number)) == texts[f"phase.{number}"]
    for kind in ORGANISATION_KINDS:
        assert term(code, "kind", kind) == texts[f"kind.{kind}"]
    for state in END_STATES:
        assert term(code, "state", state) == str(texts[f"state.{state}"]).partition(":")[0]
    for state, number in (
        ("learning", 1),
        ("goals", 2),
        ("practising", 3),
        ("structuring", 4),
        ("deepening", 5),
        ("none", 0),
    ):
        assert term(code, "state", state) == term(code, "phase", str(number))
    for level in LEVELS:
        assert term(code, "level", level)[:5] in str(texts[f"place.{level}"])
    assert term(code, "concept", "pioneer") in str(texts["binding.pioneers"])
    assert term(code, "outcome", "routines") in str(texts["binding.routines"])
    assert term(code, "concept", "bureau") in str(texts["of.bureau"])
    assert term(code, "input", "spanner") in str(texts["event.spanner_came"])


@pytest.mark.parametrize("code", LANGUAGES)
def test_outcomes_use_the_terms(code: str) -> None:
    labels = {outcome.name: getattr(outcome, code) for outcome in OUTCOMES}
    for name in names("outcome"):
        if name in labels:
            assert term(code, "outcome", name) == labels[name]
        else:
            for level in LEVELS:
                label = labels[f"{name}_{level}"]
                assert label == f"{term(code, 'outcome', name)}, {term(code, 'level', level)}"
    for state in ("sham", "partial", "uncontracted"):
        assert term(code, "state", state) in labels[f"months_{state}"]
    levels = {name: label for name, label in labels.items() if name in BEFORE_LEVEL}
    assert {BEFORE_LEVEL[name] for name in levels} <= names("outcome")


@pytest.mark.parametrize("name", packaged.shipped("frameworks"))
def test_frameworks_are_called_by_their_terms(name: str) -> None:
    title = tomli.loads((packaged.shipped_folder() / "frameworks" / f"{name}.toml").read_text("utf-8"))["title"]
    assert title == {code: term(code, "framework", name) for code in LANGUAGES}
