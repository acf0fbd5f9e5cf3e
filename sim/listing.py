"""What there is, as lines to read: every number that can be set, and everything that ships with the package.

The registers are written in English, and so are the meanings and reasons in both languages.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sim import packaged, toml_source
from sim.inputs import COLLABORATION, NEIGHBOURHOOD, ORGANISATION, RELATION, SPANNER
from sim.language import Language, capital
from sim.parameters import PARAMETERS
from sim.paths import MONTHS
from sim.problems import nearest, single
from sim.quantities import CONFIDENCE_MEANS, SOURCE_MEANS, Quantity
from sim.structure import STRUCTURE

# The groups: the key of their heading, how a path to one of them is written, and the quantities.
GROUPS: Final[Sequence[tuple[str, str, Mapping[str, Quantity]]]] = (
    ("scenario", "{}", {"months": MONTHS}),
    ("parameters", "parameters.{}", PARAMETERS),
    ("structure", "collaborations.ID.structure.{}", STRUCTURE),
    ("organisations", "organisations.ID.{}", ORGANISATION),
    ("neighbourhoods", "neighbourhoods.ID.{}", NEIGHBOURHOOD),
    ("collaborations", "collaborations.ID.{}", COLLABORATION),
    ("relations", "relations.ID+ID.{}", RELATION),
    ("spanners", "spanners.ID.{}", SPANNER),
)
SHELVES: Final[Mapping[str, str]] = {
    "scenarios": "", "frameworks": "frameworks", "interventions": "interventions", "designs": "designs",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A line of a listing, with its style: heading, name or text."""

    style: str
    text: str


def _wrapped(text: str, width: int, indent: int) -> Iterator[Line]:
    margin = " " * indent
    for part in textwrap.wrap(text, width, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False):
        yield Line("text", part)


# ---------------------------------------------------------------- quantities


def chosen(word: str) -> list[tuple[str, str, Quantity]]:
    """Return group, path and quantity of all whose path or meaning has a word in it.

    Raises:
        ScenarioError: there are none.
    """
    everything = [
        (group, path.format(name), quantity) for group, path, register in GROUPS for name, quantity in register.items()
    ]
    found = [each for each in everything if word.lower() in f"{each[1]} {each[2].meaning}".lower()]
    if not found:
        near = nearest(word, [quantity.name for _, _, quantity in everything])
        raise single("parameters", "nothing has this in its path or its meaning", path=word, value=word, near=near)
    return found


def quantity_lines(word: str, words: Language, width: int) -> Iterator[Line]:
    """Go through the quantities with a word in them as they are printed: with unit, default, range, source, meaning.

    Raises:
        ScenarioError: there are none.
    """
    found = chosen(word)
    yield Line("heading", words.text("parameters.marks"))
    yield from _wrapped(words.text("parameters.how"), width, 2)
    for table, marks in (("source", SOURCE_MEANS), ("confidence", CONFIDENCE_MEANS)):
        for mark in marks:
            yield from _wrapped(f"{words.text(f'mark.{mark}')}: {words.text(f'{table}.{mark}')}", width, 2)
    before = ""
    for group, path, quantity in found:
        if group != before:
            yield Line("text", "")
            yield Line("heading", words.text(f"group.{group}"))
            before = group
        yield Line("name", f"  {path} = {_number(quantity, quantity.default)}")
        yield from _wrapped(quantity.meaning, width, 6)
        yield from _wrapped(_about(quantity, words), width, 6)


def _about(quantity: Quantity, words: Language) -> str:
    """Return unit, range, defaults by kind, source and confidence of a quantity."""
    if quantity.choices:
        parts = [words.text("parameters.choices", choices=", ".join(quantity.choices))]
    else:
        low, high = _number(quantity, quantity.low), _number(quantity, quantity.high)
        parts = [words.text("parameters.range", unit=quantity.unit, low=low, high=high, reason=quantity.reason)]
    if quantity.by_kind:
        usual = ", ".join(f"{kind} {_number(quantity, value)}" for kind, value in quantity.by_kind.items())
        parts.append(words.text("parameters.by_kind", values=usual))
    confidence = words.text(f"mark.{quantity.confidence}")
    kind = capital(words.text(f"quantity.{quantity.kind}"))
    parts.append(words.text("parameters.source", kind=kind, where=quantity.where, confidence=confidence))
    return " ".join(parts)


def _number(quantity: Quantity, value: float) -> str:
    """Return a value as it would stand in a file, in every language."""
    return f'"{quantity.choices[round(value)]}"' if quantity.choices else f"{value:.10g}"


def quantity_tables(word: str) -> list[dict[str, Any]]:
    """Return the quantities with a word in them as plain tables.

    Raises:
        ScenarioError: there are none.
    """
    return [{"path": path, "group": group, **asdict(quantity)} for group, path, quantity in chosen(word)]


# ---------------------------------------------------------------- what ships


def shipped_lines(words: Language, width: int) -> Iterator[Line]:
    """Go through what ships with the package: name, title and the first sentence of the description.

    Raises:
        ScenarioError: one of the files cannot be read.
    """
    for shelf, folder in SHELVES.items():
        if shelf != "scenarios":
            yield Line("text", "")
        yield Line("heading", words.text(f"shelf.{shelf}"))
        for name in packaged.shipped(folder):
            tree = toml_source.read(packaged.shipped_folder() / folder / f"{name}.toml").tree
            yield Line("name", f"  {name} – {_text(tree, 'title', words)}")
            yield from _wrapped(re.split(r"(?<=[.!?])\s", _text(tree, "description", words))[0], width, 6)


def _text(tree: Mapping[str, Any], name: str, words: Language) -> str:
    given = tree.get(name, "")
    return str(given.get(words.code, "") if isinstance(given, dict) else given)
