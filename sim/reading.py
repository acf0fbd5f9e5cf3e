"""From a tree of plain tables to everything that a scenario consists of, gathering every problem on the way.

The registers say what there is and what is allowed; this module adds what holds between values: references, pairs,
roles, shares that sum to one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from sim.elements import (
    Collaboration,
    Framework,
    Intervention,
    Neighbourhood,
    Organisation,
    Partner,
    Relation,
    Value,
    Values,
    as_number,
)
from sim.happenings import SHARED, Known, needed, read_event, read_spanner
from sim.inputs import (
    BRINGS_BY_KIND,
    COLLABORATION,
    DOMAINS,
    DOMAINS_BY_KIND,
    NEEDS_BY_KIND,
    NEIGHBOURHOOD,
    ORGANISATION,
    ORGANISATION_KINDS,
    RELATION,
    RESOURCES,
    ROLES,
    START_ONLY,
)
from sim.library import (
    Library,
    framework_of,
    from_shelf,
    listed,
    paths_of,
    read_ready_made,
    value_to_add,
    value_to_set,
)
from sim.parameters import PARAMETERS
from sim.paths import MONTHS, TABLES, Index, Target, match, pair_of
from sim.problems import Location, PathError, Problems, shown
from sim.reader import NO_TEXT, VIEWS, VIEWS_TOLERANCE, Reader, checked, completed_views, default_inputs, defaults
from sim.structure import LEVELS, STRUCTURE

PARTNERS_MOST = 62
ORGANISATIONS_MOST = 100_000

START = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
Read = TypeVar("Read")


def read_organisation(reader: Reader, given: Any, at: Location, usual: Mapping[str, dict[str, Value]]) -> Organisation:
    """Return an organisation from its table; ``usual`` holds the default inputs of each kind."""
    table = reader.table(given, at, ORGANISATION, ("id", "title", "kind", "domains", "brings", "needs"))
    identity = reader.identity(table, at)
    if identity == SHARED:
        reader.problems.add((*at, "id"), f'"{SHARED}" is kept for what all partners pay together', value=identity)
    kind = reader.choice(table, "kind", at, ORGANISATION_KINDS) or "other"
    inputs = reader.quantities(table, at, ORGANISATION)
    views = {name: float(inputs[name]) for name in VIEWS if name in inputs}
    if views:
        total = sum(views.values())
        if total > 1.0 + VIEWS_TOLERANCE or (len(views) == len(VIEWS) and total < 1.0 - VIEWS_TOLERANCE):
            allowed = f"{', '.join(VIEWS)} sum to 1"
            reader.problems.add(
                (*at, next(iter(views))), f"the views of residents sum to {total:g}", value=total, allowed=allowed
            )
        elif len(views) < len(VIEWS):
            ordinary = {name: float(usual[kind][name]) for name in VIEWS}
            inputs |= completed_views(views, ordinary)
    domains = reader.words(table, "domains", at, DOMAINS, DOMAINS_BY_KIND[kind])
    if table.get("domains") == []:
        reader.problems.add((*at, "domains"), "there has to be one domain at least", value=[])
    return Organisation(
        identity,
        reader.text(table, "title", at, Values({"en": identity, "nl": identity})),
        kind,
        domains,
        reader.words(table, "brings", at, RESOURCES, BRINGS_BY_KIND[kind]),
        reader.words(table, "needs", at, RESOURCES, NEEDS_BY_KIND[kind]),
        Values({**usual[kind], **inputs}),
    )


def read_neighbourhood(reader: Reader, given: Any, at: Location) -> Neighbourhood:
    """Return a neighbourhood from its table."""
    table = reader.table(given, at, NEIGHBOURHOOD, ("id", "title"))
    identity = reader.identity(table, at)
    title = reader.text(table, "title", at, Values({"en": identity, "nl": identity}))
    inputs = reader.quantities(table, at, NEIGHBOURHOOD)
    return Neighbourhood(identity, title, Values({**defaults(NEIGHBOURHOOD), **inputs}))


_COLLABORATION_FIELDS = ("id", "title", "framework", "structure", "neighbourhoods", "partners", "domains")


def read_collaboration(
    reader: Reader,
    given: Any,
    at: Location,
    organisations: Mapping[str, Organisation],
    neighbourhoods: Mapping[str, Neighbourhood],
) -> Collaboration:
    """Return a collaboration from its table."""
    table = reader.table(given, at, COLLABORATION, _COLLABORATION_FIELDS)
    identity = reader.identity(table, at)
    base = None
    if "framework" in table:
        base = framework_of(reader, table["framework"], (*at, "framework"))
    else:
        allowed = f"one of {', '.join(reader.library.names('frameworks'))}, or an own one as a table"
        reader.problems.add(at, "framework is missing", allowed=allowed)
    if base is None:
        base = Framework("none", NO_TEXT, NO_TEXT, "", Values(defaults(STRUCTURE)))
    inside = (*at, "structure")
    attributes = reader.table(table.get("structure", {}), inside, STRUCTURE)
    deviations = reader.quantities(attributes, inside, STRUCTURE)
    partners = _partners(reader, table, at, organisations)
    shared = _shared_domains([organisations[each.organisation] for each in partners if each.role != "candidate"])
    domains = reader.words(table, "domains", at, DOMAINS, shared)
    if table.get("domains") == []:
        reader.problems.add((*at, "domains"), "there has to be one domain at least", value=[])
    return Collaboration(
        identity,
        reader.text(table, "title", at, Values({"en": identity, "nl": identity})),
        base.id,
        base,
        Values({name: deviations[name] for name in STRUCTURE if name in deviations}),
        Values({**base.structure, **deviations}),
        partners,
        _references(reader, table, "neighbourhoods", at, neighbourhoods, "neighbourhood"),
        domains,
        Values({**defaults(COLLABORATION), **reader.quantities(table, at, COLLABORATION)}),
    )


def _partners(
    reader: Reader, table: Mapping[str, Any], at: Location, organisations: Mapping[str, Organisation]
) -> tuple[Partner, ...]:
    at = (*at, "partners")
    rows = reader.rows(table, "partners", at[:-1])
    if not isinstance(table.get("partners", []), list):
        return ()
    if len(rows) > PARTNERS_MOST:
        reader.problems.add(
            at, f"{len(rows)} partners are too many", value=len(rows), allowed=f"at most {PARTNERS_MOST}"
        )
        return ()
    partners: dict[str, Partner] = {}
    leads = 0
    for number, row in enumerate(rows):
        where = (*at, number)
        given = reader.table(row, where, ("organisation", "role", "from_month"))
        if not isinstance(row, dict):
            continue
        role = reader.choice(given, "role", where, ROLES, "partner")
        from_month = reader.whole(given, "from_month", where, 1, 1)
        if "organisation" not in given:
            reader.problems.add(where, "organisation is missing")
            continue
        organisation = reader.reference(given["organisation"], (*where, "organisation"), organisations, "organisation")
        if organisation in partners:
            reader.problems.add((*where, "organisation"), f'"{organisation}" is a partner twice', value=organisation)
        leads += role == "lead"
        if role == "lead" and leads > 1:
            reader.problems.add((*where, "role"), "there is a lead already", value=role, allowed="one lead at most")
        if organisation:
            partners[organisation] = Partner(organisation, role, from_month)
    steady = sum(row.get("role", "partner") not in ("tenant", "candidate") for row in rows if isinstance(row, dict))
    if steady < 2:
        message = f"there {'is one partner' if steady == 1 else 'are no partners'} besides tenants and candidates"
        reader.problems.add(at, message, allowed="at least two with the role of lead, core or partner")
    if not leads:
        name_lead(partners, organisations)
    return tuple(partners.values())


def name_lead(partners: dict[str, Partner], organisations: Mapping[str, Organisation]) -> None:
    """Give the role of lead to a partner where nobody has it, so that every framework can be laid on every case.

    It goes to a housing corporation, for these own and commission [V §3.2, §5.7]; among several to the one with the
    largest income. Partners who are there from the start go before later ones, the core before others. A framework
    of equals (``led = 0``) makes nothing of it.
    """
    able = [each for each in partners.values() if each.role in ("core", "partner")]
    if not able:
        return

    def standing(each: Partner) -> tuple[Any, ...]:
        own = organisations[each.organisation]
        income = as_number(ORGANISATION["income_keur"], own.inputs["income_keur"])
        corporation = own.kind == "housing_corporation"
        return each.from_month, each.role != "core", not corporation, -income, each.organisation

    lead = min(able, key=standing)
    partners[lead.organisation] = replace(lead, role="lead")


def _shared_domains(organisations: list[Organisation]) -> tuple[str, ...]:
    """Return the domains of at least two organisations; if there are none, those of any."""
    times = Counter(domain for each in organisations for domain in each.domains)
    shared = tuple(domain for domain in DOMAINS if times[domain] > 1)
    return shared or tuple(domain for domain in DOMAINS if times[domain])


def _references(
    reader: Reader, table: Mapping[str, Any], name: str, at: Location, ids: Collection[str], what: str
) -> tuple[str, ...]:
    value, where = table.get(name), (*at, name)
    if name not in table:
        reader.problems.add(at, f"{name} is missing", allowed=f"a list with one {what} at least")
        return ()
    if not isinstance(value, list) or not value:
        message = f"{shown(value)} is not allowed" if value != [] else "the list is empty"
        reader.problems.add(where, message, value=value, allowed=f"a list with one {what} at least")
        return ()
    found: dict[str, None] = {}
    for number, each in enumerate(value):
        identity = reader.reference(each, (*where, number), ids, what)
        if identity in found:
            reader.problems.add((*where, number), f"{shown(each)} is named twice", value=each)
        if identity:
            found[identity] = None
    return tuple(found)


def read_relations(reader: Reader, rows: list[Any], organisations: Collection[str]) -> tuple[Relation, ...]:
    """Return the relations of every pair mentioned, at each level: what is said of a level goes before the rest."""
    said: dict[tuple[str, str], dict[str, dict[str, Value]]] = {}
    for number, row in enumerate(rows):
        at: Location = ("relations", number)
        table = reader.table(row, at, RELATION, ("between", "level"))
        level = reader.choice(table, "level", at, LEVELS, "")
        values = reader.quantities(table, at, RELATION)
        pair = pair_of(table.get("between"))
        if pair is None:
            message = "between is missing" if "between" not in table else f"{shown(table['between'])} is not allowed"
            where = (*at, "between") if "between" in table else at
            reader.problems.add(where, message, value=table.get("between"), allowed='two organisations: ["a", "b"]')
            continue
        if pair[0] == pair[1]:
            reader.problems.add((*at, "between"), "an organisation has no relation with itself", value=list(pair))
            continue
        known = [
            reader.reference(each, (*at, "between", place), organisations, "organisation")
            for place, each in enumerate(table["between"])
        ]
        if not all(known) or ("level" in table and not level):
            continue
        if level in said.setdefault(pair, {}):
            at_level = f" at level {level}" if level else ""
            reader.problems.add(at, f"the relation between {pair[0]} and {pair[1]}{at_level} is given twice")
        said[pair][level] = values
    usual = defaults(RELATION)
    return tuple(
        Relation(pair, level, Values({**usual, **levels.get("", {}), **levels.get(level, {})}))
        for pair, levels in said.items()
        for level in LEVELS
    )


def read_intervention(reader: Reader, given: Any, at: Location, known: Known) -> Intervention:
    """Return an intervention from its table."""
    own = ("set", "add")
    table = reader.table(given, at, ("id", "title", "month", "until", "use", "collaboration", *own))
    made = None
    if "use" in table:
        use, where = table["use"], (*at, "use")
        if isinstance(use, dict):
            made = read_ready_made(reader, use, where)
        else:
            made = from_shelf(reader, use, where, "interventions", "intervention", reader.library.ready_made)
        for name in own:
            if name in table:
                reader.problems.add((*at, name), f"an intervention has either use or {name}")
    elif not any(name in table for name in own):
        reader.problems.add(at, "the intervention does nothing", allowed="set, add or use is needed")
    if "collaboration" in table and "use" not in table:
        reader.problems.add((*at, "collaboration"), "only a ready-made intervention has this; name it in the paths")
    identity = made.id if made is not None and "id" not in table else ""
    if not identity and ("id" in table or "use" not in table):
        identity = reader.identity(table, at)
    month = reader.whole(table, "month", at, 1)
    until = reader.whole(table, "until", at, 1) if "until" in table else None
    if until is not None and until <= month:
        reader.problems.add((*at, "until"), f"{until} is not after month {month}", value=until)
    set_: list[tuple[str, Value | Framework]] = []
    add: list[tuple[str, float]] = []
    if "use" not in table:
        for where, path, value, target in _changeable(reader, table, "set", at, known):
            set_ += listed(path, value_to_set(reader, value, where, target.name, target.quantity))
        for where, path, value, target in _changeable(reader, table, "add", at, known):
            add += listed(path, value_to_add(reader, value, where, target.quantity))
    collaboration = ""
    if "use" in table and "collaboration" in table:
        collaboration = needed(reader, table, "collaboration", at, known.collaborations)
    title = reader.text(table, "title", at, made.title if made else Values({"en": identity, "nl": identity}))
    return Intervention(identity, title, month, until, tuple(set_), tuple(add), made, collaboration)


def _changeable(
    reader: Reader, table: Mapping[str, Any], name: str, at: Location, known: Known
) -> Iterable[tuple[Location, str, Any, Target]]:
    for location, path, value in paths_of(reader, table, name, at):
        try:
            target = match(known.index, path)[0]
        except PathError as error:
            reader.problems.add_path(location, error, value=value)
            continue
        reason = why_fixed(target)
        if reason:
            reader.problems.add(location, reason, value=value)
        else:
            yield location, path, value, target


def why_fixed(target: Target) -> str:
    """Return why an intervention cannot change a value, or nothing if it can."""
    if target.table in {"structure", "parameters"} or target.name == "framework":
        return ""
    if target.name == "partners":
        return "partners cannot be changed by an intervention; they come and go by the model's own entry and exit"
    if target.quantity is None or target.table not in START_ONLY or target.name in START_ONLY[target.table]:
        return f"{target.name} holds at the start only and cannot be changed by an intervention"
    return ""


# ---------------------------------------------------------------- the whole


def _by_id(reader: Reader, table: str, elements: Iterable[Read], identity: Callable[[Read], str]) -> dict[str, Read]:
    found: dict[str, Read] = {}
    for number, each in enumerate(elements):
        name = identity(each)
        if name in found:
            reader.problems.add((table, number, "id"), f'"{name}" is used twice', value=name, allowed="ids are unique")
        if name:
            found[name] = each
    return found


def read_scenario(tree: Any, problems: Problems, library: Library) -> dict[str, Any]:
    """Return everything that a scenario consists of, by name.

    Raises:
        ScenarioError: the tree has problems; all of them.
    """
    reader = Reader(problems, library)
    top = ("schema", "name", "title", "description", "months", "start", "parameters")
    given = reader.table(tree, (), top, TABLES)
    reader.schema(given)
    name = reader.identity(given, (), "name")
    months = checked(MONTHS, given.get("months", MONTHS.default))
    if months is None:
        reader.refuse(("months",), MONTHS, given["months"])
    start = given.get("start", "2025-01")
    if not isinstance(start, str) or not START.fullmatch(start):
        problems.add(
            ("start",), f"{shown(start)} is not allowed", value=start, allowed='a year and month, as in "2003-01"'
        )
    parameters = reader.table(given.get("parameters", {}), ("parameters",), PARAMETERS)

    known = Known(Index(given))
    rows = {table: reader.rows(given, table) for table in TABLES}
    if len(rows["organisations"]) > ORGANISATIONS_MOST:
        message = f"{len(rows['organisations'])} organisations are too many"
        problems.add(("organisations",), message, allowed=f"at most {ORGANISATIONS_MOST}")
        problems.raise_if_any()
    usual = {kind: default_inputs(kind) for kind in ORGANISATION_KINDS}
    organisations = [
        read_organisation(reader, row, ("organisations", number), usual)
        for number, row in enumerate(rows["organisations"])
    ]
    known.organisations = _by_id(reader, "organisations", organisations, lambda each: each.id)
    neighbourhoods = [
        read_neighbourhood(reader, row, ("neighbourhoods", number)) for number, row in enumerate(rows["neighbourhoods"])
    ]
    known.neighbourhoods = _by_id(reader, "neighbourhoods", neighbourhoods, lambda each: each.id)
    collaborations = [
        read_collaboration(reader, row, ("collaborations", number), known.organisations, known.neighbourhoods)
        for number, row in enumerate(rows["collaborations"])
    ]
    if not collaborations:
        problems.add(("collaborations",), "there is no collaboration", allowed="one at least is needed")
    known.collaborations = _by_id(reader, "collaborations", collaborations, lambda each: each.id)
    spanners = [
        read_spanner(reader, row, ("spanners", number), "", known.collaborations)
        for number, row in enumerate(rows["spanners"])
    ]
    _by_id(reader, "spanners", spanners, lambda each: each.id)
    events = [read_event(reader, row, ("events", number), known) for number, row in enumerate(rows["events"])]
    _by_id(reader, "events", events, lambda each: each.id)
    interventions = [
        read_intervention(reader, row, ("interventions", number), known)
        for number, row in enumerate(rows["interventions"])
    ]
    _by_id(reader, "interventions", interventions, lambda each: each.id)
    fields = {
        "schema": 1,
        "name": name,
        "title": reader.text(given, "title", (), Values({"en": name, "nl": name})),
        "description": reader.text(given, "description", ()),
        "months": months,
        "start": start,
        "parameters": Values({**defaults(PARAMETERS), **reader.quantities(parameters, ("parameters",), PARAMETERS)}),
        "organisations": tuple(organisations),
        "neighbourhoods": tuple(neighbourhoods),
        "collaborations": tuple(collaborations),
        "relations": read_relations(reader, rows["relations"], known.organisations),
        "spanners": tuple(spanners),
        "events": tuple(events),
        "interventions": tuple(interventions),
    }
    problems.raise_if_any()
    return fields
