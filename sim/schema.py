"""JSON Schema of the files that people write, made from the registers, for editors that check and complete.

A schema says what a single table or value may be. What holds between values (references, sums, numbers of partners by
role) only the reader can say, so a file that passes here may still be refused there; what is refused here is refused
there too. TOML has no null, and no type here allows one. Draft 7 is what editors for TOML know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sim import packaged
from sim.design import BLOCK_RUNS_MOST, OUTPUTS, REPLICATES_MOST
from sim.design_reading import ALL, AT_ONCE_MOST, OPTIONS_MOST, SEED_MOST, STEPS_MOST
from sim.group_size import PARTNERS_LEAST
from sim.happenings import EVENT_FIELDS, SHARED
from sim.inputs import (
    COLLABORATION,
    DOMAINS,
    NEIGHBOURHOOD,
    ORGANISATION,
    ORGANISATION_KINDS,
    RELATION,
    RESOURCES,
    ROLES,
    SPANNER,
)
from sim.parameters import PARAMETERS
from sim.paths import MONTHS
from sim.quantities import Quantity
from sim.reader import ID, MONTH_MOST, TEXT_MOST
from sim.reading import ORGANISATIONS_MOST, PARTNERS_MOST, START
from sim.sampling import METHODS, POINTS_MOST
from sim.structure import LEVELS, STRUCTURE

Schema = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"
# Where paths of interventions begin: full ones, and those of ready-made interventions.
_FULL = ("organisations", "neighbourhoods", "collaborations", "spanners", "parameters")
_RELATIVE = ("framework", "structure", "partners", "neighbourhoods", "parameters")

_ID: Final[Schema] = {"type": "string", "pattern": f"^{ID.pattern}$"}
_PLAIN: Final[Schema] = {"type": "string", "maxLength": TEXT_MOST}
_TEXT: Final[Schema] = {
    "description": "A text for both languages, or one for each.",
    "type": ["string", "object"],
    "maxLength": TEXT_MOST,
    "properties": {"en": _PLAIN, "nl": _PLAIN},
    "additionalProperties": False,
    "minProperties": 1,
}


def schema_of(kind: str) -> Schema:
    """Return the schema of a "scenario", a "framework", an "intervention" or a "design"."""
    makers = {"scenario": _scenario, "framework": _framework, "intervention": _ready_made, "design": _design}
    inside = makers[kind]()
    version = {"description": "The version of the file format.", "const": 1}
    return {
        "$schema": DRAFT,
        "title": f"{kind} of the simulation of collaboration",
        **inside,
        "properties": {"schema": version, **inside["properties"]},
        "required": ["schema", *inside["required"]],
    }


# ---------------------------------------------------------------- parts


def _table(properties: Mapping[str, Schema], required: Iterable[str] = (), **more: Any) -> Schema:
    inside = {"properties": dict(properties), "required": list(required), "additionalProperties": False}
    return {"type": "object", **inside, **more}


def _rows(item: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": item, **more}


def _choice(choices: Iterable[str], **more: Any) -> Schema:
    return {"type": "string", "enum": list(choices), **more}


def _some(choices: Iterable[str], **more: Any) -> Schema:
    return _rows({"type": "string", "enum": list(choices)}, **more)


def _month(least: int = 1, **more: Any) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": MONTH_MOST, **more}


def _quantities(register: Mapping[str, Quantity], *without: str) -> dict[str, Schema]:
    return {name: _quantity(each) for name, each in register.items() if name not in without}


def _quantity(quantity: Quantity) -> Schema:
    about = f"{quantity.meaning} Source: {quantity.where}; confidence: {quantity.confidence}."
    if quantity.choices:
        return _choice(quantity.choices, description=about, default=quantity.choices[round(quantity.default)])
    plausible = f"Plausible: {quantity.low:.10g} to {quantity.high:.10g} ({quantity.unit}), {quantity.reason}."
    made: Schema = {
        "description": f"{about} {plausible}",
        "type": "integer" if quantity.whole else "number",
        "minimum": _number(quantity.least),
        "maximum": _number(quantity.most),
    }
    if quantity.by_kind:
        usual = ", ".join(f"{kind} {value:.10g}" for kind, value in quantity.by_kind.items())
        made["description"] += f" Default: {usual}."
    else:
        made["default"] = _number(quantity.default)
    return made


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value


# ---------------------------------------------------------------- frameworks and ready-made interventions


def _framework() -> Schema:
    return _table(
        {
            "id": _ID,
            "title": _TEXT,
            "description": _TEXT,
            "sources": _PLAIN,
            "structure": _table(_quantities(STRUCTURE)),
        },
        ["id"],
    )


def _by_id_or(table: Schema, shelf: str) -> Schema:
    """Return the schema of what is given by id, or as a table of its own."""
    known = list(packaged.shipped(shelf))
    return {**table, "type": ["string", "object"], "pattern": _ID["pattern"], "examples": known}


def _paths(heads: Iterable[str]) -> Schema:
    """Return the schema of paths with values, as keys in quotes or as dotted keys."""
    return {"type": "object", "propertyNames": {"pattern": rf"^({'|'.join(heads)})(\..+)?$"}}


def _ready_made() -> Schema:
    yearly, hours = STRUCTURE["intervention_keur_per_year"].most, STRUCTURE["intervention_hours"].most
    spanner = _table(
        {
            "id": _ID,
            "title": _TEXT,
            "payer": _choice((SHARED, "lead"), default=SHARED),
            "position": _choice(LEVELS, default="middle"),
            **_quantities(SPANNER, "from_month"),
        }
    )
    kinds = [kind for kind, (needs, _) in EVENT_FIELDS.items() if "organisation" not in needs]
    event = _table(
        {"id": _ID, "month": _month(0, default=0), "kind": _choice(kinds), "value": _cost(1.0)},
        ["kind"],
        allOf=[
            _only(kind, (), tuple(name for name in EVENT_FIELDS[kind][1] if name == "value"), ("value",))
            for kind in kinds
        ],
    )
    return _table(
        {
            "id": _ID,
            "title": _TEXT,
            "description": _TEXT,
            "source": _PLAIN,
            "cost_keur_once": _cost(yearly / 12, description="Once, for all partners together, in k€."),
            "cost_keur_per_year": _cost(yearly, description="Each year, for all partners together, in k€."),
            "cost_hours_per_month": _cost(hours, description="Each month, for all partners together, in hours."),
            "set": _paths(_RELATIVE),
            "add": _paths(_RELATIVE),
            "spanners": _rows(spanner),
            "events": _rows(event),
        },
        ["id"],
    )


def _cost(most: float, **more: Any) -> Schema:
    return {"type": "number", "minimum": 0, "maximum": most, **more}


def _only(kind: str, needs: tuple[str, ...], may: tuple[str, ...], fields: tuple[str, ...]) -> Schema:
    """Return what an event of one kind needs, and which of the fields it does not have."""
    then: Schema = {"required": list(needs)}
    then["properties"] = {name: False for name in fields if name not in (*needs, *may)}
    return {"if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]}, "then": then}


# ---------------------------------------------------------------- scenarios


def _scenario() -> Schema:
    return _table(
        {
            "name": _ID,
            "title": _TEXT,
            "description": _TEXT,
            "months": _quantity(MONTHS),
            "start": {"type": "string", "pattern": f"^{START.pattern}$", "description": "Year and month: 2003-01."},
            "parameters": _table(_quantities(PARAMETERS)),
            "organisations": _rows(_organisation(), maxItems=ORGANISATIONS_MOST),
            "neighbourhoods": _rows(_table({"id": _ID, "title": _TEXT, **_quantities(NEIGHBOURHOOD)}, ["id"])),
            "collaborations": _rows(_collaboration(), minItems=1),
            "relations": _rows(_relation()),
            "spanners": _rows(_spanner()),
            "events": _rows(_event()),
            "interventions": _rows(_intervention()),
        },
        ["name", "collaborations"],
    )


def _organisation() -> Schema:
    properties = {
        "id": {**_ID, "not": {"const": SHARED}},
        "title": _TEXT,
        "kind": _choice(ORGANISATION_KINDS),
        "domains": _some(DOMAINS, minItems=1),
        "brings": _some(RESOURCES),
        "needs": _some(RESOURCES),
    }
    return _table({**properties, **_quantities(ORGANISATION)}, ["id", "kind"])


def _collaboration() -> Schema:
    partner = {"organisation": _ID, "role": _choice(ROLES, default="partner"), "from_month": _month(default=1)}
    properties = {
        "id": _ID,
        "title": _TEXT,
        "framework": _by_id_or(_framework(), "frameworks"),
        "structure": _table(_quantities(STRUCTURE)),
        "neighbourhoods": _rows(_ID, minItems=1, uniqueItems=True),
        "partners": _rows(_table(partner, ["organisation"]), minItems=2, maxItems=PARTNERS_MOST),
        "domains": _some(DOMAINS, minItems=1),
    }
    return _table(
        {**properties, **_quantities(COLLABORATION)},
        ["id", "framework", "neighbourhoods", "partners"],
    )


def _relation() -> Schema:
    between = _rows(_ID, minItems=2, maxItems=2, uniqueItems=True)
    level = _choice(LEVELS, description="All levels if it is left out.")
    return _table({"between": between, "level": level, **_quantities(RELATION)}, ["between"])


def _spanner() -> Schema:
    properties = {
        "id": _ID,
        "title": _TEXT,
        "collaboration": _ID,
        "payer": {**_ID, "default": SHARED, "description": f'An organisation, or "{SHARED}" by all partners.'},
        "position": _choice(LEVELS, default="middle"),
    }
    return _table({**properties, **_quantities(SPANNER)}, ["id", "collaboration"])


def _event() -> Schema:
    fields = ("collaboration", "organisation", "other", "value")
    who = dict.fromkeys(fields[:-1], _ID)
    return _table(
        {"id": _ID, "month": _month(), "kind": _choice(EVENT_FIELDS), **who, "value": _cost(1.0)},
        ["month", "kind"],
        allOf=[_only(kind, needs, may, fields) for kind, (needs, may) in EVENT_FIELDS.items()],
    )


def _intervention() -> Schema:
    properties = {
        "id": _ID,
        "title": _TEXT,
        "month": _month(description="The first month in which it holds."),
        "until": _month(description="The first month in which it holds no more."),
        "use": _by_id_or(_ready_made(), "interventions"),
        "collaboration": {**_ID, "description": "All collaborations if it is left out."},
        "set": _paths(_FULL),
        "add": _paths(_FULL),
    }
    own: Schema = {
        "required": ["id"],
        "properties": {"collaboration": False},
        "anyOf": [{"required": ["set"]}, {"required": ["add"]}],
    }
    ready_made = {"properties": {"set": False, "add": False}}
    return _table(properties, ["month"], **{"if": {"required": ["use"]}, "then": ready_made, "else": own})


# ---------------------------------------------------------------- designs


def _whole(least: int, most: int, **more: Any) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most, **more}


def _design() -> Schema:
    sets: Schema = {"type": "object", "description": "Paths with their values, as keys in quotes or as dotted keys."}
    path: Schema = {"type": "string", "description": "The path of a value: organisations.*.tendered_share."}
    bound: Schema = {"type": "number", "description": "The plausible range of the register if it is left out."}
    value: Schema = {"type": ["number", "string"]}
    option = _table({"name": _ID, "set": sets, "interventions": _rows(_intervention())}, ["name"])
    vary = _table(
        {
            "path": path,
            "also": {**_rows(path), "description": "Further paths that get the same value."},
            "values": _rows(value, minItems=1, maxItems=OPTIONS_MOST, uniqueItems=True),
            "low": bound,
            "high": bound,
            "steps": _whole(2, STEPS_MOST),
            "name": {**_ID, "description": "The column that says which option it was."},
            "options": _rows(option, minItems=1, maxItems=OPTIONS_MOST),
        },
        oneOf=[{"required": ["path", "values"]}, {"required": ["path", "steps"]}, {"required": ["name", "options"]}],
    )
    use: Schema = {"type": ["array", "string"], "pattern": f"^{ALL}$", "items": _ID, "minItems": 1, "uniqueItems": True}
    interventions = _table(
        {
            "use": {**use, "default": ALL, "description": f'Ready-made interventions, or "{ALL}".'},
            "month": _month(default=1),
            "until": _month(),
            "at_once": _whole(1, AT_ONCE_MOST, default=1, description="2: one by one, and in pairs."),
        }
    )
    methods = "; ".join(f"{name}: {what}" for name, what in METHODS.items())
    sample = _table(
        {
            "method": _choice(METHODS, description=methods),
            "points": _whole(1, POINTS_MOST),
            "uncertainties": {"type": "boolean", "default": False, "description": "Every uncertain parameter."},
            "over": _rows(_table({"path": path, "also": _rows(path), "low": bound, "high": bound}, ["path"])),
        },
        ["method", "points"],
    )
    frameworks = _rows(_ID, minItems=1, uniqueItems=True, examples=[list(packaged.shipped("frameworks"))])
    return _table(
        {
            "name": _ID,
            "title": _TEXT,
            "description": _TEXT,
            "scenario": {
                "type": "string",
                "description": "A file, or a shipped scenario.",
                "examples": list(packaged.shipped()),
            },
            "collaboration": {**_ID, "description": "What frameworks and partners are laid on; all if it is left out."},
            "seed": _whole(0, SEED_MOST, default=1),
            "replicates": _whole(1, REPLICATES_MOST, default=1),
            "frameworks": frameworks,
            "partners": _rows(_whole(PARTNERS_LEAST, PARTNERS_MOST), minItems=1, uniqueItems=True),
            "outputs": _some(OUTPUTS, default=["runs"]),
            "block_runs": _whole(1, BLOCK_RUNS_MOST, description="Runs in a block."),
            "set": sets,
            "vary": _rows(vary),
            "interventions": interventions,
            "sample": sample,
            "table": _table({"file": {"type": "string", "description": "CSV: a column for each path."}}, ["file"]),
        },
        ["name", "scenario"],
    )
