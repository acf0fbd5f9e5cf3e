"""What may not matter does not, bit for bit: order in the file, bystanders, names, the future, other regions.

Each relation is checked on random scenarios and on the shipped cases, over every column of the state in every
month, except row numbers, which shift when a table gets another length, and the log.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
from random_scenarios import SHIPPED, random_tree, shipped, started

from sim.columns import COLUMNS
from sim.inputs import ORGANISATION
from sim.parameters import PARAMETERS
from sim.population import begin, build
from sim.randomness import run_key
from sim.scenario import Scenario, from_dict
from sim.schedule import month
from sim.structure import STRUCTURE

MONTHS = 48
SEEDS = range(20)
QUIET = ("clock", "log", "changes", "happenings")
KEPT = [column for column in COLUMNS if column.entity not in QUIET and column.unit != "row"]
Rows = dict[str, list[int]]


def cases() -> list[Any]:
    """Return scenarios as plain tables: the shipped cases and random ones."""
    made = [pytest.param(shipped(name, MONTHS).as_dict(), id=name) for name in SHIPPED]
    return made + [pytest.param(random_tree(seed), id=f"random-{seed}") for seed in SEEDS]


def differences(one: Any, other: Any, rows: Rows | None = None, without: Iterable[str] = ()) -> list[str]:
    """Return the columns in which two states differ; ``rows`` says which rows of the second state count, by entity."""
    skip = set(without)
    found = []
    for column in KEPT:
        path = f"{column.entity}.{column.name}"
        if path in skip or column.entity in skip:
            continue
        first = getattr(one, column.entity)[column.name]
        second = getattr(other, column.entity)[column.name]
        if rows is not None and column.entity in rows:
            second = second[rows[column.entity]]
        if first.shape != second.shape or not np.array_equal(first.view(np.uint64), second.view(np.uint64)):
            found.append(path)
    return found


def assert_same(
    one: Scenario, other: Scenario, months: int | None = None, rows: Rows | None = None, without: Iterable[str] = (),
    between: Callable[[Any], None] | None = None,
) -> None:  # fmt: skip
    """Run both and compare them every month; ``between`` is done to the second after every month."""
    first, second = started(one)[1], started(other)[1]
    for now in range(1, (months or one.months) + 1):
        month(first)
        month(second)
        assert differences(first, second, rows, without) == [], f"month {now}"
        if between is not None:
            between(second)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_difference_is_seen(name: str) -> None:
    """The comparison has teeth: a little more turnover, or another seed, is not the same."""
    scenario = shipped(name, 24)
    with pytest.raises(AssertionError, match="month"):
        assert_same(scenario, scenario.replace({"parameters.turnover": 0.016}), without=["parameters"])
    first, second = started(scenario, 1)[1], started(scenario, 2)[1]
    assert differences(first, second)


@pytest.mark.parametrize("tree", cases())
def test_order_in_the_file(tree: dict[str, Any]) -> None:
    """Organisations, neighbourhoods, collaborations, partners, relations and spanners may stand in any order."""
    rng = random.Random(3)
    other = {**tree}
    for table in ("organisations", "neighbourhoods", "collaborations", "relations", "spanners"):
        other[table] = rng.sample(tree[table], len(tree[table]))
    other["collaborations"] = [
        {
            **each,
            "partners": rng.sample(each["partners"], len(each["partners"])),
            "neighbourhoods": rng.sample(each["neighbourhoods"], len(each["neighbourhoods"])),
        }
        for each in other["collaborations"]
    ]
    assert_same(from_dict(tree), from_dict(other))


@pytest.mark.parametrize("tree", cases())
def test_a_bystander(tree: dict[str, Any]) -> None:
    """An organisation that takes part in nothing, and one more neighbourhood, change nothing for the others."""
    stranger = {"id": "m_stranger", "kind": "care", "tendered_share": 0.7, "rivals": 1.0}
    other = {**tree, "organisations": [*tree["organisations"], stranger]}
    other["neighbourhoods"] = [*tree["neighbourhoods"], {"id": "m_elsewhere"}]
    before, after = from_dict(tree), from_dict(other)
    names = sorted(each.id for each in after.organisations)
    places = sorted(each.id for each in after.neighbourhoods)
    rows = {
        "organisations": [row for row, name in enumerate(names) if name != "m_stranger"],
        "neighbourhoods": [row for row, name in enumerate(places) if name != "m_elsewhere"],
    }
    assert_same(before, after, rows=rows)


TENDERS = (
    "contract_end_months", "contract_term_months", "loss_chance", "regime", "rivals", "promotes_competition",
)  # fmt: skip
TENDER_PARAMETERS = (
    "shift_share", "scar_sensitivity", "scar_months", "scar_weight", "trust_buffer", "rival_rate", "exclusivity_weight",
    "businesslike_rate", "strand_months",
)  # fmt: skip


def _untendered(tree: dict[str, Any]) -> dict[str, Any]:
    """Return a scenario in which nothing is put out to tender, now or later."""
    made = {**tree, "organisations": [{**each, "tendered_share": 0.0} for each in tree["organisations"]]}
    made["interventions"] = [
        each for each in tree["interventions"] if not any("tendered" in path for path in _paths(each))
    ]
    return made


def _paths(intervention: dict[str, Any]) -> list[str]:
    used = intervention.get("use")
    inside = list(used.get("set", {})) + list(used.get("add", {})) if isinstance(used, dict) else []
    return [*intervention.get("set", {}), *intervention.get("add", {}), *inside]


@pytest.mark.parametrize("tree", cases())
def test_without_tenders_their_terms_do_not_matter(tree: dict[str, Any]) -> None:
    """Where nothing is tendered, no parameter of tenders and no term of contracts changes anything but itself."""
    tree = _untendered(tree)
    rng = random.Random(4)

    def drawn(quantity: Any) -> Any:
        if quantity.choices:
            return rng.choice(quantity.choices)
        return round(rng.uniform(quantity.low, quantity.high), 3)

    other = {
        **tree,
        "parameters": {**tree["parameters"], **{name: drawn(PARAMETERS[name]) for name in TENDER_PARAMETERS}},
    }
    other["organisations"] = [
        {**each, **{name: drawn(ORGANISATION[name]) for name in TENDERS}} for each in tree["organisations"]
    ]
    own = [f"organisations.{name}" for name in (*TENDERS, "contract_months", "invested_recent_keur")]
    assert_same(from_dict(tree), from_dict(other), without=["parameters", *own])


@pytest.mark.parametrize("tree", cases())
@pytest.mark.parametrize("at", [2, 11])
def test_what_comes_later_does_not_matter_yet(tree: dict[str, Any], at: int) -> None:
    """An intervention, or a longer horizon, leaves the months before it as they were."""
    where = tree["collaborations"][0]["id"]
    other = {**tree, "months": tree["months"] + 24}
    other["interventions"] = [
        *tree["interventions"],
        {
            "id": "late",
            "month": at,
            "set": {"parameters.turnover": 0.05, f"collaborations.{where}.structure.weaving": 1.0},
        },
        {"id": "later", "month": at, "use": "process_training"},
    ]
    other["events"] = [*tree["events"], {"month": at, "kind": "policy_shift", "collaboration": where}]
    assert_same(from_dict(tree), from_dict(other), months=at - 1)


@pytest.mark.parametrize("tree", cases())
def test_the_horizon_does_not_matter(tree: dict[str, Any]) -> None:
    """A longer run begins with the shorter one."""
    assert_same(from_dict(tree), from_dict({**tree, "months": tree["months"] + 60}))


@pytest.mark.parametrize("seed", range(0, 60, 2))
def test_two_regions(seed: int) -> None:
    """Two regions with nothing in common run side by side in one file as each does alone."""
    one, other = random_tree(seed, prefix="a_"), random_tree(seed + 1, prefix="b_")
    months = min(one["months"], other["months"])
    for tree in (one, other):
        tree["months"] = months
        tree["parameters"] = {}
        for table in ("events", "interventions"):
            tree[table] = [each for each in tree[table] if each["month"] <= months]
    both = {**one}
    for table in (
        "organisations",
        "neighbourhoods",
        "collaborations",
        "relations",
        "spanners",
        "events",
        "interventions",
    ):
        both[table] = [*one[table], *other[table]]
    together = started(from_dict(both))[1]
    alone = [started(from_dict(tree))[1] for tree in (one, other)]
    entities = ("organisations", "neighbourhoods", "members", "levels", "pairs", "relations", "links", "collaborations",
                "structures", "projects", "problems", "spanners")  # fmt: skip
    rows: list[Rows] = [{}, {}]
    for entity in entities:
        cut = len(getattr(alone[0], entity))
        rows[0][entity] = list(range(cut))
        rows[1][entity] = list(range(cut, cut + len(getattr(alone[1], entity))))
    for now in range(1, months + 1):
        month(together)
        for place in (0, 1):
            month(alone[place])
            assert differences(alone[place], together, rows[place], ["parameters"]) == [], (now, place)


@pytest.mark.parametrize("tree", cases())
def test_a_framework_is_its_attributes(tree: dict[str, Any]) -> None:
    """A framework under another id, or written into the file of another, behaves as the first."""
    scenario = from_dict(tree)
    inline, deviating = {**tree}, {**tree}
    inline["collaborations"] = []
    deviating["collaborations"] = []
    for row, made in zip(tree["collaborations"], scenario.collaborations, strict=True):
        attributes = dict(made.base.structure)
        own = {"id": "other_name", "title": {"en": "x", "nl": "x"}, "structure": attributes}
        inline["collaborations"].append({**row, "framework": own})
        deviating["collaborations"].append({**row, "framework": "informal", "structure": dict(made.structure)})
    assert_same(scenario, from_dict(inline))
    if not any("framework" in path for each in tree["interventions"] for path in _paths(each)):
        # An intervention that brings another framework keeps deviations on top, so it would differ there by design.
        assert_same(scenario, from_dict(deviating))


OF_PHASES = [(column.entity, column.name, column.dtype) for column in COLUMNS if column.owner == "phases"]


@pytest.mark.parametrize("tree", cases())
def test_phases_are_read_off(tree: dict[str, Any]) -> None:
    """Whatever is written into the columns of phases after a month, nothing else comes out otherwise."""
    rng = np.random.default_rng(6)

    def scramble(state: Any) -> None:
        for entity, name, kind in OF_PHASES:
            values = getattr(state, entity)[name]
            values[:] = rng.integers(0, 6, len(values)) if kind == "i8" else rng.uniform(0, 60, len(values))

    without = [f"{entity}.{name}" for entity, name, _ in OF_PHASES]
    scenario = from_dict(tree)
    assert_same(scenario, scenario, without=without, between=scramble)


MONEY = {
    "parameters": [name for name, quantity in PARAMETERS.items() if "k€" in quantity.unit],
    "organisations": [name for name, quantity in ORGANISATION.items() if "k€" in quantity.unit],
    "structures": [name for name, quantity in STRUCTURE.items() if "k€" in quantity.unit],
}


def _enriched(scenario: Scenario, times: float) -> Any:
    """Return the start of a scenario in which every amount of money is so many times as large."""
    population = build(scenario)
    state = population.layout.state(population.buffer.copy())
    for entity, names in MONEY.items():
        for name in set(names) & set(getattr(state, entity).dtype.names):
            getattr(state, entity)[name] *= times
        places = {
            population.layout.cell(entity, row, name)
            for row in range(len(getattr(state, entity)))
            for name in set(names) & set(getattr(state, entity).dtype.names)
        }
        for change in state.changes:
            if change.cell in places:
                change.setting *= times
    state.organisations["reserve_cents"] *= int(times)
    state.clock["key"][0] = run_key(np.uint64(1), np.uint64(0))
    begin(state)
    return state


@pytest.mark.parametrize("tree", cases())
def test_the_unit_of_money_does_not_matter(tree: dict[str, Any]) -> None:
    """All money ten times as much changes no intensity and no phase.

    Amounts are whole cents, rounded down here and there: an error of a cent in a monthly room of some thousand
    euros, 1e-6 of it. To see the model and not the rounding both runs have large money, ten and a hundred thousand
    times the usual, which leaves 1e-10; what follows may grow a little in 60 months, so shares may differ by 1e-6.
    """
    scenario = from_dict(tree)
    one, other = _enriched(scenario, 1e4), _enriched(scenario, 1e5)
    shares = [
        column
        for column in KEPT
        if column.unit == "share" and column.entity in ("levels", "relations", "pairs", "collaborations")
    ]
    for now in range(1, scenario.months + 1):
        month(one)
        month(other)
        assert (one.collaborations["phase"] == other.collaborations["phase"]).all()
        for column in shares:
            first, second = (getattr(state, column.entity)[column.name] for state in (one, other))
            assert np.abs(first - second).max(initial=0.0) <= 1e-6, (now, column.entity, column.name)
