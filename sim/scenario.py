"""Scenarios: a TOML file becomes an immutable, complete value; wrong input becomes one clear error.

``load`` reads a file or a shipped scenario, ``Scenario.replace`` makes another one with some values changed, and
``Scenario.changes`` works out what interventions change during a run. What a file leaves out has the register's
default: ``as_dict`` and ``to_toml`` give the scenario with everything filled in, frameworks and ready-made
interventions included, so that the text stands by itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sim import packaged, timeline, toml_source
from sim.elements import (
    Change,
    Collaboration,
    Event,
    Framework,
    Intervention,
    Neighbourhood,
    Organisation,
    Partner,
    ReadyMade,
    Relation,
    Spanner,
    Value,
    Values,
    as_number,
    as_plain,
    as_value,
    event_dict,
    framework_dict,
    ready_made_dict,
)
from sim.happenings import SHARED
from sim.inputs import COLLABORATION, NEIGHBOURHOOD, ORGANISATION, RELATION, SPANNER
from sim.library import Library
from sim.parameters import PARAMETERS
from sim.paths import MONTHS, Index, copied, match, parse_set, put
from sim.problems import Location, PathError, Problem, Problems, ScenarioError, nearest, shown, single, tidy
from sim.quantities import Quantity
from sim.reading import read_scenario
from sim.structure import STRUCTURE

__all__ = [
    "Change", "Collaboration", "Event", "Framework", "Intervention", "Neighbourhood", "Organisation", "Partner",
    "Problem", "ReadyMade", "Relation", "Scenario", "ScenarioError", "Size", "Spanner", "Values", "as_number",
    "as_value", "estimate_size", "from_dict", "load", "loads", "parse_set", "paths",
]  # fmt: skip

PAIRS_MOST = 5_000_000
MEMORY_MOST = 8 * 1024**3

# Bytes that a run holds for each of a kind, roughly: columns of 8 bytes, and what is recorded each month.
_ORGANISATION_BYTES = 1_000
_MEMBER_BYTES = 3_000
_PAIR_BYTES = 600
_COLLABORATION_BYTES = 6_000
_MONTH_BYTES = 500


@dataclass(frozen=True, repr=False)
class Scenario:
    """Everything that a run starts from, complete with defaults.

    Two scenarios are equal if all their values are; ``tree`` is what was given, without defaults, and does not count.
    The order of entities is that of the file and matters for display only; that of interventions counts.
    """

    schema: int
    name: str
    title: Values[str]
    description: Values[str]
    months: int
    start: str
    parameters: Values[Value]
    organisations: tuple[Organisation, ...]
    neighbourhoods: tuple[Neighbourhood, ...]
    collaborations: tuple[Collaboration, ...]
    relations: tuple[Relation, ...]
    spanners: tuple[Spanner, ...]
    events: tuple[Event, ...]
    interventions: tuple[Intervention, ...]
    tree: dict[str, Any] = field(compare=False)
    library: Library = field(compare=False)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Return a short description."""
        sizes = f"{len(self.organisations)} organisations, {len(self.collaborations)} collaborations"
        return f"<Scenario {self.name}: {sizes}, {self.months} months>"

    def replace(self, values: Mapping[str, Any] | Iterable[tuple[str, Any]], source: str = "replace") -> Scenario:
        """Return the scenario with the values at some paths changed, in order; the last wins.

        Besides single values a path can name a list or a whole table: ``collaborations.X.partners``, ``interventions``.
        A framework is given by id, as a ``Framework``, or as its table.

        Raises:
            ScenarioError: a path names nothing, or a value is not allowed; ``source`` stands for the file.
        """
        tree = copied(self.tree)
        made = _Sets(source, tree)
        problems = Problems(made)
        index = Index(tree)
        for path, given in values.items() if isinstance(values, Mapping) else values:
            value = _plain_tree(given)
            try:
                targets = match(index, str(path))
                for target in targets:
                    put(tree, target, copied(value))
                    made.note(target.location, path, value)
            except PathError as error:
                problems.add_path(("", path), error, value=given)
                continue
            if "." not in path or targets[0].name in ("kind", "use") or any(target.new for target in targets):
                index = Index(tree)
        problems.raise_if_any()
        return _made(tree, problems, self.library)

    def with_framework(
        self, framework: str | Framework | Mapping[str, Any], collaboration: str | None = None
    ) -> Scenario:
        """Return the scenario with another framework on one collaboration, or on all; deviations stay on top.

        Raises:
            ScenarioError: there is no such framework or collaboration.
        """
        return self.replace({f"collaborations.{collaboration or '*'}.framework": framework})

    def with_interventions(self, *interventions: Mapping[str, Any]) -> Scenario:
        """Return the scenario with interventions added, each a table as in a file.

        Raises:
            ScenarioError: one of them is not allowed.
        """
        return self.replace({"interventions": [*self.tree.get("interventions", []), *interventions]})

    def with_partners(self, collaboration: str, partners: Iterable[Partner]) -> Scenario:
        """Return the scenario with other partners in a collaboration.

        What hangs on a partner that is left out goes along: what it paid for is paid together, and it does not move in
        or out of a building any more.

        Raises:
            ScenarioError: there is no such collaboration, or these partners are not allowed.
        """
        rows = [asdict(each) for each in partners]
        left = {each["organisation"] for each in rows}
        elsewhere = {
            one.organisation for each in self.collaborations if each.id != collaboration for one in each.partners
        }
        spanners = [
            {**row, "payer": SHARED} if row["collaboration"] == collaboration and row.get("payer") not in left else row
            for row in self.tree.get("spanners", [])
        ]
        events = [
            row
            for row in self.tree.get("events", [])
            if not row["kind"].startswith("tenant")
            or row["organisation"] in left
            or row.get("collaboration", collaboration) != collaboration
            or ("collaboration" not in row and row["organisation"] in elsewhere)
        ]
        path = f"collaborations.{collaboration}.partners"
        return self.replace({path: rows, "spanners": spanners, "events": events})

    def relation(self, first: str, second: str, level: str) -> Values[Value] | None:
        """Return what two organisations start from at a level, or None if the scenario does not speak of them."""
        return self._relations.get((min(first, second), max(first, second), level))

    @cached_property
    def _relations(self) -> dict[tuple[str, str, str], Values[Value]]:
        return {(*each.between, each.level): each.inputs for each in self.relations}

    def changes(self) -> tuple[Change, ...]:
        """Return every number that becomes another during the run, by month; the end of an intervention included."""
        return timeline.changes(self)

    def timed_spanners(self) -> tuple[Spanner, ...]:
        """Return all spanners, those of ready-made interventions included."""
        return timeline.timed_spanners(self)

    def timed_events(self) -> tuple[Event, ...]:
        """Return all events by month, those of ready-made interventions included."""
        return timeline.timed_events(self)

    def as_dict(self) -> dict[str, Any]:
        """Return the scenario as plain tables and lists, as a file would give it, with every default filled in."""
        return {
            "schema": self.schema,
            "name": self.name,
            "title": dict(self.title),
            "description": dict(self.description),
            "months": self.months,
            "start": self.start,
            "parameters": dict(self.parameters),
            "organisations": [_organisation_dict(each) for each in self.organisations],
            "neighbourhoods": [
                {"id": each.id, "title": dict(each.title), **each.inputs} for each in self.neighbourhoods
            ],
            "collaborations": [_collaboration_dict(each) for each in self.collaborations],
            "relations": [
                {"between": list(each.between), "level": each.level, **each.inputs} for each in self.relations
            ],
            "spanners": [_spanner_dict(each) for each in self.spanners],
            "events": [event_dict(each) for each in self.events],
            "interventions": [_intervention_dict(each) for each in self.interventions],
        }

    def to_toml(self) -> str:
        """Return the scenario as TOML with every default filled in; ``loads`` of it equals the scenario."""
        return toml_source.write(self.as_dict())

    def value(self, path: str) -> Any:
        """Return the value at a path that names one value.

        Raises:
            ScenarioError: the path names nothing, or more than one value.
        """
        found = _values(self).get(path)
        if found is not None:
            return found[1]
        problems = Problems(_Sets("value", {}))
        try:
            targets = match(Index(self.tree), path)
        except PathError as error:
            problems.add_path(("", path), error)
        else:
            if len(targets) == 1 and targets[0].table in ("scenario", "collaborations", "organisations", "spanners"):
                owner = self if not targets[0].id else self._element(targets[0].table, targets[0].id)
                return getattr(owner, targets[0].name)
            problems.add(("", path), "the path does not name one value")
        problems.raise_if_any()
        return None

    def _element(self, table: str, identity: str) -> Any:
        return next(each for each in getattr(self, table) if each.id == identity)


def _organisation_dict(each: Organisation) -> dict[str, Any]:
    lists = {"domains": list(each.domains), "brings": list(each.brings), "needs": list(each.needs)}
    return {"id": each.id, "title": dict(each.title), "kind": each.kind, **lists, **each.inputs}


def _collaboration_dict(each: Collaboration) -> dict[str, Any]:
    return {
        "id": each.id,
        "title": dict(each.title),
        "neighbourhoods": list(each.neighbourhoods),
        "partners": [asdict(one) for one in each.partners],
        "domains": list(each.domains),
        **each.inputs,
        "framework": framework_dict(each.base),
        "structure": dict(each.deviations),
    }


def _spanner_dict(each: Spanner) -> dict[str, Any]:
    who = {"collaboration": each.collaboration, "payer": each.payer, "position": each.position}
    return {"id": each.id, "title": dict(each.title), **who, **each.inputs}


def _intervention_dict(each: Intervention) -> dict[str, Any]:
    given: dict[str, Any] = {"id": each.id, "title": dict(each.title), "month": each.month}
    if each.until is not None:
        given["until"] = each.until
    if each.use is None:
        return {**given, "set": as_plain(dict(each.set)), "add": dict(each.add)}
    if each.collaboration:
        given["collaboration"] = each.collaboration
    return {**given, "use": ready_made_dict(each.use)}


# ---------------------------------------------------------------- reading


class _Sets:
    """Changes made by a caller, as a source of problems: ``--set``, or ``replace``."""

    def __init__(self, name: str, tree: dict[str, Any]) -> None:
        self.name = name
        self._tree = tree
        self._made: dict[Location, tuple[str, str]] = {}

    def note(self, location: Location, path: str, value: Any) -> None:
        """Remember by which change a value came to its place."""
        self._made[location] = (tidy(path), shown(value).strip('"'))

    def place(self, location: Location) -> tuple[int, int, str]:
        """Return the change that a value came from."""
        for length in range(len(location), 0, -1):
            made = self._made.get(location[:length])
            if made is not None:
                return 0, 0, f"      | {made[0]}={made[1]}"
        return 0, 0, ""

    def path(self, location: Location) -> str:
        """Return the path as it was given, or that of a place within or outside what was changed."""
        if location[:1] == ("",):
            return tidy(location[1])
        made = self._made.get(location)
        return made[0] if made else toml_source.path_of(self._tree, location)


def _made(tree: dict[str, Any], problems: Problems, library: Library) -> Scenario:
    scenario = Scenario(**read_scenario(tree, problems, library), tree=tree, library=library)
    estimate_size(scenario)
    return scenario


def load(source: str | os.PathLike[str], sets: Iterable[tuple[str, Any]] = ()) -> Scenario:
    """Return the scenario in a file, or the shipped one of that name, with values set on top in order.

    Raises:
        ScenarioError: there is no such scenario, or it has problems; all of them are in the error.
    """
    text = os.fspath(source)
    file = Path(text)
    if isinstance(source, str) and text in packaged.shipped():
        file = packaged.shipped_folder() / f"{text}.toml"
    elif "\0" not in text and not os.path.exists(file):  # noqa: PTH110 - a name that is too long is no error here
        raise _not_found(text, file)
    document = toml_source.read(file)
    return _with_sets(_made(document.tree, Problems(document), Library(file.parent)), sets)


def loads(text: str, filename: str = "text", sets: Iterable[tuple[str, Any]] = ()) -> Scenario:
    """Return the scenario in a text; ``filename`` stands in messages, and frameworks are looked for beside it.

    Raises:
        ScenarioError: it has problems; all of them are in the error.
    """
    document = toml_source.parse(text, filename)
    folder = Path(filename).parent if Path(filename).suffix == ".toml" else None
    return _with_sets(_made(document.tree, Problems(document), Library(folder)), sets)


def from_dict(tree: Mapping[str, Any], source: str = "scenario", folder: Path | None = None) -> Scenario:
    """Return the scenario in plain tables, as ``Scenario.as_dict`` gives them.

    Raises:
        ScenarioError: it has problems; all of them are in the error.
    """
    plain = _plain_tree(tree)
    made = _Sets(source, plain)
    return _made(plain, Problems(made), Library(folder))


def _with_sets(scenario: Scenario, sets: Iterable[tuple[str, Any]]) -> Scenario:
    sets = list(sets)
    return scenario.replace(sets, source="--set") if sets else scenario


def _not_found(source: str, file: Path) -> ScenarioError:
    if source.endswith(".toml") or {"/", os.sep} & set(source):
        names, message, kind = packaged.names(file.parent), "there is no such file", "beside it are"
        near = nearest(file.stem, names)
        near = str(file.with_name(f"{near}.toml")) if near else ""
    else:
        names, message, kind = (
            packaged.shipped(),
            "there is no such file and no shipped scenario of that name",
            "shipped are",
        )
        near = nearest(source, names)
    allowed = f"{kind} {', '.join(names)}" if names else ""
    return single(tidy(source), message, value=source, allowed=allowed, near=near)


def _plain_tree(value: Any) -> Any:
    """Return a caller's value as plain tables and lists; what cannot be is returned as a text, to be refused."""
    try:
        return as_plain(value)
    except (ValueError, RecursionError):
        return "a value that is nested too deeply"


# ---------------------------------------------------------------- listing and sizes


def _values(scenario: Scenario) -> dict[str, tuple[Quantity, Value]]:
    found: dict[str, tuple[Quantity, Value]] = {"months": (MONTHS, scenario.months)}

    def take(prefix: str, register: Mapping[str, Quantity], values: Mapping[str, Value]) -> None:
        for name, value in values.items():
            found[f"{prefix}.{name}"] = (register[name], value)

    take("parameters", PARAMETERS, scenario.parameters)
    for organisation in scenario.organisations:
        take(f"organisations.{organisation.id}", ORGANISATION, organisation.inputs)
    for neighbourhood in scenario.neighbourhoods:
        take(f"neighbourhoods.{neighbourhood.id}", NEIGHBOURHOOD, neighbourhood.inputs)
    for collaboration in scenario.collaborations:
        take(f"collaborations.{collaboration.id}", COLLABORATION, collaboration.inputs)
        take(f"collaborations.{collaboration.id}.structure", STRUCTURE, collaboration.structure)
    for relation in scenario.relations:
        take(f"relations.{'+'.join(relation.between)}.{relation.level}", RELATION, relation.inputs)
    for spanner in scenario.spanners:
        take(f"spanners.{spanner.id}", SPANNER, spanner.inputs)
    return found


def paths(scenario: Scenario) -> dict[str, Quantity]:
    """Return every path that names one number or choice of the scenario, with its quantity."""
    return {path: quantity for path, (quantity, _) in _values(scenario).items()}


@dataclass(frozen=True)
class Size:
    """How large a run is; ``memory_bytes`` is a rough estimate for one run that records every month."""

    organisations: int
    members: int
    pairs: int
    months: int
    memory_bytes: int


def estimate_size(scenario: Scenario) -> Size:
    """Return how large a run of the scenario is, before anything is allocated.

    Raises:
        ScenarioError: there are too many pairs of partners, or a run would take too much memory.
    """
    partners = [len(each.partners) for each in scenario.collaborations]
    pairs = sum(number * (number - 1) // 2 for number in partners)
    fixed = _ORGANISATION_BYTES * len(scenario.organisations) + _MEMBER_BYTES * sum(partners) + _PAIR_BYTES * pairs
    recorded = _MONTH_BYTES * scenario.months * len(partners)
    size = Size(
        organisations=len(scenario.organisations),
        members=sum(partners),
        pairs=pairs,
        months=scenario.months,
        memory_bytes=fixed + recorded + _COLLABORATION_BYTES * len(partners),
    )
    if pairs > PAIRS_MOST:
        message = f"{pairs} pairs of partners are too many"
        raise single(scenario.name, message, path="collaborations", value=pairs, allowed=f"at most {PAIRS_MOST}")
    if size.memory_bytes > MEMORY_MOST:
        message = f"a run would take about {size.memory_bytes / 1024**3:.0f} GB of memory"
        raise single(scenario.name, message, value=size.memory_bytes, allowed=f"at most {MEMORY_MOST // 1024**3} GB")
    return size
