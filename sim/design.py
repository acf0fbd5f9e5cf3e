"""Designs of sweeps: a file says what varies, and every run follows from the design and its own number.

A design lays rows over a base scenario: what varies (lists, grids, options of several values, sampled points or a
table), numbers of partners and frameworks, all crossed. Each row is run ``replicates`` times; run = row × replicates +
replicate, from 0. The points of a sample or table change slowest, then what varies in the order of the file, then
partners, then frameworks, so that runs that stand together differ in their framework.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import Any

from sim.elements import Framework, Value, Values, as_plain, framework_dict, ready_made_dict
from sim.group_size import of_number
from sim.paths import copied
from sim.sampling import Span, count, scaled, unit_points
from sim.scenario import Scenario, from_dict

OUTPUTS = ("runs", "series", "organisations", "events")
REPLICATES_MOST = 1_000_000
RUNS_MOST = 100_000_000
BLOCK_RUNS_MOST = 100_000
_BLOCK_RUNS = 256
_BLOCKS_WANTED = 16
_BLOCK_BYTES = 64 * 1024**2  # that a block may hold while it is computed
# Bytes of a month of a run, roughly: of each collaboration in series and events, and of each organisation.
_SERIES_BYTES, _EVENTS_BYTES, _ORGANISATION_BYTES = 600, 300, 160
INTERVENTIONS = "interventions"
"""The column that says which ready-made interventions were laid on a run: ids with a plus between them, or nothing."""


@dataclass(frozen=True)
class Option:
    """One of the values that a factor takes: what its column says, and what it means for the scenario."""

    value: Value
    set: tuple[tuple[str, Any], ...] = ()
    interventions: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Factor:
    """Something that takes a few values in turn; ``name`` is its column, mostly a path."""

    name: str
    unit: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Sample:
    """Points that fill the space of some values; ``points`` is the number asked for."""

    method: str
    points: int
    spans: tuple[Span, ...]
    units: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Points given one by one: a column for each path, a row for each point."""

    columns: tuple[str, ...]
    units: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True)
class Row:
    """What one row of a design stands for, by the places in its lists."""

    point: int
    options: tuple[int, ...]
    partners: int | None
    framework: Framework | None


@dataclass(frozen=True, repr=False)
class Design:
    """A whole sweep: immutable, complete, and standing by itself (frameworks and interventions included)."""

    name: str
    title: Values[str]
    description: Values[str]
    scenario: Scenario
    seed: int = 1
    replicates: int = 1
    collaboration: str = ""
    frameworks: tuple[Framework, ...] = ()
    partners: tuple[int, ...] = ()
    factors: tuple[Factor, ...] = ()
    sample: Sample | None = None
    table: Table | None = None
    outputs: tuple[str, ...] = ("runs",)
    given_block_runs: int | None = None
    _sized: dict[int | None, Scenario] = field(default_factory=dict, compare=False)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Return a short description."""
        return f"<Design {self.name}: {self.rows} rows × {self.replicates} replicates of {self.scenario.name}>"

    # ------------------------------------------------------------ sizes

    @property
    def points(self) -> int:
        """Return the number of sampled or given points; 1 if there are none."""
        if self.sample is not None:
            return count(self.sample.method, self.sample.points, len(self.sample.spans))
        return len(self.table.rows) if self.table is not None else 1

    @property
    def arms(self) -> int:
        """Return the number of rows that share a point."""
        options = prod(len(factor.options) for factor in self.factors)
        return options * max(1, len(self.partners)) * max(1, len(self.frameworks))

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return self.points * self.arms

    @property
    def runs(self) -> int:
        """Return the number of runs."""
        return self.rows * self.replicates

    @property
    def block_runs(self) -> int:
        """Return how many runs go into a block.

        A second or so of work, some blocks even for a small design, and fewer where every month is kept of large runs.
        """
        if self.given_block_runs is not None:
            return self.given_block_runs
        fit = _BLOCK_BYTES // max(1, self._run_bytes)
        return max(1, min(_BLOCK_RUNS, -(-self.runs // _BLOCKS_WANTED), fit))

    @property
    def _run_bytes(self) -> int:
        """Return how many bytes a run holds of what is kept of every month, roughly."""
        added = sum(max(self.partners, default=0) for _ in self.scenario.collaborations)
        monthly = {
            "series": _SERIES_BYTES * len(self.scenario.collaborations),
            "events": _EVENTS_BYTES * len(self.scenario.collaborations),
            "organisations": _ORGANISATION_BYTES * (len(self.scenario.organisations) + added),
        }
        months = [self.scenario.months]
        months += [int(option.value) for f in self.factors if f.name == "months" for option in f.options]
        return max(months) * sum(size for name, size in monthly.items() if name in self.outputs)

    @property
    def blocks(self) -> int:
        """Return the number of blocks."""
        return -(-self.runs // self.block_runs)

    def block(self, number: int) -> range:
        """Return the runs of a block."""
        return range(number * self.block_runs, min((number + 1) * self.block_runs, self.runs))

    # ------------------------------------------------------------ rows

    def row(self, number: int) -> Row:
        """Return a row by its number, from 0."""
        rest, place = divmod(number, max(1, len(self.frameworks)))
        framework = self.frameworks[place] if self.frameworks else None
        rest, place = divmod(rest, max(1, len(self.partners)))
        partners = self.partners[place] if self.partners else None
        options: list[int] = []
        for factor in reversed(self.factors):
            rest, place = divmod(rest, len(factor.options))
            options.append(place)
        return Row(rest, tuple(reversed(options)), partners, framework)

    @cached_property
    def _points(self) -> Any:
        assert self.sample is not None  # noqa: S101
        return unit_points(self.sample.method, self.sample.points, len(self.sample.spans), self.seed)

    def point(self, number: int) -> dict[str, Value]:
        """Return the values of a sampled or given point by path."""
        if self.sample is not None:
            units = self._points[number]
            return {span.path: scaled(span, unit) for span, unit in zip(self.sample.spans, units, strict=True)}
        if self.table is not None:
            return dict(zip(self.table.columns, self.table.rows[number], strict=True))
        return {}

    def varied(self, row: Row) -> dict[str, Value]:
        """Return what a row sets, by the column that says so; partners and framework have columns anyway."""
        chosen = zip(self.factors, row.options, strict=True)
        values = {factor.name: factor.options[place].value for factor, place in chosen} | self.point(row.point)
        return {name: str(value) if name in self._texts else float(value) for name, value in values.items()}

    @cached_property
    def _texts(self) -> set[str]:
        """Return the columns that hold words: those in which at least one value is one."""
        texts = {f.name for f in self.factors if any(isinstance(option.value, str) for option in f.options)}
        if self.table is not None:
            columns = zip(self.table.columns, zip(*self.table.rows, strict=True), strict=True)
            texts |= {name for name, values in columns if any(isinstance(value, str) for value in values)}
        return texts

    @cached_property
    def units(self) -> dict[str, str]:
        """Return the unit of every varied column."""
        units = {factor.name: factor.unit for factor in self.factors}
        if self.sample is not None:
            units |= {span.path: unit for span, unit in zip(self.sample.spans, self.sample.units, strict=True)}
        if self.table is not None:
            units |= dict(zip(self.table.columns, self.table.units, strict=True))
        return units

    def scenario_of(self, row: Row) -> Scenario:
        """Return the scenario that a row runs.

        Raises:
            ScenarioError: what the row puts together is not allowed.
        """
        base = self.of_size(row.partners)
        values: list[tuple[str, Any]] = []
        if row.framework is not None:
            values.append((f"collaborations.{self.collaboration or '*'}.framework", row.framework))
        interventions: list[Mapping[str, Any]] = []
        for factor, place in zip(self.factors, row.options, strict=True):
            option = factor.options[place]
            values += option.set
            interventions += option.interventions
        point = self.point(row.point)
        values += point.items()
        for span in self.sample.spans if self.sample is not None else ():
            values += [(path, point[span.path]) for path in span.also]
        if interventions:
            values.append(("interventions", [*base.tree.get("interventions", []), *interventions]))
        return base.replace(values, source=self.name) if values else base

    def of_size(self, partners: int | None) -> Scenario:
        """Return the base scenario with a number of partners; kept, for it is asked for again and again."""
        if partners not in self._sized:
            made = self.scenario
            if partners is not None:
                ids = [self.collaboration] if self.collaboration else [each.id for each in made.collaborations]
                for identity in ids:
                    made = of_number(made, identity, partners)
            self._sized[partners] = made
        return self._sized[partners]

    # ------------------------------------------------------------ as plain tables

    def as_dict(self) -> dict[str, Any]:
        """Return the design as plain tables and lists with everything filled in; ``design_of`` makes it one again."""
        return {
            "name": self.name,
            "title": dict(self.title),
            "description": dict(self.description),
            "seed": self.seed,
            "replicates": self.replicates,
            "collaboration": self.collaboration,
            "frameworks": [as_plain(each) for each in self.frameworks],
            "partners": list(self.partners),
            "factors": [
                {
                    "name": factor.name,
                    "unit": factor.unit,
                    "options": [
                        {
                            "value": option.value,
                            "set": [[path, as_plain(value)] for path, value in option.set],
                            "interventions": [as_plain(each) for each in option.interventions],
                        }
                        for option in factor.options
                    ],
                }
                for factor in self.factors
            ],
            "sample": _sample_dict(self.sample) if self.sample is not None else None,
            "table": _table_dict(self.table) if self.table is not None else None,
            "outputs": list(self.outputs),
            "block_runs": self.block_runs,
            "given": _standing(self.scenario),
            "scenario": self.scenario.as_dict(),
        }


def _standing(scenario: Scenario) -> dict[str, Any]:
    """Return what was given of a scenario, without defaults (they may hang on what varies), but standing by itself."""
    tree: dict[str, Any] = copied(scenario.tree)
    for row in tree["collaborations"]:
        if isinstance(row["framework"], str):
            row["framework"] = framework_dict(scenario.library.framework(row["framework"]))
    for row in tree.get("interventions", []):
        if isinstance(row.get("use"), str):
            row["id"] = row.get("id", row["use"])
            row["use"] = ready_made_dict(scenario.library.ready_made(row["use"]))
    plain: dict[str, Any] = as_plain(tree)
    return plain


def _sample_dict(sample: Sample) -> dict[str, Any]:
    spans = [
        {
            "path": span.path,
            "low": span.low,
            "high": span.high,
            "whole": span.whole,
            "also": list(span.also),
            "unit": unit,
        }
        for span, unit in zip(sample.spans, sample.units, strict=True)
    ]
    return {"method": sample.method, "points": sample.points, "over": spans}


def _table_dict(table: Table) -> dict[str, Any]:
    return {"columns": list(table.columns), "units": list(table.units), "rows": [list(row) for row in table.rows]}


def design_of(plain: Mapping[str, Any]) -> Design:
    """Return the design that ``Design.as_dict`` was made of.

    Raises:
        ScenarioError: the scenario in it has problems.
        KeyError, TypeError: these are not the tables of a design.
    """
    sample, table = plain["sample"], plain["table"]
    return Design(
        name=plain["name"],
        title=Values(plain["title"]),
        description=Values(plain["description"]),
        scenario=from_dict(plain["given"], source=plain["name"]),
        seed=plain["seed"],
        replicates=plain["replicates"],
        collaboration=plain["collaboration"],
        frameworks=tuple(framework_of(each) for each in plain["frameworks"]),
        partners=tuple(plain["partners"]),
        factors=tuple(
            Factor(
                factor["name"],
                factor["unit"],
                tuple(
                    Option(
                        option["value"],
                        tuple((path, value) for path, value in option["set"]),
                        tuple(option["interventions"]),
                    )
                    for option in factor["options"]
                ),
            )
            for factor in plain["factors"]
        ),
        sample=Sample(
            sample["method"],
            sample["points"],
            tuple(
                Span(each["path"], each["low"], each["high"], each["whole"], tuple(each["also"]))
                for each in sample["over"]
            ),
            tuple(each["unit"] for each in sample["over"]),
        )
        if sample
        else None,
        table=Table(tuple(table["columns"]), tuple(table["units"]), tuple(tuple(row) for row in table["rows"]))
        if table
        else None,
        outputs=tuple(plain["outputs"]),
        given_block_runs=plain["block_runs"],
    )


def framework_of(plain: Mapping[str, Any]) -> Framework:
    """Return a framework from plain tables that are known to be right."""
    return Framework(
        plain["id"], Values(plain["title"]), Values(plain["description"]), plain["sources"], Values(plain["structure"])
    )
