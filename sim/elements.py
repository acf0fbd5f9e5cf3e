"""What a scenario consists of: immutable values, complete with defaults, without behaviour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sim.quantities import Quantity

Value = float | int | str
"""What a quantity is set to: a number, or one of its choices by name."""

Held_co = TypeVar("Held_co", covariant=True)


class Values(Mapping[str, Held_co], Generic[Held_co]):
    """An immutable mapping by name that can be compared and pickled."""

    __slots__ = ("_held",)

    def __init__(self, held: Mapping[str, Held_co]) -> None:
        self._held = dict(held)

    def __getitem__(self, name: str) -> Held_co:
        """Return what goes by a name."""
        return self._held[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self._held)

    def __len__(self) -> int:
        """Return the number of names."""
        return len(self._held)

    def __repr__(self) -> str:
        """Return the mapping as text."""
        return f"Values({self._held!r})"


def as_number(quantity: Quantity, value: Value) -> float:
    """Return a value as the number that the model computes with: a choice becomes its place in the choices, from 0.

    Raises:
        ValueError: the text is not one of the choices.
    """
    if isinstance(value, str):
        return float(quantity.choices.index(value))
    return float(value)


def as_value(quantity: Quantity, number: float) -> Value:
    """Return a number of the model as it stands in a scenario: a choice by name, a whole number as such."""
    if quantity.choices:
        return quantity.choices[round(number)]
    return round(number) if quantity.whole else float(number)


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation; ``inputs`` is complete with the defaults of its kind."""

    id: str
    title: Values[str]
    kind: str
    domains: tuple[str, ...]
    brings: tuple[str, ...]
    needs: tuple[str, ...]
    inputs: Values[Value]


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A neighbourhood with its cases."""

    id: str
    title: Values[str]
    inputs: Values[Value]


@dataclass(frozen=True, slots=True)
class Framework:
    """A form of collaboration: a value for every structural attribute (default where it says nothing)."""

    id: str
    title: Values[str]
    description: Values[str]
    sources: str
    structure: Values[Value]


@dataclass(frozen=True, slots=True)
class Partner:
    """The part that an organisation has in a collaboration; ``organisation`` is an id."""

    organisation: str
    role: str
    from_month: int


@dataclass(frozen=True, slots=True)
class Collaboration:
    """A collaboration; ``structure`` is the framework with the deviations on top, complete."""

    id: str
    title: Values[str]
    framework: str
    base: Framework
    deviations: Values[Value]
    structure: Values[Value]
    partners: tuple[Partner, ...]
    neighbourhoods: tuple[str, ...]
    domains: tuple[str, ...]
    inputs: Values[Value]


@dataclass(frozen=True, slots=True)
class Relation:
    """What two organisations start from at one level; ``between`` is in alphabetical order."""

    between: tuple[str, str]
    level: str
    inputs: Values[Value]


@dataclass(frozen=True, slots=True)
class Spanner:
    """A boundary spanner. ``payer`` is an organisation's id or "shared"; ``until_month`` the last month, if any."""

    id: str
    title: Values[str]
    collaboration: str
    payer: str
    position: str
    inputs: Values[Value]
    until_month: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens in a month. Empty texts and None stand for what is not said: every collaboration."""

    month: int
    kind: str
    collaboration: str = ""
    organisation: str = ""
    other: str = ""
    value: float | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """An intervention that can be laid on any collaboration; paths in ``set`` and ``add`` are relative to it.

    ``spanners`` lack a collaboration, ``events`` too, and their months count from the start of the intervention (0).
    """

    id: str
    title: Values[str]
    description: Values[str]
    source: str
    set: tuple[tuple[str, Value | Framework], ...]
    add: tuple[tuple[str, float], ...]
    cost_keur_once: float
    cost_keur_per_year: float
    cost_hours_per_month: float
    spanners: tuple[Spanner, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Intervention:
    """Values that change from ``month`` on; ``until`` is the first month in which they no longer hold.

    Own interventions have ``set`` and ``add`` with full paths; ready-made ones have ``use``, and ``collaboration`` with
    an id, or empty for all collaborations.
    """

    id: str
    title: Values[str]
    month: int
    until: int | None = None
    set: tuple[tuple[str, Value | Framework], ...] = ()
    add: tuple[tuple[str, float], ...] = ()
    use: ReadyMade | None = None
    collaboration: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """A number that is another one from a month on. ``id`` is empty for parameters."""

    month: int
    table: str
    id: str
    name: str
    value: float


def as_plain(value: Any) -> Any:
    """Return values of a scenario (or of NumPy) as plain tables, lists, texts and numbers, as a file would give them.

    Raises:
        ValueError: lists or tables are nested without end.
    """
    return _as_plain(value, 0)


_DEEPEST = 20


def _as_plain(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(value, Framework | ReadyMade):
        return framework_dict(value) if isinstance(value, Framework) else ready_made_dict(value)
    if isinstance(value, Mapping):
        return {key: _as_plain(each, depth + 1) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_as_plain(each, depth + 1) for each in value]
    if getattr(value, "shape", None) == () and callable(getattr(value, "item", None)):
        return value.item()
    return value


def framework_dict(framework: Framework) -> dict[str, Any]:
    """Return a framework as its file would give it, with every attribute."""
    return {
        "id": framework.id,
        "title": dict(framework.title),
        "description": dict(framework.description),
        "sources": framework.sources,
        "structure": dict(framework.structure),
    }


def ready_made_dict(made: ReadyMade) -> dict[str, Any]:
    """Return a ready-made intervention as its file would give it, with every input."""
    return {
        "id": made.id,
        "title": dict(made.title),
        "description": dict(made.description),
        "source": made.source,
        "cost_keur_once": made.cost_keur_once,
        "cost_keur_per_year": made.cost_keur_per_year,
        "cost_hours_per_month": made.cost_hours_per_month,
        "set": as_plain(dict(made.set)),
        "add": dict(made.add),
        "spanners": [
            {"id": each.id, "title": dict(each.title), "payer": each.payer, "position": each.position}
            | {name: value for name, value in each.inputs.items() if name != "from_month"}
            for each in made.spanners
        ],
        "events": [event_dict(each) for each in made.events],
    }


def event_dict(event: Event) -> dict[str, Any]:
    """Return an event as a file would give it: without what is not said."""
    given: dict[str, Any] = {"month": event.month, "kind": event.kind}
    if event.id:
        given = {"id": event.id, **given}
    for name in ("collaboration", "organisation", "other"):
        if getattr(event, name):
            given[name] = getattr(event, name)
    if event.value is not None:
        given["value"] = event.value
    return given
