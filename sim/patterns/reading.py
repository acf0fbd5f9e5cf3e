"""Files of patterns: read, checked, and every problem told with its place."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from sim import toml_source
from sim.elements import Values
from sim.library import Library
from sim.patterns import experiments as experiments  # registers them
from sim.patterns.declared import STATISTICS, Declaration
from sim.patterns.declaring import MEASURE, READING, flag, number, read_declaration, read_measure, word
from sim.patterns.definitions import ROLES, Criterion, Pattern
from sim.patterns.registry import EXPERIMENTS
from sim.problems import Location, Problems, Source, nearest, shown, single, tidy
from sim.reader import Reader

BUILT_IN: Final = Path(__file__).resolve().parent / "catalogue.toml"

_PATTERN: Final = ("id", "role", "source", "mechanism", "meaning", "setup", "python", "on", "arms", "criteria")
_CRITERION: Final = ("name", "unit", "words", "above", "below", "reported")
_SETUP: Final = "as declared"


@cache
def built_in() -> tuple[Pattern, ...]:
    """Return the patterns that ship with the model."""
    return read_patterns(BUILT_IN)


def chosen(which: Sequence[str]) -> tuple[Pattern, ...]:
    """Return the patterns with these ids and those in these files; without any, all that ship.

    Raises:
        ScenarioError: there is no such pattern or file, or a file has problems.
    """
    known = {each.id: each for each in built_in()}
    found: dict[str, Pattern] = {}
    for name in which or known:
        if name in known:
            found.setdefault(name, known[name])
            continue
        file = Path(name)
        if not file.is_file():
            near = nearest(name, known)
            allowed = f"one of {', '.join(known)}, or a file of patterns (.toml or .py)"
            raise single(
                tidy(name), "there is no such pattern and no such file", value=name, allowed=allowed, near=near
            )
        for each in read_patterns(file):
            if each.id in known or each.id in found:
                message = f"there is a pattern called {shown(each.id)} already"
                raise single(tidy(name), message, path=f"patterns.{each.id}", value=each.id)
            found[each.id] = each
    return tuple(found.values())


def read_patterns(file: Path) -> tuple[Pattern, ...]:
    """Return the patterns in a file: TOML, or Python with a list of tables called ``PATTERNS``.

    Raises:
        ScenarioError: the file cannot be read or has problems; all of them are in the error.
    """
    source: Source
    if file.suffix == ".py":
        tree = {"patterns": _from_python(file)}
        source = _Python(str(file), tree)
    else:
        document = toml_source.read(file)
        tree, source = document.tree, document
    problems = Problems(source)
    reader = Reader(problems, Library(file.parent))
    rows = reader.rows(reader.table(tree, (), ("patterns",)), "patterns")
    if not rows:
        problems.add((), "there are no patterns", allowed="[[patterns]] is needed")
    found: dict[str, Pattern] = {}
    for place, row in enumerate(rows):
        pattern = _pattern(reader, row, ("patterns", place), file.parent)
        if pattern.id in found:
            problems.add(("patterns", place, "id"), f"{shown(pattern.id)} is there already", value=pattern.id)
        found[pattern.id] = pattern
    problems.raise_if_any()
    return tuple(found.values())


class _Python:
    """A Python file as a source of problems: paths, and no lines."""

    def __init__(self, name: str, tree: Mapping[str, Any]) -> None:
        self.name = name
        self._tree = tree

    def place(self, location: Location) -> tuple[int, int, str]:  # noqa: ARG002
        """Return no place: the tables were made by code."""
        return 0, 0, ""

    def path(self, location: Location) -> str:
        """Return the path of a value in the tables."""
        return toml_source.path_of(self._tree, location)


def _from_python(file: Path) -> Any:
    """Run a Python file, which registers its experiments, and return its patterns."""
    spec = importlib.util.spec_from_file_location(f"patterns_of_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise single(str(file), "this is no Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise single(str(file), f"it cannot be run: {type(error).__name__}: {error}") from error
    if not isinstance(getattr(module, "PATTERNS", None), list):
        raise single(str(file), "there is no list called PATTERNS", allowed="a list of tables, as in a TOML file")
    return module.PATTERNS


# ---------------------------------------------------------------- patterns


def _pattern(reader: Reader, given: Any, at: Location, folder: Path) -> Pattern:
    table = reader.table(given, at, _PATTERN)
    python = table.get("python", "")
    if python != "":
        python = reader.reference(python, (*at, "python"), EXPERIMENTS, "experiment")
    if "meaning" not in table:
        reader.problems.add(at, "meaning is missing", allowed="a sentence, or { en = …, nl = … }")
    declaration = read_declaration(reader, table, at, folder)
    rows = reader.rows(table, "criteria", at)
    if not rows:
        reader.problems.add(at, "there are no criteria", allowed="[[patterns.criteria]] is needed")
    criteria = tuple(
        _criterion(reader, row, (*at, "criteria", place), declaration, declared=not python)
        for place, row in enumerate(rows)
    )
    names = [each.name for each in criteria]
    for place, name in enumerate(names):
        if name in names[:place]:
            reader.problems.add((*at, "criteria", place, "name"), f"{shown(name)} is there already", value=name)
    return Pattern(
        word(reader, table, "id", at),
        reader.choice(table, "role", at, ROLES),
        word(reader, table, "source", at),
        word(reader, table, "mechanism", at, "not said"),
        reader.text(table, "meaning", at),
        word(reader, table, "setup", at, _SETUP),
        python,
        declaration,
        criteria,
    )


def _criterion(reader: Reader, given: Any, at: Location, on: Declaration, *, declared: bool) -> Criterion:
    table = reader.table(given, at, (*_CRITERION, *MEASURE, *READING))
    above, below = number(reader, table, "above", at), number(reader, table, "below", at)
    if above is None and below is None:
        reader.problems.add(at, "a criterion needs a bound", allowed="above, below or both")
    elif above is not None and below is not None and above >= below:
        reader.problems.add((*at, "above"), f"{above:g} is not below {below:g}", value=above)
    if declared and "statistic" not in table:
        allowed = f"one of {', '.join(STATISTICS)}"
        reader.problems.add(at, "statistic is missing", allowed=allowed)
    name = word(reader, table, "name", at)
    return Criterion(
        name,
        word(reader, table, "unit", at, "number"),
        reader.text(table, "words", at, Values({"en": name, "nl": name})),
        -math.inf if above is None else above,
        math.inf if below is None else below,
        flag(reader, table, "reported", at),
        read_measure(reader, table, at, on) if "statistic" in table else None,
    )
