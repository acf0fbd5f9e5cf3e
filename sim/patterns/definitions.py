"""What a pattern is, and how a file of patterns is read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from sim import toml_source
from sim.elements import Values
from sim.library import Library
from sim.patterns.experiments import EXPERIMENTS
from sim.patterns.statistics import Estimate
from sim.problems import Location, Problems, nearest, shown, single, tidy
from sim.reader import Reader

ROLES: Final = ("D", "C", "H")
BUILT_IN: Final = Path(__file__).resolve().parent / "catalogue.toml"

Verdict = Literal["yes", "no", "not shown"]


@dataclass(frozen=True)
class Criterion:
    """What has to be so: the interval of a statistic lies wholly between two bounds.

    ``reported`` ones are shown and judged, and do not count for the pattern.
    """

    name: str
    unit: str
    words: Values[str]
    above: float
    below: float
    reported: bool

    def judge(self, estimate: Estimate) -> Verdict:
        """Return whether an estimate meets the criterion, fails it, or leaves it open."""
        if math.isnan(estimate.value):
            return "not shown"
        if estimate.low > self.above and estimate.high < self.below:
            return "yes"
        return "no" if estimate.high <= self.above or estimate.low >= self.below else "not shown"


@dataclass(frozen=True)
class Pattern:
    """A pattern: what it says, where it comes from, how it is tried, and what has to be so for it to hold."""

    id: str
    role: str
    source: str
    mechanism: str
    meaning: Values[str]
    setup: str
    python: str
    criteria: tuple[Criterion, ...]


_FIELDS: Final = ("id", "role", "source", "mechanism", "meaning", "setup", "python", "criteria")
_CRITERION: Final = ("name", "unit", "words", "above", "below", "reported")


@cache
def built_in() -> tuple[Pattern, ...]:
    """Return the patterns that ship with the model."""
    return read_patterns(BUILT_IN)


def chosen(which: Sequence[str]) -> tuple[Pattern, ...]:
    """Return the patterns with these ids and those in these files; without any, all that ship.

    Raises:
        ScenarioError: there is no such pattern or file, or a file has problems.
    """
    known = {each.id: each for each in built_in()}
    found: dict[str, Pattern] = {}
    for name in which or known:
        if name in known:
            found.setdefault(name, known[name])
            continue
        file = Path(name)
        if not file.is_file():
            near = nearest(name.upper(), known)
            allowed = f"one of {', '.join(known)}, or a file of patterns"
            raise single(
                tidy(name), "there is no such pattern and no such file", value=name, allowed=allowed, near=near
            )
        for each in read_patterns(file):
            if each.id in known or each.id in found:
                raise single(
                    str(file), f"there is a pattern called {shown(each.id)} already", path=f"patterns.{each.id}"
                )
            found[each.id] = each
    return tuple(found.values())


def read_patterns(file: Path) -> tuple[Pattern, ...]:
    """Return the patterns in a file.

    Raises:
        ScenarioError: the file cannot be read or has problems; all of them are in the error.
    """
    document = toml_source.read(file)
    problems = Problems(document)
    reader = Reader(problems, Library(file.parent))
    table = reader.table(document.tree, (), ("patterns",))
    rows = reader.rows(table, "patterns")
    if not rows:
        problems.add((), "there are no patterns", allowed="[[patterns]] is needed")
    found: dict[str, Pattern] = {}
    for number, row in enumerate(rows):
        pattern = _pattern(reader, row, ("patterns", number))
        if pattern.id in found:
            problems.add(("patterns", number, "id"), f"{shown(pattern.id)} is there already", value=pattern.id)
        found[pattern.id] = pattern
    problems.raise_if_any()
    return tuple(found.values())


def _word(reader: Reader, table: Mapping[str, Any], name: str, at: Location) -> str:
    value = table.get(name)
    if isinstance(value, str) and value:
        return value
    message = f"{name} is missing" if name not in table else f"{shown(value)} is not allowed"
    reader.problems.add((*at, name) if name in table else at, message, value=value, allowed="a text")
    return ""


def _pattern(reader: Reader, given: Any, at: Location) -> Pattern:
    table = reader.table(given, at, _FIELDS)
    python = str(table.get("python", ""))
    if python and python not in EXPERIMENTS:
        reader.reference(python, (*at, "python"), EXPERIMENTS, "experiment")
    rows = reader.rows(table, "criteria", at)
    if not rows:
        reader.problems.add(at, "there are no criteria", allowed="criteria is a list of tables")
    if "meaning" not in table:
        reader.problems.add(at, "meaning is missing", allowed="a sentence, or { en = …, nl = … }")
    return Pattern(
        _word(reader, table, "id", at),
        reader.choice(table, "role", at, ROLES),
        _word(reader, table, "source", at),
        _word(reader, table, "mechanism", at),
        reader.text(table, "meaning", at),
        _word(reader, table, "setup", at),
        python,
        tuple(_criterion(reader, row, (*at, "criteria", number)) for number, row in enumerate(rows)),
    )


def _criterion(reader: Reader, given: Any, at: Location) -> Criterion:
    table = reader.table(given, at, _CRITERION)
    above = _bound(reader, table, "above", at, -math.inf)
    below = _bound(reader, table, "below", at, math.inf)
    if isinstance(given, dict) and math.isinf(above) and math.isinf(below):
        reader.problems.add(at, "a criterion needs a bound", allowed="above, below or both")
    if above >= below:
        reader.problems.add((*at, "above"), f"{above:g} is not below {below:g}", value=above)
    return Criterion(
        _word(reader, table, "name", at),
        _word(reader, table, "unit", at),
        reader.text(table, "words", at),
        above,
        below,
        table.get("reported") is True,
    )


def _bound(reader: Reader, table: Mapping[str, Any], name: str, at: Location, otherwise: float) -> float:
    value = table.get(name, otherwise)
    if isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value):
        return float(value)
    reader.problems.add((*at, name), f"{shown(value)} is not allowed", value=value, allowed="a number")
    return otherwise
