"""The messages: the same in both languages, and a word for everything that can happen."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path
from typing import get_args

import pytest

from sim.inputs import ORGANISATION_KINDS
from sim.language import LANGUAGES, Language, capital, catalogue, language
from sim.listing import GROUPS, SHELVES
from sim.log import EVENTS
from sim.mechanisms.diagnosis import BINDINGS
from sim.mechanisms.phases import END_STATES
from sim.quantities import CONFIDENCE_MEANS, SOURCE_MEANS, Kind
from sim.structure import AGREEMENTS, LEVELS
from sim.validation import KINDS

CATALOGUES = {code: catalogue(code) for code in LANGUAGES}
TOLD = ("story", "run", "detail", "format", "validate", "parameters", "rerun", "export")
SIM = Path(__file__).resolve().parent.parent / "sim"


def places(message: str | list[str]) -> set[str]:
    texts = [message] if isinstance(message, str) else message
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_languages_have_the_same_keys() -> None:
    assert CATALOGUES["en"].keys() == CATALOGUES["nl"].keys()


@pytest.mark.parametrize("key", CATALOGUES["en"])
def test_messages_have_the_same_places(key: str) -> None:
    english, dutch = CATALOGUES["en"][key], CATALOGUES["nl"][key]
    assert type(english) is type(dutch)
    assert places(english) == places(dutch)
    if isinstance(english, list):
        assert len(english) == len(dutch)
    for message in (english, dutch):
        for text in [message] if isinstance(message, str) else message:
            assert text == text.strip()
            assert text


@pytest.mark.parametrize("code", LANGUAGES)
def test_there_are_words_for_everything(code: str) -> None:
    words = CATALOGUES[code]
    wanted = {f"event.{kind}" for kind in EVENTS}
    wanted |= {f"binding.{name}" for name in BINDINGS}
    wanted |= {f"state.{name}" for name in END_STATES}
    wanted |= {f"phase.{number}" for number in range(6)}
    wanted |= {f"agreement.{number}" for number in range(len(AGREEMENTS))}
    wanted |= {f"kind.{kind}" for kind in ORGANISATION_KINDS}
    wanted |= {f"{table}.{level}" for table in ("who", "place", "at", "of") for level in LEVELS}
    wanted |= {f"file.{kind}" for kind in KINDS}
    wanted |= {f"shelf.{shelf}" for shelf in SHELVES}
    wanted |= {f"group.{group}" for group, _, _ in GROUPS}
    wanted |= {f"quantity.{kind}" for kind in get_args(Kind)}
    wanted |= {f"source.{mark}" for mark in SOURCE_MEANS} | {f"confidence.{mark}" for mark in CONFIDENCE_MEANS}
    wanted |= {f"mark.{mark}" for mark in (*SOURCE_MEANS, *CONFIDENCE_MEANS)}
    assert sorted(wanted - words.keys()) == []


def test_no_message_is_unknown_or_unused() -> None:
    """Keys that the sources write out exist; keys of what is told, and of commands, that exist are used."""
    used: set[str] = set()
    begun: set[str] = set()
    for path in (
        *(SIM / f"{name}.py" for name in ("story", "cli", "terminal", "listing", "export", "language")),
        *(SIM / "commands").glob("*.py"),
    ):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                begun.add(str(node.values[0].value))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                used.add(node.value)
    keys = CATALOGUES["en"].keys()
    tables = {key.partition(".")[0] for key in keys}
    written = {text for text in used if text.partition(".")[0] in tables and re.fullmatch(r"\w+\.\w+", text)}
    written -= {"report.html"}  # a file
    stems = {text for text in written if f"{text}_one" in keys and f"{text}_other" in keys}
    assert sorted(written - keys - stems) == []
    told = {key for key in keys if key.split(".")[0] in TOLD}
    told -= {key for key in told for stem in stems if key in (f"{stem}_one", f"{stem}_other")}
    told -= {key for key in told for start in begun if "." in start and key.startswith(start)}
    assert sorted(key for key in told - written if not key.startswith(("story.projects_", "story.problems_"))) == []


def test_numbers_are_written_as_the_language_does() -> None:
    english, dutch = language("en"), language("nl")
    assert (english.number(1234567), dutch.number(1234567)) == ("1,234,567", "1.234.567")
    assert (english.number(1234.56, 1), dutch.number(1234.56, 1)) == ("1,234.6", "1.234,6")
    assert english.number(-0.2) == "0"
    assert (english.counted(2), dutch.counted(2), dutch.counted(1200)) == ("two", "twee", "1.200")
    assert dutch.counts([3, 12]) == ["drie", "twaalf"]
    assert dutch.counts([3, 13]) == ["3", "13"]
    assert (english.keur(3.25), dutch.keur(3404)) == ("k€\u00a03.2", "k€\u00a03.404")
    assert dutch.percent(0.231) == "23%"


def test_months_and_lists() -> None:
    english, dutch = language("en"), language("nl")
    assert (english.month_year(3, 2005), dutch.month_year(3, 2005)) == ("March 2005", "maart 2005")
    assert english.listed([]) == ""
    assert english.listed(["a"]) == "a"
    assert dutch.listed(["a", "b", "c"]) == "a, b en c"
    assert capital("één") == "Één"


def test_what_is_not_there_is_an_error() -> None:
    with pytest.raises(ValueError, match="no language"):
        language("fr")
    with pytest.raises(KeyError):
        Language("en").text("no.such.message")
