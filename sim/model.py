"""The model for Mesa: a run that can be stepped, looked at and changed, one agent for each thing that acts.

``CollaborationModel`` owns a state and lets months pass with the same compiled rules as the ensembles, so that a run
here and the same run there are identical, bit for bit. Agents hold no values: an attribute reads the agent's row of the
state, and a number that is assigned is written there. This is the only module that imports Mesa.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from mesa import Agent, DataCollector, Model
from mesa.agent import AgentSet

from sim.columns import BUREAU, COLUMNS, FREE, TAKING_PART, Column
from sim.compiled import entry
from sim.inputs import DOMAINS, ORGANISATION_KINDS, RESOURCES, ROLES
from sim.log import EVENTS
from sim.mechanisms.diagnosis import BINDINGS
from sim.mechanisms.phases import END_STATES
from sim.outcomes import OUTCOMES, observations, observe
from sim.population import Population, begin, build
from sim.randomness import run_key
from sim.scenario import Scenario, load
from sim.schedule import month
from sim.structure import LEVELS

if TYPE_CHECKING:
    import pandas as pd

_KEUR = 100_000.0  # cents
_NUMBERS_END = 2**63  # of seeds and replicates
_STATUS = ("outside", "taking_part", "left")
_ENDINGS = ("going_on", "goal_reached", "exit", "failure")
_PROJECT_STATUS = ("free", "proposed", "running")
_PROPOSERS = (*LEVELS, "bureau")
_EVENTS_A_ROW = 4  # more than any row of the state logs in a month


@entry
def observe_all(state, rows):  # type: ignore[no-untyped-def]
    """Write down how every collaboration stands."""
    for c in range(len(state.collaborations)):
        observe(state, c, rows[c])


class _Memory:
    """The state of one run in one block of memory, so that copies of a model are whole and apart."""

    def __init__(self, population: Population, buffer: Any = None, log: Any = None) -> None:
        self.population = population
        self.buffer = population.buffer.copy() if buffer is None else buffer
        self.state = population.layout.state(self.buffer)
        if log is not None:
            self.state = self.state._replace(log=log)

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what copying and pickling need: the block and the log, not the views on them."""
        return _Memory, (self.population, self.buffer.copy(), self.state.log.copy())

    def __deepcopy__(self, memo: dict[int, Any]) -> _Memory:
        """Return a copy; the population never changes and is shared."""
        copy = _Memory(self.population, self.buffer.copy(), self.state.log.copy())
        memo[id(self)] = copy
        return copy

    def make_room(self) -> None:
        """See to it that whatever a month may log fits."""
        tables = (table for name, table in zip(self.state._fields, self.state, strict=True) if name != "log")
        most = 64 + _EVENTS_A_ROW * sum(len(table) for table in tables)
        logged = int(self.state.clock[0].logged)
        if logged + most > len(self.state.log):
            larger = np.zeros(2 * len(self.state.log) + most, self.state.log.dtype).view(np.recarray)
            larger[:logged] = self.state.log[:logged]
            self.state = self.state._replace(log=larger)


# ---------------------------------------------------------------- attributes


def _names_of(names: tuple[str, ...]) -> Callable[[CollaborationModel, Any], Any]:
    return lambda _, code: names[int(code)] if 0 <= int(code) < len(names) else None


def _set_of(names: tuple[str, ...]) -> Callable[[CollaborationModel, Any], Any]:
    return lambda _, bits: tuple(name for place, name in enumerate(names) if int(bits) >> place & 1)


def _organisation_of_member(model: CollaborationModel, row: Any) -> Organisation | None:
    return model.organisations[int(model.state.members[int(row)].organisation)] if int(row) >= 0 else None


def _flag(_: CollaborationModel, value: Any) -> bool:
    return bool(value)


def _whole(_: CollaborationModel, value: Any) -> int:
    return int(value)


def _number(_: CollaborationModel, value: Any) -> float:
    return float(value)


# How a column that is not a plain number is read.
_READ: dict[tuple[str, str], Callable[[CollaborationModel, Any], Any]] = {
    ("organisations", "kind"): _names_of(ORGANISATION_KINDS),
    ("organisations", "domains"): _set_of(DOMAINS),
    ("organisations", "brings"): _set_of(RESOURCES),
    ("organisations", "needs"): _set_of(RESOURCES),
    ("members", "role"): _names_of(ROLES),
    ("members", "status"): _names_of(_STATUS),
    ("members", "organisation"): lambda model, row: model.organisations[int(row)],
    ("members", "collaboration"): lambda model, row: model.collaborations[int(row)],
    ("collaborations", "domains"): _set_of(DOMAINS),
    ("collaborations", "joint_domains"): _set_of(DOMAINS),
    ("collaborations", "ending"): _names_of(_ENDINGS),
    ("collaborations", "end_state"): _names_of(END_STATES),
    ("collaborations", "binding"): _names_of(BINDINGS),
    ("collaborations", "binding_level"): _names_of(LEVELS),
    ("collaborations", "binding_member"): _organisation_of_member,
    ("projects", "status"): _names_of(_PROJECT_STATUS),
    ("projects", "proposer"): _names_of(_PROPOSERS),
    ("projects", "member"): _organisation_of_member,
    ("projects", "domain"): _names_of(DOMAINS),
    ("spanners", "collaboration"): lambda model, row: model.collaborations[int(row)],
    ("spanners", "payer"): _organisation_of_member,
    ("spanners", "position"): _names_of(LEVELS),
}


def _reader(column: Column) -> Callable[[CollaborationModel, Any], Any]:
    found = _READ.get((column.entity, column.name))
    if found is not None:
        return found
    if column.unit == "flag" and column.dtype == "i8":
        return _flag
    return _number if column.dtype == "f8" else _whole


class _Attribute:
    """An attribute of an agent: a column of its row; numbers can be assigned."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self._read = _reader(column)
        self.__doc__ = f"{column.meaning} [{column.unit}]"

    def __get__(self, agent: Any, owner: type | None = None) -> Any:
        if agent is None:
            return self
        return self._read(agent.model, agent.row[self.column.name])

    def __set__(self, agent: Any, value: Any) -> None:
        if self.column.dtype != "f8":
            raise AttributeError(f"{self.column.name} cannot be assigned: it is no number")
        number = float(value)
        if not np.isfinite(number):
            raise ValueError(f"{self.column.name} cannot be {number}")
        agent.row[self.column.name] = number


def _shown(column: Column) -> bool:
    """Say whether a column means something to a user: not where rows stand, and not keys of luck."""
    place = column.unit == "row" and column.name.endswith(("_from", "_to"))
    return not place and column.unit != "identity"


class Row:
    """One row of the state under the names of its columns: a collaboration's structure, or the parameters."""

    def __init__(self, model: CollaborationModel, entity: str, index: int) -> None:
        object.__setattr__(self, "_at", (model, entity, index))

    def _cells(self) -> Any:
        model, entity, index = object.__getattribute__(self, "_at")
        return getattr(model.state, entity)[index]

    def __getattr__(self, name: str) -> Any:
        """Return the value of a column."""
        if name.startswith("_"):
            raise AttributeError(name)
        cells = self._cells()
        if name not in cells.dtype.names:
            raise AttributeError(f"there is no {name}")
        return cells[name].item()

    def __setattr__(self, name: str, value: float) -> None:
        """Write a column of numbers."""
        cells = self._cells()
        if name not in cells.dtype.names or cells.dtype[name] != np.float64:
            raise AttributeError(f"there is no number {name}")
        if not np.isfinite(value):
            raise ValueError(f"{name} cannot be {value}")
        cells[name] = value

    def __dir__(self) -> list[str]:
        """Return the names of the columns."""
        return list(self._cells().dtype.names)

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what copying needs."""
        return Row, object.__getattribute__(self, "_at")


# ---------------------------------------------------------------- agents


class Entity(Agent):  # type: ignore[misc]
    """An agent that is a row of the state; what it can tell are the columns of its entity (``sim/columns.py``)."""

    entity: ClassVar[str] = ""
    id: str
    model: CollaborationModel

    def __init_subclass__(cls, entity: str = "", **options: Any) -> None:
        """Give the class an attribute for each column of its entity."""
        super().__init_subclass__(**options)
        if entity:
            cls.entity = entity
            for column in COLUMNS:
                if column.entity == entity and _shown(column) and column.name not in cls.__dict__:
                    setattr(cls, column.name, _Attribute(column))

    def __init__(self, model: CollaborationModel, index: int, identity: str, name: str) -> None:
        super().__init__(model)
        self.index = index
        self.id = identity
        self.name = name

    @property
    def row(self) -> Any:
        """Return the agent's row of the state."""
        return getattr(self.model.state, self.entity)[self.index]

    def __repr__(self) -> str:
        """Return the kind of agent and its id."""
        return f"<{type(self).__name__} {self.id}>"

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...


class Organisation(Entity, entity="organisations"):
    """An organisation, with its money, its contracts and its culture."""

    @property
    def reserve_keur(self) -> float:
        """Return all that it has: the reserve, and this year's money still to be spent."""
        row = self.row
        return float(row.reserve_cents + row.free_cents + row.earmarked_cents) / _KEUR

    @property
    def levels(self) -> AgentSet:
        """Return its levels, in every collaboration that it may take part in."""
        return self.model.agents_by_type[Level].select(lambda level: level.organisation is self)

    @property
    def collaborations(self) -> list[Collaboration]:
        """Return the collaborations in which it takes part."""
        members = self.model.state.members
        rows = [row for row in members if row.organisation == self.index and row.status == TAKING_PART]
        return [self.model.collaborations[int(row.collaboration)] for row in rows]


class Level(Entity, entity="levels"):
    """A level of an organisation in one collaboration: its board, its middle or its floor."""

    @property
    def level(self) -> str:
        """Return board, middle or operational."""
        return LEVELS[self.index % 3]

    @property
    def membership(self) -> Row:
        """Return the membership of its organisation: money, months taken part, and so on."""
        return Row(self.model, "members", self.index // 3)

    def _member(self, name: str) -> Any:
        return _READ["members", name](self.model, self.model.state.members[self.index // 3][name])

    @property
    def organisation(self) -> Organisation:
        """Return the organisation."""
        found: Organisation = self._member("organisation")
        return found

    @property
    def collaboration(self) -> Collaboration:
        """Return the collaboration."""
        found: Collaboration = self._member("collaboration")
        return found

    @property
    def kind(self) -> str:
        """Return the kind of organisation."""
        return str(self.organisation.kind)

    @property
    def role(self) -> str:
        """Return the organisation's role in the collaboration."""
        return str(self._member("role"))

    @property
    def status(self) -> str:
        """Return whether the organisation is outside, taking_part or has left."""
        return str(self._member("status"))

    @property
    def hours(self) -> float:
        """Return the hours that it gives this month."""
        return float(self.row.hours_granted)

    @property
    def transparency(self) -> float:
        """Return how far it sees the other levels of its organisation, in [0, 1]: as that is transparent."""
        return float(self.organisation.transparency)

    @property
    def exclusivity(self) -> float:
        """Return how far it silently expects to be its partners' only one, in [0, 1]: the mean over its partners."""
        state, own = self.model.state, self.index // 3
        of = [each for each in state.links if own in {each.first_member, each.second_member}]
        return float(np.mean([state.relations[3 * each.pair + self.index % 3].exclusivity for each in of] or [0.0]))


class Collaboration(Entity, entity="collaborations"):
    """A collaboration; ``structure`` holds the attributes of its framework, which may be changed during a run."""

    framework: str

    @property
    def structure(self) -> Row:
        """Return the structural attributes as numbers; one of a list of choices is its place in the list."""
        return Row(self.model, "structures", self.index)

    def _members(self) -> Iterator[tuple[int, Any]]:
        own = self.row
        for place in range(int(own.member_from), int(own.member_to)):
            yield place, self.model.state.members[place]

    @property
    def organisations(self) -> list[Organisation]:
        """Return the organisations that take part."""
        taking_part = [row for _, row in self._members() if row.status == TAKING_PART]
        return [self.model.organisations[int(row.organisation)] for row in taking_part]

    @property
    def levels(self) -> AgentSet:
        """Return the levels of all organisations that take part or may do so."""
        return self.model.agents_by_type[Level].select(lambda level: level.collaboration is self)

    @property
    def projects(self) -> list[Project]:
        """Return the projects proposed and running."""
        return [project for project in self.model.projects if project.collaboration is self]

    @property
    def invested_keur(self) -> dict[str, float]:
        """Return what was invested so far, by kind of organisation."""
        return {kind: float(self.row[f"invested_{kind}"]) for kind in ORGANISATION_KINDS}

    @property
    def issues_open(self) -> dict[str, int]:
        """Return the open problems by level."""
        return {level: int(self.row[f"problems_{level}"]) for level in LEVELS}

    @property
    def outcomes(self) -> dict[str, Any]:
        """Return how the collaboration stands, under the names of the results."""
        return {outcome.name: self.model.outcome(outcome.name, self.index) for outcome in OUTCOMES}


class Project(Entity, entity="projects"):
    """A project, from the month it is proposed to the month it ends; after that its agent has no values."""

    collaboration: Collaboration
    luck: int

    @property
    def row(self) -> Any:
        """Return the project's row of the state."""
        row = self.model.state.projects[self.index]
        if int(row.identity) != self.luck or row.status == FREE:
            raise AttributeError(f"project {self.id} is over")
        return row

    @property
    def organisation(self) -> Organisation:
        """Return the organisation that proposed it."""
        found: Organisation = self.member
        return found

    @property
    def level(self) -> str | None:
        """Return the level that proposed it; None for a bureau."""
        return None if self.row.proposer == BUREAU else LEVELS[int(self.row.proposer)]

    @property
    def team(self) -> list[Organisation]:
        """Return the organisations in the team."""
        bits = int(self.row.team)
        return [
            self.model.organisations[int(row.organisation)]
            for place, (_, row) in enumerate(self.collaboration._members())
            if bits >> place & 1
        ]


class BoundarySpanner(Entity, entity="spanners"):
    """Somebody who works between the organisations."""


# ---------------------------------------------------------------- the model


class CollaborationModel(Model):  # type: ignore[misc]
    """One run of a scenario; ``step()`` lets a month pass, also beyond the scenario's last.

    Agents: ``Organisation``, ``Level`` (one for each organisation, level and collaboration), ``Collaboration``,
    ``Project`` and ``BoundarySpanner``. ``datacollector`` collects the outcomes of every collaboration each month.
    """

    organisations: list[Organisation]
    collaborations: list[Collaboration]
    projects: list[Project]

    def __init__(
        self, scenario: Scenario | str | os.PathLike[str] = "roosendaal", seed: int = 1, replicate: int = 0
    ) -> None:
        """Make month 0 of a scenario, or of the one in a file or of a shipped name."""
        super().__init__(rng=int(seed))
        # Mesa has a use of its own for the name `scenario`.
        self.case = scenario if isinstance(scenario, Scenario) else load(scenario)
        self.seed, self.replicate = int(seed), int(replicate)
        for name, number in (("seed", self.seed), ("replicate", self.replicate)):
            if not 0 <= number < _NUMBERS_END:
                raise ValueError(
                    f"{name} {number} is not allowed; a whole number from 0 to {_NUMBERS_END - 1} is needed"
                )
        population = build(self.case)
        self._memory = _Memory(population)
        self.state.clock[0].key = run_key(np.uint64(self.seed), np.uint64(self.replicate))
        begin(self.state)
        self._observed: Any = None  # while outcomes are collected
        self._make_agents(population)
        self.datacollector = DataCollector(model_reporters=self._reporters())

    def _make_agents(self, population: Population) -> None:
        case = self.case
        entities: tuple[Any, ...] = (*case.organisations, *case.collaborations, *case.timed_spanners())
        titles = {each.id: each.title["en"] for each in entities}
        self.organisations = [
            Organisation(self, row, name, titles[name]) for row, name in enumerate(population.organisations)
        ]
        self.collaborations = [
            Collaboration(self, row, name, titles[name]) for row, name in enumerate(population.collaborations)
        ]
        for own, framework in zip(self.collaborations, population.frameworks, strict=True):
            own.framework = framework
        for row, member in enumerate(self.state.members):
            organisation = self.organisations[int(member.organisation)]
            collaboration = self.collaborations[int(member.collaboration)]
            for place, level in enumerate(LEVELS):
                name = f"{organisation.id}/{collaboration.id}/{level}"
                Level(self, 3 * row + place, name, f"{organisation.name}, {level}")
        spanners = sorted(case.timed_spanners(), key=lambda each: (each.collaboration, each.id))
        for row, spanner in enumerate(spanners):
            BoundarySpanner(self, row, f"{spanner.collaboration}/{spanner.id}", titles[spanner.id])
        self.projects = []
        self._owner = np.repeat(
            np.arange(len(self.collaborations)),
            [int(own.row.project_to - own.row.project_from) for own in self.collaborations],
        )

    @property
    def state(self) -> Any:
        """Return the whole state: a record array for each entity."""
        return self._memory.state

    @property
    def month(self) -> int:
        """Return the months that have passed."""
        return int(self.state.clock[0].month)

    @property
    def parameters(self) -> Row:
        """Return the parameters in force; numbers can be assigned."""
        return Row(self, "parameters", 0)

    def step(self) -> None:
        """Let one month pass."""
        self._memory.make_room()
        month(self.state)
        self._follow_projects()
        self._observed = self.observations()
        self.datacollector.collect(self)
        self._observed = None
        if self.month >= self.case.months:
            self.running = False

    def _follow_projects(self) -> None:
        """Let agents of projects come and go with their projects."""
        rows = self.state.projects
        for project in self.projects:
            row = rows[project.index]
            if row.status == FREE or int(row.identity) != project.luck:
                project.remove()
        going_on = {project.index: project for project in self.projects if project in self.agents}
        self.projects = []
        for index in np.flatnonzero(rows["status"] != FREE):
            project = going_on.get(int(index)) or self._new_project(int(index))
            self.projects.append(project)

    def _new_project(self, index: int) -> Project:
        row = self.state.projects[index]
        collaboration = self.collaborations[int(self._owner[index])]
        proposer = self.organisations[int(self.state.members[int(row.member)].organisation)]
        label = f"{proposer.id}/{collaboration.id}/{_PROPOSERS[int(row.proposer)]}/{self.month}"
        project = Project(self, index, label, label)
        project.collaboration = collaboration
        project.luck = int(row.identity)
        return project

    # ------------------------------------------------------------ looking

    def outcome(self, name: str, collaboration: int | str = 0) -> Any:
        """Return one outcome of a collaboration as it stands: codes as words, None for what did not come."""
        if isinstance(collaboration, str):
            collaboration = [each.id for each in self.collaborations].index(collaboration)
        rows = self.observations() if self._observed is None else self._observed
        return self._word(name, rows[collaboration][name].item())

    def _word(self, name: str, value: float) -> Any:
        outcome = _BY_NAME[name]
        if outcome.codes == "organisation":
            return self.organisations[int(value)].id if value >= 0 else None
        if outcome.codes:
            words = {"end_state": END_STATES, "binding": BINDINGS, "binding_level": LEVELS}[outcome.codes]
            return words[int(value)] if value >= 0 else None
        if outcome.whole:
            return None if outcome.nullable and value == 0 else int(value)
        return value

    def observations(self) -> Any:
        """Return how every collaboration stands, as ensembles record it."""
        rows = observations(len(self.collaborations))
        observe_all(self.state, rows)
        return rows

    def _reporters(self) -> dict[str, Any]:
        """Return what is collected: plain names for one collaboration, with its id in front where there are several."""
        made: dict[str, Any] = {"month": partial(_month_of)}
        for own in self.collaborations:
            prefix = f"{own.id}." if len(self.collaborations) > 1 else ""
            made |= {
                prefix + each.name: partial(_outcome_of, name=each.name, collaboration=own.index) for each in OUTCOMES
            }
        return made

    def relations(self) -> pd.DataFrame:
        """Return a row for each pair of organisations and level."""
        import pandas as pd  # noqa: PLC0415

        state = self.state
        pairs = np.repeat(np.arange(len(state.pairs)), len(LEVELS))
        ids = np.array([each.id for each in self.organisations], dtype=object)
        columns: dict[str, Any] = {
            "first": ids[state.pairs["first"][pairs]],
            "second": ids[state.pairs["second"][pairs]],
            "level": np.tile(np.array(LEVELS, dtype=object), len(state.pairs)),
        }
        for column in COLUMNS:
            if column.entity == "relations" and _shown(column):
                columns[column.name] = state.relations[column.name].copy()
            elif column.entity == "pairs" and _shown(column) and column.name not in ("first", "second"):
                columns[column.name] = state.pairs[column.name][pairs]
        return pd.DataFrame(columns)

    def events(self) -> pd.DataFrame:
        """Return what happened so far, a row for each event."""
        import pandas as pd  # noqa: PLC0415

        log = self.state.log[: int(self.state.clock[0].logged)]
        organisations = [each.id for each in self.organisations]
        collaborations = [each.id for each in self.collaborations]

        def words(codes: Any, names: list[str] | tuple[str, ...]) -> list[str | None]:
            return [names[code] if 0 <= code < len(names) else None for code in codes.tolist()]

        return pd.DataFrame(
            {
                "month": log["month"].copy(),
                "kind": words(log["event"], EVENTS),
                "collaboration": words(log["collaboration"], collaborations),
                "organisation": words(log["organisation"], organisations),
                "level": words(log["level"], _PROPOSERS),
                "other": words(log["other"], organisations),
                "value": log["amount"].copy(),
            }
        )


_BY_NAME = {outcome.name: outcome for outcome in OUTCOMES}


def _month_of(model: CollaborationModel) -> int:
    return model.month


def _outcome_of(model: CollaborationModel, name: str, collaboration: int) -> Any:
    return model.outcome(name, collaboration)
