"""The facade for Mesa: the same run as in an ensemble, and agents that are what they say."""

from __future__ import annotations

import copy
import pickle

import mesa
import numpy as np
import pytest

import sim
from sim.engine import simulate_population
from sim.model import BoundarySpanner, Collaboration, CollaborationModel, Level, Organisation, Project
from sim.outcomes import OUTCOMES
from sim.packaged import shipped
from sim.population import build
from sim.structure import LEVELS

CASES = sorted(shipped())


@pytest.fixture
def model() -> CollaborationModel:
    made = CollaborationModel("tilburg", seed=3)
    for _ in range(30):
        made.step()
    return made


def agents(model: CollaborationModel, kind: type) -> list:
    return list(model.agents.select(agent_type=kind))


@pytest.mark.parametrize("name", CASES)
def test_facade_and_engine_run_the_same_run(name: str) -> None:
    scenario = sim.load(name)
    records = simulate_population(build(scenario), scenario.months, 1, 11, first=4, series=True, events=True)
    model = CollaborationModel(scenario, seed=11, replicate=4)
    for month in range(scenario.months):
        model.step()
        assert model.observations().tobytes() == records.series[0, month].tobytes(), f"month {month + 1}"
    for column in model.observations().dtype.names:
        if column not in ("binding", "binding_level"):  # of a run these say what was binding in most months
            assert model.observations()[column].tobytes() == records.finals[0][column].tobytes(), column
    log = model.state.log[: len(records.log[0])]
    assert log.tobytes() == records.log[0].tobytes()
    assert len(model.events()) == len(records.log[0])


def test_it_is_a_mesa_model_with_the_agents_of_the_scenario(model: CollaborationModel) -> None:
    assert isinstance(model, mesa.Model)
    scenario = model.case
    assert [each.id for each in agents(model, Organisation)] == sorted(each.id for each in scenario.organisations)
    partners = sum(len(each.partners) for each in scenario.collaborations)
    assert len(agents(model, Level)) == 3 * partners
    assert [each.id for each in agents(model, Collaboration)] == sorted(each.id for each in scenario.collaborations)
    ids = [each.id for each in model.agents if not isinstance(each, Project)]
    assert len(set(ids)) == len(ids)


def test_selection_reads_the_state(model: CollaborationModel) -> None:
    boards = model.agents.select(lambda agent: isinstance(agent, Level) and agent.level == "board")
    assert {each.role for each in boards} <= {"lead", "core", "partner", "tenant", "candidate"}
    assert boards.get("engagement") == [float(model.state.levels[each.index].engagement) for each in boards]
    welfare = model.agents.select(lambda agent: isinstance(agent, Organisation) and agent.kind == "welfare")
    assert [each.id for each in welfare] == ["de_twern"]
    (own,) = agents(model, Collaboration)
    assert own.framework == "covenant"
    assert own.phase == int(model.state.collaborations[0].phase)
    assert {each.id for each in own.organisations} >= {"thebe", "de_twern", "wonenbreburg"}
    assert isinstance(own.signed, bool)


def test_levels_know_where_they_belong(model: CollaborationModel) -> None:
    for level in agents(model, Level):
        assert level.id == f"{level.organisation.id}/{level.collaboration.id}/{level.level}"
        assert level.kind == level.organisation.kind
        assert level.level in LEVELS
        assert level.status in ("outside", "taking_part", "left")
        assert level.hours == level.hours_granted


def test_numbers_can_be_assigned_and_matter(model: CollaborationModel) -> None:
    other = copy.deepcopy(model)
    for level in agents(other, Level):
        level.engagement = 0.0
        assert other.state.levels[level.index].engagement == 0.0
    model.step()
    other.step()
    assert model.observations().tobytes() != other.observations().tobytes()
    organisation = agents(model, Organisation)[0]
    with pytest.raises(AttributeError):
        organisation.kind = "care"
    with pytest.raises(ValueError, match="nan"):
        organisation.openness = float("nan")


def test_structure_and_parameters_can_be_read_and_changed(model: CollaborationModel) -> None:
    (own,) = agents(model, Collaboration)
    assert own.structure.frame_width == model.state.structures[0].frame_width
    own.structure.frame_width = 0.25
    assert model.state.structures[0].frame_width == 0.25
    model.parameters.turnover = 0.5
    assert model.state.parameters[0].turnover == 0.5
    with pytest.raises(AttributeError):
        own.structure.frame_with = 1.0
    with pytest.raises(AttributeError):
        _ = model.parameters.no_such_thing


def test_projects_come_and_go_with_their_agents() -> None:
    model = CollaborationModel("tilburg", seed=1)
    seen: dict[str, Project] = {}
    for _ in range(60):
        model.step()
        rows = model.state.projects
        projects = agents(model, Project)
        assert sorted(each.index for each in projects) == np.flatnonzero(rows["status"] != 0).tolist()
        assert set(projects) == set(model.projects)
        for project in projects:
            assert project.status in ("proposed", "running")
            assert len(project.team) >= 2
            assert project.collaboration is model.collaborations[0]
            assert project in project.collaboration.projects
            seen[project.id] = project
    over = [project for project in seen.values() if project not in model.projects]
    assert over
    with pytest.raises(AttributeError, match="is over"):
        _ = over[0].progress


def test_boundary_spanners_are_agents() -> None:
    model = CollaborationModel("kaatsheuvel", seed=1)
    spanners = agents(model, BoundarySpanner)
    assert spanners
    assert spanners[0].collaboration is model.collaborations[0]
    assert 0.0 <= spanners[0].skill <= 1.0


def test_outcomes_are_collected_each_month(model: CollaborationModel) -> None:
    frame = model.datacollector.get_model_vars_dataframe()
    assert list(frame["month"]) == list(range(1, 31))
    assert set(frame.columns) == {"month", *(outcome.name for outcome in OUTCOMES)}
    last = model.collaborations[0].outcomes
    assert frame.iloc[-1]["practice_maturity"] == last["practice_maturity"]
    assert frame.iloc[-1]["end_state"] == last["end_state"]


def test_a_collector_of_ones_own_works() -> None:
    model = CollaborationModel("roosendaal")
    model.datacollector = mesa.DataCollector(
        model_reporters={"month": "month"},
        agenttype_reporters={Level: {"level": "level", "engagement": "engagement"}},
    )
    for _ in range(4):
        model.step()
    frame = model.datacollector.get_agenttype_vars_dataframe(Level)
    assert len(frame) == 4 * len(agents(model, Level))
    assert frame["engagement"].between(0.0, 1.0).all()


def test_relations_are_a_frame(model: CollaborationModel) -> None:
    frame = model.relations()
    assert list(frame.columns[:3]) == ["first", "second", "level"]
    assert len(frame) == 3 * len(model.state.pairs)
    assert {"familiarity", "trust", "understanding", "exclusivity", "image", "distance"} <= set(frame.columns)
    assert (frame["first"] < frame["second"]).all()
    before = frame.copy()
    model.step()
    assert frame.equals(before), "a frame is a copy"


def test_copies_are_whole_and_apart(model: CollaborationModel) -> None:
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        before = model.observations().tobytes()
        for _ in range(3):
            other.step()
        assert model.observations().tobytes() == before
        again = copy.deepcopy(model)
        for _ in range(3):
            again.step()
        assert again.observations().tobytes() == other.observations().tobytes()
        assert again.month == other.month == model.month + 3
        assert all(agent.model is other for agent in other.agents)


def test_it_can_go_on_beyond_the_last_month() -> None:
    model = CollaborationModel(sim.load("roosendaal", [("months", 30)]), seed=2)
    longer = CollaborationModel("roosendaal", seed=2)
    while model.running:
        model.step()
    assert model.month == 30
    for _ in range(200):
        model.step()
    assert model.month == 230
    for _ in range(100):
        longer.step()
    assert int(model.state.clock[0].logged) <= len(model.state.log)
    events = model.events()
    assert events[events["month"] <= 100].reset_index(drop=True).equals(longer.events())


@pytest.mark.parametrize(("seed", "replicate"), [(-1, 0), (2**63, 0), (1, -1)])
def test_numbers_out_of_bounds_are_refused(seed: int, replicate: int) -> None:
    with pytest.raises((ValueError, sim.ScenarioError)):
        CollaborationModel("roosendaal", seed=seed, replicate=replicate)


def test_a_level_tells_what_it_expects_of_partners_and_sees_at_home() -> None:
    model = CollaborationModel(sim.load("tilburg"), seed=1, replicate=0)
    for _ in range(24):
        model.step()
    level = next(each for each in model.agents_by_type[Level] if each.level == "operational")
    relations = model.relations()
    mine = relations[
        (relations["level"] == "operational")
        & ((relations["first"] == level.organisation.id) | (relations["second"] == level.organisation.id))
    ]
    assert level.transparency == level.organisation.transparency > 0.0
    assert level.exclusivity == pytest.approx(mine["exclusivity"].mean())
    assert level.exclusivity > 0.0
