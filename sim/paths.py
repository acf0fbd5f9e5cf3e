"""Paths: the names of all values, the same on the command line, in designs, in interventions and in messages.

``organisations.siw.tendered_share`` names one value; ``organisations.*.tendered_share`` and
``organisations.kind:welfare.tendered_share`` name those of all organisations, or of one kind. A pair's values at all
levels are ``relations.A+B.trust``, at one level ``relations.A+B.board.trust``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import tomli

from sim.inputs import COLLABORATION, NEIGHBOURHOOD, ORGANISATION, ORGANISATION_KINDS, RELATION, SPANNER
from sim.parameters import PARAMETERS
from sim.problems import Location, PathError, shown, single
from sim.quantities import Quantity, register
from sim.structure import LEVELS, STRUCTURE

MONTHS = Quantity(
    name="months", unit="months", default=120, low=60, high=240, reason="five to twenty years", kind="constant",
    source="A", where="A", confidence="high", meaning="Length of a run.", least=1, most=1200, whole=True,
)  # fmt: skip
TOP = ("schema", "name", "title", "description", "months", "start")
TABLES = ("organisations", "neighbourhoods", "collaborations", "relations", "spanners", "events", "interventions")

REGISTERS: dict[str, dict[str, Quantity]] = {
    "organisations": ORGANISATION,
    "neighbourhoods": NEIGHBOURHOOD,
    "collaborations": COLLABORATION,
    "relations": RELATION,
    "spanners": SPANNER,
    "events": register(),
    "interventions": register(),
}
# What an entity has besides its inputs, and may be set before a run.
OTHER_FIELDS: dict[str, tuple[str, ...]] = {
    "organisations": ("title", "kind", "domains", "brings", "needs"),
    "neighbourhoods": ("title",),
    "collaborations": ("title", "framework", "partners", "neighbourhoods", "domains"),
    "relations": (),
    "spanners": ("title", "collaboration", "payer", "position"),
    "events": ("month", "kind", "collaboration", "organisation", "other", "value"),
    "interventions": ("title", "month", "until", "use", "collaboration"),
}


@dataclass(frozen=True)
class Target:
    """One value that a path names: where it stands in the file's tree, and the quantity, if it is one.

    ``table`` is "structure" for structural attributes and "scenario" for what belongs to no entity; ``id`` is empty for
    what belongs to no entity. ``new`` is the row to be added where there is none yet.
    """

    table: str
    id: str
    name: str
    location: Location
    quantity: Quantity | None = None
    new: Mapping[str, Any] | None = None


class Index:
    """Knows which entities a tree has; a row that is malformed is passed over."""

    def __init__(self, tree: Mapping[str, Any]) -> None:
        self.rows: dict[str, dict[str, int]] = {}
        self.kinds: dict[str, list[str]] = {}
        self.pairs: dict[tuple[str, str], dict[str, int]] = {}
        self.relations = 0
        for table in TABLES:
            found: dict[str, int] = {}
            for number, row in enumerate(_rows(tree, table)):
                identity = row.get("id", row.get("use"))
                if isinstance(identity, Mapping):
                    identity = identity.get("id")
                if isinstance(identity, str):
                    found[identity] = number
            self.rows[table] = found
        for row in _rows(tree, "organisations"):
            if isinstance(row.get("kind"), str) and isinstance(row.get("id"), str):
                self.kinds.setdefault(row["kind"], []).append(row["id"])
        for number, row in enumerate(_rows(tree, "relations")):
            pair, level = pair_of(row.get("between")), row.get("level", "")
            if pair and isinstance(level, str):
                self.pairs.setdefault(pair, {})[level] = number
            self.relations = number + 1

    def select(self, table: str, selector: str, rest: str) -> list[str]:
        """Return the ids that a selector names: an id, ``*`` or ``kind:…``.

        Raises:
            PathError: there are none.
        """
        rows = self.rows[table]
        if selector == "*":
            found = list(rows)
        elif selector.startswith("kind:") and table == "organisations":
            kind = selector.removeprefix("kind:")
            if kind not in ORGANISATION_KINDS:
                form = f"{table}.kind:{{}}.{rest}"
                message = f"{shown(kind)} is not a kind of organisation"
                raise PathError(message, wanted=kind, pool=ORGANISATION_KINDS, form=form)
            found = self.kinds.get(kind, [])
        else:
            found = [selector] if selector in rows else []
            if not found:
                message = f"there is nothing called {shown(selector)} among the {table}"
                raise PathError(message, wanted=selector, pool=rows, form=f"{table}.{{}}.{rest}")
        if not found:
            raise PathError(f"the path matches none of the {table}")
        return found


def _rows(tree: Mapping[str, Any], table: str) -> Iterator[Mapping[str, Any]]:
    rows = tree.get(table)
    for row in rows if isinstance(rows, list) else ():
        yield row if isinstance(row, Mapping) else {}


def pair_of(between: Any) -> tuple[str, str] | None:
    """Return two ids in alphabetical order, or None if these are not two ids."""
    if not isinstance(between, list | tuple) or not all(isinstance(each, str) for each in between):
        return None
    pair = tuple(sorted(between))
    return pair if len(pair) == 2 else None


def match(index: Index, path: str) -> list[Target]:
    """Return every value that a path names; never none.

    Raises:
        PathError: the path names nothing.
    """
    words = path.split(".")
    head, rest = words[0], words[1:]
    if not rest and head in (*TOP, *TABLES):
        return [Target("scenario", "", head, (head,), MONTHS if head == "months" else None)]
    if head == "parameters":
        return [_parameter(rest)]
    if head not in TABLES:
        form = ".".join(["{}", *rest])
        raise PathError("the path names nothing", wanted=head, pool=(*TOP, *TABLES, "parameters"), form=form)
    if len(rest) < 2:
        raise PathError(f"the path is too short: {head}.ID.NAME is needed")
    if head == "relations":
        return _relation(index, rest)
    name = ".".join(rest[1:])
    ids = index.select(head, rest[0], name)
    at, quantity = _field(head, rest[0], rest[1:])
    table = "structure" if at[0] == "structure" else head
    return [Target(table, each, at[-1], (head, index.rows[head][each], *at), quantity) for each in ids]


def _parameter(rest: list[str]) -> Target:
    name = ".".join(rest)
    if name not in PARAMETERS:
        raise PathError(
            f"there is no parameter called {shown(name)}", wanted=name, pool=PARAMETERS, form="parameters.{}"
        )
    return Target("parameters", "", name, ("parameters", name), PARAMETERS[name])


def _field(table: str, selector: str, words: list[str]) -> tuple[tuple[str, ...], Quantity | None]:
    """Return where in its row a field of an entity stands, and its quantity."""
    name = ".".join(words)
    quantities = REGISTERS[table]
    if name in quantities:
        return (name,), quantities[name]
    if name in OTHER_FIELDS[table]:
        return (name,), None
    pool = [*quantities, *OTHER_FIELDS[table]]
    if table == "collaborations":
        attribute = name.removeprefix("structure.")
        if name.startswith("structure.") and attribute in STRUCTURE:
            return ("structure", attribute), STRUCTURE[attribute]
        pool += [f"structure.{each}" for each in STRUCTURE]
        if attribute in STRUCTURE:
            name = f"structure.{attribute}"
    raise PathError(
        f"{table} have no {shown('.'.join(words))}", wanted=name, pool=pool, form=f"{table}.{selector}.{{}}"
    )


def _relation(index: Index, rest: list[str]) -> list[Target]:
    selector, level, name = rest[0], "", ".".join(rest[1:])
    if rest[1] in LEVELS:
        level, name = rest[1], ".".join(rest[2:])
    if name not in RELATION:
        form = ".".join(["relations", *rest[: 2 if level else 1], "{}"])
        raise PathError(f"relations have no {shown(name)}", wanted=name, pool=RELATION, form=form)
    if selector == "*":
        pairs = list(index.pairs)
        if not pairs:
            raise PathError("the path matches none of the relations")
    else:
        pair = pair_of(selector.split("+"))
        if pair is None or pair[0] == pair[1]:
            raise PathError("a relation is named by two organisations: relations.A+B")
        for each in pair:
            if each not in index.rows["organisations"]:
                form = selector.replace(each, "{}") if each else "{}"
                message = f"there is no organisation called {shown(each)}"
                raise PathError(message, wanted=each, pool=index.rows["organisations"], form=f"relations.{form}.{name}")
        pairs = [pair]
    targets: list[Target] = []
    for pair in pairs:
        rows = index.pairs.get(pair, {})
        identity = "+".join(pair)
        if level not in rows:
            new = {"between": list(pair)} | ({"level": level} if level else {})
            row = index.relations + len([each for each in targets if each.new])
            targets.append(Target("relations", identity, name, ("relations", row, name), RELATION[name], new))
        for row_level, row in rows.items():
            if level in ("", row_level):
                targets.append(Target("relations", identity, name, ("relations", row, name), RELATION[name]))
    return targets


# ---------------------------------------------------------------- relative paths of ready-made interventions


@dataclass(frozen=True)
class Relative:
    """A path relative to a collaboration: ``scope`` is structure, partners, neighbourhoods, parameters or framework."""

    scope: str
    kind: str
    name: str
    quantity: Quantity | None


_SCOPES = {"structure": STRUCTURE, "partners": ORGANISATION, "neighbourhoods": NEIGHBOURHOOD, "parameters": PARAMETERS}


def relative(path: str) -> Relative:
    """Return what a path of a ready-made intervention names.

    Raises:
        PathError: it names nothing.
    """
    scope, _, name = path.partition(".")
    if path == "framework":
        return Relative("framework", "", "framework", None)
    if scope not in _SCOPES:
        message = f"the path of a ready-made intervention cannot begin with {shown(scope)}"
        raise PathError(message, wanted=scope, pool=_SCOPES, form=f"{{}}.{name}")
    kind = ""
    if scope == "partners" and name.startswith("kind:"):
        kind, _, name = name.removeprefix("kind:").partition(".")
        if kind not in ORGANISATION_KINDS:
            form = f"partners.kind:{{}}.{name}"
            raise PathError(
                f"{shown(kind)} is not a kind of organisation", wanted=kind, pool=ORGANISATION_KINDS, form=form
            )
    if name not in _SCOPES[scope]:
        form = f"{scope}.kind:{kind}.{{}}" if kind else f"{scope}.{{}}"
        raise PathError(f"{scope} have no {shown(name)}", wanted=name, pool=_SCOPES[scope], form=form)
    return Relative(scope, kind, name, _SCOPES[scope][name])


# ---------------------------------------------------------------- setting


def parse_set(text: str) -> tuple[str, Any]:
    """Return path and value of ``PATH=VALUE``; the value is read as TOML, or else as it stands.

    Raises:
        ScenarioError: there is no "=", or no path before it.
    """
    path, sign, given = text.partition("=")
    path, given = path.strip(), given.strip()
    if not sign or not path:
        raise single("--set", f"{shown(text)} is not PATH=VALUE", path=path, value=text)
    try:
        parsed = tomli.loads(f"value = {given}")
    except (ValueError, RecursionError):
        return path, given
    return path, parsed["value"] if len(parsed) == 1 else given


def copied(tree: Any) -> Any:
    """Return a copy of plain tables and lists."""
    if isinstance(tree, dict):
        return {key: copied(value) if isinstance(value, dict | list) else value for key, value in tree.items()}
    if isinstance(tree, list):
        return [copied(value) if isinstance(value, dict | list) else value for value in tree]
    return tree


def put(tree: dict[str, Any], target: Target, value: Any) -> None:
    """Set one value in a tree, adding tables and rows that are not there yet.

    Raises:
        PathError: something else stands where a table should be.
    """
    node: Any = tree
    for step in target.location[:-1]:
        if isinstance(step, str) and isinstance(node, dict):
            node = node.setdefault(step, [] if target.new is not None and step == "relations" else {})
        elif isinstance(step, int) and isinstance(node, list):
            if target.new is not None and step == len(node):
                node.append(dict(target.new))
            node = node[step]
        else:
            raise PathError("what holds this value is not a table")
    if not isinstance(node, dict):
        raise PathError("what holds this value is not a table")
    node[target.location[-1]] = value


def flattened(table: Mapping[str, Any]) -> Iterator[tuple[Location, str, Any]]:
    """Go through the paths of a ``set`` or ``add`` table: written as one key in quotes, or as dotted keys."""
    pending: list[tuple[Location, Any]] = [((key,), value) for key, value in reversed(list(table.items()))]
    while pending:
        location, value = pending.pop()
        path = ".".join(map(str, location))
        if isinstance(value, Mapping) and value and path.split(".")[-1] != "framework":
            pending += [((*location, key), each) for key, each in reversed(list(value.items()))]
        else:
            yield location, path, value
