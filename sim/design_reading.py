"""From a TOML file (and a CSV table beside it) to a design, with everything that is wrong told at once.

Values are tried on the base scenario while reading, so that a design that is accepted fails later only where values
that are each allowed do not go together; such a row is then recorded as failed.
"""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from sim import packaged, toml_source
from sim.design import (
    BLOCK_RUNS_MOST,
    INTERVENTIONS,
    OUTPUTS,
    REPLICATES_MOST,
    RUNS_MOST,
    Design,
    Factor,
    Option,
    Sample,
    Table,
)
from sim.elements import Framework, Value, Values, as_value
from sim.group_size import PARTNERS_LEAST
from sim.library import Library, from_shelf
from sim.parameters import PARAMETERS
from sim.paths import Index, Target, flattened, match, parse_set
from sim.problems import Location, PathError, Problems, ScenarioError, nearest, shown, single, tidy
from sim.quantities import Quantity
from sim.reader import Reader, checked
from sim.reading import PARTNERS_MOST
from sim.sampling import METHODS, POINTS_MOST, POWERS_OF_TWO, Span
from sim.scenario import Scenario, load

FIELDS = (
    "schema", "name", "title", "description", "scenario", "collaboration", "seed", "replicates", "frameworks",
    "partners", "outputs", "block_runs", "set", "vary", "interventions", "sample", "table",
)  # fmt: skip
VARY_FIELDS = ("path", "also", "values", "low", "high", "steps", "name", "options")
OPTION_FIELDS = ("name", "set", "interventions")
INTERVENTION_FIELDS = ("use", "month", "until", "at_once")
SAMPLE_FIELDS = ("method", "points", "uncertainties", "over")
OVER_FIELDS = ("path", "also", "low", "high")
TABLE_FIELDS = ("file",)
SEED_MOST = 2**63 - 1
OPTIONS_MOST = 10_000
STEPS_MOST = 1_000
TABLE_VALUES_MOST = 5_000_000
AT_ONCE_MOST = 3
ALL = "all"


def load_design(source: str | os.PathLike[str]) -> Design:
    """Return the design in a file, or the shipped one of that name.

    Raises:
        ScenarioError: there is no such design, or it has problems; all of them are in the error.
    """
    text = os.fspath(source)
    file = Path(text)
    if isinstance(source, str) and text in packaged.shipped("designs"):
        file = packaged.shipped_folder() / "designs" / f"{text}.toml"
    elif "\0" in text or not os.path.exists(file):  # noqa: PTH110 - a name that is too long is no error here
        names = packaged.shipped("designs")
        message = "there is no such file and no shipped design of that name"
        allowed = f"shipped are {', '.join(names)}"
        raise single(tidy(text), message, value=text, allowed=allowed, near=nearest(file.stem, names))
    return read_design(toml_source.read(file), file.absolute().parent)


def read_design(document: toml_source.Document, folder: Path) -> Design:
    """Return the design in a text; scenarios, frameworks and tables are looked for from its folder on.

    Raises:
        ScenarioError: it has problems; all of them are in the error.
    """
    problems = Problems(document)
    home = folder.parent if folder.name == "designs" else folder
    return _Reading(Reader(problems, Library(home)), document.tree, folder, home).design()


@dataclass
class _Reading:
    """Reads one design: the base scenario first, for everything else is tried on it."""

    reader: Reader
    tree: Mapping[str, Any]
    folder: Path
    home: Path

    def design(self) -> Design:
        """Return the design."""
        reader, tree = self.reader, self.tree
        problems = reader.problems
        reader.table(dict(tree), (), FIELDS)
        reader.schema(tree)
        name = reader.identity(tree, (), "name")
        base = self._base()
        if base is None:  # nothing else can be tried
            problems.raise_if_any()
            raise AssertionError("a base that is missing is a problem")
        reader.library = base.library
        base = self._with_set(base)
        collaboration = self._collaboration(base)
        frameworks = self._frameworks()
        partners = self._partners(base, collaboration)
        factors = self._factors(base)
        sample = self._sample(base)
        table = self._table(base)
        if sample is not None and table is not None:
            problems.add(("table",), "a design has a sample or a table, not both")
        self._no_column_twice(factors, sample, table)
        made = Design(
            name=name,
            title=reader.text(tree, "title", (), Values({"en": name, "nl": name})),
            description=reader.text(tree, "description", ()),
            scenario=base,
            seed=self._whole("seed", 0, SEED_MOST, 1),
            replicates=self._whole("replicates", 1, REPLICATES_MOST, 1),
            collaboration=collaboration,
            frameworks=frameworks,
            partners=partners,
            factors=factors,
            sample=sample,
            table=table,
            outputs=self._outputs(),
            given_block_runs=self._whole("block_runs", 1, BLOCK_RUNS_MOST, 0) or None,
        )
        if not len(problems) and made.runs > RUNS_MOST:
            message = f"{made.runs} runs are too many"
            problems.add((), message, value=made.runs, allowed=f"at most {RUNS_MOST}")
        problems.raise_if_any()
        return made

    # ------------------------------------------------------------ the base

    def _base(self) -> Scenario | None:
        problems = self.reader.problems
        given = self.tree.get("scenario")
        if not isinstance(given, str) or "\0" in given:
            message = "scenario is missing" if given is None else f"{shown(given)} is not allowed"
            allowed = f"a file, or one of {', '.join(packaged.shipped())}"
            problems.add(("scenario",) if given is not None else (), message, value=given, allowed=allowed)
            return None
        places = [self.folder / given, self.home / given, self.home / f"{given}.toml"]
        try:
            found = next((place for place in places if place.is_file()), None)
            return load(found if found is not None else given)
        except ScenarioError as error:
            self._take_over(error, ("scenario",), given, "")
        except OSError:
            problems.add(("scenario",), f"{shown(given)} cannot be a file", value=given)
        return None

    def _take_over(self, error: ScenarioError, at: Location, value: Any, path: str) -> None:
        """Note what was wrong with a value that was tried, at its place in this file."""
        for each in error.problems:
            if each.line:  # in another file, where it is told best
                self.reader.problems.extend(ScenarioError([each]))
                continue
            message = each.message if each.path in ("", path) else f"{each.path}: {each.message}"
            near = [each.nearest] if each.nearest else []
            self.reader.problems.add(
                at, message, value=value, allowed=each.allowed, wanted=each.nearest, pool=near, form="{}"
            )

    def _tried(self, base: Scenario, path: str, value: Any, at: Location) -> Scenario | None:
        """Return the base with one value changed; None, and noted, if that is not allowed."""
        try:
            return base.replace({path: value}, source="design")
        except ScenarioError as error:
            self._take_over(error, at, value, path)
            return None

    def _with_set(self, base: Scenario) -> Scenario:
        given = self.reader.table(self.tree.get("set", {}), ("set",), self.tree.get("set", {}))
        for location, path, value in flattened(given):
            base = self._tried(base, path, value, ("set", *location)) or base
        return base

    def _collaboration(self, base: Scenario) -> str:
        if "collaboration" not in self.tree:
            return ""
        ids = [each.id for each in base.collaborations]
        return self.reader.reference(self.tree["collaboration"], ("collaboration",), ids, "collaboration")

    # ------------------------------------------------------------ what is crossed

    def _frameworks(self) -> tuple[Framework, ...]:
        reader, found = self.reader, []
        given = self._list("frameworks", "a list of frameworks")
        for number, value in enumerate(given):
            at = ("frameworks", number)
            made = from_shelf(reader, value, at, "frameworks", "framework", reader.library.framework)
            if made is not None:
                if made in found:
                    reader.problems.add(at, f"{shown(value)} is given twice", value=value)
                found.append(made)
        return tuple(found)

    def _partners(self, base: Scenario, collaboration: str) -> tuple[int, ...]:
        given = self._list("partners", "a list of whole numbers")
        found: list[int] = []
        for number, value in enumerate(given):
            at = ("partners", number)
            whole = isinstance(value, int) and not isinstance(value, bool)
            if not whole or not PARTNERS_LEAST <= value <= PARTNERS_MOST:
                allowed = f"whole numbers from {PARTNERS_LEAST} to {PARTNERS_MOST}"
                self.reader.problems.add(at, f"{shown(value)} is not allowed", value=value, allowed=allowed)
            elif value in found:
                self.reader.problems.add(at, f"{value} is given twice", value=value)
            else:
                found.append(value)
        if found and not collaboration and len(base.collaborations) > 1 and "collaboration" not in self.tree:
            allowed = f"one of {', '.join(each.id for each in base.collaborations)}"
            message = "collaboration is missing: whose number of partners is it?"
            self.reader.problems.add(("partners",), message, allowed=allowed)
        return tuple(found)

    def _factors(self, base: Scenario) -> tuple[Factor, ...]:
        found = [
            self._factor(base, row, ("vary", number)) for number, row in enumerate(self.reader.rows(self.tree, "vary"))
        ]
        found.append(self._interventions(base) if INTERVENTIONS in self.tree else None)
        return tuple(each for each in found if each is not None)

    def _factor(self, base: Scenario, row: Any, at: Location) -> Factor | None:
        given = self.reader.table(row, at, VARY_FIELDS)
        if not given:
            return None
        forms = [form for form in ("values", "steps", "options") if form in given]
        if len(forms) != 1:
            message = "what varies is missing" if not forms else f"{' and '.join(forms)} do not go together"
            allowed = "values = [...], or low, high and steps, or name and options"
            self.reader.problems.add(at, message, allowed=allowed)
            return None
        if forms == ["options"]:
            return self._options(base, given, at)
        named = self._named(base, given, at)
        if named is None:
            return None
        path, target = named
        also = self._also(base, given, at)
        quantity = target.quantity
        values = self._values(given, at) if forms == ["values"] else self._steps(given, at, quantity)
        options: list[Option] = []
        for place, value in values:
            if any(value == each.value for each in options):
                self.reader.problems.add(place, f"{shown(value)} is given twice", value=value)
            elif not isinstance(value, int | float | str) or isinstance(value, bool):
                allowed = "a number or a text"
                self.reader.problems.add(place, f"{shown(value)} is not allowed", value=value, allowed=allowed)
            elif all(self._tried(base, each, value, place) is not None for each in (path, *also)):
                sets = [(each, self._standing(each, value)) for each in (path, *also)]
                options.append(Option(value, tuple(sets)))
        return Factor(path, quantity.unit if quantity else "name", tuple(options)) if options else None

    def _standing(self, path: str, value: Any) -> Any:
        """Return a value so that the design stands by itself: a framework as what it is, not by its id."""
        is_framework = path.endswith(".framework") and isinstance(value, str)
        return self.reader.library.framework(value) if is_framework else value

    def _named(self, base: Scenario, given: Mapping[str, Any], at: Location) -> tuple[str, Target] | None:
        path = given.get("path")
        if not isinstance(path, str):
            message = "path is missing" if path is None else f"{shown(path)} is not allowed"
            self.reader.problems.add(at, message, value=path, allowed="the path of a value")
            return None
        try:
            return path, match(Index(base.tree), path)[0]
        except PathError as error:
            where = at if at[-2:-1] == ("also",) else (*at, "path")
            self.reader.problems.add_path(where, error, value=path)
            return None

    def _also(self, base: Scenario, given: Mapping[str, Any], at: Location) -> tuple[str, ...]:
        """Return the further paths that get the same value."""
        paths = given.get("also", [])
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            message = f"{shown(paths)} is not allowed"
            self.reader.problems.add((*at, "also"), message, value=paths, allowed="a list of paths")
            return ()
        found = []
        for number, path in enumerate(paths):
            if self._named(base, {"path": path}, (*at, "also", number)) is not None:
                found.append(path)
        return tuple(found)

    def _values(self, given: Mapping[str, Any], at: Location) -> list[tuple[Location, Any]]:
        values = given["values"]
        if not isinstance(values, list) or not 0 < len(values) <= OPTIONS_MOST:
            allowed = f"a list of 1 to {OPTIONS_MOST} values"
            self.reader.problems.add((*at, "values"), f"{shown(values)} is not allowed", value=values, allowed=allowed)
            return []
        return [((*at, "values", number), value) for number, value in enumerate(values)]

    def _steps(self, given: Mapping[str, Any], at: Location, quantity: Quantity | None) -> list[tuple[Location, Any]]:
        steps = given["steps"]
        if not isinstance(steps, int) or isinstance(steps, bool) or not 2 <= steps <= STEPS_MOST:
            allowed = f"a whole number from 2 to {STEPS_MOST}"
            self.reader.problems.add((*at, "steps"), f"{shown(steps)} is not allowed", value=steps, allowed=allowed)
            return []
        span = self._span(given, at, str(given["path"]), quantity)
        if span is None:
            return []
        values = [span.low + (span.high - span.low) * number / (steps - 1) for number in range(steps)]
        if span.whole and any(value != round(value) for value in values):
            message = f"{steps} steps from {span.low:g} to {span.high:g} are no whole numbers"
            self.reader.problems.add((*at, "steps"), message, value=steps)
            return []
        return [((*at, "steps"), round(value) if span.whole else round(value, 12)) for value in values]

    def _span(self, given: Mapping[str, Any], at: Location, path: str, quantity: Quantity | None) -> Span | None:
        """Return the bounds between which a value varies; the plausible range of the register if none are given."""
        if quantity is None or quantity.choices:
            self.reader.problems.add((*at, "path"), "this is no number; give its values one by one", value=path)
            return None
        bounds = []
        for name, usual in (("low", quantity.low), ("high", quantity.high)):
            value = given.get(name, usual)
            kept = checked(quantity, value)
            if kept is None:
                self.reader.refuse((*at, name), quantity, value)
            else:
                bounds.append(float(kept))
        if len(bounds) == 2 and not bounds[0] < bounds[1]:
            where = (*at, "high") if "high" in given else at
            self.reader.problems.add(where, f"high has to be above low ({bounds[0]:g})", value=bounds[1])
            return None
        return Span(path, bounds[0], bounds[1], quantity.whole) if len(bounds) == 2 else None

    def _options(self, base: Scenario, given: Mapping[str, Any], at: Location) -> Factor | None:
        name = self.reader.identity(given, at, "name")
        options: list[Option] = []
        rows = self.reader.rows(given, "options", at)
        if not 0 < len(rows) <= OPTIONS_MOST:
            self.reader.problems.add((*at, "options"), "there are none", allowed=f"1 to {OPTIONS_MOST} tables")
        for number, row in enumerate(rows):
            where = (*at, "options", number)
            table = self.reader.table(row, where, OPTION_FIELDS)
            label = self.reader.identity(table, where, "name") if table else ""
            if label in [each.value for each in options]:
                self.reader.problems.add((*where, "name"), f"{shown(label)} is given twice", value=label)
            sets = self.reader.table(table.get("set", {}), (*where, "set"), table.get("set", {}))
            done: list[tuple[str, Any]] = []
            tried = base
            for location, path, value in flattened(sets):
                made = self._tried(tried, path, value, (*where, "set", *location))
                if made is not None:
                    tried = made
                    done.append((path, self._standing(path, value)))
            interventions = self.reader.rows(table, "interventions", where)
            if interventions:
                interventions = self._tried_interventions(tried, interventions, (*where, "interventions"))
            options.append(Option(label, tuple(done), tuple(interventions)))
        return Factor(name, "name", tuple(options)) if name and options else None

    def _tried_interventions(self, base: Scenario, rows: list[Any], at: Location) -> list[Mapping[str, Any]]:
        """Return interventions so that they stand by themselves: what they use as a table, not by its id."""
        try:
            made = base.with_interventions(*rows)
        except (ScenarioError, TypeError, ValueError) as error:
            if not isinstance(error, ScenarioError):
                self.reader.problems.add(at, "these are no interventions", value=rows)
            else:
                self._take_over(error, at, rows, "")
            return []
        return made.as_dict()["interventions"][len(base.interventions) :]  # type: ignore[no-any-return]

    def _interventions(self, base: Scenario) -> Factor | None:
        at: Location = (INTERVENTIONS,)
        given = self.reader.table(self.tree[INTERVENTIONS], at, INTERVENTION_FIELDS)
        known = self.reader.library.names("interventions")
        wanted = given.get("use", ALL)
        ids = known if wanted == ALL else wanted
        if not isinstance(ids, list) or not ids:
            allowed = f'a list of ready-made interventions, or "{ALL}"'
            self.reader.problems.add((*at, "use"), f"{shown(wanted)} is not allowed", value=wanted, allowed=allowed)
            return None
        month = self.reader.whole(given, "month", at, 1, 1)
        rows: dict[str, Mapping[str, Any]] = {}
        for number, identity in enumerate(ids):
            where = (*at, "use", number)
            if identity not in known:
                self.reader.reference(identity, where, known, "intervention")
                continue
            if identity in rows:
                self.reader.problems.add(where, f"{shown(identity)} is given twice", value=identity)
            row = {"use": identity, "month": month} | ({"until": given["until"]} if "until" in given else {})
            made = self._tried_interventions(base, [row], where if wanted != ALL else at)
            if made:
                rows[identity] = made[0]
        most = given.get("at_once", 1)
        if not isinstance(most, int) or isinstance(most, bool) or not 1 <= most <= AT_ONCE_MOST:
            allowed = f"a whole number from 1 to {AT_ONCE_MOST}: one by one, also in pairs, also by three"
            self.reader.problems.add((*at, "at_once"), f"{shown(most)} is not allowed", value=most, allowed=allowed)
            return None
        sets = [some for size in range(most + 1) for some in combinations(rows, size)]
        options = tuple(Option("+".join(some), (), tuple(rows[each] for each in some)) for some in sets)
        if len(options) > OPTIONS_MOST:
            self.reader.problems.add(at, f"{len(options)} combinations are too many", allowed=f"at most {OPTIONS_MOST}")
        return Factor(INTERVENTIONS, "name", options)

    # ------------------------------------------------------------ points

    def _sample(self, base: Scenario) -> Sample | None:
        if "sample" not in self.tree:
            return None
        at: Location = ("sample",)
        given = self.reader.table(self.tree["sample"], at, SAMPLE_FIELDS)
        method = self.reader.choice(given, "method", at, tuple(METHODS))
        points = self._whole("points", 1, POINTS_MOST, None, given, at)
        if method in POWERS_OF_TWO and points & (points - 1):
            near = 2 ** round(math.log2(points))
            message = f"{points} is no power of two, which the method {method} needs"
            self.reader.problems.add((*at, "points"), message, value=points, allowed=f"for instance {near}")
        spans: dict[str, tuple[Span, str]] = {}
        if given.get("uncertainties", False) is True:
            for name, quantity in PARAMETERS.items():
                if quantity.kind == "uncertainty":
                    path = f"parameters.{name}"
                    spans[path] = (Span(path, quantity.low, quantity.high, quantity.whole), quantity.unit)
        elif given.get("uncertainties", False) is not False:
            value = given["uncertainties"]
            message = f"{shown(value)} is not allowed"
            self.reader.problems.add((*at, "uncertainties"), message, value=value, allowed="true or false")
        for number, row in enumerate(self.reader.rows(given, "over", at)):
            where = (*at, "over", number)
            table = self.reader.table(row, where, OVER_FIELDS)
            named = self._named(base, table, where) if table else None
            if named is None:
                continue
            path, target = named
            span = self._span(table, where, path, target.quantity)
            if span is not None and target.quantity is not None:
                also = self._also(base, table, where)
                for value in (span.low, span.high):  # in range, and yet a target may differ (a share that must add up)
                    for each in (path, *also):
                        self._tried(base, each, as_value(target.quantity, value), where)
                spans[path] = (replace(span, also=also), target.quantity.unit)
        if not spans and {"uncertainties", "over"} & set(given):
            return None  # what is wrong with them has been told
        if not spans:
            allowed = "uncertainties = true, or tables [[sample.over]] with a path each"
            self.reader.problems.add(at, "nothing is sampled", allowed=allowed)
            return None
        return Sample(method, points, tuple(s for s, _ in spans.values()), tuple(u for _, u in spans.values()))

    def _table(self, base: Scenario) -> Table | None:
        if "table" not in self.tree:
            return None
        given = self.reader.table(self.tree["table"], ("table",), TABLE_FIELDS)
        name = given.get("file")
        if not isinstance(name, str) or "\0" in name:
            message = "file is missing" if name is None else f"{shown(name)} is not allowed"
            self.reader.problems.add(("table",), message, value=name, allowed="the name of a CSV file")
            return None
        file = self.folder / name
        try:
            with file.open("rb") as stream:
                data = stream.read(toml_source.SIZE_MOST * 10 + 1)
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.reader.problems.add(("table", "file"), f"{file} is not UTF-8 text", value=name)
            return None
        except OSError as error:
            message = f"{file} cannot be read: {error.strerror or error}"
            self.reader.problems.add(("table", "file"), message, value=name)
            return None
        if len(data) > toml_source.SIZE_MOST * 10:
            self.reader.problems.add(("table", "file"), f"{file} is too large", value=name)
            return None
        try:
            return _read_table(text, str(file), base)
        except ScenarioError as error:
            self.reader.problems.extend(error)
            return None

    # ------------------------------------------------------------ small things

    def _no_column_twice(self, factors: Iterable[Factor], sample: Sample | None, table: Table | None) -> None:
        seen: set[str] = set()
        names = [factor.name for factor in factors]
        names += [span.path for span in sample.spans] if sample is not None else []
        names += table.columns if table is not None else ()
        for name in names:
            if name in seen:
                self.reader.problems.add(("vary",), f"{shown(name)} varies twice", value=name)
            seen.add(name)

    def _list(self, name: str, allowed: str) -> list[Any]:
        given = self.tree.get(name, [])
        if isinstance(given, list) and (given or name not in self.tree) and len(given) <= OPTIONS_MOST:
            return given
        self.reader.problems.add((name,), f"{shown(given)} is not allowed", value=given, allowed=allowed)
        return []

    def _outputs(self) -> tuple[str, ...]:
        found = self.reader.words(self.tree, "outputs", (), OUTPUTS, ("runs",))
        return tuple(dict.fromkeys(("runs", *found)))

    def _whole(
        self, name: str, least: int, most: int, otherwise: int | None, given: Mapping[str, Any] | None = None,
        at: Location = (),
    ) -> int:  # fmt: skip
        """Return a whole number; ``otherwise`` if it is left out, and ``least`` after a problem."""
        table = self.tree if given is None else given
        allowed = f"a whole number from {least} to {most}"
        if name not in table:
            if otherwise is None:
                self.reader.problems.add(at, f"{name} is missing", allowed=allowed)
                return least
            return otherwise
        value = table[name]
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.reader.problems.add((*at, name), f"{shown(value)} is not allowed", value=value, allowed=allowed)
        return least


# ---------------------------------------------------------------- tables


class _Csv:
    """A CSV text as a source of problems: locations are a line and a column, from 0."""

    def __init__(self, name: str, header: list[str]) -> None:
        self.name, self._header = name, header

    def place(self, location: Location) -> tuple[int, int, str]:
        """Return line and column, from 1."""
        return (int(location[0]) + 1, int(location[1]) + 1, "") if location else (0, 0, "")

    def path(self, location: Location) -> str:
        """Return the path at the head of the column."""
        return tidy(self._header[int(location[1])]) if location and int(location[1]) < len(self._header) else ""


def _read_table(text: str, name: str, base: Scenario) -> Table:
    try:
        lines = [row for row in csv.reader(io.StringIO(text), strict=True) if row]
    except csv.Error as error:
        raise single(name, f"this is not CSV: {error}") from None
    header = [each.strip() for each in lines[0]] if lines else []
    problems = Problems(_Csv(name, header))
    if len(lines) < 2 or len(lines) * len(header) > TABLE_VALUES_MOST:
        allowed = f"a line with paths, and lines with values, at most {TABLE_VALUES_MOST} values"
        problems.add((), "there are no values" if len(lines) < 2 else "the table is too large", allowed=allowed)
        problems.raise_if_any()
    index = Index(base.tree)
    targets: list[Target | None] = []
    for column, path in enumerate(header):
        target = None
        try:
            target = match(index, path)[0]
        except PathError as error:
            problems.add_path((0, column), error, value=path)
        if target is not None and target.quantity is None and target.name != "framework":
            problems.add((0, column), "a table holds numbers, choices and frameworks only", value=path)
            target = None
        if header.index(path) != column:
            problems.add((0, column), "the path is given twice", value=path)
        targets.append(target)
    frameworks = packaged.shipped("frameworks")  # those that are there wherever a block is computed
    rows: list[tuple[Value, ...]] = []
    for line, given in enumerate(lines[1:], start=1):
        if len(given) != len(header):
            problems.add((line, 0), f"the line has {len(given)} values", allowed=f"{len(header)} are needed")
            continue
        rows.append(
            tuple(
                _cell(problems, target, word.strip(), (line, column), frameworks)
                for column, (target, word) in enumerate(zip(targets, given, strict=True))
            )
        )
    problems.raise_if_any()
    units = tuple(target.quantity.unit if target and target.quantity else "name" for target in targets)
    return Table(tuple(header), units, tuple(rows))


def _cell(problems: Problems, target: Target | None, word: str, at: Location, frameworks: tuple[str, ...]) -> Value:
    if target is None:
        return word
    if target.quantity is None:
        if word not in frameworks:
            message = f"there is no framework called {shown(word)}"
            problems.add(at, message, value=word, wanted=word, pool=frameworks, form='"{}"')
        return word
    value = word if target.quantity.choices else parse_set(f"value={word}")[1]
    kept = checked(target.quantity, value)
    if kept is None:
        Reader(problems, Library(None)).refuse(at, target.quantity, value)
        return word
    return kept
