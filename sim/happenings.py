"""Reading of what belongs to scenarios and to ready-made interventions alike: boundary spanners and events."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sim.elements import Collaboration, Event, Neighbourhood, Organisation, Spanner, Values
from sim.inputs import SPANNER
from sim.paths import Index
from sim.problems import Location
from sim.reader import Reader, defaults
from sim.structure import LEVELS

SHARED = "shared"
EVENT_FIELDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # kind: what it needs, what it may have besides
    "director_change": (("organisation",), ("value",)),
    "spanner_leaves": (("collaboration",), ()),
    "tenant_leaves": (("organisation",), ("collaboration",)),
    "tenant_arrives": (("organisation",), ("collaboration",)),
    "policy_shift": ((), ("collaboration", "value")),
    "chance_meeting": (("organisation", "other"), ("collaboration", "value")),
    "joint_bid": ((), ("collaboration", "value")),
}


class Known:
    """The elements that have been read so far, by id; ``index`` finds them by path."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.organisations: dict[str, Organisation] = {}
        self.neighbourhoods: dict[str, Neighbourhood] = {}
        self.collaborations: dict[str, Collaboration] = {}


def read_spanner(
    reader: Reader,
    given: Any,
    at: Location,
    otherwise: str = "",
    collaborations: Mapping[str, Collaboration] | None = None,
) -> Spanner:
    """Return a boundary spanner from its table; one of a ready-made intervention has no collaboration and no month."""
    ready_made = collaborations is None
    table = reader.table(
        given, at, SPANNER, ("id", "title", "payer", "position", *(() if ready_made else ("collaboration",)))
    )
    identity = otherwise if otherwise and "id" not in table else reader.identity(table, at)
    if ready_made and "from_month" in table:
        reader.problems.add((*at, "from_month"), "the intervention says from which month the spanner is there")
    collaboration = ""
    if collaborations is not None:
        collaboration = needed(reader, table, "collaboration", at, collaborations)
    payer = table.get("payer", SHARED)
    if ready_made:
        payer = reader.choice(table, "payer", at, (SHARED, "lead"), SHARED)
    elif payer != SHARED and collaborations is not None:
        partners = [each.organisation for each in collaborations[collaboration].partners] if collaboration else []
        if partners:
            what = f"partner in {collaboration}"
            payer = reader.reference(payer, (*at, "payer"), [SHARED, *partners], what)
    return Spanner(
        identity,
        reader.text(table, "title", at, Values({"en": identity, "nl": identity})),
        collaboration,
        payer,
        reader.choice(table, "position", at, LEVELS, "middle"),
        Values({**defaults(SPANNER), **reader.quantities(table, at, SPANNER)}),
    )


def needed(reader: Reader, table: Mapping[str, Any], name: str, at: Location, ids: Collection[str]) -> str:
    """Return the id that a table has to name; empty, and noted, if it does not or there is no such thing."""
    if name in table:
        return reader.reference(table[name], (*at, name), ids, "organisation" if name == "other" else name)
    reader.problems.add(at, f"{name} is missing")
    return ""


def read_event(reader: Reader, given: Any, at: Location, known: Known | None) -> Event:
    """Return an event from its table; ``known`` is None for one of a ready-made intervention."""
    table = reader.table(given, at, ("id", "month", "kind", "collaboration", "organisation", "other", "value"))
    identity = reader.identity(table, at) if "id" in table else ""
    month = reader.whole(table, "month", at, 1 if known else 0, None if known else 0)
    kind = reader.choice(table, "kind", at, EVENT_FIELDS)
    value = reader.number(table, "value", at, 1.0)
    if not kind:
        return Event(month, kind)
    needs, may = EVENT_FIELDS[kind]
    if known is None:
        if "organisation" in needs:
            reader.problems.add(
                (*at, "kind"), f"a ready-made intervention knows no organisation for {kind}", value=kind
            )
        needs, may = (), tuple(name for name in may if name == "value")
    said = {}
    for name in ("collaboration", "organisation", "other"):
        ids = () if known is None else known.collaborations if name == "collaboration" else known.organisations
        if name in needs or (name in may and name in table):
            said[name] = needed(reader, table, name, at, ids)
    for name in ("collaboration", "organisation", "other", "value"):
        if name in table and name not in needs and name not in may:
            reader.problems.add((*at, name), f"{kind} has no {name}", value=table[name])
    if said.get("organisation") and said.get("organisation") == said.get("other"):
        reader.problems.add((*at, "other"), "an organisation does not meet itself", value=said["other"])
    if kind.startswith("tenant") and known is not None and said.get("organisation"):
        where = (
            [known.collaborations[said["collaboration"]]]
            if said.get("collaboration")
            else known.collaborations.values()
        )
        if not any(said["organisation"] == partner.organisation for each in where for partner in each.partners):
            reader.problems.add((*at, "organisation"), f'"{said["organisation"]}" is not among the partners')
    return Event(month, kind, **said, value=value, id=identity)
