"""Reading of declared experiments: on what, which arms, and what is measured."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

from sim import packaged
from sim.patterns.declared import (
    COLUMNS,
    MIXES,
    OVER_LEVELS,
    STATISTICS,
    WORDS,
    Arm,
    Declaration,
    Measure,
    Reading,
)
from sim.patterns.grounds import MONTHS
from sim.problems import Location, ScenarioError, shown
from sim.reader import Reader

_ON: Final = ("scenarios", "frameworks", "partners", "mixes", "equal", "candidates", "months", "times")
_TABLES: Final = ("organisation", "others", "structure", "collaboration", "neighbourhood", "parameters", "relation")
_ARM: Final = ("set", "add", "from_month", "until_month")
READING: Final = ("outcome", "at", "since", "during", "at_least", "at_most", "is", "ever", "restricted", "from_contact")
MEASURE: Final = ("statistic", "arm", "against", "less", "among", "with")


def word(reader: Reader, table: Mapping[str, Any], name: str, at: Location, otherwise: str | None = None) -> str:
    """Return a text in one language that is not empty; empty, and noted, if it is not there."""
    value = table.get(name, otherwise)
    if isinstance(value, str) and value:
        return value
    message = f"{name} is missing" if name not in table else f"{shown(value)} is not allowed"
    reader.problems.add((*at, name) if name in table else at, message, value=value, allowed="a text")
    return ""


def number(reader: Reader, table: Mapping[str, Any], name: str, at: Location) -> float | None:
    """Return a number; None if it is left out or is none."""
    value = table.get(name)
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    reader.problems.add((*at, name), f"{shown(value)} is not allowed", value=value, allowed="a number")
    return None


def flag(reader: Reader, table: Mapping[str, Any], name: str, at: Location) -> bool:
    """Return yes or no; no if it is left out."""
    value = table.get(name, False)
    if isinstance(value, bool):
        return value
    reader.problems.add((*at, name), f"{shown(value)} is not allowed", value=value, allowed="true or false")
    return False


def read_measure(reader: Reader, table: Mapping[str, Any], at: Location, on: Declaration) -> Measure:
    """Return what a criterion measures."""
    statistic = reader.choice(table, "statistic", at, STATISTICS)
    for name in STATISTICS.get(statistic, ()):
        if name not in table:
            reader.problems.add(at, f"{name} is missing", allowed=f"the statistic {statistic} needs it")
    arms = list(on.arms)
    first = arms[0] if len(arms) == 1 else ""
    arm = reader.reference(table["arm"], (*at, "arm"), arms, "arm") if "arm" in table else first
    if len(arms) > 1 and "arm" not in table:
        reader.problems.add(at, "arm is missing", allowed=f"one of {', '.join(arms)}")
    against = reader.reference(table["against"], (*at, "against"), arms, "arm") if "against" in table else ""
    less = ("", "")
    if "less" in table:
        given = table["less"]
        if isinstance(given, list) and len(given) == 2:
            less = tuple(  # type: ignore[assignment]
                reader.reference(each, (*at, "less", place), arms, "arm") for place, each in enumerate(given)
            )
        else:
            reader.problems.add(
                (*at, "less"), f"{shown(given)} is not allowed", value=given, allowed="a list of two arms"
            )
    return Measure(
        statistic,
        _reading(reader, table, at, on),
        arm,
        against,
        less,
        _nested(reader, table, "among", at, on),
        _nested(reader, table, "with", at, on),
    )


def _nested(reader: Reader, table: Mapping[str, Any], name: str, at: Location, on: Declaration) -> Reading | None:
    if name not in table:
        return None
    return _reading(reader, reader.table(table[name], (*at, name), READING), (*at, name), on)


def _reading(reader: Reader, table: Mapping[str, Any], at: Location, on: Declaration) -> Reading:
    given = table.get("outcome")
    outcome = tuple(given) if isinstance(given, list) else (given,)
    if given is None or not outcome:
        reader.problems.add(at, "outcome is missing", allowed="the name of an outcome, or a list of them")
        outcome = ("phase",)
    for each in outcome:
        reader.reference(each, (*at, "outcome"), (*COLUMNS, *OVER_LEVELS), "outcome")
    during = table.get("during")
    span: tuple[int, int] | None = None
    if during is not None:
        if _months(during, on.months):
            span = (during[0], during[1])
        else:
            allowed = f"two months from 1 to {on.months}, in order"
            reader.problems.add((*at, "during"), f"{shown(during)} is not allowed", value=during, allowed=allowed)
    equals = table.get("is")
    words = WORDS.get(str(outcome[0]), ())
    if isinstance(equals, str) and equals not in words:
        reader.reference(equals, (*at, "is"), words, "such value")
    ever = None if "ever" not in table else flag(reader, table, "ever", at)
    return Reading(
        tuple(str(each) for each in outcome),
        _month(reader, table, "at", at, on.months),
        _month(reader, table, "since", at, on.months, least=0),
        span,
        number(reader, table, "at_least", at),
        number(reader, table, "at_most", at),
        equals if isinstance(equals, str) else number(reader, table, "is", at),
        ever,
        flag(reader, table, "restricted", at),
        flag(reader, table, "from_contact", at),
    )


def _months(value: Any, most: int) -> bool:
    whole = isinstance(value, list) and len(value) == 2 and all(type(each) is int for each in value)
    return whole and 1 <= value[0] <= value[1] <= most


def _month(reader: Reader, table: Mapping[str, Any], name: str, at: Location, most: int, least: int = 1) -> int | None:
    value = table.get(name)
    if value is None or (type(value) is int and least <= value <= most):
        return value
    allowed = f"a month from {least} to {most}"
    reader.problems.add((*at, name), f"{shown(value)} is not allowed", value=value, allowed=allowed)
    return None


def read_declaration(reader: Reader, pattern: Mapping[str, Any], at: Location, folder: Path) -> Declaration:
    """Return on what and under which arms a pattern is tried."""
    here = (*at, "on")
    table = reader.table(pattern.get("on", {}), here, (*_ON, *_TABLES))
    usual = Declaration()
    months = table.get("months", MONTHS)
    if type(months) is not int or not 1 <= months <= 1200:
        allowed = "a whole number of months from 1 to 1200"
        reader.problems.add((*here, "months"), f"{shown(months)} is not allowed", value=months, allowed=allowed)
        months = MONTHS
    numbers = _list(reader, table, "partners", here, tuple(range(2, 33)), usual.partners)
    candidates = table.get("candidates", 0)
    if type(candidates) is not int or not 0 <= candidates <= 10:
        message = f"{shown(candidates)} is not allowed"
        reader.problems.add((*here, "candidates"), message, value=candidates, allowed="a whole number from 0 to 10")
        candidates = 0
    times = number(reader, table, "times", here)
    arms_at = (*at, "arms")
    given = pattern.get("arms", {})
    arms = {
        name: _arm(reader, arm, (*arms_at, name), months) for name, arm in reader.table(given, arms_at, given).items()
    }
    declaration = Declaration(
        _scenarios(reader, table, here, folder),
        _list(reader, table, "frameworks", here, tuple(reader.library.names("frameworks")), usual.frameworks),
        numbers,
        _list(reader, table, "mixes", here, tuple(MIXES), usual.mixes),
        flag(reader, table, "equal", here),
        candidates,
        months,
        1.0 if times is None else min(max(times, 0.1), 100.0),
        {name: table[name] for name in _TABLES if name in table},
        arms or usual.arms,
    )
    if "on" in pattern or arms:
        _try_first(reader, declaration, here, arms_at)
    return declaration


def _list(
    reader: Reader, table: Mapping[str, Any], name: str, at: Location, choices: Collection[Any], otherwise: Any
) -> Any:
    value = table.get(name, list(otherwise))
    if isinstance(value, list) and value:
        wrong = [each for each in value if each not in choices]
        for each in wrong:
            pool = [one for one in choices if isinstance(one, str)]
            message = f"{shown(each)} is not allowed"
            shortest = ", ".join(str(one) for one in choices) if pool else f"{min(choices)} to {max(choices)}"
            reader.problems.add(
                (*at, name), message, value=each, allowed=f"some of {shortest}", wanted=str(each), pool=pool
            )
        return otherwise if wrong else tuple(value)
    reader.problems.add((*at, name), f"{shown(value)} is not allowed", value=value, allowed="a list")
    return otherwise


def _scenarios(reader: Reader, table: Mapping[str, Any], at: Location, folder: Path) -> tuple[str, ...]:
    value = table.get("scenarios", [])
    found = []
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str) and each in packaged.shipped():
            found.append(each)
        elif isinstance(each, str) and (folder / each).is_file():
            found.append(str(folder / each))
        else:
            message = f"there is no scenario called {shown(each)}"
            wanted = each if isinstance(each, str) else ""
            reader.problems.add((*at, "scenarios"), message, value=each, wanted=wanted, pool=packaged.shipped())
    return tuple(found)


def _arm(reader: Reader, given: Any, at: Location, months: int) -> Arm:
    table = reader.table(given, at, _ARM)
    values = reader.table(table.get("set", {}), (*at, "set"), table.get("set", {}))
    added = reader.table(table.get("add", {}), (*at, "add"), table.get("add", {}))
    return Arm(
        tuple(_flat(values)),
        tuple(_flat(added)),
        _month(reader, table, "from_month", at, months),
        _month(reader, table, "until_month", at, months),
    )


def _flat(values: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    """Return paths with their values; a path may also be written as nested tables."""
    found: list[tuple[str, Any]] = []
    for name, value in values.items():
        if isinstance(value, dict) and not before.endswith("framework."):
            found += _flat(value, f"{before}{name}.")
        else:
            found.append((f"{before}{name}", value))
    return found


def _try_first(reader: Reader, declaration: Declaration, ground_at: Location, arms_at: Location) -> None:
    """Note what is wrong with the scenarios: those of the ground, and with each arm's values, on the first of them."""
    try:
        first = declaration.ground[0]
    except ScenarioError as error:
        _take_over(reader, error, ground_at)
        return
    for name, arm in declaration.arms.items():
        try:
            arm.of(first)
        except ScenarioError as error:
            _take_over(reader, error, (*arms_at, name))


def _take_over(reader: Reader, error: ScenarioError, at: Location) -> None:
    for each in error.problems:
        what = f"{each.path}: {each.message}" if each.path else each.message
        near = f"{each.allowed}; did you mean {each.nearest}?" if each.nearest else each.allowed
        reader.problems.add(at, what, value=each.value, allowed=near.removeprefix("; "))
