"""Frameworks and ready-made interventions: reading their tables, and finding their files by id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from sim import packaged
from sim.elements import Framework, ReadyMade, Value, Values
from sim.happenings import read_event, read_spanner
from sim.paths import flattened, relative
from sim.problems import Location, PathError, Problems, ScenarioError, shown
from sim.quantities import Quantity
from sim.reader import ID, Reader, checked, defaults
from sim.structure import STRUCTURE
from sim.toml_source import Document, read

Read = TypeVar("Read")


class Library:
    """Frameworks and ready-made interventions by id: those beside the scenario first, then the shipped ones."""

    def __init__(self, folder: Path | None) -> None:
        shipped = packaged.shipped_folder()
        self._folders = (shipped,) if folder is None else (folder, shipped)
        self._frameworks: dict[str, Framework] = {}
        self._ready_made: dict[str, ReadyMade] = {}

    def names(self, shelf: str) -> list[str]:
        """Return the ids on a shelf: "frameworks" or "interventions"."""
        return sorted({name for folder in self._folders for name in packaged.names(folder / shelf)})

    def framework(self, identity: str) -> Framework:
        """Return a framework.

        Raises:
            KeyError: there is none with this id.
            ScenarioError: its file has problems.
        """
        if identity not in self._frameworks:
            self._frameworks[identity] = self._read("frameworks", identity, read_framework)
        return self._frameworks[identity]

    def ready_made(self, identity: str) -> ReadyMade:
        """Return a ready-made intervention.

        Raises:
            KeyError: there is none with this id.
            ScenarioError: its file has problems.
        """
        if identity not in self._ready_made:
            self._ready_made[identity] = self._read("interventions", identity, read_ready_made)
        return self._ready_made[identity]

    def _read(self, shelf: str, identity: str, make: Callable[[Reader, Any, Location], Read]) -> Read:
        if ID.fullmatch(identity):
            for folder in self._folders:
                file = folder / shelf / f"{identity}.toml"
                if file.is_file():
                    return self.read_file(read(file), identity, make)
        raise KeyError(identity)

    def read_file(self, document: Document, identity: str, make: Callable[[Reader, Any, Location], Read]) -> Read:
        """Return what a file of its own holds; ``identity`` is its name without the suffix.

        Raises:
            ScenarioError: it has problems; all of them are in the error.
        """
        problems = Problems(document)
        reader = Reader(problems, self)
        reader.schema(document.tree)
        if document.tree.get("id", identity) != identity:
            message = f"{shown(document.tree['id'])} differs from the name of the file"
            problems.add(("id",), message, value=document.tree["id"], allowed=f'"{identity}"')
        made = make(reader, {key: value for key, value in document.tree.items() if key != "schema"}, ())
        problems.raise_if_any()
        return made


FRAMEWORK_FIELDS = ("id", "title", "description", "sources", "structure")


def read_framework(reader: Reader, given: Any, at: Location) -> Framework:
    """Return a framework from its table."""
    table = reader.table(given, at, FRAMEWORK_FIELDS)
    identity = reader.identity(table, at)
    inside = (*at, "structure")
    attributes = reader.table(table.get("structure", {}), inside, STRUCTURE)
    return Framework(
        identity,
        reader.text(table, "title", at, Values({"en": identity, "nl": identity})),
        reader.text(table, "description", at),
        reader.plain_text(table, "sources", at),
        Values({**defaults(STRUCTURE), **reader.quantities(attributes, inside, STRUCTURE)}),
    )


def framework_of(reader: Reader, value: Any, at: Location) -> Framework | None:
    """Return a framework that is given by id or as a table; None, and noted, if that fails."""
    if isinstance(value, dict):
        return read_framework(reader, value, at)
    return from_shelf(reader, value, at, "frameworks", "framework", reader.library.framework)


def from_shelf(
    reader: Reader, value: Any, at: Location, shelf: str, what: str, find: Callable[[str], Read]
) -> Read | None:
    """Return what a shelf of the library holds under an id; None, and noted, if there is no such thing."""
    try:
        if isinstance(value, str):
            return find(value)
    except KeyError:
        pass
    except ScenarioError as error:
        reader.problems.extend(error)
        return None
    reader.reference(value, at, reader.library.names(shelf), what)
    return None


READY_MADE_FIELDS = (
    "id", "title", "description", "source", "set", "add",
    "cost_keur_once", "cost_keur_per_year", "cost_hours_per_month", "spanners", "events",
)  # fmt: skip


def read_ready_made(reader: Reader, given: Any, at: Location) -> ReadyMade:
    """Return a ready-made intervention from its table."""
    table = reader.table(given, at, READY_MADE_FIELDS)
    identity = reader.identity(table, at)
    set_: list[tuple[str, Value | Framework]] = []
    add: list[tuple[str, float]] = []
    for location, path, value in paths_of(reader, table, "set", at):
        try:
            named = relative(path)
        except PathError as error:
            reader.problems.add_path(location, error, value=value)
            continue
        set_ += listed(path, value_to_set(reader, value, location, named.name, named.quantity))
    for location, path, value in paths_of(reader, table, "add", at):
        try:
            named = relative(path)
        except PathError as error:
            reader.problems.add_path(location, error, value=value)
            continue
        add += listed(path, value_to_add(reader, value, location, named.quantity))
    yearly, hours = STRUCTURE["intervention_keur_per_year"].most, STRUCTURE["intervention_hours"].most
    spanners = [
        read_spanner(reader, row, (*at, "spanners", number), f"spanner{number + 1 if number else ''}")
        for number, row in enumerate(reader.rows(table, "spanners", at))
    ]
    if len({each.id for each in spanners}) != len(spanners):
        reader.problems.add((*at, "spanners"), "two spanners have the same id")
    return ReadyMade(
        identity,
        reader.text(table, "title", at, Values({"en": identity, "nl": identity})),
        reader.text(table, "description", at),
        reader.plain_text(table, "source", at),
        tuple(set_),
        tuple(add),
        reader.number(table, "cost_keur_once", at, yearly / 12) or 0.0,
        reader.number(table, "cost_keur_per_year", at, yearly) or 0.0,
        reader.number(table, "cost_hours_per_month", at, hours) or 0.0,
        tuple(spanners),
        tuple(
            read_event(reader, row, (*at, "events", number), None)
            for number, row in enumerate(reader.rows(table, "events", at))
        ),
    )


def listed(path: str, value: Read | None) -> list[tuple[str, Read]]:
    """Return a path with its value, or nothing if the value was refused."""
    return [] if value is None else [(path, value)]


def paths_of(reader: Reader, table: Mapping[str, Any], name: str, at: Location) -> Iterable[tuple[Location, str, Any]]:
    """Go through the paths in a ``set`` or ``add`` table."""
    given = table.get(name, {})
    if not isinstance(given, dict):
        reader.problems.add(
            (*at, name), f"{shown(given)} is not allowed", value=given, allowed="a table of paths is needed"
        )
        return
    seen = set()
    for location, path, value in flattened(given):
        if path in seen:
            reader.problems.add((*at, name, *location), "the path is given twice", value=value)
        seen.add(path)
        yield (*at, name, *location), path, value


def value_to_set(
    reader: Reader, value: Any, at: Location, name: str, quantity: Quantity | None
) -> Value | Framework | None:
    """Return a value that an intervention sets; None, and noted, if it is not allowed."""
    if quantity is None:
        return framework_of(reader, value, at) if name == "framework" else None
    kept = checked(quantity, value)
    if kept is None:
        reader.refuse(at, quantity, value)
    return kept


def value_to_add(reader: Reader, value: Any, at: Location, quantity: Quantity | None) -> float | None:
    """Return a number that an intervention adds; None, and noted, if that cannot be."""
    if quantity is None or quantity.choices:
        reader.problems.add(at, "nothing can be added to this; use set", value=value)
        return None
    span = quantity.most - quantity.least
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not -span <= value <= span or (quantity.whole and value != int(value)):
        allowed = f"{'a whole number' if quantity.whole else 'a number'} from {-span:g} to {span:g}"
        reader.problems.add(at, f"{shown(value)} cannot be added", value=value, allowed=allowed)
        return None
    return float(value)
