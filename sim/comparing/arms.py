"""The arms of a comparison: scenarios, numbers of partners, frameworks and interventions, crossed.

Every framework is laid on the same case with the same number of partners, and every intervention is held against none
with the framework left as it is. Where a file deviates from its framework, that says how this place fills in that
framework (its building costs so much), so the deviations stay with it and another framework comes as it is: a covenant
would not be one if it inherited the building. Values set by the user hold in every arm.

All arms share seed and luck, so that replicate r of each is the same world as far as the arms have it in common.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from sim.comparison import Arm
from sim.elements import Collaboration
from sim.group_size import of_number
from sim.language import LANGUAGES, language
from sim.problems import ScenarioError, nearest, shown, single
from sim.scenario import Scenario, load

ARMS_MOST = 200
FIRST_MONTH = 1  # of an intervention, if nothing is said: from the very start
SCENARIO, PARTNERS, FRAMEWORK, INTERVENTION = range(4)
_WHERE = "compare"


@dataclass(frozen=True)
class Dose:
    """An intervention from a month on."""

    id: str
    month: int

    @property
    def text(self) -> str:
        """Return it as it is given on the command line."""
        return f"{self.id}@{self.month}"


def dose(text: str) -> Dose:
    """Return an intervention as given: ``id``, or ``id@month``.

    Raises:
        ScenarioError: the month is none.
    """
    identity, sign, month = str(text).strip().partition("@")
    if sign and (not month.isdecimal() or not month.isascii() or not 1 <= int(month) <= 10_000):
        allowed = "a whole number of months, as in small_teams@24"
        raise single(_WHERE, f"{shown(month)} is no month", path="interventions", value=text, allowed=allowed)
    return Dose(identity, int(month) if sign else FIRST_MONTH)


def arms_of(
    scenarios: Scenario | str | os.PathLike[str] | Iterable[Scenario | str | os.PathLike[str]],
    frameworks: Sequence[str] = (),
    interventions: Sequence[str] = (),
    partners: Sequence[int] = (),
    collaboration: str | None = None,
    values: Iterable[tuple[str, Any]] = (),
) -> tuple[Arm, ...]:
    """Return the arms of a comparison; the first is the one that others are held against.

    ``values`` are set in every arm, also on top of a framework that is laid on it.

    Raises:
        ScenarioError: something is not there, or is not allowed, or there is nothing to compare.
    """
    given = [scenarios] if isinstance(scenarios, Scenario | str | os.PathLike) else list(scenarios)
    values = list(values)
    loaded = [each if isinstance(each, Scenario) else load(each) for each in given]
    if values:
        loaded = [each.replace(values, source="--set") for each in loaded]
    doses = [dose(each) for each in interventions]
    _check(loaded, frameworks, doses, partners)
    names = _names(loaded)
    cells = product(range(len(loaded)), partners or (None,), frameworks or (None,), (None, *doses))
    made = [
        _arm(
            loaded[number], names[number] if len(loaded) > 1 else "", size, framework, one, collaboration, values, place
        )
        for (number, size, framework, one), place in zip(
            cells,
            product(*map(range, (len(loaded), len(partners) or 1, len(frameworks) or 1, 1 + len(doses)))),
            strict=True,
        )
    ]
    if len(made) < 2:  # only now, so that a name that is not there is told of first
        allowed = "two scenarios at least, or two frameworks, an intervention, or two numbers of partners"
        raise single(_WHERE, "there is nothing to compare", allowed=allowed)
    return tuple(made)


def _check(loaded: list[Scenario], frameworks: Sequence[str], doses: list[Dose], partners: Sequence[int]) -> None:
    lists: dict[str, list[Any]] = {
        "frameworks": list(frameworks), "interventions": [each.text for each in doses], "partners": list(partners)
    }  # fmt: skip
    for name, values in lists.items():
        twice = next((each for place, each in enumerate(values) if each in values[:place]), None)
        if twice is not None:
            raise single(_WHERE, f"{shown(twice)} is given twice", path=name, value=twice)
    count = len(loaded) * max(1, len(frameworks)) * max(1, len(partners)) * (1 + len(doses))
    if count > ARMS_MOST:
        raise single(_WHERE, f"{count} arms are too many", value=count, allowed=f"at most {ARMS_MOST}")
    months = {each.months for each in loaded}
    if len(months) > 1:
        message = "scenarios of different length cannot be compared"
        allowed = "one number of months for all, as with --set months=120"
        raise single(_WHERE, message, path="months", value=sorted(months), allowed=allowed)


def _names(loaded: list[Scenario]) -> list[str]:
    """Return a name for each scenario; those that share one are numbered."""
    names: list[str] = []
    for each in loaded:
        same = sum(one.name == each.name for one in loaded[: len(names)])
        names.append(f"{each.name}_{same + 1}" if same else each.name)
    return names


def looked_at(scenario: Scenario, collaboration: str | None) -> Collaboration:
    """Return the collaboration that is looked at: the chosen one, or the first of the file.

    Raises:
        ScenarioError: the scenario has no such collaboration.
    """
    if collaboration is None:
        return scenario.collaborations[0]
    found = next((each for each in scenario.collaborations if each.id == collaboration), None)
    if found is None:
        ids = [each.id for each in scenario.collaborations]
        raise single(
            scenario.name, f"there is no collaboration called {shown(collaboration)}", path="collaboration",
            value=collaboration, allowed=f"one of {', '.join(ids)}", near=nearest(collaboration, ids),
        )  # fmt: skip
    return found


def _arm(
    scenario: Scenario, name: str, size: int | None, framework: str | None, one: Dose | None, collaboration: str | None,
    values: list[tuple[str, Any]], place: tuple[int, ...],
) -> Arm:  # fmt: skip
    chosen = looked_at(scenario, collaboration)
    title = scenario.title
    if size is not None:
        for each in scenario.collaborations if collaboration is None else (chosen,):
            scenario = of_number(scenario, each.id, size)
    if framework is not None:
        scenario = _with_framework(scenario, framework, collaboration, values)
    if one is not None:
        scenario = _with_intervention(scenario, one, collaboration)
    chosen = looked_at(scenario, chosen.id)
    count = sum(partner.role != "candidate" for partner in chosen.partners)
    words = [part for part in (name, chosen.framework, one.text if one else "", f"p{size}" if size else "") if part]
    label = {code: _label(code, title if name else None, chosen, scenario, one, size) for code in LANGUAGES}
    return Arm(
        key="+".join(words),
        label=label,
        scenario=scenario,
        framework=chosen.framework,
        interventions=(one.text,) if one else (),
        partners=count,
        collaboration=chosen.id,
        place=(place[0], place[1], place[2], place[3]),
    )


def _with_framework(
    scenario: Scenario, framework: str, collaboration: str | None, values: list[tuple[str, Any]]
) -> Scenario:
    """Return the scenario with a framework: the case's own with the deviations of the file, another as it is."""
    own = {each.id: each.framework for each in scenario.collaborations}
    laid = scenario.replace({f"collaborations.{collaboration or '*'}.framework": framework}, source="frameworks")
    rows = [
        {name: value for name, value in row.items() if name != "structure" or own[row["id"]] == framework}
        if collaboration in (None, row["id"])
        else row
        for row in laid.tree["collaborations"]
    ]
    bare = laid.replace({"collaborations": rows}, source="frameworks")
    on_top = [(path, value) for path, value in values if ".structure." in path]
    return bare.replace(on_top, source="--set") if on_top else bare


def _with_intervention(scenario: Scenario, one: Dose, collaboration: str | None) -> Scenario:
    if one.month > scenario.months:
        message = f"{one.text} would begin after the end"
        allowed = f"a month from 1 to {scenario.months}"
        raise single(_WHERE, message, path="interventions", value=one.text, allowed=allowed)
    taken = {each.id for each in scenario.interventions}
    row: dict[str, Any] = {"use": one.id, "month": one.month}
    if one.id in taken:
        row["id"] = f"{one.id}_compared"
    if collaboration is not None:
        row["collaboration"] = collaboration
    rows = [*scenario.tree.get("interventions", []), row]
    try:
        return scenario.replace({"interventions": rows}, source="interventions")
    except ScenarioError as error:
        known = scenario.library.names("interventions")
        if one.id in known:
            raise error from None
        message = f"there is no intervention called {shown(one.id)}"
        raise single(
            _WHERE, message, path="interventions", value=one.id, allowed=f"one of {', '.join(known)}",
            near=nearest(one.id, known),
        ) from None  # fmt: skip


def _label(
    code: str, title: Mapping[str, str] | None, chosen: Collaboration, scenario: Scenario, one: Dose | None,
    size: int | None,
) -> str:  # fmt: skip
    words = language(code)
    parts = [title[code]] if title is not None else []
    parts.append(chosen.base.title[code])
    if one is not None:
        said = scenario.interventions[-1].title[code]
        key = "compare.with" if one.month == FIRST_MONTH else "compare.with_from"
        parts.append(words.text(key, title=said[:1].lower() + said[1:], month=one.month))
    if size is not None:
        parts.append(words.text("compare.partners", count=words.counted(size)))
    return ", ".join(parts)


def pairs(arms: Sequence[Arm]) -> Iterator[tuple[Arm, Arm]]:
    """Go through the pairs of arms that are compared, each once, the one that stands first as A.

    With the same number of partners: the first arm against each other; frameworks against each other, all of them; an
    intervention against none; scenarios against each other. Between numbers of partners: each number against the first,
    with all else the same.
    """
    for a, b in combinations(arms, 2):
        apart = [axis for axis in range(4) if a.place[axis] != b.place[axis]]
        if PARTNERS in apart:
            if apart == [PARTNERS] and a.place[PARTNERS] == 0:
                yield a, b
        elif (
            a.place[SCENARIO] == a.place[FRAMEWORK] == a.place[INTERVENTION] == 0
            or apart in ([FRAMEWORK], [SCENARIO])
            or (apart == [INTERVENTION] and a.place[INTERVENTION] == 0)
        ):
            yield a, b
