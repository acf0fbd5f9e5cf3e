"""The address: everything that a picture depends on, and nothing else.

``case=tilburg&frameworks=building,covenant&set=organisations.*.earmarked_share=0.4&do=middle_meetings@24&seed=1…``
becomes an ``Address``; from it come the scenarios to run. What is said in it passes the same validation as a file,
within limits that keep a request small.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from sim import packaged
from sim.elements import Collaboration
from sim.language import LANGUAGES
from sim.paths import Index, match
from sim.problems import PathError, ScenarioError, nearest
from sim.scenario import Scenario, load

QUERY_MOST = 8_000  # characters
FRAMEWORKS_MOST = 3
SETS_MOST = 60
INTERVENTIONS_MOST = 20
ORGANISATIONS_MOST = 64
PAIRS_MOST = 2_500
MONTHS_MOST = 240
RUNS_MOST = 300
REPLICATES_MOST = 10_000
SEED_MOST = 2**32 - 1

DEFAULT_CASE = "tilburg"
DEFAULT_FRAMEWORKS = ("building", "covenant", "client_contractor")
MODES = ("explore", "predict")

_WORD = re.compile(r"[a-z][a-z0-9_]{0,63}")
_PATH = re.compile(r"[a-z][A-Za-z0-9_.*:+-]{2,150}")
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
_WHOLE = re.compile(r"[0-9]{1,10}")


class AddressError(Exception):
    """An address that asks for what there is not, in one short line."""


@dataclass(frozen=True)
class Doing:
    """An intervention from a month on: a ready-made one, one value set or added to, or a change of director."""

    kind: str
    name: str
    value: float | str | None
    month: int

    def __str__(self) -> str:
        """Return it as it stands in an address."""
        what = self.name if self.kind == "use" else f"{self.kind}:{self.name}:{_written(self.value)}"
        return f"{what}@{self.month}"


@dataclass(frozen=True)
class Address:
    """What a visitor looks at; equal addresses give equal answers."""

    case: str = DEFAULT_CASE
    collaboration: str = ""
    frameworks: tuple[str, ...] = DEFAULT_FRAMEWORKS
    sets: tuple[tuple[str, float | str], ...] = ()
    doings: tuple[Doing, ...] = ()
    seed: int = 1
    replicate: int = 0
    month: int = 0
    lang: str = "en"
    runs: int = RUNS_MOST
    mode: str = "explore"
    show: str = ""

    def world(self, framework: str) -> tuple[object, ...]:
        """Return all that a scenario under one framework depends on."""
        return (self.case, self.collaboration, framework, self.sets, self.doings)

    def query(self) -> str:
        """Return the address as a query, without what has its default."""
        plain = Address()
        pairs = [("case", self.case)]
        if self.collaboration:
            pairs.append(("collaboration", self.collaboration))
        if self.frameworks != plain.frameworks:
            pairs.append(("frameworks", ",".join(self.frameworks)))
        pairs += [("set", f"{path}={_written(value)}") for path, value in self.sets]
        pairs += [("do", str(each)) for each in self.doings]
        for name in ("seed", "replicate", "month", "mode", "show"):
            if getattr(self, name) != getattr(plain, name):
                pairs.append((name, str(getattr(self, name))))
        return urlencode([*pairs, ("lang", self.lang)], safe="*:,=@+")


def _written(value: float | str | None) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def parse(query: str) -> Address:
    """Return the address in the query of a request.

    Raises:
        AddressError: it is too long, or something in it is not known or not allowed.
    """
    if len(query) > QUERY_MOST:
        raise AddressError(f"the address is too long; at most {QUERY_MOST} characters")
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=100, errors="strict"
        )
    except (ValueError, UnicodeError):
        raise AddressError("the address cannot be read") from None
    said: dict[str, Any] = {}
    sets: dict[str, float | str] = {}
    doings: list[Doing] = []
    for name, text in pairs:
        if name == "set":
            path, sign, value = text.partition("=")
            if not sign or not _PATH.fullmatch(path):
                raise AddressError("set is PATH=VALUE")
            sets.pop(path, None)
            sets[path] = _value(value)
        elif name == "do":
            doings.append(_doing(text))
        elif name not in _READERS:
            raise AddressError(
                f"{_short(name)} is not part of an address; known are {', '.join((*_READERS, 'set', 'do'))}"
            )
        elif name in said:
            raise AddressError(f"{name} stands twice")
        else:
            said[name] = _READERS[name](text)
    if len(sets) > SETS_MOST or len(doings) > INTERVENTIONS_MOST:
        raise AddressError(f"too much is changed; at most {SETS_MOST} values and {INTERVENTIONS_MOST} interventions")
    return Address(sets=tuple(sets.items()), doings=tuple(doings), **said)


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…").encode("ascii", "backslashreplace").decode()


def _value(text: str) -> float | str:
    if _NUMBER.fullmatch(text):
        number = float(text) if "." in text else int(text)
        if math.isfinite(number):
            return number
    if _WORD.fullmatch(text):
        return text
    raise AddressError(f"{_short(text)} is not a value; a plain number or a word is needed")


def _doing(text: str) -> Doing:
    what, sign, month = text.rpartition("@")
    if not sign:
        raise AddressError("do is NAME@MONTH")
    when = _whole(month, 1, MONTHS_MOST, "a month")
    if ":" not in what:
        return Doing("use", _of(what, packaged.shipped("interventions"), "intervention"), None, when)
    kind, _, rest = what.partition(":")
    name, sign, value = rest.rpartition(":")
    if kind not in ("set", "add", "director") or not sign or not _PATH.fullmatch(name):
        raise AddressError(
            "do is NAME@MONTH, set:PATH:VALUE@MONTH, add:PATH:VALUE@MONTH or director:WHO:OPENNESS@MONTH"
        )
    return Doing(kind, name, _value(value), when)


def _whole(text: str, least: int, most: int, what: str) -> int:
    if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
        raise AddressError(f"{_short(text)} is not {what}; a whole number from {least} to {most} is needed")
    return int(text)


def _of(text: str, names: Iterable[str], what: str) -> str:
    names = list(names)
    if text not in names:
        near = nearest(text, names)
        known = f"; did you mean {near}?" if near else f"; there are {', '.join(names)}" if len(names) < 10 else ""
        raise AddressError(f"there is no {what} {_short(text)}{known}")
    return text


def _word(text: str) -> str:
    if not _WORD.fullmatch(text):
        raise AddressError(f"{_short(text)} is not a name")
    return text


def _frameworks(text: str) -> tuple[str, ...]:
    names = text.split(",")
    if len(names) > FRAMEWORKS_MOST or len(set(names)) != len(names):
        raise AddressError(f"one to {FRAMEWORKS_MOST} different frameworks are needed")
    return tuple(_of(name, packaged.shipped("frameworks"), "framework") for name in names)


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "case": lambda text: _of(text, packaged.shipped(), "case"),
    "collaboration": _word,
    "frameworks": _frameworks,
    "seed": lambda text: _whole(text, 0, SEED_MOST, "a seed"),
    "replicate": lambda text: _whole(text, 0, REPLICATES_MOST, "a replicate"),
    "month": lambda text: _whole(text, 0, MONTHS_MOST, "a month"),
    "lang": lambda text: _of(text, LANGUAGES, "language"),
    "runs": lambda text: _whole(text, 1, RUNS_MOST, "a number of runs"),
    "mode": lambda text: _of(text, MODES, "mode"),
    "show": lambda text: _of(text, packaged.shipped("frameworks"), "framework"),
}


@lru_cache(maxsize=64)
def _changed(case: str, sets: tuple[tuple[str, float | str], ...]) -> Scenario:
    """Return a shipped case with some values changed; the columns of one address share it."""
    if not sets:
        return load(case)
    base = _changed(case, ())
    index = Index(base.tree)
    for path, _ in sets:
        _one_number(index, path)
    return base.replace(sets, source="address")


def collaboration_of(scenario: Scenario, name: str) -> Collaboration:
    """Return the collaboration that is looked at: the one asked for, or the first.

    Raises:
        AddressError: there is no such collaboration.
    """
    names = [each.id for each in scenario.collaborations]
    return scenario.collaborations[names.index(_of(name, names, "collaboration")) if name else 0]


def scenario_of(address: Address, framework: str, *, sets: bool = True, doings: bool = True) -> Scenario:
    """Return the scenario of one framework, with or without what the address changes in it.

    Raises:
        AddressError: a value is not allowed, names nothing, or makes the run too large.
    """
    try:
        changed = _changed(address.case, address.sets if sets else ())
        scenario = changed.with_framework(framework, collaboration_of(changed, address.collaboration).id)
        if doings and address.doings:
            scenario = _with_doings(scenario, address.doings)
    except (ScenarioError, PathError) as error:
        problem = error.problems[0] if isinstance(error, ScenarioError) else None
        text = f"{problem.path}: {problem.message}; {problem.allowed}" if problem else str(error)
        raise AddressError(" ".join(text.split())[:300]) from None
    pairs = sum(len(each.partners) * (len(each.partners) - 1) // 2 for each in scenario.collaborations)
    if len(scenario.organisations) > ORGANISATIONS_MOST or pairs > PAIRS_MOST or scenario.months > MONTHS_MOST:
        raise AddressError(
            f"too large to be shown; at most {ORGANISATIONS_MOST} organisations and {MONTHS_MOST} months"
        )
    return scenario


def _one_number(index: Index, path: str) -> None:
    """See to it that a path names numbers or choices: no lists, no texts, no tables.

    Raises:
        PathError: it names nothing, or something else.
    """
    if any(target.quantity is None for target in match(index, path)):
        raise PathError(f"{path} cannot be set here")


def _with_doings(scenario: Scenario, doings: tuple[Doing, ...]) -> Scenario:
    index = Index(scenario.tree)
    taken = {each.id for each in scenario.interventions}
    tables: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for number, each in enumerate(doings, start=1):
        if each.month > scenario.months:
            raise AddressError(f"month {each.month} comes after the end")
        if each.kind == "director":
            events.append(
                {"month": each.month, "kind": "director_change", "organisation": each.name, "value": each.value}
            )
            continue
        identity = f"visitor_{number}"
        if identity in taken:
            raise AddressError(f"the name {identity} is taken")
        if each.kind == "use":
            tables.append({"id": identity, "use": each.name, "month": each.month})
            continue
        _one_number(index, each.name)
        tables.append({"id": identity, "month": each.month, each.kind: {each.name: each.value}})
    scenario = scenario.with_interventions(*tables) if tables else scenario
    return scenario.replace({"events": [*scenario.tree.get("events", []), *events]}, "address") if events else scenario


def reference_of(address: Address) -> Address | None:
    """Return the address that a changed one is held against: without interventions, else without changed values."""
    if address.doings:
        return replace(address, doings=())
    return replace(address, sets=()) if address.sets else None
