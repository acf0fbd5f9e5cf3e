"""What changes during a run: interventions worked out into values from a month on.

In each month the values in force are those of the start, with every intervention that is active in that month applied
in the order of the file. A sum that passes what is allowed stops at the bound. If views of residents are changed,
those
not changed share what remains, so that the three still sum to one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sim.elements import Change, Collaboration, Event, Framework, Intervention, Spanner, Value, Values, as_number
from sim.happenings import SHARED
from sim.inputs import NEIGHBOURHOOD, ORGANISATION, SPANNER
from sim.parameters import PARAMETERS
from sim.paths import Index, match, relative
from sim.quantities import Quantity
from sim.reader import VIEWS, completed_views
from sim.structure import STRUCTURE

if TYPE_CHECKING:
    from sim.scenario import Scenario

REGISTERS: dict[str, Mapping[str, Quantity]] = {
    "organisations": ORGANISATION,
    "structure": STRUCTURE,
    "neighbourhoods": NEIGHBOURHOOD,
    "parameters": PARAMETERS,
    "spanners": SPANNER,
}


@dataclass(frozen=True, slots=True)
class Effect:
    """What one intervention does to one number, from a month to before another (None: to the end)."""

    table: str
    id: str
    name: str
    month: int
    until: int | None
    add: bool
    number: float

    def holds(self, month: int) -> bool:
        """Return whether it is in force in a month."""
        return self.month <= month and (self.until is None or month < self.until)


def changes(scenario: Scenario) -> tuple[Change, ...]:
    """Return every number that becomes another during the run, in order of month, table, id and name."""
    if not scenario.interventions:
        return ()
    start = _start(scenario)
    groups: dict[tuple[str, str, tuple[str, ...]], list[Effect]] = {}
    for effect in effects(scenario):
        names: tuple[str, ...] = VIEWS if effect.name in VIEWS else (effect.name,)
        groups.setdefault((effect.table, effect.id, names), []).append(effect)
    found = []
    for (table, identity, together), acting in groups.items():
        base = {name: as_number(REGISTERS[table][name], start[table, identity][name]) for name in together}
        before = base
        months = {effect.month for effect in acting} | {effect.until for effect in acting if effect.until is not None}
        for month in sorted(month for month in months if month <= scenario.months):
            now = _in_force(base, [effect for effect in acting if effect.holds(month)], REGISTERS[table])
            found += [Change(month, table, identity, name, now[name]) for name in together if now[name] != before[name]]
            before = now
    return tuple(sorted(found))


def _start(scenario: Scenario) -> dict[tuple[str, str], Mapping[str, Value]]:
    start: dict[tuple[str, str], Mapping[str, Value]] = {("parameters", ""): scenario.parameters}
    start |= {("organisations", each.id): each.inputs for each in scenario.organisations}
    start |= {("structure", each.id): each.structure for each in scenario.collaborations}
    start |= {("neighbourhoods", each.id): each.inputs for each in scenario.neighbourhoods}
    start |= {("spanners", each.id): each.inputs for each in scenario.spanners}
    return start


def _in_force(
    base: Mapping[str, float], acting: Iterable[Effect], register: Mapping[str, Quantity]
) -> dict[str, float]:
    now = dict(base)
    touched = {}
    for effect in acting:
        quantity = register[effect.name]
        number = now[effect.name] + effect.number if effect.add else effect.number
        now[effect.name] = min(max(number, quantity.least), quantity.most)
        touched[effect.name] = now[effect.name]
    if touched and len(base) > 1:
        now = completed_views({name: now[name] for name in touched}, base)
        total = sum(now.values())
        now = {name: value / total if total else base[name] for name, value in now.items()}
    return now


def effects(scenario: Scenario) -> Iterator[Effect]:
    """Go through what interventions do to single numbers, in the order of the file."""
    index = Index(scenario.tree)
    collaborations = {each.id: each for each in scenario.collaborations}
    for each in scenario.interventions:
        if each.use is not None:
            yield from _of_ready_made(scenario, each)
            continue
        for path, value in each.set:
            for target in match(index, path):
                if isinstance(value, Framework):
                    yield from _of_framework(each, collaborations[target.id], value)
                elif target.quantity is not None:
                    number = as_number(target.quantity, value)
                    yield Effect(target.table, target.id, target.name, each.month, each.until, add=False, number=number)
        for path, number in each.add:
            for target in match(index, path):
                yield Effect(target.table, target.id, target.name, each.month, each.until, add=True, number=number)


def _of_framework(each: Intervention, collaboration: Collaboration, framework: Framework) -> Iterator[Effect]:
    for name, value in {**framework.structure, **collaboration.deviations}.items():
        number = as_number(STRUCTURE[name], value)
        yield Effect("structure", collaboration.id, name, each.month, each.until, add=False, number=number)


def _meant(scenario: Scenario, each: Intervention) -> list[Collaboration]:
    return [one for one in scenario.collaborations if each.collaboration in ("", one.id)]


def _of_ready_made(scenario: Scenario, each: Intervention) -> Iterator[Effect]:
    made = each.use
    if made is None:
        return
    meant = _meant(scenario, each)
    kinds = {one.id: one.kind for one in scenario.organisations}
    for add, path, value in [(False, *one) for one in made.set] + [(True, *one) for one in made.add]:
        named = relative(path)
        if isinstance(value, Framework):
            for collaboration in meant:
                yield from _of_framework(each, collaboration, value)
            continue
        if named.quantity is None:
            continue
        number = as_number(named.quantity, value)
        table = "organisations" if named.scope == "partners" else named.scope
        for identity in _ids(named.scope, named.kind, meant, kinds):
            yield Effect(table, identity, named.name, each.month, each.until, add, number)
    costs = (
        ("intervention_keur_per_year", each.until, made.cost_keur_per_year),
        ("intervention_keur_per_year", each.month + 1, 12.0 * made.cost_keur_once),
        ("intervention_hours", each.until, made.cost_hours_per_month),
    )
    for name, until, number in costs:
        if number:
            for collaboration in meant:
                yield Effect("structure", collaboration.id, name, each.month, until, add=True, number=number)


def _ids(scope: str, kind: str, meant: list[Collaboration], kinds: Mapping[str, str]) -> list[str]:
    """Return the entities that a relative path names, each once, also if it stands in several collaborations."""
    if scope == "parameters":
        return [""]
    if scope == "structure":
        return [each.id for each in meant]
    if scope == "neighbourhoods":
        return list(dict.fromkeys(identity for each in meant for identity in each.neighbourhoods))
    partners = dict.fromkeys(partner.organisation for each in meant for partner in each.partners)
    return [identity for identity in partners if kind in ("", kinds[identity])]


def timed_spanners(scenario: Scenario) -> tuple[Spanner, ...]:
    """Return all spanners: those of the file, and those that ready-made interventions bring for a time."""
    found = list(scenario.spanners)
    for each in scenario.interventions:
        for collaboration in _meant(scenario, each) if each.use is not None else ():
            lead = next((one.organisation for one in collaboration.partners if one.role == "lead"), SHARED)
            for spanner in each.use.spanners if each.use is not None else ():
                found.append(
                    replace(
                        spanner,
                        id=f"{each.id}.{spanner.id}.{collaboration.id}",
                        collaboration=collaboration.id,
                        payer=lead if spanner.payer == "lead" else spanner.payer,
                        inputs=Values({**spanner.inputs, "from_month": each.month}),
                        until_month=None if each.until is None else each.until - 1,
                    )
                )
    return tuple(found)


def timed_events(scenario: Scenario) -> tuple[Event, ...]:
    """Return all events by month: those of the file, and those that ready-made interventions bring."""
    found = list(scenario.events)
    for each in scenario.interventions:
        for collaboration in _meant(scenario, each) if each.use is not None else ():
            for event in each.use.events if each.use is not None else ():
                found.append(replace(event, month=each.month + event.month, collaboration=collaboration.id, id=""))
    return tuple(sorted(found, key=lambda event: event.month))
