"""Reading of single values: checks against the registers, with a note of everything that is not allowed."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from sim.elements import Value, Values, as_value
from sim.inputs import ORGANISATION
from sim.problems import Location, Problems, shown
from sim.quantities import Quantity

if TYPE_CHECKING:
    from sim.library import Library

MONTH_MOST = 1200
VIEWS = ("view_customer", "view_victim", "view_member")
VIEWS_TOLERANCE = 0.011
NO_TEXT: Values[str] = Values({"en": "", "nl": ""})
ID = re.compile(r"[a-z0-9_-]{1,40}")
TEXT_MOST = 5000

_ID_ALLOWED = "1 to 40 of the characters a-z, 0-9, _ and -"
_TEXT_ALLOWED = "a text, or { en = …, nl = … }"


def allowed_values(quantity: Quantity) -> str:
    """Return in words what a quantity may be set to."""
    if quantity.choices:
        return "one of " + ", ".join(f'"{choice}"' for choice in quantity.choices)
    span = f"from {quantity.least:g} to {quantity.most:g}"
    if quantity.unit == "share":
        return f"a share {span}"
    if quantity.unit == "flag":
        return "0 or 1"
    return f"{'a whole number' if quantity.whole else 'a number'} {span} ({quantity.unit})"


def checked(quantity: Quantity, value: Any) -> Value | None:
    """Return a value as it is kept, or None if it is not allowed: out of range, not a number, no such choice."""
    if isinstance(value, bool):
        return None
    if quantity.choices:
        return value if isinstance(value, str) and value in quantity.choices else None
    if not isinstance(value, int | float) or not quantity.least <= value <= quantity.most:
        return None
    if quantity.whole:
        return int(value) if value == int(value) else None
    return float(value)


def completed_views(given: Mapping[str, float], usual: Mapping[str, float]) -> dict[str, float]:
    """Return the three views of residents with those not given sharing what remains, in proportion to what is usual."""
    rest = [name for name in VIEWS if name not in given]
    left = max(0.0, 1.0 - sum(given.values()))
    total = sum(usual[name] for name in rest)
    share = {name: left * (usual[name] / total if total > 0.0 else 1.0 / len(rest)) for name in rest}
    return {name: given[name] if name in given else share[name] for name in VIEWS}


def default_inputs(kind: str) -> dict[str, Value]:
    """Return the inputs of an organisation that says nothing but its kind."""
    usual = {name: ORGANISATION[name].default_for(kind) for name in VIEWS}
    total = sum(usual.values())
    views = usual if math.isclose(total, 1.0, abs_tol=1e-9) else {name: each / total for name, each in usual.items()}
    values = {name: as_value(quantity, quantity.default_for(kind)) for name, quantity in ORGANISATION.items()}
    return {**values, **views}


def defaults(quantities: Mapping[str, Quantity]) -> dict[str, Value]:
    """Return the default of every quantity."""
    return {name: as_value(quantity, quantity.default) for name, quantity in quantities.items()}


class Reader:
    """Reads the tables of one source, and notes what is wrong with them."""

    def __init__(self, problems: Problems, library: Library) -> None:
        self.problems, self.library = problems, library

    def schema(self, given: Mapping[str, Any]) -> None:
        """Note a file that does not say in which version of the format it is written, or in one that is not known."""
        if given.get("schema") != 1 or isinstance(given["schema"], bool):
            message = "schema is missing" if "schema" not in given else f"{shown(given['schema'])} is not allowed"
            self.problems.add(("schema",), message, value=given.get("schema"), allowed="1 is needed")

    def table(self, value: Any, at: Location, fields: Collection[str], extra: Collection[str] = ()) -> dict[str, Any]:
        """Return a table; note what is not among its fields."""
        if not isinstance(value, dict):
            self.problems.add(at, f"{shown(value)} is not allowed", value=value, allowed="a table is needed")
            return {}
        for name in value:
            if name not in fields and name not in extra:
                message = f"there is nothing called {shown(name)} here"
                pool = [*fields, *extra]
                self.problems.add((*at, name), message, value=value[name], wanted=str(name), pool=pool)
        return value

    def rows(self, tree: Mapping[str, Any], name: str, at: Location = ()) -> list[Any]:
        """Return a list of tables; an empty one if it is left out."""
        rows = tree.get(name, [])
        if isinstance(rows, list):
            return rows
        self.problems.add(
            (*at, name), f"{shown(rows)} is not allowed", value=rows, allowed="a list of tables is needed"
        )
        return []

    def quantities(self, given: Mapping[str, Any], at: Location, register: Mapping[str, Quantity]) -> dict[str, Value]:
        """Return those values of a table that a register knows and allows."""
        found: dict[str, Value] = {}
        for name, value in given.items():
            quantity = register.get(name)
            if quantity is None:
                continue
            kept = checked(quantity, value)
            if kept is None:
                self.refuse((*at, name), quantity, value)
            else:
                found[name] = kept
        return found

    def refuse(self, at: Location, quantity: Quantity, value: Any) -> None:
        """Note that a quantity cannot have this value."""
        wanted = value if isinstance(value, str) and quantity.choices else ""
        message = f"{shown(value)} is not allowed"
        allowed = allowed_values(quantity)
        self.problems.add(at, message, value=value, allowed=allowed, wanted=wanted, pool=quantity.choices, form='"{}"')

    def text(self, given: Mapping[str, Any], name: str, at: Location, otherwise: Values[str] = NO_TEXT) -> Values[str]:
        """Return a text in both languages; one that is given once stands for both."""
        if name not in given:
            return otherwise
        value, at = given[name], (*at, name)
        if isinstance(value, str):
            value = {"en": value, "nl": value}
        elif isinstance(value, dict) and value:
            value = self.table(value, at, ("en", "nl"))
            value = {"en": value.get("en", value.get("nl")), "nl": value.get("nl", value.get("en"))}
        else:
            value = {"en": None, "nl": None}
        for each in value.values():
            if not _is_text(each):
                self.problems.add(at, f"{shown(given[name])} is not allowed", value=given[name], allowed=_TEXT_ALLOWED)
                return otherwise
        return Values(value)

    def plain_text(self, given: Mapping[str, Any], name: str, at: Location) -> str:
        """Return a text in one language; empty if it is left out."""
        value = given.get(name, "")
        if _is_text(value):
            return str(value)
        self.problems.add((*at, name), f"{shown(value)} is not allowed", value=value, allowed="a text")
        return ""

    def identity(self, given: Mapping[str, Any], at: Location, name: str = "id") -> str:
        """Return an id; empty, and noted, if there is none or it is not one."""
        if name not in given:
            self.problems.add(at, f"{name} is missing", allowed=_ID_ALLOWED)
            return ""
        value = given[name]
        if isinstance(value, str) and ID.fullmatch(value):
            return value
        self.problems.add((*at, name), f"{shown(value)} is not allowed", value=value, allowed=_ID_ALLOWED)
        return ""

    def choice(
        self, given: Mapping[str, Any], name: str, at: Location, choices: Collection[str], otherwise: str | None = None
    ) -> str:
        """Return one of a few words; empty, and noted, if it is another or is missing without a default."""
        if name not in given and otherwise is not None:
            return otherwise
        value = given.get(name)
        if isinstance(value, str) and value in choices:
            return value
        allowed = f"one of {', '.join(choices)}" if choices else "there are none"
        if name not in given:
            self.problems.add(at, f"{name} is missing", allowed=allowed)
        else:
            wanted = value if isinstance(value, str) else ""
            message = f"{shown(value)} is not allowed"
            self.problems.add(
                (*at, name), message, value=value, allowed=allowed, wanted=wanted, pool=choices, form='"{}"'
            )
        return ""

    def reference(self, value: Any, at: Location, ids: Collection[str], what: str) -> str:
        """Return an id of something that there is; empty, and noted, if there is no such thing."""
        if isinstance(value, str) and value in ids:
            return value
        wanted = value if isinstance(value, str) else ""
        self.problems.add(
            at, f"there is no {what} called {shown(value)}", value=value, wanted=wanted, pool=ids, form='"{}"'
        )
        return ""

    def words(
        self, given: Mapping[str, Any], name: str, at: Location, choices: tuple[str, ...], otherwise: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Return some of a few words, in the order of the register."""
        if name not in given:
            return tuple(choice for choice in choices if choice in otherwise)
        value, at = given[name], (*at, name)
        allowed = f"a list with some of {', '.join(choices)}"
        if not isinstance(value, list):
            self.problems.add(at, f"{shown(value)} is not allowed", value=value, allowed=allowed)
            return otherwise
        for number, each in enumerate(value):
            if not isinstance(each, str) or each not in choices:
                wanted = each if isinstance(each, str) else ""
                message = f"{shown(each)} is not allowed"
                self.problems.add(
                    (*at, number), message, value=each, allowed=allowed, wanted=wanted, pool=choices, form='"{}"'
                )
        return tuple(choice for choice in choices if choice in value)

    def whole(self, given: Mapping[str, Any], name: str, at: Location, least: int, otherwise: int | None = None) -> int:
        """Return a whole number of months; ``otherwise`` if it is left out, and ``least`` after a problem."""
        allowed = f"a whole number from {least} to {MONTH_MOST}"
        if name not in given:
            if otherwise is None:
                self.problems.add(at, f"{name} is missing", allowed=allowed)
                return least
            return otherwise
        value = given[name]
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= MONTH_MOST:
            return value
        self.problems.add((*at, name), f"{shown(value)} is not allowed", value=value, allowed=allowed)
        return least

    def number(self, given: Mapping[str, Any], name: str, at: Location, most: float) -> float | None:
        """Return a number from 0; None if it is left out or not allowed."""
        value = given.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most:
            return float(value)
        if name in given:
            allowed = f"a number from 0 to {most:g}"
            self.problems.add((*at, name), f"{shown(value)} is not allowed", value=value, allowed=allowed)
        return None


def _is_text(value: Any) -> bool:
    if not isinstance(value, str) or len(value) > TEXT_MOST:
        return False
    return not any("\ud800" <= each <= "\udfff" for each in value)
